"""What a mask is taken for, by whatever means it was made."""

import numpy as np
import pytest

from daps_desktop.jobs.damage import BoxMask, MissingPixels, Noise
from tests.engine.playing import crop, play

pytestmark = pytest.mark.usefixtures("tiny_prior")


def test_a_box_of_the_laboratory_is_filled_like_a_painted_one() -> None:
    mask = np.zeros((64, 64), dtype=bool)
    mask[12:52, 12:52] = True
    painted = play(crop(), MissingPixels(), Noise(), mask=mask, output="sample", keep_tone=False)
    lost = play(crop(), BoxMask(size=40), output="sample", keep_tone=False)
    assert (painted.pixels == lost.pixels).all()


def test_a_photo_that_is_all_hole_is_refused() -> None:
    everywhere = np.ones((64, 64), dtype=bool)
    for damages in ((MissingPixels(),), (MissingPixels(), Noise())):
        assert play(crop(), *damages, mask=everywhere).failed.code == "mask_whole"


def test_what_several_islands_meet_is_said_once() -> None:
    mask = np.zeros((64, 400), dtype=bool)
    mask[10:54, 10:54] = mask[10:54, 340:384] = True
    photo = np.ascontiguousarray(np.concatenate([crop()] * 7, axis=1)[:, :400])
    assert play(photo, mask=mask, tile=64, noise=None).finished.report.notices == ["coarse_first"]


def test_a_noise_level_that_plays_no_part_is_said_to() -> None:
    mask = np.zeros((64, 64), dtype=bool)
    mask[30:34, 10:50] = True
    assert play(crop(), mask=mask, noise=9.0).finished.report.notices == ["noise_unused"]
    assert play(crop(), mask=mask, noise=None).finished.report.notices == []
