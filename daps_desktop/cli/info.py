"""`info`: what a photo says about itself, and how long it would take."""

import argparse
from typing import Any

from daps_desktop.analysis.diagnosis import diagnose, is_faded
from daps_desktop.base.i18n import tr
from daps_desktop.base.serialization import dump_json
from daps_desktop.cli.common import add_photo, expected_duration, read_asked_photo, table
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.noise_model import NoiseModel
from daps_desktop.imaging.profile.photo_profile import PhotoProfile
from daps_desktop.jobs.requests import QUALITIES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_photo(parser)
    parser.add_argument("--json", action="store_true", help=tr("as JSON, for programs"))
    parser.set_defaults(run=_info)


def _info(options: argparse.Namespace) -> int:
    from daps_desktop.engine.handlers.profile import examine  # imports torch
    from daps_desktop.restoration.progress import ProgressReporter

    photo = read_asked_photo(options)
    profile = examine(photo, ProgressReporter())
    if options.json:
        print(dump_json(_facts(photo, profile)).decode())
    else:
        rows = _properties(photo), _measured(profile), diagnosis_rows(profile), _times(photo, profile)
        print(table([row for part in rows for row in part]))
    return 0


def _facts(photo: Photo, profile: PhotoProfile) -> dict[str, Any]:
    """Scripts read these names, so they stay. None: it cannot be told."""
    return {
        "width": photo.width,
        "height": photo.height,
        "bits": photo.bits,
        "channels": photo.pixels.shape[2],
        "format": photo.file_format,
        "pages": photo.pages,
        "noise_level": profile.noise.level,
        "noise_correlation": profile.noise.correlation,
        "screen_level": profile.noise.screen_level,
        "screen_period": profile.noise.screen_period if profile.noise.screen_level else None,
        "streak_level": profile.noise.streak_level,
        "toned": profile.toned,
        "grey": profile.grey,
        "blur_sigma": profile.blur_sigma,
        "jpeg_quality": profile.jpeg_quality,
        "faded": is_faded(profile),
        "damage": [suggestion.damage.name for suggestion in diagnose(profile).suggestions],
        "seconds": _expected_seconds(photo, profile),
    }


def _properties(photo: Photo) -> tuple[tuple[str, str], ...]:
    size = tr("{width} × {height} pixels ({megapixels:.1f} megapixels)")
    depth = tr("{bits} bit, grey") if photo.pixels.shape[2] == 1 else tr("{bits} bit, RGB")
    kind = photo.file_format
    if photo.pages > 1:
        kind = tr("{format}, page {page} of {pages}").format(format=kind, page=photo.page, pages=photo.pages)
    return (
        (tr("size"), size.format(width=photo.width, height=photo.height, megapixels=photo.megapixels)),
        (tr("depth"), depth.format(bits=photo.bits)),
        (tr("format"), kind),
        (tr("colour profile"), _colour_profile(photo)),
    )


def _measured(profile: PhotoProfile) -> tuple[tuple[str, str], ...]:
    noise, blur, fading = profile.noise, profile.blur_sigma, profile.fading
    level, alike = tr("{noise:.1f} of 255 grey levels"), tr("{correlation:.2f} between neighbouring pixels")
    soft = tr("cannot be told") if blur is None else tr("{size:.1f} pixels").format(size=blur)
    tones = tr("{contrast:.0%} of the range from black to white")
    return (
        (tr("estimated noise"), level.format(noise=noise.level)),
        (tr("its correlation"), alike.format(correlation=noise.correlation)),
        (tr("printed dots"), _dots(noise)),
        (tr("scanner streaks"), level.format(noise=noise.streak_level) if noise.streak_level else tr("none")),
        (tr("softness"), soft),
        (tr("JPEG quality"), _quality(profile)),
        (tr("colours"), _colours(profile)),
        (tr("tones"), tones.format(contrast=fading.contrast)),
        (tr("yellowing"), _yellowing(profile)),
    )


def _colours(profile: PhotoProfile) -> str:
    if profile.grey:
        return tr("none")
    return tr("one for each brightness, as in sepia") if profile.toned else tr("there are some")


def _yellowing(profile: PhotoProfile) -> str:
    fading = profile.fading
    if profile.toned or not fading.yellow:
        return tr("none")
    return tr("what should be grey lacks {share:.0%} of its blue").format(share=min(fading.cast, 1.0))


def _dots(noise: NoiseModel) -> str:
    if not noise.screen_level:
        return tr("none")
    words = tr("every {size:.1f} pixels, {noise:.1f} of 255 grey levels")
    return words.format(size=noise.screen_period, noise=noise.screen_level)


def _quality(profile: PhotoProfile) -> str:
    if profile.jpeg_quality is None:
        return tr("no traces of JPEG")
    words = (
        tr("{quality} of 100, by its file") if profile.jpeg_from_file else tr("{quality} of 100, by traces")
    )
    return words.format(quality=profile.jpeg_quality)


def diagnosis_rows(profile: PhotoProfile) -> list[tuple[str, str]]:
    """What shows in the photo, the clearest first, each with its reason."""
    findings = diagnose(profile)
    lines = [(suggestion.damage.name, str(suggestion.reason)) for suggestion in findings.suggestions]
    if findings.remark is not None:
        lines.append((tr("damage"), str(findings.remark)))
    return lines


def _times(photo: Photo, profile: PhotoProfile) -> list[tuple[str, str]]:
    words = tr("{time} for the whole photo")
    return [
        (tr("time, {preset}").format(preset=preset), words.format(time=expected_duration(seconds)))
        for preset, seconds in _expected_seconds(photo, profile).items()
    ]


def _expected_seconds(photo: Photo, profile: PhotoProfile) -> dict[str, float]:
    from daps_desktop.engine.handlers.estimate import expected_seconds  # imports torch

    return {**expected_seconds(photo, profile.noise, QUALITIES)}


def _colour_profile(photo: Photo) -> str:
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
