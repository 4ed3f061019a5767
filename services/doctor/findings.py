"""What was found, and how bad is it?"""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import asdict

from services.plain import plain


class Verdict(StrEnum):
    """How a thing stands."""

    OK = "ok"
    WARNING = "warning"
    """It works, but not as well as it could."""
    FAILED = "failed"
    """It does not."""


class Finding(Struct, frozen=True):
    """The answer to one question."""

    about: str
    verdict: Verdict
    said: str
    """What was found, in one plain line."""
    advice: str = ""
    """What to do about it; empty when there is nothing to do."""


def line(finding: Finding) -> str:
    """A finding on one line.

    >>> line(Finding("zendesk rights", Verdict.WARNING, "you are no agent.", "Ask for a seat."))
    'warning  zendesk rights: you are no agent. Ask for a seat.'
    """
    words = f"{finding.said} {finding.advice}".strip()
    return f"{finding.verdict:<8} {finding.about}: {plain(words)}"


def documented(findings: Sequence[Finding]) -> dict[str, object]:
    """The findings for scripts."""
    return {
        "usable": usable(findings),
        "findings": [{**asdict(found), "verdict": found.verdict.value} for found in findings],
    }


def usable(findings: Sequence[Finding]) -> bool:
    """Whether a shift can be worked like this: nothing has failed."""
    return all(found.verdict is not Verdict.FAILED for found in findings)
