"""Time in the database for an action, and how PostgreSQL went about each of its statements."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.db import OperationalError, connection, transaction

EXPLAINED: Final = ("SELECT", "(SELECT", "WITH", "UPDATE", "DELETE")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: its text, blocks of 8 KiB that were touched, and PostgreSQL's plan."""

    sql: str
    blocks: int
    plan: Any


@dataclass(frozen=True, slots=True)
class Explained:
    """All statements of an action."""

    statements: list[Statement]

    @property
    def blocks(self) -> int:
        return sum(statement.blocks for statement in self.statements)

    def as_dict(self) -> dict[str, Any]:
        return {"blocks": self.blocks, "statements": [asdict(each) for each in self.statements]}


def milliseconds(action: Callable[[], object]) -> float:
    """Return how long an action's statements took; what it changed is rolled back.

    A statement that takes longer than the product allows counts with that time.
    """
    seconds = 0.0

    def timed(execute: Any, *arguments: Any) -> Any:
        nonlocal seconds
        began = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            seconds += time.perf_counter() - began

    _rolled_back(action, timed)
    return 1000 * seconds


def _rolled_back(action: Callable[[], object], wrapper: Any) -> None:
    with (
        suppress(OperationalError),  # what PostgreSQL ends after `DATABASE_STATEMENT_SECONDS`
        transaction.atomic(),
        connection.execute_wrapper(wrapper),
    ):
        action()
        transaction.set_rollback(True)


def explain(action: Callable[[], object]) -> Explained:
    """Run an action with EXPLAIN (ANALYZE, BUFFERS) before each of its statements."""
    statements: list[Statement] = []

    def explained(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().startswith(EXPLAINED):
            for one in parameters if many else [parameters]:
                with connection.cursor() as cursor:
                    # Past this wrapper, and with the parameters of the statement itself.
                    cursor.cursor.execute(
                        f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", one or None
                    )
                    answer = cursor.cursor.fetchone()[0]
                plan = json.loads(answer) if isinstance(answer, str) else answer
                statements.append(Statement(sql, _blocks(plan[0]["Plan"]), plan[0]))
        return execute(sql, parameters, many, context)

    _rolled_back(action, explained)
    return Explained(statements)


def _blocks(node: dict[str, Any]) -> int:
    return int(node["Shared Hit Blocks"]) + int(node["Shared Read Blocks"])
