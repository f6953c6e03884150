"""The one mutable truth on the window's side: photo, mask, task, versions. A plain object without events."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from daps_desktop.document.framing import Framing
from daps_desktop.document.kernel_file import with_kernel_read
from daps_desktop.document.version import Version
from daps_desktop.imaging.frame import Advance, Frame, no_advance
from daps_desktop.imaging.mask import Mask, MaskEdit, bounding_box
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.photo_profile import PhotoProfile
from daps_desktop.imaging.rect import Rect
from daps_desktop.imaging.selection import Selection
from daps_desktop.imaging.soft_edge import expanded, outer_extent
from daps_desktop.jobs.messages import RestoreResult
from daps_desktop.jobs.recipe import DEFAULT_TASK, Recipe
from daps_desktop.jobs.requests import RestoreRequest
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task


@dataclass
class Document:
    """Versions are history: appended, never overwritten, and their numbers never given again.

    They are of the photo in this frame alone.
    """

    photo: Photo
    task: Task = DEFAULT_TASK
    settings: SolverSettings = field(default_factory=SolverSettings)
    versions: list[Version] = field(default_factory=list[Version])
    profile: PhotoProfile | None = None  # until it is known
    framing: Framing | None = None  # None: `photo` is the original
    first_number: int = 1  # of its versions
    refused: Mask | None = None  # what was found and is no damage, as the user says; read-only
    mask: Mask = field(init=False)
    _last_number: int = field(default=0, init=False)
    _settled: Mask = field(init=False)  # the mask without the stroke under way
    _marked: int = field(default=0, init=False)  # pixels of `_settled` that are True
    _changing: int = field(default=0, init=False)  # the same with a soft edge `_edge` pixels wide
    _edge: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        # Two arrays, so that neither the start nor the end of a stroke costs what the photo measures.
        self.mask = np.zeros((self.photo.height, self.photo.width), dtype=bool)
        self._settled = np.zeros_like(self.mask)

    @property
    def original(self) -> Photo:
        """The photo as its file holds it."""
        return self.framing.original if self.framing else self.photo

    @property
    def frame(self) -> Frame:
        return self.framing.frame if self.framing else Frame()

    def reframed(self, frame: Frame, advance: Advance = no_advance) -> "Document":
        """A document of the original in another frame, with the same marks and choices; it has no versions
        yet, and gives them other numbers. Raises: UserError (`frame_unfit`).
        """
        now = self.framing.marked(self.mask) if self.framing else Framing(self.original, frame, self.mask)
        framing = Framing(self.original, frame, now.marks.copy())
        document = Document(
            framing.framed_photo(advance),
            self.task,
            self.settings,
            framing=None if frame == Frame() else framing,
            first_number=self.next_number,
        )
        document.replace_mask(framing.framed_marks())
        return document

    @property
    def marked_share(self) -> float:
        """The part of the photo that is marked, 0 to 1, without the stroke under way."""
        return self._marked / self.mask.size

    @property
    def soft_edge(self) -> int:
        """Width of the soft edge in pixels; there is none where every pixel is reworked."""
        return self.settings.soft_edge if self.task.solved_part.only_fills_mask else 0

    @property
    def redrawn_share(self) -> float:
        """The part of the photo that a repair redraws, 0 to 1: the marks with their soft edge."""
        if self._edge != self.soft_edge:
            self._edge = self.soft_edge
            self._changing = int(np.count_nonzero(outer_extent(self._settled, self._edge)))
        return self._changing / self.mask.size

    @property
    def effective_task(self) -> Task:
        """The task, without the repair of marked places where none is marked and other damage is named."""
        rest = self.task.maskless_part
        return rest if self._marked == 0 and rest.damages else self.task

    @property
    def mask_missing(self) -> bool:
        """True where the task only repairs marked places and none is marked."""
        return self.effective_task.needs_mask and self._marked == 0

    def still_marked_as(self, version: Version) -> bool:
        """True where the marks are those that the version was made with."""
        return self._marked == 0 if version.mask is None else np.array_equal(version.mask, self.mask)

    def write(self, rect: Rect, pixels: Mask) -> None:
        """Put `pixels` into the mask at `rect`."""
        self._settle(rect, pixels)
        self.mask[rect.slices] = pixels

    def _settle(self, rect: Rect, pixels: Mask) -> None:
        """Keep both counts by what changes around `rect` alone."""
        settled = self._settled[rect.slices]
        self._marked += int(np.count_nonzero(pixels)) - int(np.count_nonzero(settled))
        self._changing -= self._changing_near(rect)
        settled[...] = pixels
        self._changing += self._changing_near(rect)

    def _changing_near(self, rect: Rect) -> int:
        """Pixels that would be redrawn, as far out of `rect` as its own soft edge reaches."""
        near = expanded(rect, self._edge).clipped(*self.mask.shape)
        seen = expanded(near, self._edge).clipped(*self.mask.shape)
        inner = near.translated(-seen.top, -seen.left)
        return int(np.count_nonzero(outer_extent(self._settled[seen.slices], self._edge)[inner.slices]))

    def commit_stroke(self, rect: Rect) -> MaskEdit:
        """End a stroke that was drawn into `mask` inside `rect`; returns what it changed."""
        patch = MaskEdit(rect, self._settled[rect.slices].copy(), self.mask[rect.slices].copy())
        self.write(rect, patch.after)
        return patch

    def narrow_stroke(self, rect: Rect, among: Mask) -> None:
        """Of a stroke that was drawn into `mask` inside `rect` keep what is `among`, if anything is."""
        settled = self._settled[rect.slices]
        inside = self.mask[rect.slices] & ~settled & among
        if inside.any():
            self.mask[rect.slices] = settled | inside

    def revert_stroke(self, rect: Rect) -> None:
        """Undo a stroke that was drawn into `mask` inside `rect`."""
        self.mask[rect.slices] = self._settled[rect.slices]

    def mark(self, region: Selection, value: bool) -> MaskEdit:
        """Set the pixels of a region; returns what changed. A stroke under way goes on."""
        rect = region.rect
        before = self._settled[rect.slices].copy()
        after = before | region.inside if value else before & ~region.inside
        self._settle(rect, after)
        self.mask[rect.slices][region.inside] = value
        return MaskEdit(rect, before, after)

    def replace_mask(self, mask: Mask) -> MaskEdit:
        """Make `mask` the current one; returns what changed, cut down to the rectangle where it did."""
        rect = bounding_box(self.mask ^ mask)
        patch = MaskEdit(rect, self.mask[rect.slices].copy(), mask[rect.slices].copy())
        self.write(rect, patch.after)
        return patch

    def load(
        self, mask: Mask, recipe: Recipe, versions: Sequence[Version], framing: Framing | None = None
    ) -> None:
        """Put what was kept of this photo into a document that is still empty."""
        self.framing = framing
        self.replace_mask(mask)
        self.task, self.settings = recipe.task, recipe.settings
        for version in versions:
            self.append_version(version)

    @property
    def recipe(self) -> Recipe:
        return Recipe(self.task, self.settings)

    def add_version(self, request: RestoreRequest, finished: RestoreResult) -> Version:
        """Append the result of `request`."""
        return self.append_version(
            Version(
                self.next_number,
                finished.photo,
                Recipe(request.task, request.settings),
                request.mask,
                finished.report,
                residual_map=finished.residual_map,
            )
        )

    def append_version(self, version: Version) -> Version:
        """Also puts one back that was removed, in its place."""
        self._last_number = max(self._last_number, version.number)
        self.versions.append(version)
        self.versions.sort(key=lambda kept: kept.number)
        return version

    def version(self, number: int | None) -> Version | None:
        """The version with that number, if there is one."""
        return next((version for version in self.versions if version.number == number), None)

    def remove_version(self, version: Version) -> Version | None:
        """Take it out of the history; returns the one in whose place it stood: the next, else the last."""
        at = [kept.number for kept in self.versions].index(version.number)
        del self.versions[at]
        return self.versions[min(at, len(self.versions) - 1)] if self.versions else None

    def replace(self, version: Version) -> None:
        """Put it in the place of the version with its number, which it is but for its name or its home."""
        index = next(i for i, kept in enumerate(self.versions) if kept.number == version.number)
        self.versions[index] = version

    @property
    def next_number(self) -> int:
        return max(self._last_number + 1, self.first_number)

    def request(self, job_id: str, preview_side: int, prior_sha256: str = "") -> RestoreRequest:
        """A job for the document as it stands, to be done with that prior; its mask is a read-only copy, as
        the user keeps painting.
        """
        mask, task = None, with_kernel_read(self.effective_task)
        if task.needs_mask:
            mask = self.mask.copy()
            mask.setflags(write=False)
        return RestoreRequest(
            job_id,
            self.photo,
            mask,
            task,
            self.settings,
            preview_side,
            prior_sha256,
            self.profile,
            refused=self.refused,
        )
