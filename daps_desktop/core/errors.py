"""What a user can be told: one sentence of what happened, what is safe and what to do, by code."""

# Templates are filled with the facts of the error; the window looks a translation up by the same code.
SENTENCES: dict[str, str] = {
    # photo in
    "photo_missing": "There is no file {path}; nothing was changed; check the name and the folder.",
    "photo_is_folder": "{path} is a folder, not a photo; nothing was changed; choose a file inside it.",
    "photo_no_permission": (
        "{path} may not be read by you; nothing was changed; ask for permission or copy the file first."
    ),
    "photo_empty": "{path} is empty (0 bytes); nothing was changed; look for another copy of it.",
    "photo_not_image": (
        "{path} is not a picture this program can read; the file was not touched; "
        "open a JPEG, PNG, WebP, TIFF, BMP or AVIF."
    ),
    "photo_truncated": (
        "{path} is incomplete or damaged ({detail}); the file was not touched; copy it again from its source."
    ),
    "photo_too_large": (
        "{path} says it is {width} × {height} pixels, more than the {limit_mp} megapixels this program "
        "opens; "
        "nothing was changed; save a smaller copy with another program."
    ),
    "photo_not_finite": (
        "{path} holds numbers that are not finite (NaN or infinity); the file was not touched; "
        "export it again as 8 or 16 bit."
    ),
    "photo_unsupported": (
        "{path} is stored in a way this program does not read ({detail}); the file was not touched; "
        "save it as an 8 or 16 bit TIFF or PNG."
    ),
    "clipboard_empty": "There is no picture on the clipboard; nothing was changed; copy one first.",
    # mask in
    "mask_size": (
        "The mask is {mask_width} × {mask_height} pixels but the photo is {width} × {height}; "
        "nothing was changed; make the mask at the size of the photo."
    ),
    "mask_needed": "Nothing is marked; your photo is unchanged; paint over the damage first, or give a mask.",
    "mask_whole": (
        "The whole photo is marked, so nothing is left to go by; your photo is unchanged; "
        "leave unmarked what is sound."
    ),
    # photo out
    "save_exists": (
        "{path} already exists; it was not changed; choose another name, or say that it may be replaced."
    ),
    "save_original": (
        "{path} is the original photo; it was not changed; choose another name for the result."
    ),
    "save_failed": (
        "{path} could not be written ({detail}); what was there before is unchanged; choose another place."
    ),
    "save_format": (
        "{path} has an ending this program does not write; nothing was written; "
        "use .png, .tif, .jpg or .webp."
    ),
    # what is asked for
    "damage_unknown": "There is no damage called {name}; nothing was started; choose from: {known}.",
    "damage_value": "{name}: {detail}; nothing was started; correct the value.",
    "setting_value": "{name}: {detail}; nothing was started; correct the value.",
    "kernel_file": (
        "{path} cannot serve as a blur kernel ({detail}); nothing was started; use a small grey picture."
    ),
    "damage_combination": "{detail}; nothing was started; choose one of them.",
    "recipe_unreadable": (
        "This is not a recipe that this program can read ({detail}); nothing was started; "
        "use one that it wrote itself."
    ),
    "nothing_chosen": "No damage was chosen; nothing was started; say what is wrong with the photo.",
    # the run
    "memory_short": (
        "This run needs about {needed_mb} MB of memory and {available_mb} MB are free; "
        "your photo and mask are unchanged; close other programs, or restore a smaller copy."
    ),
    "memory_out": (
        "The memory ran out even with the smallest tiles; your photo and mask are unchanged; "
        "close other programs, or restore a smaller copy."
    ),
    "device_missing": "This computer has no {device} device; nothing was started; choose auto or cpu.",
    "diverged": (
        "The computation left the range of numbers ({detail}); your photo and mask are unchanged; "
        "check the damage values, or raise the noise level."
    ),
    "constant_result": (
        "The result came out as one flat colour and was thrown away; your photo and mask are unchanged; "
        "check the damage values, or try another prior."
    ),
    "bug": (
        "Something went wrong inside the program ({detail}); your photo and mask are unchanged; "
        "try again, and report it if it comes back."
    ),
    # priors
    "prior_missing": "There is no prior called {name}; nothing was started; installed are: {known}.",
    "prior_damaged": (
        "The prior {name} is incomplete or altered (its checksum differs); it was not loaded; "
        "import it again."
    ),
    "prior_unreadable": (
        "{path} is not a prior this program can use ({detail}); nothing was changed; choose another."
    ),
    "prior_exists": (
        "A prior called {name} is already there; it was not changed; give the new one another name."
    ),
    "prior_name": (
        "{name} cannot be the name of a prior; nothing was imported; "
        "use up to 64 letters, digits, '.', '-' and '_'."
    ),
    "prior_write": (
        "The prior could not be written to {path} ({detail}); nothing was imported; "
        "free some space, or choose another folder."
    ),
    # training
    "run_exists": (
        "{path} already holds a training run; it was not changed; "
        "continue it with --resume, or name another folder."
    ),
    "run_missing": "{path} holds no training run; nothing was started; check the name of the folder.",
    "photos_missing": (
        "Of {count} pictures none could be read at {shortest} pixels or more on both sides; "
        "nothing was started; "
        "choose another folder."
    ),
    "training_diverged": (
        "The training left the range of numbers; the last checkpoint in {path} is sound; "
        "continue it with --resume, or start again with a smaller learning rate."
    ),
}


class UserError(Exception):
    """Something the user can understand and act on; `str()` gives the whole sentence in English.

    `code` is a key of SENTENCES and `facts` fill its template, so that a window may say it in another
    language. Raises KeyError at once where the code is unknown or a fact is missing.
    """

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(SENTENCES[code].format(**facts))

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.code, self.facts)


class SolverDiverged(UserError):  # noqa: N818 - the word of the house for it
    """A number left the range of finite values; never shown as a picture."""

    def __init__(self, detail: str) -> None:
        super().__init__("diverged", detail=detail)


def _rebuild(kind: type[UserError], code: str, facts: dict[str, object]) -> UserError:
    error = kind.__new__(kind)
    UserError.__init__(error, code, **facts)
    return error
