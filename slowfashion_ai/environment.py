"""The one reader of the environment, shared by settings, commands and processes."""

from pathlib import Path
from typing import Final

import environ

BASE_DIR: Final = Path(__file__).resolve().parent.parent

env: Final = environ.Env()
# Values that are set already win over the file's.
environ.Env.read_env(BASE_DIR / ".env")
