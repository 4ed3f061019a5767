"""What survives in the outbox, whoever else is there and whatever the disk does?"""

import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.domain import IncidentStatus
from services.errors import StoreError
from services.letters import (
    Action,
    IncidentNote,
    IncidentSeen,
    IncidentUpdate,
    Landed,
    LetterState,
    TicketUpdate,
)
from services.outbox.outbox import Outbox

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STAMP = NOW - timedelta(minutes=5)
HELD = timedelta(seconds=10)
SEEN = IncidentSeen(status=IncidentStatus.TRIGGERED, assignee_ids=("U1",), title="Down")


def reply(text: str = "Hello", *, stamp: datetime = STAMP, ticket: int = 1) -> Action:
    """A public reply, held for ten seconds."""
    write = TicketUpdate(ticket_id=ticket, stamp=stamp, comment=text, public=True)
    return Action(
        issue=f"zd-{ticket}", form="reply", label=f"Reply to #{ticket}", writes=(write,),
        answers={"text": text}, hold=HELD,
    )  # fmt: skip


def closing(text: str = "Fixed") -> Action:
    """A ticket solved, its incident resolved, a note: three writes."""
    return Action(
        issue="zd-1+pd-Q1",
        form="close",
        label="Close #1",
        writes=(
            TicketUpdate(ticket_id=1, stamp=STAMP, comment=text, public=True),
            IncidentUpdate(incident_id="Q1", seen=SEEN, status=IncidentStatus.RESOLVED),
            IncidentNote(incident_id="Q1", text="why"),
        ),
        answers={"text": text},
    )


def states(outbox: Outbox) -> list[str]:
    return [letter.state.value for letter in outbox.letters()]


def test_drafts_and_letters_survive_a_restart_in_a_file_of_their_owners(tmp_path: Path) -> None:
    path = tmp_path / "state" / "a-outbox.db"
    outbox = Outbox(path)
    outbox.save_draft("zd-1", "reply", {"text": "Dear Ann"}, NOW)
    (posted,) = outbox.post(reply("Dear Bo", ticket=2), NOW)
    outbox.close()
    again = Outbox(path)
    draft = again.draft("zd-1", "reply")

    assert draft is not None
    assert (draft.answers, draft.saved_at) == ({"text": "Dear Ann"}, NOW)
    assert again.letters() == (posted,)
    assert (len(posted.op), posted.mark[:6]) == (32, "[rota ")
    assert (posted.queued_at, posted.hold_until) == (NOW, NOW + HELD)
    assert all(stat.S_IMODE(f.stat().st_mode) == 0o600 for f in path.parent.iterdir())
    again.close()


def test_posting_takes_the_draft_away_and_pulling_back_brings_it_again() -> None:
    outbox = Outbox(None)
    outbox.save_draft("zd-1", "reply", {"text": "Hello", "status": "pending"}, NOW)
    (letter,) = outbox.post(reply("Hello"), NOW)
    gone = outbox.drafts()
    draft = outbox.pull_back(letter.action, NOW)

    assert gone == ()
    assert draft is not None
    assert draft.answers == {"text": "Hello", "status": "pending"}
    assert outbox.drafts() == (draft,)
    assert outbox.letters() == ()


def test_nothing_is_pulled_back_once_a_part_of_it_has_left() -> None:
    outbox = Outbox(None)
    first, *_ = outbox.post(closing(), NOW)
    assert outbox.ledger.take(first.id, NOW) is not None

    assert outbox.pull_back(first.action, NOW) is None
    assert states(outbox) == ["sending", "queued", "queued"]


def test_a_letter_pulled_back_is_not_taken_any_more() -> None:
    outbox = Outbox(None)
    (letter,) = outbox.post(reply(), NOW)
    outbox.pull_back(letter.action, NOW)

    assert outbox.ledger.take(letter.id, NOW) is None


def test_what_was_refused_comes_back_with_the_rest_of_its_action_and_without_what_arrived() -> None:
    outbox = Outbox(None)
    first, second, _ = outbox.post(closing(), NOW)
    outbox.ledger.deliver(first, Landed(), NOW)
    assert outbox.give_back(second.id, NOW) is None

    outbox.ledger.settle(second.id, LetterState.REFUSED, NOW, reason="no")
    draft = outbox.give_back(second.id, NOW)

    assert draft is not None
    assert (draft.issue, draft.answers) == ("zd-1+pd-Q1", {"text": "Fixed"})
    assert states(outbox) == ["sent"]


def test_a_second_dashboard_never_writes_over_the_first_ones_words(tmp_path: Path) -> None:
    mine, yours = Outbox(tmp_path / "o.db"), Outbox(tmp_path / "o.db")
    mine.save_draft("zd-1", "reply", {"text": "a"}, NOW)
    yours.draft("zd-1", "reply")
    mine.save_draft("zd-1", "reply", {"text": "ab"}, NOW)
    yours.save_draft("zd-1", "reply", {"text": "ac"}, NOW)
    yours.save_draft("zd-1", "reply", {"text": "acd"}, NOW)
    mine.save_draft("zd-1", "reply", {"text": "abe"}, NOW)

    assert [draft.answers["text"] for draft in mine.drafts()] == ["acd", "abe"]
    mine.close()
    yours.close()


