"""What Pillow decodes: WebP and BMP, and for the other readers its pictures as photos.

Why a plugin is called by its name: Image.open guesses by the ending, knows formats that are none of ours,
and has another limit on sizes than this program.
"""

import io
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, WebPImagePlugin
from PIL.ImageFile import ImageFile

from daps_desktop.base.i18n import N_, phrase
from daps_desktop.imaging.formats.limits import LIMIT_MP, check_compression_ratio, check_size
from daps_desktop.imaging.formats.metadata import iptc
from daps_desktop.imaging.formats.metadata.icc import cmyk_to_srgb
from daps_desktop.imaging.photo import Metadata, Photo, Pixels

# Bytes: of the most pixels that are opened, with alpha at 16 bits, in a file that could not pack them.
_MAX_FILE = LIMIT_MP * 1_000_000 * 9
_PILLOW_BYTES = 4  # that a pixel in colours takes
_WEBP_LIMIT_MP = 178  # the plugin allots the picture on opening, and refuses more itself


def all_of(path: Path) -> bytes:
    """Raises: NotImplementedError where no photo that is opened at all takes so much, before it is read."""
    size = path.stat().st_size
    if size > _MAX_FILE:
        raise NotImplementedError(phrase(N_("{size:.1f} GB"), size=size / 1000000000.0))
    return path.read_bytes()


def pillow_decoder(plugin: type[ImageFile]) -> Callable[[Path, int | None], Photo]:
    def decode(path: Path, _page: int | None = None) -> Photo:
        data = all_of(path)
        if plugin is WebPImagePlugin.WebPImageFile:
            height, width = _webp_size(data)
            check_size(path, height, width, limit_mp=_WEBP_LIMIT_MP)
            check_compression_ratio(path, height * width * _PILLOW_BYTES, len(data))
        with plugin(io.BytesIO(data)) as image:
            check_picture(path, image, len(data))
            return from_pillow(image)

    return decode


def check_picture(path: Path, image: ImageFile, file_size: int) -> None:
    """Raises: UserError where an opened picture is larger than may be decoded."""
    check_size(path, image.height, image.width)
    check_compression_ratio(path, image.height * image.width * _PILLOW_BYTES, file_size)


def _webp_size(data: bytes) -> tuple[int, int]:
    """Height and width, from the header. Source: WebP container specification, RFC 9649."""
    kind = data[12:16]
    if kind == b"VP8X":
        return int.from_bytes(data[27:30], "little") + 1, int.from_bytes(data[24:27], "little") + 1
    packed = int.from_bytes(data[21:25], "little")
    if kind == b"VP8L":
        return (packed >> 14 & 0x3FFF) + 1, (packed & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", data, 26)
    return height & 0x3FFF, width & 0x3FFF


def from_pillow(image: ImageFile) -> Photo:
    """The photo as it is stored, not yet upright."""
    image.load()
    metadata = pillow_metadata(image)
    if image.mode == "CMYK":
        pixels, icc = cmyk_to_srgb(np.asarray(image), metadata.icc)
        alpha, metadata = None, replace(metadata, icc=icc)
    else:
        pixels, alpha = split(np.asarray(_plain(image)))
    pages = getattr(image, "n_frames", 1)
    return Photo(pixels, alpha, metadata, file_format=image.format or "", pages=pages)


def _plain(image: Image.Image) -> Image.Image:
    """The image in one of the modes L, LA, RGB, RGBA."""
    grey = image.mode in ("1", "L", "LA")
    mode = ("L" if grey else "RGB") + ("A" if image.has_transparency_data else "")
    return image if image.mode == mode else image.convert(mode)


def pillow_metadata(image: ImageFile) -> Metadata:
    """What an opened picture says about itself."""
    info = image.info
    # Pillow invents 72 dpi for a JPEG whose EXIF does not say.
    invented = image.format == "JPEG" and not info.get("jfif_unit")
    dpi = None if invented else info.get("dpi")
    return Metadata(
        icc=info.get("icc_profile") or None,
        exif=info.get("exif") or None,
        xmp=info.get("xmp") or None,
        dpi=(float(dpi[0]), float(dpi[1])) if dpi and min(dpi) > 0 else None,
        iptc=iptc.from_photoshop_resources(info.get("photoshop")),
        texts=_comment(info.get("comment")),
    )


def _comment(comment: object) -> tuple[tuple[str, str], ...]:
    """Of a JPEG, which states no encoding."""
    if not isinstance(comment, bytes) or not comment.strip(b"\0 \n"):
        return ()
    try:
        words = comment.decode()
    except UnicodeDecodeError:
        words = comment.decode("latin-1")
    return (("Comment", words.replace("\0", "")),)


def split(array: Pixels | NDArray[np.uint8] | NDArray[np.uint16]) -> tuple[Pixels, Pixels | None]:
    """Pixels (H, W, C) and alpha (H, W) or None, of a decoded (H, W) or (H, W, 1-4) array."""
    if array.ndim == 2:
        array = array[..., None]
    if array.shape[2] in (1, 3):
        return np.ascontiguousarray(array), None
    return np.ascontiguousarray(array[..., :-1]), np.ascontiguousarray(array[..., -1])
