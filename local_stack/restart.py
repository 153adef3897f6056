"""`python -m local_stack.restart COMMAND …`: run a command, and start it again when it dies.

honcho, which runs the Procfile, ends all processes when one ends. So each of them runs under this,
as a service of Docker does under `restart: unless-stopped`. What ends within seconds of its first
start has a fault that people must mend, and ends for good.
"""

import signal
import subprocess
import sys
import time
from types import FrameType
from typing import Final

START_SECONDS: Final = 10.0
FIRST_WAIT_SECONDS: Final = 0.5
LONGEST_WAIT_SECONDS: Final = 30.0
# What ran for so long had no fault at its start: the wait is short again.
STEADY_SECONDS: Final = 60.0


class Restarter:
    """Runs one command over and over until it is told to stop."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = False

    def stop(self, number: int, _frame: FrameType | None) -> None:
        """Pass a signal on; the command is not started again."""
        self._stopping = True
        if self._process is not None:
            self._process.send_signal(number)

    def _was_stopped(self) -> bool:
        return self._stopping

    def run(self) -> int:
        """Return the exit status with which it ended for good."""
        wait, first = FIRST_WAIT_SECONDS, True
        while True:
            began = time.monotonic()
            self._process = subprocess.Popen(self._command)  # noqa: S603  # the Procfile's command
            status = self._process.wait()
            ran = time.monotonic() - began
            if self._stopping or (first and ran < START_SECONDS):
                return status if status >= 0 else 128 - status
            first, wait = False, FIRST_WAIT_SECONDS if ran > STEADY_SECONDS else wait
            sys.stdout.write(f"It ended with {status}, and starts again in {wait:g} seconds.\n")
            sys.stdout.flush()
            time.sleep(wait)
            if self._was_stopped():  # by a signal, while it waited
                return 0
            wait = min(2 * wait, LONGEST_WAIT_SECONDS)


def main() -> int:
    restarter = Restarter(sys.argv[1:])
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, restarter.stop)
    return restarter.run()


if __name__ == "__main__":
    sys.exit(main())
