"""A test run that does not end by itself; `test_killed_run.py` starts it, and kills it.

Not collected by name, so that nobody else runs it.
"""

import json
import os
import signal
from pathlib import Path

import psutil
import psycopg

from tests.servers.system import System


def test_that_waits_for_ever(quick_system: System, postgresql: str) -> None:
    """Everything is started; the numbers of all processes are written down."""
    with psycopg.connect(postgresql) as connection:
        (data,) = connection.execute("SHOW data_directory").fetchone() or ("",)
    server = int((Path(data) / "postmaster.pid").read_text().splitlines()[0])
    processes = [
        *psutil.Process().children(recursive=True),
        psutil.Process(server),
        *psutil.Process(server).children(recursive=True),
    ]
    facts = {
        "processes": [[each.pid, each.create_time(), each.name()] for each in processes],
        "folders": [str(quick_system.folder), data],
    }
    file = Path(os.environ["WRITE_PROCESSES_TO"])
    file.with_suffix(".new").write_text(json.dumps(facts))
    file.with_suffix(".new").rename(file)
    signal.pause()
