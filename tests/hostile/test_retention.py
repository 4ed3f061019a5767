"""Do customers' words leave the laptop when they should, and unsent words never?"""

import asyncio
import os
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.clock import ManualClock
from services.domain import Snapshot
from services.errors import StoreError
from services.letters import Action, Landed, LetterState, TicketUpdate
from services.outbox.outbox import Outbox
from services.retention import FIRST_LOOK, LOOK_EVERY, Found, Retention
from services.setaside import SetAside
from services.store import Store
from tests.screen.stage import issue, snapshot
from tui.cli import main

NOW = datetime(2026, 1, 30, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=20)
LATELY = NOW - timedelta(days=3)


def reply(ticket: int, text: str) -> Action:
    write = TicketUpdate(ticket_id=ticket, stamp=LONG_AGO, comment=text, public=True)
    return Action(issue=f"zd-{ticket}", form="reply", label="Reply", writes=(write,))


def sent(outbox: Outbox, ticket: int, text: str, at: datetime) -> None:
    """A letter that arrived."""
    (letter,) = outbox.post(reply(ticket, text), at)
    outbox.ledger.take(letter.id, at)
    outbox.ledger.deliver(letter, Landed(), at)


def texts(outbox: Outbox) -> set[str | None]:
    writes = [letter.write for letter in outbox.letters()]
    return {one.comment for one in writes if isinstance(one, TicketUpdate)}


def kept(store: Store, outbox: Outbox, folder: Path, days: int = 14) -> Retention:
    return Retention(days, store, (store, outbox, SetAside(folder)))


def test_arrived_letters_go_when_their_issue_has_long_been_closed(tmp_path: Path) -> None:
    store, outbox = Store(None), Outbox(None)
    store.save_queue(Snapshot((issue(1, "a"), issue(2, "b"))), LONG_AGO)
    store.save_queue(Snapshot((issue(2, "b"),)), LONG_AGO + timedelta(minutes=1))
    store.save_queue(Snapshot((issue(2, "b"), issue(3, "c"))), LATELY)
    store.save_queue(Snapshot((issue(3, "c"),)), NOW)
    for ticket in (1, 2, 3):
        sent(outbox, ticket, f"old {ticket}", LONG_AGO)

    retention = kept(store, outbox, tmp_path)
    assert retention.due(NOW) == (Found("letters that have arrived", 1),)
    assert texts(outbox) == {"old 1", "old 2", "old 3"}

    assert retention.purge(NOW) == (Found("letters that have arrived", 1),)
    assert texts(outbox) == {"old 2", "old 3"}
    assert retention.due(NOW) == ()


def test_unsent_words_stay_however_old_they_are(tmp_path: Path) -> None:
    store, outbox = Store(None), Outbox(None)
    outbox.save_draft("zd-5", "reply", {"text": "typed"}, LONG_AGO)
    outbox.post(reply(1, "queued"), LONG_AGO)
    for state in (LetterState.UNKNOWN, LetterState.REFUSED, LetterState.CONFLICT):
        (letter,) = outbox.post(reply(9, state.value), LONG_AGO)
        outbox.ledger.take(letter.id, LONG_AGO)
        outbox.ledger.settle(letter.id, state, LONG_AGO)
    before = texts(outbox)

    assert kept(store, outbox, tmp_path).purge(NOW + timedelta(days=3000)) == ()
    assert texts(outbox) == before
    assert [draft.answers for draft in outbox.drafts()] == [{"text": "typed"}]


def test_an_issue_seen_open_in_either_half_keeps_its_letters(tmp_path: Path) -> None:
    store, outbox = Store(tmp_path / "s.db"), Outbox(None)
    store.save_queue(snapshot(issue(1, "a")), NOW)
    store.close()
    sent(outbox, 1, "old", LONG_AGO)
    store = Store(tmp_path / "s.db")

    assert kept(store, outbox, tmp_path).due(NOW + timedelta(days=13)) == ()
    assert kept(store, outbox, tmp_path).due(NOW + timedelta(days=15)) != ()
    store.close()


