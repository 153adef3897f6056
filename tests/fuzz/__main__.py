"""`python -m tests.fuzz`: the large form; `make fuzz` calls it."""

import argparse
import sys

from tests.fuzz.run import MOST_MEGABYTES, MOST_SECONDS, run_files


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--mutated", type=int, default=10_000, help="so many damaged files")
    parser.add_argument("--hostile", type=int, default=500, help="so many bombs")
    parser.add_argument("--from", dest="first", type=int, default=1, help="number of the first")
    options = parser.parse_args()
    all_well = True
    for kind in ("mutated", "hostile"):
        count = getattr(options, kind)
        if count:
            outcome = run_files(kind, options.first, options.first + count)
            sys.stdout.write(f"{outcome}\n")
            all_well &= outcome.is_well
    sys.stdout.write(
        f"Allowed are {MOST_SECONDS:g} s of processor time and {MOST_MEGABYTES:g} MB for a file. "
        + ("All is well.\n" if all_well else "Something is wrong; see above.\n")
    )
    return 0 if all_well else 1


if __name__ == "__main__":
    sys.exit(main())
