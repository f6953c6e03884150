"""The mathematics: operators with proximal steps, denoisers, samplers, and the problem they share.

May import: `base`, `imaging`, torch; no job, file format or window. Units: float32, (B, C, H, W), [-1, 1];
noise levels in the same units; `tensors` is the only bridge.
"""
