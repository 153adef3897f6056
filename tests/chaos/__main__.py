"""`python -m tests.chaos`: the large runs; `make chaos` calls it."""

import argparse
import logging
import sys

from tests.chaos.run import print_line, run_chaos
from tests.chaos.setups import NAMES


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--setup", choices=NAMES, action="append", help="one of them; both if none")
    parser.add_argument("--seed", type=int, action="append", help="may be repeated; else 1, 2, 3")
    parser.add_argument("--photos", type=int, default=5000)
    parser.add_argument("--faults", type=int, default=40)
    parser.add_argument("--longest", type=float, default=20.0, help="seconds of a fault at most")
    parser.add_argument("--settle", type=float, default=300.0, help="bound for the last photo, s")
    options = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each request to S3
    all_well = True
    for seed in options.seed or (1, 2, 3):
        for setup in options.setup or NAMES:
            print_line(f"{setup}, seed {seed}")
            outcome = run_chaos(
                setup=setup, seed=seed, photos=options.photos, faults=options.faults,
                longest=options.longest, settle=options.settle, report=print_line,
            )  # fmt: skip
            print_line(str(outcome))
            for row in outcome.stuck:
                print_line(f"  stuck: photo, attempts, waits until, why: {row}")
            for line in outcome.held.leaks:
                print_line(f"  leak: {line}")
            for line in outcome.retrained.faults:
                print_line(f"  retraining: {line}")
            for line in outcome.innocent:
                print_line(f"  failed though innocent: photo {line}")
            all_well &= outcome.is_well
    print_line("All is well." if all_well else "Something is wrong; see above.")
    return 0 if all_well else 1


if __name__ == "__main__":
    sys.exit(main())
