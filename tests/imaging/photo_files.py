"""Small photos and their files in every format, for the tests of reading and writing."""

import io
import struct
import zlib

import imagecodecs
import numpy as np
import pillow_heif
import tifffile
from numpy.typing import NDArray
from PIL import Image

from daps_desktop.imaging.formats.metadata.icc import srgb_profile
from daps_desktop.imaging.photo import Metadata, Photo

XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF/></x:xmpmeta>'
GREY_ICC = srgb_profile()[:16] + b"GRAY" + srgb_profile()[20:]


def picture(height: int = 40, width: int = 50, channels: int = 3, bits: int = 8) -> NDArray[np.uint16]:
    """A slope with noise, so that every bit of every value is in use; the same each time."""
    rng = np.random.default_rng(7)
    slope = np.add.outer(np.arange(height) / height, np.arange(width) / width)[..., None] / 2
    values = np.clip(slope + rng.normal(0, 0.02, (height, width, channels)), 0, 1) * ((1 << bits) - 1)
    return values.round().astype(np.uint8 if bits == 8 else np.uint16)


def exif_block(orientation: int = 1, width: int = 50, height: int = 40) -> bytes:
    """As a camera writes it: big-endian, with sizes, a place on the earth and a copyright."""
    exif = Image.Exif()
    exif.endian = ">"
    exif[0x0112] = orientation
    exif[0x010F] = "Maker of cameras"
    exif[0x8298] = "Copyright of a photographer"
    exif.get_ifd(0x8769).update({0xA002: width, 0xA003: height, 0x9003: "1999:12:31 23:59:59"})
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 30.0)})
    return exif.tobytes().removeprefix(b"Exif\0\0")


def full_metadata(channels: int = 3) -> Metadata:
    return Metadata(srgb_profile() if channels == 3 else GREY_ICC, exif_block(), XMP, (300.0, 240.0))


def photo(channels: int = 3, bits: int = 8, alpha: bool = False) -> Photo:
    transparency = picture(channels=1, bits=bits)[::-1, ::-1, 0].copy() if alpha else None
    return Photo(picture(channels=channels, bits=bits), transparency, full_metadata(channels))


def by_pillow(file_format: str, image: Image.Image | None = None, **options: object) -> bytes:
    file = io.BytesIO()
    (image or Image.fromarray(picture())).save(file, file_format, **options)
    return file.getvalue()


def by_two_lenses(*, together: bool = True) -> bytes:
    """A JPEG with its negative behind it, which the file says to be as good as the first, or a map of it."""
    rest = [Image.fromarray(255 - picture())]
    data = bytearray(by_pillow("MPO", save_all=True, append_images=rest))
    first = data.index(b"2" + bytes(9) + b"\x03\0") + 8  # behind where the table points to and ends
    struct.pack_into("<I", data, first + 16, 0x020002 if together else 0)
    return bytes(data)


def by_tifffile(array: NDArray[np.generic], **options: object) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, array, **options)
    return file.getvalue()


def palette_tiff(index: NDArray[np.uint8], colours: NDArray[np.int_], bits: int) -> bytes:
    """(H, W) indices into (3, 2 ** bits) colours of 8 bits."""
    height, width = index.shape
    single = (index[..., None] >> np.arange(bits)[::-1] & 1).astype(np.uint8)
    packed = np.packbits(single.reshape(height, -1), axis=1)
    entries = (
        (256, width), (257, height), (258, bits), (259, 1), (262, 3), (273, 8), (277, 1), (278, height),
        (279, packed.size),
    )  # fmt: skip
    table = b"".join(struct.pack("<HHII", tag, 4 if tag in (273, 279) else 3, 1, v) for tag, v in entries)
    at = 8 + packed.size + 2 + 12 * (len(entries) + 1) + 4
    table += struct.pack("<HHII", 320, 3, colours.size, at)
    data = b"II*\0" + struct.pack("<I", 8 + packed.size) + packed.tobytes()
    data += struct.pack("<H", len(entries) + 1) + table + b"\0\0\0\0"
    return data + (colours * 257).astype("<u2").tobytes()


