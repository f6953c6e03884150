"""Quantisation tables of JPEG by quality, as libjpeg scales those of the standard."""

import numpy as np
from numpy.typing import NDArray

from daps_desktop.imaging.photo import JpegTables

# Tables K.1 and K.2 of the JPEG standard (ITU-T T.81, Annex K), row = vertical frequency.
ANNEX_K_LUMA = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)
ANNEX_K_CHROMA = (
    (17, 18, 24, 47, 99, 99, 99, 99),
    (18, 21, 26, 66, 99, 99, 99, 99),
    (24, 26, 56, 99, 99, 99, 99, 99),
    (47, 66, 99, 99, 99, 99, 99, 99),
    *[(99,) * 8] * 4,
)


def tables_for_quality(quality: int, sampling: tuple[int, int] = (2, 2), *, grey: bool = False) -> JpegTables:
    """The tables that libjpeg uses at `quality` (1-100)."""
    # Whole percents, rounded down, as there: with fractions 34 qualities would get other tables.
    percent = 5000 // quality if quality < 50 else 200 - 2 * quality

    def scaled(base: tuple[tuple[int, ...], ...]) -> NDArray[np.uint16]:
        return ((np.array(base) * percent + 50) // 100).clip(1, 255).astype(np.uint16)

    chroma = None if grey else scaled(ANNEX_K_CHROMA)
    return JpegTables(scaled(ANNEX_K_LUMA), chroma, (1, 1) if grey else sampling)
