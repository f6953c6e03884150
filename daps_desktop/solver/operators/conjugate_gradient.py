"""Conjugate gradients for a batch of independent systems."""

from collections.abc import Callable

import torch
from torch import Tensor


def dot(a: Tensor, b: Tensor) -> Tensor:
    """<a, b> of each sample, in float64 where there is one, shaped (B, 1, ...) so that it broadcasts back."""
    exact = torch.float32 if a.device.type == "mps" else torch.float64  # Metal has no float64
    products = (a * b).flatten(1).sum(1, dtype=exact)
    return products.view(-1, *[1] * (a.ndim - 1))


def conjugate_gradient(
    apply: Callable[[Tensor], Tensor], b: Tensor, iterations: int, tolerance: float = 0.0
) -> Tensor:
    """d with apply(d) ≈ b, from d = 0; `apply` is symmetric positive definite on each sample of the batch.

    A sample stops when its residual falls below `tolerance` |b|, and in any case at round-off: a mask has
    two eigenvalues, so that two steps solve it and a third would divide zero by zero.
    """
    d = torch.zeros_like(b)
    r, p = b, b
    rr = dot(r, r)
    enough = rr * max(tolerance, 4 * torch.finfo(b.dtype).eps) ** 2
    for _ in range(iterations):
        running = rr > enough
        if not bool(running.any()):
            break
        q = apply(p)
        alpha = torch.where(running, rr / dot(p, q), 0.0).to(b.dtype)
        d = d + alpha * p
        r = r - alpha * q
        rr_before, rr = rr, dot(r, r)
        beta = torch.where(running, rr / rr_before, 0.0).to(b.dtype)
        p = r + beta * p
    return d
