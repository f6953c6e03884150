"""What JPEG did to a photo: the quality from the file's tables, or from the traces in the pixels."""

import numpy as np
from numpy.typing import NDArray

from daps_desktop.analysis.planes import to_luma
from daps_desktop.imaging.jpeg_tables import tables_for_quality
from daps_desktop.imaging.photo import JpegTables, Pixels

_TRIED = range(4, 81)  # above, the steps are too small to be told from rounding
_FREQUENCIES = ((0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (2, 2), (0, 3), (3, 0))
_MAX_BLOCKS = 4000
_MIN_COEFFICIENTS = 60  # coefficients that are not zero
_CLEAR = 0.45  # mean cosine of how well the coefficients sit on the steps; 0 by chance, 1 for whole steps


def quality_from_tables(tables: JpegTables) -> int:
    """The quality, 1 to 100, whose table is nearest to that of the file."""
    found = tables.luma.astype(np.float64)
    misses = [np.abs(_luma_table(quality) - found).sum() for quality in range(1, 101)]
    return 1 + int(np.argmin(misses))


def _luma_table(quality: int) -> NDArray[np.float64]:
    return tables_for_quality(quality).luma.astype(np.float64)


def quality_from_pixels(pixels: Pixels) -> int | None:
    """The quality at which (H, W, C) pixels were once compressed, or None where they show no trace of it.

    Coefficients of the 8 x 8 cosine transform lie on multiples of the table's steps if the photo was
    compressed and neither cropped off its grid, scaled nor retouched all over since.
    """
    coefficients = _coefficients(pixels)
    fits = {quality: _fit(coefficients, _luma_table(quality)) for quality in _TRIED}
    best = max(fits, key=lambda quality: fits[quality])
    return best if fits[best] > _CLEAR else None


def _coefficients(pixels: Pixels) -> NDArray[np.float64]:
    """(n, 8, 8) of blocks spread over the photo."""
    luma = to_luma(pixels)
    rows, cols = luma.shape[0] // 8, luma.shape[1] // 8
    blocks = luma[: rows * 8, : cols * 8].reshape(rows, 8, cols, 8).swapaxes(1, 2).reshape(-1, 8, 8)
    if len(blocks) > _MAX_BLOCKS:
        blocks = blocks[np.random.default_rng(0).choice(len(blocks), _MAX_BLOCKS, replace=False)]
    from scipy.fft import dctn  # not at the top: the window imports this module, and must not wait for scipy

    return np.asarray(dctn(blocks.astype(np.float64) - 128, axes=(1, 2), norm="ortho"))


def _fit(coefficients: NDArray[np.float64], table: NDArray[np.float64]) -> float:
    """Mean cosine of the coefficients against the steps, over the frequencies that inform."""
    told: list[float] = []
    for row, col in _FREQUENCIES:
        step = table[row, col]
        values = coefficients[:, row, col]
        values = values[np.abs(values) > step / 2]
        if step >= 4 and len(values) >= _MIN_COEFFICIENTS:
            told.append(float(np.cos(2 * np.pi * values / step).mean()))
    return float(np.mean(told)) if len(told) >= 3 else 0.0
