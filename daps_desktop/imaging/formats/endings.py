"""The endings of files with photos: what is looked for in folders and offered in dialogs."""

READABLE = (
    ".jpg", ".jpeg", ".jpe", ".jfif", ".jfi", ".png", ".webp", ".tif", ".tiff", ".bmp",
    ".heic", ".heif", ".hif", ".avif", ".jxl",
)  # fmt: skip
READABLE_PATTERNS = " ".join(f"*{ending}" for ending in READABLE)
