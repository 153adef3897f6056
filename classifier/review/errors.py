"""Errors of reviewing; each message is for the moderator."""

from django.utils.translation import gettext as _

from classifier.wording import in_words


class ReviewError(Exception):
    """Base of all errors of reviewing; the message is for the moderator."""


class InvalidVerdictError(ReviewError):
    """The verdict itself makes no sense, such as a subclass of another main class."""


class ConflictError(ReviewError):
    """Something changed while the photo was on the screen; nobody did anything wrong."""


class PhotoGoneError(ConflictError):
    def __init__(self) -> None:
        super().__init__(_("This photo was deleted meanwhile, so there is nothing left to decide."))


class SettledElsewhereError(ConflictError):
    def __init__(self) -> None:
        super().__init__(_("Someone else settled this photo meanwhile. Here is the next one."))


class HeldElsewhereError(ConflictError):
    def __init__(self) -> None:
        super().__init__(
            _(
                "You were away for a while and someone else is looking at this photo now. "
                "Here is the next one."
            )
        )


class ReviewedMeanwhileError(ConflictError):
    def __init__(self, label: str) -> None:
        super().__init__(
            _(
                "Someone settled this photo as %(label)s since you opened it, so nothing was "
                "changed. Reload the page to see it."
            )
            % {"label": in_words(label)}
        )


class MayNotOverruleError(ReviewError):
    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "%(name)s has settled this photo. To change that you need the right to settle "
                "anew what another moderator has settled; an administrator can give it."
            )
            % {"name": name}
        )


class DisagreedError(ReviewError):
    def __init__(self) -> None:
        super().__init__(
            _("The seller disagrees with this verdict of yours, so another moderator decides.")
        )


class NothingToUndoError(ReviewError):
    def __init__(self) -> None:
        super().__init__(_("There is no verdict of yours to undo."))


class ReviewedAgainError(ReviewError):
    def __init__(self) -> None:
        super().__init__(
            _(
                "Someone has reviewed this photo again since, so your verdict can no longer be "
                "undone."
            )
        )
