"""What can be done about an error at the press of a button: the words on it, and what it does."""

from dataclasses import dataclass

from daps_desktop.base.i18n import N_

# Done by RunController; all others are actions.
SMALLER_TILES, ANY_DEVICE, OTHER_PLACE = "smaller_tiles", "any_device", "other_place"


@dataclass(frozen=True, slots=True)
class SuggestedFix:
    """`acts` are names in order of preference: the first that is there and can be done now is done."""

    text: str
    acts: tuple[str, ...]


_TRY_AGAIN = SuggestedFix(N_("Try again"), ("restore",))
_OTHER_PHOTO = SuggestedFix(N_("Open another photo…"), ("open",))
_ELSEWHERE = SuggestedFix(N_("Save elsewhere…"), (OTHER_PLACE, "export"))
_PRIORS = SuggestedFix(N_("Open the list of priors"), ("priors",))
_OTHER_MASK = SuggestedFix(N_("Choose another mask…"), ("import_mask",))

SUGGESTED_FIXES: dict[str, SuggestedFix] = {
    "photo_missing": _OTHER_PHOTO,
    "photo_is_folder": _OTHER_PHOTO,
    "photo_no_permission": _OTHER_PHOTO,
    "photo_empty": _OTHER_PHOTO,
    "photo_not_image": _OTHER_PHOTO,
    "photo_truncated": _OTHER_PHOTO,
    "photo_too_large": _OTHER_PHOTO,
    "photo_not_finite": _OTHER_PHOTO,
    "photo_unsupported": _OTHER_PHOTO,
    "photo_page": _OTHER_PHOTO,
    "clipboard_empty": _OTHER_PHOTO,
    "mask_size": _OTHER_MASK,
    "mask_inverted": _OTHER_MASK,
    "mask_needed": SuggestedFix(N_("Take the brush"), ("brush",)),
    "mask_whole": SuggestedFix(N_("Clear the marks"), ("clear",)),
    "save_original": _ELSEWHERE,
    "save_failed": _ELSEWHERE,
    "save_format": _ELSEWHERE,
    "memory_short": _TRY_AGAIN,
    "memory_out": SuggestedFix(N_("Retry with smaller tiles"), (SMALLER_TILES, "restore")),
    "device_lost": _TRY_AGAIN,
    "device_missing": SuggestedFix(N_("Use an available device"), (ANY_DEVICE,)),
    "engine_died": _TRY_AGAIN,
    "result_unfit": _TRY_AGAIN,
    "constant_result": _PRIORS,
    "prior_missing": _PRIORS,
    "prior_damaged": _PRIORS,
    "prior_unreadable": _PRIORS,
}
