"""How much damage a finder finds, how much of what it marks is damage, and what it marks on clean photos."""

from collections.abc import Iterable

import numpy as np

from daps_desktop.imaging.mask import Mask, dilate
from daps_desktop.training.damage.strokes import Floats

NEAR, ROUGHLY = 2, 4  # pixels that a mark may lie beside the damage that it finds, and that it is counted as
FIGURES: tuple[str, ...] = ("recall", "precision", "marked")


def finder_figures(pairs: Iterable[tuple[Mask, Floats]]) -> dict[str, float]:
    """Shares of the pixels of all pictures together; `pairs` are what was marked, and the truth of `Samples`.

    `recall`: of the damage, what lies within NEAR of a mark. `precision`: of the marks on damaged pictures,
    what lies within ROUGHLY of damage or of what may be taken for it. `marked`: of clean pictures.
    """
    found = damage = right = marks = wrong = clean = 0
    for marked, truth in pairs:
        if (truth > 0).any():
            found += int((dilate(marked, NEAR) & (truth > 0)).sum())
            damage += int((truth > 0).sum())
            right += int((marked & dilate(truth != 0, ROUGHLY)).sum())
            marks += int(marked.sum())
        else:
            wrong += int(marked.sum())
            clean += truth.size
    return dict(zip(FIGURES, map(_share, (found, right, wrong), (damage, marks, clean)), strict=True))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float(np.nan)
