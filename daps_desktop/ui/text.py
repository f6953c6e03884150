"""Every word of the window. Sentence case, verbs on buttons, no claim that lost things came back."""

from daps_desktop.core.photo import Photo
from daps_desktop.core.verdict import Agreement, Verdict

APP = "DAPS Desktop"

# menus
MENU_FILE, MENU_EDIT, MENU_MASK = "&File", "&Edit", "&Mask"
MENU_VIEW, MENU_RESTORE, MENU_HELP = "&View", "&Restore", "&Help"
MENU_SCHEME = "Appearance"
SCHEME_SYSTEM, SCHEME_LIGHT, SCHEME_DARK = "Like the system", "Light", "Dark"

# welcome page
WELCOME_TITLE = "Restore an old photo"
WELCOME_LINE = "Mark what is damaged, press Restore, and see how well the result agrees with your photo."
WELCOME_OPEN = "Open a photo…"
WELCOME_DROP = "or drop a photo here, or paste one with Ctrl+V"
WELCOME_PRIVATE = "Everything stays on this computer. The original file is never changed."
OPENING = "Opening {name}…"

# canvas and comparison
CANVAS_NAME = "Photo"
CANVAS_HELP = (
    "Paint over the damage. The right button erases, the wheel zooms, Space with the mouse moves the photo."
)
SIDE_ORIGINAL, SIDE_SPLIT, SIDE_RESULT = "Original", "Split", "Result"
COMPARE_NAME = "Compare"
UNDO_BRUSH, UNDO_ERASE = "brush stroke", "eraser stroke"
UNDO_CLEAR, UNDO_INVERT, UNDO_IMPORT = "clear marks", "invert marks", "import marks"

# right panel
PANEL_NAME = "Task"
STEP_WHAT, STEP_WHERE, STEP_HOW = "1  What is wrong with it?", "2  Where?", "3  How thorough?"
SCRATCHES, SCRATCHES_LINE = "Scratches and tears", "Fills in what you mark with the brush."
BLURRED, BLURRED_LINE = "Blurred", "Out of focus all over."
SHAKEN, SHAKEN_LINE = "Shaken", "The camera moved along a line."
SMALL, SMALL_LINE = "Too small", "Makes the photo larger."
NOISE, NOISE_LINE = "Noise or grain", "Specks all over, as from film or a dark room."
BLOCKS, BLOCKS_LINE = "JPEG blocks", "Squares and fringes from strong compression."
GREY, GREY_LINE = "Black-and-white to colour", "Colours are a guess, and often a timid one."
SIZE, LENGTH, ANGLE, LEVEL, FACTOR = "Size", "Length", "Angle", "Level", "Larger by"
UNIT_PIXELS, UNIT_DEGREES, UNIT_GREY = " px", "°", " of 255"
AUTOMATIC = "Find the level by itself"
BRUSH_SIZE = "Brush size"
CLEAR_MARKS = "Clear"
NOTHING_MARKED = "Nothing is marked yet. Paint over the damage; the right button erases."
MARKS_UNUSED = "The marks are not used: tick “Scratches and tears” to fill them in."
WHERE_WHOLE = "The whole photo. Nothing needs to be marked."
DRAFT, BALANCED, BEST = "Draft", "Balanced", "Best"
QUALITY_NAME = "Quality"
QUALITY_LINES = {
    "draft": "A quick look at what will come.",
    "balanced": "Good for most photos.",
    "best": "Takes several times as long as Balanced.",
}
ADVANCED = "Advanced"
OUTPUT, SAFEST, SAMPLE = "Output", "Safest", "Sample"
OUTPUT_LINES = {
    "safest": "The average of what could have been there: smooth, invents least.",
    "sample": "One possibility, with natural grain: another seed gives another.",
}
SEED, PRIOR, PRIOR_AUTO = "Seed", "Prior", "chosen by itself"
NOISE_LEVEL = "Noise level"

# running
RESTORE, STOP, STOPPING = "Restore", "Stop", "Stopping…"
RESTORE_NAME = "Restore or stop"
SAVE = "Save…"
TICK_FIRST = "Tick what is wrong with the photo first."
STOPPED = "Stopped. Your photo and marks are unchanged."
MARKS_NEWER = "What you marked since Restore was pressed is not filled in yet."
PREPARING = "Preparing…"
COPY_DETAILS, COPIED, DISMISS = "Copy details", "Copied", "Dismiss"

# check
CHECK_TITLE = "Check"
PLOT_X, PLOT_Y = "Step", "Difference, in noise levels"
PLOT_BAND = "expected"
PLOT_EMPTY = "The curve appears here while a photo is being restored."
PLOT_NOTE_REPAIR = (
    "Only what you marked is filled in and the rest of your photo is kept, so the difference is small from "
    "the start. It cannot say whether the filling shows what was really there."
)
PLOT_NOTE = (
    "The curve is how far the result is from your photo; a result that agrees ends inside the band. "
    "That says the result explains the photo, not that it shows what was really there."
)

