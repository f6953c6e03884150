"""Words that several parts of the window show."""

from daps_desktop.base.i18n import tr

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
