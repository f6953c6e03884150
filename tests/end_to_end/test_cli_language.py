"""The command line in another language, what argparse says of itself included."""

import gettext
from collections.abc import Iterator

import pytest

from daps_desktop import cli
from daps_desktop.base import i18n
from daps_desktop.cli.common import table


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    bound = gettext.textdomain()
    monkeypatch.setenv("LANGUAGE", "zh_CN")  # and back at the end
    i18n.set_language("zh_CN")
    yield
    i18n.set_language(i18n.ENGLISH)
    gettext.textdomain(bound)


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(
    "words", [(), ("restore",), ("batch",), ("degrade",), ("priors", "teach"), ("info",)]
)
def test_help_and_usage_are_translated(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main([*words, "--help"])
    said = capsys.readouterr().out
    assert said.startswith("用法") and "显示此帮助并退出" in said
    assert "usage" not in said and "options" not in said


@pytest.mark.usefixtures("chinese")
def test_what_is_missing_is_said_in_the_same_language(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["restore", "photo.png"])
    assert "缺少必需的参数：-o/--out" in capsys.readouterr().err


@pytest.mark.usefixtures("chinese")
def test_values_stand_below_each_other_where_letters_are_two_columns_wide() -> None:
    assert table((("a", 1), ("大小", 2))) == "a：    1\n大小： 2"


@pytest.mark.usefixtures("chinese")
def test_sentences_are_put_together_as_the_language_writes_them() -> None:
    words = i18n.capitalised(i18n.join_list(["已锐化", "已上色"]))
    assert i18n.join_sentences(words, "用时 3 秒。") == "已锐化，已上色。用时 3 秒。"
    i18n.set_language(i18n.ENGLISH)
    words = i18n.capitalised(i18n.join_list(["sharpened", "coloured"]))
    assert i18n.join_sentences(words, "Took 3 s.") == "Sharpened, coloured. Took 3 s."
