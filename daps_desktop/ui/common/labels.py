"""Words that several parts of the window show."""

from daps_desktop.base.i18n import N_

# menus
MENU_FILE, MENU_EDIT, MENU_MASK = N_("&File"), N_("&Edit"), N_("&Mask")
MENU_VIEW, MENU_RESTORE, MENU_HELP = N_("&View"), N_("&Restore"), N_("&Help")
MENU_SCHEME = N_("Appearance")
SCHEME_SYSTEM, SCHEME_LIGHT, SCHEME_DARK = N_("Follow system"), N_("Light"), N_("Dark")

# welcome page
WELCOME_TITLE = N_("Restore an old photo")
WELCOME_LINE = N_("Mark what is damaged, press Restore, and see how well the result agrees with your photo.")
WELCOME_OPEN = N_("Open a photo…")
WELCOME_SAMPLE = N_("Try the sample")
WELCOME_SHOWN = N_("Before and after: the sample, as this program restored it")
WELCOME_DROP = N_("or drop a photo here, or paste one with {keys}")
WELCOME_DROP_ALONE = N_("or drop a photo here")
WELCOME_PRIVATE = N_("Everything stays on this computer. The original file is never changed.")
OPENING = N_("Opening {name}…")

# canvas and comparison
CANVAS_NAME = N_("Photo")
CANVAS_HELP = N_(
    "Paint over the damage. The right button erases, the wheel zooms, Space with the mouse moves the photo."
)
SIDE_ORIGINAL, SIDE_RESULT = N_("Original"), N_("Result")
SIDE_PREVIEW = N_("Preview of the colours")
COMPARE_NAME = N_("Compare")
UNDO_BRUSH, UNDO_ERASE = N_("brush stroke"), N_("eraser stroke")
UNDO_CLEAR, UNDO_INVERT, UNDO_IMPORT = N_("clear marks"), N_("invert marks"), N_("import marks")
UNDO_ALL, UNDO_SOFT_EDGE, UNDO_VERSION = N_("mark everything"), N_("soft edge"), N_("new version")
UNDO_FRAME = N_("frame")
UNDO_DELETE = N_("delete version")

# right panel
PANEL_NAME = N_("Task")
STEP_WHAT, STEP_WHERE, STEP_HOW = N_("1  What is wrong with it?"), N_("2  Where?"), N_("3  How strong?")
SCRATCHES, SCRATCHES_LINE = N_("Scratches and tears"), N_("Fills in what you mark with the brush.")
BLURRED, BLURRED_LINE = N_("Blurred"), N_("Out of focus all over.")
SHAKEN, SHAKEN_LINE = N_("Shaken"), N_("The camera moved along a line.")
SMALL, SMALL_LINE = N_("Too small"), N_("Makes the photo larger.")
NOISE, NOISE_LINE = N_("Noise or grain"), N_("Specks all over, as from film or poor light.")
BLOCKS, BLOCKS_LINE = N_("JPEG blocks"), N_("Squares and fringes from strong compression.")
GREY = N_("Black-and-white to colour")
SIZE, LENGTH, ANGLE, LEVEL, FACTOR = N_("Size"), N_("Length"), N_("Angle"), N_("Level"), N_("Larger by")
UNIT_PIXELS, UNIT_DEGREES, UNIT_GREY = N_(" px"), "°", N_(" of 255")
AUTOMATIC = N_("Estimate automatically")
BRUSH_SIZE = N_("Brush size")
CLEAR_MARKS = N_("Clear")
NOTHING_MARKED = N_("Nothing is marked yet. Paint over the damage; the right button erases.")
MARKS_UNUSED = N_("The marks are not used: tick “Scratches and tears” to fill them in.")
WHERE_WHOLE = N_("The whole photo. Nothing needs to be marked.")
QUALITY_NAME = N_("Quality")
QUALITIES = {  # the name and the line of each preset that can be chosen
    "draft": (N_("Draft"), N_("A quick look at what will come.")),
    "balanced": (N_("Balanced"), N_("Good for most photos.")),
    "best": (N_("Best"), N_("Takes several times as long as Balanced.")),
}
ADVANCED = N_("Advanced")
OUTPUT, SAFEST, SAMPLE = N_("Output"), N_("Safest"), N_("Sample")
OUTPUT_LINES = {
    "safest": N_("The average of what could have been there: smooth, invents least."),
    "sample": N_("One possibility, with natural grain: another seed gives another."),
}
SEED, PRIOR = N_("Seed"), N_("Prior")
NOISE_LEVEL = N_("Noise level")

