"""`make bench`: run every benchmark, or those named, such as ``make bench ARGS="phone growth"``.

Each prints a table with ratios against a named reference of the same run. Each is a process of its
own, so that none measures what another left behind; ``python -m benchmarks.NAME --help`` says what
one can be told.
"""

import argparse
import subprocess
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

BENCHMARKS: Final[Mapping[str, str]] = MappingProxyType({
    "intake": "benchmarks.intake",
    "engines": "benchmarks.engines",
    "throughput": "benchmarks.throughput",
    "phone": "benchmarks.live.phone",
    "latency": "benchmarks.live.latency",
    "memory": "benchmarks.live.memory",
    "pipeline": "benchmarks.pipeline",
    "scale_out": "benchmarks.scale_out",
    "growth": "benchmarks.growth",
    "training": "benchmarks.training",
})  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    names = parser.parse_args().names or list(BENCHMARKS)
    if unknown := [name for name in names if name not in BENCHMARKS]:
        parser.error(f"there is no benchmark {unknown[0]}; there are {', '.join(BENCHMARKS)}")
    failed = 0
    for name in names:
        sys.stdout.write(f"\n== {name}\n")
        sys.stdout.flush()
        command = [sys.executable, "-m", BENCHMARKS[name]]
        failed |= subprocess.run(command, check=False).returncode  # noqa: S603  # ourselves
    return failed


if __name__ == "__main__":
    sys.exit(main())
