"""`manage.py` on a machine where nothing is prepared yet."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local_stack.processes import free_port
from tests.repository import REPOSITORY
from tests.servers.processes import completed


def manage(*arguments: str, var: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, with everything of the machine's in ``var``."""
    ours = {
        "DJANGO_SETTINGS_MODULE": "slowfashion_ai.settings",
        "VAR_DIR": str(var),
        "DATABASE_URL": f"sqlite:///{var}/db.sqlite3",
        "DEBUG": "on",
    }
    return completed(
        [sys.executable, "manage.py", *arguments], {**os.environ, **ours, **environment}
    )


def test_a_fresh_checkout_is_told_to_migrate_and_can(tmp_path: Path) -> None:
    """Without var/ and tables a command says what to do, that works, and then the command does."""
    var = tmp_path / "not" / "there" / "yet"
    before = manage("rollback", var=var)
    assert before.returncode == 1
    assert "Run `manage.py migrate` first" in before.stderr
    assert "Traceback" not in before.stderr
    assert manage("migrate", "--verbosity", "0", var=var).returncode == 0
    assert "No model was in production before" in manage("rollback", var=var).stderr


@pytest.mark.parametrize(
    ("folder", "environment", "sentence"),
    [
        ("file/var", {}, "Set VAR_DIR to a folder that can be written to"),
        ("var", {"DEBUG": "off", "SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ("var", {"SECOND_FACTOR": "on"}, "SECOND_FACTOR must be `offered` or `staff`"),
    ],
)
def test_settings_that_cannot_be_used_get_a_sentence(
    tmp_path: Path, folder: str, environment: dict[str, str], sentence: str
) -> None:
    """A folder below a file, or no key, ends with what to set and not with a traceback."""
    (tmp_path / "file").write_text("in the way")
    done = manage("check", var=tmp_path / folder, **environment)
    assert done.returncode == 1
    assert done.stderr.startswith("The settings cannot be used.")
    assert sentence in done.stderr


# The kernel writes no byte more to a file of such a process, as on a full disk.
FULL = """
import resource, runpy, signal, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize(
    ("module", "arguments"), [("manage", ["migrate"]), ("local_stack", ["run"])]
)
def test_a_full_disk_at_the_start_gets_a_sentence(
    tmp_path: Path, module: str, arguments: list[str]
) -> None:
    """It names the folder, and what to do; no traceback."""
    ours = {"DEBUG": "on", "VAR_DIR": str(tmp_path), "PORT": str(free_port())}
    # Else Python's own caches would be cut short.
    ours["PYTHONDONTWRITEBYTECODE"] = "1"
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", FULL, module, *arguments],
        cwd=REPOSITORY, env=kept | ours, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert str(tmp_path) in done.stderr
    assert "free space" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("module", "arguments"), [("manage", ["migrate"]), ("local_stack", ["run"])]
)
def test_a_folder_that_cannot_be_written_to_gets_a_sentence(
    module: str, arguments: list[str]
) -> None:
    """The kernel's own folder takes no file from anybody."""
    ours = {"DEBUG": "on", "VAR_DIR": "/sys/kernel", "PORT": str(free_port())}
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=REPOSITORY, env=kept | ours, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "/sys/kernel" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_deployment_check_has_no_warning(tmp_path: Path) -> None:
    """With TLS and a long key, as docs/operations.md asks for."""
    key = "".join(chr(65 + number % 50) for number in range(64))
    environment = {"DEBUG": "off", "HTTPS": "on", "SECRET_KEY": key}
    done = manage("check", "--deploy", "--fail-level", "WARNING", var=tmp_path, **environment)
    assert done.returncode == 0, done.stderr
