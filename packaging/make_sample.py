"""Makes the sample: a photograph of things that never were, and the damage that fifty years do to one.

    python packaging/make_sample.py

A still life is rendered from distance functions (sphere tracing, soft shadows, ambient occlusion), printed
on old paper with grain and a border, then scratched, torn, dusted and faded. Every pixel comes from this
file, so the sample has no licence but the program's. Writes resources/sample/sample.jpg and, white where
the damage is, resources/sample/mask.png. Needs a minute.

Source of the rendering: J. C. Hart, Sphere tracing (1996); soft shadows as by I. Quilez.
"""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

HEIGHT, WIDTH, BORDER = 690, 940, 30
EYE, TARGET, FOCAL = np.array([0.25, 1.5, 5.2]), np.array([-0.06, 0.66, 0.0]), 3.1
LIGHT = np.array([-0.66, 0.62, 0.42]) / np.linalg.norm([-0.66, 0.62, 0.42])
WALL_Z, FAR = -1.9, 14.0
OUT = Path(__file__).resolve().parent.parent / "resources" / "sample"

Points = NDArray[np.float32]  # (N, 3)
Values = NDArray[np.float32]  # (N,)
RNG = np.random.default_rng(1931)
LATTICE = RNG.random((256, 256), dtype=np.float32)


# The scene


def revolved(p: Points, centre: tuple[float, float], profile: list[tuple[float, float]]) -> Values:
    """Distance to a turned body; `profile` gives its radius at heights, joined smoothly."""
    heights, radii = zip(*profile, strict=True)
    around = np.hypot(p[:, 0] - centre[0], p[:, 2] - centre[1])
    y = np.clip(p[:, 1], heights[0], heights[-1])
    fine = np.linspace(heights[0], heights[-1], 200)
    smooth = cv2.GaussianBlur(np.interp(fine, heights, radii)[:, None], (1, 15), 3)[:, 0]
    beside = (around - np.interp(y, fine, smooth)) * 0.7
    above = np.maximum(p[:, 1] - heights[-1], heights[0] - p[:, 1])
    return np.maximum(beside, above).astype(np.float32)


def fruit(p: Points, centre: tuple[float, float, float], radius: float, tilt: float) -> Values:
    """An apple: a sphere, a little flat, with a hollow at the stem."""
    q = p - np.array(centre, np.float32)
    x = q[:, 0] * np.cos(tilt) - q[:, 1] * np.sin(tilt)
    y = q[:, 0] * np.sin(tilt) + q[:, 1] * np.cos(tilt)
    around2 = x * x + q[:, 2] ** 2
    hollow = 0.34 * radius * np.exp(-around2 / (0.06 * radius**2)) * (y > 0)
    lobes = 0.007 * radius * np.cos(5 * np.arctan2(q[:, 2], x))
    body = np.sqrt(around2 * 0.94 + (y * 1.08) ** 2) - radius + hollow + lobes
    stem = np.hypot(np.hypot(x - 0.08 * y, q[:, 2]), np.maximum(np.abs(y - radius) - 0.16 * radius, 0))
    return np.minimum(body * 0.75, stem - 0.022).astype(np.float32)


def box(
    p: Points, centre: tuple[float, float, float], half: tuple[float, float, float], turn: float
) -> Values:
    q = p - np.array(centre, np.float32)
    x = q[:, 0] * np.cos(turn) - q[:, 2] * np.sin(turn)
    z = q[:, 0] * np.sin(turn) + q[:, 2] * np.cos(turn)
    d = np.abs(np.stack([x, q[:, 1], z], 1)) - np.array(half) + 0.012
    return (np.linalg.norm(np.maximum(d, 0), axis=1) + np.minimum(d.max(1), 0) - 0.012).astype(np.float32)


JUG = [(0.0, 0.30), (0.04, 0.34), (0.25, 0.50), (0.55, 0.60), (0.85, 0.52), (1.1, 0.31), (1.3, 0.25),
       (1.5, 0.30), (1.6, 0.36)]  # fmt: skip
