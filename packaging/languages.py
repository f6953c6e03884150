"""Message catalogues: `python packaging/languages.py` collects the words and compiles the translations.

Collects every literal given to tr, ntr and N_, brings each language's .po up to date, and compiles it
to the .mo that the program reads. Translators edit the .po, with any editor for gettext; then this is run
again.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "languages"
DOMAIN = "daps-desktop"
KEYWORDS = {"tr": None, "ntr": (1, 2), "N_": None}


def collected() -> Catalog:
    """All messages in the code, with the files they stand in (without lines, which change daily)."""
    catalog = Catalog(project=DOMAIN, charset="utf-8")
    found = extract_from_dir(ROOT / "daps_desktop", [("**.py", "python")], keywords=KEYWORDS)
    for file, _line, message, _comments, _context in sorted(found, key=lambda row: (row[0], row[1])):
        catalog.add(message, locations=[(f"daps_desktop/{file}", 0)], flags=())
    for message in catalog:
        message.flags.discard("python-format")  # the words are filled in by str.format
        message.flags.discard("python-brace-format")
    return catalog


def read_language(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def is_translated(message: Message) -> bool:
    forms = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return all(forms)


def main() -> int:
    words = collected()
    for path in sorted(FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        catalog = read_language(path)
        catalog.update(words, no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        with path.open("wb") as file:
            write_po(file, catalog, include_lineno=False, width=110)
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog)
        missing = [message for message in catalog if message.id and not is_translated(message)]
        print(f"{path.parent.parent.name}: {len(catalog)} messages, {len(missing)} without a translation")
    return 0


if __name__ == "__main__":
    sys.exit(main())
