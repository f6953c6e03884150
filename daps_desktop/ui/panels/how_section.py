"""3 How strong? Close to the photo or filled in, how thorough, and the advanced values folded away."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QSlider, QWidget

from daps_desktop.base.i18n import N_, phrase, tr
from daps_desktop.base.validation import Range
from daps_desktop.jobs.damage import MissingPixels
from daps_desktop.jobs.requests import QUALITIES
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.ui.common import formatting, labels
from daps_desktop.ui.common.live_text import Words, say
from daps_desktop.ui.common.theme import MIN_TARGET
from daps_desktop.ui.common.widgets import Section, SegmentedControl, hbox, label, vbox
from daps_desktop.ui.panels.advanced_section import AdvancedSection
from daps_desktop.ui.panels.run_box import keep_switch
from daps_desktop.ui.panels.value_fields import PercentField

CLOSE, MORE = N_("Stay close to the photo"), N_("Fill in more")
CLOSENESS_HELP = N_(
    "How far the result may differ from the photo. In the middle it differs by as much as the photo is "
    "noisy. The Check panel shows by how much it did."
)
_CLOSER = N_("Keeps more of the photo, its noise included.")
_MIDDLE = N_("As close as the noise of the photo allows.")
_FREER = N_("Trusts the photo less: smoother, and more of it made up.")
_REPAIR = N_("Only what you mark changes; everything else stays as it is, to the last pixel.")
TONED = N_("Toned: keeps its tone")
TONED_HELP = N_(
    "In a toned photo, such as sepia, each brightness has one colour. What is restored gets that colour and "
    "no other. Untick this if something in the photo has a colour of its own."
)
GRAIN = N_("Grain like the photo's")
GRAIN_HELP = N_(
    "What is filled in gets the grain of the photo around it, so that it does not look like plastic. The "
    "grain is drawn, not found: untick this where nothing may be added."
)
KEPT, KEPT_SPOKEN = N_("Keep grain"), N_("How much of the grain is kept")
KEPT_HELP = N_(
    "How much of the grain that is taken away is put back, so that the result still looks like a photo: none "
    "of it at 0 %, all of it at 100 %. Where something is filled in, grain of the same strength is drawn."
)
_STOPS = 20  # of the slider; an even number, so that it has a middle
_QUALITIES = tuple((preset, labels.QUALITIES[preset][0]) for preset in QUALITIES)


class HowSection(Section):
    """`settings_chosen` carries the settings as they stand after a choice."""

    help_chapter = "strength"

    settings_chosen = Signal(SolverSettings)

    def __init__(self) -> None:
        self._settings = SolverSettings()
        self._task = Task((MissingPixels(),))
        self._toned = False
        self.closeness = ClosenessSlider()
        self.quality = SegmentedControl(labels.QUALITY_NAME, _QUALITIES)
        self._quality_line = label("", "caption")
        self.tone = say(QCheckBox(), text=TONED, toolTip=TONED_HELP, accessibleDescription=TONED_HELP)
        self.tone.setMinimumHeight(MIN_TARGET)
        self.tone.setVisible(False)
        self.grain = say(QCheckBox(), text=GRAIN, toolTip=GRAIN_HELP, accessibleDescription=GRAIN_HELP)
        self.grain.setMinimumHeight(MIN_TARGET)
        self.kept = PercentField(KEPT, KEPT_SPOKEN, Range(0.0, 1.0), 0.0)
        say(self.kept.slider, toolTip=KEPT_HELP, accessibleDescription=KEPT_HELP)
        self.fold = AdvancedSection()
        self.pin = keep_switch()
        super().__init__(
            labels.STEP_HOW,
            self.closeness,
            self.kept,
            self.quality,
            self._quality_line,
            self.grain,
            self.tone,
            self.fold,
            self.pin,
        )
        for preset in QUALITIES:
            self.quality.button(preset).setProperty("tall", True)  # two lines
        self.show_times({})
        self.closeness.chosen.connect(lambda closeness: self.pick(closeness=closeness))
        self.quality.chosen.connect(lambda preset: self.pick(preset=preset))
        self.tone.clicked.connect(lambda kept: self.pick(keep_tone=kept))
        self.grain.clicked.connect(lambda wanted: self.pick(fill_grain=wanted))
        self.kept.changed.connect(lambda: self.pick(keep_grain=round(100 * self.kept.value)))
        self.fold.chosen.connect(lambda values: self.pick(**values))
        self.show_settings(self._settings)

    def pick(self, **values: object) -> None:
        self.show_settings(replace(self._settings, **values))  # type: ignore[arg-type]
        self.settings_chosen.emit(self._settings)

    def show_settings(self, settings: SolverSettings) -> None:
        self._settings = settings
        self.quality.pick(settings.preset if settings.preset in QUALITIES else None)
        say(self._quality_line, text=_quality_line(settings))
        self.closeness.show_value(settings.closeness, self._task.only_fills_mask)
        self.tone.setChecked(settings.keep_tone)
        self.grain.setChecked(settings.fill_grain)
        self.kept.show_value(settings.keep_grain / 100)
        self._show_what_counts()
        self.fold.show_settings(settings)

    def show_toned(self, toned: bool) -> None:
        """Whether the photo has a tone to keep; where it has none, there is nothing to choose."""
        self._toned = toned
        self._show_what_counts()

    def show_task(self, task: Task) -> None:
        self._task = task
        self.show_settings(self._settings)
        self.fold.show_task(task)

    def _show_what_counts(self) -> None:
        task, kept = self._task, self._task.can_keep_grain
        self.kept.setVisible(kept)
        fills_with_grain = task.needs_mask and kept and self._settings.keep_grain > 0
        self.grain.setVisible(task.only_fills_mask or fills_with_grain)
        self.tone.setVisible(self._toned and not task.adds_colour)

    def show_times(self, seconds: Mapping[str, float]) -> None:
        """How long each quality would take; empty while unknown."""
        for preset, words in _QUALITIES:
            button, takes = self.quality.button(preset), seconds.get(preset)
            say(button, text=partial(_quality_words, words, takes))
            say(button, accessibleName=partial(_quality_name, words, takes))


class ClosenessSlider(QWidget):
    """`chosen` carries the closeness of the settings, 1 at the left end to 0 at the right."""

    chosen = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _STOPS)
        self.slider.setPageStep(_STOPS // 4)
        self.slider.setMinimumHeight(MIN_TARGET)
        say(self.slider, accessibleName=lambda: f"{tr(CLOSE)} – {tr(MORE)}")
        say(self.slider, accessibleDescription=CLOSENESS_HELP, toolTip=CLOSENESS_HELP)
        close, more = label(CLOSE, "caption"), label(MORE, "caption")
        more.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.line = label("", "caption")
        layout = vbox(self.slider, spacing=0)
        layout.addLayout(hbox(close, more))
        layout.addSpacing(4)
        layout.addWidget(self.line)
        self.setLayout(layout)
        self.slider.valueChanged.connect(lambda stop: self.chosen.emit(1 - stop / _STOPS))

    def show_value(self, closeness: float, repair: bool) -> None:
        """`repair`: only marked places change, so that there is nothing to choose."""
        self.slider.setEnabled(not repair)
        self.slider.blockSignals(True)
        self.slider.setValue(round(_STOPS * (1 - closeness)))
        self.slider.blockSignals(False)
        lines = (_CLOSER, _MIDDLE, _FREER)
        say(self.line, text=_REPAIR if repair else lines[1 + (closeness < 0.5) - (closeness > 0.5)])


def _quality_words(text: str, takes: float | None) -> str:
    return f"{tr(text)}\n{' ' if takes is None else formatting.forecast(takes)}"


def _quality_name(text: str, takes: float | None) -> str:
    name = f"{tr(labels.QUALITY_NAME)}: {tr(text)}"
    return name if takes is None else f"{name}, {formatting.forecast(takes)}"


def _quality_line(settings: SolverSettings) -> Words:
    if settings.preset not in QUALITIES:
        return phrase(N_("Set by its recipe: {name}."), name=settings.preset)
    return labels.QUALITIES[settings.preset][1]
