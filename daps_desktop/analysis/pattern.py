"""What lies over a whole photo at one frequency: the dots of a printed picture, the streaks of a scanner."""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.fft import fft2

from daps_desktop.imaging.photo import Pixels
from daps_desktop.imaging.profile.spectral_peak import SpectralPeak

_SIDE, _HOP = 64, 32  # of a tile, pixels, and from one to the next
_BLOCK, _BLOCKS = 320, 4  # side of a block of tiles, and so many at most down and across
_LEAST = 192  # pixels a side: fewer tiles agree by chance
_SMOOTH = 6.4  # pixels: what varies more slowly is picture
_SLOWEST, _FASTEST = 0.06, 0.47  # cycles a pixel: beyond are the picture itself, and sensors and interlacing
_AGREE = 0.48  # of the phases, for a screen: two directions at least; photographs reach a third, seldom 0.4
_BY_CHANCE = 3.1  # over the root of the number of pairs of tiles: what noise does not reach either
_ALSO = 0.83  # of that, for the rest of its frequencies
_MOST_PEAKS = 24
_ASKEW = 0.3  # sine of the angle between two directions of a screen
_NOTHING = 0.1  # grey levels, std of the waves of one frequency
_FAINTEST = 0.4  # grey levels, std of all dots together
_SPREAD = 1 / 96  # cycles a pixel: the modulation of the dots by the picture, and what paper stretches

_ALIKE = 0.2  # correlation of the lines of distant tiles; of photographs 0.1 at most
_EVERYWHERE = 0.5  # of their usual variance, in three of four bands at least: lanes, clouds have less
_NARROW = 0.6  # of their power within three of 32 frequencies: lines of one period
_FAINTEST_STREAK = 1.0  # grey levels
_LINES = 3.0  # pixels: streaks are looked for in what varies faster across them
_FADING = 1 / 512  # cycles a pixel along a streak

_Blocks = NDArray[np.float32]  # (n, h, w, C), grey levels 0-255
_Spectra = NDArray[np.complex64]  # (n, rows, columns, S, S)
_Tiles = NDArray[np.float32]  # (n, rows, columns, S, S, C): neighbours overlap by half


@dataclass(frozen=True, slots=True)
class Found:
    """A peak without its strength along colour axes; `covariance` (C, C) of the channels, in grey levels."""

    down: float
    right: float
    width: tuple[float, float]
    covariance: NDArray[np.float64]

    def along(self, axes: NDArray[np.float64]) -> SpectralPeak:
        """Of noise along `axes` (n, C), or the one (1, 1) of a grey photo, in which three channels count."""
        powers = np.einsum("ic,cd,id->i", axes, self.covariance, axes).clip(0)
        powers = 3 * powers if axes.shape == (1, 1) else powers
        rounded = tuple(float(f"{power:.4g}") for power in powers)
        return SpectralPeak(round(self.down, 5), round(self.right, 5), self.width, rounded)

    def on_patch(self, side: int) -> list[NDArray[np.float64]]:
        """Pictures of (side^2,) of which all that it may show on a patch is made up."""
        at = np.arange(side)
        if self.down == 0 == self.right:
            lines = np.eye(side)[:, :, None].repeat(side, 2)
            lines = lines if self.width[0] > self.width[1] else lines.swapaxes(1, 2)
            return [line.ravel() for line in lines]
        phase = 2 * np.pi * np.add.outer(self.down * at, self.right * at).ravel()
        return [np.cos(phase), np.sin(phase)]


def find_pattern(pixels: Pixels) -> tuple[Found, ...]:
    """Screen and streaks of (H, W, C) pixels, uint8 or uint16; () where there are none, or too little to see.

    Tiles all over the photo are compared with their neighbours. A screen has the same phase in (nearly) all
    of them, as far as its frequency foretells, and every tile counts the same: a fence, bricks or cloth fill
    some. Streaks are the same lines in distant tiles of a row.
    """
    blocks = _blocks(pixels)
    if blocks is None:
        return ()
    screen = _screen(blocks)
    tiles = _tiled(blocks)[:, ::2, ::2]
    return screen + _streaks(tiles, 0, screen) + _streaks(tiles, 1, screen)


