"""Pieces of what looks like damage: nested, apart from each other, and named by their shape."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daps_desktop.analysis.finding import pieces as module
from daps_desktop.analysis.finding.pieces import pieces
from daps_desktop.imaging.mask import dilate
from daps_desktop.jobs.proposals import ProposalKind, Proposals


def ground() -> np.ndarray:
    return np.zeros((120, 160), np.uint8)


def sound(found: Proposals) -> None:
    """The map and the list say the same."""
    scores = [piece.score for piece in found.pieces]
    assert scores == sorted(scores, reverse=True) and found.labels.max(initial=0) <= len(scores)
    for place, piece in enumerate(found.pieces):
        assert piece.rect == piece.rect.clipped(*found.labels.shape)
        assert found.patch(place).sum() == piece.pixels == (found.labels == place + 1).sum() > 0


def test_a_lower_threshold_only_adds() -> None:
    probable = ground()
    probable[60, 10:80] = 240
    probable[60, 95:150] = 70
    probable[20:24, 20:24] = 100
    found = pieces(probable)
    sound(found)
    assert [round(piece.score * 255) for piece in found.pieces] == [240, 100, 70]
    assert [found.shown(s) for s in (0, 0.01, 0.1, 0.5, 0.62, 0.75, 1)] == [0, 0, 1, 1, 2, 3, 3]
    for shown in range(3):
        assert (found.mask(shown + 1) >= found.mask(shown)).all()
    marked = found.mask(3)
    assert marked[probable > 0].all() and not marked[~dilate(probable > 0, 3)].any()


def test_what_is_put_aside_is_not_marked() -> None:
    probable = ground()
    probable[20:24, 20:24], probable[60:64, 60:64] = 200, 150
    found = pieces(probable)
    np.testing.assert_array_equal(found.mask(2, [0]), found.labels == 2)
    assert not found.mask(2, [0, 1]).any() and not found.mask(0).any()


def test_a_piece_covers_its_soft_edge_and_nothing_farther() -> None:
    probable = ground()
    probable[60, 10:80] = 200
    probable[60, 80:90] = 100  # unlikely, and next to what is likely
    (piece,) = (found := pieces(probable)).pieces
    covered = np.zeros(probable.shape, bool)
    covered[60, 10 : 80 + module._NEAR] = True
    np.testing.assert_array_equal(found.mask(1), dilate(covered, module._RIM))
    assert found.mask(1)[piece.rect.slices].sum() == piece.pixels
    sound(found)


def test_neighbours_keep_their_own_pixels() -> None:
    probable = ground()
    probable[30:40, 30:50], probable[42:52, 30:50] = 255, 200
    found = pieces(probable)
    assert len(found.pieces) == 2
    assert (found.labels[30:40, 30:50] == 1).all() and (found.labels[42:52, 30:50] == 2).all()
    sound(found)


@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(1, 60), st.floats(0.5, 6))
@settings(max_examples=40, deadline=None)
def test_any_probabilities_make_sound_pieces(seed: int, height: int, width: int, power: float) -> None:
    rng = np.random.default_rng(seed)
    probable = (rng.random((height, width)) ** power * 255).astype(np.uint8)
    hidden = rng.random((height, width)) < 0.1
    found = pieces(probable, hidden)
    sound(found)
    assert not found.labels[hidden].any()


def test_a_large_scan_is_looked_at_in_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    probable = ground()
    probable[10:110, 80] = 255
    whole = pieces(probable)
    monkeypatch.setattr(module, "_BAND", 50 * 160)
    parts = pieces(probable)
    assert (len(whole.pieces), len(parts.pieces)) == (1, 3)
    np.testing.assert_array_equal(parts.mask(3), whole.mask(1))
    sound(parts)


def test_memory_grows_by_little_more_than_the_map(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BAND", 1 << 18)
    probable = np.zeros((2500, 2000), np.uint8)
    probable[::50, 100:1900] = probable[1::50, 100:1900] = 200
    tracemalloc.start()
    assert pieces(probable).pieces
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 * probable.size  # bytes; two of them are the map


def test_there_is_an_end_to_what_is_proposed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_PIECES", 7)
    probable = ground()
    probable[10:110:10, 10:150:10] = probable[11:110:10, 10:150:10] = 200
    probable[10:110:10, 11:150:10] = 200
    found = pieces(probable)
    sound(found)
    assert len(found.pieces) == 7


@pytest.mark.parametrize(
    ("rows", "cols", "kind"),
    [
        (slice(20, 26), slice(20, 27), ProposalKind.SPECK),
        (slice(20, 22), slice(10, 140), ProposalKind.SCRATCH),
    ],
)
def test_shapes_have_names(rows: slice, cols: slice, kind: ProposalKind) -> None:
    probable = ground()
    probable[rows, cols] = 200
    (piece,) = pieces(probable).pieces
    assert piece.kind is kind


def test_what_is_bent_is_a_hair() -> None:
    probable = ground()
    turn = np.linspace(0, np.pi, 400)
    probable[np.rint(60 + 40 * np.sin(turn)).astype(int), np.rint(80 + 50 * np.cos(turn)).astype(int)] = 255
    (piece,) = pieces(probable).pieces
    assert piece.kind is ProposalKind.HAIR


def test_single_pixels_and_sound_photos_give_nothing() -> None:
    probable = ground()
    assert pieces(probable).pieces == ()
    probable[::7, ::7] = 255
    assert pieces(probable).pieces == ()


def test_it_can_be_ended_meanwhile() -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pieces(ground(), check=stop)
