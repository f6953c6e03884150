"""Damage is where it is said to be, what is no damage is not, and a finder learns to tell them apart."""

import csv
import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from daps_desktop.analysis.finding.features import NAMES
from daps_desktop.analysis.finding.judgement import parse_judgement
from daps_desktop.base.errors import UserError
from daps_desktop.networks.architectures.norm_free_unet import NormFreeUNet
from daps_desktop.networks.card import read_card
from daps_desktop.networks.finder import DamageFinder
from daps_desktop.networks.runtime.torch_runtime import TorchNetwork
from daps_desktop.training.damage.film import FilmElements
from daps_desktop.training.damage.hard import NOT_KEPT, HardCrops
from daps_desktop.training.damage.pieces import draw_pieces
from daps_desktop.training.damage.samples import MOST_DAMAGE, DamagedCrops, damaged_crop, drawn_over
from daps_desktop.training.damage.score import finder_figures
from daps_desktop.training.data.crops import Crops
from daps_desktop.training.export import export_run
from daps_desktop.training.fit import LOG, fit
from daps_desktop.training.judging import fit_judgement
from daps_desktop.training.loop.checkpoint import load_checkpoint
from daps_desktop.training.loop.finding import Finding
from daps_desktop.training.loop.recipe import Recipe
from daps_desktop.training.loop.settings import RunSettings, read_settings
from daps_desktop.training.loop.trainer import Trainer
from tests.training.conftest import finder, picture

SIDE = 128


