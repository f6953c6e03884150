"""The language of everything a person reads: English in the code, other languages from message catalogues.

The catalogues are gettext's, since the command line and the errors speak too and know nothing of Qt.
`choose` is called once, before any module with words is imported: constants are translated at import.
"""

import gettext
import locale

from daps_desktop.core.resources import resource

DOMAIN = "daps-desktop"
ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "de": "Deutsch", "zh_CN": "简体中文"}

_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def choose(language: str) -> str:
    """Speak `language`, a key of LANGUAGES or "" for that of the system, from now on; returns its key."""
    global _catalogue
    name = language if language in LANGUAGES else of_system()
    _catalogue = gettext.translation(DOMAIN, str(resource("languages")), [name], fallback=True)
    return name


def of_system() -> str:
    """The language of the system where the program speaks it, else English."""
    name = locale.getlocale()[0] or ""
    return next((known for known in LANGUAGES if name.startswith(known)), ENGLISH)


def tr(message: str) -> str:
    """The message in the chosen language; only literals given here get into the catalogues."""
    return _catalogue.gettext(message)


def ntr(one: str, many: str, count: int) -> str:
    """The message for `count` things; both forms may hold `{count}`, which the caller fills in."""
    return _catalogue.ngettext(one, many, count)


def mark(message: str) -> str:
    """Puts a message into the catalogues and leaves it as it is: for tables translated when shown."""
    return message
