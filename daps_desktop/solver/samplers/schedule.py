"""Annealing noise levels, in float64."""

import numpy as np


def karras_sigmas(levels: int, sigma_max: float, sigma_min: float, rho: float) -> list[float]:
    """`levels` noise levels from sigma_max towards sigma_min, followed by 0.

    sigma_i = (sigma_max^(1/rho) + i/N (sigma_min^(1/rho) - sigma_max^(1/rho)))^rho, i < N, so sigma_min
    itself is replaced by the closing 0, as in DAPS. A negative rho gives more levels at low noise.
    Source: Karras et al. 2022 (EDM), eq. 5; DAPS (arXiv 2407.01521).
    """
    i = np.arange(levels, dtype=np.float64) / max(levels, 1)
    high, low = sigma_max ** (1 / rho), sigma_min ** (1 / rho)
    return [*((high + i * (low - high)) ** rho).tolist(), 0.0]


def geometric_sigmas(levels: int, sigma_max: float, sigma_min: float) -> list[float]:
    """`levels` noise levels from sigma_max to sigma_min in equal ratios, followed by 0."""
    return [*np.geomspace(sigma_max, sigma_min, levels).tolist(), 0.0]
