"""What people use instead. Methods that have a strength to choose get the best one for the very photo.

scikit-image and bm3d are no part of the program: where one is not installed its methods are left out.
"""

from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from daps_desktop.core.photo import Pixels
from daps_desktop.core.task import Blur, Motion
from daps_desktop.solver.convert import to_pixels
from daps_desktop.solver.operators import gaussian_kernel, motion_kernel
from daps_desktop.training.trials import EIGHT_BITS, Trial

Rival = Callable[[Trial], Pixels]
Floats = NDArray[np.float64]

INPAINT_RADIUS = 3  # pixels, as in OpenCV's tutorial
FRAME = 24  # pixels mirrored around a blurred photo, without which both deconvolutions ring
OPENCV_STRENGTHS = (0.6, 0.8, 1.0)  # of the noise, as are the two below
SKIMAGE_STRENGTHS = (0.4, 0.6, 0.8)
TV_WEIGHTS = (0.5, 0.75, 1.0, 1.5)
WIENER_BALANCES = (1e-3, 3e-3, 1e-2, 3e-2, 0.1)
LUCY_STEPS = (5, 10, 20, 40, 80)


def _inpainted(trial: Trial, method: int) -> Pixels:
    assert trial.hole is not None
    result = cv2.inpaint(trial.photo.pixels, trial.hole.astype(np.uint8), INPAINT_RADIUS, method)
    return result.astype(np.uint8)


def _enlarged(trial: Trial, kernel: Image.Resampling) -> Pixels:
    height, width = trial.clean.shape[:2]
    return np.asarray(Image.fromarray(trial.photo.pixels).resize((width, height), kernel))


def _means_of_opencv(trial: Trial) -> Pixels:
    strengths = (h * trial.case.noise for h in OPENCV_STRENGTHS)
    noisy = trial.photo.pixels
    return _best(trial, (cv2.fastNlMeansDenoisingColored(noisy, None, h, h, 7, 21) / 255 for h in strengths))


def _means_of_skimage(trial: Trial) -> Pixels:
    noisy, sigma = _floats(trial), trial.case.noise / 255

    def denoised(h: float) -> Floats:
        return _skimage().denoise_nl_means(noisy, 5, 6, h * sigma, sigma=sigma, channel_axis=-1)

    return _best(trial, map(denoised, SKIMAGE_STRENGTHS))


def _total_variation(trial: Trial) -> Pixels:
    noisy, sigma = _floats(trial), trial.case.noise / 255
    return _best(
        trial, (_skimage().denoise_tv_chambolle(noisy, weight=w * sigma, channel_axis=-1) for w in TV_WEIGHTS)
    )


def _wiener(trial: Trial) -> Pixels:
    return _best(
        trial, (_deconvolved(trial, lambda y, k, b=b: _skimage().wiener(y, k, b)) for b in WIENER_BALANCES)
    )


def _richardson_lucy(trial: Trial) -> Pixels:
    return _best(
        trial,
        (_deconvolved(trial, lambda y, k, n=n: _skimage().richardson_lucy(y, k, n)) for n in LUCY_STEPS),
    )


def _deconvolved(trial: Trial, method: Callable[[Floats, Floats], object]) -> Floats:
    """Channel by channel, in a mirrored frame that is cut off again."""
    framed = np.pad(_floats(trial), ((FRAME, FRAME), (FRAME, FRAME), (0, 0)), mode="symmetric")
    kernel = _kernel(trial)
    sharp = np.stack([np.asarray(method(framed[..., c], kernel)) for c in range(3)], axis=-1)
    return sharp[FRAME:-FRAME, FRAME:-FRAME]


def _kernel(trial: Trial) -> Floats:
    if motion := trial.case.task.find(Motion):
        return motion_kernel(motion.length, motion.angle).numpy()
    blur = trial.case.task.find(Blur)
    assert blur is not None
    return gaussian_kernel(blur.sigma).numpy()


def _best(trial: Trial, results: Iterable[Floats]) -> Pixels:
    return max(map(_to_pixels, results), key=trial.psnr)


def _floats(trial: Trial) -> Floats:
    return (trial.y[0].permute(1, 2, 0).double().numpy() + 1) / 2


def _to_pixels(floats: Floats) -> Pixels:
    return np.rint(np.clip(floats, 0, 1) * 255).astype(np.uint8)


def _bm3d(trial: Trial) -> Pixels:
    return _to_pixels(import_module("bm3d").bm3d_rgb(_floats(trial), trial.case.noise / 255))


def _skimage() -> Any:
    return import_module("skimage.restoration")


def _untouched(trial: Trial) -> Pixels:
    return to_pixels(trial.y, EIGHT_BITS, 3)


_ALL: dict[str, dict[str, tuple[str, Rival]]] = {  # by family and name: the package it needs, and the method
    "holes": {
        "Telea": ("", lambda trial: _inpainted(trial, cv2.INPAINT_TELEA)),
        "Navier-Stokes": ("", lambda trial: _inpainted(trial, cv2.INPAINT_NS)),
    },
    "small": {
        "bicubic": ("", lambda trial: _enlarged(trial, Image.Resampling.BICUBIC)),
        "Lanczos": ("", lambda trial: _enlarged(trial, Image.Resampling.LANCZOS)),
    },
    "noise": {
        "NL means (OpenCV)": ("", _means_of_opencv),
        "NL means (skimage)": ("skimage", _means_of_skimage),
        "TV": ("skimage", _total_variation),
        "BM3D": ("bm3d", _bm3d),
    },
    "blur": {
        "input": ("", _untouched),
        "Wiener": ("skimage", _wiener),
        "Richardson-Lucy": ("skimage", _richardson_lucy),
    },
}
SLOW = ("BM3D",)  # seconds for a picture of 256 x 256


def rivals(family: str, *, slow: bool = False) -> dict[str, Rival]:
    """By name, those that can run here; the slow ones only where they are wanted."""
    return {
        name: method
        for name, (package, method) in _ALL[family].items()
        if (slow or name not in SLOW) and (not package or find_spec(package))
    }
