"""Files to photos. What a file is, its content says and not its ending; what goes wrong is a UserError."""

import io
import os
import stat
import struct
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import AvifImagePlugin, BmpImagePlugin, Image, JpegImagePlugin, WebPImagePlugin
from PIL.ImageFile import ImageFile

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, Phrase, phrase, words_of
from daps_desktop.base.os_errors import describe_os_error
from daps_desktop.imaging.formats import exif, iptc, png_chunks
from daps_desktop.imaging.formats.icc import cmyk_to_srgb
from daps_desktop.imaging.formats.limits import LIMIT_MP, check_compression_ratio, check_size
from daps_desktop.imaging.formats.png_codec import decoded_size
from daps_desktop.imaging.formats.tiff_reader import decode_tiff
from daps_desktop.imaging.photo import JpegTables, Metadata, Photo, Pixels

# Bytes: of the most pixels that are opened, with alpha at 16 bits, in a file that could not pack them.
_MAX_FILE = LIMIT_MP * 1_000_000 * 9


def read_photo(path: Path) -> Photo:
    """The photo in a file, upright, at its own depth; of a file with several pages the first.

    Reads JPEG, PNG, WebP, TIFF, BMP and AVIF. Palettes and single bits become RGB and grey, CMYK becomes
    sRGB through its profile. Raises: UserError (`photo_...`), and nothing else, for a file that is not
    one of these, is damaged, or is larger than this program opens; `file_unreadable` if the memory runs out.
    """
    path = Path(path)
    with _as_user_errors(path):
        photo = _decoder(path)(path)
        photo = _upright(replace(photo, path=path))
        return replace(photo, metadata=_sane_resolution(photo.metadata))


