"""`manage.py crawl_photos`, against a small HTTP site that the tests start."""

import csv
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from classifier.taxonomy import TAXONOMY
from tests.pictures import encoded, noise_jpeg
from tests.training.patterns import pattern
from tests.training.photo_site import PhotoSite, running_site
from training.collect.crawl.search_words import read_search_words
from training.data.folder import read_photos


@pytest.fixture
def site() -> Iterator[PhotoSite]:
    with running_site() as site:
        yield site


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """One search for tote bags."""
    path = tmp_path / "words.csv"
    path.write_text("folder,words\nBags/Tote Bags,tote bag\n")
    return path


@pytest.fixture
def more_words(words: Path) -> Path:
    """Two searches for tote bags."""
    with words.open("a") as file:
        file.write("Bags/Tote Bags,shopper\n")
    return words


def photo(seed: int, side: int = 300, image_format: str = "JPEG") -> bytes:
    return encoded(pattern(seed, (side, side)), image_format)


def crawl(site: PhotoSite, words: Path, output: Path, *options: str) -> None:
    asked = ["--search", site.search, "--words", str(words), "--contact", "me@example.org"]
    call_command("crawl_photos", str(output), *asked, "--delay", "0", *options)


def record(output: Path) -> list[dict[str, str]]:
    with (output / "sources.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_photos_arrive_in_their_folder_with_their_sources(
    site: PhotoSite, more_words: Path, tmp_path: Path
) -> None:
    """All pages of both searches are read; each photo has a row with source, licence and date."""
    for i in range(5):
        site.offer("tote bag", f"{i}.jpg", photo(i))
    url = site.offer("shopper", "5", photo(5, image_format="PNG"), licence="cc0")
    crawl(site, more_words, tmp_path / "photos")
    samples = read_photos(tmp_path / "photos")
    assert [s.sub for s in samples] == ["Tote Bags"] * 6
    row = next(row for row in record(tmp_path / "photos") if row["url"] == url)
    assert row["licence"] == "cc0 4.0"
    assert row["licence_url"] == "https://creativecommons.org/licenses/cc0/4.0/"
    assert row["page"] == "https://example.org/5"
    assert row["title"] == "A photo, named 5"
    assert row["words"] == "shopper"
    assert row["collected_at"].startswith("20")
    with Image.open(tmp_path / "photos" / row["path"]) as saved:
        assert (saved.format, saved.size) == ("JPEG", (300, 300))


def test_what_is_not_usable_is_left_out_in_clear_words(
    site: PhotoSite, words: Path, tmp_path: Path, capsys: Any
) -> None:
    """Each kind of bad photo costs itself alone, and its reason is printed and kept."""
    good = photo(1)
    offered = {
        site.offer("tote bag", "good.jpg", good): "",
        site.offer("tote bag", "again.jpg", good): "It is the same file as Bags/Tote Bags/openve",
        site.offer("tote bag", "page.jpg", b"<html>"): "This file is not a photo that we can read",
        site.offer("tote bag", "gone.jpg", None): "The site answered 404 Not Found.",
        site.offer("tote bag", "big.jpg", noise_jpeg(600, 600)): "The file is larger than 0.1 MB",
        site.offer("tote bag", "tiny.jpg", photo(2, side=90)): "It has only 90 x 90 pixels.",
        site.offer("tote bag", "nc.jpg", photo(3), licence="by-nc"): "Its licence is by-nc, which",
        site.offer("tote bag", "cut.jpg", good[:900]): "This photo is damaged",
    }
    site.results["tote bag"].append({"url": "http://127.0.0.1:9/x.jpg", "license": "by"})
    offered["http://127.0.0.1:9/x.jpg"] = "The site cannot be reached (ConnectionError)."
    crawl(site, words, tmp_path / "photos", "--max-bytes", "100000")
    assert len(read_photos(tmp_path / "photos")) == 1
    printed = capsys.readouterr().out
    with (tmp_path / "photos/left_out.csv").open(newline="") as file:
        reasons = {row["url"]: row["reason"] for row in csv.DictReader(file)}
    assert len(reasons) == 8
    for url, reason in offered.items():
        if reason:
            assert reasons[url].startswith(reason)
            assert f"left out {url}: {reason}" in printed


