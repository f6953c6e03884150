"""Where the photo lies in the widget: one scale and one offset, as a value."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSizeF

MAX_SCALE = 32.0
_MAX_FITTED = 2.0  # beyond this the pixels of a small photo would be seen one by one
_MARGIN = 24.0  # around a photo that is fitted


@dataclass(frozen=True, slots=True)
class ViewTransform:
    """Widget point = photo point times `scale` plus (`left`, `top`); lengths in widget pixels.

    Photo points are (x, y) with the corner of the first pixel at (0, 0).
    """

    photo: QSizeF
    widget: QSizeF
    scale: float = 1.0
    left: float = 0.0
    top: float = 0.0

    @property
    def fit_scale(self) -> float:
        """The scale at which the whole photo is seen; a small one is enlarged, but stays smooth."""
        width = max(self.widget.width() - 2 * _MARGIN, 1.0)
        height = max(self.widget.height() - 2 * _MARGIN, 1.0)
        return min(width / self.photo.width(), height / self.photo.height(), _MAX_FITTED)

    @property
    def photo_rect(self) -> QRectF:
        return QRectF(self.left, self.top, self.photo.width() * self.scale, self.photo.height() * self.scale)

    def to_photo(self, point: QPointF) -> QPointF:
        return QPointF((point.x() - self.left) / self.scale, (point.y() - self.top) / self.scale)

    def to_widget(self, point: QPointF) -> QPointF:
        return QPointF(point.x() * self.scale + self.left, point.y() * self.scale + self.top)

    def fitted(self) -> "ViewTransform":
        return replace(self, scale=self.fit_scale).kept_inside()

    def zoomed(self, scale: float, about: QPointF) -> "ViewTransform":
        """At another scale, with the photo point under `about` staying where it is."""
        scale = min(max(scale, self.fit_scale / 4), MAX_SCALE)
        fixed = self.to_photo(about)
        left, top = about.x() - fixed.x() * scale, about.y() - fixed.y() * scale
        return replace(self, scale=scale, left=left, top=top).kept_inside()

    def moved(self, dx: float, dy: float) -> "ViewTransform":
        return replace(self, left=self.left + dx, top=self.top + dy).kept_inside()

    def resized(self, widget: QSizeF) -> "ViewTransform":
        """For another widget size, with the same photo point in the middle."""
        dx = (widget.width() - self.widget.width()) / 2
        dy = (widget.height() - self.widget.height()) / 2
        return replace(self, widget=widget, left=self.left + dx, top=self.top + dy).kept_inside()

    def kept_inside(self) -> "ViewTransform":
        """Centred where the photo is smaller than the widget; elsewhere some of it stays in sight."""
        rect = self.photo_rect
        left = _kept(rect.left(), rect.width(), self.widget.width())
        top = _kept(rect.top(), rect.height(), self.widget.height())
        return replace(self, left=left, top=top)


def _kept(start: float, length: float, room: float) -> float:
    if length <= room:
        return (room - length) / 2
    in_sight = room / 4
    return min(max(start, in_sight - length), room - in_sight)
