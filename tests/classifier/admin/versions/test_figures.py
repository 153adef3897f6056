"""Figures of model versions in the admin, beside the champion's, and the gate's reasons."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from classifier.admin.versions import key_figures
from classifier.ml import figures_mark
from classifier.models import (
    ModelVersion,
)
from tests.classifier.admin.pages import VERSIONS, page_of, words
from tests.classifier.candidates import a_candidate, gate_report

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("by", "lower_is_better", "wording"),
    [
        (0.012, False, "+1.2 better"),
        (-0.02, False, "−2.0 worse"),
        (-0.006, True, "−0.6 better"),
        (0.008, True, "+0.8 worse"),
        (0.0004, False, "same"),
    ],
)
def test_a_difference_has_a_sign_and_a_word(by: float, lower_is_better: bool, wording: str) -> None:
    """Not by colour alone; of wrong tags and calibration errors fewer are better."""
    assert key_figures.difference(by, lower_is_better=lower_is_better).words == wording


@pytest.mark.parametrize(
    ("by", "wording"), [(0.012, "+1.2"), (-0.004, "−0.4"), (-0.0002, "0.0"), (None, "–")]
)
def test_points_have_a_sign_where_there_is_a_difference(by: float | None, wording: str) -> None:
    """A rounded nothing is no loss."""
    assert key_figures.points(by) == wording


def test_the_list_shows_figures_beside_the_champions(
    client: Client, onlooker: User, candidate: ModelVersion
) -> None:
    """Each figure with its difference, in points, on the same photos."""
    client.force_login(onlooker)
    page = words(client.get(VERSIONS).content.decode())
    for phrase in ("95.2 %", "+1.2 better", "88.0 %", "−2.0 worse", "1.4 %", "−0.6 better", "same"):
        assert phrase in page, phrase


def test_a_rejected_version_shows_every_reason(
    client: Client, onlooker: User, champion: ModelVersion
) -> None:
    """The verdict, each criterion with its numbers and bound, and the gate's own sentence."""
    rejected = a_candidate(
        champion, "worse", state="rejected", gate=gate_report(champion.name, "worse")
    )
    client.force_login(onlooker)
    page = page_of(client, rejected)
    for phrase in (
        "The gate: reject",
        "Rejected because of Clutches.",
        "626 of the nine subclasses",
        "recall of Clutches 90.0 % 78.0 % −12.0 −20.0 to −4.0 0.010 not below -0.1 blocks",
        "Recall of Clutches fell from 90.0 % to 78.0 % on 50 photos.",
        "overall accuracy 94.0 % 95.2 % +1.2 +0.2 to +2.2 0.030 above 0 better",
        "near photos that get a subclass tag, which is always wrong; fewer are better",
    ):
        assert phrase in page, phrase


def test_a_version_without_a_gate_report_shows_its_own_figures(
    client: Client, onlooker: User, champion: ModelVersion
) -> None:
    """A bundle from elsewhere was judged on other photos: the champion's have no place there."""
    theirs = champion.manifest | {"metrics": {"test": {"overall_accuracy": 0.9}}}
    ours = champion.manifest | {"metrics": {"test": {"overall_accuracy": 0.91}}}
    ModelVersion.objects.filter(pk=champion.pk).update(manifest=ours)
    other = a_candidate(champion, "from-elsewhere", gate=None, parent=None, manifest=theirs)
    client.force_login(onlooker)
    page = page_of(client, other)
    assert "overall accuracy 90.0 %" in page
    assert "91.0 %" not in page
    assert "better" not in page


def test_a_column_of_the_list_is_of_the_same_photos(
    client: Client, onlooker: User, champion: ModelVersion
) -> None:
    """Those of the champion's newest comparison; who was judged on others has no figure there."""
    first = gate_report(champion.name, "first") | {"photos_sha256": "a", "made_at": "2026-03-01"}
    newest = gate_report(champion.name, "newest") | {"photos_sha256": "b", "made_at": "2026-03-02"}
    same = gate_report("another", "same") | {"photos_sha256": "b", "made_at": "2026-02-01"}
    shown = {"first": first, "newest": newest, "same": same}
    for number, (name, gate) in enumerate(shown.items(), start=1):
        figures = {side: {"overall_accuracy": 0.9 + number / 100} for side in gate["figures"]}
        a_candidate(champion, name, gate={**gate, "figures": figures})
    client.force_login(onlooker)
    table = words(client.get(VERSIONS).content.decode())
    assert re.search(r"\bnewest candidate 92\.0 % same", table)
    assert re.search(r"\bsame candidate 93\.0 % \+1\.0 better", table)
    assert re.search(r"\bfirst candidate –", table)
    assert table.count("these photos") == 3
    assert table.count("other photos") == 1