def test_a_second_run_goes_on_and_fetches_nothing_twice(
    site: PhotoSite, more_words: Path, tmp_path: Path, capsys: Any
) -> None:
    """--most counts what is there; known photos are not asked for again."""
    for i in range(6):
        site.offer("tote bag", f"{i}.jpg", photo(i))
        site.offer("shopper", f"s{i}.jpg", photo(20 + i))
    crawl(site, more_words, tmp_path / "photos", "--most", "4")
    taken = record(tmp_path / "photos")
    assert sorted(row["words"] for row in taken) == ["shopper", "shopper", "tote bag", "tote bag"]
    site.seen.clear()
    crawl(site, more_words, tmp_path / "photos", "--most", "7")
    assert len(record(tmp_path / "photos")) == 7
    requested = {f"{site.address}{request.path}" for request in site.seen}
    assert requested.isdisjoint(row["url"] for row in taken)
    assert "Bags/Tote Bags                 3       4         0" in capsys.readouterr().out


def test_requests_keep_to_the_policy_and_robots_txt(
    site: PhotoSite, words: Path, tmp_path: Path
) -> None:
    """Every request names us and a contact, waits its turn, and robots.txt is obeyed."""
    site.files["/robots.txt"] = b"User-agent: *\nDisallow: /photos/private"
    site.offer("tote bag", "private.jpg", photo(1))
    site.offer("tote bag", "public.jpg", photo(2))
    crawl(site, words, tmp_path / "photos", "--delay", "0.2")
    assert all("SlowFashionCollector" in r.user_agent for r in site.seen)
    assert all("me@example.org" in r.user_agent for r in site.seen)
    times = sorted(request.at for request in site.seen)
    assert min(later - at for at, later in pairwise(times)) > 0.15
    assert "/photos/private.jpg" not in {request.path for request in site.seen}
    assert "robots.txt asks not to" in (tmp_path / "photos/left_out.csv").read_text()


def test_a_redirect_is_followed_by_the_same_policy(
    site: PhotoSite, words: Path, tmp_path: Path
) -> None:
    """A photo that moved arrives from its new host, if robots.txt allows it there; circles end."""
    site.offer("tote bag", "moved.jpg", photo(1))
    site.offer("tote bag", "private.jpg", photo(2))
    site.offer("tote bag", "circle.jpg", photo(3))
    other = site.address.replace("127.0.0.1", "localhost")
    site.files["/robots.txt"] = b"User-agent: *\nDisallow: /private"
    site.files["/new.jpg"] = photo(1)
    site.moved = {
        "/photos/moved.jpg": f"{other}/new.jpg",
        "/photos/private.jpg": "/private/2.jpg",
        "/photos/circle.jpg": "/photos/circle.jpg",
    }
    crawl(site, words, tmp_path / "photos")
    (taken,) = record(tmp_path / "photos")
    assert taken["url"].endswith("/photos/moved.jpg")
    assert [r.path for r in site.seen].count("/robots.txt") == 2  # of each host
    assert "/private/2.jpg" not in {r.path for r in site.seen}
    assert "more than 5 times" in (tmp_path / "photos/left_out.csv").read_text()


def test_a_site_may_ask_for_a_longer_pause(site: PhotoSite, words: Path, tmp_path: Path) -> None:
    """A crawl-delay in robots.txt holds, though --delay is shorter."""
    site.files["/robots.txt"] = b"User-agent: *\nCrawl-delay: 1"
    site.offer("tote bag", "a.jpg", photo(1))
    crawl(site, words, tmp_path / "photos")
    robots, asked = (r.at for r in site.seen if r.path in ("/robots.txt", "/photos/a.jpg"))
    assert asked - robots > 0.9


def test_without_an_answer_about_robots_nothing_is_fetched(
    site: PhotoSite, words: Path, tmp_path: Path
) -> None:
    """A robots.txt that cannot be served is no permission: RFC 9309."""
    site.broken = {"/robots.txt"}
    site.offer("tote bag", "a.jpg", photo(1))
    crawl(site, words, tmp_path / "photos")
    assert "/photos/a.jpg" not in {r.path for r in site.seen}
    assert "answered 500" in (tmp_path / "photos/left_out.csv").read_text()


