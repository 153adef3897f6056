"""What the trainer does, when something was, and what moved in the stream: read in Swedish."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from classifier.drift.figures import FIGURES
from classifier.drift.rule import Shift, sentence
from classifier.models import DriftDay
from classifier.sentences import in_language, kept_day, kept_moment, progress
from tests.integration.english_texts import WORDS
from training.runtime.progress import time_left


@pytest.mark.parametrize("title", [*progress.TITLES[:-1], "epoch 3 of 12"])
@pytest.mark.parametrize("seconds", [None, 20.0, 7200.0])
def test_what_the_trainer_does(title: str, seconds: float | None) -> None:
    """As `training.retrain.run` writes it: the work, how far it is, and the time left."""
    doing = f"{title}, {1200:,} of {30000:,}{time_left(seconds)}"
    assert in_language(doing) == doing
    with translation.override("sv"):
        swedish = in_language(doing)
    assert "1\N{NO-BREAK SPACE}200 av 30\N{NO-BREAK SPACE}000" in swedish
    assert not WORDS.search(swedish)
    assert "<span" not in swedish


def test_when_something_was() -> None:
    """A day and a moment in the forms of all pages."""
    moment = kept_moment(datetime(2026, 5, 8, 7, 30, tzinfo=UTC))
    texts = [
        f"No worker has been seen since {moment}.",
        f"On {kept_day(date(2026, 5, 8))} the stream had drifted.",
    ]
    with translation.override("sv"):
        seen, drifted = map(in_language, texts)
        assert moment.replace("May", "maj") in seen
    assert "8 maj 2026" in drifted


@pytest.mark.parametrize(
    ("kept", "swedish"),
    [
        ("1,000 photos cost 1 review more.", "1 000 bilder kostar 1 granskning fler."),
        ("1,000 photos cost 21 reviews more.", "1 000 bilder kostar 21 granskningar fler."),
        ("A photo has waited for 1 minutes.", "En bild har väntat i 1 minut."),
        ("Coverage fell by 1 point.", "Andel taggade sjönk med 1 procentenhet."),
        ("Coverage fell by 2.1 points.", "Andel taggade sjönk med 2,1 procentenheter."),
    ],
)
def test_one_is_no_plural(kept: str, swedish: str) -> None:
    """The texts are kept with the plural alone."""
    with translation.override("sv"):
        assert in_language(kept).replace("\N{NO-BREAK SPACE}", " ") == swedish


def shifts() -> list[Shift]:
    """Each figure, each bin, and both sides of each edge."""
    return [
        Shift(key, 1.0, place, below, 0.05, 0.25)
        for key, figure in FIGURES.items()
        for place in range(len(figure.bins or figure.edges))
        for below in ((True, False) if figure.edges else (False,))
    ]


@pytest.mark.parametrize("like", [each.label for each in DriftDay.Reference if each.value])
def test_what_moved_in_the_stream(like: str) -> None:
    """With its numbers, whatever grew, and the figures that moved too."""
    others = [Shift(key, 0.5, 0, True, 0.1, 0.2) for key in FIGURES]
    with translation.override("sv"):
        sentences = [in_language(sentence([each, *others], 0.25, like)) for each in shifts()]
    assert [text for text in sentences if "<span" in text or WORDS.search(text)] == []
    assert all(
        "25 % av alla, och 5 %" in text and "20 procentenheter fler" in text for text in sentences
    )
