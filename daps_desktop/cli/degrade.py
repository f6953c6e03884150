"""`degrade`: the same damage applied forwards, for trials."""

import argparse

from daps_desktop.base.i18n import tr
from daps_desktop.cli.common import add_files, read_asked_photo, task_from_options, write_result
from daps_desktop.imaging.formats.mask_file import read_mask
from daps_desktop.imaging.formats.writer import check_target
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.settings import SolverSettings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_files(parser)
    parser.add_argument("--noise", type=float, default=0.0, metavar="SIGMA", help=tr("grey levels of 0-255"))
    parser.set_defaults(run=_degrade)


def _degrade(options: argparse.Namespace) -> int:
    import torch  # takes seconds; see the package

    from daps_desktop.restoration.degrade import degrade
    from daps_desktop.solver.operators import known_mask_of
    from daps_desktop.solver.tensors import GREY_LEVELS_PER_UNIT, to_pixels, to_tensor

    SolverSettings(noise=options.noise, seed=options.seed)  # raises where one of them is out of range
    photo = read_asked_photo(options)
    task = task_from_options(options, marked=options.mask is not None)
    # A mask is of the size of what comes out, as for the restoration of that.
    size = _smaller(photo, task.scale)
    mask = read_mask(options.mask, size, inverted=options.inverted) if options.mask else None
    task.check_mask(mask is not None)
    check_target(options.out, options.photo, options.force > 0, options.force > 1)
    rng = torch.Generator().manual_seed(options.seed)
    known_mask = None if mask is None else known_mask_of(mask)
    y = degrade(task, to_tensor(photo.pixels), known_mask, options.noise / GREY_LEVELS_PER_UNIT, rng)
    channels = 1 if y.shape[1] == 1 else photo.pixels.shape[2]
    damaged = Photo(to_pixels(y, photo.pixels.dtype, channels), metadata=photo.metadata)
    write_result(damaged, options)
    return 0


def _smaller(photo: Photo, factor: int) -> Photo:
    """A photo of the size that shrinking leaves; its pixels stand for nothing."""
    height, width = photo.height // factor, photo.width // factor
    return Photo(photo.pixels[:height, :width])
