"""The chapters of the user guide: files of resources/help, in the chosen language where there are such."""

import re
from dataclasses import dataclass
from pathlib import Path

from daps_desktop.base.i18n import ENGLISH, current_language
from daps_desktop.base.paths import resource

FOLDER = "help"
# In the order of the contents; each is a file NAME.md.
NAMES = (
    "first", "framing", "marking", "finding", "damage", "strength", "running", "comparing", "check",
    "versions", "saving", "several", "album", "priors", "keyboard", "trouble", "privacy",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chapter:
    """One file in Markdown; its first line is the title."""

    name: str
    path: Path
    title: str
    words: str  # all of it as plain text, for searching


def chapters() -> list[Chapter]:
    """All of them; what is not translated is in English."""
    return [_read(name, _path(name)) for name in NAMES]


def contains_words(chapter: Chapter, text: str) -> bool:
    """Whether every one of the words is somewhere in the chapter."""
    return all(word in chapter.words for word in text.casefold().split())


def _path(name: str) -> Path:
    own = resource(f"{FOLDER}/{current_language()}/{name}.md")
    return own if own.is_file() else resource(f"{FOLDER}/{ENGLISH}/{name}.md")


def _read(name: str, path: Path) -> Chapter:
    source = path.read_text(encoding="utf-8")
    title = source.partition("\n")[0].removeprefix("# ").strip()
    return Chapter(name, path, title, strip_markdown(source).casefold())


def strip_markdown(source: str) -> str:
    """The text of Markdown without its signs, so that only what is seen is found."""
    without_pictures = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", source)
    without_targets = re.sub(r"\]\([^)]*\)", "]", without_pictures)
    return re.sub(r"[*`\[\]#|]", "", without_targets)
