"""Values few people need, under a line that opens and closes; the tip of each gives its proper name."""

import random
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QToolButton,
    QWidget,
)

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_
from daps_desktop.document.kernel_file import with_kernel_read
from daps_desktop.jobs.damage import Damage, KernelBlur
from daps_desktop.jobs.damage_text import format_damage, parse_damage
from daps_desktop.jobs.settings import MAX_SAMPLES, MAX_TILE, MIN_TILE, SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.common.theme import MIN_TARGET, SPACING
from daps_desktop.ui.common.widgets import SegmentedControl, add_choice, hbox, label, vbox
from daps_desktop.ui.panels.value_fields import NoiseField

Choices = Sequence[tuple[str, str]]

BY_ITSELF, ANOTHER_SEED = N_("chosen automatically"), N_("Another seed")
METHODS: Choices = (("dapspp", "DAPS++"), ("daps", "DAPS"), ("diffpir", "DiffPIR"))
DEVICES: Choices = (
    ("auto", BY_ITSELF),
    ("cpu", N_("Processor")),
    ("cuda", N_("Graphics card")),
    ("mps", N_("Apple graphics")),
)
_MAX_SEED = 2**31 - 1  # the largest a spin box takes
_TILE_STEP = MIN_TILE
_TIPS = {
    "noise": N_("How strong the noise of the photo is, as a standard deviation in grey levels (gamma)."),
    "prior": N_("What tells the program how photographs look (the diffusion prior)."),
    "levels": N_("How many steps a run takes (annealing noise levels). More take longer."),
    "samples": N_("How many possibilities are averaged into the safest result (posterior samples)."),
    "seed": N_(
        "Where the random numbers start: the same seed gives the same result, another seed another sample."
    ),
    "method": N_("How photo and prior are brought together (the solver). DAPS++ is the program's own."),
    "device": N_("Where the computation runs: on the processor or a graphics card."),
    "tile": N_("Side of the squares in which a large photo is computed. Smaller ones need less memory."),
    "operators": N_(
        "The damage in the words of the command line (the forward operator), such as: blur:sigma=2.5 noise"
    ),
}