def test_the_last_queue_goes_when_rota_has_not_run_for_long(tmp_path: Path) -> None:
    store, outbox = Store(None), Outbox(None)
    store.save_queue(snapshot(issue(1, "a"), issue(2, "b")), LONG_AGO)

    assert kept(store, outbox, tmp_path).purge(NOW) == (Found("issues of the last queue", 2),)
    assert store.load_queue() is None


def test_files_of_facts_that_were_set_aside_go_and_those_of_words_are_told_of(
    tmp_path: Path,
) -> None:
    facts = tmp_path / "0123456789abcdef.unreadable-1"
    words = tmp_path / "0123456789abcdef-outbox.unreadable-1"
    rung = tmp_path / "0123456789abcdef-signals.unreadable-1"
    fresh = tmp_path / "0123456789abcdef.unreadable-2"
    for path in (facts, rung, words, fresh):
        path.touch()
    for path in (facts, rung, words):
        os.utime(path, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))
    os.utime(fresh, (NOW.timestamp(), NOW.timestamp()))
    set_aside = SetAside(tmp_path)

    found = Retention(14, Store(None), (set_aside,)).purge(NOW)

    assert found == (Found("unreadable files of facts", 2),)
    assert sorted(tmp_path.iterdir()) == sorted([words, fresh])
    assert set_aside.of_words() == (words,)
    assert SetAside(tmp_path / "nowhere").of_words() == ()


class Counting:
    """A keeper that notes when it was asked, and fails at first."""

    kept = "things"

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.asked: list[float] = []

    def old(self, before: datetime, open_halves: Collection[str], *, forget: bool) -> int:
        self.asked.append(self.clock.monotonic())
        if len(self.asked) == 1:
            raise StoreError("The disk is full.")
        return 0


async def test_a_dashboard_looks_now_and_then_and_survives_a_full_disk() -> None:
    clock = ManualClock(NOW)
    keeper = Counting(clock)
    began = clock.monotonic()
    running = asyncio.create_task(Retention(14, Store(None), (keeper,)).run(clock))
    await asyncio.sleep(0)
    for seconds in (FIRST_LOOK, LOOK_EVERY, LOOK_EVERY):
        await clock.advance(seconds)
        for _ in range(5):
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert [round(at - began) for at in keeper.asked] == [
        round(FIRST_LOOK + n * LOOK_EVERY) for n in range(3)
    ]


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A laptop on which an old letter lies."""
    (tmp_path / "config.toml").write_text('[zendesk]\nsubdomain = "acme"\n')
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("ROTA_CONFIG", str(tmp_path / "config.toml"))
    from services.config.files import read
    from services.store import store_path

    config = read(tmp_path / "config.toml")
    accounts = (config.zendesk_root, config.pagerduty.base_url)
    outbox = Outbox(store_path(tmp_path / "state" / "rota", *accounts, kind="-outbox"))
    sent(outbox, 1, "old", datetime(2026, 1, 1, tzinfo=UTC))
    outbox.save_draft("zd-1", "reply", {"text": "typed"}, datetime(2026, 1, 1, tzinfo=UTC))
    outbox.close()
    return tmp_path


@pytest.mark.usefixtures("at_home")
def test_purge_says_what_goes_and_does_nothing_without_a_word(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["purge"]) == 2
    told = capsys.readouterr()
    assert "1  letters that have arrived" in told.out
    assert "There is nobody to ask." in told.err

    assert main(["purge", "--yes"]) == 0
    assert "Removed:\n       1  letters that have arrived" in capsys.readouterr().out

    assert main(["purge", "--days", "1", "--yes"]) == 0
    assert "Nothing to remove: no texts are older than 1 day." in capsys.readouterr().out
