"""The toy prior, in a data folder of the tests' own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from daps_desktop.base.paths import DATA_VARIABLE
from tests.engine.playing import install_tiny


@pytest.fixture(scope="module")
def tiny_prior(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder with the prior `tiny`, set for the whole module."""
    data = tmp_path_factory.mktemp("data")
    install_tiny(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA_VARIABLE, str(data))
        yield data
