"""JPEG: the set of images that a file cannot distinguish, and the damage applied forwards."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from daps_desktop.imaging.colour import RGB_TO_YCC
from daps_desktop.imaging.photo import JpegTables
from daps_desktop.solver.operators.base import Operator
from daps_desktop.solver.operators.noise import GaussianNoise, data_weight

RGB_FROM_YCC: list[list[float]] = np.linalg.inv(np.array(RGB_TO_YCC)).tolist()
FAR = 3.0  # standard deviations: further off, tails have no digits left, and the mean hardly moves
# EXIF orientation -> (transposed, dimensions flipped after that) to make coded pixels upright.
UPRIGHT: dict[int, tuple[bool, tuple[int, ...]]] = {
    1: (False, ()), 2: (False, (-1,)), 3: (False, (-2, -1)), 4: (False, (-2,)),
    5: (True, ()), 6: (True, (-1,)), 7: (True, (-2, -1)), 8: (True, (-2,)),
}  # fmt: skip
SLACK = 0.5  # grey levels: pixels are rounded before coding and after decoding, which moves coefficients
# Decoders upsample by (3, 1) / 4; averaging over pairs after that blurs chroma by (1, 6, 1) / 8. The inverse
# decays by sqrt(8) - 3 a sample; eight terms are exact to 1e-6.
UNBLUR_REACH = 8


class JpegConstraint(Operator):
    """A = identity; the photo says only between which bounds each coefficient of the image lies.

    A file stores q = round(DCT / table) of every 8 x 8 block of Y and of box-averaged Cb and Cr, so the
    image lies in the set where |DCT - q table| <= table / 2 (+ SLACK). q comes from the decoded photo y.
    Averaging over v x h chroma pixels has orthogonal rows, hence the projection P onto the set is in closed
    form: clamp the coefficients, and spread the change of an average evenly over its pixels. P is the exact
    projection in the metric |W L (x - z)|, with L the matrix RGB -> YCbCr and W any positive weights of the
    three, as the set is a product over them. Blocks that stick out of the frame are continued by their last
    pixels, as encoders do; there P is the projection of the continued image, cut to the frame.

    Between its bounds every value is as likely, so the M-step takes the mean of what is possible, M, and not
    the possible image nearest to a smooth estimate: that lies on the smooth side of all bounds.
    """

    def __init__(self, tables: JpegTables) -> None:
        if tables.orientation not in UPRIGHT:
            raise ValueError(f"EXIF orientation {tables.orientation}")
        self.tables = tables

    def __call__(self, x: Tensor) -> Tensor:
        return x

    @torch.no_grad()
    def prox(self, z: Tensor, y: Tensor, noise: GaussianNoise, prior_std: float) -> Tensor:
        """Most of the way from z to M(z), the mean of N(z, prior_std^2) within the set."""
        return z + data_weight(noise.sigma, prior_std) * (self._within(z, y, prior_std) - z)

    def residual(self, x: Tensor, y: Tensor) -> Tensor:
        """From the set to x: zero where the file could have come from x.

        A gradient takes P(x) for constant, which for the square of the distance to a convex set is exact.
        """
        return x - self.project(x, y)

    @torch.no_grad()
    def project(self, v: Tensor, y: Tensor) -> Tensor:
        """P(v): the nearest image to v that the file of y could have come from."""
        return self._within(v, y, 0.0)

    def _within(self, v: Tensor, y: Tensor, std: float) -> Tensor:
        """The mean of N(v, std^2) within the set, each coefficient on its own; for 0 the projection."""
        planes, seen = self._planes(v), self._planes(y)
        moved = [
            plane + self._move(plane, target, index, 127.5 * std)
            for index, (plane, target) in enumerate(zip(planes, seen, strict=True))
        ]
        return from_planes(moved, v, self.tables.orientation)

    def _planes(self, x: Tensor) -> list[Tensor]:
        return to_planes(x, self.tables)

    def _move(self, plane: Tensor, seen: Tensor, index: int, std: float) -> Tensor:
        """What M adds to one plane of 0-255 values, given the same plane of the decoded photo."""
        factors = (1, 1) if index == 0 else self.tables.sampling
        table = _table(self.tables, index, plane)
        stored = block_dct(chroma_deconvolved(F.avg_pool2d(seen, factors), factors) - 128)
        middle = (stored / table).round() * table
        has = block_dct(F.avg_pool2d(plane, factors) - 128)
        reach = table / 2 + SLACK
        # Of a sum of channels, averaged over pixels.
        spread = std * math.hypot(*RGB_TO_YCC[index]) / math.prod(factors) ** 0.5
        mean = mean_between(middle - reach, middle + reach, has, spread)
        return _repeated(block_dct(mean - has, inverse=True), factors)


def mean_between(low: Tensor, high: Tensor, centre: Tensor, std: float) -> Tensor:
    """The mean of N(centre, std^2) between bounds, entry by entry; for std 0 the value nearest to it."""
    if std == 0:
        return torch.maximum(torch.minimum(centre, high), low)
    near = torch.maximum(torch.minimum(centre, high + FAR * std), low - FAR * std)
    a, b = (low - near) / std, (high - near) / std
    mass = (torch.erf(b / math.sqrt(2)) - torch.erf(a / math.sqrt(2))) / 2
    pull = (torch.exp(-a.square() / 2) - torch.exp(-b.square() / 2)) / math.sqrt(2 * math.pi)
    return torch.maximum(torch.minimum(near + std * pull / mass, high), low)


@torch.no_grad()
def compress(x: Tensor, tables: JpegTables) -> Tensor:
    """x (B, 1 or 3, H, W) after it was saved as a JPEG with these tables and opened again; 8-bit values."""
    planes = [plane.round() for plane in to_planes(_eight_bits(x), tables)]
    for index, plane in enumerate(planes):
        factors = (1, 1) if index == 0 else tables.sampling
        table = _table(tables, index, plane)
        small = F.avg_pool2d(plane, factors).round()
        eighths = (8 * block_dct(small - 128)).round() / 8  # the precision of integer encoders
        stored = _half_away(eighths / table) * table
        decoded = (block_dct(stored, inverse=True) + 128).round().clamp(0, 255)
        planes[index] = upsample(decoded, factors)
    return _eight_bits(from_planes(planes, x, tables.orientation))


def to_planes(x: Tensor, tables: JpegTables) -> list[Tensor]:
    """Y or Y, Cb, Cr of x as the encoder sees them: (B, 1, h, w) each, 0-255, sides of whole coding units."""
    transposed, flipped = UPRIGHT[tables.orientation]
    levels = _to_levels(x).flip(flipped)
    levels = levels.transpose(-2, -1) if transposed else levels
    if x.shape[1] == 3:
        levels = torch.einsum("ij,bjhw->bihw", levels.new_tensor(RGB_TO_YCC), levels)
        levels = levels + levels.new_tensor((0, 128, 128)).view(1, 3, 1, 1)
    height, width = levels.shape[-2:]
    unit = [8 * factor for factor in (tables.sampling if x.shape[1] == 3 else (1, 1))]
    sides = (0, -width % unit[1], 0, -height % unit[0])
    levels = F.pad(levels, sides, mode="replicate")
    return [levels[:, i : i + 1] for i in range(x.shape[1])]


def from_planes(planes: list[Tensor], like: Tensor, orientation: int) -> Tensor:
    """The inverse of `to_planes`: an image of the shape of `like`, in [-1, 1] units."""
    transposed, flipped = UPRIGHT[orientation]
    levels = torch.cat(planes, 1)
    if len(planes) == 3:
        levels = levels - levels.new_tensor((0, 128, 128)).view(1, 3, 1, 1)
        levels = torch.einsum("ij,bjhw->bihw", levels.new_tensor(RGB_FROM_YCC), levels)
    height, width = like.shape[-2:]
    coded = (width, height) if transposed else (height, width)
    levels = levels[..., : coded[0], : coded[1]]
    levels = levels.transpose(-2, -1) if transposed else levels
    return levels.flip(flipped) / 127.5 - 1


def _to_levels(x: Tensor) -> Tensor:
    return (x + 1) * 127.5


def _half_away(value: Tensor) -> Tensor:
    """Rounded as encoders do: halves, common among coefficients of integers, go away from 0."""
    return value.sign() * (value.abs() + 0.5).floor()


def _eight_bits(x: Tensor) -> Tensor:
    return _to_levels(x).round().clamp(0, 255) / 127.5 - 1


def _table(tables: JpegTables, index: int, like: Tensor) -> Tensor:
    """The table of plane `index`, (8, 1, 8) so that it meets the layout of `block_dct`."""
    table = tables.luma if index == 0 or tables.chroma is None else tables.chroma
    return like.new_tensor(table.tolist())[:, None, :]


def block_dct(plane: Tensor, *, inverse: bool = False) -> Tensor:
    """The orthonormal DCT of each 8 x 8 block, (B, 1, h, w) to (B, 1, h/8, 8, w/8, 8), or back."""
    basis = _dct_basis(plane)
    if inverse:
        pixels = torch.einsum("ur,bcyuxv,vs->bcyrxs", basis, plane, basis)
        return pixels.flatten(4, 5).flatten(2, 3)
    height, width = plane.shape[-2:]
    blocks = plane.reshape(*plane.shape[:2], height // 8, 8, width // 8, 8)
    return torch.einsum("ur,bcyrxs,vs->bcyuxv", basis, blocks, basis)


def _dct_basis(like: Tensor) -> Tensor:
    """(8, 8): row = frequency, column = pixel."""
    index = torch.arange(8, dtype=torch.float64)
    basis = torch.cos(math.pi / 8 * (index[None, :] + 0.5) * index[:, None]) / 2
    basis[0] /= math.sqrt(2)
    return basis.to(like)


def upsample(small: Tensor, factors: tuple[int, int]) -> Tensor:
    """Chroma (B, 1, h, w) at full size as decoders make it: linear for a factor of 2, repeated for 4."""
    for dim, factor in zip((-2, -1), factors, strict=True):
        small = _doubled(small, dim) if factor == 2 else small.repeat_interleave(factor, dim)
    return small


def _doubled(small: Tensor, dim: int) -> Tensor:
    count = small.shape[dim]
    near = _edge_repeated(small, 1, dim)
    before, after = near.narrow(dim, 0, count), near.narrow(dim, 2, count)
    pairs = torch.stack([(3 * small + before) / 4, (3 * small + after) / 4], -1)
    return pairs.movedim(dim - 1, -2).flatten(-2).movedim(-1, dim)


def chroma_deconvolved(small: Tensor, factors: tuple[int, int]) -> Tensor:
    """The chroma a file stored, from box averages of the chroma its decoder made of it."""
    for dim, factor in zip((-2, -1), factors, strict=True):
        small = _deconvolved_along(small, dim) if factor == 2 else small
    return small


def _deconvolved_along(small: Tensor, dim: int) -> Tensor:
    lags = torch.arange(-UNBLUR_REACH, UNBLUR_REACH + 1, dtype=torch.float64).abs()
    taps = (math.sqrt(2) * (math.sqrt(8) - 3) ** lags).to(small)
    return _edge_repeated(small, UNBLUR_REACH, dim).unfold(dim, len(taps), 1) @ taps


def _repeated(small: Tensor, factors: tuple[int, int]) -> Tensor:
    return small.repeat_interleave(factors[0], -2).repeat_interleave(factors[1], -1)


def _edge_repeated(x: Tensor, pad: int, dim: int) -> Tensor:
    """x mirrored about its edges, the edge pixel repeated."""
    side = x.shape[dim]
    index = torch.arange(-pad, side + pad, device=x.device) % (2 * side)
    return x.index_select(dim, torch.minimum(index, 2 * side - 1 - index))