# files
OPEN_TITLE, SAVE_TITLE = "Open a photo", "Save the result"
IMPORT_TITLE, EXPORT_TITLE = "Import marks", "Export marks"
OPEN_FILTER = "Photos (*.jpg *.jpeg *.png *.webp *.tif *.tiff *.bmp *.avif);;All files (*)"
SAVE_FILTER = "PNG (*.png);;TIFF (*.tif);;JPEG (*.jpg);;WebP (*.webp)"
MASK_FILTER = "PNG (*.png);;All files (*)"
PASTED_NAME = "pasted"
SAVED = "Saved as {name}"
UNSAVED_TITLE = "Your work is not saved"
UNSAVED_TEXT = "The marks and results of this photo are not saved. The original file is unchanged."
RUNNING_TEXT = "A restoration is running; it would be stopped."
SAVE_FIRST, DISCARD, CANCEL, REPLACE = "Save…", "Discard", "Cancel", "Replace"
REPLACE_TITLE = "Replace the file?"
REPLACE_TEXT = "{name} already exists in this folder. Replacing it cannot be undone."

SHORTCUTS_TITLE = "Keyboard shortcuts"
ABOUT_TITLE = "About DAPS Desktop"
ABOUT = (
    "<b>DAPS Desktop</b><br>Restores old photographs on this computer, without the network, "
    "and shows how well the result agrees with the photo.<br><br>Apache License 2.0"
)
MOUSE_HELP = (
    ("Wheel", "Zoom about the cursor"),
    ("Ctrl+wheel", "Brush size"),
    ("Right button or Alt", "Erase"),
    ("Shift+click", "Straight line from the end of the last stroke"),
    ("Space+drag, middle button", "Move the photo"),
    ("Hold \\", "Show the original"),
)


def photo_line(photo: Photo) -> str:
    """ "3264 × 2448, 16 bit, grey"."""
    kind = ", grey" if photo.pixels.shape[2] == 1 else ""
    return f"{photo.width} × {photo.height}, {photo.bits} bit{kind}"


def position_line(position: tuple[int, int] | None) -> str:
    return f"row {position[0]}  col {position[1]}" if position else ""


def zoom_line(scale: float) -> str:
    percent = 100 * scale
    return f"{percent:.0f} %" if percent >= 10 else f"{percent:.1f} %"


def share_line(share: float) -> str:
    """How much is marked, with enough digits that a thin scratch is not called 0 %."""
    return f"{percent(share)} of the photo is marked."


def untouched_line(share: float) -> str:
    """What `percent` leaves of 100; 100 % is said only where nothing at all is marked."""
    marked = max(round(100 * (1 - share), 1), 0.1)
    return f"{100 - marked:.1f} % untouched" if share < 1 else "100 % untouched"


def percent(share: float) -> str:
    value = 100 * share
    if 0 < value < 0.1:
        return "under 0.1 %"
    return f"{value:.1f} %" if value < 10 else f"{value:.0f} %"


def duration(seconds: float) -> str:
    if seconds < 90:
        rounded = max(round(seconds), 1) if seconds < 10 else 5 * round(seconds / 5)
        return f"{rounded} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


def stop_label(seconds_left: float | None) -> str:
    return STOP if seconds_left is None else f"{STOP} (about {duration(seconds_left)} left)"


def progress_line(percent_done: int, step: int, steps: int) -> str:
    """`step` steps are finished, so the next one is being done."""
    return f"{percent_done} %, step {min(step + 1, steps)} of {steps}"


def hardware_line(cores: int, memory_gb: float) -> str:
    return f"{cores} {'core' if cores == 1 else 'cores'}, {memory_gb:.0f} GB memory"


def larger_line(result: Photo) -> str:
    return f"The result is larger: {result.width} × {result.height}."


def verdict_line(verdict: Verdict) -> str:
    return f"{_agreement_line(verdict)} {_redrawn_line(verdict)}"


def _agreement_line(verdict: Verdict) -> str:
    times = f"{verdict.residual_over_noise:.1f}× the noise level"
    match verdict.agreement:
        case Agreement.CLOSE:
            return f"Agrees with your photo, and kept some of its noise (difference {times})."
        case Agreement.AGREES:
            return "Agrees with your photo."
        case Agreement.ROUGHLY:
            return f"Agrees with your photo only roughly (difference {times})."
        case Agreement.DISAGREES:
            return f"Does not agree with your photo (difference {times}): check what is ticked, and how much."


def _redrawn_line(verdict: Verdict) -> str:
    if verdict.redrawn is None:
        return "The whole photo was reworked."
    return f"{percent(verdict.redrawn)[0].upper() + percent(verdict.redrawn)[1:]} of it was redrawn."
