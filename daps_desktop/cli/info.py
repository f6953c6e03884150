"""`info`: what a photo says about itself, and how long it would take."""

import argparse
from pathlib import Path

from daps_desktop.analysis.noise import estimate_noise
from daps_desktop.cli.common import duration
from daps_desktop.core.photo import Photo
from daps_desktop.core.photo_reader import read_photo


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("photo", type=Path)
    parser.set_defaults(run=_info)


def _info(options: argparse.Namespace) -> int:
    photo = read_photo(options.photo)
    print(f"{'size:':<18} {photo.width} × {photo.height} pixels ({photo.megapixels:.1f} megapixels)")
    print(f"{'depth:':<18} {photo.bits} bit, {'grey' if photo.pixels.shape[2] == 1 else 'RGB'}")
    print(
        f"{'format:':<18} {photo.file_format}"
        + (f", first of {photo.pages} pages" if photo.pages > 1 else "")
    )
    print(f"{'colour profile:':<18} {_profile(photo)}")
    print(f"{'estimated noise:':<18} {estimate_noise(photo.pixels):.1f} of 255 grey levels")

    from daps_desktop.worker.forecast import expected_seconds  # imports torch

    for preset, seconds in expected_seconds(photo, ("draft", "balanced", "best")).items():
        print(f"{'time, ' + preset + ':':<18} about {duration(seconds)} for the whole photo")
    return 0


def _profile(photo: Photo) -> str:
    import io

    from PIL import ImageCms

    if photo.metadata.icc is None:
        return "none (taken for sRGB)"
    try:
        return ImageCms.getProfileDescription(
            ImageCms.ImageCmsProfile(io.BytesIO(photo.metadata.icc))
        ).strip()
    except ImageCms.PyCMSError:
        return "unreadable"
