"""Novelty lies in JSON and the long side is worked out: both databases do it alike."""

import pytest

from classifier.drift import days
from classifier.models import DriftDay
from tests.drifting import day_before, stream, usual
from tests.rows import a_champion
from tests.tagged_photos import scores_for


@pytest.mark.usefixtures("real_database")
def test_novel_photos_are_found_the_most_novel_first() -> None:
    """Two days as ever, then one with many novel photos; a second count gives the same row."""
    champion = a_champion()
    for back in (3, 2):
        stream(champion, day_before(back), usual(260))
    columns = usual(1)[0][1]
    novel = [(scores_for("Boots", novelty=0.4 + n / 1000), columns) for n in range(100)]
    stream(champion, day_before(1), usual(120))
    made = stream(champion, day_before(1), novel)
    days.measure_missing()
    row = DriftDay.objects.get(day=day_before(1))
    assert row.sentence.startswith("Photos with novelty of 0.3 and more were 45 % of all, and 0 %")
    assert row.examples == [photo.pk for photo in made[::-1][:24]]
    days.measure(day_before(1))
    assert DriftDay.objects.get(day=day_before(1)).examples == row.examples
