"""Transparent parts of a photo: their colours, which nobody sees, decide nothing and stay as they are."""

import cv2
import numpy as np
import pytest

from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo, Pixels
from daps_desktop.jobs.damage import Damage, Downsampling, Fading, GaussianBlur, MissingPixels, Noise
from tests.engine.playing import crop, line, play

CUT = np.zeros((96, 96), np.uint8)
cv2.circle(CUT, (50, 46), 34, 255, -1)


def restored(
    hidden: tuple[int, int, int], *damages: Damage, mask: Mask | None = None
) -> tuple[Pixels, Pixels]:
    """A cut-out before and after, its hidden colours as given."""
    photo = Photo(np.where(CUT[..., None] > 0, crop(96), np.uint8(hidden)), alpha=CUT)
    return photo.pixels, play(photo, *damages, mask=mask, prior="photo-fast").finished.photo.pixels


@pytest.mark.parametrize(
    "damages", [(Noise(),), (GaussianBlur(1.5),), (MissingPixels(),), (Fading(), MissingPixels())], ids=str
)
def test_hidden_colours_neither_show_nor_change(damages: tuple[Damage, ...]) -> None:
    mask = line(96, 96) if MissingPixels() in damages else None
    seen = CUT > 0
    before, black = restored((0, 0, 0), *damages, mask=mask)
    _, green = restored((0, 255, 0), *damages, mask=mask)
    np.testing.assert_array_equal(black[seen], green[seen])
    assert (black[seen] != before[seen]).any()
    if Fading() not in damages:
        np.testing.assert_array_equal(black[~seen], before[~seen])


def test_an_enlarged_cut_out_gets_no_fringe() -> None:
    """Beside the edge it is no darker than with the colours that were cut away."""
    task = (Downsampling(2),)
    _, black = restored((0, 0, 0), *task)
    _, white = restored((255, 255, 255), *task)
    seen = cv2.resize(CUT, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST) > 0
    assert np.abs(black[seen].astype(int) - white[seen]).max() <= 1
