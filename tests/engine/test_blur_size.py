"""A blur of the wrong size does no harm, and is mentioned: no rings at edges, no worse than the photo."""

import cv2
import numpy as np
import pytest
import skimage.data

from daps_desktop.imaging.photo import Photo, Pixels
from daps_desktop.jobs.damage import Downsampling, GaussianBlur, MissingPixels
from daps_desktop.jobs.messages import Notice, notice_text
from daps_desktop.jobs.task import Task
from daps_desktop.jobs.verdict import judge
from daps_desktop.restoration.forward_model import with_blur_seen
from daps_desktop.ui.common.verdict_text import format_verdict
from tests.engine.playing import play, psnr

SIGMA = 1.5


def soft(clean: Pixels, sigma: float = SIGMA) -> Pixels:
    blurred = cv2.GaussianBlur(clean.astype(np.float32), (0, 0), sigma)
    noise = np.random.default_rng(0).normal(0, 1, clean.shape)
    return np.clip(np.rint(blurred + noise), 0, 255).astype(np.uint8)


def portrait() -> Pixels:
    return skimage.data.astronaut()[40:232, 140:332].copy()


@pytest.mark.parametrize("share", [0.5, 2.0])
def test_a_size_of_half_or_double_does_not_worsen_a_photo(share: float) -> None:
    clean = portrait()
    photo = soft(clean)
    result = play(photo, GaussianBlur(SIGMA * share), noise=2.0, prior="photo-fast").finished.photo.pixels
    assert psnr(result, clean) > psnr(photo, clean)


@pytest.mark.parametrize("share", [0.5, 2.0])
def test_an_edge_overshoots_by_less_than_a_twentieth_of_its_step(share: float) -> None:
    clean = np.full((192, 192, 3), 60, np.uint8)
    clean[:, 48:96] = clean[:, 144:] = 190
    clean[100:140] = 250 - clean[100:140]
    photo = soft(clean)
    result = play(photo, GaussianBlur(SIGMA * share), noise=2.0, prior="photo-fast").finished.photo.pixels
    profile = result[10:90].mean(axis=(0, 2))
    assert max(profile.max() - 190, 60 - profile.min()) < 0.05 * 130


def test_it_says_what_was_used_instead() -> None:
    heard = play(soft(portrait()), GaussianBlur(4.0), prior="photo-fast")
    report = heard.finished.report
    assert report.blur is not None and report.blur.named == 4
    assert report.blur.used == pytest.approx(SIGMA, abs=0.35)
    (told,) = (m for m in heard.messages if isinstance(m, Notice) and m.code == "blur_narrowed")
    sentence = str(notice_text(told.code, **told.params))
    assert sentence.startswith("The blur was set to 4.0 px") and f"{report.blur.used:.1f} px" in sentence
    assert sentence in format_verdict(judge(report, Task((GaussianBlur(4.0),)), None))
    assert report.damage == ["blur:sigma=4"]


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_a_size_that_may_be_right_is_used_as_it_is_named(share: float) -> None:
    task = Task((GaussianBlur(SIGMA * share),))
    assert with_blur_seen(task, Photo(soft(portrait()))) == (task, None)


def test_the_edges_of_marked_scratches_are_not_those_of_the_photo() -> None:
    photo, mask = soft(portrait(), 2.0), np.zeros((192, 192), bool)
    for at in range(6, 180, 10):
        mask[:, at : at + 2] = True
    scratched = np.where(mask[..., None], 255, photo).astype(np.uint8)
    task = Task((GaussianBlur(4.0), MissingPixels()))
    _, marked = with_blur_seen(task, Photo(scratched), mask)
    assert marked is not None and marked.used == pytest.approx(2.0, abs=0.4)
    assert with_blur_seen(task, Photo(scratched))[1] != marked


def test_what_was_blurred_before_it_was_shrunk_has_no_edges_to_go_by() -> None:
    task = Task((GaussianBlur(4.0), Downsampling(2)))
    assert with_blur_seen(task, Photo(soft(portrait()))) == (task, None)
