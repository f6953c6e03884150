"""What a photo says about itself: noise, blur, JPEG's traces, fading, scratches. NumPy, SciPy and OpenCV on
plain arrays; no Qt and no torch.

Why apart from `core`: these are estimates, which may be wrong and are replaced as better ones are found;
`core` holds rules. Both the window and the solver ask here, so neither of them is imported.
"""
