"""Is what is entered in the journal found again, once, and all of it or nothing?"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from services.domain import Kind, Severity
from services.errors import StoreError
from services.journal.entries import Entries
from services.journal.records import Deed, Outcome, Record
from tests.rota.stage import NOON

DAY = timedelta(days=1)
RECORD = Record(
    key="pd-PX/answer", anchor="pd-PX", kind=Kind.RESPONSE, severity=Severity.P2, subject="Smoke",
    started_at=NOON, due_at=NOON + timedelta(minutes=30), outcome=Outcome.OPEN,
)  # fmt: skip
DEED = Deed(key="sent/1", at=NOON, kind="sent", anchor="zd-7", who="", text="Answer")


@pytest.fixture
def entries() -> Iterator[Entries]:
    made = Entries(None)
    yield made
    made.close()


def test_a_promise_entered_anew_is_the_same_entry_and_what_was_said_of_it_stays(
    entries: Entries,
) -> None:
    with entries.together():
        entries.put(RECORD)
        entries.put_reason(RECORD.key, "  Two at once. ")
        entries.put(late := replace(RECORD, outcome=Outcome.LATE, met_at=NOON + DAY))

    (kept,) = entries.promises(NOON, NOON + DAY)
    assert (kept.record, kept.reason) == (late, "Two at once.")


def test_a_promise_that_moves_keeps_its_reason_and_gives_way_to_one_that_is_there(
    entries: Entries,
) -> None:
    other = replace(RECORD, key="pd-PX/triage", kind=Kind.TRIAGE)
    there = replace(other, key="zd-7/triage", anchor="zd-7", outcome=Outcome.MET)
    with entries.together():
        for record in (RECORD, other, there):
            entries.put(record)
        entries.put_reason(RECORD.key, "Two at once.")
        entries.move(RECORD, "zd-7")
        entries.move(other, "zd-7")

    assert entries.promised("pd-PX") == {}
    assert entries.promised("zd-7") == {
        "zd-7/answer": replace(RECORD, key="zd-7/answer", anchor="zd-7"),
        "zd-7/triage": there,
    }
    assert {kept.reason for kept in entries.promises(NOON, NOON + DAY)} == {"", "Two at once."}


def test_a_deed_is_entered_once_and_counted_then(entries: Entries) -> None:
    later = replace(DEED, key="sent/2", at=NOON + DAY)
    with entries.together():
        new = [entries.add(deeds) for deeds in ([], [DEED], [later, replace(DEED, text="Other")])]
        entries.rewrite([replace(later, text="")])

    assert new == [0, 1, 1]
    assert entries.deeds(NOON, NOON + DAY) == (DEED, replace(later, text=""))


def test_what_is_written_together_is_kept_or_nothing_of_it(entries: Entries) -> None:
    def fail() -> None:
        with entries.together():
            entries.put(RECORD)
            entries.put_word("remarks", "Smoke.")
            raise StoreError("The disk is full.")

    with pytest.raises(StoreError):
        fail()

    assert (entries.promised("pd-PX"), entries.word("remarks")) == ({}, "")


def test_what_another_rota_wrote_otherwise_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    entries = Entries(path)
    with entries.together():
        entries.put(RECORD)
        entries.add([DEED])
        for table, column in (("promise", "record"), ("deed", "deed")):
            entries._db.execute(f"UPDATE {table} SET {column} = x'c0'")
    entries.close()
    again = Entries(path)

    assert (again.promises(NOON, NOON + DAY), again.deeds(NOON, NOON + DAY)) == ((), ())
    again.close()
