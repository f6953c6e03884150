"""The language of everything a person reads: English in the code, other languages from message catalogues.

The catalogues are gettext's, since the command line and the errors speak too and know nothing of Qt.
`choose` is called once, before any module with words is imported: constants are translated at import.
"""

import functools
import gettext
import os
import string
from collections.abc import Iterable
from typing import Any

from daps_desktop.base.paths import resource

DOMAIN = "daps-desktop"
ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "de": "Deutsch", "zh_CN": "简体中文"}
_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # as gettext looks them up
_WITH_COMMA = ("de",)  # 1,5 and not 1.5

_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_spoken = ENGLISH


def choose(language: str) -> str:
    """Speak `language`, such as "de" or "de_AT", from now on; returns its key of LANGUAGES.

    Where it is none of them, the one that the environment asks for, else English. Processes that are started
    from here on are asked for the same.
    """
    global _catalogue, _spoken
    asked_for = next((os.environ[name] for name in _VARIABLES if os.environ.get(name)), "")
    wished = (language, *asked_for.split(":"))  # the first of them is a list
    _spoken = next((key for name in wished if (key := _known(name))), ENGLISH)
    _catalogue = gettext.translation(DOMAIN, str(resource("languages")), [_spoken], fallback=True)
    os.environ[_VARIABLES[0]] = _spoken
    return _spoken


def spoken() -> str:
    """The key of the language that was chosen."""
    return _spoken


def tr(message: str) -> str:
    """The message in the chosen language; only literals given here get into the catalogues."""
    return _to_fill(_catalogue.gettext(message))


def ntr(one: str, many: str, count: int) -> str:
    """The message for `count` things; both forms may hold `{count}`, which the caller fills in."""
    return _to_fill(_catalogue.ngettext(one, many, count))


def mark(message: str) -> str:
    """Puts a message into the catalogues and leaves it as it is: for tables translated when shown."""
    return message


def listed(words: Iterable[str]) -> str:
    """Several things of one kind, one after the other."""
    return tr(", ").join(words)


def sentence(words: str) -> str:
    """The words as a sentence of their own."""
    return tr("{words}.").format(words=words[:1].upper() + words[1:])


def sentences(*spoken: str) -> str:
    """Sentences in a row; Chinese leaves no space between them."""
    return functools.reduce(lambda told, more: tr("{told} {more}").format(told=told, more=more), spoken)


def number(value: float, decimals: int) -> str:
    """A number as the chosen language writes it."""
    return _FILLER.format_field(value, f".{decimals}f") if _spoken in _WITH_COMMA else f"{value:.{decimals}f}"


def written(value: float) -> str:
    """A number as it is written in recipes and on the command line, in any language, to the last bit."""
    return repr(float(value)).removesuffix(".0") if isinstance(value, float) else str(value)


def _known(name: str) -> str:
    return next((key for key in LANGUAGES if name.startswith(key)), "")


def _to_fill(words: str) -> str:
    return _CommaWords(words) if _spoken in _WITH_COMMA else words


class _CommaFiller(string.Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        words = super().format_field(value, format_spec)
        return words.replace(".", ",") if isinstance(value, float) else words


class _CommaWords(str):
    """Words whose `format` fills in decimals with a comma."""

    __slots__ = ()

    def format(self, *values: object, **facts: object) -> str:
        return _FILLER.vformat(self, values, facts)


_FILLER = _CommaFiller()
