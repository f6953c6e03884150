"""The mathematics: operators with proximal steps, noise levels, and one file per method. No Qt.

Units: float32, (B, C, H, W), [-1, 1]; noise levels in the same units. `convert` is the only bridge.
Why the methods are generators: cancelling is not asking for the next step, and a caller sees every step.
"""
