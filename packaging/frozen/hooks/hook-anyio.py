"""PyInstaller's way with anyio, which huggingface_hub fetches with: its packages read their own source."""

hiddenimports = ["anyio._backends._asyncio"]
module_collection_mode = "pyz+py"
