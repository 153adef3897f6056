"""The argument ``--photos`` of the commands that read labelled photos."""

from pathlib import Path

from django.core.management.base import CommandParser


def add_photos_argument(parser: CommandParser) -> None:
    """Add ``--photos DIR``, which may be given several times."""
    parser.add_argument(
        "--photos", type=Path, action="append", required=True, metavar="DIR",
        help="folder of labelled photos; give it several times to use several folders together",
    )  # fmt: skip
