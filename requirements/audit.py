"""`python -m requirements.audit ADVISORIES`: look for pinned packages with known faults.

ADVISORIES is what osv.dev gives for PyPI: its `all.zip`, a folder of such files, or one JSON file
with an advisory or a list of them (https://ossf.github.io/osv-schema/). Nothing is asked over the
network, so the answer is as good as the list is new.
"""

import argparse
import json
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from requirements.locks import NAMES, Pin, read_lock


class AdvisoriesError(Exception):
    """The list cannot be read; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An advisory that names a version that a lock pins."""

    pin: Pin
    advisory: str
    summary: str
    fixed: tuple[str, ...]

    def __str__(self) -> str:
        fixed = f"mended in {', '.join(self.fixed)}" if self.fixed else "not mended yet"
        return f"{self.pin.name} {self.pin.version}: {self.advisory}, {fixed}. {self.summary}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m requirements.audit", description=__doc__)
    parser.add_argument("advisories", type=Path, help="osv.dev's all.zip, a folder or a JSON file")
    try:
        advisories = list(read_advisories(parser.parse_args().advisories))
    except AdvisoriesError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    found = 0
    for name in NAMES:
        pins = read_lock(name)
        findings = find(pins, advisories)
        found += len(findings)
        sys.stdout.write(f"requirements/{name}.txt: {len(findings)} of {len(pins)} packages\n")
        sys.stdout.writelines(f"  {finding}\n" for finding in findings)
    sys.stdout.write(f"{len(advisories)} advisories were looked through.\n")
    return 1 if found else 0


def read_advisories(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the advisories of a ZIP file, a folder or a JSON file.

    Raises:
        AdvisoriesError: if there is none, or what is there is no advisory.
    """
    texts = list(_texts(path))
    if not texts:
        raise AdvisoriesError(f"{path} has no JSON file with advisories, as osv.dev gives them.")
    for name, text in texts:
        try:
            content = json.loads(text)
        except ValueError as error:
            raise AdvisoriesError(f"{name} is no JSON: {error}") from error
        for advisory in content if isinstance(content, list) else [content]:
            if not isinstance(advisory, dict) or "id" not in advisory:
                raise AdvisoriesError(f"{name} has an entry without an `id`: no OSV advisory.")
            yield advisory


def _texts(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        if path.is_dir():
            for file in sorted(path.rglob("*.json")):
                yield str(file), file.read_bytes()
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for name in sorted(archive.namelist()):
                    if name.endswith(".json"):
                        yield name, archive.read(name)
        else:
            yield str(path), path.read_bytes()
    except OSError as error:
        raise AdvisoriesError(f"{path} cannot be read: {error.strerror}.") from error


def find(pins: Iterable[Pin], advisories: Iterable[dict[str, Any]]) -> list[Finding]:
    """Return the advisories that concern a pinned version, in the order of the pins."""
    by_name: dict[str, list[tuple[dict[str, Any], dict[str, Any]]]] = {}
    for advisory in advisories:
        if advisory.get("withdrawn"):
            continue
        for affected in advisory.get("affected", []):
            package = affected.get("package", {})
            if package.get("ecosystem") == "PyPI":
                name = canonicalize_name(package.get("name", ""))
                by_name.setdefault(name, []).append((advisory, affected))
    return [
        Finding(pin, advisory["id"], advisory.get("summary", ""), _fixed_in(affected))
        for pin in pins
        for advisory, affected in by_name.get(pin.name, [])
        if _is_affected(Version(pin.version), affected)
    ]


def _is_affected(version: Version, affected: dict[str, Any]) -> bool:
    """Evaluate as the schema says: a listed version, or one inside a range."""
    if any(_same(version, listed) for listed in affected.get("versions", [])):
        return True
    return any(
        _is_inside(version, of_kind["events"])
        for of_kind in affected.get("ranges", [])
        if of_kind.get("type") == "ECOSYSTEM"
    )


def _is_inside(version: Version, events: list[dict[str, str]]) -> bool:
    """Go through the events by version: each introduction opens, each repair closes."""
    inside = False
    for at, kind in sorted(
        (_parsed(text), kind) for event in events for kind, text in event.items()
    ):
        if kind == "introduced" and version >= at:
            inside = True
        elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
            inside = False
    return inside


def _parsed(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion:
        # Of a numbering that pip does not know; nothing that is pinned can be so old.
        return Version("0")


def _same(version: Version, listed: str) -> bool:
    try:
        return version == Version(listed)
    except InvalidVersion:
        return False


def _fixed_in(affected: dict[str, Any]) -> tuple[str, ...]:
    return tuple(
        event["fixed"]
        for of_kind in affected.get("ranges", [])
        if of_kind.get("type") == "ECOSYSTEM"
        for event in of_kind["events"]
        if "fixed" in event
    )


if __name__ == "__main__":
    sys.exit(main())