def test_a_busy_site_is_asked_again_after_a_while(
    site: PhotoSite, words: Path, tmp_path: Path
) -> None:
    """A site that answers 429 with a time to wait gets that time, and the photo arrives."""
    site.offer("tote bag", "a.jpg", photo(1))
    site.busy = {"/photos/a.jpg": 1, "/v1/images/": 1}
    crawl(site, words, tmp_path / "photos")
    assert len(read_photos(tmp_path / "photos")) == 1


def test_a_search_that_is_down_is_an_error_and_keeps_what_came(
    site: PhotoSite, words: Path, tmp_path: Path
) -> None:
    """The message says that the site cannot be reached and that a later run goes on."""
    site.offer("tote bag", "a.jpg", photo(1))
    crawl(site, words, tmp_path / "photos")
    site.address = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match=r"cannot be reached .* What was collected is kept"):
        crawl(site, words, tmp_path / "photos")
    assert len(read_photos(tmp_path / "photos")) == 1


@pytest.mark.parametrize("answer", [b"<html>maintenance</html>", b"[]", b'{"results": 5}'])
def test_a_search_that_answers_nonsense_is_an_error(
    site: PhotoSite, words: Path, tmp_path: Path, answer: bytes
) -> None:
    """Anything but a page of results stops the crawl and says so."""
    site.search_answer = answer
    with pytest.raises(CommandError, match="no page of results"):
        crawl(site, words, tmp_path / "photos")


def test_a_folder_that_cannot_be_written_is_an_error(
    site: PhotoSite, words: Path, tmp_path: Path
) -> None:
    """A disk error stops the crawl with a sentence."""
    site.offer("tote bag", "a.jpg", photo(1))
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/Bags").write_text("a file in the way")
    with pytest.raises(CommandError, match="cannot be written"):
        crawl(site, words, tmp_path / "photos")


def test_a_folder_with_a_manifest_is_refused(site: PhotoSite, words: Path, tmp_path: Path) -> None:
    """Photos beside a manifest would never be read, so none is requested."""
    site.offer("tote bag", "a.jpg", photo(1))
    (tmp_path / "manifest.csv").write_text("path,main,sub,group\n")
    with pytest.raises(CommandError, match=r"would not be read\. Name another folder"):
        crawl(site, words, tmp_path)
    assert not site.seen


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--licences", "by,free"], "no licence free"),
        (["--only", "Bags/Sacks"], "no words for Bags/Sacks"),
        (["--most", "0"], "at least 1"),
    ],
)
def test_wrong_options_are_refused(
    site: PhotoSite, words: Path, tmp_path: Path, options: list[str], message: str
) -> None:
    """Unknown licences and folders and senseless numbers are named before anything is requested."""
    with pytest.raises(CommandError, match=message):
        crawl(site, words, tmp_path / "photos", *options)
    assert not site.seen


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("folder,words\nBags/Sacks,sack\n", "line 2: expected a folder"),
        ("folder,words\nOthers/..,x\n", "line 2: expected a folder"),
        ("folder,words\nBags/Tote Bags,\n", "line 2: expected a folder"),
        ("folder,words\n", "has no search words"),
        ("folder,words\nBags/Tote Bags,b\xf6rse\n", "Expected a CSV file in UTF-8"),
    ],
)
def test_a_wrong_table_of_words_is_refused(tmp_path: Path, table: str, message: str) -> None:
    """Unknown folders, paths upwards and empty words are named with their line."""
    (tmp_path / "w.csv").write_text(table, encoding="latin-1")
    with pytest.raises(CommandError, match=message):
        call_command("crawl_photos", str(tmp_path), "--contact", "x", "--words", tmp_path / "w.csv")


def test_our_table_has_words_for_every_subclass() -> None:
    """The table that ships searches for each subclass of the taxonomy, with several words."""
    words = read_search_words()
    for main, subs in TAXONOMY.items():
        for sub in subs:
            assert len(words[f"{main}/{sub}"]) >= 3
