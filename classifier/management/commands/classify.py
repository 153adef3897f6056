"""`manage.py classify PATH…`: tag files and folders on this machine, without the queue."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from classifier import wording
from classifier.ml.manifest import BundleError
from classifier.photos.local_files import shown_path
from classifier.photos.receiving.intake import photo_limits
from classifier.taxonomy import label_path
from classifier.versions import registry, storage

if TYPE_CHECKING:
    from classifier.worker.classify_files import Classified, Failed

WIDEST_PATH: Final = 60


class Command(BaseCommand):
    help = (
        "Tag photos with the model in production, as the worker would, and print the results. "
        "Nothing is stored. Example: manage.py classify photos/ bag.jpg --json"
    )
    # A damaged champion is reported below, in one sentence; --model may name a good one.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="file or folder")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")
        parser.add_argument("--model", metavar="NAME", help="instead of the one in production")

    def handle(self, *, paths: list[Path], json: bool, model: str | None, **_: Any) -> None:
        # Imported here: they load torch, which `--help` and the web process do without.
        from tqdm import tqdm

        from classifier.ml.bundle import load_bundle
        from classifier.ml.engines.engine import EngineError
        from classifier.ml.predictor import Predictor
        from classifier.worker.classify_files import Failed, choose_files, classify_files
        from classifier.worker.engine import engine_for

        try:
            version = registry.named(model) if model else registry.champion()
            if version is None:
                raise registry.NoChampionError
            bundle = load_bundle(storage.local_folder(version))
            predictor = Predictor(bundle, engine=engine_for(bundle))
        except (BundleError, EngineError, registry.RegistryError) as error:
            raise CommandError(str(error)) from error

        chosen = choose_files(paths)
        files = chosen.files
        width = min(WIDEST_PATH, max(len(_shown_path(file)) for file in files))
        failed = 0
        results = classify_files(files, predictor, photo_limits())
        # `disable=None` shows the bar on a terminal only.
        for result in tqdm(results, total=len(files), unit=" photos", disable=None):
            failed += isinstance(result, Failed)
            line = _as_json(result, version.name) if json else _as_row(result, width)
            with tqdm.external_write_mode():
                self.stdout.write(line)
        # Apart from the results, which a program may read.
        for note in chosen.notes:
            self.stderr.write(note, style_func=str)
        if failed:
            raise SystemExit(1)


def _as_json(result: "Classified | Failed", model_version: str) -> str:
    from classifier.worker.classify_files import Failed

    document: dict[str, object]
    if isinstance(result, Failed):
        document = {"path": str(result.path), "status": "failed", "error": result.error}
    else:
        decision = result.decision
        document = {
            "path": str(result.path),
            "status": "classified",
            "main": decision.main,
            "main_confidence": decision.main_confidence,
            "sub": decision.sub,
            "sub_confidence": decision.sub_confidence,
            "outcome": decision.outcome,
            "reason": decision.reason,
            "scores": result.scores.as_dict(),
            "model_version": model_version,
        }
    return json.dumps(document)


def _shown_path(item: "Path | Classified | Failed") -> str:
    return shown_path(item if isinstance(item, Path) else item.path)


def _as_row(result: "Classified | Failed", width: int) -> str:
    from classifier.worker.classify_files import Failed

    path = _shown_path(result)
    if len(path) > width:
        path = f"…{path[-(width - 1) :]}"
    if isinstance(result, Failed):
        return f"{path:<{width}}  failed: {result.error}"
    decision = result.decision
    label = label_path(decision.main, decision.sub)
    why = wording.explain(outcome=decision.outcome, reason=decision.reason, main=decision.main)
    main, sub = wording.percent(decision.main_confidence), wording.percent(decision.sub_confidence)
    return f"{path:<{width}}  {label:<24}{main:>6}{sub:>6}  {why}".rstrip()
