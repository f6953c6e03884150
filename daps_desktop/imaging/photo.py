"""A photo as a value: pixels at the file's own depth, and what the file said about itself."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from daps_desktop.base.i18n import Phrase

Pixels = NDArray[np.uint8 | np.uint16]


@dataclass(frozen=True, slots=True)
class Metadata:
    """Blocks carried through to the saved file. EXIF has its orientation reset, as the pixels are upright."""

    icc: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    dpi: tuple[float, float] | None = None  # (x, y)
    iptc: bytes | None = None  # captions and credits, as IPTC-IIM records
    texts: tuple[tuple[str, str], ...] = ()  # keyword and text, as in a PNG; a JPEG's comment is "Comment"


@dataclass(frozen=True, slots=True)
class JpegTables:
    """How a JPEG file was quantised, in the orientation it was coded in.

    `luma` and `chroma` are (8, 8) uint16 quantisation tables, row = vertical frequency; `chroma` is None
    for a grey file. `sampling` is the chroma subsampling (vertical, horizontal), each 1, 2 or 4.
    `orientation` is the EXIF value (1-8) that was applied after decoding.
    """

    luma: NDArray[np.uint16]
    chroma: NDArray[np.uint16] | None
    sampling: tuple[int, int] = (1, 1)
    orientation: int = 1


@dataclass(frozen=True, slots=True)
class Photo:
    """Upright pixels, (H, W, C), C = 1 (grey) or 3 (RGB), uint8 or uint16, read-only.

    `alpha` is (H, W) of the same type or None, and so is `infrared`, what a scanner saw in infrared light, in
    which the dyes of film are clear and dust is dark. `path` is None for a pasted photo.
    """

    pixels: Pixels
    alpha: Pixels | None = None
    metadata: Metadata = field(default_factory=Metadata)
    path: Path | None = None
    file_format: str = ""  # "JPEG", "PNG", "TIFF", ...
    pages: int = 1
    page: int = 1  # of them, which this is
    remarks: tuple[Phrase, ...] = ()  # what a person should know of how the file was read
    jpeg: JpegTables | None = None
    infrared: Pixels | None = None
    infrared_beside: bool = False  # in a file of its own, so that it has no place in that of the photo

    def __post_init__(self) -> None:
        for array in (self.pixels, self.alpha, self.infrared):
            if array is not None:
                array.setflags(write=False)

    @property
    def height(self) -> int:
        return self.pixels.shape[0]

    @property
    def width(self) -> int:
        return self.pixels.shape[1]

    @property
    def bits(self) -> int:
        return self.pixels.dtype.itemsize * 8

    @property
    def white(self) -> int:
        """The largest value a pixel can take: 255 or 65535."""
        return int(np.iinfo(self.pixels.dtype).max)

    @property
    def megapixels(self) -> float:
        return self.height * self.width / 1e6

    def with_pixels(self, pixels: Pixels) -> "Photo":
        """The same photo with other pixels; transparency and infrared go along where the size is the same."""
        same_size = pixels.shape[:2] == self.pixels.shape[:2]
        alpha, infrared = (self.alpha, self.infrared) if same_size else (None, None)
        return replace(self, pixels=pixels, alpha=alpha, infrared=infrared)


def with_alpha(photo: Photo) -> Pixels:
    """Colours and transparency as one array: (H, W), (H, W, 2), (H, W, 3) or (H, W, 4)."""
    if photo.alpha is not None:
        return np.concatenate([photo.pixels, photo.alpha[..., None]], axis=2)
    return photo.pixels[..., 0] if photo.pixels.shape[2] == 1 else photo.pixels


def compose(original: Pixels, result: Pixels, mask: NDArray[np.bool_]) -> Pixels:
    """`result` inside the mask and `original`, bit for bit, outside; all (H, W, C) of one type."""
    return np.where(mask[..., None], result, original)


def apply_orientation(pixels: Pixels, orientation: int) -> Pixels:
    """(H, W, ...) as coded -> upright, for an EXIF orientation 1-8. Source: EXIF 2.32, table 4."""
    if orientation > 4:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def at_depth(pixels: Pixels, bits: int) -> Pixels:
    """The same picture at 8 or 16 bits: 16 to 8 is rounded to the nearest, 8 to 16 and back is exact."""
    if pixels.dtype.itemsize * 8 == bits:
        return pixels
    if bits == 16:
        return pixels.astype(np.uint16) * np.uint16(257)
    # round(v / 257) without leaving 16 bits: all above 65407 is 255 anyway.
    rounded = np.minimum(pixels, np.uint16(65407))
    rounded += np.uint16(128)
    rounded //= np.uint16(257)
    return rounded.astype(np.uint8)


def at_full_range(values: NDArray[np.generic], bits: int) -> Pixels:
    """Values of 1 to 16 bits as uint8 or uint16 with white at 255 or 65535, each rounded to the nearest."""
    if bits in (8, 16):
        return np.asarray(values, np.uint8 if bits == 8 else np.uint16)
    white, top = (255, np.uint8) if bits < 8 else (65535, np.uint16)
    steps = (1 << bits) - 1
    table = ((np.arange(steps + 1) * white * 2 + steps) // (2 * steps)).astype(top)
    return table[np.minimum(values.astype(np.uint16), steps)]


def to_rgb8(photo: Photo) -> NDArray[np.uint8]:
    """The pixels for a screen, (H, W, 3) uint8, contiguous; transparency and colour profile are left aside.

    An 8-bit RGB photo gives its own read-only array, not a copy.
    """
    pixels = at_depth(photo.pixels, 8).astype(np.uint8, copy=False)
    if pixels.shape[2] == 1:
        pixels = np.repeat(pixels, 3, axis=2)
    return np.ascontiguousarray(pixels)
