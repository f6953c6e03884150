"""The document's two arrays and its count never drift apart, whatever is drawn, undone and replaced."""

import numpy as np

from daps_desktop.document.document import Document
from daps_desktop.imaging.mask import draw_line
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.rect import Rect
from daps_desktop.jobs.damage import Fading, MissingPixels, Noise
from daps_desktop.jobs.task import Task


def test_strokes_undo_and_replacement_keep_hole_and_count_in_step() -> None:
    rng = np.random.default_rng(3)
    document = Document(Photo(np.zeros((60, 80, 3), np.uint8)))
    history = [document.mask.copy()]
    patches = []
    for _ in range(40):
        start, end = rng.uniform(-5, 85, (2, 2))
        touched = draw_line(document.mask, tuple(start), tuple(end), 6, bool(rng.integers(2)))
        patches.append(document.commit_stroke(touched))
        history.append(document.mask.copy())
    patches.append(document.replace_mask(rng.random((60, 80)) < 0.3))
    assert document.marked_share == document.mask.mean()
    for patch, before in zip(reversed(patches), reversed(history), strict=True):
        document.write(patch.rect, patch.before)
        np.testing.assert_array_equal(document.mask, before)
        assert document.marked_share == before.mean()


def test_a_patch_is_no_larger_than_what_changed() -> None:
    document = Document(Photo(np.zeros((60, 80, 1), np.uint8)))
    mask = np.zeros((60, 80), dtype=bool)
    mask[10, 20] = mask[14, 50] = True
    assert document.replace_mask(mask).rect == Rect(10, 20, 15, 51)
    assert document.replace_mask(mask).rect.empty


def test_a_hole_is_sent_only_where_the_task_fills_one() -> None:
    document = Document(Photo(np.zeros((6, 8, 1), np.uint8)))
    assert document.mask_missing
    document.replace_mask(np.ones((6, 8), dtype=bool))
    assert not document.mask_missing
    request = document.request("a", 100)
    assert request.mask is not None and request.mask.all()
    document.task = Task((Noise(),))
    assert document.request("b", 100).mask is None


def test_what_needs_no_marks_is_done_though_marking_was_meant_too() -> None:
    document = Document(Photo(np.zeros((6, 8, 1), np.uint8)), Task((MissingPixels(), Fading())))
    request = document.request("a", 100)
    assert not document.mask_missing and request.task == Task((Fading(),)) and request.mask is None
    document.replace_mask(np.eye(6, 8, dtype=bool))
    assert document.request("b", 100).task == document.task
