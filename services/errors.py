"""What can go wrong, in words meant for the person on call.

* RotaError
  * ConfigError          the configuration says something we cannot use
  * UsageError           the command line does
  * StoreError           the state on this laptop cannot be read or written
  * ServiceError         a vendor did not do what we asked
    + Unreachable        no answer at all; nothing was changed
    + RateLimited        asked too often; knows when to ask again
    + Unauthorised       the token is wrong, missing or expired
    + Forbidden          the token is right, but not allowed this
    + NotFound           no such thing, or not visible with this token
    + Rejected           understood and refused; retrying cannot help
    + Conflict           somebody changed it first; nothing was changed by us
    + Unavailable        the vendor is in trouble itself (5xx)
    + UnexpectedReply    answered, but not in the documented shape
    + OutcomeUnknown     a write left and no answer came back

Errors are told apart by type and status, never by their text. Anything else that is raised is a
bug and may crash.
"""

from collections.abc import Mapping


class RotaError(Exception):
    """An expected failure.

    Attributes:
        headline: What happened, short enough for one line.
        advice: What the operator can do about it; may be empty.
    """

    def __init__(self, headline: str, advice: str = "") -> None:
        super().__init__(f"{headline} {advice}".rstrip())
        self.headline = headline
        self.advice = advice


class ConfigError(RotaError):
    """The configuration says something we cannot use; the headline names file and key."""


class UsageError(RotaError):
    """The command line asks for something we cannot do."""


class StoreError(RotaError):
    """The state on this laptop cannot be read or written."""


class ServiceError(RotaError):
    """A vendor did not do what we asked.

    Attributes:
        source: `zendesk` or `pagerduty`.
    """

    def __init__(self, source: str, headline: str, advice: str = "") -> None:
        super().__init__(headline, advice)
        self.source = source


class Unreachable(ServiceError):
    """No connection or no answer; nothing was changed."""


class RateLimited(ServiceError):
    """Asked too often.

    Attributes:
        retry_after: Seconds to wait, or `None` when the vendor did not say.
        asked: Whether the vendor refused; if not, we did not even ask, to spare what is left.
    """

    def __init__(
        self,
        source: str,
        headline: str,
        retry_after: float | None = None,
        *,
        asked: bool = True,
    ) -> None:
        super().__init__(source, headline)
        self.retry_after = retry_after
        self.asked = asked


class Unauthorised(ServiceError):
    """The credentials are missing, wrong or expired."""


class Forbidden(ServiceError):
    """The credentials are right, but do not allow this."""


class NotFound(ServiceError):
    """There is no such thing, or it is not visible with these credentials."""


class Rejected(ServiceError):
    """Understood and refused. Retrying cannot help.

    Attributes:
        status: The HTTP status.
        code: The vendor's own error code, where it gave one.
        fields: The vendor's words by the field they are about, where it said.
    """

    def __init__(
        self,
        source: str,
        headline: str,
        advice: str = "",
        *,
        status: int = 400,
        code: int = 0,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(source, headline, advice)
        self.status = status
        self.code = code
        self.fields = fields or {}


class Conflict(ServiceError):
    """The vendor kept us from writing over what somebody else has just changed."""


class Unavailable(ServiceError):
    """The vendor is in trouble itself.

    Attributes:
        retry_after: Seconds to wait, or `None` when the vendor did not say.
    """

    def __init__(self, source: str, headline: str, retry_after: float | None = None) -> None:
        super().__init__(source, headline)
        self.retry_after = retry_after


class UnexpectedReply(ServiceError):
    """An answer came, but not in the documented shape."""


class OutcomeUnknown(ServiceError):
    """A write left, and no answer came back: it may or may not have been carried out.

    Attributes:
        retry_after: Seconds to wait before looking, or `None` when the vendor did not say.
    """

    def __init__(
        self, source: str, headline: str, advice: str = "", *, retry_after: float | None = None
    ) -> None:
        super().__init__(source, headline, advice)
        self.retry_after = retry_after
