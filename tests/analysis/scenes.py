"""Pictures with what photos have: smooth shading, edges at all scales, texture in places, and grain."""

import cv2
import numpy as np


def scene(seed: int, height: int, width: int, grain: float = 1.5, fine: bool = False) -> np.ndarray:
    """(H, W, 3) uint8. Overlapping shapes of all sizes (dead leaves), softened, some with texture.

    `fine`: crowded with small things, so that edges lie as close together as in most photos.
    """
    rng = np.random.default_rng(seed)
    image = np.empty((height, width, 3), np.float32)
    image[:] = rng.uniform(60, 200)
    smallest, count, softness = (2.5, 350, 0.5) if fine else (16.0, 70, 0.4)
    largest = max(height, width) / 3
    for _ in range(count):
        radius = smallest / rng.uniform((smallest / largest) ** 2, 1) ** 0.5
        centre = rng.uniform(0, width), rng.uniform(0, height)
        axes = radius, radius * rng.uniform(0.4, 1)
        shape = np.zeros((height, width), np.uint8)
        cv2.ellipse(shape, (centre, tuple(2 * a for a in axes), rng.uniform(0, 180)), 255, -1)
        inside = shape > 0
        colour = rng.uniform(15, 240) + rng.uniform(-25, 25, 3)
        image[inside] = colour
        if rng.random() < 0.25:
            image[inside] += _texture(rng, height, width)[inside]
    rows, cols = np.mgrid[:height, :width].astype(np.float32)
    light = 1 + 0.15 * np.sin(rows / height * 3 + seed) * np.cos(cols / width * 2)
    image = cv2.GaussianBlur(image * light[..., None], (0, 0), softness)
    image += rng.normal(0, grain, image.shape).astype(np.float32)
    image = np.clip(image, 0, 255)
    image[:4, :4], image[-4:, -4:] = 0, 255
    return np.rint(image).astype(np.uint8)


def _texture(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    grain = rng.normal(0, 1, (height, width)).astype(np.float32)
    soft = cv2.GaussianBlur(grain, (0, 0), rng.uniform(0.8, 3))
    return (soft / soft.std() * rng.uniform(4, 18))[..., None]
