"""What is wrong with a photo as far as its profile says so: suggestions, each with its reason."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce

from daps_desktop.base.i18n import N_, Phrase, phrase
from daps_desktop.imaging.profile.noise_model import NoiseModel
from daps_desktop.imaging.profile.photo_profile import PhotoProfile
from daps_desktop.jobs.damage import (
    Damage,
    Fading,
    GaussianBlur,
    Greyscale,
    JpegCompression,
    MissingPixels,
    Noise,
)
from daps_desktop.jobs.damage_traits import TRAITS, conflict
from daps_desktop.jobs.task import Task

# From where on something shows, and from where on it is beyond doubt.
_NOISY, _VERY_NOISY = 6.0, 14.0  # grey levels
_BLURRED, _VERY_BLURRED = 1.2, 2.5  # pixels: a photo of 0.8 is sharp, and a quarter of a pixel is doubt
_DOTTED, _VERY_DOTTED = 1.0, 8.0  # grey levels: dots and streaks are seen sooner than noise
_STREAKY, _VERY_STREAKY = 1.0, 6.0
_COARSE, _VERY_COARSE = 70, 20  # JPEG quality below which blocks are seen
_PALE, _VERY_PALE = 0.35, 0.2  # contrast below, as fog has more,
_FADED, _LIFTED = 0.64, 0.05  # or this and a black above, where there is a cast
_CAST, _STRONG_CAST = 0.15, 0.6  # of what should be grey,
_OF_SCENE = 0.65  # above, the colour is that of the scene: a canyon, the sea, a blue sky,
_SHARED = 0.8  # and the share of the photo that has its part of it
_SCRATCHED, _VERY_SCRATCHED = 2, 12  # places: a single one may be a wire
# Below, a photo is clean and sharp.
_GRAINY = 2.0  # grey levels
_SOFT = 0.8  # pixels

CLEAN = N_("This photo already looks sharp and clean. Restoring it may take away real detail.")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One damage with the value found, why, and how clearly it shows: 0 hardly to 1 beyond doubt."""

    damage: Damage
    reason: Phrase
    strength: float


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Suggestions, the clearest first; `remark` is what there is to say where nothing needs restoring."""

    suggestions: tuple[Suggestion, ...]
    remark: Phrase | None


def diagnose(profile: PhotoProfile) -> Diagnosis:
    """What shows in the photo. Colouring one would be a wish and not a repair, and leaves the remark."""
    found = [suggestion for estimate in ESTIMATES.values() if (suggestion := estimate(profile))]
    ranked = tuple(sorted(found, key=lambda suggestion: -suggestion.strength))
    damaged = any(not TRAITS[type(suggestion.damage)].adds_colour for suggestion in ranked)
    return Diagnosis(ranked, None if damaged else _remark(profile))


def suggested_task(profile: PhotoProfile, places: int | None = None) -> Task:
    """All that shows in the photo and is a repair; of two that exclude each other the clearer.

    `places`: how many look damaged by a search of the whole photo; None: as the profile says, at a glance.
    """
    damages: list[Damage] = [MissingPixels()] if places else []
    for suggestion in diagnose(profile).suggestions:
        kind = type(suggestion.damage)
        if kind is MissingPixels and places is not None:
            continue
        if not TRAITS[kind].adds_colour and not any(conflict(kind, type(other)) for other in damages):
            damages.append(suggestion.damage)
    return Task(tuple(damages))


def _remark(profile: PhotoProfile) -> Phrase:
    """That a photo is clean is said only where everything was looked at and nothing found."""
    seen = list(_slight(profile))
    if len(seen) > 1:
        return phrase(N_("{one}; {other}"), one=seen[0], other=seen[1])
    if seen:
        return seen[0]
    quiet = profile.places is not None and profile.places.keenest == 0
    return phrase(CLEAN if quiet and profile.blur_sigma is not None else N_("Nothing stands out"))


def _slight(profile: PhotoProfile) -> Iterator[Phrase]:
    """What shows too little to be suggested."""
    if (level := profile.noise.level) >= _GRAINY:
        yield phrase(N_("Some grain: about {level:.0f} of 255"), level=level)
    if (sigma := profile.blur_sigma or 0.0) >= _SOFT:
        yield phrase(N_("Slightly soft: about {size:.1f} pixels"), size=sigma)


def _scratches(profile: PhotoProfile) -> Suggestion | None:
    count = profile.places.usual if profile.places else 0
    reason = phrase(N_("At first glance {count} places look scratched or dusty"), count=count)
    return _suggested(MissingPixels(), reason, _share(count, _SCRATCHED, _VERY_SCRATCHED))


def _noise(profile: PhotoProfile) -> Suggestion | None:
    """Grain, the dots of a print and streaks are taken out by one run."""
    noise = profile.noise
    told = (
        (noise.level, _NOISY, _VERY_NOISY, phrase(N_("About {level:.0f} of 255"), level=noise.level)),
        (noise.screen_level, _DOTTED, _VERY_DOTTED, _dots(noise)),
        (noise.streak_level, _STREAKY, _VERY_STREAKY, _streaks(noise)),
    )
    seen = [(_share(level, least, most), words) for level, least, most, words in told if level >= least]
    if not seen:
        return None
    reason = reduce(
        lambda one, other: phrase(N_("{one}; {other}"), one=one, other=other), [words for _, words in seen]
    )
    return Suggestion(Noise(), reason, max(share for share, _ in seen))


def _dots(noise: NoiseModel) -> Phrase:
    return phrase(N_("Printed picture: a pattern of dots every {size:.1f} pixels"), size=noise.screen_period)


def _streaks(noise: NoiseModel) -> Phrase:
    words = N_("Scanner streaks: lines across the whole photo, about {level:.0f} of 255")
    return phrase(words, level=noise.streak_level)


def _blur(profile: PhotoProfile) -> Suggestion | None:
    sigma = round(profile.blur_sigma or 0.0, 1)
    if sigma < _BLURRED:
        return None
    reason = phrase(N_("Edges are about {size:.1f} pixels soft"), size=sigma)
    return _suggested(GaussianBlur(sigma), reason, _share(sigma, _BLURRED, _VERY_BLURRED))


def _blocks(profile: PhotoProfile) -> Suggestion | None:
    quality = profile.jpeg_quality
    if quality is None:
        return None
    if profile.jpeg_from_file:
        damage, words = JpegCompression(), N_("The file was saved at quality {quality} of 100")
    else:
        damage = JpegCompression(quality)
        words = N_("The photo was once saved as JPEG at quality {quality} of 100")
    strength = _share(100 - quality, 100 - _COARSE, 100 - _VERY_COARSE)
    return _suggested(damage, phrase(words, quality=quality), strength)


def is_faded(profile: PhotoProfile) -> bool:
    return _fading(profile) is not None


def _fading(profile: PhotoProfile) -> Suggestion | None:
    """A cast counts where blacks and contrast have suffered with it, as dyes do and a sunset does not."""
    seen = profile.fading
    if seen.cast > _OF_SCENE:
        return None
    suffered = not seen.toned and seen.contrast < _FADED and seen.black > _LIFTED and seen.shared > _SHARED
    tinted = _share(seen.cast, _CAST, _STRONG_CAST) if suffered else 0.0
    pale = _share(1 - seen.contrast, 1 - _PALE, 1 - _VERY_PALE) if seen.black > _LIFTED else 0.0
    reasons: list[Phrase] = []
    if tinted and seen.yellow:
        words = N_("Yellowed: even light things lack {share:.0%} of their blue")
        reasons.append(phrase(words, share=seen.cast))
    elif tinted:
        words = N_("A colour lies over all of it: what should be grey is {share:.0%} off")
        reasons.append(phrase(words, share=seen.cast))
    if pale and seen.contrast:  # of one colour all over, it may be anything
        words = N_("Pale: only {share:.0%} of the range from black to white is used")
        reasons.append(phrase(words, share=seen.contrast))
    if not reasons:
        return None
    both = phrase(N_("{one}; {other}"), one=reasons[0], other=reasons[-1])
    return Suggestion(Fading(), both if len(reasons) > 1 else reasons[0], max(pale, tinted))


def _grey(profile: PhotoProfile) -> Suggestion | None:
    return _suggested(Greyscale(), phrase(N_("The photo has no colours")), 0.1 * profile.grey)


def _suggested(damage: Damage, reason: Phrase, strength: float) -> Suggestion | None:
    return Suggestion(damage, reason, strength) if strength else None


def _share(value: float, least: float, most: float) -> float:
    """How clearly a value shows: 0 below `least`, then a third and up to 1 at `most`."""
    return 0.0 if value < least else min(1.0, 1 / 3 + 2 / 3 * (value - least) / (most - least))


# What fills in a card, from the profile. Each kind of damage that is here has a card.
ESTIMATES: dict[type[Damage], Callable[[PhotoProfile], Suggestion | None]] = {
    MissingPixels: _scratches,
    Noise: _noise,
    GaussianBlur: _blur,
    JpegCompression: _blocks,
    Fading: _fading,
    Greyscale: _grey,
}