@contextmanager
def _as_user_errors(path: Path) -> Generator[None]:
    """Decoders of foreign formats raise whatever they like: here it becomes one sentence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except UserError:
        raise
    except PermissionError as error:
        raise UserError("photo_no_permission", path=path) from error
    except NotImplementedError as error:
        raise UserError("photo_unsupported", path=path, detail=words_of(error)) from error
    except MemoryError as error:  # which may be no fault of the file
        raise UserError("file_unreadable", path=path, detail=phrase(N_("the memory ran out"))) from error
    except Exception as error:
        raise UserError("photo_truncated", path=path, detail=_error_code(error)) from error


def _error_code(error: Exception) -> Phrase | str:
    if isinstance(error, OSError) and error.errno:
        return describe_os_error(error)
    text = str(error).lower()
    ends_early = isinstance(error, EOFError) or any(
        w in text for w in ("truncated", "too small", "not enough")
    )
    return phrase(N_("it ends too early") if ends_early else N_("its parts contradict each other"))


Decoder = Callable[[Path], Photo]


def _decoder(path: Path) -> Decoder:
    """The decoder for what the first bytes say. Raises: UserError if they say nothing known."""
    status = _status(path)
    if stat.S_ISDIR(status.st_mode):
        raise UserError("photo_is_folder", path=path)
    if not stat.S_ISREG(status.st_mode):  # a pipe or a device might keep us waiting for ever
        raise UserError("photo_not_image", path=path)
    if status.st_size == 0:
        raise UserError("photo_empty", path=path)
    with path.open("rb") as file:
        head = file.read(64)
    for begins, decoder in DECODERS:
        if begins(head):
            return decoder
    raise UserError("photo_not_image", path=path)


def _status(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except PermissionError:
        raise
    except (OSError, ValueError) as error:  # no such name, or no possible name
        raise UserError("photo_missing", path=path) from error


def _is_bmp(head: bytes) -> bool:
    """BM alone also begins many a text: the size of the second header decides."""
    sizes = (12, 16, 40, 52, 56, 64, 108, 124)
    return head[:2] == b"BM" and len(head) >= 18 and struct.unpack_from("<I", head, 14)[0] in sizes


def _is_avif(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and any(brand in head[8:] for brand in (b"avif", b"avis"))


def _all_of(path: Path) -> bytes:
    """Raises: NotImplementedError where no photo that is opened at all takes so much, before it is read."""
    size = path.stat().st_size
    if size > _MAX_FILE:
        raise NotImplementedError(phrase(N_("{size:.1f} GB"), size=size / 1000000000.0))
    return path.read_bytes()


def _decode_png(path: Path) -> Photo:
    data = _all_of(path)
    if data[12:16] != b"IHDR":
        raise EOFError
    width, height = struct.unpack_from(">II", data, 16)
    check_size(path, height, width)
    check_compression_ratio(path, decoded_size(data), len(data))
    chunks = png_chunks.read_chunks(data)
    pixels, alpha = _split(imagecodecs.png_decode(chunks.pixel_chunks))
    animation = chunks.other_chunks.get(b"acTL", b"")
    frames = max(1, int.from_bytes(animation[:4]))
    return Photo(pixels, alpha, png_chunks.read_metadata(chunks), file_format="PNG", pages=frames)


def _pillow_decoder(plugin: type[ImageFile]) -> Decoder:
    # The plugin is called by its name and not through Image.open, which guesses by the ending and knows
    # formats that are none of ours, and whose limit on sizes is not this program's.
    def decode(path: Path) -> Photo:
        data = _all_of(path)
        if plugin is WebPImagePlugin.WebPImageFile:
            height, width = _webp_size(data)
            check_size(path, height, width, limit_mp=_WEBP_LIMIT_MP)
            check_compression_ratio(path, height * width * _PILLOW_BYTES, len(data))
        with plugin(io.BytesIO(data)) as image:
            check_size(path, image.height, image.width)
            check_compression_ratio(path, image.height * image.width * _PILLOW_BYTES, len(data))
            return _from_pillow(image)

    return decode


_PILLOW_BYTES = 4  # that a pixel in colours takes
_WEBP_LIMIT_MP = 178  # the plugin allots the picture on opening, and refuses more itself


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


def _from_pillow(image: ImageFile) -> Photo:
    image.load()
    metadata = _pillow_metadata(image)
    if image.mode == "CMYK":
        pixels, icc = cmyk_to_srgb(np.asarray(image), metadata.icc)
        pixels, alpha, metadata = pixels, None, replace(metadata, icc=icc)
    else:
        pixels, alpha = _split(np.asarray(_plain(image)))
    return Photo(
        pixels,
        alpha,
        metadata,
        file_format=image.format or "",
        pages=getattr(image, "n_frames", 1),
        jpeg=_jpeg_tables(image) if isinstance(image, JpegImagePlugin.JpegImageFile) else None,
    )


def _plain(image: Image.Image) -> Image.Image:
    """The image in one of the modes L, LA, RGB, RGBA."""
    grey = image.mode in ("1", "L", "LA")
    mode = ("L" if grey else "RGB") + ("A" if image.has_transparency_data else "")
    return image if image.mode == mode else image.convert(mode)


def _pillow_metadata(image: ImageFile) -> Metadata:
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
    )


def _split(array: NDArray[np.uint8] | NDArray[np.uint16]) -> tuple[Pixels, Pixels | None]:
    """Pixels (H, W, C) and alpha (H, W) or None, of a decoded (H, W) or (H, W, 1-4) array."""
    if array.ndim == 2:
        array = array[..., None]
    if array.shape[2] in (1, 3):
        return np.ascontiguousarray(array), None
    return np.ascontiguousarray(array[..., :-1]), np.ascontiguousarray(array[..., -1])


def _jpeg_tables(image: JpegImagePlugin.JpegImageFile) -> JpegTables | None:
    """None where the file is not coded as luma and chroma with one table for both chroma planes."""
    # Pillow gives the tables in natural order since 8.3, so (8, 8) rows are vertical frequencies.
    tables = {key: np.array(table, np.uint16).reshape(8, 8) for key, table in image.quantization.items()}
    planes = image.layer  # (id, horizontal, vertical sampling, table) of each component
    if len(planes) == 1:
        return JpegTables(tables[planes[0][3]], None)
    if len(planes) != 3 or planes[1][1:] != planes[2][1:] or not _is_ycc(image):
        return None
    (_, across, down, luma), (_, chroma_across, chroma_down, chroma) = planes[:2]
    if across % chroma_across or down % chroma_down:
        return None
    return JpegTables(tables[luma], tables[chroma], (down // chroma_down, across // chroma_across))


def _is_ycc(image: JpegImagePlugin.JpegImageFile) -> bool:
    """How libjpeg distinguishes luma and chroma from plain RGB in a file of three planes."""
    if "jfif" in image.info:
        return True
    if "adobe_transform" in image.info:
        return image.info["adobe_transform"] != 0
    return [plane[0] for plane in image.layer] != [ord(letter) for letter in "RGB"]


def _upright(photo: Photo) -> Photo:
    """The photo with the orientation its EXIF states applied to the pixels, and removed from the EXIF."""
    if photo.metadata.exif is None:
        return photo
    block, orientation = exif.without_orientation(photo.metadata.exif)
    dpi = photo.metadata.dpi or (exif.parse(block).dpi if block else None)
    if dpi and orientation > 4:
        dpi = dpi[1], dpi[0]
    jpeg = replace(photo.jpeg, orientation=orientation) if photo.jpeg else None
    return replace(
        photo,
        pixels=apply_orientation(photo.pixels, orientation),
        alpha=None if photo.alpha is None else apply_orientation(photo.alpha, orientation),
        metadata=replace(photo.metadata, exif=block, dpi=dpi),
        jpeg=jpeg,
    )


_MAX_DPI = 65535  # what a JPEG can say; no scanner comes near


def _sane_resolution(metadata: Metadata) -> Metadata:
    """Without a resolution that only a damaged file gives, and no other file could be told."""
    if metadata.dpi and not all(0 < value <= _MAX_DPI for value in metadata.dpi):
        return replace(metadata, dpi=None)
    return metadata


def apply_orientation(pixels: Pixels, orientation: int) -> Pixels:
    """(H, W, ...) as coded -> upright, for an EXIF orientation 1-8. Source: EXIF 2.32, table 4."""
    if orientation > 4:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


# By the first 64 bytes of a file; the first that says yes decodes it.
DECODERS: list[tuple[Callable[[bytes], bool], Decoder]] = [
    (lambda head: head[:3] == b"\xff\xd8\xff", _pillow_decoder(JpegImagePlugin.JpegImageFile)),
    (lambda head: head[:8] == png_chunks.SIGNATURE, _decode_png),
    (lambda head: head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), decode_tiff),
    (
        lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP",
        _pillow_decoder(WebPImagePlugin.WebPImageFile),
    ),
    (_is_avif, _pillow_decoder(AvifImagePlugin.AvifImageFile)),
    (_is_bmp, _pillow_decoder(BmpImagePlugin.BmpImageFile)),
]