class AdvancedSection(QWidget):
    """`chosen` carries the settings chosen by name; `task_chosen` a task written out."""

    chosen = Signal(object)
    task_chosen = Signal(Task)

    def __init__(self) -> None:
        super().__init__()
        self._kernel: KernelBlur | None = None  # of the task that is shown
        self.head = QToolButton()
        self.head.setObjectName("quiet")
        say(self.head, text=labels.ADVANCED)
        self.head.setCheckable(True)
        self.head.setArrowType(Qt.ArrowType.RightArrow)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._make_fields()
        self._body = QWidget()
        self._body.setLayout(self._arranged())
        self._body.setVisible(False)
        self.setLayout(vbox(self.head, self._body))
        self._connect()

    def _make_fields(self) -> None:
        self.output = SegmentedControl(labels.OUTPUT, (("safest", labels.SAFEST), ("sample", labels.SAMPLE)))
        self._output_line = label("", "caption")
        self.noise = NoiseField()
        say(self.noise, toolTip=_TIPS["noise"])
        self.prior = _choice("prior", (("auto", BY_ITSELF),))
        self.levels = _number("levels", 0, 200, special=N_("as the quality says"))
        self.samples = _number("samples", 1, MAX_SAMPLES)
        self.seed = _number("seed", 0, _MAX_SEED)
        self.dice = QPushButton("⚄")
        self.dice.setObjectName("segment")
        self.dice.setFixedWidth(MIN_TARGET + SPACING)
        say(self.dice, toolTip=ANOTHER_SEED, accessibleName=ANOTHER_SEED)
        self.method = _choice("method", METHODS)
        self.device = _choice("device", DEVICES)
        self.tile = _number("tile", 0, MAX_TILE, special=BY_ITSELF, unit=labels.UNIT_PIXELS)
        self.tile.setSingleStep(_TILE_STEP)
        self.operators = QLineEdit()
        self.operators.setMinimumHeight(MIN_TARGET)
        say(self.operators, toolTip=_TIPS["operators"])
        self.wrong = label("", "wrong")
        self.wrong.setVisible(False)

    def _arranged(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(SPACING)
        grid.setColumnStretch(1, 1)
        wide = (label(labels.OUTPUT), self.output, self._output_line, label(labels.NOISE_LEVEL), self.noise)
        for i, widget in enumerate(wide):
            grid.addWidget(widget, i, 0, 1, 2)
        seed = QWidget()
        seed.setLayout(hbox(self.seed, self.dice))
        seed.layout().setStretch(0, 1)  # type: ignore[union-attr]
        named = (
            (labels.PRIOR, self.prior, "prior"), (N_("Steps"), self.levels, "levels"),
            (N_("Samples"), self.samples, "samples"), (labels.SEED, seed, "seed"),
            (N_("Method"), self.method, "method"), (N_("Device"), self.device, "device"),
            (N_("Tile"), self.tile, "tile"), (N_("Operators"), self.operators, "operators"),
        )  # fmt: skip
        for i, (words, field, key) in enumerate(named, len(wide)):
            name = say(QLabel(), text=words)
            named_field = self.seed if field is seed else field
            say(named_field, accessibleName=words)  # its tip is read as the description
            name.setBuddy(named_field)
            say(name, toolTip=_TIPS[key])
            grid.addWidget(name, i, 0)
            grid.addWidget(field, i, 1)
        grid.addWidget(self.wrong, grid.rowCount(), 0, 1, 2)
        return grid

    def _connect(self) -> None:
        self.head.toggled.connect(self._open)
        self.dice.clicked.connect(lambda: self.seed.setValue(random.randrange(_MAX_SEED)))
        self.output.chosen.connect(lambda output: self._pick_output(str(output)))
        self.noise.chosen.connect(lambda noise: self.chosen.emit({"noise": noise}))
        self.tile.valueChanged.connect(self._pick_tile)
        self.operators.editingFinished.connect(self._pick_operators)
        for name, number in (("levels", self.levels), ("samples", self.samples), ("seed", self.seed)):
            number.valueChanged.connect(lambda value, name=name: self.chosen.emit({name: value}))
        for name, choice in (("prior", self.prior), ("method", self.method), ("device", self.device)):
            choice.activated.connect(
                lambda _index, name=name, choice=choice: self.chosen.emit({name: choice.currentData()})
            )

    def show_settings(self, settings: SolverSettings) -> None:
        self.output.pick(settings.output)
        say(self._output_line, text=labels.OUTPUT_LINES[settings.output])
        self.noise.show_level(settings.noise)
        self.samples.setEnabled(settings.output == "safest")
        for number, value in (
            (self.levels, settings.levels), (self.samples, settings.samples),
            (self.seed, settings.seed), (self.tile, settings.tile),
        ):  # fmt: skip
            _show_number(number, value)
        for choice, name in (
            (self.prior, settings.prior), (self.method, settings.method), (self.device, settings.device),
        ):  # fmt: skip
            _show_choice(choice, name)

    def show_task(self, task: Task) -> None:
        self._kernel = task.find(KernelBlur)
        self.operators.setText(" ".join(format_damage(damage) for damage in task.damages))
        self.wrong.setVisible(False)

    def show_priors(self, names: Sequence[str]) -> None:
        """The priors that are installed."""
        chosen = self.prior.currentData()
        self.prior.clear()
        add_choice(self.prior, "auto", BY_ITSELF)
        for name in names:
            self.prior.addItem(name, name)
        _show_choice(self.prior, chosen)

    def _pick_output(self, output: str) -> None:
        """One sample is one: the number of those that are averaged goes back to that."""
        self.chosen.emit({"output": output, "samples": 1} if output == "sample" else {"output": output})

    def _pick_tile(self, side: int) -> None:
        """No tile is smaller than 64 pixels; below that it is the program's choice again."""
        self.chosen.emit({"tile": side if side >= _TILE_STEP else 0})

    def _pick_operators(self) -> None:
        """Only what the user wrote: what is shown here has fewer digits than the task."""
        if not self.operators.isModified():
            return
        try:
            named = [parse_damage(words) for words in self.operators.text().split()]
            task = with_kernel_read(Task(tuple(self._as_shown(damage) for damage in named)))
        except UserError as error:
            say(self.wrong, text=partial(str, error))
            self.wrong.setVisible(True)
        else:
            self.wrong.setVisible(False)
            self.task_chosen.emit(task)

    def _as_shown(self, damage: Damage) -> Damage:
        """A kernel that is shown by its name keeps its picture."""
        shown = self._kernel
        return shown if shown and isinstance(damage, KernelBlur) and damage.file == shown.file else damage

    def _open(self, opened: bool) -> None:
        self.head.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
        self._body.setVisible(opened)


def _number(name: str, low: int, high: int, special: str = "", unit: str = "") -> QSpinBox:
    box = QSpinBox()
    box.setRange(low, high)
    say(box, specialValueText=special, suffix=unit, toolTip=_TIPS[name])
    box.setKeyboardTracking(False)
    box.setMinimumHeight(MIN_TARGET)
    return box


def _choice(name: str, choices: Choices) -> QComboBox:
    box = say(QComboBox(), toolTip=_TIPS[name])
    for value, words in choices:
        add_choice(box, value, words)
    box.setMinimumHeight(MIN_TARGET)
    box.setMinimumContentsLength(8)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box


def _show_number(box: QSpinBox, value: int) -> None:
    """A seed of the command line may be larger than any that the box can show."""
    box.blockSignals(True)
    box.setPrefix("> " if value > box.maximum() else "")
    box.setValue(min(value, box.maximum()))
    box.blockSignals(False)


def _show_choice(box: QComboBox, value: str) -> None:
    """What is not among the choices (a folder, a prior that is gone) is shown by its name."""
    if value is not None and box.findData(value) < 0:
        box.addItem(value, value)
    box.setCurrentIndex(max(box.findData(value), 0))
