"""Read a lock: which packages it pins, and the hashes of their files."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.utils import canonicalize_name

FOLDER: Final = Path(__file__).resolve().parent
# What is shipped; `dev` has all of it, and what tests and linters need.
NAMES: Final = ("web", "worker", "engines", "dev")
_PIN: Final = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)(.*?)(?=^[\w.-]+==|\Z)", re.M | re.S)
# Who asks for it: `# via NAME`, or one name a line; an input of ours is `-r FILE`.
_VIA: Final = re.compile(r"^ +# +(?:via +)?((?:-r )?[\w./-]+)$", re.M)


@dataclass(frozen=True, slots=True)
class Pin:
    """One package of a lock.

    Attributes:
        sha256: of each file that may be installed.
        via: which packages ask for it; none, if an input of ours does.
    """

    name: str
    version: str
    sha256: tuple[str, ...]
    via: tuple[str, ...] = ()


def read_lock(name: str) -> list[Pin]:
    """Return the pins of ``requirements/NAME.txt``, as the file orders them.

    A package that the lock pins in two versions, for two kinds of machine, is there twice.
    """
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    return [
        Pin(
            canonicalize_name(package),
            version,
            tuple(re.findall(r"sha256:([0-9a-f]{64})", rest)),
            _asked_by(rest),
        )
        for package, version, rest in _PIN.findall(text)
    ]


def _asked_by(rest: str) -> tuple[str, ...]:
    names = (name for name in _VIA.findall(rest) if name != "via")
    return tuple(canonicalize_name(name) for name in names if not name.startswith("-r "))
