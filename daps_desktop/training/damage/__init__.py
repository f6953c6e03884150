"""Drawn damage on photographs, with the truth of where it is: what a finder of damage learns from.

May import: `base`, `imaging`, `training.data`, OpenCV.
"""
