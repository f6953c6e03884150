"""Our tables are those that libjpeg writes, at every quality."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from daps_desktop.analysis.jpeg_quality import quality_from_tables
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.jpeg_tables import tables_for_quality


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_tables_are_those_of_libjpeg_at_every_quality(tmp_path: Path, mode: str) -> None:
    file = tmp_path / "photo.jpg"
    for quality in range(1, 101):
        Image.new(mode, (16, 16)).save(file, quality=quality, subsampling=2 if mode == "RGB" else -1)
        found, expected = read_photo(file).jpeg, tables_for_quality(quality, grey=mode == "L")
        assert found is not None
        np.testing.assert_array_equal(found.luma, expected.luma)
        assert (found.chroma is None) == (expected.chroma is None)
        if found.chroma is not None and expected.chroma is not None:
            np.testing.assert_array_equal(found.chroma, expected.chroma)
        assert np.array_equal(tables_for_quality(quality_from_tables(found)).luma, found.luma)