BOWL = [(0.0, 0.30), (0.06, 0.28), (0.10, 0.36), (0.20, 0.52), (0.32, 0.62), (0.40, 0.66)]
CANDLE = [(0.0, 0.26), (0.05, 0.27), (0.10, 0.10), (0.25, 0.06), (0.45, 0.09), (0.60, 0.06), (0.75, 0.14),
          (0.80, 0.14)]  # fmt: skip


def jug(p: Points) -> Values:
    body = revolved(p, (-0.75, -0.45), JUG)
    q = p - np.array([-0.37, 0.98, -0.45], np.float32)
    ring = np.hypot(np.hypot(q[:, 0] * 1.15, q[:, 1] * 0.85) - 0.30, q[:, 2]) - 0.05
    return np.minimum(body, ring * 0.8)


def apples(p: Points) -> Values:
    places = (
        ((0.62, 0.47, 0.0), 0.27, 0.3),
        ((1.05, 0.45, -0.12), 0.25, -0.5),
        ((0.85, 0.50, -0.32), 0.26, 0.1),
        ((0.02, 0.245, 0.72), 0.25, 0.9),
    )
    return np.minimum.reduce([fruit(p, *place) for place in places])


def books(p: Points) -> Values:
    lower = box(p, (-1.25, 0.075, 0.55), (0.55, 0.07, 0.38), 0.35)
    return np.minimum(lower, box(p, (-1.22, 0.205, 0.53), (0.46, 0.055, 0.32), 0.12))


PARTS: tuple[Callable[[Points], Values], ...] = (
    lambda p: p[:, 1].copy(),
    lambda p: p[:, 2] - np.float32(WALL_Z),
    jug,
    apples,
    lambda p: np.maximum(revolved(p, (0.85, -0.12), BOWL), -revolved(p - np.array([0, 0.05, 0], np.float32),
                                                                    (0.85, -0.12), BOWL)),
    books,
    lambda p: revolved(p, (0.12, -0.95), CANDLE),
    lambda p: revolved(p, (0.12, -0.95), [(0.78, 0.085), (1.5, 0.08), (1.56, 0.05)]),
)  # fmt: skip
TABLE, WALL, JUG_, APPLES, BOWL_, BOOKS, HOLDER, WAX = range(len(PARTS))


def distance(p: Points) -> Values:
    return np.minimum.reduce([part(p) for part in PARTS])


# Light


def traced(origin: Points, direction: Points) -> Values:
    """How far each ray goes before it meets something."""
    far = np.full(len(origin), 2.5, np.float32)
    active = np.arange(len(origin))
    for _ in range(90):
        step = distance(origin[active] + direction[active] * far[active, None])
        far[active] += step * 0.9
        active = active[(np.abs(step) > 6e-4 * far[active]) & (far[active] < FAR)]
        if not len(active):
            break
    return far


def normals(p: Points) -> Points:
    axes = np.eye(3, dtype=np.float32) * 1.5e-3
    n = np.stack([distance(p + axis) - distance(p - axis) for axis in axes], 1)
    return n / np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-9)


def lit(p: Points, n: Points) -> Values:
    """The share of the window that each point sees, with a soft edge."""
    origin = p + n * 0.012
    far, seen = np.full(len(p), 0.03, np.float32), np.ones(len(p), np.float32)
    for _ in range(34):
        d = distance(origin + LIGHT.astype(np.float32) * far[:, None])
        seen = np.minimum(seen, np.clip(0.5 + 4.5 * d / far, 0, 1))
        far += np.clip(d, 0.02, 0.25)
    return seen * seen * (3 - 2 * seen)


def open_sky(p: Points, n: Points) -> Values:
    shut = np.zeros(len(p), np.float32)
    for reach in (0.03, 0.09, 0.2, 0.4):
        shut += (reach - distance(p + n * np.float32(reach))) / reach
    return np.clip(1 - 0.22 * shut, 0, 1)


