"""3 How thorough? The quality, and the advanced values folded away."""

from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QSpinBox, QToolButton, QWidget

from daps_desktop.core.settings import SolverSettings
from daps_desktop.ui import text
from daps_desktop.ui.panels.noise_field import NoiseField
from daps_desktop.ui.panels.parts import Section, Segments, calm, column, label, row
from daps_desktop.ui.theme import HIT

W = TypeVar("W", bound=QWidget)

_MAX_SEED = 2**31 - 1  # the largest a spin box takes


class HowSection(Section):
    """`settings_picked` carries the settings as they stand after a choice."""

    settings_picked = Signal(SolverSettings)

    def __init__(self) -> None:
        self._settings = SolverSettings()
        choices = (("draft", text.DRAFT), ("balanced", text.BALANCED), ("best", text.BEST))
        self.quality = Segments(text.QUALITY_NAME, choices)
        self._quality_line = label("", "caption")
        self.fold = AdvancedFold()
        super().__init__(text.STEP_HOW, self.quality, self._quality_line, self.fold)
        self.quality.picked.connect(lambda preset: self.pick(preset=preset))
        self.fold.output.picked.connect(lambda output: self.pick(output=output))
        self.fold.noise.picked.connect(lambda noise: self.pick(noise=noise))
        self.fold.prior.editingFinished.connect(self._pick_prior)
        self.fold.seed.valueChanged.connect(lambda seed: self.pick(seed=seed))
        self.show_settings(self._settings)

    def pick(self, **values: object) -> None:
        self.show_settings(replace(self._settings, **values))  # type: ignore[arg-type]
        self.settings_picked.emit(self._settings)

    def _pick_prior(self) -> None:
        self.pick(prior=self.fold.prior.text().strip() or "auto")

    def show_settings(self, settings: SolverSettings) -> None:
        self._settings = settings
        self.quality.pick(settings.preset)
        self._quality_line.setText(text.QUALITY_LINES[settings.preset])
        self.fold.show_settings(settings)


class AdvancedFold(QWidget):
    """Values few people need, under a line that opens and closes."""

    def __init__(self) -> None:
        super().__init__()
        self.head = QToolButton()
        self.head.setObjectName("quiet")
        self.head.setText(text.ADVANCED)
        self.head.setCheckable(True)
        self.head.setArrowType(Qt.ArrowType.RightArrow)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.output = Segments(text.OUTPUT, (("safest", text.SAFEST), ("sample", text.SAMPLE)))
        self._output_line = label("", "caption")
        self.noise = NoiseField()
        self.prior = _field(QLineEdit(), text.PRIOR)
        self.prior.setPlaceholderText(text.PRIOR_AUTO)
        self.seed = _field(calm(QSpinBox()), text.SEED)
        self.seed.setRange(0, _MAX_SEED)
        self.seed.setKeyboardTracking(False)
        self._body = QWidget()
        body = column(label(text.OUTPUT), self.output, self._output_line, label(text.NOISE_LEVEL), self.noise)
        body.addLayout(row(QLabel(text.PRIOR), self.prior))
        body.addLayout(row(QLabel(text.SEED), self.seed))
        self._body.setLayout(body)
        self._body.setVisible(False)
        self.setLayout(column(self.head, self._body))
        self.head.toggled.connect(self._open)

    def show_settings(self, settings: SolverSettings) -> None:
        self.output.pick(settings.output)
        self._output_line.setText(text.OUTPUT_LINES[settings.output])
        self.noise.show_level(settings.noise)
        self.prior.setText("" if settings.prior == "auto" else settings.prior)
        self.seed.blockSignals(True)
        self.seed.setValue(settings.seed)
        self.seed.blockSignals(False)

    def _open(self, opened: bool) -> None:
        self.head.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
        self._body.setVisible(opened)


def _field(widget: W, name: str) -> W:
    widget.setMinimumHeight(HIT)
    widget.setMinimumWidth(160)
    widget.setAccessibleName(name)
    return widget
