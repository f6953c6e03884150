"""The endings of files with photos: what is looked for in folders and offered in dialogs."""

READABLE = (
    ".jpg", ".jpeg", ".jpe", ".jfif", ".jfi", ".png", ".webp", ".tif", ".tiff", ".bmp",
    ".heic", ".heif", ".hif", ".avif", ".jxl",
)  # fmt: skip
OTHER_PICTURES = (
    ".gif",
    ".psd",
    ".jp2",
    ".dng",
    ".nef",
    ".nrw",
    ".cr2",
    ".cr3",
    ".arw",
    ".raf",
    ".orf",
    ".rw2",
    ".pef",
    ".srw",
)  # fmt: skip - that are not read, though a person may mean them
INFRARED_ADDED = ("_ir", "-ir", ".ir", "_infrared")  # to the name of a photo: what the scanner saw besides
READABLE_PATTERNS = " ".join(f"*{ending}" for ending in READABLE)
