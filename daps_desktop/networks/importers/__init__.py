"""Networks of others, converted once into a folder with a card: files, folders, the hub's repositories.

May import: all else of `networks`. Nothing in a file is run: pickles are read by a reader of its own.
"""
