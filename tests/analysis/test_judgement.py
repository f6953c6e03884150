"""Pieces are judged by what they look like, the same in strips, and keep their pixels."""

import json

import numpy as np
import pytest

from daps_desktop.analysis.finding import features as module
from daps_desktop.analysis.finding.features import NAMES, piece_features
from daps_desktop.analysis.finding.judgement import (
    LIMIT,
    Judgement,
    fitted_judgement,
    judged,
    parse_judgement,
)
from daps_desktop.analysis.finding.pieces import pieces
from daps_desktop.training.judging import JudgedPieces, dump_judgement, fitted, with_share


def scene(height: int = 700, width: int = 90) -> tuple[np.ndarray, np.ndarray]:
    """Pixels (H, W, 3) with a light line, a dark and a tinted speck, and how likely each is damage."""
    rng = np.random.default_rng(0)
    pixels = (120 + rng.normal(0, 4, (height, width, 3))).clip(0, 255)
    probable = np.zeros((height, width), np.uint8)
    for place, paint in (
        (np.s_[50:650, 40:42], (230, 230, 230)),
        (np.s_[300:306, 60:66], (10, 10, 10)),
        (np.s_[100:104, 10:14], (200, 120, 40)),
    ):
        pixels[place], probable[place] = paint, 200
    return pixels.astype(np.uint8), probable


def by_name(features: np.ndarray) -> list[dict[str, float]]:
    return [dict(zip(NAMES, row, strict=True)) for row in features.tolist()]


def test_the_numbers_say_what_a_piece_looks_like() -> None:
    pixels, probable = scene()
    found = pieces(probable)
    told = {round(np.exp(row["length"])): row for row in by_name(piece_features(pixels, probable, found))}
    line = max(told.items())[1]
    dark, tinted = (
        next(v for v in told.values() if v is not line and sign * v["excess"] > 0) for sign in (-1, 1)
    )
    assert np.exp(line["length"]) == pytest.approx(602, rel=0.02) and line["excess"] > 0.5
    assert np.exp(line["width"]) == pytest.approx(4, rel=0.1) and line["fill"] == pytest.approx(0, abs=0.1)
    assert dark["excess"] < -0.5 and np.exp(dark["length"]) == pytest.approx(8, rel=0.1)
    assert tinted["colour"] > 1 > abs(dark["colour"])


@pytest.mark.parametrize("strip", [64, 111, 1000])
def test_strips_change_nothing(monkeypatch: pytest.MonkeyPatch, strip: int) -> None:
    pixels, probable = scene()
    found = pieces(probable)
    whole = piece_features(pixels, probable, found)
    monkeypatch.setattr(module, "_STRIP", strip)
    np.testing.assert_allclose(piece_features(pixels, probable, found), whole, atol=0.02)


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 200, 1), (24, 5, 3)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_any_photo_has_numbers(shape: tuple[int, int, int], dtype: type) -> None:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, np.iinfo(dtype).max, shape).astype(dtype)
    probable = np.full(shape[:2], 255, np.uint8)
    found = judged(pixels, probable, pieces(probable))
    assert all(0 <= piece.score <= 1 for piece in found.pieces)
    nothing = np.zeros(shape[:2], np.uint8)
    assert judged(pixels, nothing, pieces(nothing)).pieces == ()


def test_judged_pieces_keep_their_pixels_and_come_surest_first() -> None:
    pixels, probable = scene()
    before = pieces(probable)
    after = judged(pixels, probable, pieces(probable))
    scores = [piece.score for piece in after.pieces]
    assert scores == sorted(scores, reverse=True)
    assert np.array_equal(before.mask(3), after.mask(3)) and len(scores) == 3
    for place, piece in enumerate(after.pieces):
        assert after.patch(place).sum() == piece.pixels


def test_a_score_is_that_of_the_network() -> None:
    judgement = Judgement(
        np.zeros(2),
        np.ones(2),
        ((np.array([[1.0], [2.0]]), np.array([-1.0])), (np.array([[3.0]]), np.array([0.5]))),
    )
    scores = judgement.scores(np.array([[1.0, 1.0], [-1.0, 0.0], [1e9, 0.0]]))
    expected = 1 / (1 + np.exp(-np.array([3 * 2 + 0.5, 0.5, 3 * (LIMIT - 1) + 0.5])))
    np.testing.assert_allclose(scores, expected)


def test_it_learns_what_tells_damage_and_survives_its_file() -> None:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(3000, 4))
    damage = features[:, 0] * features[:, 1] > 0  # no line tells them apart
    judgement = fitted(JudgedPieces(features, damage, np.ones(3000)), epochs=25)
    again = parse_judgement(json.loads(dump_judgement(judgement)))
    new = rng.normal(size=(500, 4))
    right = (again.scores(new) > 0.5) == (new[:, 0] * new[:, 1] > 0)
    assert right.mean() > 0.9
    np.testing.assert_allclose(again.scores(new), judgement.scores(new), atol=1e-3)


def test_of_more_damaged_photos_each_piece_is_likelier() -> None:
    judgement = fitted_judgement()
    features = np.random.default_rng(0).normal(judgement.mean, judgement.spread, (50, len(NAMES)))
    before, after = judgement.scores(features), with_share(judgement, 0.5, 0.8).scores(features)
    np.testing.assert_allclose(after / (1 - after), 4 * before / (1 - before))


def test_what_ships_has_a_number_for_each_feature() -> None:
    judgement = fitted_judgement()
    assert len(judgement.mean) == len(judgement.spread) == len(NAMES) == len(judgement.layers[0][0])
