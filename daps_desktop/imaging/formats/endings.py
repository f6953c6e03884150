"""The endings of files with photos: what is looked for in folders and offered in dialogs."""

READABLE = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".avif")
READABLE_PATTERNS = " ".join(f"*{ending}" for ending in READABLE)
