"""Drawn scans: prints on the lid of a scanner or the page of an album, with where each of them lies."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import skimage.data
from PIL import Image

from daps_desktop.base.paths import resource

HEIGHT, WIDTH = 1754, 1240  # A4 at 150 dots an inch
LIDS = {
    "white": (249, 249, 247),
    "grey": (212, 213, 214),
    "black": (13, 12, 14),
    "album": (86, 68, 54),
    "card": (226, 214, 190),
}
_MARGIN, _GAP = 14, 12  # pixels, at least, to the frame and between prints
_FINE = 4  # drawn at as many times the size, for soft edges


@dataclass(frozen=True)
class Laid:
    """A print on a page: (4, 2) corners as x, y, clockwise from the top left, and its angle in degrees.

    Whole numbers are the corners of pixels.
    """

    corners: np.ndarray
    angle: float


@cache
def pictures() -> tuple[np.ndarray, ...]:
    data = skimage.data
    grey = np.repeat(data.camera()[..., None], 3, axis=2)
    sample = np.asarray(Image.open(resource("sample/sample.jpg")).convert("RGB"))
    return data.astronaut(), data.coffee(), data.chelsea(), grey, data.rocket(), sample


def print_of(picture: np.ndarray, size: tuple[int, int], border: str, rng: np.random.Generator) -> np.ndarray:
    """The picture, cut to (height, width), with the border named: none, white, black."""
    height, width = size
    scale = max(height / picture.shape[0], width / picture.shape[1])
    large = cv2.resize(picture, None, fx=scale * 1.01, fy=scale * 1.01, interpolation=cv2.INTER_AREA)
    top, left = rng.integers(0, large.shape[0] - height + 1), rng.integers(0, large.shape[1] - width + 1)
    cut = large[top : top + height, left : left + width].copy()
    if border == "none":
        return cut
    wide = int(min(size) * rng.uniform(0.035, 0.06))
    cut = cv2.resize(cut, (width - 2 * wide, height - 2 * wide), interpolation=cv2.INTER_AREA)
    colour = {"white": (240, 236, 226), "black": (22, 20, 19)}[border]
    return cv2.copyMakeBorder(cut, wide, wide, wide, wide, cv2.BORDER_CONSTANT, value=colour)


def corners_of(centre: tuple[float, float], size: tuple[int, int], angle: float) -> np.ndarray:
    """(4, 2) corners of a print of (height, width) turned by degrees, clockwise as seen."""
    height, width = size
    half = np.array([[-width, -height], [width, -height], [width, height], [-width, height]]) / 2
    turn = np.deg2rad(angle)
    return half @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + centre


def lid_of(name: str, rng: np.random.Generator, size: tuple[int, int] = (HEIGHT, WIDTH)) -> np.ndarray:
    """(H, W, 3) float: unevenly lit, and a page of an album has a grain."""
    height, width = size
    rows, cols = np.mgrid[0:height, 0:width] / max(height, width) - 0.5
    uneven = (
        rng.uniform(-12, 12) * rows + rng.uniform(-12, 12) * cols - rng.uniform(0, 10) * (rows**2 + cols**2)
    )
    page = np.array(LIDS[name], float) + (uneven if name != "black" else uneven * 0.3)[..., None]
    if name in ("album", "card"):
        grain = cv2.GaussianBlur(rng.normal(0, 1, (height, width)), (0, 0), 1.5)
        page += (grain / grain.std() * rng.uniform(1, 3.5))[..., None]
    return page


def put(
    page: np.ndarray, pixels: np.ndarray, corners: np.ndarray, shadow: float, rng: np.random.Generator
) -> None:
    """Lay the print on the page, in place; `shadow` is the share of light that it takes beside itself."""
    size = page.shape[:2]
    fine = np.zeros((size[0] * _FINE, size[1] * _FINE), np.uint8)
    points = np.rint((corners * _FINE - 0.5) * 16).astype(np.int32)
    cv2.fillConvexPoly(fine, points, 255, cv2.LINE_8, 4)
    cover = cv2.resize(fine, size[::-1], interpolation=cv2.INTER_AREA)[..., None] / 255.0
    if shadow:
        moved = np.roll(cover[..., 0], (rng.integers(2, 6), rng.integers(2, 6)), (0, 1))
        page *= 1 - shadow * cv2.GaussianBlur(moved, (0, 0), rng.uniform(2, 5))[..., None]
    height, width = pixels.shape[:2]
    inner = np.float32([[-0.5, -0.5], [width - 0.5, -0.5], [width - 0.5, height - 0.5]])
    turn = cv2.getAffineTransform(inner, np.float32(corners[:3] - 0.5))
    laid = cv2.warpAffine(pixels, turn, size[::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    page += (laid - page) * cover


def as_scanned(page: np.ndarray, noise: float, rng: np.random.Generator) -> np.ndarray:
    """(H, W, 3) uint8: slightly soft, with the noise of a scanner in grey levels."""
    page = cv2.GaussianBlur(page, (0, 0), 0.6)
    return np.clip(page + rng.normal(0, noise, page.shape), 0, 255).round().astype(np.uint8)


def draw(
    seed: int, lid: str | None = None, count: int | None = None, own: tuple[np.ndarray, ...] = (),
    touching: bool | None = None,
) -> tuple[np.ndarray, list[Laid]]:  # fmt: skip
    """A page of 2 to 6 prints, up to 15 degrees askew, of several sizes; on some of them two touch."""
    rng = np.random.default_rng(seed)
    lid = lid or str(rng.choice(list(LIDS)))
    count = count or int(rng.integers(2, 7))
    touching = rng.random() < 0.3 if touching is None else touching
    page = lid_of(lid, rng)
    laid: list[Laid] = []
    shadow = rng.choice([0, rng.uniform(0.05, 0.3)]) if lid != "black" else 0.0
    stock = own or pictures()
    order = rng.permutation(len(stock))
    longest = {2: 900, 3: 760, 4: 640, 5: 560, 6: 540}[count]
    while len(laid) < count:
        size, corners, angle = _place(laid, longest, touching and len(laid) == 1, rng)
        laid.append(Laid(corners, angle))
        border = rng.choice(["none", "white", "black"], p=[0.4, 0.45, 0.15])
        border = "white" if border == "black" and lid == "black" else border
        picture = stock[order[len(laid) % len(stock)]]
        put(page, print_of(picture, size, border, rng).astype(float), corners, shadow, rng)
    return as_scanned(page, rng.uniform(0.5, 3), rng), laid


def _place(
    laid: list[Laid], longest: int, touching: bool, rng: np.random.Generator
) -> tuple[tuple[int, int], np.ndarray, float]:
    """Size, corners and angle of a print that lies on none of those there are."""
    for trial in range(4000):
        long = int(longest * rng.uniform(0.65, 1) * 0.97 ** (trial / 40))
        short = int(long / rng.choice([1.0, 1.25, 1.4, 1.5]))
        size = (long, short) if rng.random() < 0.5 else (short, long)
        angle = float(rng.choice([0.0, rng.uniform(-3, 3), rng.uniform(-15, 15)]))
        centre = rng.uniform((0, 0), (WIDTH, HEIGHT))
        if touching:
            angle, centre = laid[0].angle, _beside(laid[0], size, rng)
        corners = corners_of(tuple(centre), size, angle)
        inside = (corners > _MARGIN).all() and (corners < np.array([WIDTH, HEIGHT]) - _MARGIN).all()
        others = laid[1:] if touching else laid
        if inside and not any(_overlap(corners, other.corners) for other in others):
            return size, corners, angle
    raise AssertionError("no room")


def _beside(first: Laid, size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """The centre of a print that touches a side of the first, shifted along it."""
    side = int(rng.integers(4))
    a, b = first.corners[side], first.corners[(side + 1) % 4]
    along = (b - a) / np.linalg.norm(b - a)
    outwards = np.array([along[1], -along[0]])
    deep, wide = (size[0], size[1]) if side % 2 == 0 else (size[1], size[0])
    shift = rng.uniform(0.15, 0.4) * rng.choice([-1, 1]) * wide
    return (a + b) / 2 + along * shift + outwards * deep / 2


def _overlap(a: np.ndarray, b: np.ndarray) -> bool:
    def grown(corners: np.ndarray) -> np.ndarray:
        centre = corners.mean(axis=0)
        out = corners - centre
        return np.float32(centre + out * (1 + _GAP / np.linalg.norm(out, axis=1, keepdims=True)))

    return cv2.intersectConvexConvex(grown(a), np.float32(b))[0] > 0


def _matched(found: np.ndarray, truth: np.ndarray) -> float:
    """The largest distance in pixels between corners, taken in the order that fits best."""
    return min(np.linalg.norm(np.roll(found, k, 0) - truth, axis=1).max() for k in range(4))


def errors(found: list[np.ndarray], truth: list[Laid]) -> list[tuple[float, float]]:
    """For each print that is there: the distance of its worst corner in pixels and the error of its angle in
    degrees to the nearest found; infinite where there is none within half of the print."""
    told = []
    for laid in truth:
        best = min(found, key=lambda corners: _matched(corners, laid.corners), default=None)
        if best is None or _matched(best, laid.corners) > np.ptp(laid.corners, axis=0).min() / 2:
            told.append((np.inf, np.inf))
            continue
        sides = np.roll(best, -1, 0) - best
        turned = np.rad2deg(np.arctan2(sides[:, 1], sides[:, 0])) - laid.angle
        off = (turned + 45) % 90 - 45
        told.append((_matched(best, laid.corners), float(abs(np.average(off, weights=np.hypot(*sides.T))))))
    return told
