"""Where this repository and its model lie."""

from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parent.parent
STARTER: Final = REPOSITORY / "bundles" / "starter"
