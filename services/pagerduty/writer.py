"""How is a letter carried to PagerDuty, and how is it found there?

Nothing protects an incident from being written over but reading it again first. What has no mark
of its own is known again by what it changed, by its words, its author and its time, or not at all.
Who writes is said in the `From` header, where the key does not say it.
"""

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from services.api.addresses import segment
from services.api.client import Api
from services.clock import Clock
from services.domain import Incident, Severity, Source
from services.errors import (
    Conflict,
    OutcomeUnknown,
    Rejected,
    ServiceError,
    UnexpectedReply,
)
from services.letters import (
    IncidentCreate,
    IncidentMerge,
    IncidentNote,
    IncidentSnooze,
    IncidentStatusUpdate,
    IncidentUpdate,
    Landed,
    Letter,
    OverrideCreate,
    Overtaken,
    Undecided,
    note_text,
    seen,
)
from services.pagerduty import wire, write_wire
from services.pagerduty.changes import as_wanted, changes
from services.pagerduty.maker import PagerDutyMaker

MOST_PAGES = 20
"""Pages of one incident's log that are looked through."""

_TOO_LATE = frozenset({1001, 1002, 1005, 1012, 1019})
"""Codes that say that somebody was faster."""
_SNOOZE_TOLERANCE = timedelta(seconds=90)
_CLOCKS_DIFFER = timedelta(seconds=5)
_NOT_FOUND = "PagerDuty does not show it, and cannot say that it is not there."


