"""A TCP proxy whose line can be cut, stopped and slowed down while a test runs."""

import socket
import threading
import time
from contextlib import suppress
from typing import Final

PIECE: Final = 65536
SLOW_SECONDS: Final = 0.4


class Line:
    """Passes connections on to ``(host, port)``; `mode` says how well.

    `pass`; `refuse`: connections are closed at once; `hang`: nothing comes through any more, and
    nobody is told; `slow`: every piece is held up.
    """

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self._mode = "pass"
        self._open: set[socket.socket] = set()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._accept, name="line", daemon=True).start()

    def set(self, mode: str) -> None:
        """Change how well the line works; a refused one cuts what is open, too."""
        self._mode = mode
        if mode == "refuse":
            for end in list(self._open):
                _shut(end)

    def close(self) -> None:
        self.set("refuse")
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:  # closed
                return
            if self._mode == "refuse":
                client.close()
                continue
            try:
                server = socket.create_connection(self._to)
            except OSError:
                client.close()
                continue
            self._open |= {client, server}
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(PIECE):
                while self._mode == "hang":
                    time.sleep(0.05)
                if self._mode == "slow":
                    time.sleep(SLOW_SECONDS)
                target.sendall(data)
        for end in (source, target):
            _shut(end)
            self._open.discard(end)


def _shut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
