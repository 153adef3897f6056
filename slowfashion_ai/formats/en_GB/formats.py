"""27 Nov 2026, 18:05."""

from typing import Final

DATE_FORMAT: Final = "j M Y"
MONTH_DAY_FORMAT: Final = "j M"
TIME_FORMAT: Final = "H:i"
DATETIME_FORMAT: Final = "j M Y, H:i"
SHORT_DATE_FORMAT: Final = DATE_FORMAT
SHORT_DATETIME_FORMAT: Final = DATETIME_FORMAT