def _blocks(pixels: Pixels) -> _Blocks | None:
    """From all over the photo; those of a small photo may overlap."""
    if min(pixels.shape[:2]) < _LEAST:
        return None
    scale = np.float32(255 / np.iinfo(pixels.dtype).max)
    sides = [min(side, _BLOCK) // _HOP * _HOP for side in pixels.shape[:2]]
    tops, lefts = (
        np.linspace(0, side - block, min(_BLOCKS, -(-side // block))).astype(int)
        for side, block in zip(pixels.shape[:2], sides, strict=True)
    )
    return np.stack([pixels[t : t + sides[0], s : s + sides[1]] * scale for t in tops for s in lefts])


def _tiled(blocks: _Blocks) -> _Tiles:
    views = np.lib.stride_tricks.sliding_window_view(blocks, (_SIDE, _SIDE), axis=(1, 2))
    return np.moveaxis(views[:, ::_HOP, ::_HOP], 3, 5)


# The dots of a print


def _screen(blocks: _Blocks) -> tuple[Found, ...]:
    fast = np.stack(
        [block - cv2.GaussianBlur(block, (0, 0), _SMOOTH).reshape(block.shape) for block in blocks]
    )
    tiles = _tiled(fast)
    window = np.hanning(_SIDE + 1)[:_SIDE].astype(np.float32)
    spectra = cast(_Spectra, fft2(tiles.mean(axis=-1) * window[:, None] * window))
    units = spectra / (np.abs(spectra) + 1e-3 * _SIDE)
    down, right = _turns(units, 1), _turns(units, 2)
    agreement = np.sqrt(np.abs(down) * np.abs(right))
    at = np.fft.fftfreq(_SIDE)
    radius, corner = np.hypot.outer(at, at), np.maximum.outer(np.abs(at), np.abs(at))
    agreement[(radius < _SLOWEST) | (corner > _FASTEST)] = 0
    pairs = len(units) * (units.shape[1] - 1) * (units.shape[2] - 1)
    least = max(_AGREE, _BY_CHANCE / pairs**0.5)
    peaks = _maxima(agreement, _ALSO * least)
    angles = [np.arctan2(at[i], at[j]) for i, j in peaks]
    skew = [abs(np.sin(angle - angles[0])) for angle in angles]
    if not any(agreement[p] > least and s > _ASKEW for p, s in zip(peaks, skew, strict=True)):
        return ()
    refined = [
        (at[i] + _offset(down[i, j], i), at[j] + _offset(right[i, j], j)) for i, j in peaks
    ]  # a tile's width apart the phase turns by what the frequency is off its bin
    found = tuple(_measured(tiles, float(v), float(h)) for v, h in refined)
    variances = [float(np.trace(one.covariance)) / len(one.covariance) for one in found]
    if sum(variances) < _FAINTEST**2:
        return ()
    return tuple(one for one, variance in zip(found, variances, strict=True) if variance > _NOTHING**2)


def _turns(units: _Spectra, axis: int) -> NDArray[np.complex128]:
    """(S, S): how the phase turns from a tile to the next, in the mean; of modulus 1 where all agree."""
    later, earlier = (np.moveaxis(units, axis, 0)[part] for part in (slice(1, None), slice(-1)))
    return np.asarray((later * earlier.conj()).mean(axis=(0, 1, 2)), np.complex128)


def _offset(turn: complex, index: int) -> float:
    """Cycles a pixel from bin `index` to the frequency that turns the phase so from a tile to the next."""
    expected = np.exp(2j * np.pi * index * _HOP / _SIDE)
    return float(np.angle(turn / expected)) / (2 * np.pi * _HOP)


def _maxima(agreement: NDArray[np.float64], least: float) -> list[tuple[int, int]]:
    """The bins where phases agree best, best first, one of each pair +-f and of each lobe."""
    left, found = agreement.copy(), list[tuple[int, int]]()
    near = np.arange(-3, 4)
    while len(found) < _MOST_PEAKS and left.max() > least:
        i, j = (int(n) for n in np.unravel_index(left.argmax(), left.shape))
        found.append((i, j))
        for a, b in ((i, j), (-i, -j)):
            left[np.ix_((a + near) % _SIDE, (b + near) % _SIDE)] = 0
    return found


def _measured(tiles: _Tiles, down: float, right: float) -> Found:
    """The peak at this frequency, as strong as the part of neighbouring tiles that keeps its phase."""
    window = np.hanning(_SIDE + 1)[:_SIDE] * 2 / _SIDE
    at = np.arange(_SIDE)
    waves = [(window * np.exp(-2j * np.pi * f * at)).astype(np.complex64) for f in (down, right)]
    parts = np.einsum("nrcijk,i,j->nrck", tiles, *waves, optimize=True)
    ahead = np.exp(-2j * np.pi * right * _HOP)
    products = parts[:, :, 1:, :, None] * parts[:, :, :-1, None].conj() * ahead
    shared = np.median(products.real, axis=(0, 1, 2))
    return Found(down, right, (_SPREAD, _SPREAD), 2 * _definite((shared + shared.T) / 2))


def _definite(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(matrix)
    return vectors * values.clip(0) @ vectors.T


# Streaks


def _streaks(tiles: _Tiles, axis: int, screen: tuple[Found, ...]) -> tuple[Found, ...]:
    """Along rows (0) or columns (1): lines that tiles far apart on them share."""
    lines = tiles.mean(axis=4) if axis == 0 else np.swapaxes(tiles.mean(axis=3), 1, 2)
    lines = _without_screen(_fast_lines(lines), axis, screen)  # (n, bands, tiles of a band, S, C)
    count = lines.shape[2]
    one, other = np.triu_indices(count, 2 if count > 3 else 1)
    luma = lines.mean(axis=-1)
    units = luma / np.sqrt((luma**2).mean(axis=-1, keepdims=True) + 1e-3)
    if np.median((units[:, :, one] * units[:, :, other]).mean(axis=-1)) < _ALIKE or _periodic(luma):
        return ()
    same, next_one = (
        np.einsum("nbpic,nbpid->nbpcd", lines[:, :, one, lag:], lines[:, :, other, : _SIDE - lag]) / _SIDE
        for lag in (0, 1)
    )
    bands = np.trace(np.median(same, axis=2), axis1=2, axis2=3)
    if np.quantile(bands, 0.25) < _EVERYWHERE * np.median(bands):
        return ()
    covariance = np.median(same, axis=(0, 1, 2))
    neighbours = np.trace(np.median(next_one, axis=(0, 1, 2))) / np.trace(covariance)
    width, kept = _across(float(neighbours))
    covariance = _definite((covariance + covariance.T) / 2) / kept
    if np.trace(covariance) < len(covariance) * _FAINTEST_STREAK**2:
        return ()
    return (Found(0.0, 0.0, (width, _FADING) if axis == 0 else (_FADING, width), covariance),)


def _fast_lines(lines: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n, bands, tiles, S, C) less what varies slowly along S."""
    flat = np.moveaxis(lines, 3, -1).reshape(-1, _SIDE)
    slow = cv2.GaussianBlur(flat, (0, 0), sigmaX=_LINES, sigmaY=1e-3)
    shape = (*lines.shape[:3], lines.shape[-1], _SIDE)
    return np.moveaxis((flat - slow).reshape(shape), -1, 3).astype(np.float64)


def _periodic(luma: NDArray[np.float64]) -> bool:
    """Whether the lines are like those of blinds: streaks have no period."""
    power = (np.abs(np.fft.rfft(luma.mean(axis=2))) ** 2).mean(axis=(0, 1))
    return float(np.convolve(power, np.ones(3)).max()) > _NARROW * float(power.sum())


def _without_screen(lines: NDArray[np.float64], axis: int, screen: tuple[Found, ...]) -> NDArray[np.float64]:
    """Dots in rows are seen in the lines as well."""
    at = np.arange(_SIDE)
    pairs = ((one.down, one.right) if axis == 0 else (one.right, one.down) for one in screen)
    waves = [
        f(2 * np.pi * across * at) for across, along in pairs if abs(along) < 1 / 32 for f in (np.cos, np.sin)
    ]
    if not waves:
        return lines
    basis = np.linalg.qr(np.stack(waves, 1))[0]
    return lines - np.einsum("si,ti,nbptc->nbpsc", basis, basis, lines)


def _across(neighbours: float) -> tuple[float, float]:
    """(width across the streaks, share of their variance that is fast) by the correlation of next lines."""
    at = np.fft.fftfreq(256)
    fast = (1 - np.exp(-2 * (np.pi * _LINES * at) ** 2)) ** 2
    widths = np.geomspace(0.08, 1.0, 32)
    peaks = [SpectralPeak(0.0, 0.0, (float(w), 1.0), (1.0,)).lines(256, 2)[0].sum(0) for w in widths]
    seen = [(fast * peak).mean() for peak in peaks]
    shown = [(fast * peak * np.cos(2 * np.pi * at)).mean() / s for peak, s in zip(peaks, seen, strict=True)]
    best = int(np.argmin(np.abs(np.array(shown) - neighbours)))
    return round(float(widths[best]), 4), float(seen[best])
