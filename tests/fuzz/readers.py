"""The readers of pictures and of the program's own files, each with good files to start from."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from daps_desktop.album.album_file import read_album, revalidated, write_album
from daps_desktop.album.change_log import log_path, read_with_log
from daps_desktop.album.model import Album, AlbumItem
from daps_desktop.base.errors import UserError
from daps_desktop.base.serialization import to_jsonable
from daps_desktop.document.journal import Journal, JournalHeader, recover, unsaved_work
from daps_desktop.document.project import Project, read_original, read_project, write_project
from daps_desktop.document.sidecar import dump_sidecar, make_provenance, read_recipe, read_sidecar
from daps_desktop.imaging.formats.mask_file import read_mask, write_mask
from daps_desktop.imaging.formats.metadata.exif import with_dpi
from daps_desktop.imaging.formats.metadata.iptc import jpeg_segment
from daps_desktop.imaging.formats.metadata.xmp import joined, orientation
from daps_desktop.imaging.formats.png_codec import encode_pixels
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import encode_photo, write_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.rect import Rect
from daps_desktop.jobs.damage import Downsampling, Fading, JpegCompression, KernelBlur, MotionBlur, Noise
from daps_desktop.jobs.recipe import Recipe, dump_recipe
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from tests.document.test_project import RECIPE, project_in
from tests.document.test_sidecar import REPORT
from tests.imaging.photo_files import (
    all_kinds,
    by_pillow,
    by_two_lenses,
    exif_block,
    palette_tiff,
    photo,
    picture,
    tiff_pages,
)

_SMALL = 100_000  # pixels of a photo that is also written again


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads one kind of file.

    `prepare` puts what belongs beside it into a folder and returns good files; `read` is given the folder
    and a damaged one, and ends in a good object or in a UserError.
    """

    name: str
    prepare: Callable[[Path], list[bytes]]
    read: Callable[[Path, bytes], object]
    quiet: bool = True  # whether nothing may be said on the standard error


def put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


# Pictures


def _of_kind(name: str) -> Callable[[Path], list[bytes]]:
    ending = {"jpeg": ".jpg", "png": ".png", "webp": ".webp", "tiff": ".tif"}.get(name)

    def prepare(_: Path) -> list[bytes]:
        files = [data for kind, data in all_kinds().items() if kind.split()[0] == name]
        shapes = [(1, 8, False), (3, 16, True), (3, 8, True)] if ending else []
        files += [by_two_lenses()] if name == "jpeg" else []
        files += _several_and_palettes() if name == "tiff" else []
        return files + [encode_photo(photo(*shape), Path(f"x{ending}")) for shape in shapes]

    return prepare


def _several_and_palettes() -> list[bytes]:
    index, ramp = picture(channels=1)[..., 0], np.arange(256)
    palettes = [
        palette_tiff(index >> (8 - bits), np.stack([ramp[: 1 << bits]] * 3), bits) for bits in (1, 2, 4, 8)
    ]
    return [
        *palettes,
        tiff_pages((20, 30, 1), (40, 60, 0), (40, 50, 0)),
        tiff_pages((20, 30, 1), below=(40, 60)),
    ]


def _other_pictures(_: Path) -> list[bytes]:
    """Of kinds that are not read, to be refused and not handed to some decoder."""
    image = Image.fromarray(picture())
    kinds = ("GIF", "PPM", "TGA", "ICO", "PCX", "SGI", "EPS", "JPEG2000", "DDS")
    return [by_pillow(kind, image.convert("P") if kind == "GIF" else image) for kind in kinds]


def _read_picture(folder: Path, data: bytes) -> object:
    return _sound(read_photo(put(folder / "photo.jpg", data)))


def _sound(photo: Photo) -> Photo:
    """A photo keeps its promises and can be saved with all that came along."""
    height, width, channels = photo.pixels.shape
    assert height > 0 and width > 0 and channels in (1, 3), photo.pixels.shape
    assert photo.pixels.dtype in (np.uint8, np.uint16), photo.pixels.dtype
    assert photo.alpha is None or photo.alpha.shape == (height, width)
    if height * width < _SMALL:
        ending = (".png", ".tif", ".jpg", ".webp")[(height + width + len(photo.metadata.exif or b"")) % 4]
        _saved(photo, ending)
    return photo


def _saved(photo: Photo, ending: str) -> None:
    try:
        encode_photo(photo, Path(f"x{ending}"))
    except UserError as error:
        assert error.code == "save_failed", error.code  # a side that the format cannot have


