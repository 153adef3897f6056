"""A shadow in a browser: start it from a version's page, watch it by day, see how it ends."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from classifier.decision import Decision, Outcome
from classifier.models import ListingPhoto, ModelVersion, QueueItem, Shadow
from classifier.review import verdicts
from classifier.review.verdicts import Verdict
from classifier.shadow import decide, run
from classifier.versions import promotion, registry
from tests.classifier.candidates import a_candidate
from tests.integration.review_site import Site
from tests.integration.versions.site import FAINT, VERSIONS, present_champion, press
from tests.tagged_photos import a_photo

pytestmark = pytest.mark.integration
expect.set_options(timeout=30_000)

SHADOWS = "/admin/classifier/shadow/"
BOOTS, FLATS = (
    Decision(Outcome.SUBCLASS, "Shoes", sub, 0.9, 0.9, None) for sub in ("Boots", "Flats")
)


@pytest.fixture
def candidate(site: Site) -> Iterator[ModelVersion]:
    """A version that may be promoted; afterwards the champion is what it was, and none runs."""
    with site.database():
        champion = registry.champion()
        assert champion is not None
        version = a_candidate(champion, f"silent-{uuid4().hex[:6]}")
    yield version
    with site.database():
        if (running := run.running()) is not None:
            run.end(running, Shadow.State.CALLED_OFF, "The test is over.")
        promotion.promote(version=champion)


def live(champion: ModelVersion, made: Decision, count: int) -> None:
    """Photos of boots that the champion tags now, and what the candidate says of them."""
    numbers = [a_photo("Boots").pk for _ in range(count)]
    ListingPhoto.objects.filter(pk__in=numbers).update(
        model_version=champion, classified_at=timezone.now()
    )
    while (taken := run.take(limit=50)) is not None:
        run.store(taken[0], {photo.pk: made for photo in taken[1]})


def settle(as_sub: str) -> None:
    """Have everything in which both differ reviewed."""
    boss = User.objects.get(username="boss")
    verdict = Verdict("subclass", "Shoes", as_sub)  # type: ignore[arg-type]  # by its value
    for item in QueueItem.objects.filter(is_open=True, photo__shadow_tags__differs=True):
        item.claim, item.holder, item.held_until = uuid4(), boss, timezone.now()
        item.save()
        verdicts.record_verdict(
            moderator=boss, item=item.pk, claim=item.claim, verdict=verdict, seconds=1
        )


def test_from_the_start_to_the_promotion(boss: Page, site: Site, candidate: ModelVersion) -> None:
    """Two clicks start it; the page shows agreement and cost; the rule promotes it by itself."""
    boss.goto(f"{site.system.address}{VERSIONS}{candidate.pk}/change/")
    boss.get_by_role("link", name="Start a shadow").first.click()
    boss.get_by_label("Share of live photos, in per cent").fill("100")
    boss.get_by_label("Photos to compare").fill("100")
    boss.locator("#dialog button").filter(has_text="Start").click()
    expect(boss.get_by_text("No photo is compared yet.")).to_be_visible()
    page = boss.url
    with site.database():
        champion = registry.champion()
        assert champion is not None
        live(champion, BOOTS, 60)
        live(champion, FLATS, 40)
        settle("Flats")
    boss.reload()
    expect(boss.locator(".f-number").first).to_have_text("60 %")
    expect(boss.get_by_text("moderators have settled 40 of these, 0 wait")).to_be_visible()
    expect(boss.locator(".f-number").nth(1)).to_contain_text("−4,000")
    row = boss.get_by_role("row").filter(has_text=f"{timezone.localdate():%-d %b}")
    expect(row).to_contain_text("−4,000")
    with site.database():
        ruling = decide.decide_if_complete()
        assert ruling is not None
        assert ruling.promote, ruling.summary
    boss.goto(page)
    expect(boss.get_by_role("heading", name=f"{candidate} beside")).to_contain_text("promoted")
    assert present_champion(site) == candidate
    boss.goto(f"{site.system.address}{VERSIONS}{candidate.pk}/change/")
    expect(boss.get_by_text("promoted by its shadow")).to_be_visible()


def test_it_is_called_off_by_hand(boss: Page, site: Site, candidate: ModelVersion) -> None:
    """The page keeps who did it, and the champion stays."""
    with site.database():
        before = registry.champion()
        shadow = run.start(version=candidate, share=0.2, photos_wanted=100)
    boss.goto(f"{site.system.address}{SHADOWS}{shadow.pk}/change/")
    press(boss, "Call it off", "Call it off")
    expect(boss.get_by_text(f"{shadow} is called off.").first).to_be_visible()
    boss.goto(f"{site.system.address}{SHADOWS}{shadow.pk}/change/")
    expect(boss.get_by_text("Called off by boss.")).to_be_visible()
    assert present_champion(site) == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_phone_and_can_be_read(
    site: Site, candidate: ModelVersion, signed_in: Callable[..., BrowserContext], scheme: Any
) -> None:
    """Nothing has to be pushed sideways at 390 pixels; every text stands out, by day and night."""
    with site.database():
        champion = registry.champion()
        assert champion is not None
        shadow = run.start(version=candidate, share=1.0, photos_wanted=100)
        live(champion, BOOTS, 8)
        live(champion, FLATS, 3)
        settle("Boots")
    page = signed_in(viewport={"width": 390, "height": 844}, color_scheme=scheme).new_page()
    page.goto(f"{site.system.address}{SHADOWS}{shadow.pk}/change/")
    expect(page.get_by_role("heading", name="Day by day")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(FAINT, ".figures") == []