def tiff_pages(*pictures: tuple[int, int, int], below: tuple[int, int] | None = None) -> bytes:
    """Grey pages by height, width and NewSubfileType, valued by number; `below` hangs below the first."""
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for number, (height, width, kind) in enumerate(pictures):
            first = number == 0 and below is not None
            writer.write(
                np.full((height, width), number, np.uint8),
                subfiletype=kind,
                metadata=None,
                subifds=int(first),
            )
            if first:
                writer.write(np.full(below, 99, np.uint8), metadata=None)
    return file.getvalue()


def by_libheif(*pictures: NDArray[np.generic], **options: object) -> bytes:
    """A HEIC of (H, W), (H, W, 3) or (H, W, 4) pictures; those of 16 bits are kept in 10."""
    heif = pillow_heif.HeifFile()
    for array in pictures:
        mode = {2: "L", 3: "RGB"}[array.ndim] if array.shape[-1] != 4 else "RGBA"
        mode += ";16" if array.dtype == np.uint16 else ""
        heif.add_frombytes(mode, (array.shape[1], array.shape[0]), np.ascontiguousarray(array).tobytes())
    file = io.BytesIO()
    heif.save(file, quality=95, **options)
    return file.getvalue()


def in_jxl_boxes(codestream: bytes, **contents: bytes) -> bytes:
    """A JPEG XL file with boxes beside the picture; `xml` stands for "xml "."""
    told = {b"ftyp": b"jxl \0\0\0\0jxl ", **{name.ljust(4).encode(): said for name, said in contents.items()}}
    boxes = (*told.items(), (b"jxlc", bytes(codestream)))
    head = b"\0\0\0\x0cJXL \r\n\x87\n"
    return head + b"".join(struct.pack(">I", 8 + len(said)) + kind + said for kind, said in boxes)


def all_kinds() -> dict[str, bytes]:
    """One small file of each kind that is read."""
    rgb, rgb16 = picture(), picture(bits=16)
    image = Image.fromarray(rgb)
    exif = b"Exif\0\0" + exif_block(6)
    return {
        "jpeg": by_pillow("JPEG", exif=exif),
        "jpeg progressive": by_pillow("JPEG", progressive=True),
        "jpeg cmyk": by_pillow("JPEG", image.convert("CMYK")),
        "png": by_pillow("PNG", exif=exif),
        "png palette": by_pillow("PNG", image.convert("P")),
        "png 16": bytes(imagecodecs.png_encode(rgb16)),
        "webp": by_pillow("WEBP", exif=exif),
        "webp lossless": by_pillow("WEBP", lossless=True),
        "avif": by_pillow("AVIF", exif=exif),
        "heic": by_libheif(rgb, exif=exif),
        "heic 16": by_libheif(rgb16),
        "jxl": in_jxl_boxes(imagecodecs.jpegxl_encode(rgb, lossless=True), Exif=bytes(4) + exif[6:]),
        "jxl of a jpeg": bytes(imagecodecs.jpegxl_encode_jpeg(by_pillow("JPEG", exif=exif))),
        "bmp": by_pillow("BMP"),
        "bmp palette": by_pillow("BMP", image.convert("P")),
        "tiff": by_tifffile(rgb, photometric="rgb"),
        "tiff big-endian 16": by_tifffile(rgb16, photometric="rgb", byteorder=">"),
        "tiff bigtiff": by_tifffile(rgb, photometric="rgb", bigtiff=True),
        "tiff lzw 16": by_tifffile(rgb16, photometric="rgb", compression="lzw", predictor=2),
        "tiff deflate": by_tifffile(rgb, photometric="rgb", compression="zlib"),
        "tiff jpeg": by_tifffile(rgb, photometric="rgb", compression="jpeg"),
        "tiff packbits": by_tifffile(rgb, photometric="rgb", compression="packbits"),
        "tiff planes": by_tifffile(
            np.moveaxis(rgb, -1, 0).copy(), photometric="rgb", planarconfig="separate"
        ),
        "tiff tiles": by_tifffile(rgb, photometric="rgb", tile=(16, 16)),
        "tiff float": by_tifffile((rgb / np.float32(255)), photometric="rgb"),
        "tiff fax": by_pillow("TIFF", Image.fromarray(rgb[..., 0]).convert("1"), compression="group4"),
    }


def png_header(width: int, height: int) -> bytes:
    """A PNG that says its size and has next to nothing behind it."""
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    body = b"IHDR" + header
    checksum = zlib.crc32(body)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", checksum) + b"\0" * 40
