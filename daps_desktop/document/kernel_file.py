"""The picture of a blur that a task names by its file, read into the task: a request needs no file."""

from dataclasses import replace
from pathlib import Path

from daps_desktop.base.errors import UserError
from daps_desktop.imaging.formats.png_codec import encode_pixels
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage import MAX_KERNEL_BYTES, KernelBlur
from daps_desktop.jobs.task import Task


def with_kernel_read(task: Task) -> Task:
    """The task with the picture in it, its folder forgotten; nothing is read twice.

    A file that cannot be read, or is not a small picture, is left for the engine to refuse, with a reason.
    """
    return Task(tuple(_read(d) if isinstance(d, KernelBlur) and not d.picture else d for d in task.damages))


def _read(kernel: KernelBlur) -> KernelBlur:
    path = Path(kernel.file)
    try:
        image = encode_pixels(Photo(read_photo(path).pixels))
    except UserError:
        return kernel
    return replace(kernel, file=path.name, picture=image) if len(image) <= MAX_KERNEL_BYTES else kernel
