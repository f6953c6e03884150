"""How well prints are found in drawn scans: `python -m tests.benchmarks.prints [--pages 20] [--first 0]`."""

import argparse
import time

import numpy as np

from daps_desktop.analysis.prints.search import find_prints
from tests.analysis.scan_pages import draw, errors

CORNER, ANGLE = 4.0, 0.3  # pixels and degrees that are good enough


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument(
        "--first", type=int, default=0, help="the first seed; those of the suite begin at 300"
    )
    options = parser.parse_args()
    far, askew, more, seconds = [], [], 0, 0.0
    for seed in range(options.first, options.first + options.pages):
        page, laid = draw(seed)
        began = time.process_time()
        found = [np.array(outline.corners) for outline in find_prints(page)]
        seconds += time.process_time() - began
        told = errors(found, laid)
        missed = [f"{pixels:.1f} px {degrees:.2f}°" for pixels, degrees in told if not _good(pixels, degrees)]
        print(f"page {seed}: {len(laid)} prints, {len(found)} found", *missed, sep="  ", flush=True)
        far += [pixels for pixels, _ in told]
        askew += [degrees for _, degrees in told]
        more += max(0, len(found) - len(laid))
    good = sum(map(_good, far, askew))
    medians = f"medians {np.median(far):.2f} px, {np.median(askew):.3f}°"
    print(f"{good} of {len(far)} within {CORNER:g} px and {ANGLE:g}°; {more} more than there are")
    print(f"{medians}; {seconds / options.pages:.1f} s a page")


def _good(pixels: float, degrees: float) -> bool:
    return pixels <= CORNER and degrees <= ANGLE


if __name__ == "__main__":
    main()
