"""How much noise a photo has, from the photo alone."""

import numpy as np
from numpy.typing import NDArray

from daps_desktop.imaging.photo import Pixels
from daps_desktop.imaging.profile.noise_model import NoiseModel

Blocks = NDArray[np.float32]  # (n, side, side, C), grey levels 0-255

_SIDES = (16, 8, 4, 2)  # of a block, pixels; each a fit to JPEG's grid of 8
_MAX_BLOCKS = 3000
_MIN_BLOCKS = 16
_FLATTEST = 0.1  # share of the blocks that is looked at
_CLIPPED = 0.02  # share of a block's pixels that may be black or white
_EMPTY = 0.5  # grey levels: a coefficient below is rounding alone
_MOSTLY = 0.7
_TEXTURE = 0.5  # a texture's diagonal band has about a third of the power of each of the other two
_MEDIAN_LOSS = 2 / 9  # the median of a chi-square with k degrees is k (1 - 2 / 9k)^3
_TELLING = 0.5  # grey levels: noise below is mostly rounding, and has no grain


def measure_noise(pixels: Pixels) -> NoiseModel:
    """Level as `estimate_noise`, and correlation of neighbouring pixels; both 0 where nothing can be told."""
    level = estimate_noise(pixels)
    blocks = _usable(_sample(pixels))
    if level < _TELLING or blocks.shape[1] < 8:
        return NoiseModel(level, 0.0)
    return NoiseModel(level, _correlation(_flattest(blocks)[0].mean(axis=3)))


def estimate_noise(pixels: Pixels) -> float:
    """Standard deviation of the noise in grey levels (0-255), the same for all channels.

    `pixels` is (H, W, C) uint8 or uint16. The median over flat blocks of the root mean square of the
    finest diagonal Haar band, which white noise fills as it fills every other band and which content
    leaves nearly empty; after Donoho and Johnstone 1994 (the median absolute deviation over all
    coefficients), by blocks so that texture is left out. Blocks are chosen by the other bands, which for
    white noise are independent of the diagonal one, so that the choice has no bias.

    JPEG empties the finest band first; where it is found empty the next coarser one counts, so that a
    noisy JPEG is not called clean. White noise of 2 to 50 is met within 15 % or half a grey level of the
    photo's own noise and the added one together. Noise that is coarse, as the grain of an enlarged scan, is
    underestimated.
    """
    blocks = _usable(_sample(pixels))
    if not len(blocks):
        return 0.0
    flat, diagonal = _flattest(blocks)
    finest = _level(diagonal)
    if not _finest_is_empty(flat):
        return finest
    return max(finest, _coarser_level(flat))


def _sample(pixels: Pixels) -> Blocks:
    """Blocks from all over the photo, the same ones each time; (0, ...) where it is too small for any."""
    height, width, channels = pixels.shape
    fitting = [s for s in _SIDES if (height // s) * (width // s) >= _MIN_BLOCKS]
    side = fitting[0] if fitting else _SIDES[-1]
    rows, cols = height // side, width // side
    grid = pixels[: rows * side, : cols * side].reshape(rows, side, cols, side, channels)
    chosen = np.arange(rows * cols)
    if len(chosen) > _MAX_BLOCKS:
        chosen = np.random.default_rng(0).choice(chosen, _MAX_BLOCKS, replace=False)
    blocks = grid[chosen // max(cols, 1), :, chosen % max(cols, 1)]
    return blocks.astype(np.float32) * np.float32(255 / np.iinfo(pixels.dtype).max)


def _usable(blocks: Blocks) -> Blocks:
    """Without blocks of one colour, which were drawn and not photographed, and without clipped ones."""
    varied = np.ptp(blocks, axis=(1, 2)).any(axis=1)
    blocks = blocks[varied]
    if not len(blocks):
        return blocks
    clipped = ((blocks <= 0) | (blocks >= 255)).mean(axis=(1, 2, 3))
    return blocks[clipped <= max(_CLIPPED, float(np.quantile(clipped, 0.2)))]


def _haar(x: Blocks) -> tuple[Blocks, Blocks, Blocks, Blocks]:
    """Diagonal, vertical, horizontal and coarse band, orthonormal, of half the side."""
    a, b, c, d = x[:, ::2, ::2], x[:, ::2, 1::2], x[:, 1::2, ::2], x[:, 1::2, 1::2]
    half = np.float32(0.5)
    return (a - b - c + d) * half, (a - b + c - d) * half, (a + b - c - d) * half, (a + b + c + d) * half


def _flattest(blocks: Blocks) -> tuple[Blocks, Blocks]:
    """The blocks with the least of everything but the diagonal band, and that band of theirs."""
    diagonal, vertical, horizontal, coarse = _haar(blocks)
    unrest = coarse.var(axis=(1, 2)) + (vertical**2 + horizontal**2).mean(axis=(1, 2))
    count = max(_MIN_BLOCKS, round(_FLATTEST * len(blocks)))
    chosen = np.argsort(unrest.sum(axis=1), kind="stable")[:count]
    return blocks[chosen], diagonal[chosen]


def _level(band: Blocks) -> float:
    """Root of the median over blocks of the mean square, freed of the median's own bias."""
    degrees = band[0].size
    median = float(np.median((band**2).mean(axis=(1, 2, 3))))
    return (median / (1 - _MEDIAN_LOSS / degrees) ** 3) ** 0.5


def _coarser_level(blocks: Blocks) -> float:
    """The same of the next coarser diagonal band, less what the two bands beside it say is texture."""
    diagonal, vertical, horizontal, _ = _haar(_haar(blocks)[3])
    whole = _level(diagonal) ** 2
    texture = (_level(vertical) ** 2 + _level(horizontal) ** 2) / 2 - whole
    return max(0.0, whole - _TEXTURE * max(0.0, texture)) ** 0.5


def _finest_is_empty(blocks: Blocks) -> bool:
    """True where the high frequencies of JPEG's 8 x 8 cosine transform are nothing but rounding."""
    n, side, _, channels = blocks.shape
    if side < 8:
        return False
    count = side // 8
    tiles = blocks.reshape(n, count, 8, count, 8, channels)
    from scipy.fft import dctn  # not at the top: the window imports this module, and must not wait for scipy

    corner = np.asarray(dctn(tiles, axes=(2, 4), norm="ortho"))[:, :, 5:, :, 5:]
    return bool((np.abs(corner) < _EMPTY).mean() > _MOSTLY)


def _correlation(grey: Blocks) -> float:
    """Of horizontal and vertical neighbours in (n, side, side), once each block's quadratic trend is out."""
    n, side, _ = grey.shape
    row, col = (np.mgrid[:side, :side] / (side - 1) - 0.5).reshape(2, -1)
    trend = np.linalg.qr(np.stack([np.ones_like(row), row, col, row * col, row**2, col**2], axis=1))[0]
    flat = grey.reshape(n, -1).astype(np.float64)
    rest = (flat - flat @ trend @ trend.T).reshape(grey.shape)
    power = float((rest**2).mean())
    if power <= 0:
        return 0.0
    beside = (rest[:, :, 1:] * rest[:, :, :-1]).mean() + (rest[:, 1:] * rest[:, :-1]).mean()
    return float(np.clip(beside / 2 / power, -1, 1))