# running
RESTORE, STOP, STOPPING = N_("Restore"), N_("Stop"), N_("Stopping…")
RESTORE_SUGGESTED = N_("Restore as suggested")
LOOKING_FIRST = N_("The restoration begins once the photo has been looked through for damage.")
KEEP_CHOICES = N_("Keep for the next photos")
KEEP_CHOICES_HELP = N_(
    "Every photo starts from itself. With this switch on, the next ones begin with what is ticked and set "
    "for this one."
)
RESTORE_NAME = N_("Restore or stop")
SAVE, SAVING, EXPORT = N_("Save"), N_("Saving…"), N_("Export…")
SHOW_IN_FOLDER = N_("Show in folder")
TICK_FIRST = N_("Tick what is wrong with the photo first.")
STOPPED = N_("Stopped. Your photo and marks are unchanged.")
MARKS_NEWER = N_("What you marked since Restore was pressed is not filled in yet.")
PREPARING = N_("Preparing…")
DISMISS = N_("Dismiss")

# versions and check
VERSIONS_TITLE = N_("Versions")
CHECK_TITLE = N_("Check")
PLOT_X, PLOT_Y = N_("Step"), N_("Difference, in noise levels")
PLOT_BAND = N_("expected")
PLOT_EMPTY = N_("The curve appears here while a photo is being restored.")
PLOT_NOTE_REPAIR = N_(
    "Only what you marked is filled in and the rest of your photo is kept, so the difference is small from "
    "the start. It cannot say whether the filling shows what was really there."
)
PLOT_NOTE = N_(
    "The curve is how far the result is from your photo; a result that agrees ends inside the band. "
    "That says the result explains the photo, not that it shows what was really there."
)

# files
OPEN_TITLE, FOLDER_TITLE = N_("Open a photo"), N_("Open a folder")
IMPORT_TITLE, EXPORT_TITLE = N_("Import marks"), N_("Export marks")
PROJECT_FILTER = N_("Project (*.daps)")
SAVE_FILTER = "PNG (*.png);;TIFF (*.tif);;JPEG (*.jpg);;WebP (*.webp)"
MASK_FILTER = N_("PNG (*.png);;All files (*)")
PASTED_NAME = N_("pasted")
SAVED, EXPORTED = N_("Saved as {name}"), N_("Exported as {name}")
UNSAVED_TITLE = N_("Keep your work on this photo?")
UNSAVED_TEXT = N_(
    "Its marks and versions are not saved. A project keeps them all, so that you can go on later. "
    "The original file is unchanged either way."
)
RUNNING_TITLE = N_("Stop the restoration?")
RUNNING_TEXT = N_("A restoration is running; it would be stopped.")
SAVE_FIRST, DISCARD = N_("Save project…"), N_("Discard")
CANCEL, REPLACE = N_("Cancel"), N_("Replace")
REPLACE_TITLE = N_("Replace the file?")
REPLACE_TEXT = N_("{name} already exists in this folder. Replacing it cannot be undone.")

SHORTCUTS_TITLE = N_("Keyboard shortcuts")
ABOUT_TITLE = N_("About DAPS Desktop")
ABOUT = N_(
    "<b>DAPS Desktop</b><br>Restores old photographs on this computer, without the network, "
    "and shows how well the result agrees with the photo.<br><br>Apache License 2.0"
)
ABOUT_OFFLINE = N_(
    "It works offline: the window never sends a photo anywhere, and only fetching a prior, which you start "
    "yourself, opens a connection. To see for yourself, unplug the network and restore a photo; or on Linux "
    "start it where there is no network at all: <code>unshare -rn daps-desktop</code>"
)
MOUSE_HELP = (
    (N_("Wheel, Ctrl+wheel"), N_("Zoom about the cursor")),
    (N_("Shift+drag"), N_("Brush size")),
    (N_("Right button or Alt"), N_("Erase")),
    (N_("Shift+click"), N_("Straight line from the end of the last stroke")),
    (N_("Space+drag, middle button"), N_("Move the photo, in the middle of a shape too")),
    (N_("Enter, double click"), N_("Close the polygon")),
    (N_("Backspace"), N_("Undo the last corner")),
    (N_("Esc"), N_("Cancel the stroke or shape")),
    (N_("Hold \\"), N_("Show the original")),
)
