"""The locks in requirements/ pin every package, with hashes, as their inputs ask."""

import re

import pytest

from tests.repository import REPOSITORY

FOLDER = REPOSITORY / "requirements"
SETS = ("web", "worker", "engines", "dev")


def pinned(name: str) -> dict[str, str]:
    """The lock's packages and versions, for this Python."""
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    return {
        normalised(package): version
        for package, version, marker in re.findall(r"^([\w.-]+)==(\S+)(.*)", text, flags=re.M)
        if "python_full_version >=" not in marker.split(" or ")[0]
    }


def asked(name: str) -> dict[str, str]:
    """What an input and the inputs that it includes pin."""
    text = (FOLDER / f"{name}.in").read_text(encoding="utf-8")
    version_of = {
        normalised(package): version
        for package, version in re.findall(r"^([\w.-]+)(?:\[.*\])?==(\S+)", text, flags=re.M)
    }
    for included in re.findall(r"^-r (\w+)\.in", text, flags=re.M):
        version_of |= asked(included)
    return version_of


def normalised(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


@pytest.mark.parametrize("name", [*SETS, "pip"])
def test_a_lock_follows_its_input(name: str) -> None:
    """Every version in the .in file is the one in the .txt file; `make lock` was not forgotten."""
    assert asked(name).items() <= pinned(name).items()


@pytest.mark.parametrize("name", SETS)
def test_every_line_of_an_input_pins_a_version(name: str) -> None:
    """No input leaves a version open: a new release comes in by a decision."""
    lines = (FOLDER / f"{name}.in").read_text(encoding="utf-8").splitlines()
    assert all(re.match(r"(#|-r |$|[\w.-]+(\[[\w-]+\])?==)", line) for line in lines)


@pytest.mark.parametrize("name", [*SETS, "pip"])
def test_a_lock_has_hashes_and_names_no_index(name: str) -> None:
    """Each package has at least one hash, and the lock holds no address of a registry."""
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    packages = [block for block in re.split(r"^(?=[\w.-]+==)", text, flags=re.M) if "==" in block]
    assert packages
    assert all("--hash=sha256:" in package for package in packages)
    assert "://" not in text
    assert not re.search(r"^--", text, flags=re.M)


def test_what_is_tested_is_what_runs() -> None:
    """The web image's packages are the worker's, and the worker's are those of the tests."""
    assert pinned("web").items() <= pinned("worker").items() <= pinned("dev").items()


def test_transitive_packages_that_matter_are_pinned() -> None:
    """The broker's client, whose older releases stop consuming, is pinned at 5.7 or newer."""
    major, minor, *_ = pinned("web")["kombu"].split(".")
    assert (int(major), int(minor)) >= (5, 7)
    assert "redis" in pinned("web")
    assert "scipy" in pinned("worker")
