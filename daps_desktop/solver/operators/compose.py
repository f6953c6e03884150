"""Operators made of operators: one after another, under a mask, or seen through a set."""

import math
from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

from daps_desktop.solver.operators.base import LinearOperator, NonlinearOperator, Operator
from daps_desktop.solver.operators.masking import fill_mask
from daps_desktop.solver.operators.noise import GaussianNoise


class Chain(LinearOperator):
    """A x = A_n ... A_1 x: what happened first comes first, a mask last. One border outside of all.

    Each link is made for the size of its own output: a blur before x2 shrinking is made for the latent size
    of the shrinking.
    """

    def __init__(self, *links: LinearOperator) -> None:
        if any(link.known_mask is not None for link in links[:-1]):
            raise ValueError("a hole must be the last link of a chain")
        self.links = links
        self.norm = math.prod(link.norm for link in links)  # an upper bound
        self.scale = math.prod(link.scale for link in links)
        self.pad = sum(
            link.pad * math.prod(before.scale for before in links[:i]) for i, link in enumerate(links)
        )
        self.known_mask = links[-1].known_mask

    def __call__(self, x: Tensor) -> Tensor:
        for link in self.links:
            x = link(x)
        return x

    def adjoint(self, r: Tensor) -> Tensor:
        for link in reversed(self.links):
            r = link.adjoint(r)
        return r

    def initial_estimate(self, y: Tensor) -> Tensor:
        for link in reversed(self.links):
            y = link.initial_estimate(y)
        return y


class MaskedOperator(NonlinearOperator):
    """Any operator seen through a mask; the step of a pixelwise one stays in closed form."""

    def __init__(self, operator: Operator, known_mask: Tensor) -> None:
        """observed: (1 or B, 1, H, W), 1 = trust the photo, of the size of the operator's output."""
        self.operator = operator
        self.known_mask = known_mask
        self._kept = known_mask
        self.norm, self.scale, self.pad = operator.norm, operator.scale, operator.pad
        self.pixelwise = operator.pixelwise

    def __call__(self, x: Tensor) -> Tensor:
        return self.operator(x) * self._kept

    @torch.no_grad()
    def prox(self, z: Tensor, y: Tensor, noise: GaussianNoise, prior_std: float) -> Tensor:
        if not self.pixelwise:
            return super().prox(z, y * self._kept, noise, prior_std)
        return torch.where(self._kept > 0, self.operator.prox(z, y, noise, prior_std), z)

    def initial_estimate(self, y: Tensor) -> Tensor:
        return self.operator.initial_estimate(fill_mask(y, self._kept))


class ConstraintSet(Protocol):
    """What one photo says without noise: the scenes it could have come from (JPEG bounds, clipping)."""

    norm: float

    def __call__(self, x: Tensor) -> Tensor: ...

    def project(self, v: Tensor, y: Tensor) -> Tensor: ...

    def initial_estimate(self, y: Tensor) -> Tensor: ...


class ConstrainedOperator(Operator):
    """A photo that an operator made and a set hides: blurred or shrunk, then clipped or saved as JPEG.

    argmin dist(A x, set)^2 / 2 sigma_y^2 + |x - z|^2 / 2 trust^2 by majorise-minimise: the distance is at
    most |A x - P(A x_k)|, with equality at x_k, so each round is one proximal step of A towards P(A x_k)
    and never raises the objective.
    """

    def __init__(self, operator: Operator, constraint: ConstraintSet, rounds: int = 2) -> None:
        self.operator = operator
        self.constraint = constraint
        self.rounds = rounds
        self.norm = operator.norm * constraint.norm
        self.scale, self.pad, self.known_mask = operator.scale, operator.pad, operator.known_mask

    def __call__(self, x: Tensor) -> Tensor:
        return self.constraint(self.operator(x))

    @torch.no_grad()
    def prox(self, z: Tensor, y: Tensor, noise: GaussianNoise, prior_std: float) -> Tensor:
        x, noise = z, noise.scaled(1 / self.constraint.norm)
        for _ in range(self.rounds):
            x = self.operator.prox(z, self._target(x, y), noise, prior_std)
        return x

    def residual(self, x: Tensor, y: Tensor) -> Tensor:
        """From the set to A x, in y's units."""
        return (self._seen(x, y) - self._target(x, y)) * self.constraint.norm

    def initial_estimate(self, y: Tensor) -> Tensor:
        return self.operator.initial_estimate(self.constraint.initial_estimate(y))

    def _target(self, x: Tensor, y: Tensor) -> Tensor:
        """P(A x)."""
        return self.constraint.project(self._seen(x, y), y)

    def _seen(self, x: Tensor, y: Tensor) -> Tensor:
        """A x, with what covers a mask taken from the photo: JPEG blocks do not know of masks."""
        seen = self.operator(x)
        if self.known_mask is None:
            return seen
        return torch.where(self.known_mask > 0, seen, self.constraint.initial_estimate(y))


def chain(links: Sequence[LinearOperator]) -> LinearOperator:
    """The only link itself, which knows its step in closed form, or a Chain."""
    return links[0] if len(links) == 1 else Chain(*links)
