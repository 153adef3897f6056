"""Take the README's screenshot anew from a running system.

    make run                               # in one terminal
    .venv/bin/python -m docs.screenshot    # in another

It sends some of the drawn samples as the demo seller and photographs the listing once it is tagged.
"""

import argparse
import json
import shutil
import time
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, sync_playwright

from local_stack.api_client import ApiClient
from local_stack.samples import SAMPLES

LISTING: Final = Path(__file__).parent / "images" / "listing.png"
SHOWN: Final = ("green-wrap-dress", "nude-stiletto-pair", "cognac-saddle-bag", "wrist-watch")
WINDOW: Final = {"width": 1100, "height": 900}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    parser.add_argument("--passwords", type=Path, default=Path("var/demo-users.json"))
    options = parser.parse_args()
    password = json.loads(options.passwords.read_text(encoding="utf-8"))["seller"]
    client = ApiClient.signed_in(options.address, "seller", password)
    photos = [SAMPLES / "photos" / f"{name}.jpg" for name in SHOWN]
    number = client.send_listing("From one wardrobe", photos)["id"]
    while any(photo["status"] == "pending" for photo in client.listing(number)["photos"]):
        time.sleep(0.5)
    browsers = ("chromium-headless-shell", "chromium", "google-chrome")
    browser_path = next(filter(None, map(shutil.which, browsers)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, chromium_sandbox=False)
        page = browser.new_page(viewport=WINDOW, device_scale_factor=1)
        photograph(page, f"{options.address}/listings/{number}/", password)
        browser.close()


def photograph(page: Page, address: str, password: str) -> None:
    """Sign in on the way to the listing, and keep a picture of its window."""
    page.goto(address)
    page.fill("[name=username]", "seller")
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(address)
    page.wait_for_load_state("networkidle")
    LISTING.parent.mkdir(exist_ok=True)
    page.screenshot(path=LISTING)


if __name__ == "__main__":
    main()
