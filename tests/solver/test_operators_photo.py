"""What the operators do to pictures: borders, alignment, kernels, JPEG files, clipping, the benchmarks."""

import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps
from torch import Tensor

from daps_desktop.base.errors import UserError
from daps_desktop.imaging.jpeg_tables import tables_for_quality
from daps_desktop.imaging.photo import JpegTables
from daps_desktop.jobs.damage import SHRINK_KERNELS
from daps_desktop.solver.operators import (
    KERNELS,
    CameraBlurOperator,
    Chain,
    ClippingOperator,
    ConstrainedOperator,
    Convolution,
    DownsamplingOperator,
    FourierMagnitude,
    GaussianNoise,
    JpegConstraint,
    LumaOperator,
    MaskedOperator,
    MaskOperator,
    NonlinearOperator,
    Operator,
    box_mask,
    compress,
    fill_mask,
    gaussian_kernel,
    kernel_from_image,
    known_mask_of,
    motion_kernel,
    random_mask,
)
from daps_desktop.solver.operators.jpeg import FAR, mean_between
from daps_desktop.solver.operators.masking import fill_smoothly
from daps_desktop.solver.operators.padding import pad_reflect


def picture(height: int, width: int, seed: int = 0) -> Tensor:
    """(1, 3, H, W) float64: shades, edges and texture; values of 8 bits, in the range 12 to 243."""
    rows, cols = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    shade = torch.stack([rows / height, cols / width, 1 - rows / height]).double() - 0.5
    disc = ((rows - height / 2) ** 2 + (cols - width / 3) ** 2 < (height / 4) ** 2) * 0.5
    rng = torch.Generator().manual_seed(seed)
    grain = 0.1 * torch.randn(1, height, width, generator=rng, dtype=torch.float64)
    x = (shade + disc + grain)[None].clamp(-0.9, 0.9)
    return (x * 127.5 + 127.5).round() / 127.5 - 1


