"""`manage.py model_history`: which model was in production when."""

import io
import json
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from classifier.models import ModelVersion, Promotion
from classifier.versions import history
from tests.rows import a_model

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> list[str]:
    out = io.StringIO()
    call_command("model_history", *arguments, stdout=out)
    return out.getvalue().strip().splitlines()


@pytest.fixture
def three_days() -> list[ModelVersion]:
    """One was promoted on the first, two on the second by anna, and rolled back on the third."""
    one, two = a_model("one"), a_model("two")
    anna = User.objects.create_user("anna")
    changes = [(one, None, None, "person"), (two, one, anna, "gate"), (one, two, None, "rollback")]
    for day, (version, replaced, by, trigger) in enumerate(changes, start=1):
        Promotion.objects.create(
            version=version, replaced=replaced, by=by, trigger=trigger,
            at=datetime(2026, 3, day, 12, tzinfo=UTC),
        )  # fmt: skip
    return [one, two]


def test_every_change_is_a_line_the_latest_first(three_days: list[ModelVersion]) -> None:
    """When, which, instead of which, how and by whom."""
    assert run() == [
        "from (UTC)           model  instead of  how",
        "2026-03-03 12:00:00  one    two         rolled back to",
        "2026-03-02 12:00:00  two    one         promoted by the gate (anna)",
        "2026-03-01 12:00:00  one    –           promoted by a person",
    ]
    assert [json.loads(line)["until"] for line in run("--json")] == [
        None, "2026-03-03T12:00:00+00:00", "2026-03-02T12:00:00+00:00",
    ]  # fmt: skip
    first, second = history.periods(three_days[0])
    assert (first.until, second.until) == (None, datetime(2026, 3, 2, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("at", "message"),
    [
        ("2026-03-01 12:00", "one, from 2026-03-01 12:00:00 UTC until 2026-03-02 12:00:00 UTC"),
        ("2026-03-02", "one, from 2026-03-01 12:00:00 UTC until 2026-03-02 12:00:00 UTC"),
        ("2026-03-02T12:59:59+01:00", "one, from 2026-03-01"),
        ("2026-03-02T13:00:00+01:00", "two, from 2026-03-02"),
        ("2027-01-01", "one, from 2026-03-03 12:00:00 UTC to this day; rolled back to."),
    ],
)
def test_a_moment_s_model_is_named(three_days: list[ModelVersion], at: str, message: str) -> None:
    """Also with another time zone, and with a day alone, which means its beginning."""
    (line,) = run("--at", at)
    assert line.startswith(message)


@pytest.mark.parametrize(
    ("at", "message"),
    [
        ("2026-02-28", "No model was in production yet at 2026-02-28 00:00:00 UTC."),
        ("yesterday", "'yesterday' is not a time. Write it like"),
        ("2026-02-30", "no such time as 2026-02-30"),
    ],
)
def test_a_time_that_gives_no_answer_says_why(
    three_days: list[ModelVersion], at: str, message: str
) -> None:
    """Before the first promotion, and what is no time at all."""
    with pytest.raises(CommandError, match=message):
        run("--at", at)


def test_before_anything_was_promoted_it_says_so() -> None:
    """An empty record is an answer too."""
    assert run() == ["No model has been in production yet."]
