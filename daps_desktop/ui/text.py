"""Every word of the window. Sentence case, verbs on buttons, no claim that lost things came back."""

import math

from daps_desktop.core.language import ntr, number, sentences, tr
from daps_desktop.core.photo import Photo
from daps_desktop.core.time_left import Span
from daps_desktop.core.verdict import Agreement, Suspect, Verdict

# menus
MENU_FILE, MENU_EDIT, MENU_MASK = tr("&File"), tr("&Edit"), tr("&Mask")
MENU_VIEW, MENU_RESTORE, MENU_HELP = tr("&View"), tr("&Restore"), tr("&Help")
MENU_SCHEME = tr("Appearance")
SCHEME_SYSTEM, SCHEME_LIGHT, SCHEME_DARK = tr("Like the system"), tr("Light"), tr("Dark")
LANGUAGE_LATER = tr("The language changes when the program is started again.")

# welcome page
WELCOME_TITLE = tr("Restore an old photo")
WELCOME_LINE = tr("Mark what is damaged, press Restore, and see how well the result agrees with your photo.")
WELCOME_OPEN = tr("Open a photo…")
WELCOME_SAMPLE = tr("Try the sample")
WELCOME_DROP = tr("or drop a photo here, or paste one with {keys}")
WELCOME_DROP_ALONE = tr("or drop a photo here")
WELCOME_PRIVATE = tr("Everything stays on this computer. The original file is never changed.")
OPENING = tr("Opening {name}…")

# canvas and comparison
CANVAS_NAME = tr("Photo")
CANVAS_HELP = tr(
    "Paint over the damage. The right button erases, the wheel zooms, Space with the mouse moves the photo."
)
SIDE_ORIGINAL, SIDE_RESULT = tr("Original"), tr("Result")
COMPARE_NAME = tr("Compare")
UNDO_BRUSH, UNDO_ERASE = tr("brush stroke"), tr("eraser stroke")
UNDO_CLEAR, UNDO_INVERT, UNDO_IMPORT = tr("clear marks"), tr("invert marks"), tr("import marks")
UNDO_ALL, UNDO_SOFT_EDGE, UNDO_VERSION = tr("mark everything"), tr("soft edge"), tr("new version")

# right panel
PANEL_NAME = tr("Task")
STEP_WHAT, STEP_WHERE, STEP_HOW = tr("1  What is wrong with it?"), tr("2  Where?"), tr("3  How strong?")
SCRATCHES, SCRATCHES_LINE = tr("Scratches and tears"), tr("Fills in what you mark with the brush.")
BLURRED, BLURRED_LINE = tr("Blurred"), tr("Out of focus all over.")
SHAKEN, SHAKEN_LINE = tr("Shaken"), tr("The camera moved along a line.")
SMALL, SMALL_LINE = tr("Too small"), tr("Makes the photo larger.")
NOISE, NOISE_LINE = tr("Noise or grain"), tr("Specks all over, as from film or a dark room.")
BLOCKS, BLOCKS_LINE = tr("JPEG blocks"), tr("Squares and fringes from strong compression.")
GREY = tr("Black-and-white to colour")
SIZE, LENGTH, ANGLE, LEVEL, FACTOR = tr("Size"), tr("Length"), tr("Angle"), tr("Level"), tr("Larger by")
UNIT_PIXELS, UNIT_DEGREES, UNIT_GREY = tr(" px"), "°", tr(" of 255")
AUTOMATIC = tr("Find the level by itself")
BRUSH_SIZE = tr("Brush size")
CLEAR_MARKS = tr("Clear")
NOTHING_MARKED = tr("Nothing is marked yet. Paint over the damage; the right button erases.")
MARKS_UNUSED = tr("The marks are not used: tick “Scratches and tears” to fill them in.")
WHERE_WHOLE = tr("The whole photo. Nothing needs to be marked.")
DRAFT, BALANCED, BEST = tr("Draft"), tr("Balanced"), tr("Best")
QUALITY_NAME = tr("Quality")
QUALITY_LINES = {
    "draft": tr("A quick look at what will come."),
    "balanced": tr("Good for most photos."),
    "best": tr("Takes several times as long as Balanced."),
}
ADVANCED = tr("Advanced")
OUTPUT, SAFEST, SAMPLE = tr("Output"), tr("Safest"), tr("Sample")
OUTPUT_LINES = {
    "safest": tr("The average of what could have been there: smooth, invents least."),
    "sample": tr("One possibility, with natural grain: another seed gives another."),
}
SEED, PRIOR = tr("Seed"), tr("Prior")
NOISE_LEVEL = tr("Noise level")