def _exif_blocks(_: Path) -> list[bytes]:
    """As a camera writes it, big-endian, and as this program does for a TIFF, little-endian."""
    written = with_dpi(None, (300.0, 240.0))
    return [exif_block(6), written]


def _read_exif(folder: Path, data: bytes) -> object:
    """The block in a JPEG or a PNG, read, and carried into every format there is."""
    carrier = "PNG" if len(data) > 60_000 or data[-1:] < b"\x60" else "JPEG"
    file = put(folder / "photo", by_pillow(carrier, exif=b"Exif\0\0" + data))
    found = read_photo(file)
    for ending in (".png", ".tif", ".jpg", ".webp"):
        _saved(found, ending)
    return found


def _profiles(_: Path) -> list[bytes]:
    return [found for grey in (1, 3) if (found := photo(grey).metadata.icc)]


def _read_profile(folder: Path, data: bytes) -> object:
    """The profile next to colours, and next to inks, where it is worked with."""
    inks = Image.fromarray(picture()).convert("CMYK")
    _sound(read_photo(put(folder / "photo", by_pillow("PNG", icc_profile=data))))
    return _sound(read_photo(put(folder / "photo", by_pillow("JPEG", inks, icc_profile=data[:60_000]))))


def _captions(_: Path) -> list[bytes]:
    return [jpeg_segment(b"\x1c\x02\x78\0\x05Hello\x1c\x02\x50\0\x04Anna")[4:]]


def _read_caption(folder: Path, data: bytes) -> object:
    jpeg = by_pillow("JPEG")
    segment = b"\xff\xed" + (min(len(data), 65_000) + 2).to_bytes(2) + data[:65_000]
    return _sound(read_photo(put(folder / "photo", jpeg[:2] + segment + jpeg[2:])))


def _packets(_: Path) -> list[bytes]:
    """Turned, with a film behind the photo, in both forms and with words elsewhere."""
    head = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    tiff = 'xmlns:tiff="http://ns.adobe.com/tiff/1.0/"'
    said = (
        f'<rdf:Description {tiff} tiff:Orientation="6" GCamera:MotionPhoto="1" xmpNote:HasExtendedXMP="A0"/>',
        f"<rdf:Description {tiff}><tiff:Orientation>6</tiff:Orientation><Container:Directory/>"
        "<Container:Directory><rdf:Seq/></Container:Directory><dc:title>A</dc:title></rdf:Description>",
    )
    return [f"{head}{each}</rdf:RDF></x:xmpmeta>".encode() for each in said]


def _read_packet(folder: Path, data: bytes) -> object:
    """The packet in a JPEG, joined to itself, with captions and texts that want to be in it."""
    whole = joined(data, data)[:60_000]
    found = read_photo(put(folder / "photo", by_pillow("JPEG", xmp=whole, comment="Summer")))
    upright = found.metadata.xmp
    assert upright is None or orientation(upright) in (None, 1)
    captioned = replace(found.metadata, iptc=b"\x1c\x02\x78\0\x05Hello", xmp=(upright or b"") * 9)
    for ending in (".png", ".jpg", ".webp"):
        _saved(replace(found, metadata=captioned), ending)
    return found


def _masks(folder: Path) -> list[bytes]:
    write_photo(photo(), folder / "photo.png", overwrite=True)
    write_mask(picture()[..., 0] > 128, folder / "mask.png", overwrite=True)
    soft = [by_pillow(kind, Image.fromarray(picture()[..., 0])) for kind in ("JPEG", "TIFF", "WEBP", "BMP")]
    return [(folder / "mask.png").read_bytes(), *soft]


def _read_mask(folder: Path, data: bytes) -> object:
    whole = Photo(picture())
    mask = read_mask(put(folder / "mask.jpg", data), whole)
    assert mask.shape == whole.pixels.shape[:2] and mask.dtype == np.bool_
    return mask


# Our own


def _projects(folder: Path) -> list[bytes]:
    project = project_in(folder)
    for name, embed in (("inside", True), ("outside", False)):
        write_project(project, folder / f"{name}.daps", embed=embed, overwrite=True)
    return [(folder / f"{name}.daps").read_bytes() for name in ("inside", "outside")]


def _read_project(folder: Path, data: bytes) -> object:
    path = put(folder / "work.daps", data)
    read_original(path, folder / "original")
    (folder / "original").unlink(missing_ok=True)
    return _whole(read_project(path))


def _whole(project: Project) -> Project:
    assert project.mask.shape == project.photo.pixels.shape[:2] and project.mask.dtype == np.bool_
    for version in project.versions:
        assert version.mask is None or version.mask.shape == project.mask.shape
        assert version.photo.height % project.photo.height == 0
    _sound(project.photo)
    return project


