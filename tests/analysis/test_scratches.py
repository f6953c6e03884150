"""Proposals on pictures drawn by the tests: damage is found, clean pictures stay nearly free."""

import cv2
import numpy as np
import pytest

from daps_desktop.analysis.scratches.detect import find_scratches
from daps_desktop.imaging.mask import Mask, dilate
from daps_desktop.jobs.proposals import DEFAULT, Proposal, ProposalKind, above_threshold, mask_of
from tests.analysis.scenes import scene

SIZE = 360, 480
DAMAGE = {"light": (236, 232, 224), "dark": (18, 17, 15)}


def damaged(seed: int, colour: tuple[int, int, int]) -> tuple[np.ndarray, Mask]:
    """A scene with two long scratches, a curved hair and eight specks, and where they show."""
    clean = scene(seed, *SIZE)
    photo, drawn = clean.copy(), np.zeros(SIZE, np.uint8)
    rng = np.random.default_rng(seed)
    for _ in range(2):
        ends = rng.uniform(0, 1, (2, 2)) * (SIZE[1] - 1, SIZE[0] - 1)
        cv2.line(drawn, *(tuple(map(int, end)) for end in ends), 255, 2, cv2.LINE_AA)
    turns = np.cumsum(rng.normal(0, 0.25, 18))
    hair = rng.uniform(80, 240, 2) + np.cumsum(np.stack([np.cos(turns), np.sin(turns)], 1) * 7, axis=0)
    cv2.polylines(drawn, [hair.astype(np.int32)], False, 255, 2, cv2.LINE_AA)
    for _ in range(8):
        centre = rng.integers(20, (SIZE[1] - 20, SIZE[0] - 20))
        cv2.circle(drawn, tuple(map(int, centre)), 3, 255, -1, cv2.LINE_AA)
    alpha = drawn[..., None] / 255
    photo = np.rint(clean * (1 - alpha) + np.array(colour) * alpha).astype(np.uint8)
    seen = np.abs(photo.astype(int) - clean).max(axis=2) > 25
    return photo, seen & (drawn > 80)


def recall_and_precision(found: Mask, true: Mask) -> tuple[float, float]:
    """With a tolerance of three pixels either way."""
    return float((true & dilate(found, 3)).sum() / true.sum()), float(
        (found & dilate(true, 3)).sum() / found.sum()
    )


@pytest.fixture(scope="module", params=DAMAGE)
def example(request: pytest.FixtureRequest) -> tuple[tuple[Proposal, ...], Mask]:
    photo, true = damaged(12, DAMAGE[request.param])
    return find_scratches(photo), true


def test_scratches_hairs_and_specks_are_found(example: tuple[tuple[Proposal, ...], Mask]) -> None:
    proposals, true = example
    recall, precision = recall_and_precision(mask_of(above_threshold(proposals, DEFAULT), *SIZE), true)
    assert recall > 0.5 and precision > 0.7


def test_a_higher_sensitivity_only_adds(example: tuple[tuple[Proposal, ...], Mask]) -> None:
    proposals, _ = example
    sizes = []
    for low, high in ((0.0, 0.3), (0.3, 0.5), (0.5, 0.8), (0.8, 1.0)):
        fewer, more = above_threshold(proposals, low), above_threshold(proposals, high)
        assert set(map(id, fewer)) <= set(map(id, more))
        sizes.append(len(more))
    assert sizes[-1] > sizes[1] > 0
    assert len(above_threshold(proposals, 0.0)) == 0


def test_patches_lie_in_the_photo_and_never_overlap(example: tuple[tuple[Proposal, ...], Mask]) -> None:
    proposals, _ = example
    times = np.zeros(SIZE, int)
    for proposal in proposals:
        assert proposal.patch.shape == times[proposal.rect.slices].shape
        assert proposal.patch.any(axis=1)[[0, -1]].all() and proposal.patch.any(axis=0)[[0, -1]].all()
        times[proposal.rect.slices] += proposal.patch
    assert times.max() == 1


def test_the_shapes_have_names(example: tuple[tuple[Proposal, ...], Mask]) -> None:
    proposals, _ = example
    by_kind = {kind: [p for p in above_threshold(proposals, 0.9) if p.kind is kind] for kind in ProposalKind}
    assert by_kind[ProposalKind.SCRATCH] and by_kind[ProposalKind.SPECK]
    assert max(max(p.patch.shape) for p in by_kind[ProposalKind.SCRATCH]) > 60
    assert max(max(p.patch.shape) for p in by_kind[ProposalKind.SPECK]) < 30


def test_clean_photos_stay_nearly_free() -> None:
    shares = []
    for seed in range(20, 26):
        clean = scene(seed, *SIZE, grain=3)
        shares.append(mask_of(above_threshold(find_scratches(clean), DEFAULT), *SIZE).mean())
    assert np.median(shares) < 0.001 and max(shares) < 0.004


def test_a_field_of_lines_is_taken_for_content() -> None:
    photo = scene(30, *SIZE)
    for col in range(100, 380, 9):  # a fence, or hair
        cv2.line(photo, (col, 60), (col + 25, 300), (225, 225, 220), 2, cv2.LINE_AA)
    found = mask_of(above_threshold(find_scratches(photo), DEFAULT), *SIZE)
    assert found[60:300, 100:400].mean() < 0.01


def test_depth_and_colour_make_little_difference() -> None:
    photo, true = damaged(12, DAMAGE["light"])
    deep = photo.astype(np.uint16) * np.uint16(257)
    assert np.array_equal(mask_of(find_scratches(deep), *SIZE), mask_of(find_scratches(photo), *SIZE))
    grey = np.rint(photo.mean(axis=2, keepdims=True)).astype(np.uint8)
    found = mask_of(above_threshold(find_scratches(grey), DEFAULT), *SIZE)
    assert recall_and_precision(found, true)[0] > 0.5


@pytest.mark.parametrize("shape", [(1, 1, 3), (8, 300, 1), (40, 40, 3)])
def test_nothing_is_found_where_there_is_nothing(shape: tuple[int, int, int]) -> None:
    assert find_scratches(np.full(shape, 128, np.uint8)) == ()
