"""Pieces of what looks like damage: nested, apart from each other, and named by their shape."""

import numpy as np
import pytest

from daps_desktop.analysis.pieces import pieces
from daps_desktop.imaging.mask import dilate
from daps_desktop.jobs.proposals import ProposalKind, above_threshold, mask_of


def ground() -> np.ndarray:
    return np.zeros((120, 160), np.uint8)


def test_a_lower_threshold_only_adds() -> None:
    """A scratch that fades away stays whole, and its fading end is a place of its own."""
    probable = ground()
    probable[60, 10:80] = 240
    probable[60, 80:150] = 40
    probable[20:24, 20:24] = 100
    found = pieces(probable)
    assert [round(p.score * 255) for p in found] == [240, 100, 40]
    assert [len(above_threshold(found, s)) for s in (0.01, 0.1, 0.5, 0.7, 0.9)] == [0, 1, 1, 2, 3]
    marked = mask_of(found, *probable.shape)
    assert marked[probable > 0].all() and not marked[~dilate(probable > 0, 2)].any()


def test_patches_lie_in_the_photo_and_never_overlap() -> None:
    rng = np.random.default_rng(0)
    probable = (rng.random((90, 70)) ** 3 * 255).astype(np.uint8)
    times = np.zeros(probable.shape, int)
    found = pieces(probable)
    assert len(found) > 10
    for piece in found:
        assert piece.patch.shape == times[piece.rect.slices].shape
        assert piece.patch.any(axis=1)[[0, -1]].all() and piece.patch.any(axis=0)[[0, -1]].all()
        times[piece.rect.slices] += piece.patch
    assert times.max() == 1


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
    (piece,) = pieces(probable)
    assert piece.kind is kind


def test_what_is_bent_is_a_hair() -> None:
    probable = ground()
    turn = np.linspace(0, np.pi, 400)
    probable[np.rint(60 + 40 * np.sin(turn)).astype(int), np.rint(80 + 50 * np.cos(turn)).astype(int)] = 255
    (piece,) = pieces(probable)
    assert piece.kind is ProposalKind.HAIR


def test_single_pixels_and_sound_photos_give_nothing() -> None:
    probable = ground()
    assert pieces(probable) == ()
    probable[::7, ::7] = 255
    assert pieces(probable) == ()
