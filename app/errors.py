"""The error tree. Split by what the caller does next: mend the input, wait, or stop. A docstring says when."""


class CrosscourtError(Exception):
    """Something Crosscourt can name. `remedy` says what to do about it."""

    remedy = "Look at the log for the lines before this one."

    def __init__(self, message: str = "", *, remedy: str = "") -> None:
        super().__init__(message or (self.__doc__ or "").strip())
        if remedy:
            self.remedy = remedy


class BadInput(CrosscourtError, ValueError):
    """What was sent cannot be understood."""

    remedy = "Mend the named field and send it again."


class NotFound(CrosscourtError):
    """There is no such thing here (any more)."""

    remedy = "List the collection above it to see what there is."


class Conflict(CrosscourtError):
    """What was asked contradicts what is already known."""

    remedy = "Look at what is there under this name before you decide which of the two is right."


class AccessDenied(CrosscourtError):
    """The caller may not do this: its key has not the scope, or it comes from where nobody may."""

    remedy = "Send a key with the right scope in X-API-Key; `crosscourt keys` makes one."


class KeyRequired(AccessDenied):
    """No key was sent, or one that nobody here knows."""


class TooManyCalls(CrosscourtError):
    """One caller asks for more than it may in a minute."""

    def __init__(self, message: str = "", *, remedy: str = "", retry_after: float = 60.0) -> None:
        super().__init__(message, remedy=remedy)
        self.retry_after = retry_after


class SettingsRefused(CrosscourtError):
    """The settings name something unknown or something unsafe, so nothing was started."""

    remedy = "Mend the named setting in the environment or the .env file."


class StartRefused(CrosscourtError):
    """This machine does not let Crosscourt start as asked."""


class DrillRefused(CrosscourtError):
    """A drill cannot be run here now, or what it should show cannot be seen."""

    remedy = "Mend what it names; `docs/drills.md` says what each drill needs."


class Unavailable(CrosscourtError):
    """Something outside does not answer now; it is worth trying again later."""

    remedy = "Nothing to do: it is tried again by itself. `crosscourt doctor` shows what is reachable."


class HotStoreUnavailable(Unavailable):
    """Redis does not answer."""


class HistoryUnavailable(Unavailable):
    """Postgres does not answer."""


class Superseded(CrosscourtError):
    """Another process has taken over what this one did; what this one still says is refused."""

    remedy = "Nothing to do: the work goes on there."


class MatchingUnavailable(Unavailable):
    """The unified team matcher does not answer, by any of the ways that were given."""

    remedy = "Start the platform (`crosscourt up`), or mend the addresses of its Redis and its API."


class FeedError(CrosscourtError):
    """A source or venue did not give what was asked. Everything below is one of its ways."""


class FeedUnavailable(FeedError, Unavailable):
    """The host cannot answer now: refused, timed out, 429 or 5xx after the last retry."""

    def __init__(self, message: str = "", *, status: int = 0, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


class PayloadRefused(FeedError):
    """The answer is not what the host's format says: not JSON, cut off, or a field of the wrong type."""

    remedy = "Keep the payload, compare the named field with the venue's wire module, and widen or fix it there."


class PayloadTooLarge(PayloadRefused):
    """The answer is larger than the limit; it was not read to the end."""


class OrderError(CrosscourtError):
    """An order did not go as asked. Everything below is one of its ways."""


class OrderRejected(OrderError):
    """The order was surely not taken, and will not be."""

    remedy = "Look at the reason, and at the market's tick, least size and status; then ask for another order."


class OutcomeUnknown(OrderError):
    """The order may have been taken, or not; nobody has said so. It is never sent again."""

    remedy = "Nothing to do: the venue is asked about it until it says what became of it."
