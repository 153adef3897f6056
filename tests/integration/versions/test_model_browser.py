"""From the button to the champion in a browser: retrain, watch it, read why, promote, roll back."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from classifier import retraining
from classifier.decision import Thresholds, decide
from classifier.models import RetrainRun
from classifier.tagging import reclassification
from classifier.tagging.results import Tagged
from classifier.versions import registry
from tests.classifier.candidates import a_candidate, gate_report
from tests.integration.review_site import Site
from tests.integration.versions.site import FAINT, RUNS, VERSIONS, present_champion, press
from tests.tagged_photos import a_photo, scores_for

pytestmark = pytest.mark.integration

# Generous: the machines that run tests are busy.
expect.set_options(timeout=30_000)
COLLECT, TRAIN = RetrainRun.Stage.COLLECT, RetrainRun.Stage.TRAIN


def test_from_the_button_to_the_champion_and_back(boss: Page, site: Site) -> None:
    """One page load shows every stage as it comes and then the verdict; the rest is two clicks."""
    boss.goto(site.system.address + RUNS)
    press(boss, "Retrain now", "Retrain")
    expect(boss.get_by_text("waits for the trainer").first).to_be_visible()
    boss.evaluate("window.sameLoad = true")
    now, bar = boss.locator("#retraining-now"), boss.locator("#retraining-now progress")
    with site.database():
        run = RetrainRun.objects.get()
        with retraining.take(run) as lease:
            lease.report_progress(stage=COLLECT, doing="reading 212 reviews", progress=0.5)
            expect(now.locator(".m-doing")).to_contain_text("reading 212 reviews")
            expect(now.locator("[aria-current=step]")).to_have_text("collecting labels")
            expect(bar).to_have_attribute("value", "0.5000")
            lease.report_progress(stage=TRAIN, doing="epoch 1 of 4", progress=0.25)
            expect(now.locator("[aria-current=step]")).to_have_text("training")
            expect(bar).to_have_attribute("value", "0.2500")
            champion = registry.champion()
            assert champion is not None
            candidate = a_candidate(champion)
            lease.finish(
                verdict=RetrainRun.Verdict.KEPT,
                message="Better, and kept as a candidate.",
                candidate=candidate,
            )
    expect(now).to_contain_text("Better, and kept as a candidate.")
    assert boss.evaluate("window.sameLoad"), "the page was loaded once"

    now.get_by_role("link", name="candidate: figures and the gate’s reasons").click()
    expect(boss.get_by_role("heading", name="The gate: promote")).to_be_visible()
    expect(boss.get_by_text("+1.2 better")).to_be_visible()
    press(boss, "Promote", "Promote")
    expect(boss.get_by_text("candidate is the champion now.").first).to_be_visible()
    assert present_champion(site) == candidate
    press(boss, "Roll back", "Roll back")
    expect(boss.get_by_text(f"{champion} is the champion again.").first).to_be_visible()
    assert present_champion(site) == champion


def test_tagging_again_is_watched_without_reloading(boss: Page, site: Site) -> None:
    """The panel above the list of versions follows a reclassification to its end."""
    with site.database():
        tagged_by_another_model = a_photo("Boots")
    boss.goto(site.system.address + VERSIONS)
    press(boss, "Tag again", "Tag again")
    now = boss.locator("#reclassification-now")
    expect(now).to_contain_text("0 of 1 photos were tagged again")
    with site.database():
        champion = registry.champion()
        assert champion is not None
        batch = reclassification.take(version=champion, limit=8)
        assert batch is not None
        assert [photo.pk for photo in batch.photos] == [tagged_by_another_model.pk]
        scores = scores_for("Flats")
        tagged = Tagged(scores, decide(scores, Thresholds()))
        reclassification.store(batch, [tagged], version=champion)
        assert reclassification.take(version=champion, limit=8) is None
    expect(now).to_contain_text("1 of 1 photos were tagged again, 1 of them got another tag")
    expect(now.get_by_role("heading")).to_have_text("Tagged again")


def test_a_proxys_refusal_does_not_stop_the_panel(boss: Page, site: Site) -> None:
    """What a proxy answers while the site restarts signs nobody out: the panel goes on."""
    refused: list[Route] = []

    def refuse_once(route: Route) -> None:
        if refused:
            route.continue_()
            return
        refused.append(route)
        route.fulfill(status=403, body="Forbidden")

    boss.route("**/retrainrun/now/", refuse_once)
    with site.database():
        run = retraining.request(trigger=RetrainRun.Trigger.COMMAND, policy=RetrainRun.Policy.GATE)
        with retraining.take(run) as lease:
            boss.goto(site.system.address + RUNS)
            lease.report_progress(stage=TRAIN, doing="epoch 3 of 4", progress=0.75)
            expect(boss.locator("#retraining-now .m-doing")).to_contain_text("epoch 3 of 4")
            lease.finish(verdict=RetrainRun.Verdict.REJECTED, message="No better.")
    assert refused


def test_the_report_opens_and_can_do_nothing(boss: Page, site: Site) -> None:
    """The report of a bundle shows itself in a tab of its own; a script in it does not run."""
    with site.database():
        champion = registry.champion()
        assert champion is not None
        version = a_candidate(champion, "with-a-report")
        report = site.folder / "bundles" / version.name / "report.html"
        report.write_text("<title>old</title><p>Figures<script>document.title = 'ran'</script>")
    boss.goto(f"{site.system.address}{VERSIONS}{version.pk}/change/")
    with boss.expect_popup() as popup:
        boss.get_by_role("link", name="The whole report").click()
    expect(popup.value.get_by_text("Figures")).to_be_visible()
    assert popup.value.title() == "old"


def test_without_script_the_page_shows_how_far_it_is(
    site: Site, signed_in: Callable[..., BrowserContext]
) -> None:
    """Where scripts are off a reload does what the script does."""
    page = signed_in(java_script_enabled=False).new_page()
    with site.database():
        run = retraining.request(trigger=RetrainRun.Trigger.COMMAND, policy=RetrainRun.Policy.GATE)
        with retraining.take(run) as lease:
            lease.report_progress(stage=TRAIN, doing="epoch 2 of 4", progress=0.5)
            page.goto(site.system.address + RUNS)
            expect(page.locator(".m-doing")).to_contain_text("epoch 2 of 4")
            expect(page.locator(".m-doing")).to_be_visible()
            lease.finish(verdict=RetrainRun.Verdict.REJECTED, message="No better.")
    page.reload()
    expect(page.locator("#retraining-now")).to_contain_text("No better.")


def test_no_page_is_wider_than_a_phone(
    site: Site, signed_in: Callable[..., BrowserContext]
) -> None:
    """Lists, version, run, photo and first page fit 390 pixels; none has to be pushed sideways."""
    with site.database():
        champion = registry.champion()
        assert champion is not None
        version = a_candidate(champion, "for-the-phone")
        photo = f"/admin/classifier/listingphoto/{a_photo('Boots').pk}/change/"
    page = signed_in(viewport={"width": 390, "height": 844}).new_page()
    for path in (RUNS, VERSIONS, f"{VERSIONS}{version.pk}/change/", photo, "/admin/"):
        page.goto(site.system.address + path)
        expect(page.locator("#content-main, .figures").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out(
    site: Site, signed_in: Callable[..., BrowserContext], scheme: Any
) -> None:
    """Better, worse, alarm and progress can be read by day and by night (WCAG 2.2, 1.4.3)."""
    with site.database():
        champion = registry.champion()
        assert champion is not None
        report = gate_report(champion.name, "worse")
        version = a_candidate(champion, f"worse-{scheme}", gate=report, load_error="It is damaged.")
        run = retraining.request(trigger=RetrainRun.Trigger.COMMAND, policy=RetrainRun.Policy.GATE)
        page = signed_in(color_scheme=scheme).new_page()
        with retraining.take(run) as lease:
            lease.report_progress(stage=TRAIN, doing="epoch 2 of 4", progress=0.5)
            for path in (f"{VERSIONS}{version.pk}/change/", RUNS):
                page.goto(site.system.address + path)
                expect(page.locator("html.dark")).to_have_count(int(scheme == "dark"))
                assert page.evaluate(FAINT, ".figures") == [], path
            lease.finish(verdict=RetrainRun.Verdict.REJECTED, message="No better.")
