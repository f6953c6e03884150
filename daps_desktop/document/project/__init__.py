"""The project file, .daps: a zip with the photo or a word where it is, the marks, the versions, the view.

    manifest.json      what is inside, with the version of the format
    photo.jpg          the bytes of the original, where it is embedded; its ending is that of the file
    hole.png           the marks, one bit a pixel, white = repair
    original.hole.png  the marks on the photo outside of its frame, too, where it has one
    versions/3.png     the pixels of version 3 at its depth
    versions/3.hole.png    the mask it was made with, where one was
    versions/3.map.png     its residual map, where its run left one
    room               nothing; where pictures pack so tightly that the reader would take them for a bomb

Pictures lie in the zip as they are: they are compressed already. What is known of a version beside its
pictures is told in the same way by projects and journals.

May import: `document` below it, `jobs`, `imaging`, `base`.
"""

from daps_desktop.document.project.format import (
    EMBED_UP_TO,
    SUFFIX,
    Project,
    VersionEntry,
    ViewState,
    named_images,
    safe_suffix,
)
from daps_desktop.document.project.reader import is_project, read_original, read_project, read_versions
from daps_desktop.document.project.writer import write_project

__all__ = [
    "EMBED_UP_TO",
    "SUFFIX",
    "Project",
    "VersionEntry",
    "ViewState",
    "is_project",
    "named_images",
    "read_original",
    "read_project",
    "read_versions",
    "safe_suffix",
    "write_project",
]