def _journals(folder: Path) -> list[bytes]:
    project = project_in(folder)
    height, width, _ = project.photo.pixels.shape
    journal = Journal.create(folder / "kept", JournalHeader(project.source, height, width))
    journal.keep_photo(project.photo, project.source, None)
    journal.patch(Rect(0, 0, height, width), project.mask)
    journal.strokes(1)
    journal.recipe(project.recipe)
    for version in project.versions:
        journal.version(version, project.photo)
    journal.close()
    journal.folder.rename(folder / "kept" / "one")
    return [(folder / "kept" / "one" / "journal").read_bytes()]


def _read_journal(folder: Path, data: bytes) -> object:
    """As at a start of the program: looked for, then recovered, whether it was offered or not."""
    shutil.rmtree(folder / "journals", ignore_errors=True)
    shutil.copytree(folder / "kept", folder / "journals")
    put(folder / "journals" / "one" / "journal", data)
    unsaved_work(folder / "journals")
    return _whole(recover(folder / "journals" / "one").project)


def _recipes(_: Path) -> list[bytes]:
    many = Task((MotionBlur(9, 30), Downsampling(2), JpegCompression(40), Fading(0.5), Noise()))
    exact = SolverSettings(
        preset="best", method="diffpir", output="sample", noise=4.5, prior="photo-fast", tile=128
    )
    blurred = Recipe(Task((KernelBlur("shake.png", encode_pixels(photo())),)))
    return [dump_recipe(recipe).encode() for recipe in (RECIPE, Recipe(many, exact), Recipe(), blurred)]


def _read_recipe(folder: Path, data: bytes) -> object:
    recipe = read_recipe(put(folder / "recipe.json", data))
    assert recipe == Recipe.from_json(json.loads(dump_recipe(recipe)))
    return recipe


def _sidecars(folder: Path) -> list[bytes]:
    project = project_in(folder)
    versions = [make_provenance(project.photo, version, "cd" * 32) for version in project.versions]
    versions.append(replace(versions[0], report=REPORT))
    return [dump_sidecar(version) for version in versions]


def _read_sidecar(folder: Path, data: bytes) -> object:
    told = read_sidecar(put(folder / "photo.daps.json", data))
    assert told.mask is None or told.mask.dtype == np.bool_
    dump_sidecar(told)
    return told.repeated() if told.report else told


def _albums(folder: Path) -> list[bytes]:
    write_photo(photo(), folder / "one.png", overwrite=True)
    rows = (
        AlbumItem(
            str(folder / "one.png"), "done", str(folder / "out.png"), "ab" * 32, "cd" * 32, "file",
            "good", 1.02, 0.01, 3.5,
        ),
        AlbumItem(str(folder / "two.png"), "failed", reason="It is not there."),
        AlbumItem(str(folder / "three.png")),
    )  # fmt: skip
    write_album(Album(RECIPE, folder=str(folder), rows=rows), folder / "album.json")
    return [(folder / "album.json").read_bytes()]


def _album_steps(folder: Path) -> list[bytes]:
    _albums(folder)
    album = read_album(folder / "album.json")
    return [b"".join(json.dumps(to_jsonable(row)).encode() + b"\n" for row in album.rows)]


def _read_album_steps(folder: Path, data: bytes) -> object:
    put(log_path(folder / "album.json"), data)
    return revalidated(read_with_log(folder / "album.json"))


def _read_album(folder: Path, data: bytes) -> object:
    return revalidated(read_album(put(folder / "album.json", data)))


CORE: tuple[Reader, ...] = (
    *(
        Reader(f"photo {kind}", _of_kind(kind), _read_picture)
        for kind in ("jpeg", "png", "tiff", "webp", "avif", "heic", "jxl", "bmp")
    ),
    Reader("photo of another kind", _other_pictures, _read_picture),
    Reader("EXIF", _exif_blocks, _read_exif),
    Reader("colour profile", _profiles, _read_profile),
    Reader("IPTC", _captions, _read_caption),
    Reader("XMP", _packets, _read_packet),
    Reader("mask", _masks, _read_mask),
    Reader("project", _projects, _read_project),
    Reader("journal", _journals, _read_journal),
    Reader("recipe", _recipes, _read_recipe),
    Reader("sidecar", _sidecars, _read_sidecar),
    Reader("album", _albums, _read_album),
    Reader("steps of an album", _album_steps, _read_album_steps),
)
