"""`python -m tests.benchmarks quality|overhead|methods|size|all`: tables as plain text on stdout."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from daps_desktop.core.errors import UserError
from daps_desktop.core.settings import DEVICES, OUTPUTS, PRESETS
from tests.benchmarks import methods, overhead, quality, size
from tests.benchmarks.options import Options
from tests.benchmarks.table import Sample, format_tables, write_csv

BENCHMARKS = {
    "quality": quality.measure,
    "overhead": overhead.measure,
    "methods": methods.measure,
    "size": size.measure,
}
QUICK_CROP = 128
QUICK_MEGAPIXELS = (0.06, 0.12, 0.25)
DEFAULTS = Options()


def main(arguments: Sequence[str]) -> int:
    """0, or 2 with one sentence on stderr. Ctrl+C ends the measurements; what there is is still printed."""
    parsed = _parser().parse_args(arguments)
    names = list(BENCHMARKS) if parsed.benchmark == "all" else [parsed.benchmark]
    samples: list[Sample] = []
    try:
        for sample in _measure(names, _options(parsed)):
            samples.append(sample)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped: the tables hold what was measured so far.", file=sys.stderr)
    finally:
        print(format_tables(samples))
        if parsed.csv:
            write_csv(parsed.csv, samples)
    return 0


def _measure(names: Sequence[str], options: Options) -> Iterator[Sample]:
    for name in names:
        yield from BENCHMARKS[name](options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("benchmark", choices=[*BENCHMARKS, "all"])
    parser.add_argument("--photos", type=Path, metavar="TAR", help="photographs beside the bundled ones")
    parser.add_argument("--limit", type=int, default=0, metavar="N", help="photos of each source")
    parser.add_argument("--crop", type=int, default=0, metavar="PX", help="centre crops instead of full size")
    parser.add_argument("--quick", action="store_true", help="does it work: small crops, draft, small sizes")
    parser.add_argument("--only", default="", metavar="TEXT", help="damage whose name holds this text")
    parser.add_argument("--presets", nargs="+", choices=PRESETS, default=DEFAULTS.presets)
    parser.add_argument("--outputs", nargs="+", choices=OUTPUTS, default=DEFAULTS.outputs)
    parser.add_argument("--megapixels", nargs="+", type=float, default=DEFAULTS.megapixels)
    parser.add_argument("--device", choices=DEVICES, default="auto")
    parser.add_argument("--prior", default="auto", metavar="NAME|PATH")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="every single measurement")
    return parser


def _options(parsed: argparse.Namespace) -> Options:
    quick = parsed.quick
    return Options(
        photos=parsed.photos,
        limit=parsed.limit,
        crop=parsed.crop or (QUICK_CROP if quick else 0),
        quick=quick,
        only=parsed.only,
        presets=("draft",) if quick else tuple(parsed.presets),
        outputs=tuple(parsed.outputs),
        megapixels=QUICK_MEGAPIXELS if quick else tuple(parsed.megapixels),
        device=parsed.device,
        prior=parsed.prior,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
