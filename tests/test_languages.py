"""The catalogues hold every word of the program with its facts, and are compiled from what is read."""

import ast
import gettext
import importlib.util
import pickle
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TypeGuard

import pytest
from babel.messages.catalog import Catalog, Message

from daps_desktop.__main__ import main
from daps_desktop.base import i18n
from daps_desktop.base.errors import UserError
from daps_desktop.base.files import write_file
from daps_desktop.base.i18n import N_, phrase, words_of
from daps_desktop.imaging.formats.reader import read_photo
from tests.imaging.photo_files import by_pillow

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "daps_desktop").rglob("*.py"))
OTHERS = [name for name in i18n.LANGUAGES if name != i18n.ENGLISH]
TOP_MENUS = 7
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SPEAKING = ("tr", "ntr", "listed", "sentence", "sentences", "number", "said")


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("languages", ROOT / "packaging" / "languages.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def collected(tool: ModuleType) -> Catalog:
    return tool.collected()


@pytest.fixture(scope="module", params=OTHERS)
def path(request: pytest.FixtureRequest, tool: ModuleType) -> Path:
    return tool.FOLDER / request.param / "LC_MESSAGES" / f"{tool.DOMAIN}.po"


@pytest.fixture(scope="module")
def messages(tool: ModuleType, path: Path) -> list[Message]:
    return [message for message in tool.read_language(path) if message.id]


@pytest.fixture
def english_again() -> Iterator[None]:
    yield
    i18n.set_language(i18n.ENGLISH)


def test_what_befell_a_file_is_said_in_the_same_language(english_again: None, tmp_path: Path) -> None:
    i18n.set_language("de")
    with pytest.raises(UserError, match="der Name ist zu lang"):
        write_file(tmp_path / ("x" * 300), b"")
    (tmp_path / "half").write_bytes(by_pillow("JPEG")[:-200])
    with pytest.raises(UserError, match="endet zu früh"):
        read_photo(tmp_path / "half")


def test_an_error_is_said_in_the_language_of_the_moment(english_again: None) -> None:
    late = ValueError(phrase(N_("{name} is too large"), name="it.json"))
    error = pickle.loads(pickle.dumps(UserError("file_unreadable", path="a", detail=words_of(late))))
    assert str(late) == "it.json is too large" and "(it.json is too large)" in str(error)
    i18n.set_language("de")
    assert str(late) == "it.json ist zu groß" and "(it.json ist zu groß)" in str(error)
    level = phrase(N_("at noise level {sigma:.3g}"), sigma=0.25)
    assert "0,25" in str(UserError("diverged", detail=level))
    assert words_of(OSError("as it is")) == "as it is"


def test_nothing_is_translated_before_it_is_shown() -> None:
    assert not [fault for path in SOURCES for fault in _too_early(path)]


def test_what_is_marked_is_a_literal() -> None:
    """Else it would not get into the catalogues."""
    assert not [fault for path in SOURCES for fault in _unmarked(path)]


def test_every_word_is_translated(tool: ModuleType, collected: Catalog, messages: list[Message]) -> None:
    known = {message.id for message in messages if tool.is_translated(message)}
    wanted = [message.id for message in collected if message.id]
    assert len(wanted) > 600
    assert not [words for words in wanted if words not in known]


def test_nothing_is_translated_that_nobody_says(collected: Catalog, messages: list[Message]) -> None:
    said = {message.id for message in collected}
    assert not [message.id for message in messages if message.id not in said]


def test_a_translation_fills_in_the_same_facts(messages: list[Message]) -> None:
    for message in messages:
        allowed = [_facts(original) for original in _forms(message.id)]
        assert all(_facts(form) in allowed for form in _forms(message.string)), message.id


def test_no_two_menus_open_with_one_letter(messages: list[Message]) -> None:
    menus = [str(message.string) for message in messages if re.search(r"&\w", str(message.id))]
    letters = [letter.lower() for words in menus for letter in re.findall(r"&(\w)", words)]
    assert len(menus) == len(letters) == len(set(letters)) == TOP_MENUS


def test_what_the_program_reads_is_what_the_translators_wrote(
    tool: ModuleType, path: Path, messages: list[Message]
) -> None:
    compiled = gettext.translation(tool.DOMAIN, str(tool.FOLDER), [path.parent.parent.name])
    for message in messages:
        if isinstance(message.id, str):
            assert compiled.gettext(message.id) == message.string
        else:
            said = {compiled.ngettext(*message.id, count) for count in range(3)}
            assert said == set(_forms(message.string))


@pytest.mark.usefixtures("english_again")
def test_a_chosen_language_is_spoken_and_else_that_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    assert i18n.set_language("de_AT") == i18n.current_language() == "de"
    assert i18n.tr("Dark") == "Dunkel"
    monkeypatch.setenv("LANGUAGE", "zh_CN:en")
    assert i18n.set_language("") == "zh_CN"
    assert i18n.tr("Dark") not in ("Dark", "Dunkel")
    monkeypatch.setenv("LANGUAGE", "fr_CH:de:en")
    assert i18n.set_language("") == "de"
    monkeypatch.setenv("LANGUAGE", "xx")
    assert i18n.set_language("xx") == "en"
    assert i18n.tr("Dark") == "Dark"


@pytest.mark.usefixtures("english_again")
def test_decimals_are_written_as_the_language_writes_them() -> None:
    i18n.set_language("de")
    assert i18n.format_number(1.25, 2) == "1,25"
    assert i18n.tr("{hours:.1f} h").format(hours=2.5) == "2,5 h"
    assert i18n.tr("Open {name}").format(name="a.jpg") == "a.jpg öffnen"
    i18n.set_language("en")
    assert i18n.format_number(1.25, 2) == "1.25"
    assert i18n.tr("{hours:.1f} h").format(hours=2.5) == "2.5 h"


@pytest.mark.usefixtures("english_again")
def test_the_command_line_speaks_the_language_of_the_system(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    monkeypatch.setattr(sys, "argv", ["daps-desktop", "info", "/no/such/photo.jpg"])
    assert main() == 2
    assert "Es gibt keine Datei" in capsys.readouterr().err


def _forms(words: object) -> tuple[str, ...]:
    return tuple(map(str, words)) if isinstance(words, (list, tuple)) else (str(words),)


def _facts(words: str) -> list[str]:
    return sorted(re.findall(r"\{[^}]*\}|%\(\w+\)[rs]|%s", words))


def _too_early(path: Path) -> list[str]:
    """Calls that speak at import: the body of a function runs later, its defaults do not."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    later = [node.body for node in ast.walk(tree) if isinstance(node, _FUNCTIONS)]
    bodies = [part for body in later for part in (body if isinstance(body, list) else [body])]
    inside = {id(node) for body in bodies for node in ast.walk(body)}
    calls = [node for node in ast.walk(tree) if _called(node) in _SPEAKING and id(node) not in inside]
    return [f"{path.name}:{node.lineno}" for node in calls if isinstance(node, ast.Call)]


def _unmarked(path: Path) -> list[str]:
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if _called(node)]
    return [
        f"{path.name}:{node.lineno}" for node in calls if isinstance(node, ast.Call) and _is_unmarked(node)
    ]


def _is_unmarked(call: ast.Call) -> bool:
    match _called(call):
        case "N_":
            return not _is_text(call.args[0])
        case "ntr":
            return not all(_is_text(form) for form in call.args[:2])
        case "tr":
            return isinstance(call.args[0], ast.JoinedStr | ast.BinOp)
        case "phrase" | "Phrase" | "CheckpointError":
            return isinstance(call.args[0], ast.Constant | ast.JoinedStr)
        case "say":
            return any(_is_text(each.value) and re.search(r"\w", each.value.value) for each in call.keywords)
    return False


def _is_text(node: ast.expr) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _called(node: ast.AST) -> str:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
