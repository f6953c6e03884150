"""Operators made of operators: one after another, under a hole, or seen through a set."""

import math
from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

from daps_desktop.solver.operators.base import LinearOperator, NonlinearOperator, Operator
from daps_desktop.solver.operators.masking import fill_hole


class Chain(LinearOperator):
    """A x = A_n ... A_1 x: what happened first comes first, a hole last. One border outside of all.

    Each link is made for the size of its own output: a blur before x2 shrinking is made for the latent size
    of the shrinking.
    """

    def __init__(self, *links: LinearOperator) -> None:
        if any(link.observed is not None for link in links[:-1]):
            raise ValueError("a hole must be the last link of a chain")
        self.links = links
        self.norm = math.prod(link.norm for link in links)  # an upper bound
        self.scale = math.prod(link.scale for link in links)
        self.pad = sum(
            link.pad * math.prod(before.scale for before in links[:i]) for i, link in enumerate(links)
        )
        self.observed = links[-1].observed

    def __call__(self, x: Tensor) -> Tensor:
        for link in self.links:
            x = link(x)
        return x

    def adjoint(self, r: Tensor) -> Tensor:
        for link in reversed(self.links):
            r = link.adjoint(r)
        return r

    def start(self, y: Tensor) -> Tensor:
        for link in reversed(self.links):
            y = link.start(y)
        return y


class Masked(NonlinearOperator):
    """Any operator seen through a hole; the step of a pixelwise one stays in closed form."""

    def __init__(self, operator: Operator, observed: Tensor) -> None:
        """observed: (1 or B, 1, H, W), 1 = trust the photo, of the size of the operator's output."""
        self.operator = operator
        self.observed = observed
        self._kept = observed
        self.norm, self.scale, self.pad = operator.norm, operator.scale, operator.pad
        self.pixelwise = operator.pixelwise

    def __call__(self, x: Tensor) -> Tensor:
        return self.operator(x) * self._kept

    @torch.no_grad()
    def prox(self, z: Tensor, y: Tensor, sigma_y: float, trust: float) -> Tensor:
        if not self.pixelwise:
            return super().prox(z, y * self._kept, sigma_y, trust)
        return torch.where(self._kept > 0, self.operator.prox(z, y, sigma_y, trust), z)

    def start(self, y: Tensor) -> Tensor:
        return self.operator.start(fill_hole(y, self._kept))


class DataSet(Protocol):
    """What one photo says without noise: the scenes it could have come from (JPEG bounds, clipping)."""

    norm: float

    def __call__(self, x: Tensor) -> Tensor: ...

    def project(self, v: Tensor, y: Tensor) -> Tensor: ...

    def start(self, y: Tensor) -> Tensor: ...


class SetAfter(Operator):
    """A photo that an operator made and a set hides: blurred or shrunk, then clipped or saved as JPEG.

    argmin dist(A x, set)^2 / 2 sigma_y^2 + |x - z|^2 / 2 trust^2 by majorise-minimise: the distance is at
    most |A x - P(A x_k)|, with equality at x_k, so each round is one proximal step of A towards P(A x_k)
    and never raises the objective.
    """

    def __init__(self, operator: Operator, data_set: DataSet, rounds: int = 2) -> None:
        self.operator = operator
        self.data_set = data_set
        self.rounds = rounds
        self.norm = operator.norm * data_set.norm
        self.scale, self.pad, self.observed = operator.scale, operator.pad, operator.observed

    def __call__(self, x: Tensor) -> Tensor:
        return self.data_set(self.operator(x))

    @torch.no_grad()
    def prox(self, z: Tensor, y: Tensor, sigma_y: float, trust: float) -> Tensor:
        x = z
        for _ in range(self.rounds):
            x = self.operator.prox(z, self._target(x, y), sigma_y / self.data_set.norm, trust)
        return x

    def residual(self, x: Tensor, y: Tensor) -> Tensor:
        """From the set to A x, in y's units."""
        return (self._seen(x, y) - self._target(x, y)) * self.data_set.norm

    def start(self, y: Tensor) -> Tensor:
        return self.operator.start(self.data_set.start(y))

    def _target(self, x: Tensor, y: Tensor) -> Tensor:
        """P(A x)."""
        return self.data_set.project(self._seen(x, y), y)

    def _seen(self, x: Tensor, y: Tensor) -> Tensor:
        """A x, with what covers a hole taken from the photo: JPEG blocks do not know of holes."""
        seen = self.operator(x)
        if self.observed is None:
            return seen
        return torch.where(self.observed > 0, seen, self.data_set.start(y))


def chain(links: Sequence[LinearOperator]) -> LinearOperator:
    """The only link itself, which knows its step in closed form, or a Chain."""
    return links[0] if len(links) == 1 else Chain(*links)