def noise(u: Values, v: Values) -> Values:
    """Smooth noise in 0..1 with a cell of one unit."""
    i, j = np.floor(u).astype(int), np.floor(v).astype(int)
    s, t = u - i, v - j
    s, t = s * s * (3 - 2 * s), t * t * (3 - 2 * t)
    corner = [LATTICE[(i + a) % 256, (j + b) % 256] for a in (0, 1) for b in (0, 1)]
    return (corner[0] * (1 - t) + corner[1] * t) * (1 - s) + (corner[2] * (1 - t) + corner[3] * t) * s


def rough(u: Values, v: Values, octaves: int = 5) -> Values:
    return sum((noise(u * 2**k, v * 2**k + 17 * k) * 0.5**k for k in range(octaves)), np.zeros_like(u)) / 2


def wood(p: Points) -> Values:
    bend = 0.5 * rough(p[:, 0] * 0.8, p[:, 2] * 3)
    rings = 0.5 + 0.5 * np.sin(34 * (p[:, 2] * 0.55 + 0.35 * bend) + 5 * rough(p[:, 0] * 0.6, p[:, 2] * 2))
    fibres = rough(p[:, 0] * 5, p[:, 2] * 90, 3)
    gap = np.abs((p[:, 2] + 0.35) % 0.9 - 0.45) < 0.009
    return (0.30 + 0.10 * rings + 0.16 * (fibres - 0.5)) * np.where(gap, 0.35, 1)


def reflectance(part: int, p: Points) -> Values:
    if part == TABLE:
        return wood(p)
    if part == WALL:
        stripes = 0.5 + 0.5 * np.cos(p[:, 0] * 2 * np.pi / 0.28)
        sprigs = noise(p[:, 0] * 9, p[:, 1] * 9) > 0.72
        return (
            0.40
            + 0.035 * stripes**8
            + 0.05 * sprigs * (stripes < 0.3)
            + 0.09 * (rough(p[:, 0], p[:, 1]) - 0.5)
        )
    if part == JUG_:
        bands = (
            (np.abs(p[:, 1] - 0.95) < 0.02)
            | (np.abs(p[:, 1] - 1.02) < 0.01)
            | (np.abs(p[:, 1] - 0.3) < 0.015)
        )
        turn = np.arctan2(p[:, 2] + 0.45, p[:, 0] + 0.75)
        leaf = np.abs(np.sin(turn * 6)) * 0.16 > np.abs(p[:, 1] - 0.62)
        veins = np.abs(np.sin(turn * 6)) * 0.03 > np.abs(p[:, 1] - 0.62)
        return (
            0.66 - 0.34 * bands - 0.30 * leaf + 0.3 * veins + 0.05 * (rough(p[:, 0] * 9, p[:, 1] * 9) - 0.5)
        )
    if part == APPLES:
        turn = np.arctan2(p[:, 2], p[:, 0] % 0.45 - 0.2)
        streaks = rough(turn * 9, p[:, 1] * 4, 4)
        dots = noise(p[:, 0] * 42 + p[:, 2] * 13, p[:, 1] * 42) > 0.9
        return 0.24 + 0.30 * (streaks - 0.35) + 0.16 * dots
    if part == BOWL_:
        return 0.20 + 0.12 * rough(p[:, 0] * 14, p[:, 1] * 14) + 0.25 * (np.abs(p[:, 1] - 0.375) < 0.018)
    if part == BOOKS:
        upper = p[:, 1] > 0.147
        pages = np.abs(p[:, 1] - np.where(upper, 0.205, 0.075)) < np.where(upper, 0.042, 0.055)
        side = p[:, 2] > 0.6
        leaves = 0.60 + 0.2 * (noise(p[:, 1] * 420, p[:, 0] * 3) - 0.5)
        cloth = np.where(upper, 0.34, 0.16) * (0.85 + 0.3 * noise(p[:, 0] * 110, p[:, 2] * 110))
        return np.where(pages & side, leaves, cloth)
    return np.full(len(p), 0.34 if part == HOLDER else 0.82, np.float32)


SHINE = {
    JUG_: (0.55, 60),
    APPLES: (0.30, 28),
    BOWL_: (0.30, 40),
    HOLDER: (0.9, 30),
    WAX: (0.12, 12),
    TABLE: (0.10, 18),
}


