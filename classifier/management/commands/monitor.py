"""`manage.py monitor`: say whether photos are tagged, give figures, raise alarms."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from classifier.operations import monitor


class Command(BaseCommand):
    help = (
        "Answer /livez, /readyz and /metrics on an address of its own, and tell of alarms. "
        "Example: manage.py monitor --address 127.0.0.1:9100"
    )
    # It is there to say what is wrong.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--address",
            default=settings.MONITOR_ADDRESS,
            metavar="HOST:PORT",
            help="where it answers; an address that strangers do not reach",
        )

    def handle(self, *, address: str, **_: Any) -> None:
        host, _colon, port = address.rpartition(":")
        if not (host and port.isascii() and port.isdecimal() and int(port) < 65536):
            raise CommandError(
                f"The address must be HOST:PORT, as 127.0.0.1:9100; it is {address}."
            )
        try:
            monitor.serve(host.strip("[]"), int(port))
        except OSError as error:
            raise CommandError(
                f"Nobody can listen on {address} ({error}). Stop what does, or choose another "
                "with MONITOR_ADDRESS."
            ) from error
