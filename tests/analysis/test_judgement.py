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
from daps_desktop.training.judging import JudgedPieces, dump_judgement, fitted


def scene(height: int = 1300, width: int = 90) -> np.ndarray:
    """How likely each pixel is damage: a line, a speck that is surer, and one that is not."""
    probable = np.zeros((height, width), np.uint8)
    probable[50:1250, 40:42] = 200
    probable[300:306, 60:66] = 250
    probable[100:104, 10:14] = 160
    return probable


def by_name(features: np.ndarray) -> list[dict[str, float]]:
    return [dict(zip(NAMES, row, strict=True)) for row in features.tolist()]


def test_the_numbers_say_what_a_piece_looks_like() -> None:
    probable = scene()
    found = pieces(probable)
    speck, line, doubtful = by_name(piece_features(probable, found))
    assert np.exp(line["length"]) == pytest.approx(1200, rel=0.01)
    assert np.exp(line["width"]) == pytest.approx(2, rel=0.1)
    assert np.exp(speck["length"]) == pytest.approx(np.exp(speck["width"])) == pytest.approx(6, rel=0.1)
    assert speck["peak"] == pytest.approx(np.log(250.5 / 5.5)) == pytest.approx(speck["certainty"])
    assert speck["peak"] > line["peak"] > doubtful["peak"] > 0
    assert np.exp(line["busy"]) == 0.02  # no photo is busier than that
    probable = np.pad(probable, ((0, 3000), (0, 0)))
    (alike, *_) = by_name(piece_features(probable, pieces(probable)))
    assert np.exp(alike["busy"]) == pytest.approx((2400 + 36 + 16) / probable.size, rel=0.01)


@pytest.mark.parametrize("strip", [64, 111, 5000])
def test_strips_change_nothing(monkeypatch: pytest.MonkeyPatch, strip: int) -> None:
    probable = scene()
    found = pieces(probable)
    whole = piece_features(probable, found)
    monkeypatch.setattr(module, "_STRIP", strip)
    np.testing.assert_allclose(piece_features(probable, found), whole, rtol=1e-6)


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (24, 5)])
def test_any_photo_has_numbers(shape: tuple[int, int]) -> None:
    full, nothing = np.full(shape, 255, np.uint8), np.zeros(shape, np.uint8)
    assert all(0 <= piece.score <= 1 for piece in judged(full, pieces(full)).pieces)
    assert judged(nothing, pieces(nothing)).pieces == ()


def test_judged_pieces_keep_their_pixels_and_come_surest_first() -> None:
    probable = scene()
    before = pieces(probable)
    after = judged(probable, pieces(probable))
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
    judgement = fitted(JudgedPieces(features, damage, np.ones(3000)), (32, 16), epochs=25)
    again = parse_judgement(json.loads(dump_judgement(judgement)))
    new = rng.normal(size=(500, 4))
    right = (again.scores(new) > 0.5) == (new[:, 0] * new[:, 1] > 0)
    assert right.mean() > 0.9
    np.testing.assert_allclose(again.scores(new), judgement.scores(new), atol=1e-3)


def test_surer_is_likelier_and_large_is_not() -> None:
    """What was fitted may not say the opposite of what it is meant to say, whatever it was fitted to."""
    judgement = fitted_judgement()
    weights = dict(zip(NAMES, judgement.layers[0][0][:, 0], strict=True))
    assert len(judgement.layers) == 1
    assert min(weights["certainty"], weights["peak"], weights["busy"]) > 0 > weights["length"]


def test_what_ships_has_a_number_for_each_feature() -> None:
    judgement = fitted_judgement()
    assert len(judgement.mean) == len(judgement.spread) == len(NAMES) == len(judgement.layers[0][0])