def photographed() -> NDArray[np.float32]:
    """(HEIGHT, WIDTH) light on the film, about 0 to 1."""
    forward = (TARGET - EYE) / np.linalg.norm(TARGET - EYE)
    right = np.cross(forward, [0, 1, 0])
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    rows, cols = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    x, y = (cols - WIDTH / 2 + 0.5) / HEIGHT * 2, -(rows - HEIGHT / 2 + 0.5) / HEIGHT * 2
    rays = forward * FOCAL + x[..., None] * right + y[..., None] * up
    rays = (rays / np.linalg.norm(rays, axis=2, keepdims=True)).reshape(-1, 3).astype(np.float32)
    eyes = np.broadcast_to(EYE.astype(np.float32), rays.shape)
    p = eyes + rays * traced(eyes, rays)[:, None]
    n = normals(p)
    part = np.argmin(np.stack([np.abs(each(p)) for each in PARTS]), axis=0)
    albedo, shine = np.zeros(len(p), np.float32), np.zeros(len(p), np.float32)
    half = LIGHT - rays
    half /= np.linalg.norm(half, axis=1, keepdims=True)
    for index in range(len(PARTS)):
        here = part == index
        albedo[here] = reflectance(index, p[here])
        strength, power = SHINE.get(index, (0.0, 1))
        shine[here] = strength * np.clip((n[here] * half[here]).sum(1), 0, 1) ** power
    sun = lit(p, n)
    window = 0.55 + 0.45 * np.clip(1.1 - 0.22 * (p[:, 0] + 1.5), 0, 1)  # further from it is darker
    direct = np.clip((n * LIGHT).sum(1), 0, 1) * sun * window * 1.75
    ambient = (0.30 + 0.16 * n[:, 1]) * open_sky(p, n) * window
    bounced = 0.12 * np.clip(-n[:, 1], 0, 1) + 0.10 * np.clip(n[:, 0], 0, 1) * open_sky(p, n)
    light = albedo * (direct + ambient + bounced) + shine * sun
    return light.reshape(HEIGHT, WIDTH).astype(np.float32)


# The print


