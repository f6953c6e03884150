"""`info`: what a photo says about itself, and how long it would take."""

import argparse
from pathlib import Path

from daps_desktop.analysis.diagnosis import diagnose, needs_restoring
from daps_desktop.analysis.noise import estimate_noise
from daps_desktop.base.i18n import tr
from daps_desktop.cli.common import duration, table
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.requests import QUALITIES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("photo", type=Path)
    parser.set_defaults(run=_info)


def _info(options: argparse.Namespace) -> int:
    photo = read_photo(options.photo)
    print(table((*_properties(photo), *diagnosis_rows(photo), *_times(photo))))
    return 0


def _properties(photo: Photo) -> tuple[tuple[str, str], ...]:
    size = tr("{width} × {height} pixels ({megapixels:.1f} megapixels)")
    depth = tr("{bits} bit, grey") if photo.pixels.shape[2] == 1 else tr("{bits} bit, RGB")
    kind = photo.file_format
    if photo.pages > 1:
        kind = tr("{format}, first of {pages} pages").format(format=kind, pages=photo.pages)
    noise = tr("{noise:.1f} of 255 grey levels").format(noise=estimate_noise(photo.pixels))
    return (
        (tr("size"), size.format(width=photo.width, height=photo.height, megapixels=photo.megapixels)),
        (tr("depth"), depth.format(bits=photo.bits)),
        (tr("format"), kind),
        (tr("colour profile"), _profile(photo)),
        (tr("estimated noise"), noise),
    )


def diagnosis_rows(photo: Photo) -> list[tuple[str, str]]:
    """What shows in the photo, the clearest first, each with its reason."""
    findings = diagnose(photo)
    lines = [(suggestion.damage.name, str(suggestion.reason)) for suggestion in findings.suggestions]
    if not needs_restoring(findings):
        lines.append((tr("damage"), tr("none shows: restoring it may take away real detail")))
    return lines


def _times(photo: Photo) -> list[tuple[str, str]]:
    from daps_desktop.engine.handlers.estimate import expected_seconds  # imports torch

    times = expected_seconds(photo, QUALITIES)
    words = tr("about {time} for the whole photo")
    return [
        (tr("time, {preset}").format(preset=preset), words.format(time=duration(seconds)))
        for preset, seconds in times.items()
    ]


def _profile(photo: Photo) -> str:
    import io

    from PIL import ImageCms

    if photo.metadata.icc is None:
        return tr("none (taken for sRGB)")
    try:
        return ImageCms.getProfileDescription(
            ImageCms.ImageCmsProfile(io.BytesIO(photo.metadata.icc))
        ).strip()
    except (ImageCms.PyCMSError, OSError):
        return tr("unreadable")
