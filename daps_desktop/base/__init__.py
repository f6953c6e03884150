"""What every room needs: errors, translation, files, locks, logs, paths, JSON, zips.

May import: the standard library and platformdirs. Knows nothing of photos.
"""
