"""How strong the noise of a photo is at which tone, how coarse, and along which colours, from it alone."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from daps_desktop.analysis.pattern import Found, find_pattern
from daps_desktop.imaging.colour import REC601
from daps_desktop.imaging.photo import Pixels
from daps_desktop.imaging.profile.noise_model import GREY_AXIS, NoiseModel, level_ratio

Floats = NDArray[np.float64]
Patches = NDArray[np.float32]  # (n, side, side, C), grey levels 0-255

_SIDES = (24, 16, 8)  # of a patch, pixels: the largest of which there are enough
_MIN_PATCHES = 4
_TELLING = 60  # patches that it takes to tell texture from grain
_LIKE, _SHARE = 2.0, 0.12  # times the energy of noise; of all patches: fewer are as quiet by chance
_MAX_PATCHES = 2500
_FLATTEST = 0.06  # share of the patches that the first estimate trusts
_CLIPPED = 0.02  # share of a patch's pixels that may be black or white
_ROUNDS = 6
_CORRECTIONS = 10
_TONES = 8  # bins of luma
_FEWEST = 12  # patches of a bin that has a say
_BEND, _SLOPE = 0.03, 0.03  # what bends and slopes of the log-level by tone cost, beside shares of patches
_MAX_RATIO = 4.0  # of the level of a tone to that of the flattest patches, and to the mean
_STRONG = 0.05  # of the strongest frequency: weaker ones hold little but rounding,
_ROUNDING = 1 / 12  # whose variance this is
_WHITE = 0.15  # correlation of neighbours below which noise is taken for white


def measure_noise(pixels: Pixels) -> NoiseModel:
    """The noise of (H, W, C) pixels, uint8 or uint16; of level 0 where nothing flat is large enough.

    Patches all over the photo lose their smooth content (a quadratic surface); those whose rest is no
    livelier than noise of the level found so far would make it are kept, so that neither texture nor the
    choice of the quietest distorts the level. The covariance of their channels gives the colour axes, the
    covariance of neighbours along each the spectrum. What the surface took away with it is made good from
    the model itself. Each tone has a level of its own; the lags are those of the mean over the patches.
    """
    grey = bool((pixels == pixels[..., :1]).all())
    patches = _patches(pixels[..., :1] if grey else pixels)
    if patches is None:
        return NoiseModel.white(0.0, grey=grey)
    side, channels = patches.shape[1], patches.shape[3]
    pattern = find_pattern(pixels[..., :channels])
    trend = _trend(side, pattern)
    flat = patches.reshape(len(patches), side * side, channels)
    rest = (flat - trend @ (trend.T @ flat)).astype(np.float64)
    luma = (flat.mean(axis=1) @ np.array(REC601 if channels == 3 else (1.0,)) / 255).astype(np.float64)
    tones = _level_by_tone(rest, luma, side)
    everything = rest / level_ratio(tones, luma)[:, None, None]
    rest = _noise_alone(everything, side)
    covariance = np.einsum("npc,npd->cd", rest, rest) / (len(rest) * (side**2 - trend.shape[1]))
    axes = np.ones((1, 1)) if grey else np.linalg.eigh(covariance)[1][:, ::-1].T
    along = rest @ axes.T
    alike = float((_energy(everything) < _LIKE * _energy(rest).mean()).mean())
    coarse = len(patches) >= _TELLING and alike >= _SHARE
    lags = np.stack([_full_lags(along[..., k], side, trend, coarse) for k in range(len(axes))])
    model = NoiseModel.of(np.array(GREY_AXIS), 3 * lags, tones) if grey else NoiseModel.of(axes, lags, tones)
    return replace(model, peaks=tuple(found.along(axes) for found in pattern))


def _patches(pixels: Pixels) -> Patches | None:
    """Patches from all over, the same each time, at most _MAX_PATCHES; None where there are too few."""
    height, width = pixels.shape[:2]
    to_grey_levels = np.float32(255 / np.iinfo(pixels.dtype).max)
    for side in _SIDES:
        tops = np.arange(0, height - side + 1, side // 2)
        lefts = np.arange(0, width - side + 1, side // 2)
        corners = np.stack(np.meshgrid(tops, lefts, indexing="ij"), -1).reshape(-1, 2)
        if len(corners) > _MAX_PATCHES:
            corners = np.random.default_rng(0).choice(corners, _MAX_PATCHES, replace=False)
        found = [pixels[t : t + side, s : s + side] for t, s in corners]
        if len(found) < _MIN_PATCHES:
            continue
        patches = np.stack(found).astype(np.float32) * to_grey_levels
        patches = _usable(patches)
        if len(patches) >= _MIN_PATCHES:
            return patches
    return None


def _usable(patches: Patches) -> Patches:
    """Without patches of one colour, which were drawn and not photographed, and without clipped ones."""
    varied = np.ptp(patches, axis=(1, 2)).any(axis=1)
    clipped = ((patches <= 0) | (patches >= 255)).mean(axis=(1, 2)).max(axis=1)
    patches, clipped = patches[varied], clipped[varied]
    return patches[clipped <= max(_CLIPPED, float(np.quantile(clipped, 0.2)))] if len(patches) else patches


def _trend(side: int, pattern: tuple[Found, ...]) -> NDArray[np.float32]:
    """(side^2, n): an orthonormal basis of the quadratic surfaces on a patch, and the pattern over them."""
    at = np.linspace(-1, 1, side)
    y, x = (plane.ravel() for plane in np.meshgrid(at, at, indexing="ij"))
    surfaces = [np.ones_like(x), x, y, x * x, x * y, y * y]
    waves = [wave for found in pattern for wave in found.on_patch(side)]
    vectors, values, _ = np.linalg.svd(np.stack(surfaces + waves, 1), full_matrices=False)
    return vectors[:, values > 1e-3 * values[0]].astype(np.float32)


def _level_by_tone(rest: Floats, luma: Floats, side: int) -> tuple[float, ...]:
    """The level in each bin of luma over the root mean square of all patches' (n, side^2, C); () if untold.

    The spectrum of noise is the same at all tones, and texture raises few frequencies: so a bin has the
    median ratio of its spectrum to the mean one. It counts for as much as it has patches of noise, and a
    smooth curve goes through all.
    """
    most = _MAX_RATIO**2 * max(float(np.quantile(_energy(rest), _FLATTEST)), _ROUNDING)
    bins = np.minimum(luma * _TONES, _TONES - 1).astype(int)
    power, share = np.ones((_TONES, side * (side // 2 + 1))), np.zeros(_TONES)
    for tone in range(_TONES):
        own = rest[bins == tone]
        if len(own) >= _FEWEST:
            alone = _noise_alone(own, side)
            energy = _energy(alone).mean()
            if energy > most:
                continue  # texture, however alike its patches are
            power[tone] = _power(alone, side).mean(axis=2).ravel() / side**2 + _ROUNDING
            share[tone] = (_energy(own) < _LIKE * energy).sum() / len(rest)
    if len(rest) < _TELLING or np.count_nonzero(share) < 2:
        return ()
    shape = (share / power.mean(axis=1)) @ power
    strong = shape > _STRONG * shape.max()
    told = share * np.log(np.median(power[:, strong] / shape[strong], axis=1)) / 2
    bend, slope = (np.diff(np.eye(_TONES), order, axis=0) for order in (2, 1))
    level = np.linalg.solve(np.diag(share) + _BEND * bend.T @ bend + _SLOPE * slope.T @ slope, told)
    far = np.log(_MAX_RATIO)
    ratios = np.exp(np.clip(level - np.average(level, weights=share), -far, far))
    at_patches = level_ratio(tuple(ratios), luma)
    return tuple((ratios / np.sqrt((at_patches**2).mean())).tolist())


def _noise_alone(rest: Floats, side: int) -> Floats:
    """The patches (n, side^2, C) whose energy is that of noise, as far as its own scatter lets one tell."""
    energy = _energy(rest)
    order = np.argsort(energy, kind="stable")
    count = max(_MIN_PATCHES, round(_FLATTEST * len(rest)))
    kept = order[:count]
    for _ in range(_ROUNDS):
        scatter = _scatter(rest[kept], side)
        # The mean of what lies below mu + sd is mu - 0.288 sd where all are noise.
        mean = float(energy[kept].mean()) / (1 - 0.288 * scatter)
        limit = mean * (1 + scatter)
        fresh = order[: max(_MIN_PATCHES, int(np.searchsorted(energy[order], limit)))]
        if len(fresh) == len(kept):
            break
        kept = fresh
    return rest[kept]


def _energy(rest: Floats) -> Floats:
    """(n,): the mean square of each patch, summed over the channels."""
    return (rest**2).mean(axis=1).sum(axis=1)


def _scatter(rest: Floats, side: int) -> float:
    """Relative standard deviation of the energy of one patch of noise with the spectrum of these."""
    power = _power(rest, side)
    weight = np.full(power.shape[1], 2.0)
    weight[[0, -1]] = 1
    total = (power * weight[None, :, None]).sum()
    return float(np.sqrt(2 * (power**2 * weight[None, :, None]).sum()) / total)


def _power(rest: Floats, side: int) -> Floats:
    """(side, side // 2 + 1, C): the mean squared spectrum of patches (n, side^2, C)."""
    planes = rest.reshape(len(rest), side, side, -1)
    return (np.abs(np.fft.rfft2(planes, axes=(1, 2))) ** 2).mean(axis=0)


def _full_lags(rest: Floats, side: int, trend: NDArray[np.float32], coarse: bool) -> Floats:
    """Autocovariance (2 L + 1, 2 L + 1) of the noise of which `rest` (n, side^2) is left by the trend.

    By fixed point: the model whose patches, the trend taken out of them, would show what is seen. Next to no
    correlation is that of faint content in a photo whose noise is white, whose level the fine half of the
    spectrum tells best.
    """
    reach = side // 3
    seen = _autocovariance(rest, side, reach)
    lags = seen.copy()
    basis = trend.astype(np.float64)
    for _ in range(_CORRECTIONS):
        shown = _lags_without_trend(lags, side, reach, basis)
        lags = lags + seen - shown
        lags = _tapered(lags)
    variance = lags[reach, reach]
    if not coarse or (lags[reach, reach + 1] + lags[reach + 1, reach]) / 2 < _WHITE * variance:
        return _white(reach, _fine_variance(lags))
    return np.clip(lags, -variance, variance)


def _fine_variance(lags: Floats) -> float:
    """That of white noise with the median of the finest diagonal quarter of the spectrum."""
    spectrum = np.abs(np.fft.fft2(lags))
    at = np.abs(np.fft.fftfreq(len(lags)))
    return float(np.median(spectrum[np.minimum.outer(at, at) > 0.25]))


def _white(reach: int, variance: float) -> Floats:
    lags = np.zeros((2 * reach + 1, 2 * reach + 1))
    lags[reach, reach] = variance
    return lags


def _tapered(lags: Floats) -> Floats:
    """Symmetric, and fading out (Hann), as far lags are known worst."""
    side = len(lags)
    window = np.hanning(side + 2)[1:-1]
    window = np.minimum(1, 2 * window)
    both = (lags + lags[::-1, ::-1]) / 2
    return both * np.outer(window, window)


def _autocovariance(rest: Floats, side: int, reach: int) -> Floats:
    """Mean product of pixels (down, right) apart, over patches and over all pairs."""
    grid = 2 * side
    power = (np.abs(np.fft.rfft2(rest.reshape(-1, side, side), (grid, grid))) ** 2).mean(axis=0)
    products = np.fft.irfft2(power, (grid, grid))
    at = np.arange(-reach, reach + 1)
    return np.asarray(products[np.ix_(at, at)] / _pairs(side, reach))


def _pairs(side: int, reach: int) -> Floats:
    overlap = side - np.abs(np.arange(-reach, reach + 1))
    return np.outer(overlap, overlap).astype(np.float64)


def _lags_without_trend(lags: Floats, side: int, reach: int, basis: Floats) -> Floats:
    """What `_autocovariance` shows in the mean of noise with these lags once the trend is taken out."""
    at = np.arange(side)
    apart = at[:, None] - at[None, :]
    inside = np.abs(apart) <= reach
    rows = np.clip(apart + reach, 0, 2 * reach)
    full = lags[rows[:, None, :, None], rows[None, :, None, :]]
    full = full * (inside[:, None, :, None] & inside[None, :, None, :])
    C = full.reshape(side**2, side**2)
    C = C - basis @ (basis.T @ C)
    C = C - (C @ basis) @ basis.T
    sums = np.zeros((2 * reach + 1, 2 * reach + 1))
    blocks = C.reshape(side, side, side, side)
    for down in range(-reach, reach + 1):
        here, there = _overlap(side, down)
        for right in range(-reach, reach + 1):
            left, other = _overlap(side, right)
            sums[down + reach, right + reach] = np.einsum("ijij->", blocks[here, left, there, other])
    return sums / _pairs(side, reach)


def _overlap(side: int, lag: int) -> tuple[slice, slice]:
    return slice(max(lag, 0), side + min(lag, 0)), slice(max(-lag, 0), side - max(lag, 0))
