"""What went wrong, said where it is seen."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QPushButton

from daps_desktop.core.errors import UserError
from daps_desktop.ui import text
from daps_desktop.ui.panels.parts import column, label, row
from daps_desktop.ui.theme import GRID


class Banner(QFrame):
    """What went wrong, in one sentence, with the details to copy."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("banner")
        self._details = ""
        self.sentence = label()
        self.sentence.setAccessibleName("Error")
        self.copy = QPushButton(text.COPY_DETAILS)
        self.dismiss = QPushButton(text.DISMISS)
        for button in (self.copy, self.dismiss):
            button.setObjectName("segment")
        layout = column(self.sentence, margin=GRID)
        layout.addLayout(row(self.copy, self.dismiss))
        self.setLayout(layout)
        self.setVisible(False)
        self.copy.clicked.connect(self._copy)
        self.dismiss.clicked.connect(self.hide)

    def tell(self, error: UserError, details: str = "") -> None:
        self._details = details
        self.sentence.setText(str(error))
        self.copy.setVisible(bool(details))
        self.copy.setText(text.COPY_DETAILS)
        self.setVisible(True)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(f"{self.sentence.text()}\n\n{self._details}")
        self.copy.setText(text.COPIED)
