"""Commands at a terminal: Ctrl-C, closed pipes, and names that no encoding knows."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from tests import pictures
from tests.repository import REPOSITORY
from tests.servers.environment import bare_environment
from tests.servers.prepared import sqlite_with_tables
from tests.servers.processes import begun
from tests.servers.watcher import end_with_the_run
from tests.test_manage import manage

# Long, so that it does not begin last.
pytestmark = [pytest.mark.integration, pytest.mark.long]

ODD = os.fsdecode(b"caf\xe9.jpg")


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory, untrained_bundle: Path) -> Path:
    """A database with a champion."""
    folder = tmp_path_factory.mktemp("var")
    shutil.copy(sqlite_with_tables(), folder / "db.sqlite3")
    done = manage("register_model", str(untrained_bundle), "--promote", var=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More photos than any command reads in eight seconds; one has a name that is not UTF-8."""
    folder = tmp_path_factory.mktemp("photos") / "Bags" / "Clutches"
    folder.mkdir(parents=True)
    files = [pictures.jpeg(64 + number, 64) for number in range(7)]
    for number in range(6000):
        (folder / f"{number:03}.jpg").write_bytes(files[number % 7])
    (folder / ODD).write_bytes(pictures.jpeg())
    return folder.parent.parent


class Started:
    """A command of `manage.py` under way; what it writes goes to files."""

    def __init__(self, *arguments: str | Path, var: Path) -> None:
        self._files = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115  # `ended`
        self._process = begun(command(*arguments), environment(var), *self._files)
        end_with_the_run(self._process.pid)

    def says_something(self, seconds: float) -> bool:
        """Wait until it has written anything, but no longer than this; return whether it runs."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and self._process.poll() is None:
            if any(os.fstat(file.fileno()).st_size for file in self._files):
                break
            time.sleep(0.02)
        return self._process.poll() is None

    def interrupt(self) -> None:
        """Send what Ctrl-C sends."""
        self._process.send_signal(signal.SIGINT)

    def ended(self) -> tuple[int, bytes, bytes]:
        """Wait for its end; return the exit code, its output and its errors."""
        code = self._process.wait(120)
        written = []
        for file in self._files:
            file.seek(0)
            written.append(file.read())
            file.close()
        return code, written[0], written[1]


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "manage.py", *map(str, arguments)]


def environment(var: Path) -> dict[str, str]:
    return bare_environment() | {
        "DJANGO_SETTINGS_MODULE": "slowfashion_ai.settings", "VAR_DIR": str(var), "DEBUG": "on",
        "ENGINE": "torch-fp32", "OMP_NUM_THREADS": "1", "DATABASE_URL": f"sqlite:///{var}/db.sqlite3",
    }  # fmt: skip


def with_pipes(*arguments: str | Path, var: Path, **options: Any) -> "subprocess.Popen[bytes]":
    """Start a command whose output and errors the test reads as they come."""
    return subprocess.Popen(
        command(*arguments), cwd=REPOSITORY, env=environment(var), stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE, **options,
    )  # fmt: skip


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A pipe among photos that nobody ever writes to."""
    folder = tmp_path / "Bags" / "Clutches"
    folder.mkdir(parents=True)
    (folder / "a.jpg").write_bytes(pictures.jpeg())
    os.mkfifo(folder / "pipe.jpg")
    return tmp_path


