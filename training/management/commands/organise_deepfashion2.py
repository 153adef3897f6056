"""`manage.py organise_deepfashion2`: DeepFashion2's pictures become cropped photos in folders."""

import csv
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from training.collect.deepfashion2.annotations import Problem, ProblemKind, RestGoesTo
from training.data.folder import PhotosError

if TYPE_CHECKING:
    from training.collect.deepfashion2.organise import OrganiseSummary

NAMED: Final = 3  # problems of a kind that are printed; the file has all


class Command(BaseCommand):
    help = (
        "Cut the garments out of one split of DeepFashion2 (annos/*.json, image/*.jpg) into "
        "Clothing/Dresses, Clothing/Outerwear and Clothing/Skirts, with a manifest.csv. Run again "
        "after a stop, it goes on; run once for each split, both may go into one folder. Example: "
        "manage.py organise_deepfashion2 ~/DeepFashion2/train ~/photos --most 2000 --rest near"
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path, help="folder with annos/ and image/")
        parser.add_argument("output", type=Path, help="folder for the crops")
        parser.add_argument(
            "--rest",
            choices=list(RestGoesTo),
            default=RestGoesTo.NOWHERE,
            help="where tops and trousers go: nowhere, Near/Clothing (the main class alone is "
            "right) or Others (irrelevant, as in the study)",
        )
        parser.add_argument(
            "--most", type=int, default=0, metavar="N", help="crops of each folder; 0 is all"
        )
        parser.add_argument(
            "--margin", type=float, default=0.05, help="kept around a box, as a share of its side"
        )
        parser.add_argument("--min-side", type=int, default=64, help="of a crop, in pixels")

    def handle(self, *, source: Path, output: Path, **options: Any) -> None:
        # Imported here: it loads torch, which `--help` does without.
        from training.collect.deepfashion2.organise import OrganiseRequest, organise

        if options["margin"] < 0 or options["min_side"] < 1 or options["most"] < 0:
            raise CommandError("--margin, --min-side and --most cannot be negative.")
        request = OrganiseRequest(
            source=source.resolve(),
            output=output.resolve(),
            rest=RestGoesTo(options["rest"]),
            margin=options["margin"],
            min_side=options["min_side"],
            most=options["most"],
        )
        try:
            summary = organise(request)
        except PhotosError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"The crops cannot be written ({error}). What was written is whole; run this "
                "again, and it goes on."
            ) from error
        self.stdout.write(_count_table(summary))
        if summary.problems:
            file = request.output / "problems.csv"
            _write_problems(file, summary.problems)
            self.stdout.write(f"{_problem_lines(summary.problems)}\nAll of them are in {file}.")
        if not summary.made and not summary.there:
            raise CommandError(f"Not one crop could be made of {source}.")


def _count_table(summary: "OrganiseSummary") -> str:
    lines = [f"{'folder':<24}{'new':>8}{'there':>8}{'over --most':>13}"]
    for folder in sorted({*summary.made, *summary.there, *summary.capped}):
        made, there, capped = (c[folder] for c in (summary.made, summary.there, summary.capped))
        lines.append(f"{folder:<24}{made:>8}{there:>8}{capped:>13}")
    if summary.left_out:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(summary.left_out.items()))
        lines.append(f"Left out, as --rest says: {kinds}.")
    return "\n".join(lines)


def _problem_lines(problems: list[Problem]) -> str:
    by_kind: dict[ProblemKind, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_kind[problem.kind].append(problem)
    lines = []
    for kind, of_kind in by_kind.items():
        names = ", ".join(problem.where for problem in of_kind[:NAMED])
        lines.append(f"{len(of_kind)} x {kind}: {names}{', …' if len(of_kind) > NAMED else ''}")
    return "\n".join(lines)


def _write_problems(path: Path, problems: list[Problem]) -> None:
    with path.open("w", newline="", encoding="utf-8", errors="surrogateescape") as file:
        writer = csv.writer(file)
        writer.writerow(Problem._fields)
        writer.writerows(problems)
