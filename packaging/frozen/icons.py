"""The program's icon in every size that a system asks for: python icons.py FOLDER SIDE..."""

import sys
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ICON = Path(__file__).resolve().parents[2] / "resources" / "icons" / "app.svg"


def draw(side: int) -> QImage:
    image = QImage(side, side, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(ICON)).render(painter, QRectF(0, 0, side, side))
    painter.end()
    return image


def main() -> None:
    folder, sides = Path(sys.argv[1]), [int(side) for side in sys.argv[2:]]
    folder.mkdir(parents=True, exist_ok=True)
    application = QGuiApplication(sys.argv[:1])
    for side in sides:
        draw(side).save(str(folder / f"{side}.png"))
    application.quit()
    pictures = {side: Image.open(folder / f"{side}.png") for side in sides}
    largest = pictures[max(sides)]
    largest.save(folder / "app.ico", sizes=[(side, side) for side in sides if side <= 256])
    largest.save(folder / "app.icns")


if __name__ == "__main__":
    main()
