"""Colours, sizes and icons: Fusion in the system's scheme, neutral around the photo, one accent."""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QImage, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from daps_desktop.base.paths import resource

NAME = "DAPS Desktop"
SPACING = 8  # pixels: 8 inside groups, 16 between, 24 around
MIN_TARGET = 28  # the smallest side of anything that can be clicked
DETAIL_SIDE = 152  # pixels of a part of the photo that is shown by itself, one for one
TOOL_TARGET = 36
CAPTION, TITLE = 0.9, 1.25  # times the system's font size


class ColourScheme(Enum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Colours:
    """One scheme. Every grey is neutral, so that nothing near the photo tints it."""

    surround: str  # around the photo
    window: str
    base: str  # fields and cards
    line: str
    text: str
    faint: str  # captions
    accent: str
    on_accent: str
    accent_hover: str
    danger: str
    good: str
    tick: str  # the drawing in a ticked box


DARK = Colours(
    surround="#2e2e2e", window="#1f1f1f", base="#292929", line="#444444", text="#ececec", faint="#a9a9a9",
    accent="#4fb3ba", on_accent="#0c1516", accent_hover="#67c5cc", danger="#f0857a", good="#7cc58b",
    tick="check_on_dark",
)  # fmt: skip
LIGHT = Colours(
    surround="#ebebeb", window="#f8f8f8", base="#ffffff", line="#d0d0d0", text="#1c1c1c", faint="#5f5f5f",
    accent="#17757d", on_accent="#ffffff", accent_hover="#125f66", danger="#b3261e", good="#2e7d46",
    tick="check_on_light",
)  # fmt: skip


class Theme(QObject):
    """The scheme in force; repaints the application when it changes."""

    changed = Signal(Colours)

    def __init__(self, app: QApplication, scheme: ColourScheme = ColourScheme.SYSTEM) -> None:
        super().__init__(app)
        self._app = app
        self._scheme = scheme
        app.setStyle("Fusion")
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    @property
    def colours(self) -> Colours:
        return DARK if self.is_dark else LIGHT

    @property
    def is_dark(self) -> bool:
        if self._scheme is ColourScheme.SYSTEM:
            return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self._scheme is ColourScheme.DARK

    def choose(self, scheme: ColourScheme) -> None:
        if scheme is not self._scheme:
            self._scheme = scheme
            self._apply()

    def _apply(self) -> None:
        self._app.setPalette(make_palette(self.colours))
        self._app.setStyleSheet(style_sheet(self.colours))
        self.changed.emit(self.colours)


def make_palette(colours: Colours) -> QPalette:
    palette = QPalette(QColor(colours.window))
    roles = {
        QPalette.ColorRole.Window: colours.window,
        QPalette.ColorRole.Base: colours.base,
        QPalette.ColorRole.AlternateBase: colours.window,
        QPalette.ColorRole.Button: colours.base,
        QPalette.ColorRole.ToolTipBase: colours.base,
        QPalette.ColorRole.Text: colours.text,
        QPalette.ColorRole.WindowText: colours.text,
        QPalette.ColorRole.ButtonText: colours.text,
        QPalette.ColorRole.ToolTipText: colours.text,
        QPalette.ColorRole.PlaceholderText: colours.faint,
        QPalette.ColorRole.Highlight: colours.accent,
        QPalette.ColorRole.HighlightedText: colours.on_accent,
        QPalette.ColorRole.Accent: colours.accent,
        QPalette.ColorRole.Link: colours.accent,
        QPalette.ColorRole.Mid: colours.line,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(
            QPalette.ColorGroup.Disabled, role, blend_colours(colours.faint, colours.window, 0.6)
        )
    return palette


def blend_colours(colour: str, other: str, share: float) -> QColor:
    """`share` of `colour`, the rest `other`."""
    a, b = QColor(colour), QColor(other)
    channels = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    return QColor(*(round(share * p + (1 - share) * q) for p, q in channels))


def style_sheet(colours: Colours) -> str:
    """What the palette cannot say. Widgets are addressed by their object names."""
    hover = blend_colours(colours.text, colours.base, 0.08).name()
    picked = blend_colours(colours.accent, colours.base, 0.18).name()
    ring = f"2px solid {colours.accent}"  # around what the keys go to; sizes stay as they are without it
    tick = resource(f"icons/{colours.tick}.svg").as_posix()
    return f"""
    QMainWindow::separator {{ width: 1px; height: 1px; background: {colours.line}; }}
    QDockWidget::title {{ background: {colours.window}; padding: {SPACING}px {2 * SPACING}px
        0 {2 * SPACING}px; }}
    QToolBar {{ border: none; background: {colours.window}; spacing: 4px; padding: 4px; }}
    QToolBar QToolButton {{ border: none; border-radius: 6px; padding: 0; margin: 2px;
        min-width: {TOOL_TARGET}px; min-height: {TOOL_TARGET}px; }}
    QToolBar QToolButton:hover, #segment:hover, #quiet:hover {{ background: {hover}; }}
    QToolBar QToolButton:checked {{ background: {picked}; }}
    QToolBar QToolButton:focus {{ border: {ring};
        min-width: {TOOL_TARGET - 4}px; min-height: {TOOL_TARGET - 4}px; }}
    QToolBar #qt_toolbar_ext_button {{ min-width: 12px; min-height: 12px; }}
    QToolBar::separator {{ background: {colours.line}; height: 1px; margin: 8px 6px; }}
    QStatusBar {{ border-top: 1px solid {colours.line}; }}
    QStatusBar::item {{ border: none; }}
    QMenuBar {{ background: {colours.window}; }}
    QMenuBar::item {{ padding: 6px 10px; }}
    QMenuBar::item:selected {{ background: {hover}; }}
    QToolTip {{ background: {colours.base}; color: {colours.text};
        border: 1px solid {colours.line}; padding: 4px; }}
    #heading {{ font-weight: 600; }}
    #caption {{ color: {colours.faint}; }}
    #reason {{ color: {colours.accent}; }}
    #wrong {{ color: {colours.danger}; }}
    #card {{ background: {colours.base}; border: 1px solid {colours.line}; border-radius: 6px; }}
    #card[picked="true"] {{ border-color: {colours.accent}; }}
    #restore {{ background: {colours.accent}; color: {colours.on_accent}; border: none; border-radius: 6px;
        min-height: 40px; font-weight: 600; padding: 0 16px; }}
    #restore:hover {{ background: {colours.accent_hover}; }}
    #restore:focus {{ border: 2px solid {colours.text}; min-height: 36px; padding: 0 14px; }}
    #restore:disabled {{ background: {colours.line}; color: {colours.faint}; }}
    #restore[quiet="true"] {{ background: {colours.base}; color: {colours.text};
        border: 1px solid {colours.line}; }}
    #restore[quiet="true"]:focus {{ border: {ring}; padding: 0 15px; min-height: 38px; }}
    #restore[quiet="true"]:hover {{ background: {hover}; }}
    #segment {{ border: 1px solid {colours.line}; border-radius: 6px; padding: 0 10px;
        min-height: {MIN_TARGET - 2}px; background: {colours.base}; }}
    #segment:checked {{ background: {picked}; border-color: {colours.accent}; }}
    #segment[primary="true"] {{ background: {colours.accent}; color: {colours.on_accent};
        border-color: {colours.accent}; font-weight: 600; }}
    #segment[primary="true"]:hover {{ background: {colours.accent_hover}; }}
    #segment[tall="true"] {{ min-height: 42px; }}
    #segment:disabled {{ color: {colours.faint}; }}
    #quiet {{ border: none; border-radius: 6px; padding-right: 8px; min-height: {MIN_TARGET}px; }}
    QMessageBox #qt_msgbox_informativelabel {{ min-width: 360px; }}
    #segment, #restore, #quiet {{ outline: none; }}
    #segment:focus {{ border: {ring}; min-height: {MIN_TARGET - 4}px; padding: 0 9px; }}
    #segment[tall="true"]:focus {{ min-height: 40px; }}
    CompareBar #segment {{ padding: 0 5px; }}
    CompareBar #segment:focus {{ padding: 0 4px; }}
    #quiet:focus {{ border: {ring}; min-height: {MIN_TARGET - 4}px; padding-right: 4px; }}
    #focus {{ border: {ring}; background: transparent; }}
    #banner {{ background: {blend_colours(colours.danger, colours.window, 0.14).name()};
        border: 1px solid {colours.danger}; border-radius: 6px; }}
    #verdict {{ background: {colours.base}; border: 1px solid {colours.line}; border-radius: 6px; }}
    QProgressBar {{ border: none; background: {colours.line}; border-radius: 2px;
        max-height: 4px; min-height: 4px; }}
    QProgressBar::chunk {{ background: {colours.accent}; border-radius: 2px; }}
    QScrollArea {{ border: none; background: transparent; }}
    QScrollBar:vertical {{ background: transparent; width: {SPACING}px; margin: 0; }}
    QScrollBar::handle:vertical {{ background: {colours.line}; border-radius: 3px;
        min-height: 32px; margin: 1px; }}
    QScrollBar::handle:vertical:disabled {{ background: transparent; }}
    QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
        background: transparent; height: 0; }}
    QCheckBox {{ spacing: {SPACING}px; }}
    QCheckBox::indicator {{ width: 16px; height: 16px; border: 1px solid {colours.faint};
        border-radius: 3px; background: {colours.base}; }}
    QCheckBox::indicator:checked {{ border-color: {colours.accent}; background: {colours.accent};
        image: url("{tick}"); }}
    QCheckBox::indicator:focus {{ border: 2px solid {colours.accent}; }}
    QCheckBox::indicator:disabled {{ border-color: {colours.line}; }}
    QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {colours.line}; }}
    QSlider::sub-page:horizontal {{ height: 4px; border-radius: 2px; background: {colours.accent}; }}
    QSlider::handle:horizontal {{ width: 16px; height: 16px; margin: -6px 0; border-radius: 8px;
        background: {colours.text}; }}
    QSlider::handle:horizontal:focus {{ background: {colours.window}; border: 3px solid {colours.accent};
        width: 10px; height: 10px; }}
    QSlider::sub-page:horizontal:disabled, QSlider::handle:horizontal:disabled {{
        background: {colours.line}; }}
    #line {{ background: {colours.line}; border: none; min-height: 1px; max-height: 1px; }}
    #panel {{ background: {colours.window}; }}
    """


def icon(name: str, colours: Colours) -> QIcon:
    """The drawing `resources/icons/NAME.svg` in the text colour of the scheme, fainter where disabled."""
    result = QIcon()
    faint = blend_colours(colours.faint, colours.window, 0.5).name()
    for mode, colour in ((QIcon.Mode.Normal, colours.text), (QIcon.Mode.Disabled, faint)):
        for side in (24, 48):
            result.addPixmap(QPixmap.fromImage(_drawn(name, colour, side)), mode)
    return result


@lru_cache(maxsize=256)  # both schemes
def _drawn(name: str, colour: str, side: int) -> QImage:
    svg = resource(f"icons/{name}.svg").read_text("utf-8").replace("currentColor", colour)
    image = QImage(QSize(side, side), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    return image
