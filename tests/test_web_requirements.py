"""The commands of the web image need nothing but requirements/web.txt."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.repository import REPOSITORY

# It tags files with the model, so it is the worker image's.
NEEDS_A_MODEL = {"classify"}
START_EVERY_COMMAND = """
import re, sys
from importlib.metadata import packages_distributions

def name_of(text):
    return re.sub("[-_.]+", "-", text).lower()

lock = open("requirements/web.txt", encoding="utf-8").read()
allowed = {name_of(name) for name in re.findall("(?m)^([A-Za-z0-9._-]+)==", lock)}
forbidden = {
    module for module, owners in packages_distributions().items()
    if allowed.isdisjoint(map(name_of, owners))
}

class NotInTheWebImage:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in forbidden:
            raise ModuleNotFoundError(f"No module named {name!r} in the web image", name=name)

sys.meta_path.insert(0, NotInTheWebImage)
assert {"torch", "numpy", "pytest"} <= forbidden
from django.core.management import execute_from_command_line
for command in sys.argv[1:]:
    try:
        execute_from_command_line(["manage.py", *command.split()])
    except SystemExit as ended:
        if ended.code:
            raise
"""


def start(folder: Path, *commands: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", START_EVERY_COMMAND, *commands],
        cwd=REPOSITORY, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        env=os.environ | {"DEBUG": "on", "VAR_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
                          "DJANGO_SETTINGS_MODULE": "slowfashion_ai.settings"},
    )  # fmt: skip


def test_every_command_of_the_web_image_starts_with_its_packages_alone(tmp_path: Path) -> None:
    """Nothing that only workers and tests need is imported, not even by the one with a bar."""
    folder = REPOSITORY / "classifier" / "management" / "commands"
    names = sorted({path.stem for path in folder.glob("[a-z]*.py")} - NEEDS_A_MODEL)
    assert {"reclassify", "promote", "lineage"} <= set(names)
    done = start(
        tmp_path, "migrate --verbosity 0", "check", "model_history",
        *(f"{name} --help" for name in names),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(re.findall("^usage:", done.stdout, flags=re.MULTILINE)) == len(names)