class PagerDutyWriter:
    """Changes incidents, writes on them, raises them; and overrides of a rota."""

    def __init__(self, api: Api, priorities: Mapping[str, Severity], clock: Clock) -> None:
        """Take what the account's priorities mean, by name; case does not matter."""
        self._api = api
        self._priorities = {name.strip().casefold(): s for name, s in priorities.items()}
        self._clock = clock
        self._maker = PagerDutyMaker(api, self._landed)

    async def send(self, letter: Letter) -> Landed | Overtaken:
        """Have a letter carried out, once.

        Raises:
            OutcomeUnknown: It may or may not have been.
            ServiceError: It has certainly not.
        """
        match letter.write:
            case IncidentUpdate() | IncidentSnooze():
                return await self._change(letter.write)
            case IncidentNote() as note:
                body: dict[str, object] = {"note": {"content": note_text(note.text, letter.mark)}}
                return await self._say(note.incident_id, "notes", body)
            case IncidentStatusUpdate() as update:
                body = {"message": update.message}
                return await self._say(update.incident_id, "status_updates", body)
            case IncidentMerge():
                return await self._merge(letter.write)
            case IncidentCreate():
                return await self._maker.page(letter.write, letter.op)
            case OverrideCreate():
                return await self._maker.override(letter.write)
            case write:
                raise TypeError(f"not for PagerDuty: {type(write).__name__}")

    async def look(self, letter: Letter) -> Landed | Undecided | None:
        """Whether a letter of unknown outcome is there; None if it certainly is not.

        Raises:
            ServiceError: It could not be looked for.
        """
        match letter.write:
            case IncidentUpdate():
                return await self._find_update(letter.write, letter)
            case IncidentSnooze():
                return await self._find_snooze(letter.write)
            case IncidentNote():
                return await self._find_note(letter.write, letter.mark)
            case IncidentStatusUpdate():
                return await self._find_status_update(letter.write, letter)
            case IncidentMerge():
                left = await self._unmerged(letter.write)
                return None if left else await self._merged(letter.write)
            case IncidentCreate():
                return await self._maker.find_page(letter.op)
            case OverrideCreate():
                return await self._maker.find_override(letter.write)
            case write:
                raise TypeError(f"not for PagerDuty: {type(write).__name__}")

    # Changing an incident

    async def _change(self, write: IncidentUpdate | IncidentSnooze) -> Landed | Overtaken:
        before = await self._incident(write.incident_id)
        if changed := changes(write, before):
            return _overtaken(write, before, changed)
        try:
            if isinstance(write, IncidentSnooze):
                return await self._snooze(write)
            path = self._path(write.incident_id)
            body = write_wire.update_body(write)
            reply = await self._api.write("PUT", path, body, wire.OneIncident)
        except (Conflict, Rejected) as error:
            if isinstance(error, Rejected) and error.code not in _TOO_LATE:
                raise
            now = await self._incident(write.incident_id)
            if changed := changes(write, now):
                return _overtaken(write, now, changed)
            raise
        return self._landed(reply)

    async def _snooze(self, write: IncidentSnooze) -> Landed:
        seconds = round((write.until - self._clock.now()).total_seconds())
        if seconds < 1:
            gone = "The moment until which it was to be silent has passed."
            raise Rejected(Source.PAGERDUTY, gone)
        path = f"{self._path(write.incident_id)}/snooze"
        body = {"duration": seconds}
        return self._landed(await self._api.write("POST", path, body, wire.OneIncident))

    async def _find_update(self, write: IncidentUpdate, letter: Letter) -> Landed | None:
        now = await self._incident(write.incident_id)
        if not as_wanted(write, now):
            return None
        if write.resolution and not await self._was_resolved_with(write.resolution, letter):
            return None
        return Landed(incident=now, seen=seen(now))

    async def _was_resolved_with(self, words: str, letter: Letter) -> bool:
        write = letter.write
        assert isinstance(write, IncidentUpdate)
        said = await self._said(write.incident_id, "resolve", letter)
        return any(text.strip() == words.strip() for text, _ in said)

    async def _find_snooze(self, write: IncidentSnooze) -> Landed | None:
        now = await self._incident(write.incident_id)
        ends = [action.at for action in now.pending_actions if action.kind == "unacknowledge"]
        if any(abs(end - write.until) <= _SNOOZE_TOLERANCE for end in ends):
            return Landed(incident=now, seen=seen(now))
        return None

    # Words

    async def _say(self, incident_id: str, where: str, body: dict[str, object]) -> Landed:
        path = f"{self._path(incident_id)}/{where}"
        await self._api.write("POST", path, body, write_wire.Kept)
        return Landed()

    async def _find_note(self, write: IncidentNote, mark: str) -> Landed | None:
        path = f"{self._path(write.incident_id)}/notes"
        notes = await self._api.read(path, write_wire.Notes, urgent=True)
        return Landed() if any(mark in (note.content or "") for note in notes.notes) else None

    async def _find_status_update(
        self, write: IncidentStatusUpdate, letter: Letter
    ) -> Landed | Undecided:
        me = await self._me()
        for text, by in await self._said(write.incident_id, "status_update", letter):
            if text.strip() == write.message.strip() and (me is None or by == me):
                return Landed()
        return Undecided(_NOT_FOUND)

    async def _said(
        self, incident_id: str, kind: str, letter: Letter
    ) -> list[tuple[str, str | None]]:
        """What persons said in an incident's log since a letter left, and who."""
        since = (letter.left_at or letter.queued_at) - _CLOCKS_DIFFER
        path, offset, found = f"{self._path(incident_id)}/log_entries", 0, []
        for _ in range(MOST_PAGES):
            params = (
                ("since", write_wire.stamp(since - timedelta(minutes=1))),
                ("time_zone", "UTC"),
                ("limit", "100"),
                ("offset", str(offset)),
            )
            page = await self._api.read(path, write_wire.Log, params, urgent=True)
            for entry in page.log_entries:
                text = entry.says(kind)
                if text is not None and entry.at >= since:
                    found.append((text, entry.by))
            offset += len(page.log_entries)
            if not (page.more and page.log_entries):
                return found
        raise UnexpectedReply(Source.PAGERDUTY, "PagerDuty sends a log that does not end.")

    async def _me(self) -> str | None:
        """The id of whoever the key belongs to; None for an account's, which is nobody's."""
        try:
            return (await self._api.read("/users/me", wire.Me, urgent=True)).user.id
        except Rejected:
            return None

    # Merging

    async def _merge(self, write: IncidentMerge) -> Landed:
        left = await self._unmerged(write)
        if left:
            path = f"{self._path(write.into_id)}/merge"
            await self._api.write("PUT", path, write_wire.sources_body(left), write_wire.Kept)
        return await self._merged(write)

    async def _merged(self, write: IncidentMerge) -> Landed:
        """What came of a merge, which is answered with a mere reference."""
        try:
            now = await self._incident(write.into_id)
        except ServiceError:
            # It has been carried out all the same.
            return Landed()
        return Landed(incident=now, seen=seen(now))

    async def _unmerged(self, write: IncidentMerge) -> tuple[str, ...]:
        """Those that are not a part of the other yet."""
        left = []
        for one in write.from_ids:
            path = self._path(one)
            found = await self._api.read(path, write_wire.ResolvedIncident, urgent=True)
            if found.merged_into != write.into_id:
                left.append(one)
        return tuple(left)

    async def _incident(self, id: str) -> Incident:
        reply = await self._api.read(self._path(id), wire.OneIncident, urgent=True)
        try:
            return wire.incident(reply.incident, self._priorities)
        except ValueError as error:
            what = "PagerDuty sent an incident that cannot be read."
            raise UnexpectedReply(Source.PAGERDUTY, what) from error

    def _landed(self, reply: wire.OneIncident) -> Landed:
        try:
            now = wire.incident(reply.incident, self._priorities)
        except ValueError as error:
            what = "PagerDuty answered with an incident that cannot be read."
            raise OutcomeUnknown(Source.PAGERDUTY, what) from error
        return Landed(incident=now, seen=seen(now))

    def _path(self, incident_id: str) -> str:
        return f"/incidents/{segment(Source.PAGERDUTY, incident_id)}"


def _overtaken(
    write: IncidentUpdate | IncidentSnooze, now: Incident, changed: list[str]
) -> Overtaken:
    again = msgspec.structs.replace(write, seen=seen(now))
    return Overtaken("\n".join(changed), again, incident=now)
