"""Texts of the window that follow its language: each knows how it is made, and is made again on a change."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QLocale, QObject
from PySide6.QtWidgets import QApplication, QWidget

from daps_desktop.base.i18n import Phrase, tr

Words = str | Phrase | Callable[[], str]  # a message of N_, one with facts, or what is worked out each time
Part = TypeVar("Part", bound=QObject)
_SAID = "_said"  # on the part itself, so that it goes when the part goes


def said(words: Words) -> str:
    """In the language of now."""
    if isinstance(words, str):
        return tr(words)
    return str(words) if isinstance(words, Phrase) else words()


def say(part: Part, **texts: Words) -> Part:
    """Set properties of Qt such as `text` and `toolTip`, now and in every language; gives the part back."""
    for name, words in texts.items():
        keep_said(part, lambda name=name, words=words: part.setProperty(name, said(words)), name)
    return part


def keep_said(part: QObject, show: Callable[[], object], name: str = "") -> None:
    """Call `show` now, and again whenever the language changes while `part` lives.

    `name` says what it shows: of several calls with one name only the last is made again.
    """
    kept: dict[str, Callable[[], object]] = getattr(part, _SAID, {})
    setattr(part, _SAID, kept)
    kept[name or str(len(kept))] = show
    show()


def say_again() -> None:
    """The language was changed: everything on the screen, or waiting to be there, is said in it."""
    windows = [window for window in QApplication.topLevelWidgets() if window.parent() is None]
    parts = [part for window in windows for part in (window, *window.findChildren(QObject))]
    for part in parts:
        if isinstance(part, QWidget) and part.isWindow():
            part.setLocale(QLocale())  # numbers in fields; it goes down to the children
        for show in list(getattr(part, _SAID, {}).values()):
            show()
