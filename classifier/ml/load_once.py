"""Loads one bundle and scores two drawn pictures, in a process that may run out of memory.

    python -m classifier.ml.load_once FOLDER BYTES

ends with 0 if that went well within BYTES of memory, else with 1 and a sentence.
"""

import resource
import sys
from pathlib import Path
from typing import Final

FAILED: Final = 1


def main() -> int:
    folder, most = Path(sys.argv[1]), int(sys.argv[2])
    # What is allocated, and not the address space: torch reserves much more of that than it uses.
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    # Imported under the limit, which is on the whole process.
    from classifier.ml import probe
    from classifier.ml.bundle import load_bundle
    from classifier.ml.manifest import BundleError

    try:
        probe.load_and_probe(load_bundle(folder))
    except BundleError as error:
        sys.stderr.write(str(error))
    # No list of what a bundle can do to us is complete, and all of it is the answer.
    except Exception as error:  # noqa: BLE001
        sys.stderr.write(f"{type(error).__name__}: {error}")
    else:
        return 0
    return FAILED


if __name__ == "__main__":
    sys.exit(main())
