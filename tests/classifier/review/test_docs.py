"""docs/review.md says what the code does."""

import re

from classifier.admin.review.endpoints import RIGHTS
from classifier.models import Review
from classifier.review.queue import shortcuts
from tests.repository import REPOSITORY

DOCS = REPOSITORY / "docs" / "review.md"


def test_the_table_of_keys_is_the_pages() -> None:
    """Each key stands in the table with its name and what it does, and no other does."""
    rows = re.findall(
        r"^\| `(.)` \| (.+?) \| (.+?) \|$", DOCS.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert rows == [(key.key, key.name, key.does) for key in shortcuts.every_key()]


def test_no_key_means_two_things() -> None:
    """Every key is used once."""
    keys = [key.key for key in shortcuts.every_key()]
    assert len(keys) == len(set(keys))


def test_every_right_is_named() -> None:
    """The rights that the endpoints ask for are in the table of rights."""
    text = DOCS.read_text(encoding="utf-8")
    names = [right.split(".")[1] for right in RIGHTS]
    for right in [*names, *(name for name, _ in Review._meta.permissions), "view_review"]:
        assert right in text, right
