"""Which variables our Python reads from the environment, found in its source."""

import ast
import re
from functools import cache

from tests.repository import REPOSITORY

READERS = (
    *sorted((REPOSITORY / "slowfashion_ai" / "settings").glob("*.py")),
    REPOSITORY / "local_stack" / "__main__.py",
)


@cache
def environment_variables() -> dict[str, float | None]:
    """Return every variable with its default where that is a plain number, else with None."""
    defaults: dict[str, float | None] = {}
    for path in READERS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                # env.int("NAME", …), and the settings' own readers such as _share("NAME", …).
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="env")) | ast.Name(),
                    args=[ast.Constant(value=str(name)), *_],
                    keywords=keywords,
                ) if re.fullmatch(r"[A-Z][A-Z0-9_]+", name):
                    defaults[name] = next((_number(keyword.value) for keyword in keywords), None)
    return defaults


def _number(expression: ast.expr) -> float | None:
    """Return the value of a sum written in plain numbers, as `20 * 1024 * 1024` is."""
    parts = (ast.BinOp, ast.Constant, ast.operator)
    if not all(isinstance(node, parts) for node in ast.walk(expression)):
        return None
    value = eval(compile(ast.Expression(expression), "settings", "eval"))  # noqa: S307  # only numbers
    return value if type(value) in (int, float) else None
