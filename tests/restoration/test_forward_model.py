"""Tasks that name files or masks, as problems of the photo."""

from pathlib import Path

import numpy as np
import pytest
import torch

from daps_desktop.base.errors import UserError
from daps_desktop.document.kernel_file import with_kernel_read
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage import KernelBlur, PhaseRetrieval
from daps_desktop.jobs.task import Task
from daps_desktop.restoration.forward_model import Measurement, build_operator


def blurred_dot(kernel: Path) -> torch.Tensor:
    """(3, 3): what this kernel makes of a white dot on black."""
    dot = torch.zeros(1, 3, 9, 9)
    dot[..., 4, 4] = 1
    A = build_operator(with_kernel_read(Task((KernelBlur(str(kernel)),))), Measurement(9, 9))
    return A(A.embed(dot))[0, 0, 3:6, 3:6]


def test_a_kernel_of_sixteen_bits_keeps_its_weights(tmp_path: Path) -> None:
    weights = np.array([[0, 1000, 0], [1000, 60000, 1000], [0, 1000, 0]], np.uint16)
    write_photo(Photo(weights[..., None]), tmp_path / "kernel.png")
    torch.testing.assert_close(
        blurred_dot(tmp_path / "kernel.png"),
        torch.tensor(weights / weights.sum(), dtype=torch.float32),
        atol=1e-5,
        rtol=0,
    )


def test_a_kernel_that_cannot_be_one_is_refused_in_words(tmp_path: Path) -> None:
    write_photo(Photo(np.zeros((5, 5, 1), np.uint8)), tmp_path / "black.png")
    for name, words in (("black.png", "all black"), ("none.png", "cannot be read as a picture")):
        with pytest.raises(UserError, match=words):
            blurred_dot(tmp_path / name)


@pytest.mark.parametrize("size", [(2, 3), (48, 96), (128, 32)])
def test_a_modulus_is_that_of_a_picture_of_the_size_that_is_sought(size: tuple[int, int]) -> None:
    A = build_operator(Task((PhaseRetrieval(),)), Measurement(*size))
    y = torch.zeros(1, 3, *size)
    assert (
        A.initial_estimate(y).shape[-2:] == A.domain_size(*size) and A(A.initial_estimate(y)).shape == y.shape
    )
