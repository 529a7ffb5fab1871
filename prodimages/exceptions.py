"""The errors that prodimages raises on purpose, each with words for a person.

A message says what is wrong and what to do next; it is shown to shop staff and
kept on the job, so it names no path, secret or prompt of another product.
"""

from datetime import datetime

from prodimages.choices import FailureKind


class ProdimagesError(Exception):
    """Base of every error raised on purpose."""


class RequestRefused(ProdimagesError):
    """A request that can't be served; nothing was written.

    ``problems`` maps a field of the request (or ``"__all__"``) to its messages,
    the shape that forms and REST serializers show beside their fields.
    """

    def __init__(self, problems: dict[str, list[str]]):
        self.problems = problems
        super().__init__(" ".join(text for texts in problems.values() for text in texts))

    @classmethod
    def about(cls, field: str, message: str) -> "RequestRefused":
        return cls({field: [message]})


class IdempotencyConflict(RequestRefused):
    """The idempotency key was used before with another body."""


class JobFailure(ProdimagesError):
    """A job can't go on. ``retryable`` says whether the same plan may succeed later."""

    def __init__(self, kind: FailureKind, message: str, *, retryable: bool = False):
        self.kind = FailureKind(kind)
        self.retryable = retryable
        super().__init__(message)


class JobCanceled(ProdimagesError):
    """Somebody canceled the job while it ran; raised between two units of work."""


class LeaseLost(ProdimagesError):
    """Another worker holds the job now; whatever this one made must not be written."""


class TransitionRefused(ProdimagesError):
    """The row was not in a state from which the wanted state can be reached."""


class BudgetSpent(RequestRefused, TransitionRefused):
    """A daily budget has no room for what was ordered, or is to be made again.

    ``resets_at`` is when trying again may help; None when the order is over a whole day's budget.
    """

    def __init__(self, message: str, *, resets_at: datetime | None):
        self.resets_at = resets_at
        super().__init__({"__all__": [message]})
