"""`manage.py crawl_photos`: photos with free licences, by search words, with their sources."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from training.collect.crawl.openverse import FREE, LICENCES, SEARCH
from training.collect.crawl.search_words import OUR_WORDS, read_search_words
from training.data.folder import PhotosError

if TYPE_CHECKING:
    from training.collect.crawl.crawler import CrawlRequest
    from training.collect.crawl.photo_collector import CrawlResult, SkippedPhoto

NAMED: Final = 10  # photos left out that are printed; the file has all
# The free ones allow commercial use and changes, which training for a shop needs.
DEFAULT_LICENCES: Final = ",".join(FREE)


class Command(BaseCommand):
    help = (
        "Collect openly licensed photos from Openverse into Main/Subclass folders, with a record "
        "of each one's source and licence in sources.csv. Run again after a stop, it goes on. "
        "Look at what came before training on it: manage.py check_photos. Example: "
        "manage.py crawl_photos ~/photos --contact me@example.org --only 'Bags/Tote Bags' "
        "--most 300"
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("output", type=Path, help="folder for the photos")
        parser.add_argument(
            "--contact",
            required=True,
            help="a mail address or page, sent with every request: sites want to know whom to ask",
        )
        parser.add_argument(
            "--only", nargs="+", metavar="FOLDER", help="some of the folders, as Bags/Clutches"
        )
        parser.add_argument("--most", type=int, default=200, help="photos of each folder")
        parser.add_argument(
            "--licences",
            default=DEFAULT_LICENCES,
            help=f"Openverse's names with commas between them; {DEFAULT_LICENCES} unless given, "
            "which allow commercial use and changes; by-nc, by-nd, by-nc-sa, by-nc-nd exist too",
        )
        parser.add_argument(
            "--words", type=Path, default=OUR_WORDS, help="CSV of search words: folder,words"
        )
        parser.add_argument(
            "--delay", type=float, default=1.0, help="seconds between two requests to one host"
        )
        parser.add_argument("--min-side", type=int, default=200, help="of a photo, in pixels")
        parser.add_argument(
            "--max-bytes", type=int, default=settings.PHOTO_MAX_BYTES, help="of a photo's file"
        )
        parser.add_argument("--search", metavar="URL", help="another server of Openverse's API")

    def handle(self, **options: Any) -> None:
        # Imported here: it loads what the web image does not have.
        from training.collect.crawl.crawler import CrawlError, crawl

        output = options["output"].resolve()
        try:
            result = crawl(_request(options, output))
        except (PhotosError, CrawlError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"The photos cannot be written to {output} ({error}). What was written is whole; "
                "run this again, and it goes on."
            ) from error
        self.stdout.write(_count_table(result))
        if result.left_out:
            file = output / "left_out.csv"
            _write_left_out(file, result.left_out)
            self.stdout.write(f"{_left_out_lines(result.left_out)}\nAll of them are in {file}.")


def _request(options: dict[str, Any], output: Path) -> "CrawlRequest":
    from training.collect.crawl.crawler import CrawlRequest
    from training.collect.crawl.polite_session import RequestPolicy

    licences = tuple(options["licences"].lower().replace(" ", "").split(","))
    if unknown := sorted(set(licences) - set(LICENCES)):
        raise CommandError(
            f"Openverse has no licence {', '.join(unknown)}. It has {', '.join(LICENCES)}."
        )
    if options["delay"] < 0 or min(options["most"], options["min_side"], options["max_bytes"]) < 1:
        raise CommandError("--most, --min-side and --max-bytes are at least 1, --delay 0.")
    words = read_search_words(options["words"])
    if options["only"]:
        if missing := sorted(set(options["only"]) - set(words)):
            raise CommandError(
                f"{options['words']} has no words for {', '.join(missing)}. It has words for "
                f"{', '.join(words)}."
            )
        words = {folder: words[folder] for folder in options["only"]}
    return CrawlRequest(
        output=output,
        words=words,
        most=options["most"],
        licences=licences,
        policy=RequestPolicy(options["contact"], options["delay"], max_bytes=options["max_bytes"]),
        min_side=options["min_side"],
        max_pixels=settings.PHOTO_MAX_PIXELS,
        search=options["search"] or SEARCH,
    )


def _count_table(result: "CrawlResult") -> str:
    lines = [f"{'folder':<24}{'new':>8}{'there':>8}{'left out':>10}"]
    left_out = [photo.folder for photo in result.left_out]
    for folder in sorted({*result.saved, *result.there, *left_out}):
        counts = result.saved[folder], result.there[folder], left_out.count(folder)
        lines.append(f"{folder:<24}{counts[0]:>8}{counts[1]:>8}{counts[2]:>10}")
    return "\n".join(lines) if len(lines) > 1 else "The searches found no photos."


def _left_out_lines(left_out: list["SkippedPhoto"]) -> str:
    lines = [f"left out {photo.url}: {photo.reason}" for photo in left_out[:NAMED]]
    if len(left_out) > NAMED:
        lines.append(f"and {len(left_out) - NAMED} more.")
    return "\n".join(lines)


def _write_left_out(path: Path, left_out: list["SkippedPhoto"]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("folder", "url", "reason"))
        writer.writerows(left_out)