def test_a_draft_is_offered_again_when_its_issue_has_been_paired() -> None:
    outbox = Outbox(None)
    outbox.save_draft("zd-1", "reply", {"text": "a"}, NOW)

    assert outbox.draft("zd-1+pd-Q1", "reply") is not None
    assert outbox.draft("zd-11", "reply") is None
    assert outbox.draft("zd-1", "note") is None


def test_a_form_without_a_word_leaves_no_draft() -> None:
    outbox = Outbox(None)
    outbox.save_draft("zd-1", "reply", {"text": "a"}, NOW)
    outbox.save_draft("zd-1", "reply", {"text": " \n"}, NOW)

    assert outbox.drafts() == ()


def test_a_discarded_draft_is_gone_and_the_older_one_is_offered() -> None:
    outbox = Outbox(None)
    (letter,) = outbox.post(reply("older"), NOW)
    outbox.save_draft("zd-1", "reply", {"text": "newer"}, NOW)
    outbox.pull_back(letter.action, NOW)
    assert [draft.answers["text"] for draft in outbox.drafts()] == ["older", "newer"]

    outbox.draft("zd-1", "reply")
    outbox.discard_draft("zd-1", "reply")

    assert [draft.answers["text"] for draft in outbox.drafts()] == ["newer"]


@pytest.mark.parametrize(
    "text", ["a\x00b\x1b[31m", "\r\n\t", "half \ud83d of an emoji", "x" * 65_535]
)
def test_any_text_can_be_kept(tmp_path: Path, text: str) -> None:
    outbox = Outbox(tmp_path / "o.db")
    outbox.save_draft("zd-1", "reply", {"text": "begin" + text}, NOW)
    outbox.post(reply("begin" + text), NOW)
    (letter,) = outbox.letters()

    assert isinstance(letter.write, TicketUpdate)
    assert letter.write.comment == "begin" + text.replace("\ud83d", "\ufffd")
    outbox.close()


def test_on_a_full_disk_nothing_changes_and_it_goes_on_when_there_is_room(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "o.db")
    outbox.save_draft("zd-1", "reply", {"text": "kept"}, NOW)
    with outbox._file.changing() as db:
        db.execute("PRAGMA max_page_count = 1")
    for attempt in (
        lambda: outbox.save_draft("zd-1", "reply", {"text": "x" * 100_000}, NOW),
        lambda: outbox.post(reply("x" * 100_000), NOW),
    ):
        with pytest.raises(StoreError, match="full"):
            attempt()
    assert [draft.answers["text"] for draft in outbox.drafts()] == ["kept"]
    assert outbox.letters() == ()

    with outbox._file.reading() as db:
        db.execute("PRAGMA max_page_count = 10000")
    outbox.post(reply("kept and more"), NOW)

    assert outbox.drafts() == ()
    assert states(outbox) == ["queued"]
    outbox.close()