def draw(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


# Holes


def test_observed_is_one_outside_the_hole() -> None:
    mask = np.zeros((4, 5), dtype=bool)
    mask[1, 2] = True
    observed = known_mask_of(mask)
    assert observed.shape == (1, 1, 4, 5)
    assert observed.sum() == 19 and observed[0, 0, 1, 2] == 0


def test_a_filled_hole_continues_its_rim_and_ignores_what_it_held() -> None:
    ramp = torch.linspace(-0.8, 0.8, 41).double().expand(1, 3, 33, 41)
    observed = torch.ones(1, 1, 33, 41).double()
    observed[..., 10:16, 18:22] = 0
    filled = fill_mask(torch.where(observed > 0, ramp, torch.nan), observed)
    torch.testing.assert_close(filled, ramp, atol=0.1, rtol=0)
    assert torch.equal(filled[..., :10, :], ramp[..., :10, :])


def test_a_smooth_filling_of_one_colour_is_that_colour() -> None:
    observed = random_mask(17, 22, 0.8, 3)
    colour = torch.tensor([0.3, -0.2, 0.9]).view(1, 3, 1, 1).expand(1, 3, 17, 22)
    filled = fill_smoothly(torch.where(observed > 0, colour, torch.nan), observed)
    torch.testing.assert_close(filled, colour, atol=1e-5, rtol=0)


def test_residual_counts_observed_entries_only() -> None:
    observed = box_mask(8, 8, 4).double()
    x = torch.zeros(1, 3, 8, 8).double()
    y = torch.where(observed > 0, 0.1, 7.0).expand_as(x)
    assert MaskOperator(observed).residual_rms(x, y) == pytest.approx(0.1)


def test_conjugate_gradients_on_a_mask_stay_finite() -> None:
    chain = Chain(MaskOperator(random_mask(16, 16, 0.5, 1)))
    chain.iterations, chain.tolerance = 30, 0
    z, y = torch.zeros(2, 3, 16, 16), torch.ones(2, 3, 16, 16)
    y[1] = 0  # nothing to do at all in the second sample
    x = chain.prox(z, y, GaussianNoise.white(0.05), 0.1)
    torch.testing.assert_close(
        x, MaskOperator(random_mask(16, 16, 0.5, 1)).prox(z, y, GaussianNoise.white(0.05), 0.1)
    )


# Blur


def test_no_ringing_at_the_frame() -> None:
    wide = picture(116, 116)
    A = Convolution(gaussian_kernel(2.0), 84, 84, dtype=torch.float64)
    assert A.pad == 8
    scene = wide[..., 8:-8, 8:-8]
    y = A(scene)
    x = A.crop(A.prox(A.initial_estimate(y), y, GaussianNoise.white(0.02), 0.3))
    error = (x - A.crop(scene)).abs()
    frame = torch.ones_like(error, dtype=torch.bool)
    frame[..., 12:-12, 12:-12] = False
    assert error[frame].mean() < 1.2 * error[~frame].mean()

    # The same step with a photo taken for periodic rings at the frame.
    kernel = torch.zeros(84, 84).double()
    kernel[:17, :17] = gaussian_kernel(2.0)
    spectrum = torch.fft.fft2(kernel.roll((-8, -8), (0, 1)))
    filtered = torch.fft.fft2(y) * spectrum.conj() + torch.fft.fft2(y) * (0.02 / 0.3) ** 2
    periodic = torch.fft.ifft2(filtered / (spectrum.abs() ** 2 + (0.02 / 0.3) ** 2)).real
    error = (periodic - A.crop(scene)).abs()
    assert error[frame].mean() > 1.5 * error[~frame].mean()


@pytest.mark.parametrize(("kernel", "bound"), [(gaussian_kernel(2.0), 0.01), (motion_kernel(11, 30), 0.03)])
def test_few_steps_are_enough_inside_the_photo(kernel: Tensor, bound: float) -> None:
    quick = Convolution(kernel, 64, 64, dtype=torch.float64)
    exact = Convolution(kernel, 64, 64, iterations=400, tolerance=0, dtype=torch.float64)
    truth = quick.embed(picture(64, 64))
    y = quick(truth) + 0.05 * draw(1, 3, 64, 64)
    z = truth + 0.2 * draw(*truth.shape, seed=1)
    wanted = exact.prox(z, y, GaussianNoise.white(0.05), 0.5)
    error = quick.crop(quick.prox(z, y, GaussianNoise.white(0.05), 0.5) - wanted)[..., 8:-8, 8:-8]
    assert error.square().mean().sqrt() < bound * (wanted - z).square().mean().sqrt()


def test_motion_kernels_follow_their_angle() -> None:
    flat = motion_kernel(9, 0)
    row = flat.shape[0] // 2
    torch.testing.assert_close(flat[row][flat[row] > 0], torch.full((9,), 1 / 9, dtype=torch.float64))
    rising = motion_kernel(9, 45)
    assert rising[0:row, row + 1 :].sum() > 0.35  # up and to the right
    assert rising.sum() == pytest.approx(1)


def test_a_kernel_picture_is_centred_and_normalised() -> None:
    drawn = np.zeros((9, 12), dtype=np.uint8)
    drawn[2, 3:8] = 255
    kernel = kernel_from_image(drawn)
    assert kernel.shape == (5, 5)
    torch.testing.assert_close(kernel[2], torch.full((5,), 0.2, dtype=torch.float64))


@pytest.mark.parametrize(
    "drawn",
    [np.zeros((3, 3)), np.full((2, 2), np.nan), np.ones((300, 3)), np.ones((3, 3, 3, 3)), -np.ones((3, 3))],
)
def test_a_useless_kernel_picture_is_refused_in_words(drawn: np.ndarray) -> None:
    with pytest.raises(UserError, match=r"k\.png cannot serve as a blur kernel"):
        kernel_from_image(drawn, "k.png")


def test_a_mirrored_border_may_exceed_the_photo() -> None:
    x = torch.arange(3.0).expand(1, 1, 3, 3)
    assert pad_reflect(x, 5)[0, 0, 0].tolist() == [1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1]


# Size


@pytest.mark.parametrize("factor", [2, 3, 4, 8])
def test_shrinking_and_its_start_keep_a_ramp_in_place(factor: int) -> None:
    A = DownsamplingOperator(factor, 12, 14)
    cols = torch.arange(14 * factor + 2 * A.pad, dtype=torch.float64) - A.pad
    ramp = cols.expand(1, 3, A.domain_size(12, 14)[0], -1)
    y = A(ramp)
    centres = torch.arange(14, dtype=torch.float64) * factor + (factor - 1) / 2
    torch.testing.assert_close(y, centres.expand_as(y))
    inner = 4 * factor
    torch.testing.assert_close(A.initial_estimate(y)[..., inner:-inner], ramp[..., inner:-inner])


def test_every_kernel_that_can_be_named_is_there() -> None:
    assert tuple(KERNELS) == SHRINK_KERNELS


@pytest.mark.parametrize(
    ("name", "filtered"), [("area", "BOX"), *((k, k.upper()) for k in SHRINK_KERNELS[2:])]
)
def test_shrinking_is_what_an_antialiased_resize_does(name: str, filtered: str) -> None:
    x = picture(64, 48)
    A = DownsamplingOperator(4, 16, 12, KERNELS[name])
    planes = [Image.fromarray(plane.float().numpy()) for plane in x[0]]
    small = [np.asarray(plane.resize((12, 16), Image.Resampling[filtered])) for plane in planes]
    wanted = torch.from_numpy(np.stack(small))[None].to(x)
    torch.testing.assert_close(A(A.embed(x))[..., 3:-3, 3:-3], wanted[..., 3:-3, 3:-3], atol=1e-5, rtol=0)


# Clipping


@pytest.mark.parametrize("scale", [1.3, 2.0, 5.0])
def test_clipped_prox_is_the_global_minimum(scale: float) -> None:
    A = ClippingOperator(scale)
    z, y = 1.5 * draw(1, 3, 5, 6), draw(1, 3, 5, 6, seed=1).clamp(-1.1, 1.1)
    y[0, 0] = 1
    grid = torch.linspace(-6, 6, 6001, dtype=torch.float64)
    for sigma_y, prior_std in [(0.05, 0.5), (0.3, 0.2)]:

        def cost(x: Tensor, a: Tensor = z, b: Tensor = y, s: float = sigma_y, r: float = prior_std) -> Tensor:
            return (A(x) - b) ** 2 / s**2 + (x - a) ** 2 / r**2

        best = cost(grid, z[..., None], y[..., None]).amin(-1)
        found = cost(A.prox(z, y, GaussianNoise.white(sigma_y), prior_std))
        assert (found <= best + 1e-9).all()


def test_a_mask_over_clipping_leaves_the_hole_to_the_prior() -> None:
    observed = random_mask(6, 7, 0.4, 3).double()
    A = MaskedOperator(ClippingOperator(2), observed)
    z, y = draw(2, 3, 6, 7), draw(2, 3, 6, 7, seed=1)
    x = A.prox(z, y, GaussianNoise.white(0.05), 0.3)
    lost = (observed == 0).expand_as(x)
    assert torch.equal(x[lost], z[lost])
    assert torch.equal(x[~lost], ClippingOperator(2).prox(z, y, GaussianNoise.white(0.05), 0.3)[~lost])


def test_blur_then_clipping_lowers_its_objective() -> None:
    A = ConstrainedOperator(
        Convolution(gaussian_kernel(1.0), 32, 32, dtype=torch.float64), ClippingOperator(2.0)
    )
    truth = A.embed(picture(32, 32))
    y = A(truth)
    z = truth + 0.2 * draw(*truth.shape)
    assert A.residual_rms(truth, y) < 1e-9
    assert A.residual_rms(A.prox(z, y, GaussianNoise.white(0.02), 0.3), y) < 0.2 * A.residual_rms(z, y)


# JPEG


def pil(x: Tensor) -> Image.Image:
    values = ((x[0] + 1) * 127.5).round().byte().permute(1, 2, 0).numpy()
    return Image.fromarray(values[..., 0] if values.shape[2] == 1 else values)


def tensor(image: Image.Image) -> Tensor:
    values = torch.tensor(np.array(image), dtype=torch.float64)
    values = values[..., None] if values.ndim == 2 else values
    return values.permute(2, 0, 1)[None] / 127.5 - 1


def pillow_jpeg(x: Tensor, quality: int, sampling: tuple[int, int]) -> tuple[Tensor, JpegTables]:
    names = {(1, 1): "4:4:4", (1, 2): "4:2:2", (2, 2): "4:2:0"}
    file = io.BytesIO()
    pil(x).save(file, "JPEG", quality=quality, subsampling=names[sampling])
    opened = Image.open(io.BytesIO(file.getvalue()))
    tables = tables_for_quality(quality, sampling, grey=x.shape[1] == 1)
    coded = [np.array(table).reshape(8, 8) for table in opened.quantization.values()]
    assert (coded[0] == tables.luma).all()
    if tables.chroma is not None:
        assert (coded[1] == tables.chroma).all()
    return tensor(opened), tables


SAMPLINGS = [(1, 1), (1, 2), (2, 2)]


@pytest.mark.parametrize("sampling", SAMPLINGS)
@pytest.mark.parametrize("quality", [30, 75, 95])
@pytest.mark.parametrize("size", [(64, 96), (51, 69)])
def test_compress_does_what_a_jpeg_file_does(
    sampling: tuple[int, int], quality: int, size: tuple[int, int]
) -> None:
    x = picture(*size)
    wanted, tables = pillow_jpeg(x, quality, sampling)
    levels = (compress(x, tables) - wanted).abs() * 127.5
    assert (levels < 1.5).double().mean() > 0.85
    assert levels.mean() < 0.9


def test_compress_serves_grey_photos() -> None:
    x = picture(40, 56)[:, :1]
    wanted, tables = pillow_jpeg(x, 60, (1, 1))
    assert ((compress(x, tables) - wanted).abs() * 127.5 < 1.5).double().mean() > 0.97


@pytest.mark.parametrize("sampling", SAMPLINGS)
@pytest.mark.parametrize("quality", [30, 75, 92])
def test_the_original_lies_in_the_set_of_its_file(sampling: tuple[int, int], quality: int) -> None:
    x = picture(64, 96)
    y, tables = pillow_jpeg(x, quality, sampling)
    A = JpegConstraint(tables)
    assert A.residual_rms(x, y) * 127.5 < 0.1
    assert A.residual_rms(y, y) * 127.5 < 0.6
    other = picture(64, 96, seed=1)
    assert A.residual_rms(other, y) > 10 * A.residual_rms(x, y)


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_jpeg_projection_is_a_projection(sampling: tuple[int, int]) -> None:
    x = picture(32, 48)
    y = compress(x, tables_for_quality(40, sampling))
    A = JpegConstraint(tables_for_quality(40, sampling))
    z = x + 0.3 * draw(*x.shape)
    nearest = A.project(z, y)
    torch.testing.assert_close(A.project(nearest, y), nearest, atol=1e-9, rtol=0)
    assert A.residual_rms(nearest, y) < 1e-9
    ycc = torch.tensor(
        [[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]]
    ).double()
    for seed in range(5):  # no member of the set lies on z's side of the nearest one
        member = A.project(x + 0.2 * draw(*x.shape, seed=seed + 1), y)
        away, along = (torch.einsum("ij,bjhw->bihw", ycc, d) for d in (z - nearest, member - nearest))
        assert (away * along).sum() <= 1e-6


def test_jpeg_prox_goes_part_of_the_way_to_what_is_possible() -> None:
    x = picture(32, 32)
    A = JpegConstraint(tables_for_quality(50, (1, 1)))
    y = compress(x, A.tables)
    z = x + 0.3 * draw(*x.shape)
    whole, half = (A.prox(z, y, GaussianNoise.white(noise), 0.1) for noise in (1e-6, 0.1))
    torch.testing.assert_close(half, (z + whole) / 2)
    assert A.residual_rms(whole, y) < 1e-6
    # What hardly doubts z is the projection; what knows nothing is the middle, which the file was decoded to.
    sure, ignorant = (A.prox(z, y, GaussianNoise.white(1e-6), std) for std in (2e-4, 30.0))
    torch.testing.assert_close(sure, A.project(z, y), atol=1e-3, rtol=0)
    assert (ignorant - y).square().mean().sqrt() * 127.5 < 0.6  # its pixels were rounded


@pytest.mark.parametrize("std", [0.3, 2.0, 50.0])
@pytest.mark.parametrize("centre", [-9.0, -2.0, 0.5, 3.0, 7.0])
def test_the_mean_between_bounds_is_that_of_a_fine_sum(centre: float, std: float) -> None:
    low, high = -2.0, 5.0
    inside = torch.linspace(low, high, 20001, dtype=torch.float64)
    far = min(max(centre, low - FAR * std), high + FAR * std)
    likely = torch.softmax(-(((inside - far) / std) ** 2) / 2, 0)
    found = mean_between(torch.tensor([low]), torch.tensor([high]), torch.tensor([centre]), std)
    assert float(found) == pytest.approx(float(likely @ inside), abs=2e-3)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_jpeg_blocks_follow_the_orientation_of_the_file(orientation: int) -> None:
    coded = picture(40, 64)
    decoded, tables = pillow_jpeg(coded, 40, (1, 2))

    def upright(x: Tensor) -> Tensor:
        image = pil(x)
        image.getexif()[0x0112] = orientation  # EXIF: Orientation
        return tensor(ImageOps.exif_transpose(image))

    turned = replace(tables, orientation=orientation)
    x, y = upright(coded), upright(decoded)
    assert JpegConstraint(turned).residual_rms(x, y) * 127.5 < 0.1
    torch.testing.assert_close(compress(x, turned), upright(compress(coded, tables)))


def test_jpeg_blocks_that_stick_out_of_the_frame_are_kept_close() -> None:
    x = picture(37, 51)
    y, tables = pillow_jpeg(x, 60, (2, 2))
    A = JpegConstraint(tables)
    z = x + 0.3 * draw(*x.shape)
    for _ in range(10):
        z = A.prox(z, y, GaussianNoise.white(0.01), 1.0)
    assert A.residual_rms(z, y) * 127.5 < 0.5
    outer = (z - x)[..., 32:, 48:].square().mean().sqrt()
    assert outer < 0.28  # was 0.3 plus what the colour matrix adds


def test_jpeg_after_shrinking_under_a_hole() -> None:
    observed = box_mask(24, 24, 6).double()
    tables = tables_for_quality(60)
    A = ConstrainedOperator(
        Chain(DownsamplingOperator(2, 24, 24), MaskOperator(observed)), JpegConstraint(tables)
    )
    truth = A.embed(picture(48, 48))
    y = compress(torch.where(observed > 0, DownsamplingOperator(2, 24, 24)(truth), 1.0), tables)
    z = truth + 0.2 * draw(*truth.shape)
    x = A.prox(z, y, GaussianNoise.white(0.02), 0.3)
    assert A.residual_rms(x, y) < 0.3 * A.residual_rms(z, y)
    assert A.initial_estimate(y).shape == truth.shape


# Laboratory


def camera() -> CameraBlurOperator:
    return CameraBlurOperator(1.0, 1.5, 20, 23, dtype=torch.float64)


def phase() -> FourierMagnitude:
    return FourierMagnitude(2.0, 20, 23)


def masked_camera() -> MaskedOperator:
    return MaskedOperator(camera(), random_mask(20, 23, 0.3, 5).double())


@pytest.mark.parametrize("make", [camera, phase, masked_camera])
@pytest.mark.parametrize(("sigma_y", "prior_std"), [(0.05, 0.3), (0.05, 0.05)])
def test_gauss_newton_reaches_a_stationary_point(
    make: type[NonlinearOperator], sigma_y: float, prior_std: float
) -> None:
    A: NonlinearOperator = make()
    truth = torch.cat([A.embed(picture(20, 23, seed=s)) for s in range(2)])
    y = A(truth) * 0.98
    z = (truth + 0.1 * draw(*truth.shape, seed=1)).requires_grad_()

    def cost(x: Tensor) -> Tensor:
        return ((A(x) - y) ** 2).sum((1, 2, 3)) / sigma_y**2 + ((x - z) ** 2).sum((1, 2, 3)) / prior_std**2

    produced = A.prox(z.detach(), y, GaussianNoise.white(sigma_y), prior_std)
    assert (cost(produced) < 0.9 * cost(z)).all()
    A.steps = 30
    settled = A.prox(z.detach(), y, GaussianNoise.white(sigma_y), prior_std).requires_grad_()
    (here,) = torch.autograd.grad(cost(settled).sum(), settled)
    (there,) = torch.autograd.grad(cost(z).sum(), z)
    assert here.norm() < 5e-3 * there.norm()


def test_nonlinear_norms_bound_their_slope_on_smooth_pictures() -> None:
    operators: list[Operator] = [camera(), phase(), ClippingOperator(3.0)]
    for A in operators:
        a, b = A.embed(picture(20, 23) * 0.3), A.embed(picture(20, 23) * 0.3 + 0.01)
        assert (A(a) - A(b)).norm() <= A.norm * (a - b).norm() * (1 + 1e-9)


def test_phase_retrieval_pads_as_the_papers_do() -> None:
    A = FourierMagnitude(2.0, 256, 256)
    y = A(torch.zeros(1, 3, 256, 256))
    assert y.shape == (1, 3, 384, 384)
    assert A.domain_size(384, 384) == (256, 256)
    assert y[0, 0, 192, 192] == y.max()  # centred
    assert float(y.square().sum()) == pytest.approx(3 * 256 * 256 / 4, rel=1e-5)  # orthonormal


def test_camera_saturates_smoothly_and_its_start_undoes_the_exposure() -> None:
    A = camera()
    flat = torch.full((1, 3, *A.domain_size(20, 23)), 0.2, dtype=torch.float64)
    torch.testing.assert_close(A.initial_estimate(A(flat)), flat, atol=0.01, rtol=0)
    bright = A(torch.ones_like(flat))
    assert bright.max() <= 1 and bright.min() > 0.99
    for end in torch.tensor([-1.0, 1.0], dtype=torch.float64):  # noise may reach beyond it: that is no light
        y = end.expand(1, 3, 20, 23)
        torch.testing.assert_close(A.initial_estimate(1.3 * y), A.initial_estimate(y), atol=0, rtol=0)


def test_masks_of_the_papers() -> None:
    lost = 1 - random_mask(50, 40, 0.7, 42)
    assert lost.sum() == 1400
    assert torch.equal(lost, 1 - random_mask(50, 40, 0.7, 42))
    assert (1 - box_mask(40, 60)).sum() == 400
    assert (1 - box_mask(40, 60, 500)).sum() == 1600


def test_grey_to_colour_starts_from_grey() -> None:
    y = picture(6, 7)[:, :1]
    torch.testing.assert_close(LumaOperator()(LumaOperator().initial_estimate(y)), y)
