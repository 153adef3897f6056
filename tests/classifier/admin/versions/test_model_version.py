"""Model versions in the admin: figures, the gate's reasons, the report, and who may do what."""

import re
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from classifier.admin.versions import key_figures
from classifier.ml import figures_mark
from classifier.models import (
    DatasetReview,
    ListingPhoto,
    ModelVersion,
    Reclassification,
    RetrainRun,
    Review,
    TrainerJob,
)
from classifier.versions import promotion, registry
from tests.classifier.candidates import a_candidate, gate_report
from tests.tagged_photos import a_moderator, a_photo

pytestmark = pytest.mark.django_db

VERSIONS = "/admin/classifier/modelversion/"


@pytest.fixture
def candidate(champion: ModelVersion) -> ModelVersion:
    return a_candidate(champion)


def page_of(client: Client, version: ModelVersion) -> str:
    return words(client.get(f"{VERSIONS}{version.pk}/change/").content.decode())


def words(page: str) -> str:
    """What a person reads: without tags, and with single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


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


def test_a_comparison_of_two_versions_is_asked_for_and_shown(
    client: Client, champion: ModelVersion, candidate: ModelVersion
) -> None:
    """It takes a right; the result stands with both names and changes no verdict."""
    engineer = a_moderator("engineer", rights=["view_modelversion", "compare_versions"])
    page = f"{VERSIONS}{candidate.pk}/compare/"
    client.force_login(a_moderator("watcher", rights=["view_modelversion"]))
    assert client.get(page).status_code == 403
    client.force_login(engineer)
    assert "untrained (champion)" in words(client.get(page).content.decode())
    client.post(page, {"with": champion.pk})
    job = TrainerJob.objects.get()
    assert (job.version, job.other, job.requested_by) == (candidate, champion, engineer)
    result = gate_report(champion.name, candidate.name)
    TrainerJob.objects.update(state="done", finished_at=timezone.now(), result=result)
    shown = words(client.get(page, {"with": champion.pk}).content.decode())
    assert "By the gate’s rules candidate could not replace untrained." in shown
    assert "overall accuracy 95.2 % 94.0 % +1.2 better" in shown
    for unknown in ("", "0", "x", "9" * 30, str(candidate.pk)):
        client.post(page, {"with": unknown})
    assert TrainerJob.objects.count() == 1


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
    manifest["metrics"]["mark"] = figures_mark._hash(manifest)
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


def test_the_page_tells_where_a_version_comes_from_and_when_it_was_live(
    client: Client, onlooker: User, boss: User, champion: ModelVersion, candidate: ModelVersion
) -> None:
    """Parents, the run that made it, its reviews, and each time in production with who and how."""
    RetrainRun.objects.create(
        trigger="command",
        state="done",
        verdict="kept",
        finished_at=timezone.now(),
        candidate=candidate,
    )
    grandchild = a_candidate(candidate, "grandchild")
    promotion.promote(version=candidate, by=boss)
    promotion.rollback(by=boss)
    client.force_login(onlooker)
    page = page_of(client, candidate)
    assert "Retraining " in page
    assert re.search(
        r"live from \d+ \w+ 20\d\d, \d\d:\d\d to \d+ \w+ 20\d\d, \d\d:\d\d promoted by a person: "
        rf"boss, instead of {champion}",
        page,
    ), page
    assert "until now rolled back to: boss" in page_of(client, champion)
    assert re.search(
        rf"grandchild .* candidate parent .* {champion} parent", page_of(client, grandchild)
    )


def test_a_person_with_the_right_promotes_against_the_gate(
    client: Client, boss: User, champion: ModelVersion
) -> None:
    """The dialog insists on a reason, which the history of the version shows."""
    worse = a_candidate(
        champion, "worse", state="rejected", gate=gate_report(champion.name, "worse")
    )
    address = f"{VERSIONS}{worse.pk}/promote_against_gate/"
    client.force_login(boss)
    assert address in client.get(f"{VERSIONS}{worse.pk}/change/").content.decode()
    sent = {"_form_submitted": "on", "champion": champion.pk}
    assert (
        "This field is required" in client.post(address, {**sent, "reason": " "}).content.decode()
    )
    assert registry.champion() == champion
    client.post(address, {**sent, "reason": "Clutches are not sold any more. <b>"})
    assert registry.champion() == worse
    page = client.get(f"{VERSIONS}{worse.pk}/change/").content.decode()
    assert "promoted against the gate: boss" in words(page)
    assert "Reason: Clutches are not sold any more. &lt;b&gt;" in page


def test_to_overrule_the_gate_takes_a_right_of_its_own(
    client: Client, champion: ModelVersion
) -> None:
    """Who may promote what the gate let through is not offered it, and cannot send it."""
    kept = a_candidate(champion, "kept", gate=gate_report(champion.name, "kept"))
    client.force_login(a_moderator("engineer", rights=["view_modelversion", "change_modelversion"]))
    page = client.get(f"{VERSIONS}{kept.pk}/change/").content.decode()
    for action in ("promote", "promote_against_gate"):
        address = f"{VERSIONS}{kept.pk}/{action}/"
        assert address not in page
        assert client.post(address, {"_form_submitted": "on", "reason": "So."}).status_code == 403
    assert registry.champion() == champion


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


def learned(version: ModelVersion, sub: str = "Boots", *, split: str = "train") -> Review:
    """Let a version have learned from one new review."""
    photo = a_photo(sub)
    review = Review.objects.create(
        photo=photo,
        moderator=User.objects.get_or_create(username="anna")[0],
        key=uuid4(),
        verdict="subclass",
        main="Shoes",
        sub=sub,
        is_final=True,
    )
    DatasetReview.objects.create(version=version, review=review, sha256=photo.sha256, split=split)
    return review


def test_a_dataset_tells_its_reviews_and_when_one_was_undone(
    client: Client, boss: User, candidate: ModelVersion
) -> None:
    """From the version to the reviews in it, and a mark once one of them does not stand."""
    learned(candidate)
    learned(candidate, split="test")
    client.force_login(boss)
    assert "2: 1 training, 1 test" in page_of(client, candidate)
    assert "dataset changed" not in client.get(VERSIONS).content.decode()
    Review.objects.filter(datasets__split="test").update(is_final=False, voided=True)
    assert "changed since: 1 undone" in page_of(client, candidate)
    assert "dataset changed" in client.get(VERSIONS).content.decode()
    page = words(client.get(f"{VERSIONS}{candidate.pk}/reviews/").content.decode())
    assert "Shoes › Boots anna" in page
    assert "test 1 undone or overruled" in page


def test_reviews_are_shown_to_who_may_see_reviews(
    client: Client, onlooker: User, candidate: ModelVersion
) -> None:
    """Who may see models but no reviews is told how many there are, not what they say."""
    learned(candidate)
    client.force_login(onlooker)
    assert "1: 1 training" in page_of(client, candidate)
    assert "/reviews/" not in client.get(f"{VERSIONS}{candidate.pk}/change/").content.decode()
    assert client.get(f"{VERSIONS}{candidate.pk}/reviews/").status_code == 403


def test_a_photo_tells_where_its_tag_comes_from(
    client: Client, boss: User, moderator: User, candidate: ModelVersion
) -> None:
    """From its file over version, parent and datasets to the reviews; and who learned from it."""
    review = learned(candidate)
    photo = review.photo
    assert photo is not None
    ListingPhoto.objects.filter(pk=photo.pk).update(model_version=candidate)
    address = f"/admin/classifier/listingphoto/{photo.pk}/change/"
    client.force_login(boss)
    page = words(client.get(address).content.decode())
    assert f"Photo {photo.sha256[:12]} → model version" in page
    assert re.search(r"candidate none 1: 1 training untrained parent none none", page), page
    assert "Which learned from this photo candidate , for training" in page
    client.force_login(moderator)  # may see models, and no reviews
    assert "Which learned from this photo" not in client.get(address).content.decode()


RECLASSIFY, STOP = f"{VERSIONS}reclassify/", f"{VERSIONS}stop_reclassifying/"
TAGGING_AGAIN = f"{VERSIONS}tagging-again/"


def test_photos_are_tagged_again_by_a_button(
    client: Client, boss: User, champion: ModelVersion
) -> None:
    """It asks first; then the list shows how far it is, until it is stopped or done."""
    a_photo("Boots")  # tagged by another version
    client.force_login(boss)
    assert "Tag photos again?" in client.get(RECLASSIFY).content.decode()
    assert STOP not in client.get(VERSIONS).content.decode()
    client.post(RECLASSIFY, {"_form_submitted": "on"})
    run = Reclassification.objects.get()
    assert (run.requested_by, run.version, run.total) == (boss, champion, 1)
    page = client.get(VERSIONS).content.decode()
    assert "0 of 1 photos were tagged again" in page
    assert STOP in page
    now = client.get(TAGGING_AGAIN).json()
    assert now["unfinished"] is True
    assert "0 of 1 photos were tagged again" in now["html"]
    client.post(STOP, {"_form_submitted": "on"})
    run.refresh_from_db()
    assert run.finished_at is not None
    assert client.get(TAGGING_AGAIN).json()["unfinished"] is False


def test_how_far_tagging_again_is_is_for_those_who_may_see_models(
    client: Client, seller: User
) -> None:
    """A stranger gets 401 and a seller 403, as words for a script, not as a page."""
    assert client.get(TAGGING_AGAIN).status_code == 401
    client.force_login(seller)
    assert client.get(TAGGING_AGAIN).status_code == 403


@pytest.mark.parametrize("path", [RECLASSIFY, STOP])
def test_tagging_again_needs_its_right(
    client: Client, onlooker: User, champion: ModelVersion, path: str
) -> None:
    """Who may only look at models is not offered it, and cannot send it."""
    a_photo("Boots")
    client.force_login(onlooker)
    assert path not in client.get(VERSIONS).content.decode()
    assert client.post(path, {"_form_submitted": "on"}).status_code == 403
    assert not Reclassification.objects.exists()


def test_the_report_is_shown_shut_in(
    client: Client, onlooker: User, candidate: ModelVersion, champion: ModelVersion
) -> None:
    """The page links it where there is one; it can neither run a script nor reach anything."""
    client.force_login(onlooker)
    address = f"{VERSIONS}{candidate.pk}/report/"
    assert address in client.get(f"{VERSIONS}{candidate.pk}/change/").content.decode()
    answer = client.get(address)
    assert b"Confusion of the candidate" in b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a file
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script" not in policy
    assert f"{VERSIONS}{champion.pk}/report/" not in page_of(client, champion)
    assert client.get(f"{VERSIONS}{champion.pk}/report/").status_code == 404
    assert client.get(f"{VERSIONS}999999/report/").status_code == 404


@pytest.mark.parametrize("path", ["", "{}/change/", "{}/report/"])
def test_who_may_not_see_models_sees_nothing(
    client: Client, candidate: ModelVersion, path: str
) -> None:
    """Staff without the right are refused at each address, people of no staff sent to sign in."""
    address = VERSIONS + path.format(candidate.pk)
    client.force_login(a_moderator("stranger", rights=["view_review"]))
    assert client.get(address).status_code == 403
    client.force_login(User.objects.create_user("customer"))
    assert client.get(address).status_code == 302


def test_only_what_can_be_promoted_offers_it(
    client: Client, boss: User, champion: ModelVersion, candidate: ModelVersion
) -> None:
    """A candidate has the button; the champion and a rejected version have not, nor the address."""
    rejected = a_candidate(champion, "worse", state="rejected")
    client.force_login(boss)
    for version, offered in ((candidate, True), (champion, False), (rejected, False)):
        address = f"{VERSIONS}{version.pk}/promote/"
        assert (
            address in client.get(f"{VERSIONS}{version.pk}/change/").content.decode()
        ) == offered
        if not offered:
            assert client.post(address, {"_form_submitted": "on"}).status_code == 403
    assert registry.champion() == champion


def test_a_promotion_holds_for_the_champion_that_was_shown(
    client: Client, boss: User, champion: ModelVersion, candidate: ModelVersion
) -> None:
    """If another became champion while the question was open, nothing changes and it says so."""
    client.force_login(boss)
    address = f"{VERSIONS}{candidate.pk}/promote/"
    shown = re.search(r'name="champion" value="(\d+)"', client.get(address).content.decode())
    assert shown
    other = a_candidate(champion, "faster")
    promotion.promote(version=other)
    client.post(address, {"_form_submitted": "on", "champion": shown[1]})
    assert registry.champion() == other
    assert "meanwhile faster is the champion" in client.get(VERSIONS).content.decode()


def test_the_first_page_warns_of_a_champion_that_cannot_be_loaded(
    client: Client, onlooker: User, champion: ModelVersion
) -> None:
    """Who may see models reads which, why and what to do; others see no alarm."""
    ModelVersion.objects.filter(pk=champion.pk).update(
        load_error="weights.safetensors is damaged.", load_failed_at=timezone.now()
    )
    client.force_login(onlooker)
    page = words(client.get("/admin/").content.decode())
    assert f"The champion {champion} could not be loaded. weights.safetensors is damaged." in page
    assert "A worker could not load it" in page_of(client, champion)
    client.force_login(a_moderator("stranger", rights=["view_review"]))
    assert "could not be loaded" not in client.get("/admin/").content.decode()


def test_the_list_needs_few_queries(
    client: Client, onlooker: User, champion: ModelVersion, django_assert_max_num_queries: object
) -> None:
    """The number of queries does not grow with the number of versions."""
    for number in range(6):
        a_candidate(champion, f"candidate-{number}")
    client.force_login(onlooker)
    with django_assert_max_num_queries(11):  # type: ignore[operator]  # pytest-django's fixture
        client.get(VERSIONS)
