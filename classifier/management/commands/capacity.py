"""`manage.py capacity --photos-per-day N`: what so many photos need."""

import dataclasses
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from classifier.capacity.plan import Load, Prices, Wishes, plan_for
from classifier.capacity.service_times import ServiceTimes, ServiceTimesError, read_times
from classifier.capacity.table import table

# Each benchmark writes its own; the later ones of this list have the last word.
BENCHMARKS: Final = ("phone.json", "pipeline.json")
# Options that replace a measured service time, in milliseconds, and the time that each is.
TIMES: Final = {
    "web_ms": ("web", "receive, clean and store an upload"),
    "read_ms": ("read", "read and decode a stored photo"),
    "network_ms": ("network", "the network on a core"),
    "store_ms": ("store", "claim and store in the worker"),
    "database_ms": ("database", "of the database server"),
    "gpu_ms": ("gpu", "the network on a GPU with full batches; with it workers have GPUs"),
}
# Round prices of rented machines, to be replaced by one's own.
CORE_HOUR: Final = 0.05
GPU_HOUR: Final = 1.0
GIGABYTE_MONTH: Final = 0.023


class Command(BaseCommand):
    help = (
        "Say how many web processes, workers, GPUs and gigabytes so many photos a day need, how "
        "long they wait, and what it costs. Example: manage.py capacity --photos-per-day 1000000 "
        "--peak 4 --gpu-ms 0.6"
    )
    # It asks neither the database nor the model.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("--photos-per-day", type=int, required=True, metavar="N", help="up to 100000000")
        add("--peak", type=float, default=4.0, metavar="R",
            help="busiest minutes over the mean of a day (default %(default)s)")  # fmt: skip
        add("--from", dest="files", type=Path, action="append", metavar="FILE",
            help="a benchmark's JSON with service times (default: those in "
            "VAR_DIR/benchmarks)")  # fmt: skip
        for option, (_, what) in TIMES.items():
            add(f"--{option.replace('_', '-')}", type=float, metavar="MS",
                help=f"processor time a photo instead of a measured one: {what}")  # fmt: skip
        _add_fields(parser, Wishes())
        prices = Prices(CORE_HOUR, GPU_HOUR, GIGABYTE_MONTH)
        _add_fields(parser, prices, prefix="price_")

    def handle(self, **options: Any) -> None:
        try:
            load = Load(options["photos_per_day"], options["peak"])
            times = _times(options)
            wishes = _fields(Wishes, options)
            prices = _fields(Prices, options, prefix="price_")
            plan = plan_for(load, times, wishes, prices)
        except (ServiceTimesError, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(table(plan, times, wishes, prices))


def _times(options: dict[str, Any]) -> ServiceTimes:
    folder = settings.VAR_DIR / "benchmarks"
    last = [path for name in BENCHMARKS if (path := folder / name).is_file()]
    times = read_times(options["files"] or last)
    given = {
        field: options[option] / 1000
        for option, (field, _) in TIMES.items()
        if options[option] is not None
    }
    if not given:
        return times
    return dataclasses.replace(times, **given, source=f"the options, {times.source}")


def _add_fields(parser: CommandParser, defaults: Wishes | Prices, prefix: str = "") -> None:
    for field in dataclasses.fields(defaults):
        default = getattr(defaults, field.name)
        parser.add_argument(
            f"--{(prefix + field.name).replace('_', '-')}", type=type(default), default=default,
            metavar="N", help=_HELP[prefix + field.name] + " (default %(default)s)",
        )  # fmt: skip


def _fields(kind: Any, options: dict[str, Any], prefix: str = "") -> Any:
    return kind(**{field.name: options[prefix + field.name] for field in dataclasses.fields(kind)})


_HELP: Final = {
    "web_wait": "seconds that 95 of 100 uploads may wait for a web process",
    "queue_wait": "seconds that 95 of 100 photos may wait for a worker",
    "most_busy": "share of the time that a web process or worker may be busy at the peak",
    "worker_cores": "cores of a worker without a GPU",
    "machine_cores": "cores of a machine",
    "keep_days": "days that photos are kept",
    "price_core_hour": "of a core an hour",
    "price_gpu_hour": "of a GPU an hour",
    "price_gigabyte_month": "of a gigabyte of storage a month",
}
