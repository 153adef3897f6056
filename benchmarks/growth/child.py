"""`python -m benchmarks.growth.child SIZE`: works on one database, a line in, a line out.

The database is the one that ``DATABASE_URL`` names. It is filled first; then each line is the name
of an action to time, or ``explain`` and a name, or ``actions``.
"""

import json
import os
import sys
from typing import Any

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "slowfashion_ai.settings")
    django.setup()
    # Imported here: they need Django's apps.
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.growth import actions, fill, measure

    call_command("migrate", verbosity=0)
    if not fill.is_filled():
        fill.fill(int(sys.argv[1]))
    # Those two gave this connection all the time in the world.
    connection.close()
    known = actions.actions()
    for line in sys.stdin:
        match json.loads(line):
            case ["actions"]:
                _answer(list(known))
            case ["explain", str(name)]:
                _answer(measure.explain(known[name]).as_dict())
            case ["time", str(name)]:
                _answer(measure.milliseconds(known[name]))


def _answer(value: Any) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