# running
RESTORE, STOP, STOPPING = tr("Restore"), tr("Stop"), tr("Stopping…")
RESTORE_NAME = tr("Restore or stop")
SAVE = tr("Save…")
TICK_FIRST = tr("Tick what is wrong with the photo first.")
STOPPED = tr("Stopped. Your photo and marks are unchanged.")
MARKS_NEWER = tr("What you marked since Restore was pressed is not filled in yet.")
PREPARING = tr("Preparing…")
DISMISS = tr("Dismiss")

# versions and check
VERSIONS_TITLE = tr("Versions")
CHECK_TITLE = tr("Check")
PLOT_X, PLOT_Y = tr("Step"), tr("Difference, in noise levels")
PLOT_BAND = tr("expected")
PLOT_EMPTY = tr("The curve appears here while a photo is being restored.")
PLOT_NOTE_REPAIR = tr(
    "Only what you marked is filled in and the rest of your photo is kept, so the difference is small from "
    "the start. It cannot say whether the filling shows what was really there."
)
PLOT_NOTE = tr(
    "The curve is how far the result is from your photo; a result that agrees ends inside the band. "
    "That says the result explains the photo, not that it shows what was really there."
)

# files
OPEN_TITLE = tr("Open a photo")
IMPORT_TITLE, EXPORT_TITLE = tr("Import marks"), tr("Export marks")
OPEN_FILTER = tr(
    "Photos and projects (*.jpg *.jpeg *.png *.webp *.tif *.tiff *.bmp *.avif *.daps);;All files (*)"
)
PHOTO_FILTER = tr("Photos (*.jpg *.jpeg *.png *.webp *.tif *.tiff *.bmp *.avif);;All files (*)")
PROJECT_FILTER = tr("Project (*.daps)")
SAVE_FILTER = "PNG (*.png);;TIFF (*.tif);;JPEG (*.jpg);;WebP (*.webp)"
MASK_FILTER = tr("PNG (*.png);;All files (*)")
PASTED_NAME = tr("pasted")
SAVED = tr("Saved as {name}")
UNSAVED_TITLE = tr("Keep your work on this photo?")
UNSAVED_TEXT = tr(
    "Its marks and versions are not saved. A project keeps them all, so that you can go on later. "
    "The original file is unchanged either way."
)
RUNNING_TITLE = tr("Stop the restoration?")
RUNNING_TEXT = tr("A restoration is running; it would be stopped.")
SAVE_FIRST, DISCARD = tr("Save project…"), tr("Discard")
CANCEL, REPLACE = tr("Cancel"), tr("Replace")
REPLACE_TITLE = tr("Replace the file?")
REPLACE_TEXT = tr("{name} already exists in this folder. Replacing it cannot be undone.")

SHORTCUTS_TITLE = tr("Keyboard shortcuts")
ABOUT_TITLE = tr("About DAPS Desktop")
ABOUT = tr(
    "<b>DAPS Desktop</b><br>Restores old photographs on this computer, without the network, "
    "and shows how well the result agrees with the photo.<br><br>Apache License 2.0"
)
ABOUT_OFFLINE = tr(
    "It works offline: the window never sends a photo anywhere, and only fetching a prior, which you start "
    "yourself, opens a connection. To see for yourself, unplug the network and restore a photo; or on Linux "
    "start it where there is no network at all: <code>unshare -rn daps-desktop</code>"
)
MOUSE_HELP = (
    (tr("Wheel"), tr("Zoom about the cursor")),
    (tr("Ctrl+wheel, Shift+drag"), tr("Brush size")),
    (tr("Right button or Alt"), tr("Erase")),
    (tr("Shift+click"), tr("Straight line from the end of the last stroke")),
    (tr("Space+drag, middle button"), tr("Move the photo, in the middle of a shape too")),
    (tr("Enter, double click"), tr("Close the polygon")),
    (tr("Backspace"), tr("Take the last corner back")),
    (tr("Esc"), tr("Give up the stroke or shape")),
    (tr("Hold \\"), tr("Show the original")),
)


def photo_line(photo: Photo) -> str:
    """ "3264 × 2448, 16 bit, grey"."""
    grey = photo.pixels.shape[2] == 1
    line = tr("{width} × {height}, {bits} bit, grey") if grey else tr("{width} × {height}, {bits} bit")
    return line.format(width=photo.width, height=photo.height, bits=photo.bits)


def position_line(position: tuple[int, int] | None) -> str:
    return tr("row {row}  col {col}").format(row=position[0], col=position[1]) if position else ""


def zoom_line(scale: float) -> str:
    percent = 100 * scale
    return f"{number(percent, 0 if percent >= 10 else 1)} %"


def share_line(share: float) -> str:
    """How much is marked, with enough digits that a thin scratch is not called 0 %."""
    return tr("{percent} of the photo is marked.").format(percent=percent(share))


