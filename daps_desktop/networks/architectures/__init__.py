"""The networks themselves, and the table that names them.

May import: torch, diffusers.
"""
