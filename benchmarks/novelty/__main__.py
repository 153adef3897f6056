"""Detectors of what is none of our goods, compared on kinds and sources left out.

``python -m benchmarks.novelty --photos DIR --photos MORE`` fits each detector without the photos
that it is judged on. ``--backbone FILE --strides v1`` does it also with features of a network that
was not trained on any of the photos. Features are computed once and kept. pytorch-ood, which has
the formulas, is installed beside the product on first use.
"""

import argparse
import logging
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from benchmarks import results
from benchmarks.own_environment import python_with
from benchmarks.repository import STARTER
from classifier.ml.network import StridePlacement
from training.data.splits.leave_out import FEWEST, LeaveOut

PACKAGES: Final = ["pytorch-ood==0.4.0"]


def main() -> int:
    asked = _parser().parse_args()
    if find_spec("pytorch_ood") is None:
        python = python_with("pytorch-ood", PACKAGES)
        command = [str(python), "-m", "benchmarks.novelty", *sys.argv[1:]]
        return subprocess.run(command, check=False).returncode  # noqa: S603  # ourselves
    from benchmarks.novelty.compare import compare  # it needs the package

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("pytorch_ood").setLevel(logging.WARNING)
    compare(asked)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", type=Path, action="append", required=True, metavar="DIR")
    parser.add_argument("--bundle", type=Path, default=STARTER)
    parser.add_argument("--backbone", type=Path, metavar="FILE", help="ImageNet weights besides")
    parser.add_argument("--strides", type=StridePlacement, default=StridePlacement.V1_5)
    parser.add_argument(
        "--leave-out", nargs="*", choices=[str(LeaveOut.KIND), str(LeaveOut.SOURCE)],
        default=[str(LeaveOut.KIND), str(LeaveOut.SOURCE)], help="nothing: the costs alone",
    )  # fmt: skip
    parser.add_argument(
        "--fewest", type=int, default=FEWEST, metavar="N",
        help="photos of a source that is left out alone; smaller ones go together",
    )  # fmt: skip
    parser.add_argument("--share", type=float, default=1.0, help="of the products")
    parser.add_argument("--products-as-named", action="store_true", help="as cross_validate has it")
    parser.add_argument("--dimensions", type=int, default=512, help="that detectors are fitted in")
    parser.add_argument("--cache", type=Path, default=results.path("novelty").with_suffix(""))
    parser.add_argument("--json", type=Path, default=results.path("novelty"))
    return parser


if __name__ == "__main__":
    sys.exit(main())
