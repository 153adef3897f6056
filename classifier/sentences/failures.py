"""Why a photo could not be read, as workers keep it: with what was found filled in."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from classifier.sentences.translation import stored

FAILURES: Final = (
    gettext_noop("The file %(file)s is no longer in storage."),
    gettext_noop("The storage did not give the file (%(error)s)."),
    gettext_noop("The photo cannot be decoded (%(error)s)."),
    gettext_noop("Decoding the photo takes longer than %(seconds)s seconds."),
    gettext_noop("Decoding the photo was ended by %(signal)s."),
    gettext_noop("The file crashes the decoder (%(signal)s)."),
    gettext_noop(
        "The worker stopped %(times)s times while it read this photo. The file may be one that "
        "crashes the decoder."
    ),
)


def failure(error: str) -> str:
    """Return why a photo failed in the reader's language; as it is kept if it is none of ours."""
    words = stored(error, FAILURES)
    # A rule that knows no Django may have said it whole.
    return _(error) if error and words == error else words
