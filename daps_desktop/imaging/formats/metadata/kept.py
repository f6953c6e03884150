"""What is kept where: the kinds of what a file says beside its pixels, by the formats that are written.

The writer goes by this table, names as lost what has no place in it, and the guide shows it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from daps_desktop.base.i18n import N_
from daps_desktop.imaging.formats.metadata import exif, iptc, xmp
from daps_desktop.imaging.formats.metadata.icc import for_colours
from daps_desktop.imaging.formats.metadata.ifd import DESCRIPTION
from daps_desktop.imaging.photo import Metadata, Photo

FORMATS = ("PNG", "TIFF", "JPEG", "WEBP")  # that are written
_SEGMENT = 65_533  # bytes that one block of metadata may have in a JPEG

Fit = Callable[[Photo], tuple[Metadata, bool]]


@dataclass(frozen=True, slots=True)
class Way:
    """How a kind comes into a file of one format: in words, and the metadata as the encoder then takes it,
    with whether all of that kind is in it."""

    words: str
    fit: Fit = lambda photo: (photo.metadata, True)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of metadata, the formats in which it is looked for, and its way into each that is written."""

    words: str
    found: tuple[str, ...]
    ways: Mapping[str, Way]


def fitted(photo: Photo, file_format: str) -> tuple[Metadata, tuple[str, ...]]:
    """The photo's metadata as a file of that format holds it, and the words of the kinds it does not hold
    all of."""
    lost: list[str] = []
    for kind in KINDS:
        metadata, whole = kind.ways[file_format].fit(photo)
        photo = replace(photo, metadata=metadata)
        lost += [] if whole else [kind.words]
    return photo.metadata, tuple(lost)


def as_words(texts: tuple[tuple[str, str], ...]) -> str:
    """Texts of a PNG for a place that holds one: a comment as it is, others behind their keyword."""
    return "\n".join(text if word == "Comment" else f"{word}: {text}" for word, text in texts)


def _texts_in_xmp(photo: Photo) -> tuple[Metadata, bool]:
    """As a caption, or where there is one already as a comment."""
    metadata, words = photo.metadata, as_words(photo.metadata.texts)
    packet = metadata.xmp
    for name in ("dc:description", "exif:UserComment"):
        if words and not xmp.says(packet, words):
            packet = xmp.with_properties(packet, {name: ("Alt", [words])})
    return replace(metadata, texts=(), xmp=packet), not words or xmp.says(packet, words)


def _texts_as_comment(photo: Photo) -> tuple[Metadata, bool]:
    fits = len(as_words(photo.metadata.texts).encode("utf-8", "replace")) <= _SEGMENT
    return (photo.metadata, True) if fits else _texts_in_xmp(photo)


def _texts_as_description(photo: Photo) -> tuple[Metadata, bool]:
    block = photo.metadata.exif
    described = block is not None and exif.parse(block).main.find((DESCRIPTION,)) is not None
    return _texts_in_xmp(photo) if described else (photo.metadata, True)


def _iptc_in_xmp(photo: Photo, keep: Callable[[bytes], bool]) -> tuple[Metadata, bool]:
    """Said in XMP; where they can be kept besides, they are."""
    metadata, records = photo.metadata, photo.metadata.iptc
    if records is None:
        return metadata, True
    packet, kept = iptc.to_xmp(records, metadata.xmp), keep(records)
    told = replace(metadata, xmp=packet, iptc=records if kept else None)
    return told, kept or iptc.all_in_xmp(records, packet)


def _iptc_in_jpeg(photo: Photo) -> tuple[Metadata, bool]:
    fits = photo.metadata.iptc is None or bool(iptc.jpeg_segment(photo.metadata.iptc))
    return (photo.metadata, True) if fits else _iptc_in_xmp(photo, keep=lambda _: False)


def _resolution_in_exif(photo: Photo) -> tuple[Metadata, bool]:
    metadata = photo.metadata
    block = exif.with_dpi(metadata.exif, metadata.dpi) if metadata.dpi else metadata.exif
    return replace(metadata, exif=block), True


def _xmp_in_jpeg(photo: Photo) -> tuple[Metadata, bool]:
    metadata = photo.metadata
    fits = metadata.xmp is None or xmp.for_jpeg(metadata.xmp) is not None
    return (metadata, True) if fits else (replace(metadata, xmp=None), False)


def _exif(photo: Photo, most: int | None = None) -> tuple[Metadata, bool]:
    """With the pixel sizes of this picture."""
    metadata, block = photo.metadata, photo.metadata.exif
    if block is None:
        return metadata, True
    if most is not None and len(block) > most:
        return replace(metadata, exif=None), False
    return replace(metadata, exif=exif.with_size(block, photo.height, photo.width)), True


def _profile(photo: Photo, coloured: bool = False) -> tuple[Metadata, bool]:
    """For grey or colours, as the pixels are, or always for colours."""
    metadata, icc = photo.metadata, photo.metadata.icc
    fits = icc and for_colours(icc, coloured or photo.pixels.shape[2] == 3)
    return replace(metadata, icc=fits or None), not icc or bool(fits)


_KEPT = Way(N_("kept"))
_IN_XMP = N_("in XMP")
_MOST = ("JPEG", "PNG", "TIFF", "WEBP", "HEIC", "AVIF", "JPEG XL")

_LOST = Way(N_("lost"), lambda photo: (photo.metadata, photo.infrared is None or photo.infrared_beside))

# In this order: what goes into XMP or EXIF does so before these are looked at, and of two captions that of
# IPTC stays one.
KINDS = (
    Kind(
        "IPTC",
        ("JPEG", "PNG", "TIFF"),
        {
            "PNG": Way(N_("kept, and in XMP"), partial(_iptc_in_xmp, keep=lambda _: True)),
            "TIFF": _KEPT,
            "JPEG": Way(N_("kept up to 64 KB, else in XMP"), _iptc_in_jpeg),
            "WEBP": Way(_IN_XMP, partial(_iptc_in_xmp, keep=lambda _: False)),
        },
    ),
    Kind(
        N_("texts"),
        ("PNG", "JPEG"),
        {
            "PNG": _KEPT,
            "TIFF": Way(N_("as description, or in XMP"), _texts_as_description),
            "JPEG": Way(N_("as comment"), _texts_as_comment),
            "WEBP": Way(_IN_XMP, _texts_in_xmp),
        },
    ),
    Kind(
        N_("resolution"),
        ("JPEG", "PNG", "TIFF", "BMP"),
        {"PNG": _KEPT, "TIFF": _KEPT, "JPEG": _KEPT, "WEBP": Way(N_("in EXIF"), _resolution_in_exif)},
    ),
    Kind("XMP", _MOST, {"PNG": _KEPT, "TIFF": _KEPT, "JPEG": Way(_KEPT.words, _xmp_in_jpeg), "WEBP": _KEPT}),
    Kind(
        "EXIF",
        _MOST,
        dict.fromkeys(FORMATS, Way(_KEPT.words, _exif))
        | {"JPEG": Way(N_("kept up to 64 KB"), partial(_exif, most=_SEGMENT - len(exif.PREFIX)))},
    ),
    Kind(
        N_("colour profile"),
        _MOST,
        dict.fromkeys(FORMATS, Way(_KEPT.words, _profile))
        | {"WEBP": Way(N_("kept, of grey as one for colours"), partial(_profile, coloured=True))},
    ),
    Kind(N_("infrared channel"), ("TIFF",), dict.fromkeys(FORMATS, _LOST) | {"TIFF": _KEPT}),
)
