"""`manage.py thresholds NAME --promise 0.03`: other thresholds for the same weights."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from classifier.ml.manifest import BundleError, read_manifest
from classifier.models import ModelVersion
from classifier.versions import registry, storage
from classifier.versions.stream import first_line, mix_words
from training.management.mix_argument import add_mix_argument, mix_of


class Command(BaseCommand):
    help = (
        "Make a new version of the same weights whose subclass tags are wrong in a stated share at "
        "most, with figures of its own. Without --promise, say what 1, 3 and 5 % would come to. "
        "Example: manage.py thresholds starter --promise 0.03"
    )
    # A damaged champion is reported below, in one sentence.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("model", metavar="NAME", help="the version whose weights are used")
        parser.add_argument(
            "--promise", type=float, metavar="SHARE",
            help="the most subclass tags that may be wrong, such as 0.03",
        )  # fmt: skip
        parser.add_argument(
            "--confidence", type=float, default=0.9,
            help="how certain that must be (default %(default)s)",
        )  # fmt: skip
        parser.add_argument(
            "--per", choices=("all", "main"), default="all",
            help="all tags together keep the promise (all, default), or each main class by "
            "itself (main), which promises more and tags less",
        )  # fmt: skip
        add_mix_argument(parser)
        parser.add_argument("--name", help="of the new version (default: from the promise)")
        parser.add_argument(
            "--promote", choices=("never", "gate"), default="never",
            help="make it the champion if the gate allows it (gate), or leave it (default)",
        )  # fmt: skip

    def handle(self, **options: Any) -> None:
        # Imported here: they load torch, which `--help` does without.
        from training.calibration.promise import Promise, choose_by_promise, coverage_of_risks
        from training.thresholds.held_out import ThresholdsError, held_out_of
        from training.thresholds.words import promise_table, promise_words

        try:
            version = registry.named(options["model"])
            promise = Promise(
                risk=options["promise"] or 0.03, confidence=options["confidence"],
                mix=mix_of(options["mix"]), per=options["per"],
            )  # fmt: skip
            held_out = held_out_of(version)
            base = read_manifest(storage.local_folder(version)).thresholds
            chosen = held_out.choosing
            if options["promise"] is None:
                table = coverage_of_risks(chosen.scores, chosen.truth, promise, base)
                self.stdout.write(f"{mix_words(promise.mix.as_dict())}\n{promise_table(table)}")
                return
            promised = choose_by_promise(chosen.scores, chosen.truth, promise, base)
            if not promised.coverage:
                table = coverage_of_risks(chosen.scores, chosen.truth, promise, base)
                raise CommandError(
                    f"No threshold keeps that promise on {len(chosen)} held-out photos. What "
                    f"others would come to:\n{promise_table(table)}"
                )
            self.stdout.write(promise_words(promised))
            self._make(version, promised, held_out, options)
        except (registry.RegistryError, BundleError, ThresholdsError, ValueError) as error:
            raise CommandError(str(error)) from error

    def _make(
        self, version: ModelVersion, promised: Any, held_out: Any, options: dict[str, Any]
    ) -> None:
        from training.evaluation.named_figures import Figures
        from training.thresholds.new_version import free_name, make_version

        made = make_version(
            version=version,
            name=options["name"] or free_name(version, promised.promise),
            promised=promised,
            held_out=held_out,
            promote=options["promote"] == "gate",
        )
        gate = made.gate or {}
        self.stdout.write(
            f"{made} is registered, with the weights of {version}: {made.get_state_display()}.\n"
            f"The gate: {gate['summary']}"
        )
        for which, title in (("champion", version.name), ("candidate", made.name)):
            stream = Figures.from_dict(gate["figures"][which]).stream
            if stream is not None:
                self.stdout.write(f"{title}: {first_line(stream)}")