def printed(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """(H, W, 3) in 0..1: a toned print with the softness of an old lens, grain and a border of paper."""
    glow = cv2.GaussianBlur(light, (0, 0), 9)
    light = 0.9 * cv2.GaussianBlur(light, (0, 0), 0.75) + 0.1 * glow
    rows, cols = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    light = light * (1 - 0.26 * np.clip(rows**2 + cols**2 - 0.25, 0, None))
    density = 1 - np.exp(-2.7 * light**1.15)  # the shoulder of the paper
    grain = cv2.GaussianBlur(RNG.standard_normal(light.shape).astype(np.float32), (0, 0), 0.7)
    density = np.clip(density + 0.030 * grain * np.sqrt(density * (1.15 - density) + 0.02), 0, 1)
    sepia = np.stack([density**0.88, density**1.02, density**1.24], axis=2)
    image = 0.07 + 0.88 * sepia * np.array([1.0, 0.965, 0.90])
    sheet = np.empty((HEIGHT + 2 * BORDER, WIDTH + 2 * BORDER, 3), np.float32)
    fibre = cv2.GaussianBlur(RNG.standard_normal(sheet.shape[:2]).astype(np.float32), (0, 0), 1.2)
    sheet[:] = np.array([0.945, 0.918, 0.850]) + 0.012 * fibre[..., None]
    sheet[BORDER:-BORDER, BORDER:-BORDER] = image
    return sheet


# The damage


def scratches(shape: tuple[int, int]) -> NDArray[np.float32]:
    """(H, W) in 0..1: fine lines, mostly along the way the print was pulled."""
    drawn = np.zeros(shape, np.float32)
    for _ in range(13):
        row, col = RNG.uniform(0.05, 0.9) * shape[0], RNG.uniform(0.04, 0.96) * shape[1]
        angle, length = RNG.normal(1.45, 0.28), RNG.uniform(60, 420)
        bend = RNG.normal(0, 0.0012)
        t = np.arange(0, length, 3.0)
        turn = angle + bend * t + 0.02 * np.cumsum(RNG.standard_normal(len(t)))
        line = np.stack([col + np.cumsum(3 * np.cos(turn)), row + np.cumsum(3 * np.sin(turn))], 1)
        one = np.zeros(shape, np.float32)
        points = (line * 16).astype(np.int32)[:, None]
        cv2.polylines(one, [points], False, 1.0, int(RNG.choice([1, 1, 1, 2])), cv2.LINE_AA, 4)
        drawn = np.maximum(drawn, one * RNG.uniform(0.65, 1.0))
    return drawn


def specks(shape: tuple[int, int], count: int, largest: float) -> NDArray[np.float32]:
    drawn = np.zeros(shape, np.float32)
    for _ in range(count):
        centre = (RNG.uniform(0, shape[1]) * 16, RNG.uniform(0, shape[0]) * 16)
        axes = np.maximum(RNG.gamma(1.6, largest / 4, 2), 0.8) * 16
        cv2.ellipse(
            drawn, np.int32(centre), np.int32(axes), RNG.uniform(0, 180), 0, 360, 1.0, -1, cv2.LINE_AA, 4
        )
    return drawn


def torn(shape: tuple[int, int]) -> NDArray[np.float32]:
    """A tear that comes in from the upper right edge, wide at the rim and thin at its end."""
    drawn = np.zeros(shape, np.float32)
    steps = 70
    t = np.linspace(0, 1, steps)
    row = 0.10 * shape[0] + 0.34 * shape[0] * t + np.cumsum(RNG.normal(0, 2.6, steps))
    col = shape[1] - 1 - 0.30 * shape[1] * t**0.9 + np.cumsum(RNG.normal(0, 2.2, steps))
    width = 9 * (1 - t) ** 0.7 + 2 + RNG.uniform(0, 2.5, steps)
    left, right = np.stack([col - width / 2, row], 1), np.stack([col + width / 2, row + width / 3], 1)
    outline = np.concatenate([left, right[::-1]])
    cv2.fillPoly(drawn, [(outline * 16).astype(np.int32)[:, None]], 1.0, cv2.LINE_AA, 4)
    return drawn


def damaged(sheet: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """The sheet as it was found, and where nothing of the picture is left."""
    shape = sheet.shape[:2]
    rows, cols = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    # Bleached and yellowed, most where it lay uncovered.
    bleached = 0.08 + 0.10 * cols / shape[1] + 0.04 * np.sin(rows / 210 + cols / 330)
    faded = sheet * (1 - bleached[..., None]) + bleached[..., None] * np.array([0.86, 0.79, 0.62])
    tear, lines = torn(shape), scratches(shape)
    bright, dark = specks(shape, 70, 2.6), specks(shape, 30, 2.0)
    fibre = 0.94 + 0.05 * cv2.GaussianBlur(RNG.standard_normal(shape).astype(np.float32), (0, 0), 1.0)
    for drawn, tone in ((dark, 0.13), (bright, 0.93), (lines, 0.92), (tear, 1.0)):
        paint = (tone * fibre)[..., None] * np.array([1.0, 0.975, 0.92])
        faded = faded * (1 - drawn[..., None]) + paint * drawn[..., None]
    rim = np.clip(cv2.dilate(tear, np.ones((5, 5))) - tear, 0, 1)  # the lifted edge throws a shadow
    shadow = np.roll(rim, (2, 1), (0, 1))
    faded *= 1 - 0.28 * shadow[..., None]
    lost = np.maximum.reduce([tear, lines, bright, dark, rim, shadow]) > 0.08
    return np.clip(faded, 0, 1), cv2.dilate(lost.astype(np.uint8), np.ones((3, 3))).astype(bool)


def main() -> None:
    image, mask = damaged(printed(photographed()))
    OUT.mkdir(parents=True, exist_ok=True)
    pixels = np.rint(image * 255).astype(np.uint8)
    Image.fromarray(pixels).save(OUT / "sample.jpg", quality=93, subsampling=0, dpi=(300, 300))
    Image.fromarray(mask).save(OUT / "mask.png")


if __name__ == "__main__":
    main()
