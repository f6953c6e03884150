"""What a photo says about itself by classical means: its area, noise, blur, JPEG traces, fading.

May import: `base`, `imaging`, `jobs`, SciPy, OpenCV. Estimates, which may be wrong and are replaced as better
ones are found; window and solver both ask here, so neither is imported.
"""
