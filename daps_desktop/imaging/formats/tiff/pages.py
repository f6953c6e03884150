"""The pages of a TIFF file: which of them are photos of their own."""

from collections.abc import Iterator
from typing import Any

from tifffile import TiffFile, TiffPage

from daps_desktop.base.i18n import N_, phrase

_REDUCED, _MASK = 1, 4  # bits of NewSubfileType
_DNG_VERSION = 50706
_MAX_DIRECTORIES = 1000
_SAME_SHAPE = 0.1  # how far the sides of a small copy may be rounded


def photos(tiff: TiffFile) -> list[TiffPage]:
    """The pages that are photos of their own, and not small copies or masks of others.

    Why sizes count besides what the pages say: some programs write a preview as a page like any other.
    Raises: NotImplementedError for a camera's raw file.
    """
    found = list(_directories(tiff))
    if found and _DNG_VERSION in found[0].tags:
        raise NotImplementedError(phrase(N_("it is a camera's raw file")))
    own = [page for page in found if not page.subfiletype & (_REDUCED | _MASK)] or found
    largest = max(own, key=_area, default=None)
    return [page for page in own if page is largest or not _is_copy(page, largest)]


def _directories(tiff: TiffFile) -> Iterator[TiffPage]:
    """All pages and what hangs below them; a chain that bites its tail ends."""
    seen: set[int] = set()
    for page in tiff.pages:
        if page.offset in seen or len(seen) > _MAX_DIRECTORIES:
            return
        seen.add(page.offset)
        if not isinstance(page, TiffPage):
            continue
        yield page
        for below in (page.pages or ()) if page.subifds else ():
            if isinstance(below, TiffPage) and below.offset not in seen and len(seen) <= _MAX_DIRECTORIES:
                seen.add(below.offset)
                yield below


def _area(page: TiffPage) -> int:
    sizes: list[Any] = [page.imagelength, page.imagewidth]  # of a damaged file also lists
    return sizes[0] * sizes[1] if all(isinstance(size, int) for size in sizes) else 0


def _is_copy(page: TiffPage, largest: TiffPage | None) -> bool:
    """Whether a page is at most half as long and wide as the largest, and of its shape."""
    if largest is None or not _area(page) or not _area(largest):
        return False
    down, across = largest.imagelength / page.imagelength, largest.imagewidth / page.imagewidth
    return min(down, across) >= 2 and abs(down / across - 1) < _SAME_SHAPE
