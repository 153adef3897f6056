"""What the Procfile starts, so that tests and benchmarks start the same."""

import re
from typing import Final, NamedTuple

from honcho.environ import parse_procfile

from tests.repository import REPOSITORY

RESTARTED: Final = "exec python -m local_stack.restart "


class Started(NamedTuple):
    """How a process is started: what is set in its environment, and its command."""

    settings: dict[str, str]
    command: list[str]


def lines() -> dict[str, str]:
    """Return what a shell is given for each process, by its name."""
    text = (REPOSITORY / "Procfile").read_text(encoding="utf-8")
    return dict(parse_procfile(text).processes)


def started(process: str) -> Started:
    """Return how a process is started, without what starts it again when it ends."""
    line = lines()[process]
    assert line.startswith(RESTARTED), line
    words = line.removeprefix(RESTARTED).removeprefix("env ").split()
    settings = [word for word in words if re.fullmatch(r"[A-Z_]+=[\w.=]+", word)]
    return Started(dict(word.split("=", 1) for word in settings), words[len(settings) :])
