"""Where the product keeps what it writes.

Not read before the settings are: `make demo` chooses a folder of its own first.
"""

from pathlib import Path

from slowfashion_ai.environment import BASE_DIR, env

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
