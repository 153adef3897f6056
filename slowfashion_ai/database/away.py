"""What a database raises that restarts, is locked or cannot be reached; work may go on later."""

from typing import Final

from django.db import InterfaceError, OperationalError

DATABASE_AWAY: Final = (OperationalError, InterfaceError)
