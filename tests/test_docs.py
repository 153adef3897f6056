"""What README.md and docs/ claim is what the code does."""

import re
import shlex
import tomllib
from datetime import date
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.urls import resolve

from classifier.decision import DEFAULT_THRESHOLD, Outcome
from classifier.taxonomy import MAIN_CLASSES
from tests.compose_file import compose_as_written
from tests.environment_read import environment_variables
from tests.repository import REPOSITORY

PAGES = [
    REPOSITORY / "README.md",
    REPOSITORY / "CONTRIBUTING.md",
    *sorted((REPOSITORY / "docs").rglob("*.md")),
]
README = PAGES[0].read_text(encoding="utf-8")
OUR_APPS = ("classifier", "training")


def text_of(path: str) -> str:
    return (REPOSITORY / path).read_text(encoding="utf-8")


def table_below(heading: str) -> dict[str, list[str]]:
    """The first table below a heading of the README: first cell, without its marks, to the rest."""
    section = README.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")]
    return {first.strip("` "): rest for first, *rest in rows[2:]}


def test_the_readme_lists_every_environment_variable() -> None:
    """The table of variables is complete, and names none that nobody reads."""
    procfile = set(re.findall(r"\$\{(\w+)", text_of("Procfile")))
    tests_and_ci = {"PHOTOS_DIR"}
    assert all(f"{name}=" in text_of(".ci/run") for name in tests_and_ci)
    assert set(table_below("Configuration")) == (
        set(environment_variables()) | procfile | tests_and_ci
    )


def test_the_readme_gives_the_defaults_of_the_code() -> None:
    """Where a default is a number, README and code say the same."""
    table = table_below("Configuration")
    numbers = {name: value for name, value in environment_variables().items() if value is not None}
    assert len(numbers) > 5
    assert {name: float(table[name][0]) for name in numbers} == numbers
    for name, default in re.findall(r"\$\{(\w+):-(\w+)\}", text_of("Procfile")):
        assert table[name][0].strip("`/") == default


def test_the_readme_lists_every_make_target() -> None:
    """Each documented target of the Makefile is in the README, and no other is."""
    targets = set(re.findall(r"^([a-z]+):.*## ", text_of("Makefile"), flags=re.MULTILINE))
    assert {
        key.removeprefix("make ") for key in table_below("Commands") if key.startswith("make ")
    } == targets - {"help"}


def test_the_readme_lists_every_command() -> None:
    """Each management command of ours is in the README, and no other is."""
    ours = {name for name, app in get_commands().items() if app in OUR_APPS}
    listed = {key.split()[1] for key in table_below("Commands") if key.startswith("manage.py ")}
    assert listed == ours


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_a_page_names_only_what_exists(page: Path) -> None:
    """Commands, make targets, files and links that a page names are there."""
    text = page.read_text(encoding="utf-8")
    for command in re.findall(r"manage\.py (\w+)", text):
        assert command in get_commands(), command
    for target in re.findall(r"`make ([a-z]+)", text):
        assert re.search(rf"^{target}:", text_of("Makefile"), flags=re.MULTILINE), target
    for path in re.findall(
        r"`((?:classifier|training|slowfashion_ai|local_stack|tests)/[^`]*)`", text
    ):
        assert (REPOSITORY / path).exists(), path
    for link in re.findall(r"\]\(([^)#]+)", text):
        if not link.startswith("http"):
            assert (page.parent / link).exists(), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_a_page_gives_commands_options_that_they_have(page: Path) -> None:
    """Each option that follows a command of ours is one of that command's."""
    text = page.read_text(encoding="utf-8")
    for name, rest in re.findall(r"manage\.py (\w+)([^`\n|]*)", text):
        if get_commands()[name] in OUR_APPS:
            usage = load_command_class(get_commands()[name], name).create_parser("", name)
            for option in re.findall(r"--[a-z-]+", rest):
                assert option in usage.format_help(), f"{name} {option}"


def test_every_help_text_has_an_example_that_can_be_typed() -> None:
    """The first call of itself that a command's help shows is one that the command accepts."""
    for name, app in get_commands().items():
        if app in OUR_APPS:
            command = load_command_class(app, name)
            example = re.search(rf"manage\.py {name}\b([^\n]*)", command.help)
            assert example, name
            command.create_parser("manage.py", name).parse_args(shlex.split(example[1]))


def test_the_readme_tells_the_decision_as_the_code_makes_it() -> None:
    """The outcomes, the main classes and the default threshold are those of the code."""
    outcomes = re.findall(
        r"^\|.*\| `(\w+)` \|", README.split("The decision,")[1], flags=re.MULTILINE
    )
    assert set(outcomes) == set(Outcome)
    assert f"({DEFAULT_THRESHOLD} where it says nothing)" in README
    assert all(f"**{main}**" in README for main in MAIN_CLASSES)


def test_the_readme_names_pages_of_the_api_that_exist() -> None:
    """Every address below /api/ leads somewhere."""
    paths = set(re.findall(r"/api/v1/[a-z0-9/]*", README))
    assert len(paths) >= 4
    for path in paths:
        assert resolve(path)


def test_the_readme_lists_the_services_of_compose() -> None:
    """The table of services is that of docker-compose.yml."""
    listed = {name for row in table_below("Deployment") for name in re.findall(r"[a-z-]+", row)}
    assert listed == set(compose_as_written()["services"])


def test_the_changelog_s_newest_release_is_the_version() -> None:
    """The version in pyproject.toml is the newest release of the changelog, which has a date."""
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    releases = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - (\S+)$", text_of("CHANGELOG.md"), flags=re.M)
    assert releases[0][0] == project["version"]
    assert [date.fromisoformat(day) for _, day in releases] == sorted(
        (date.fromisoformat(day) for _, day in releases), reverse=True
    )