@pytest.mark.parametrize(
    ("encoding", "form"),
    [("utf-8:strict", "--json"), ("utf-8:strict", None), ("cp1252:strict", None)],
)
def test_any_name_is_printed_in_any_encoding(
    var: Path, photos: Path, encoding: str, form: str | None
) -> None:
    """A name that is not UTF-8 and signs that cp1252 lacks are escaped; JSON keeps the bytes."""
    subfolder = photos / "Bags" / "Clutches"
    chosen = [subfolder / ODD, subfolder / "000.jpg", subfolder / "→ 👜.jpg"]
    # Python reads these before its first line.
    process = subprocess.Popen(
        command("classify", *chosen, *([form] if form else [])), cwd=REPOSITORY,
        env=environment(var) | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    out, err = process.communicate(timeout=120)
    assert process.returncode == 1, err.decode(errors="replace")  # one is missing
    assert b"Traceback" not in err
    lines = out.splitlines()
    assert len(lines) == 3
    if form:
        assert os.fsencode(json.loads(lines[0])["path"]).endswith(b"caf\xe9.jpg")
    else:
        assert b"caf\\xe9.jpg" in lines[0]


@pytest.mark.parametrize(
    "words",
    [
        ("classify", "PHOTOS", "--json"),
        ("check_photos", "--photos", "PHOTOS", "--no-model", "--output", "OUT"),
        ("evaluate", "--photos", "PHOTOS", "--split", "all", "--robustness-photos", "600"),
    ],
    ids=lambda words: words[0],
)
def test_ctrl_c_ends_a_command_within_a_second(
    var: Path, photos: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """In the midst of its work it ends at once, says so, and leaves no traceback."""
    places = {"PHOTOS": photos, "OUT": tmp_path / "out"}
    process = Started(*(places.get(word, word) for word in words), var=var)
    # It has begun as soon as it says something; what says nothing so early has begun by then.
    assert process.says_something(8), process.ended()
    process.interrupt()
    start = time.monotonic()
    code, out, err = process.ended()
    assert time.monotonic() - start < 1.5  # a second, and half of one for a busy machine
    assert code == 130, err
    assert b"Stopped. What was finished is kept." in err
    assert b"Traceback" not in err
    if words[0] == "classify":
        assert all(json.loads(line)["path"] for line in out.splitlines())


# As libraries do when Ctrl-C comes while they are loaded, and some while they work.
TURNED = """
import time
print("begun", flush=True)
try:
    time.sleep(60)
except KeyboardInterrupt:
    raise ImportError("initialization failed") from None
"""
RUN = "from slowfashion_ai.terminal import run_command; run_command({}, ['manage.py', 'a_command'])"


@pytest.mark.parametrize(
    "command", ["lambda: __import__('turned')", "lambda: exec(open('turned.py').read())"]
)
def test_an_interruption_that_a_library_turns_into_an_error_is_one(
    tmp_path: Path, command: str
) -> None:
    """While it is loaded, and later: the command was stopped, and nothing failed."""
    (tmp_path / "turned.py").write_text(TURNED)
    process = subprocess.Popen(
        [sys.executable, "-c", RUN.format(command)],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": f"{tmp_path}:{REPOSITORY}"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    assert process.stdout.readline() == b"begun\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == b"\nStopped. What was finished is kept.\n"


def test_a_reader_that_has_enough_ends_the_command_quietly(var: Path, photos: Path) -> None:
    """`| head` reads some lines; what follows has nowhere to go, and that is no error."""
    process = with_pipes("classify", photos, "--json", var=var, stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stderr
    assert json.loads(process.stdout.readline())["status"] == "classified"
    process.stdout.close()
    with process.stderr as errors:
        err = errors.read()
    assert process.wait(120) == 141
    assert b"Traceback" not in err
    assert b"Exception" not in err


def test_a_closed_output_is_no_error(var: Path, photos: Path) -> None:
    """`>&-`: the command does its work and prints nothing."""
    process = with_pipes(
        "classify", photos / "Bags/Clutches/000.jpg", var=var, preexec_fn=lambda: os.close(1)
    )
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0
    assert b"Traceback" not in err


@pytest.mark.parametrize(
    "words",
    [
        ("classify", "PHOTOS"),
        ("classify", "PHOTOS/Bags/Clutches/pipe.jpg"),
        ("check_photos", "--photos", "PHOTOS", "--no-model", "--output", "OUT"),
    ],
)
def test_no_command_waits_for_a_pipe(
    var: Path, pipe: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """A pipe is named as what it is, and the command goes on."""
    parts = [
        word.replace("PHOTOS", str(pipe)).replace("OUT", str(tmp_path / "out")) for word in words
    ]
    _, out, err = Started(*parts, var=var).ended()
    assert b"pipe.jpg" in out + err
    assert b"not a regular file" in out + err
