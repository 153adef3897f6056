"""`manage.py monitor`: say whether photos are tagged, give figures, raise alarms."""

import errno
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

        parser.add_argument(
            "--any-port",
            action="store_true",
            help="where another program listens there, take a free port and say which",
        )

    def handle(self, *, address: str, any_port: bool, **_: Any) -> None:
        host, _colon, port = address.rpartition(":")
        if not (host and port.isascii() and port.isdecimal() and int(port) < 65536):
            raise CommandError(
                f"The address must be HOST:PORT, as 127.0.0.1:9100; it is {address}."
            )
        host = host.strip("[]")
        try:
            with self._server(host, int(port), any_port=any_port) as server:
                self.stdout.write(f"Answers on http://{host}:{server.server_port}/readyz")
                self.stdout.flush()
                monitor.serve(server)
        except OSError as error:
            raise CommandError(
                f"Nobody can listen on {address} ({error}). Stop what does, or choose another "
                "with MONITOR_ADDRESS."
            ) from error

    def _server(self, host: str, port: int, *, any_port: bool) -> monitor.Server:
        try:
            return monitor.make_server(host, port)
        except OSError as error:
            # Asked for beforehand, a port could be another program's by now.
            if not any_port or error.errno != errno.EADDRINUSE:
                raise
            return monitor.make_server(host, 0)
