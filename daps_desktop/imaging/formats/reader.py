"""Files to photos. What a file is, its content says and not its ending; what goes wrong is a UserError."""

import os
import stat
import struct
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import imagecodecs
import numpy as np
from PIL import BmpImagePlugin, WebPImagePlugin

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, Phrase, phrase, words_of
from daps_desktop.base.os_errors import describe_os_error
from daps_desktop.imaging.formats import png_chunks
from daps_desktop.imaging.formats.endings import INFRARED_ADDED
from daps_desktop.imaging.formats.heif_reader import decode_avif, decode_heic, is_avif, is_heic
from daps_desktop.imaging.formats.jpeg_reader import decode_jpeg
from daps_desktop.imaging.formats.jxl_reader import decode_jxl, is_jxl
from daps_desktop.imaging.formats.limits import check_compression_ratio, check_size
from daps_desktop.imaging.formats.metadata import cicp, exif, xmp
from daps_desktop.imaging.formats.pillow_reader import all_of, pillow_decoder, split
from daps_desktop.imaging.formats.png_codec import decoded_size
from daps_desktop.imaging.formats.tiff.reader import decode_tiff
from daps_desktop.imaging.photo import Metadata, Photo, apply_orientation, at_depth


def read_photo(path: Path, page: int | None = None) -> Photo:
    """The photo in a file, upright, at its own depth; of several that of the `page` (from 1), or the first.

    Reads JPEG, PNG, WebP, TIFF, BMP, HEIC, AVIF and JPEG XL. Palettes and single bits become RGB and grey,
    CMYK becomes sRGB through its profile, HDR is toned down. What a scanner saw in infrared comes along, from
    the file or from one beside it. Raises: UserError (`photo_...`), and nothing
    else, for a file that is not one of these, is damaged, is larger than this program opens, or lacks the
    page; `file_unreadable` if the memory runs out.
    """
    path = Path(path)
    with _as_user_errors(path):
        photo = _decoder(path)(path, page)
        if page not in (None, photo.page):
            raise UserError("photo_page", path=path, page=page, pages=photo.pages)
        photo = _with_infrared(_upright(replace(photo, path=path)), path)
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


Decoder = Callable[[Path, int | None], Photo]  # of a file, and a page where one is asked for


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


def begins_like_a_photo(path: Path) -> bool:
    """Whether the first bytes of a file are those of a kind that is read; False where it cannot be opened."""
    try:
        return path.is_file() and _decoder(path) is not None
    except (UserError, OSError):
        return False


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


def _decode_png(path: Path, _page: int | None) -> Photo:
    data = all_of(path)
    if data[12:16] != b"IHDR":
        raise EOFError
    width, height = struct.unpack_from(">II", data, 16)
    check_size(path, height, width)
    check_compression_ratio(path, decoded_size(data), len(data))
    chunks = png_chunks.read_chunks(data)
    pixels, alpha = split(imagecodecs.png_decode(chunks.pixel_chunks))
    animation = chunks.other_chunks.get(b"acTL", b"")
    frames = max(1, int.from_bytes(animation[:4]))
    photo = Photo(pixels, alpha, png_chunks.read_metadata(chunks), file_format="PNG", pages=frames)
    numbers, points, gamma = png_chunks.read_colours(chunks)
    if numbers:
        return cicp.with_meaning(photo, numbers)
    icc = photo.metadata.icc or cicp.by_gamma(points, gamma, pixels.shape[2] == 1)
    return replace(photo, metadata=replace(photo.metadata, icc=icc))


_COMPANIONS = N_("The film or the map for bright screens behind the photo is left out.")


def _upright(photo: Photo) -> Photo:
    """The photo with the orientation its EXIF states, or else its XMP, applied to the pixels; both then say
    that it is upright."""
    block, packet = photo.metadata.exif, photo.metadata.xmp
    stated = exif.stated_orientation(block) if block else None
    orientation = stated or (xmp.orientation(packet) if packet else None) or 1
    block = exif.without_orientation(block) if block else None
    dpi = photo.metadata.dpi or (exif.parse(block).dpi if block else None)
    if dpi and orientation > 4:
        dpi = dpi[1], dpi[0]
    jpeg = replace(photo.jpeg, orientation=orientation) if photo.jpeg else None
    told = xmp.without_companions(packet) if packet else None
    remarks = photo.remarks if told == packet else (*photo.remarks, phrase(_COMPANIONS))
    alpha, infrared = (
        None if plane is None else apply_orientation(plane, orientation)
        for plane in (photo.alpha, photo.infrared)
    )
    return replace(
        photo,
        remarks=remarks,
        pixels=apply_orientation(photo.pixels, orientation),
        alpha=alpha,
        infrared=infrared,
        metadata=replace(
            photo.metadata, exif=block, dpi=dpi, xmp=xmp.without_orientation(told) if told else None
        ),
        jpeg=jpeg,
    )


_OTHER_INFRARED = N_("The infrared picture {name} is not used: {detail}")
_OTHER_SIZE = N_("it has {width} × {height} pixels, and the photo has others.")


def _with_infrared(photo: Photo, path: Path) -> Photo:
    """With the channel that lies beside the file, where there is one and the photo has none of its own."""
    beside = next(filter(os.path.isfile, _infrared_names(path)), None)  # False where a name is too long
    if beside is None or photo.infrared is not None or photo.pixels.shape[2] != 3:
        return photo
    try:
        with _as_user_errors(beside):
            found = _upright(_decoder(beside)(beside, None))
    except UserError as error:
        return _without_infrared(photo, beside, words_of(error))
    if (found.height, found.width) != (photo.height, photo.width):
        size = phrase(_OTHER_SIZE, width=found.width, height=found.height)
        return _without_infrared(photo, beside, size)
    plane = np.ascontiguousarray(at_depth(found.pixels[..., 0], photo.bits))
    return replace(photo, infrared=plane, infrared_beside=True)


def _without_infrared(photo: Photo, beside: Path, detail: Phrase | str) -> Photo:
    return replace(photo, remarks=(*photo.remarks, phrase(_OTHER_INFRARED, name=beside.name, detail=detail)))


def _infrared_names(path: Path) -> Iterator[Path]:
    for added in (*INFRARED_ADDED, *map(str.upper, INFRARED_ADDED)):
        for ending in dict.fromkeys((path.suffix, ".tif", ".tiff", ".png")):
            yield path.with_name(f"{path.stem}{added}{ending}")


_MAX_DPI = 65535  # what a JPEG can say; no scanner comes near


def _sane_resolution(metadata: Metadata) -> Metadata:
    """Without a resolution that only a damaged file gives, and no other file could be told."""
    if metadata.dpi and not all(0 < value <= _MAX_DPI for value in metadata.dpi):
        return replace(metadata, dpi=None)
    return metadata


# By the first 64 bytes of a file; the first that says yes decodes it.
DECODERS: list[tuple[Callable[[bytes], bool], Decoder]] = [
    (lambda head: head[:3] == b"\xff\xd8\xff", decode_jpeg),
    (lambda head: head[:8] == png_chunks.SIGNATURE, _decode_png),
    (lambda head: head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), decode_tiff),
    (
        lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP",
        pillow_decoder(WebPImagePlugin.WebPImageFile),
    ),
    (is_avif, decode_avif),
    (is_heic, decode_heic),
    (is_jxl, decode_jxl),
    (_is_bmp, pillow_decoder(BmpImagePlugin.BmpImageFile)),
]
