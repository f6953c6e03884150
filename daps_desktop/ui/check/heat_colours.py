"""Values to colours, on scales that read the same to people who see colours differently.

Imported off the window's thread, as pyqtgraph takes a third of a second.
"""

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from daps_desktop.base.i18n import N_, phrase
from daps_desktop.jobs.report import ResidualMap
from daps_desktop.ui.canvas.drawing.heat_map import HeatMap
from daps_desktop.ui.common.live_text import Words

RESIDUAL_TOP = 3.0  # noise levels: what is more is as bad
_MIN_SPREAD = 8.0  # grey levels: below this a difference is hardly seen
_FAINTEST, _STRONGEST = 0.12, 0.85  # how much of the photo a colour hides
_SHADES = 256
_RESIDUAL_MAP, _SPREAD_MAP = "inferno", "viridis"


def residual_heat(values: ResidualMap) -> HeatMap:
    """Where the result does not explain the photo; see-through where the photo shows nothing."""
    top = phrase(N_("{number:g} or more"), number=RESIDUAL_TOP)
    title = N_("Not explained, in noise levels")
    return _heat(values.astype(np.float32) / RESIDUAL_TOP, _RESIDUAL_MAP, title, "0", top)


def spread_heat(values: NDArray[np.float32]) -> HeatMap:
    """Where versions differ, from nothing to the largest deviation there is, short of single specks."""
    top = max(float(np.percentile(values, 99.5)), _MIN_SPREAD)
    title = N_("Where versions differ, in grey levels")
    return _heat(values / top, _SPREAD_MAP, title, "0", f"{top:.0f}")


def _heat(shares: NDArray[np.float32], name: str, title: str, low: str, high: Words) -> HeatMap:
    """`shares` from 0 to 1, NaN where there is nothing to show."""
    scale: Any = pg.colormap.get(name)
    colours = np.asarray(scale.getLookupTable(nPts=_SHADES), dtype=np.uint8)
    unknown = np.isnan(shares)
    known = np.clip(np.where(unknown, 0, shares), 0, 1)
    rgba = np.empty((*shares.shape, 4), dtype=np.uint8)
    rgba[..., :3] = colours[(known * (_SHADES - 1)).astype(np.uint8)]
    rgba[..., 3] = 255 * np.where(unknown, 0, _FAINTEST + (_STRONGEST - _FAINTEST) * known)
    bar = np.dstack([colours[None], np.full((1, _SHADES), 255, np.uint8)])
    return HeatMap(_image(rgba), _image(bar), title, low, high)


def _image(rgba: NDArray[np.uint8]) -> QImage:
    height, width = rgba.shape[:2]
    pixels = np.ascontiguousarray(rgba)
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
