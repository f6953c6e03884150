"""The damage that is measured."""

from daps_desktop.core.task import Blur, Motion, Noise, Small, Task
from daps_desktop.training.trials import REPAIR, Case, scratches, squares

CASES = (
    Case("holes", "scratches", REPAIR, draw_hole=scratches),
    Case("holes", "holes 16", REPAIR, draw_hole=squares(16)),
    Case("holes", "holes 32", REPAIR, draw_hole=squares(32)),
    Case("small", "small x2", Task((Small(2),)), told=0.0),
    Case("small", "small x4", Task((Small(4),)), told=0.0),
    *(Case("noise", f"noise {n}", Task((Noise(),)), n, n) for n in (15, 25, 50)),
    Case("blur", "blur 2", Task((Blur(2.0),)), 2.0, 2.0),
    Case("blur", "motion 9", Task((Motion(9.0, 30.0),)), 2.0, 2.0),
)
