"""What tags mean is remembered; and reading with a memory is reading without one."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.domain import Severity
from services.zendesk.records import TicketRecord
from services.zendesk.ticket_wire import LONGEST_KNOWN, MOST_KNOWN, SoundTickets, TicketReader
from services.zendesk.wire import Beside, sideloads

SEVERITIES = {"p1": Severity.P1, "SEV-2": Severity.P2, "p3": Severity.P3}
NINE = "2026-01-05T09:00:00Z"

words = st.sampled_from(["p1", "P1", "sev-2", "SEV-2", "P3", "api", "Api", "ß", "", None])
tags = st.none() | st.lists(words | st.text(max_size=5), max_size=5)


def reader() -> TicketReader:
    return TicketReader(SEVERITIES, "https://acme.zendesk.com/")


def read(by: TicketReader, *tagged: list[str | None] | None) -> tuple[TicketRecord, ...]:
    tickets = [
        {"id": number, "created_at": NINE, "updated_at": NINE, "tags": each}
        for number, each in enumerate(tagged)
    ]
    page = msgspec.json.encode({"tickets": tickets})
    return by.page(msgspec.json.decode(page, type=SoundTickets))


@given(st.lists(tags, max_size=12))
def test_a_memory_changes_nothing(tagged: list[list[str | None] | None]) -> None:
    remembers, beside = reader(), sideloads(Beside())
    found = [record for each in tagged for record in read(remembers, each)]

    assert found == [record for each in tagged for record in read(reader(), each)]
    for record, each in zip(found, tagged, strict=True):
        expected = {tag.lower() for tag in each or () if tag}
        raw = msgspec.Raw(msgspec.json.encode({"id": 0, "created_at": NINE, "updated_at": NINE,
                                               "tags": each}))  # fmt: skip
        said = [Severity.P1] * ("p1" in expected) + [Severity.P2] * ("sev-2" in expected)

        assert record.ticket.tags == expected
        assert record.ticket.severity == next(iter(said), Severity.P3 if "p3" in expected else None)
        assert reader().ticket(raw, beside) == record


def test_tickets_with_the_same_tags_share_them() -> None:
    first, second = read(reader(), ["p1", "API"], ["p1", "API"])

    assert first.ticket.tags is second.ticket.tags


def test_it_remembers_only_so_much() -> None:
    remembers = reader()
    held = 0
    for number in range(3 * MOST_KNOWN):
        read(remembers, [f"tag-{number}"])
        held = max(held, len(remembers._known))
    before = len(remembers._known)
    much: list[str | None] = [None] * (LONGEST_KNOWN + 1)
    read(remembers, ["x" * LONGEST_KNOWN], ["a"] * LONGEST_KNOWN, much)

    assert held == MOST_KNOWN
    assert len(remembers._known) == before
