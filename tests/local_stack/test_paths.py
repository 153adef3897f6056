"""Any legal path will do for the checkout and for VAR_DIR."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis
import requests
from kombu.connection import Connection
from kombu.utils.url import url_to_parts
from redis.connection import parse_url

from local_stack.api_client import ApiClient
from local_stack.processes import free_port
from local_stack.samples import read_samples
from tests.local_stack.test_run import PATIENCE_SECONDS, environment, started_in
from tests.repository import REPOSITORY
from tests.servers.watcher import end_with_the_run

# What shells, URLs, Celery and configuration files give a meaning to.
NAMES = ["a b", "a#b", "a?b", "50%20off", "c++", "a;b", "a&b", "börse 👜", "$HOME", "'a\"b`c"]
READ = """
import json
from slowfashion_ai import settings
cache = settings.CACHES["shared"]["LOCATION"]
print(json.dumps([settings.DATABASES["default"]["NAME"], settings.CELERY_BROKER_URL, cache]))
"""


@pytest.mark.parametrize("name", NAMES)
def test_database_and_broker_lie_in_the_folder(short_folder: Path, name: str) -> None:
    """The database's file and the broker's socket are both in VAR_DIR, whatever its name."""
    folder = short_folder / name
    done = subprocess.run(
        [sys.executable, "-c", READ],
        cwd=REPOSITORY, env=environment(folder, 1) | {"PYTHONUTF8": "1"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    database, broker, cache = json.loads(done.stdout)
    assert database == str(folder / "db.sqlite3")
    assert [path.name for path in short_folder.iterdir()] == [name]
    # As Celery takes the URL apart: several brokers are divided by semicolons.
    assert ";" not in broker
    assert "/" + url_to_parts(str(Connection(broker).hostname)).path == str(folder / "redis.sock")
    assert parse_url(cache)["path"] == str(folder / "redis.sock")


@pytest.fixture
def odd_checkout(short_folder: Path) -> Path:
    """A copy of the repository's files in a folder with everything odd in its name."""
    checkout = short_folder / "a b#c?d%20e+f;g&ü"
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=True
    ).stdout
    for name in os.fsdecode(listed).split("\0"):
        source, target = REPOSITORY / name, checkout / name
        if source.is_file() and not name.startswith(("tests/", "docs/")):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    return checkout


@pytest.mark.integration
def test_everything_runs_in_a_folder_of_any_name_and_ends_with_ctrl_c(
    short_folder: Path, odd_checkout: Path
) -> None:
    """From a checkout with an odd name, with a VAR_DIR of another in it, `make run` says where the
    page is once it answers, tags a photo through the broker, and one Ctrl-C leaves nothing behind.
    """
    port = free_port()
    folder = odd_checkout / "v #?%20+;&é"
    log = (short_folder.parent / f"{short_folder.name}.log").open("w+")
    process = subprocess.Popen(
        [sys.executable, "-m", "local_stack", "run"],
        cwd=odd_checkout, env=environment(folder, port), stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip
    end_with_the_run(process.pid)
    try:
        output = ""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while "SlowFashion AI is at" not in output:
            assert process.poll() is None, output
            assert time.monotonic() < deadline, output
            time.sleep(0.5)
            output = Path(log.name).read_text()
        address = re.search(r"SlowFashion AI is at (\S+)", output)
        assert address
        assert requests.get(address[1], timeout=30).ok
        password = json.loads((folder / "demo-users.json").read_text())["seller"]
        assert re.search(rf"^seller +{re.escape(password)}", output, flags=re.MULTILINE)
        client = ApiClient.signed_in(f"http://127.0.0.1:{port}", "seller", password)
        listing = client.send_listing("A bag", [read_samples()[0].path])["id"]
        while (photo := client.listing(listing)["photos"][0])["status"] == "pending":
            assert time.monotonic() < deadline, Path(log.name).read_text()
            time.sleep(0.5)
        assert photo["status"] == "classified"
        with redis.Redis(unix_socket_path=str(folder / "redis.sock")) as broker:
            assert len(broker.client_list()) > 3, "the workers are connected"
        assert "Cannot connect" not in Path(log.name).read_text()
        assert len(started_in(folder)) > 4
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_SECONDS) == 0, Path(log.name).read_text()
        assert started_in(folder) == []
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)
        log.close()
        Path(log.name).unlink()
    assert [path.name for path in short_folder.iterdir()] == [odd_checkout.name]
    assert not (odd_checkout / "var").exists()
