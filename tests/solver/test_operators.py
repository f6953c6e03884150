"""Every forward operator enters one list and gets the same tests: transpose, norm, proximal step, sizes."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
import torch
from torch import Tensor

from daps_desktop.solver.operators import (
    KERNELS,
    Chain,
    Convolution,
    DownsamplingOperator,
    GaussianNoise,
    Identity,
    LinearOperator,
    LumaOperator,
    MaskOperator,
    Operator,
    ShrinkKernel,
    gaussian_kernel,
    motion_kernel,
)

H, W, B = 13, 18, 2


def seeded(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def lopsided() -> Tensor:
    """A kernel without any symmetry, 5 x 3."""
    kernel = torch.arange(1.0, 16.0, dtype=torch.float64).view(5, 3) ** 2
    return kernel / kernel.sum()


def holes() -> Tensor:
    return (seeded(B, 1, H, W, seed=9) > -0.4).double()


def blur(kernel: Tensor, height: int = H, width: int = W) -> Convolution:
    return Convolution(kernel, height, width, iterations=300, tolerance=0, dtype=torch.float64)


SOFT = replace(KERNELS["area"], name="soft", blur=1.0)


def small(factor: int, kernel: ShrinkKernel = KERNELS["bicubic"]) -> DownsamplingOperator:
    operator = DownsamplingOperator(factor, H, W, kernel)
    operator.iterations = 60
    return operator


def blur_then_small_then_grey_then_hole() -> Chain:
    shrunk = small(2)
    return Chain(
        blur(motion_kernel(5, 60), *shrunk.domain_size(H, W)), shrunk, LumaOperator(), MaskOperator(holes())
    )


@dataclass(frozen=True)
class Case:
    """tightness: the smallest share of `norm` that power iteration must find on an image this small."""

    name: str
    make: Callable[[], LinearOperator]
    tightness: float = 0.999


CASES = [
    Case("noise", Identity),
    Case("hole", lambda: MaskOperator(holes())),
    Case("gaussian", lambda: blur(gaussian_kernel(1.3)), 0.93),
    Case("motion", lambda: blur(motion_kernel(7, 30)), 0.93),
    Case("lopsided kernel", lambda: blur(lopsided()), 0.97),
    *[Case(f"small x{f}", lambda f=f: small(f), 0.97) for f in (2, 3, 4, 8)],
    *[Case(f"small by {k.name}", lambda k=k: small(3, k), 0.97) for k in (*KERNELS.values(), SOFT)],
    Case("grey", LumaOperator),
    Case("blur under a hole", lambda: Chain(blur(gaussian_kernel(1.0)), MaskOperator(holes())), 0.8),
    Case("all at once", blur_then_small_then_grey_then_hole, 0.7),
]


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param


def latent(operator: Operator, seed: int = 0) -> Tensor:
    return seeded(B, 3, *operator.domain_size(H, W), seed=seed)


def test_adjoint_is_the_transpose(case: Case) -> None:
    A = case.make()
    x = latent(A)
    y = A(x)
    assert y.shape[-2:] == (H, W)
    r = seeded(*y.shape, seed=1)
    back = A.adjoint(r)
    assert back.shape == x.shape
    torch.testing.assert_close((y * r).sum(), (x * back).sum())


def test_norm_agrees_with_power_iteration(case: Case) -> None:
    A = case.make()
    x = latent(A)
    for _ in range(60):
        x = A.adjoint(A(x))
        x = x / x.norm()
    found = float(A(x).norm())
    assert case.tightness * A.norm <= found <= A.norm * (1 + 1e-9)


@pytest.mark.parametrize(("sigma_y", "prior_std"), [(0.05, 0.5), (0.05, 0.04), (0.5, 0.1)])
def test_prox_solves_its_equation(case: Case, sigma_y: float, prior_std: float) -> None:
    A = case.make()
    A.iterations, A.tolerance = 150, 0
    z, y = latent(A), A(latent(A, seed=2)) + 1.0
    x = A.prox(z, y, GaussianNoise.white(sigma_y), prior_std)
    gradient = A.adjoint(A(x) - y) / sigma_y**2 + (x - z) / prior_std**2
    scale = (A.adjoint(A(z) - y) / sigma_y**2).abs().max()
    assert gradient.abs().max() < 1e-7 * scale


def test_prox_leaves_z_where_the_photo_tells_nothing(case: Case) -> None:
    A = case.make()
    z, y = latent(A), A(latent(A, seed=2))
    torch.testing.assert_close(A.prox(z, y, GaussianNoise.white(1e6), 0.1), z, atol=1e-8, rtol=0)


def test_prox_lowers_the_residual_to_the_noise(case: Case) -> None:
    A = case.make()
    z = latent(A)
    y = A(latent(A, seed=2))
    x = A.prox(z, y, GaussianNoise.white(0.01), 0.5)
    assert A.residual_rms(x, y) < 0.1 * A.residual_rms(z, y)


def test_sizes_agree(case: Case) -> None:
    A = case.make()
    photo = seeded(B, 3, A.scale * H, A.scale * W)
    x = A.embed(photo)
    assert x.shape[-2:] == A.domain_size(H, W)
    assert torch.equal(A.crop(x), photo)
    assert A.initial_estimate(A(x)).shape == x.shape
    assert A.residual_rms(x, A(x)) < 1e-12
