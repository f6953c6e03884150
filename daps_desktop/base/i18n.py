"""The language of everything a person reads: English in the code, other languages from message catalogues.

The catalogues are gettext's, since the command line and the errors speak too and know nothing of Qt.
Words are translated where they are shown: a constant is `N_("...")`, what waits to be shown a `Phrase`, and
`set_language` may be called at any time.
"""

import functools
import gettext
import os
import string
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from daps_desktop.base.paths import resource

DOMAIN = "daps-desktop"
ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "de": "Deutsch", "zh_CN": "简体中文"}
_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # as gettext looks them up
_WITH_COMMA = ("de",)  # 1,5 and not 1.5

_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_current = ENGLISH
_asked_for = ""  # by the environment
_written: str | None = None  # there, for processes that are started from here


def set_language(language: str) -> str:
    """Speak `language`, such as "de" or "de_AT", from now on; returns its key of LANGUAGES.

    Where it is none of them, the one that the environment asks for, else English. Processes that are started
    from here on are asked for the same.
    """
    global _asked_for, _catalogue, _current, _written
    if _written is None or os.environ.get(_VARIABLES[0]) != _written:  # else it is what was chosen here
        _asked_for = next((os.environ[name] for name in _VARIABLES if os.environ.get(name)), "")
    wished = (language, *_asked_for.split(":"))  # the first of the variables is a list
    _current = next((key for name in wished if (key := _known(name))), ENGLISH)
    _catalogue = gettext.translation(DOMAIN, str(resource("languages")), [_current], fallback=True)
    _written = os.environ[_VARIABLES[0]] = _current
    return _current


def current_language() -> str:
    """The key of the language that was chosen."""
    return _current


def tr(message: str) -> str:
    """The message in the chosen language; only literals given here and to `N_` get into the catalogues."""
    return _to_fill(_catalogue.gettext(message) if message else "")  # "" would be the catalogue's header


def ntr(one: str, many: str, count: int) -> str:
    """The message for `count` things; both forms may hold `{count}`, which the caller fills in."""
    return _to_fill(_catalogue.ngettext(one, many, count))


def N_(message: str) -> str:
    """Puts a message into the catalogues and leaves it as it is: for constants, translated when shown."""
    return message


@dataclass(frozen=True, slots=True)
class Phrase:
    """A message of `N_` with its facts: a value that goes from process to process and waits to be shown.

    `str()` gives it in the language that is chosen then. Facts may be phrases and UserErrors themselves.
    """

    message: str
    facts: dict[str, object] = field(default_factory=dict[str, object])

    def __str__(self) -> str:
        return tr(self.message).format(**self.facts)


def phrase(message: str, /, **params: object) -> Phrase:
    return Phrase(message, params)


def words_of(error: Exception) -> Phrase | str:
    """What the error says; one that was raised with a phrase is translated when it is shown."""
    told = error.args[0] if len(error.args) == 1 else None
    return told if isinstance(told, Phrase) else str(error)


def join_list(words: Iterable[str]) -> str:
    """Several things of one kind, one after the other."""
    return tr(", ").join(words)


def capitalised(text: str) -> str:
    """The words as a sentence of their own."""
    return tr("{words}.").format(words=text[:1].upper() + text[1:])


def join_sentences(*spoken: str) -> str:
    """Sentences in a row, those that say something; Chinese leaves no space between them."""
    said = [words for words in spoken if words] or [""]
    return functools.reduce(lambda told, more: tr("{told} {more}").format(told=told, more=more), said)


def format_number(value: float, decimals: int) -> str:
    """A number as the chosen language writes it."""
    return (
        _FILLER.format_field(value, f".{decimals}f") if _current in _WITH_COMMA else f"{value:.{decimals}f}"
    )


def format_exact(value: float) -> str:
    """A number as it is written in recipes and on the command line, in any language, to the last bit."""
    return repr(float(value)).removesuffix(".0") if isinstance(value, float) else str(value)


def _known(name: str) -> str:
    return next((key for key in LANGUAGES if name.startswith(key)), "")


def _to_fill(text: str) -> str:
    return _CommaWords(text) if _current in _WITH_COMMA else text


class _CommaFiller(string.Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        words = super().format_field(value, format_spec)
        return words.replace(".", ",") if isinstance(value, float) else words


class _CommaWords(str):
    """Words whose `format` fills in decimals with a comma."""

    __slots__ = ()

    def format(self, *values: object, **params: object) -> str:
        return _FILLER.vformat(self, values, params)


_FILLER = _CommaFiller()
