"""The page about thresholds in a browser: turn the promise, see what it comes to, save."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from classifier import jobs
from classifier.ml.bundle import save_bundle
from classifier.ml.manifest import HELD_OUT_NAME
from classifier.ml.network import HierarchicalResNet
from classifier.models import ListingPhoto, ModelVersion, TrainerJob
from classifier.versions import registry
from tests.integration.review_site import Site
from tests.integration.versions.site import FAINT, VERSIONS
from tests.manifests import a_manifest
from tests.tagged_photos import a_photo
from tests.training.thresholds.test_thresholds_command import STRICT, drawn_scores
from training.jobs.start import work_on

pytestmark = pytest.mark.integration
expect.set_options(timeout=30_000)

PROMISES, State = TrainerJob.Kind.PROMISES, TrainerJob.State


@pytest.fixture
def careful(site: Site, untrained_network: HierarchicalResNet, tmp_path: Path) -> ModelVersion:
    """A version that tags little, with its held-out scores and two photos that it tagged."""
    folder = tmp_path / "careful"
    manifest = a_manifest(name="careful", thresholds=STRICT, metrics={"test": {"coverage": 0.1}})
    with site.database():
        if version := ModelVersion.objects.filter(name="careful").first():
            return version
        save_bundle(untrained_network, manifest, folder, {HELD_OUT_NAME: drawn_scores().as_bytes()})
        version = registry.register(folder=folder)
        photos = [a_photo("Boots", share=0.93, file=True).pk, a_photo("Flats", share=0.97).pk]
        ListingPhoto.objects.filter(pk__in=photos).update(model_version=version)
        return version


def work(site: Site) -> TrainerJob:
    """Do what waits, as the trainer does."""
    with site.database():
        job = TrainerJob.objects.get(state=State.QUEUED)
        work_on(job.pk)
        job.refresh_from_db()
        return job


def slide(page: Page, name: str, percent: float) -> None:
    page.locator(f"[name={name}]").first.evaluate(
        "(slider, value) => { slider.value = value;"
        " slider.dispatchEvent(new Event('input', { bubbles: true })); }",
        str(percent),
    )


def test_the_promise_is_turned_seen_and_made(boss: Page, site: Site, careful: ModelVersion) -> None:
    """Consequences follow the slider without a reload; the version has what was shown."""
    boss.goto(f"{site.system.address}{VERSIONS}{careful.pk}/change/")
    boss.get_by_role("link", name="Thresholds", exact=True).click()
    expect(boss.get_by_text("waits for the trainer")).to_be_visible()
    assert work(site).state == State.DONE
    shown = boss.locator("#consequences")
    expect(shown.get_by_role("heading", name="Of 1,000 photos")).to_be_visible()
    boss.evaluate("window.sameLoad = true")

    slide(boss, "promise", 5)
    expect(shown.locator("[name=promise]")).to_have_value("5.0")
    expect(boss.locator("output").first).to_have_text("5")
    tagged = shown.get_by_role("row", name="tagged with a subclass").get_by_role("cell")
    now, then = (int(tagged.nth(cell).inner_text().replace(",", "")) for cell in (0, 1))
    assert then > now
    # Other tests' photos have the same weights' tags.
    expect(shown).to_contain_text(re.compile(r"Of the last \d+ photos that sellers sent"))
    expect(shown.get_by_text("→ Shoes › Boots").first).to_be_visible()
    assert boss.evaluate("window.sameLoad"), "the page was loaded once"

    boss.get_by_role("button", name="Make this version").click()
    expect(boss.get_by_text("The trainer makes the version.").first).to_be_visible()
    with site.database():
        assert not ModelVersion.objects.filter(parent=careful).exists(), "seen before it is saved"
    job = work(site)
    boss.get_by_role("link", name="careful-promise-5: figures").click()
    expect(boss.get_by_text("Made with other thresholds by boss")).to_be_visible()
    with site.database():
        made = ModelVersion.objects.get(name="careful-promise-5")
    assert job.made_id == made.pk
    assert made.gate is not None
    stream = made.gate["figures"]["candidate"]["stream"]
    assert round(1000 * stream["tagged"]) == then


def test_each_main_class_has_a_slider_of_its_own(
    boss: Page, site: Site, careful: ModelVersion
) -> None:
    """Stricter for one main class alone: its threshold rises, the others' stay."""
    ready(site, careful)
    boss.goto(f"{site.system.address}{VERSIONS}{careful.pk}/thresholds/")
    boss.get_by_label("each main class by itself").check()
    slide(boss, "promise-clothing", 10)
    slide(boss, "promise-shoes", 6)
    slide(boss, "promise-bags", 10)
    shown = boss.locator("#consequences")
    expect(shown.locator("[name=promise-shoes]")).to_have_value("6.0")
    rows = {main: shown.get_by_role("row", name=main) for main in ("Clothing", "Shoes")}
    needed = {
        main: float(row.get_by_role("cell").nth(1).inner_text()) for main, row in rows.items()
    }
    assert needed["Shoes"] > needed["Clothing"]


def test_without_script_the_button_shows_what_it_comes_to(
    site: Site, careful: ModelVersion, signed_in: Callable[..., BrowserContext]
) -> None:
    """The form asks for the same page again, and the version is made from what it shows."""
    ready(site, careful)
    page = signed_in(java_script_enabled=False).new_page()
    page.goto(f"{site.system.address}{VERSIONS}{careful.pk}/thresholds/?per=all&promise=7")
    expect(page.locator("#consequences [name=promise]")).to_have_value("7.0")
    expect(page.get_by_role("button", name="Show what it comes to")).to_be_visible()
    page.get_by_role("button", name="Make this version").click()
    expect(page.get_by_text("waits for the trainer")).to_be_visible()
    assert work(site).made_id is not None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_phone_and_can_be_read(
    site: Site, careful: ModelVersion, signed_in: Callable[..., BrowserContext], scheme: Any
) -> None:
    """Nothing has to be pushed sideways at 390 pixels; every text stands out, by day and night."""
    ready(site, careful)
    page = signed_in(viewport={"width": 390, "height": 844}, color_scheme=scheme).new_page()
    page.goto(f"{site.system.address}{VERSIONS}{careful.pk}/thresholds/?promise=1")
    expect(page.locator("#consequences")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(FAINT, ".figures") == []


def ready(site: Site, version: ModelVersion) -> None:
    """Have the promises worked out, if no test before has."""
    with site.database():
        mix = {"mix": settings.STREAM_MIX}
        work_on(jobs.request(kind=PROMISES, version=version, arguments=mix).pk)
