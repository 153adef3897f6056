"""The first day: a fresh installation learns from sixty reviews, without a folder of photos."""

import json
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from local_stack.api_client import ApiClient
from local_stack.samples import SamplePhoto, read_samples
from tests.integration.versions.site import RUNS
from tests.servers.processes import completed
from tests.servers.system import System

pytestmark = [pytest.mark.integration, pytest.mark.long]

TURNS: Final = (
    Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270
)  # fmt: skip
REVIEWS: Final = 60
# On two idle cores a process takes no longer than the processor time it needs.
MOST_PROCESSOR_SECONDS: Final = 300
BOSS: Final = ("boss", "a password of the tests")
SET_UP: Final = f"""
from django.contrib.auth.models import User
User.objects.create_superuser("{BOSS[0]}", password="{BOSS[1]}")
"""


@pytest.fixture
def system(starter_bundle: Path, short_folder: Path) -> Iterator[System]:
    """The running system as after `make run`: the starter model, and nothing else."""
    system = System(
        short_folder, {"REVIEW_SAMPLE_SHARE": "0", "PHOTOS_DIR": "", "LOG_LEVEL": "INFO"}
    )
    try:
        system.set_up()
        system.manage("shell", "--command", SET_UP)
        system.register(starter_bundle)
        system.start()
        system.start_trainer()
        yield system
        system.stop()
    finally:
        system.kill()


@pytest.fixture
def boss(browser: Browser, system: System) -> Iterator[Page]:
    """A browser window that is signed in to the admin."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(f"{system.address}/admin/login/?next={RUNS}")
    page.fill("[name=username]", BOSS[0])
    page.fill("[name=password]", BOSS[1])
    page.press("[name=password]", "Enter")
    yield page
    context.close()


def turned(sample: SamplePhoto, turn: Image.Transpose) -> bytes:
    """Return a sample photo as a seller takes it who holds the phone another way."""
    buffer = BytesIO()
    with Image.open(sample.path) as image:
        image.convert("RGB").transpose(turn).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


def send_and_settle(system: System, folder: Path) -> int:
    """Send turned photos, each as a listing, and settle what waits; return how many reviews."""
    folder.mkdir()
    client: ApiClient = system.seller()
    listings: list[int] = []
    labels: list[tuple[str | None, str | None]] = []
    for turn in TURNS:
        for sample in read_samples():
            path = folder / f"{len(labels)}.jpg"
            path.write_bytes(turned(sample, turn))
            listings.append(client.send_listing(sample.title, [path])["id"])
            labels.append((sample.main or None, sample.sub or None))
    photos = system.wait_for_results(client, listings, seconds=600)
    truth = folder / "truth.json"
    truth.write_text(json.dumps({p["id"]: at for p, at in zip(photos, labels, strict=True)}))
    done = completed(
        [sys.executable, "-m", "tests.settling", truth],
        system.env | {"DJANGO_SETTINGS_MODULE": "slowfashion_ai.settings"},
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[-1])


def processor_seconds(pid: int) -> float:
    """Return what a process and the children it has waited for have used of the processor."""
    ticks = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()[11:15]
    return sum(map(int, ticks)) / 100


def test_sixty_reviews_end_in_a_verdict_without_a_folder_of_photos(
    system: System, boss: Page, tmp_path: Path
) -> None:
    """The button says what there is, a click starts it, and the gate judged on base photos too."""
    assert send_and_settle(system, tmp_path / "sent") >= REVIEWS
    before = processor_seconds(system.trainer.pid)
    boss.reload()
    expect(boss.locator("#preflight")).to_contain_text("are new to the champion")
    expect(boss.locator("#preflight")).to_contain_text("no folder of photos is needed")
    boss.get_by_role("link", name="Retrain now").click()
    expect(boss.locator("#dialog")).to_contain_text("It takes about")
    boss.locator("#dialog").get_by_role("button", name="Retrain").click()
    now = boss.locator("#retraining-now")
    expect(now).to_contain_text("figures and the gate’s reasons", timeout=900_000)
    used = processor_seconds(system.trainer.pid) - before
    assert used < MOST_PROCESSOR_SECONDS, f"It took {used:.0f} s of processor time."
    assert "failed" not in now.inner_text()
    now.get_by_role("link", name="figures and the gate’s reasons").click()
    expect(boss.get_by_role("heading", name="The gate:")).to_be_visible()
