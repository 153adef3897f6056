"""docker-compose.yml as Docker Compose would read it, and the Dockerfile it builds from."""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tests.repository import REPOSITORY

TEXT = (REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8")
_PLACEHOLDER = re.compile(r"\$(?:\$|\{(?P<name>\w+)(?::(?P<kind>[?+-])(?P<rest>[^}]*))?\})")


class RequiredVariableError(Exception):
    """A variable that has no default is not set."""


@dataclass(frozen=True)
class Placeholder:
    """A ``${NAME:-default}``, ``${NAME:+instead}`` or ``${NAME:?message}`` of the file."""

    name: str
    required: bool


def placeholders() -> list[Placeholder]:
    """Return every variable that the file takes from the environment, once for each place."""
    return [
        Placeholder(match["name"], match["kind"] == "?")
        for match in _PLACEHOLDER.finditer(TEXT)
        if match["name"]
    ]


def compose_as_written() -> dict[str, Any]:
    """Return the file with its anchors resolved and its placeholders as they stand."""
    document: dict[str, Any] = yaml.safe_load(TEXT)
    return document


def compose_with(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the file with its placeholders filled in from ``environment``."""

    def fill(match: re.Match[str]) -> str:
        name = match["name"]
        if name is None:
            return "$"
        # The colon in :- and :? makes an empty value count as none.
        value = environment.get(name, "")
        if not value and match["kind"] == "?":
            raise RequiredVariableError(match["rest"])
        if match["kind"] == "+":
            return match["rest"] if value else ""
        return value or match["rest"] or ""

    def fill_all(node: Any) -> Any:
        match node:
            case dict():
                return {key: fill_all(value) for key, value in node.items()}
            case list():
                return [fill_all(item) for item in node]
            case str():
                return _PLACEHOLDER.sub(fill, node)
        return node

    # After parsing, as Compose does it: what is filled in stays text, whatever it looks like.
    document: dict[str, Any] = fill_all(compose_as_written())
    return document


def example_environment() -> dict[str, str]:
    """Return what .env.example names, the switched-off lines too, with its values."""
    text = (REPOSITORY / ".env.example").read_text(encoding="utf-8")
    return dict(re.findall(r"^#?([A-Z0-9_]+)=(.*)$", text, flags=re.MULTILINE))


def filled_example() -> dict[str, str]:
    """Return .env.example as an operator would fill it in."""
    filled = {
        name: value or f"filled{name.lower()}" for name, value in example_environment().items()
    }
    return filled | {
        "ALLOWED_HOSTS": "shop.example",
        "CSRF_TRUSTED_ORIGINS": "https://shop.example",
    }


@dataclass(frozen=True)
class Stage:
    """A build stage of the Dockerfile with its instructions, continued lines joined."""

    name: str
    base: str
    lines: tuple[str, ...]

    def arguments(self, instruction: str) -> list[str]:
        """Return what follows each use of an instruction such as ``COPY``."""
        return [line.split(maxsplit=1)[1] for line in self.lines if line.split()[0] == instruction]

    def copied(self) -> list[str]:
        """Return the paths that come from the repository, not from another stage."""
        return [
            path
            for line in self.arguments("COPY")
            if not line.startswith("--from=")
            for path in shlex.split(line)[:-1]
        ]

    def command(self) -> list[str]:
        """Return what a container runs that is given no command."""
        command: list[str] = json.loads(self.arguments("CMD")[-1])
        return command


def stages() -> dict[str, Stage]:
    """Return the stages of the Dockerfile by name."""
    text = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    by_name = {}
    for part in re.split(r"^FROM ", text, flags=re.MULTILINE)[1:]:
        first, *lines = [line.strip() for line in part.splitlines() if line.strip()]
        base, name = re.fullmatch(r"(\S+) AS (\S+)", first).groups()
        by_name[name] = Stage(name, base, tuple(lines))
    return by_name
