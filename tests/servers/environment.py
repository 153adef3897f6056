"""The environment of programs that tests start."""

import os


def bare_environment() -> dict[str, str]:
    """What any program needs; no setting of the developer's own gets through."""
    kept = (
        "PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "TMPDIR", "CUDA_VISIBLE_DEVICES",
        "COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START",
    )  # fmt: skip
    return {name: os.environ[name] for name in kept if name in os.environ}