def test_a_directory_that_cannot_be_used_is_said_each_time_until_it_can(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    outbox = Outbox(tmp_path / "state" / "o.db")
    with pytest.raises(StoreError):
        outbox.save_draft("zd-1", "reply", {"text": "a"}, NOW)
    with pytest.raises(StoreError):
        outbox.post(reply(), NOW)
    with pytest.raises(StoreError):
        outbox.letters()

    (tmp_path / "state").unlink()
    outbox.save_draft("zd-1", "reply", {"text": "a"}, NOW)

    assert len(outbox.drafts()) == 1
    outbox.close()


def test_only_one_dashboard_sends_and_the_other_takes_over_what_was_under_way(
    tmp_path: Path,
) -> None:
    first, second = Outbox(tmp_path / "o.db"), Outbox(tmp_path / "o.db")
    assert first.ledger.take_lock()
    assert not second.ledger.take_lock()

    before = first.ledger.version()
    (letter,) = second.post(reply(), NOW)
    assert first.ledger.version() != before
    assert first.ledger.take(letter.id, NOW) is not None
    assert not second.ledger.take_lock()
    assert states(second) == ["sending"]

    first.close()
    assert second.ledger.take_lock()
    second.ledger.recover()
    (found,) = second.letters()

    assert (found.state, found.settled_at) == (LetterState.UNKNOWN, None)
    assert "stopped" in found.reason
    second.close()


def test_our_own_success_moves_the_stamp_on_for_letters_frozen_at_the_same_one() -> None:
    outbox = Outbox(None)
    (sent,) = outbox.post(reply("1"), NOW)
    outbox.post(reply("2"), NOW)
    outbox.post(reply("3", stamp=STAMP - timedelta(hours=1)), NOW)
    outbox.post(reply("4", ticket=2), NOW)
    outbox.ledger.deliver(sent, Landed(stamp=NOW), NOW)
    outbox.post(reply("5"), NOW)
    stamps = [one.write.stamp for one in outbox.letters() if isinstance(one.write, TicketUpdate)]

    assert stamps == [STAMP, NOW, STAMP - timedelta(hours=1), STAMP, NOW]


def test_our_own_success_moves_on_what_is_expected_of_the_incident() -> None:
    outbox = Outbox(None)
    acknowledge = IncidentUpdate(incident_id="Q1", seen=SEEN, status=IncidentStatus.ACKNOWLEDGED)
    rename = IncidentUpdate(incident_id="Q1", seen=SEEN, title="Up")
    action = Action(issue="pd-Q1", form="x", label="x", writes=(acknowledge, rename))
    sent, behind = outbox.post(action, NOW)
    after = IncidentSeen(status=IncidentStatus.ACKNOWLEDGED, assignee_ids=("U2",), title="Down")
    outbox.ledger.deliver(sent, Landed(seen=after), NOW)

    assert outbox.letters()[1].write == IncidentUpdate(incident_id="Q1", seen=after, title="Up")
    assert outbox.letters()[1].op == behind.op


def test_a_conflict_is_sent_again_against_what_was_found() -> None:
    outbox = Outbox(None)
    (letter,) = outbox.post(reply("1"), NOW)
    again = TicketUpdate(ticket_id=1, stamp=NOW, comment="1", public=True)
    outbox.ledger.settle(letter.id, LetterState.CONFLICT, NOW, theirs="Ann: hi", again=again)
    assert outbox.letters()[0].waits_for_person
    assert outbox.retry(letter.id)
    (retried,) = outbox.letters()

    assert (retried.state, retried.write, retried.theirs) == (LetterState.QUEUED, again, "")
    assert retried.op == letter.op


def test_a_retry_looks_first_unless_looking_has_settled_nothing() -> None:
    outbox = Outbox(None)
    (letter,) = outbox.post(reply("1"), NOW)
    outbox.ledger.put_off(letter.id, LetterState.UNKNOWN, "silent", NOW + HELD)
    outbox.retry(letter.id)
    looked_for = states(outbox)
    outbox.ledger.settle(letter.id, LetterState.UNKNOWN, NOW, reason="nobody knows")
    outbox.retry(letter.id)

    assert (looked_for, states(outbox)) == (["unknown"], ["queued"])
    assert outbox.letters()[0].next_try_at is None


def test_the_person_can_say_that_a_doubtful_letter_has_arrived() -> None:
    outbox = Outbox(None)
    (letter,) = outbox.post(reply("1"), NOW)
    assert not outbox.confirm(letter.id, NOW)
    outbox.ledger.settle(letter.id, LetterState.UNKNOWN, NOW)

    assert outbox.confirm(letter.id, NOW)
    assert states(outbox) == ["sent"]


def test_discarding_a_refused_letter_withdraws_what_it_held_up() -> None:
    outbox = Outbox(None)
    first, second, _ = outbox.post(closing(), NOW)
    outbox.ledger.deliver(first, Landed(), NOW)
    outbox.ledger.settle(second.id, LetterState.REFUSED, NOW)
    gone = outbox.discard(second.id)

    assert len(gone) == 2
    assert states(outbox) == ["sent"]
    assert outbox.discard(first.id) == ()


def test_letters_that_have_arrived_are_dropped_after_two_days(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "o.db")
    (old,) = outbox.post(reply("old"), NOW)
    outbox.post(reply("waiting", ticket=2), NOW)
    outbox.ledger.deliver(old, Landed(stamp=NOW), NOW)
    outbox.close()
    (new,) = outbox.post(reply("new", ticket=3), NOW)
    outbox.ledger.recover()
    assert states(outbox) == ["sent", "queued", "queued"]

    outbox.ledger.deliver(new, Landed(), NOW + timedelta(days=3))

    assert states(outbox) == ["queued", "sent"]
    outbox.close()


def test_the_words_can_be_rescued_by_hand(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "o.db")
    outbox.save_draft("zd-1", "reply", {"text": "Dear Ann"}, NOW)
    outbox.close()
    db = sqlite3.connect(tmp_path / "o.db")

    assert db.execute("SELECT answers FROM draft").fetchone() == ('{"text":"Dear Ann"}',)
    db.close()


def test_what_is_posted_on_several_issues_goes_whole_and_takes_only_its_own_draft(
    tmp_path: Path,
) -> None:
    """Had half of it gone before the disk was full, whoever sends again would send that twice."""
    outbox = Outbox(tmp_path / "o.db")
    outbox.save_draft("zd-1", "reply", {"text": "on the first alone"}, NOW)
    outbox.save_draft("marked", "reply", {"text": "on all of them"}, NOW)
    with outbox._file.changing() as db:
        db.execute("PRAGMA max_page_count = 1")
    with pytest.raises(StoreError, match="full"):
        outbox.post_all([reply("fits"), reply("x" * 100_000, ticket=2)], NOW, "marked")
    left = outbox.letters()

    with outbox._file.reading() as db:
        db.execute("PRAGMA max_page_count = 10000")
    outbox.post_all([reply("on all"), reply("on all", ticket=2)], NOW, "marked")

    assert left == ()
    assert states(outbox) == ["queued", "queued"]
    assert [draft.answers["text"] for draft in outbox.drafts()] == ["on the first alone"]
    outbox.close()
