"""Which error does a status mean, whatever the body looks like, and what did the vendor say?"""

import base64
import contextlib
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from services.api.bounds import REFUSAL_BYTES, too_much
from services.api.exchange import Answer, Request
from services.api.limits import retry_after
from services.api.words import NAMES, one_line
from services.domain import Source
from services.errors import (
    Conflict,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    ServiceError,
    Unauthorised,
    Unavailable,
    UnexpectedReply,
    Unreachable,
)

_HOW_TO_LOG_IN = {
    Source.ZENDESK: "Log in with `rota login zendesk`, or check ROTA_ZENDESK_TOKEN.",
    Source.PAGERDUTY: "Log in with `rota login pagerduty`, or check ROTA_PAGERDUTY_TOKEN.",
}


def refusal(
    source: Source, request: Request, answer: Answer, secrets: Sequence[str]
) -> ServiceError:
    """The error that a status other than 2xx means.

    Args:
        source: Who refused.
        request: What was asked; a write whose fate the status leaves open is `OutcomeUnknown`.
        answer: The refusal.
        secrets: What its words must not repeat.
    """
    name, headers = NAMES[source], answer.headers
    body = _body(answer)
    fields = _by_field(body, secrets)
    words = "; ".join(f"{field}: {what}" for field, what in fields.items())
    words = one_line(words) if fields else _words(body, secrets)
    # What is to be done may follow: it begins behind a full stop.
    end = "" if words.endswith((".", "!", "?", "…")) else "."
    said = f": {words}{end}" if words else "."
    advice = "Is base_url right?" if answer.is_web_page else ""
    match answer.status:
        case 401:
            return Unauthorised(
                source,
                f"{name} does not accept the credentials{said}",
                _HOW_TO_LOG_IN[source],
            )
        case 403:
            return Forbidden(source, f"{name} does not allow this{said}", advice)
        case 404:
            return NotFound(source, f"{name} has no such thing, or hides it{said}", advice)
        case 409 if request.writes:
            return Conflict(source, f"{name} found it changed meanwhile{said}")
        case 429:
            wait = retry_after(headers, "ratelimit-reset", "rate-limit-reset")
            return RateLimited(source, f"{name} was asked too often.", wait)
        case status if status == 408 or status >= 500:
            trouble = f"{name} is in trouble ({status}){said}"
            if request.writes:
                return OutcomeUnknown(source, trouble, retry_after=retry_after(headers))
            return Unavailable(source, trouble, retry_after(headers))
        case status if status >= 400:
            refused = f"{name} refused the request ({status}){said}"
            return Rejected(source, refused, advice, status=status, code=_code(body), fields=fields)
        case status:
            moved = f"{name} answered {status}, pointing elsewhere; we do not follow."
            return UnexpectedReply(source, moved, "Is base_url right?")


def went_silent(source: Source, request: Request) -> ServiceError:
    """The error of an answer that did not come in time."""
    headline = f"{NAMES[source]} took too long to answer."
    if request.writes:
        return OutcomeUnknown(source, headline)
    return Unreachable(source, headline)


def broke_off(source: Source, request: Request) -> ServiceError:
    """The error of a connection lost after the request may have arrived."""
    headline = f"The connection to {NAMES[source]} broke off."
    if request.writes:
        return OutcomeUnknown(source, headline)
    return Unreachable(source, headline)


def unreachable(source: Source) -> ServiceError:
    """The error of a request that never left."""
    return Unreachable(
        source, f"{NAMES[source]} is unreachable.", "Is the network up, and base_url right?"
    )


def secrets_in(headers: Mapping[str, str]) -> list[str]:
    """What of the headers sent must never be repeated."""
    sent = next((v for k, v in headers.items() if k.lower() == "authorization"), "")
    scheme, _, secret = sent.rpartition(" ")
    found = [secret.removeprefix("token=")]
    if scheme == "Basic":
        with contextlib.suppress(ValueError):
            found.append(base64.b64decode(secret).decode().rpartition(":")[2])
    return [one for one in found if one]


def _body(answer: Answer) -> object:
    """The vendor's JSON, in any of the shapes that errors come in; None if it is none."""
    if len(answer.body) > REFUSAL_BYTES or too_much(answer.body):
        return None
    try:
        return msgspec.json.decode(answer.body)
    except (ValueError, RecursionError):
        return None


def _words(body: object, secrets: Sequence[str]) -> str:
    """All that was said, on one line."""
    return one_line(_without(secrets, ", ".join(dict.fromkeys(_strings(body)))))


def _code(body: object) -> int:
    """The vendor's own number for it; 0 where it has none."""
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) else 0


def _by_field(body: object, secrets: Sequence[str]) -> dict[str, str]:
    """What was said of single fields: Zendesk has `details`, PagerDuty now and then `errors`."""
    told = body.get("details") or body.get("errors") if isinstance(body, dict) else None
    if not isinstance(told, dict):
        return {}
    found = {
        one_line(str(field)): one_line(
            _without(secrets, ", ".join(dict.fromkeys(_descriptions(what))))
        )
        for field, what in told.items()
    }
    return {field: words for field, words in found.items() if words}


def _descriptions(what: object) -> Iterator[str]:
    """The sentences about one field; an entry may hold other keys, which are for machines."""
    for entry in what if isinstance(what, list) else [what]:
        sentence = entry.get("description") if isinstance(entry, dict) else None
        yield from _strings(entry if sentence is None else sentence)


def _without(secrets: Sequence[str], words: str) -> str:
    for secret in secrets:
        words = words.replace(secret, "…")
    return words


def _strings(value: object, depth: int = 5) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part, depth - 1)