def a_stream(right: int) -> dict[str, object]:
    """Return figures that count everything."""
    counts = {
        "right_subclass": right, "right_main_class": 900 - right, "wrong": 30, "wrong_others": 4,
        "unknown": 70,
    }  # fmt: skip
    per_1000 = {name: {"photos": n, "interval": None} for name, n in counts.items()}
    return {"mix": {"items": 0.85, "near": 0.1, "others": 0.05}, "per_1000": per_1000}


def test_the_first_line_counts_everything_that_comes_in(
    client: Client, onlooker: User, champion: ModelVersion
) -> None:
    """Of the candidate and of the champion beside it, before any figure of items alone."""
    gate = gate_report(champion.name, "promote")
    for side, right in (("candidate", 700), ("champion", 650)):
        gate["figures"][side]["stream"] = a_stream(right)
    client.force_login(onlooker)
    page = page_of(client, a_candidate(champion, gate=gate))
    ours = page.index("Of 1,000 photos like these: 700 tagged rightly with a subclass")
    theirs = page.index("Of 1,000 photos like these: 650 tagged rightly with a subclass")
    assert ours < theirs < page.index("overall accuracy")
    assert "30 wrongly (4 of them things we do not take)" in page
    assert "Mix: 85 % items, 10 % near photos, 5 % others." in page
    # The gate measured these itself, whatever the bundle says of its own.
    assert "does not say what its figures were measured with" not in page


def test_a_bundle_edited_by_hand_is_shown_without_figures(
    client: Client, onlooker: User, champion: ModelVersion
) -> None:
    """Old figures never stand beside new thresholds; the page says why there are none."""
    figures = {"overall_accuracy": 0.9, "stream": a_stream(700)}
    manifest = {**champion.manifest, "metrics": {"test": figures}}
    manifest["metrics"]["mark"] = figures_mark.hash_of(manifest)
    version = a_candidate(champion, "edited", gate=None, parent=None, manifest=manifest)
    client.force_login(onlooker)
    assert "90.0 %" in page_of(client, version)
    manifest["thresholds"] = {**manifest["thresholds"], "novelty": 0.123}
    ModelVersion.objects.filter(pk=version.pk).update(manifest=manifest)
    page = page_of(client, version)
    assert "No figures are shown: the thresholds of this bundle" in page
    assert "90.0 %" not in page
    assert "Of 1,000 photos" not in page
    assert "90.0 %" not in words(client.get(VERSIONS).content.decode())


@pytest.mark.parametrize("document", [{}, {"metrics": None}, {"metrics": {"test": [1]}}])
def test_a_silent_or_odd_bundle_breaks_no_page(
    client: Client, onlooker: User, champion: ModelVersion, document: dict[str, object]
) -> None:
    """What a manifest does not say is a dash."""
    odd = a_candidate(champion, "odd", gate=None, manifest=document)
    client.force_login(onlooker)
    assert "coverage –" in page_of(client, odd)
    assert client.get(VERSIONS).status_code == 200


def test_a_cost_is_shown_in_reviews(client: Client, onlooker: User, champion: ModelVersion) -> None:
    """Per 1,000 photos, with the sign of the difference; the rest stays in points."""
    cost = {
        "name": "cost", "kind": "must", "champion": 655.2, "candidate": 412.4,
        "difference": -242.8, "interval": [-406.1, -79.8], "p_value": None,
        "bound": "a rise above 3 % can be excluded", "passed": True, "sentence": "Fewer.",
        "unit": "reviews",
    }  # fmt: skip
    report = gate_report(champion.name, "cheap", promote=True)
    cheap = a_candidate(champion, "cheap", gate={**report, "criteria": [cost]})
    client.force_login(onlooker)
    assert "cost 655 reviews 412 reviews −243 −406 to −80" in page_of(client, cheap)


def test_the_list_needs_few_queries(
    client: Client, onlooker: User, champion: ModelVersion, django_assert_max_num_queries: object
) -> None:
    """The number of queries does not grow with the number of versions."""
    for number in range(6):
        a_candidate(champion, f"candidate-{number}")
    client.force_login(onlooker)
    with django_assert_max_num_queries(11):  # type: ignore[operator]  # pytest-django's fixture
        client.get(VERSIONS)
