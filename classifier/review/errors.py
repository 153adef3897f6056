"""Errors of reviewing; each message is for the moderator."""


class ReviewError(Exception):
    """Base of all errors of reviewing; the message is for the moderator."""


class InvalidVerdictError(ReviewError):
    """The verdict itself makes no sense, such as a subclass of another main class."""


class ConflictError(ReviewError):
    """Something changed while the photo was on the screen; nobody did anything wrong."""


class PhotoGoneError(ConflictError):
    def __init__(self) -> None:
        super().__init__("This photo was deleted meanwhile, so there is nothing left to decide.")


class SettledElsewhereError(ConflictError):
    def __init__(self) -> None:
        super().__init__("Someone else settled this photo meanwhile. Here is the next one.")


class HeldElsewhereError(ConflictError):
    def __init__(self) -> None:
        super().__init__(
            "You were away for a while and someone else is looking at this photo now. "
            "Here is the next one."
        )


class ReviewedMeanwhileError(ConflictError):
    def __init__(self, label: str) -> None:
        super().__init__(
            f"Someone settled this photo as {label} since you opened it, so nothing was changed. "
            "Reload the page to see it."
        )


class MayNotOverruleError(ReviewError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} has settled this photo. To change that you need the right to settle anew what "
            "another moderator has settled; an administrator can give it."
        )


class DisagreedError(ReviewError):
    def __init__(self) -> None:
        super().__init__(
            "The seller disagrees with this verdict of yours, so another moderator decides."
        )


class NothingToUndoError(ReviewError):
    def __init__(self) -> None:
        super().__init__("There is no verdict of yours to undo.")


class ReviewedAgainError(ReviewError):
    def __init__(self) -> None:
        super().__init__(
            "Someone has reviewed this photo again since, so your verdict can no longer be undone."
        )
