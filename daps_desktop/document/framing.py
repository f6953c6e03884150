"""What the photo of a document was framed from, and the marks that follow from frame to frame."""

from dataclasses import dataclass, replace

import numpy as np

from daps_desktop.imaging.frame import Advance, Frame, apply, apply_to_mask, brought_back, no_advance
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo


@dataclass(frozen=True, slots=True)
class Framing:
    """The untouched photo and the frame that it is seen in.

    `marks`, (H, W) of the original, are those there were when the frame was set. Since then marks were drawn
    in the frame: only where these differ is anything brought back, so that no mark wanders or grows with the
    number of frames, and none is lost that lies outside of one.
    """

    original: Photo
    frame: Frame
    marks: Mask

    def framed_photo(self, advance: Advance = no_advance) -> Photo:
        """Raises: UserError (`frame_unfit`)."""
        return apply(self.original, self.frame, advance)

    def framed_marks(self) -> Mask:
        """As they were when the frame was set, (H, W) of the framed photo."""
        return apply_to_mask(self.marks, self.frame)

    def marked(self, mask: Mask) -> "Framing":
        """With what the marks in the frame, `mask`, have become."""
        changed = mask != self.framed_marks()
        if not np.any(changed):
            return self
        return replace(self, marks=brought_back(mask, changed, self.marks, self.frame))
