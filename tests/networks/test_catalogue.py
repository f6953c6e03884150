"""Which priors are found where, and by which names."""

import subprocess
import sys
from pathlib import Path

import pytest

from daps_desktop.base.errors import UserError
from daps_desktop.base.paths import DATA_VARIABLE
from daps_desktop.networks.card import CARD
from daps_desktop.networks.catalogue import default_prior, find, installed, user_folder
from tests.fakes.checkpoints import write_edm


def test_the_users_priors_stand_beside_the_built_in_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_edm(user_folder(tmp_path) / "mine", "mine")
    assert [card.name for card in installed(tmp_path)][-1] == "mine"
    assert "mine" not in {card.name for card in installed(tmp_path / "elsewhere")}
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    assert find("mine").folder == (user_folder(tmp_path) / "mine").resolve()


def test_a_prior_is_found_by_its_folder_too(tmp_path: Path) -> None:
    folder = write_edm(tmp_path / "loose", "loose")
    assert find(folder, tmp_path).name == "loose"
    assert not find(str(folder), tmp_path).built_in


def test_what_is_missing_is_said_with_what_is_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nosuch.*photo-fast") as caught:
        find("nosuch", tmp_path)
    assert caught.value.code == "prior_missing"
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="no prior called"):
        find("x" * 300, tmp_path)
    with pytest.raises(UserError, match="import it first"):
        find(tmp_path / "empty", tmp_path)


def test_a_broken_card_is_left_out_and_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_edm(user_folder(tmp_path) / "good", "good")
    (write_edm(user_folder(tmp_path) / "broken", "broken") / CARD).write_text("{")
    write_edm(user_folder(tmp_path) / ".import-left", "left")
    names = [card.name for card in installed(tmp_path)]
    assert "good" in names
    assert not {"broken", "left"} & set(names)
    assert "broken" in caplog.text


def test_better_built_in_priors_are_preferred_once_they_exist(tmp_path: Path) -> None:
    for name in ("photo-fast", "photo-fine"):
        write_edm(user_folder(tmp_path) / name, name)
    assert default_prior("cpu", data_dir=tmp_path) == "photo-fast"
    assert (
        default_prior("cpu", "best", tmp_path) == default_prior("cuda:0", "draft", tmp_path) == "photo-fine"
    )


def test_the_catalogue_needs_no_torch() -> None:
    code = (
        "import sys; from daps_desktop.networks.card import verify; "
        "from daps_desktop.networks.catalogue import installed; "
        "assert all(map(verify, installed())); assert not {'torch', 'diffusers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