def untouched_line(share: float) -> str:
    """What `percent` leaves of 100; 100 % is said only where nothing at all is marked."""
    marked = max(round(100 * (1 - share), 1), 0.1)
    kept = f"{number(100 - marked, 1)} %" if share < 1 else "100 %"
    return tr("{percent} untouched").format(percent=kept)


def percent(share: float) -> str:
    value = 100 * share
    if 0 < value < 0.1:
        return tr("under 0.1 %")
    return f"{number(value, 1 if value < 10 else 0)}\N{NO-BREAK SPACE}%"


def duration(seconds: float) -> str:
    if seconds < 90:
        rounded = max(round(seconds), 1) if seconds < 10 else 5 * round(seconds / 5)
        return tr("{seconds} s").format(seconds=rounded)
    if seconds < 90 * 60:
        return tr("{minutes} min").format(minutes=round(seconds / 60))
    return tr("{hours:.1f} h").format(hours=seconds / 3600)


def stop_label(left: Span | None) -> str:
    return STOP if left is None else tr("Stop ({time} left)").format(time=span_line(left))


def span_line(span: Span) -> str:
    """ "20 to 40 s": rounded outwards, to steps that do not flicker."""
    if span.high < 90:
        grid, one, many = 1 if span.high < 10 else 5, tr("under {high} s"), tr("{low} to {high} s")
        low, high = span.low, span.high
    elif span.high < 90 * 60:
        grid, one, many = 1, tr("under {high} min"), tr("{low} to {high} min")
        low, high = span.low / 60, span.high / 60
    else:
        grid, one, many = 1, tr("under {high} h"), tr("{low} to {high} h")
        low, high = span.low / 3600, span.high / 3600
    low, high = grid * math.floor(low / grid), grid * max(math.ceil(high / grid), 1)
    return (many if low > 0 else one).format(low=low, high=high)


def progress_line(percent_done: int, step: int, steps: int) -> str:
    """`step` steps are finished, so the next one is being done."""
    line = tr("{percent} %, step {step} of {steps}")
    return line.format(percent=percent_done, step=min(step + 1, steps), steps=steps)


def hardware_line(cores: int, memory_gb: float) -> str:
    line = ntr("{count} core, {memory:.0f} GB memory", "{count} cores, {memory:.0f} GB memory", cores)
    return line.format(count=cores, memory=memory_gb)


def larger_line(result: Photo) -> str:
    line = tr("The result is larger: {width} × {height}.")
    return line.format(width=result.width, height=result.height)


def verdict_line(verdict: Verdict) -> str:
    if verdict.recoloured and verdict.redrawn == 0:
        return sentences(_recoloured_line(), tr("Nothing was redrawn."))
    line = sentences(_agreement_line(verdict), _redrawn_line(verdict))
    return sentences(line, _recoloured_line()) if verdict.recoloured else line


def _recoloured_line() -> str:
    return tr("Colours and contrast were changed everywhere by a curve, which can be taken back.")


_SUSPECTS = {
    Suspect.BLUR: tr("blur size may be wrong"),
    Suspect.JPEG: tr("JPEG quality may be wrong"),
    Suspect.NOISE_LOW: tr("noise level may be set too low"),
    Suspect.NOISE_HIGH: tr("noise level may be set too high"),
}


def _suspicion(verdict: Verdict) -> str:
    words = [_SUSPECTS[suspect] for suspect in verdict.suspects]
    return tr(", or ").join(words) or tr("check what is ticked, and how much")


def _agreement_line(verdict: Verdict) -> str:
    times = number(verdict.residual_over_noise, 1)
    match verdict.agreement:
        case Agreement.CLOSE:
            line = tr(
                "Agrees with your photo, and kept some of its noise (difference {times}× the noise level): "
                "{suspicion}."
            )
        case Agreement.AGREES:
            line = tr("Agrees with your photo.")
        case Agreement.ROUGHLY:
            line = tr(
                "Agrees with your photo only roughly (difference {times}× the noise level): {suspicion}."
            )
        case Agreement.IMPROVING:
            line = tr(
                "Still improving (difference {times}× the noise level): a higher quality takes it further."
            )
        case Agreement.DISAGREES:
            line = tr("Does not agree with your photo (difference {times}× the noise level): {suspicion}.")
    return line.format(times=times, suspicion=_suspicion(verdict))


def _redrawn_line(verdict: Verdict) -> str:
    if verdict.redrawn is None:
        return tr("The whole photo was reworked.")
    share = percent(verdict.redrawn)
    return tr("{percent} of it was redrawn.").format(percent=share[0].upper() + share[1:])
