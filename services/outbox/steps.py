"""From which state of a ticket or incident does a letter go on, after one of ours has arrived?

Our own success changes what the letters behind it expect to find, but only where they were frozen
at the very state that it met: any other change in between is somebody else's, and is to be shown.
Statements run inside a transaction of the outbox.
"""

import sqlite3
from datetime import datetime

import msgspec

from services.letters import IncidentSnooze, IncidentUpdate, Landed, TicketUpdate, Write
from services.outbox.schema import stamped


def moved_on(behind: Write, sent: Write, landed: Landed) -> Write:
    """A write as it stands after one before it has arrived."""
    match behind, sent:
        case TicketUpdate(), TicketUpdate():
            same = (behind.ticket_id, behind.stamp) == (sent.ticket_id, sent.stamp)
            if same and landed.stamp is not None:
                return msgspec.structs.replace(behind, stamp=landed.stamp)
        case ((IncidentUpdate() | IncidentSnooze()), (IncidentUpdate() | IncidentSnooze())):
            same = (behind.incident_id, behind.seen) == (sent.incident_id, sent.seen)
            if same and landed.seen is not None:
                return msgspec.structs.replace(behind, seen=landed.seen)
    return behind


def remember(db: sqlite3.Connection, sent: Write, after: datetime | None) -> None:
    """Keep how a letter of ours moved a ticket on, for letters posted later from an older look."""
    if isinstance(sent, TicketUpdate) and after is not None and after > sent.stamp:
        db.execute(
            "INSERT OR REPLACE INTO step VALUES (?, ?, ?)",
            (sent.ticket_id, stamped(sent.stamp), stamped(after)),
        )


def caught_up(db: sqlite3.Connection, write: Write) -> Write:
    """A write whose stamp only our own letters have moved on from since."""
    while isinstance(write, TicketUpdate):
        row = db.execute(
            "SELECT after FROM step WHERE ticket = ? AND before = ?",
            (write.ticket_id, stamped(write.stamp)),
        ).fetchone()
        if row is None:
            break
        write = msgspec.structs.replace(write, stamp=datetime.fromisoformat(row[0]))
    return write


def drop_old(db: sqlite3.Connection, before: datetime) -> None:
    """Forget steps that nobody can have seen the beginning of any more."""
    db.execute("DELETE FROM step WHERE after < ?", (stamped(before),))