@pytest.fixture(scope="module")
def film_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hairs and dust, white on black."""
    folder = tmp_path_factory.mktemp("film")
    for index in range(3):
        hair, dust = np.zeros((200, 200), np.uint8), np.zeros((200, 200), np.uint8)
        cv2.line(hair, (30, 20 + 40 * index), (150, 120), 255, 2)
        cv2.circle(dust, (100, 100), 4 + index, 255, -1)
        for kind, element in (("hair", hair), ("dust", dust)):
            Image.fromarray(element).convert("RGB").save(folder / f"{kind}-{index:03}.webp", lossless=True)
    return folder


@pytest.fixture(scope="module")
def film(film_folder: Path) -> FilmElements:
    return FilmElements([film_folder])


def crops(film: FilmElements, capacity: int = 4, side: int = SIDE) -> DamagedCrops:
    return DamagedCrops(Crops([picture(seed) for seed in range(3)]), film, HardCrops(capacity, side))


def test_the_truth_is_where_damage_changes_the_print(film: FilmElements) -> None:
    damaged = 0
    for seed in range(40):
        crop = picture(seed)[:SIDE, :SIDE].astype(np.float32)
        with_damage, truth = damaged_crop(crop, film, np.random.default_rng(seed))
        without, none = damaged_crop(crop, None, np.random.default_rng(seed))
        assert not none.any() and with_damage.shape == without.shape == (SIDE, SIDE, 3)
        assert set(np.unique(truth)) <= {-1, 0, 1} and (truth > 0).mean() < MOST_DAMAGE
        damaged += bool((truth > 0).any())
        for scan in (with_damage, without):
            assert scan.min() >= 0 and scan.max() <= 255 and (scan == np.rint(scan)).all()
    assert damaged > 30  # some is too faint to be seen


def test_an_element_lies_in_the_crop_at_its_size() -> None:
    line = np.zeros((300, 300), np.uint8)
    line[:, 148:152] = 255
    only = FilmElements.__new__(FilmElements)
    only.kinds = {"line": [line]}
    rng = np.random.default_rng(2)
    for _ in range(20):
        opacity = only.draw(SIDE, rng)
        assert 0.8 < opacity.max() <= 1 and 0 < (opacity > 0.5).mean() < 0.1


def test_every_kind_of_piece_lies_in_the_crop(film: FilmElements) -> None:
    rng = np.random.default_rng(0)
    seen = [piece for _ in range(60) for piece in draw_pieces(film, SIDE, rng)]
    for piece in seen:
        assert piece.opacity.shape == (SIDE, SIDE) and piece.opacity.dtype == np.float32
        assert piece.opacity.min() >= -1e-6 and piece.opacity.max() <= 1 + 1e-6
        assert piece.colour.min() >= 0 and piece.colour.max() <= 255
    assert np.mean([piece.opacity.max() > 0.1 for piece in seen]) > 0.8


def test_half_of_the_crops_are_clean_and_the_same_seed_draws_the_same(film: FilmElements) -> None:
    first, again = (crops(film).draw(60, SIDE, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(first.x, again.x) and np.array_equal(first.truth, again.truth)
    assert first.x.min() >= -1 and first.x.max() <= 1 and first.x.dtype == np.float32
    assert 15 <= sum(not truth.any() for truth in first.truth) <= 45


def test_the_worst_clean_crops_are_kept_until_they_are_learnt() -> None:
    hard = HardCrops(2, SIDE)
    for shade, score in ((10, 0.1), (20, 0.9), (30, 0.5), (40, 0.05)):
        hard.report(np.full((SIDE, SIDE, 3), shade, np.uint8), NOT_KEPT, score)
    assert len(hard) == 2 and {int(crop[0, 0, 0]) for crop in hard.crops} == {20, 30}
    place = int(hard.scores.argmax())
    for _ in range(4):
        hard.report(hard.crops[place], place, 0.0)
    hard.report(np.full((SIDE, SIDE, 3), 50, np.uint8), NOT_KEPT, 0.3)
    assert {int(crop[0, 0, 0]) for crop in hard.crops} == {30, 50}


def test_only_clean_crops_are_kept(film: FilmElements) -> None:
    damaged = crops(film, capacity=100)
    drawn = damaged.draw(40, SIDE, np.random.default_rng(1))
    damaged.learn_of(drawn, [1.0] * 40)
    assert len(damaged.hard) == sum(not truth.any() for truth in drawn.truth)
    kept = {crop.tobytes() for crop in damaged.hard.crops[: len(damaged.hard)]}
    assert kept <= {source.tobytes() for source in drawn.sources}


def test_the_score_of_what_is_right_and_of_what_is_wrong() -> None:
    truth = np.zeros((64, 64), np.float32)
    truth[20:24, :] = 1
    clean = np.zeros_like(truth)
    nothing, everything = np.zeros((64, 64), bool), np.ones((64, 64), bool)
    beside = np.roll(truth > 0, 2, axis=0)  # within the tolerance
    assert finder_figures([(beside, truth), (nothing, clean)]) == {"recall": 1, "precision": 1, "marked": 0}
    far = np.roll(truth > 0, 20, axis=0)
    assert finder_figures([(far, truth), (everything, clean)]) == {"recall": 0, "precision": 0, "marked": 1}
    half = (truth > 0) & (np.arange(64) < 30)
    assert finder_figures([(half, truth)])["recall"] == pytest.approx(0.5)


def test_pictures_for_measuring_are_the_same_each_time(film: FilmElements) -> None:
    first, again = (drawn_over([picture(seed, 256, 256) for seed in (3, 4)], film) for _ in range(2))
    assert len(first) == 4
    for (x, truth), (same_x, same_truth) in zip(first, again, strict=True):
        assert np.array_equal(x, same_x) and np.array_equal(truth, same_truth)
    assert first[0][1].any() and not first[1][1].any()


def test_a_finder_is_taught_stopped_and_goes_on(settings: RunSettings, film_folder: Path) -> None:
    taught = replace(settings, film=(str(film_folder),), budget=replace(settings.budget, steps=4))
    fit(taught, False, threading.Event(), lambda line: None)
    out = Path(taught.out)
    assert load_checkpoint(out).weights["conv_out.weight"].shape[0] == 1
    with (out / LOG).open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["side"] == "192" and 0 <= float(row["marked"]) <= 1 and "psnr_25" not in row
    longer = replace(read_settings(out), budget=replace(settings.budget, steps=8))
    fit(longer, True, threading.Event(), lambda line: None)
    assert load_checkpoint(out).steps == 8
    export_run(out, out.parent / "eyes", "eyes")
    network = cast(NormFreeUNet, NormFreeUNet.from_pretrained(out.parent / "eyes"))
    assert torch.equal(network.conv_out.weight, load_checkpoint(out).weights["conv_out.weight"].half())
    with pytest.raises(UserError):  # it is no denoiser
        read_card(out.parent / "eyes")


def test_a_finder_learns_to_see_damage(film: FilmElements) -> None:
    """On pictures of gradients and discs a little training halves the loss that saying "nowhere" has."""
    objective = Finding(crops(film, side=64), [picture(9, 256, 256)])
    trainer = Trainer(finder(), objective, Recipe(warmup_steps=1, mean_decay=0.5), torch.device("cpu"))
    rng, losses = np.random.default_rng(0), []
    for _ in range(60):
        trainer.learn(objective.draw(4, 64, rng), 1e-2)
        losses.append(trainer.loss.item())
    assert losses[-1] < 0.7 * losses[0]


def test_a_judgement_is_fitted_on_what_a_finder_finds(
    folder: Path, film_folder: Path, tmp_path: Path
) -> None:
    network = finder()
    with torch.no_grad():  # finds what is light
        network.conv_out.weight.zero_()
        network.conv_out.weight[:, :, 1, 1] = 1
        network.conv_out.bias.fill_(-0.3)
    said: list[str] = []
    out = tmp_path / "damage.json"
    runs = DamageFinder(TorchNetwork(network, torch.device("cpu"), torch.float32), 2)
    fit_judgement(runs, [str(folder)], [str(film_folder)], 2, out, said.append)
    judgement = parse_judgement(json.loads(out.read_text()))
    assert "pieces" in said[0] and len(judgement.mean) == len(NAMES)
    assert np.isfinite(judgement.scores(np.zeros((3, len(NAMES))))).all()


@pytest.mark.parametrize("content", [b"", b"no picture"])
def test_film_damage_that_is_not_there_is_said_in_words(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UserError):
        FilmElements([tmp_path / "nowhere"])
    (tmp_path / "hair-001.webp").write_bytes(content)
    with pytest.raises(UserError):
        FilmElements([tmp_path])
