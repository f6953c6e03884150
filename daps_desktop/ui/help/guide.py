"""The chapters of the user guide: files of resources/help, in the chosen language where there are such."""

import re
from dataclasses import dataclass
from pathlib import Path

from daps_desktop.base.i18n import ENGLISH, current_language, join_list, tr
from daps_desktop.base.paths import resource
from daps_desktop.imaging.formats.metadata.kept import FORMATS, KINDS

FOLDER = "help"
_KEPT = "{kept}"  # where the table of what is kept stands
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


def source_of(path: Path) -> str:
    """The Markdown of a chapter, with the table that the program goes by."""
    source = path.read_text(encoding="utf-8")
    return source.replace(_KEPT, _kept_table()) if _KEPT in source else source


def _kept_table() -> str:
    heads = [tr("What"), tr("Read from"), *FORMATS]
    rows = [heads, ["---"] * len(heads)]
    for kind in KINDS:
        name, ways = tr(kind.words), (tr(kind.ways[file_format].words) for file_format in FORMATS)
        rows.append([name[:1].upper() + name[1:], join_list(kind.found), *ways])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows).replace("WEBP", "WebP")


def _path(name: str) -> Path:
    own = resource(f"{FOLDER}/{current_language()}/{name}.md")
    return own if own.is_file() else resource(f"{FOLDER}/{ENGLISH}/{name}.md")


def _read(name: str, path: Path) -> Chapter:
    source = source_of(path)
    title = source.partition("\n")[0].removeprefix("# ").strip()
    return Chapter(name, path, title, strip_markdown(source).casefold())


def strip_markdown(source: str) -> str:
    """The text of Markdown without its signs, so that only what is seen is found."""
    without_pictures = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", source)
    without_targets = re.sub(r"\]\([^)]*\)", "]", without_pictures)
    return re.sub(r"[*`\[\]#|]", "", without_targets)
