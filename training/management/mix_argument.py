"""The argument ``--mix`` of the commands whose figures count everything."""

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from classifier.versions.stream import Mix


def add_mix_argument(parser: CommandParser) -> None:
    """Add ``--mix``, by default the setting STREAM_MIX."""
    parser.add_argument(
        "--mix", default=settings.STREAM_MIX, metavar="ITEMS,NEAR,OTHERS",
        help="per cent of items, near photos and others in the stream that figures are for "
        "(default: the setting STREAM_MIX, 85,10,5)",
    )  # fmt: skip


def mix_of(text: str) -> Mix:
    """Return the mix that was asked for.

    Raises:
        CommandError: if it makes no sense.
    """
    try:
        return Mix.parse(text)
    except ValueError as error:
        raise CommandError(f"--mix: {error}") from error
