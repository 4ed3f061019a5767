"""What does Zendesk hold after a letter, and what does the person learn?"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.domain import Status
from services.errors import NotFound, OutcomeUnknown, Rejected, ServiceError, Unavailable
from services.letters import TicketCreate, TicketUpdate, Undecided
from services.simulator import faults
from services.simulator.call import Call, Reply
from services.simulator.interference import Effect, ServeLater
from services.zendesk.records import Comment
from services.zendesk.writer import spoken
from tests.writing.desk import audits, desk, landed, letter_of, overtaken


async def test_an_update_changes_all_it_says_in_one_audit_with_its_mark() -> None:
    async with desk() as at:
        ticket = at.ticket(tags=["p3", "deploy"])
        await at.clock.advance(60)
        cast = at.world.cast
        write = at.update(
            ticket, comment="Dear Ann\n", public=True, status=Status.PENDING, priority="high",
            subject="Disk of build-7 full", assignee_id=at.world.me, group_id=cast.support,
            add_tags=("p2",), remove_tags=("p3",),
        )  # fmt: skip
        letter = letter_of(write)
        done = landed(await at.zendesk.send(letter))
        (audit,) = audits(ticket, letter)

        assert (ticket.status, ticket.priority, ticket.subject) == (
            "pending",
            "high",
            "Disk of build-7 full",
        )
        assert ticket.tags == ("deploy", "p2")
        assert ticket.assignee_id == at.world.me
        assert (ticket.comments[-1].body, ticket.comments[-1].public) == ("Dear Ann\n", True)
        assert audit.created_at == ticket.updated_at == done.stamp
        assert done.ticket is not None
        assert (done.ticket.status, done.ticket.tags) == (
            Status.PENDING,
            frozenset({"deploy", "p2"}),
        )
        assert done.remark == ""


async def test_a_note_says_that_it_is_private() -> None:
    async with desk() as at:
        ticket = at.ticket()
        await at.zendesk.send(letter_of(at.update(ticket, comment="between us")))

        assert not ticket.comments[-1].public


async def test_what_is_not_said_is_left_alone() -> None:
    async with desk() as at:
        ticket = at.ticket(tags=["p3"], priority="low", assignee_id=at.world.me)
        before = (ticket.subject, ticket.priority, ticket.tags, ticket.assignee_id, ticket.group_id)
        await at.zendesk.send(letter_of(at.update(ticket, comment="hello", public=True)))

        after = (ticket.subject, ticket.priority, ticket.tags, ticket.assignee_id, ticket.group_id)
        assert after == before
        assert at.asked("GET") == []


async def test_a_tag_that_somebody_else_just_added_is_not_dropped() -> None:
    async with desk() as at:
        ticket = at.ticket(tags=["p3"])
        write = at.update(ticket, add_tags=("p2",), remove_tags=("p3",))
        await at.clock.advance(60)
        at.world.zendesk.add_tags(ticket.id, at.world.cast.agents[1].zendesk_id, "vip")
        outcome = overtaken(await at.zendesk.send(letter_of(write)))
        assert ticket.tags == ("p3", "vip")
        assert outcome.theirs == "The tags went from p3 to p3, vip."

        landed(await at.zendesk.send(letter_of(outcome.again)))

        assert ticket.tags == ("p2", "vip")


async def test_a_tag_added_between_our_look_and_our_write_is_not_dropped() -> None:
    async with desk() as at:
        ticket = at.ticket(tags=["p3"])
        await at.clock.advance(60)

        async def meanwhile(call: Call, serve: ServeLater) -> Reply:
            at.world.zendesk.add_tags(ticket.id, at.world.cast.agents[1].zendesk_id, "vip")
            return await serve(call)

        at.world.faults.add(meanwhile, method="PUT", times=1)
        overtaken(await at.zendesk.send(letter_of(at.update(ticket, add_tags=("p2",)))))

        assert ticket.tags == ("p3", "vip")


async def test_a_conflict_shows_what_came_in_and_nothing_is_merged() -> None:
    async with desk() as at:
        ticket = at.ticket()
        letter = letter_of(at.update(ticket, comment="Is it better?", public=True))
        await at.clock.advance(90)
        cast = at.world.cast
        at.world.zendesk.reply(ticket.id, cast.requesters[0], "It is worse!", priority="high")
        await at.clock.advance(30)
        at.world.zendesk.note(ticket.id, cast.agents[1].zendesk_id, "on it")
        outcome = overtaken(await at.zendesk.send(letter))
        requester = at.world.zendesk.people[cast.requesters[0]].name

        assert outcome.theirs == (
            f"{requester} wrote at 09:01 UTC:\nIt is worse!\n\n"
            f"{cast.agents[1].name} noted internally at 09:02 UTC:\non it\n\n"
            "The priority went from nothing to high."
        )
        assert isinstance(outcome.again, TicketUpdate)
        assert outcome.again.stamp == ticket.updated_at
        assert audits(ticket, letter) == []


async def test_a_collision_of_zendesks_own_is_no_conflict() -> None:
    async with desk() as at:
        ticket = at.ticket()
        at.world.faults.add(faults.collision(), method="PUT", times=1)
        with pytest.raises(Unavailable):
            await at.zendesk.send(letter_of(at.update(ticket, comment="hello", public=True)))

        assert len(ticket.comments) == 1


@pytest.mark.parametrize("fields", [{"comment": "hello", "public": True}, {"priority": "high"}])
@pytest.mark.parametrize(
    "fault",
    [faults.reset_after(), faults.silent_after(), faults.broken_after(), faults.truncated()],
)
async def test_an_update_whose_answer_was_lost_is_found_by_its_mark(
    fields: dict[str, object], fault: Effect
) -> None:
    async with desk() as at:
        ticket = at.ticket()
        letter = letter_of(at.update(ticket, **fields))
        await at.clock.advance(60)
        at.world.faults.add(fault, method="PUT", times=1)
        with pytest.raises(OutcomeUnknown):
            await at.zendesk.send(letter)
        found = landed(await at.zendesk.look(letter))

        assert found.stamp == ticket.updated_at
        assert len(audits(ticket, letter)) == 1


async def test_an_update_that_never_arrived_is_certainly_not_there() -> None:
    async with desk() as at:
        ticket = at.ticket()
        letter = letter_of(at.update(ticket, comment="hello", public=True))
        at.world.faults.add(faults.reset_before(), method="PUT", times=1)
        with pytest.raises(OutcomeUnknown):
            await at.zendesk.send(letter)

        assert await at.zendesk.look(letter) is None


async def test_a_resend_that_meets_its_own_first_try_is_no_conflict() -> None:
    async with desk() as at:
        ticket = at.ticket()
        letter = letter_of(at.update(ticket, comment="hello", public=True))
        await at.clock.advance(60)
        await at.zendesk.send(letter)
        done = landed(await at.zendesk.send(letter))

        assert len(audits(ticket, letter)) == 1
        assert done.stamp == ticket.updated_at


async def test_what_came_after_a_lost_answer_is_left_for_the_letters_behind_to_meet() -> None:
    async with desk() as at:
        ticket = at.ticket()
        letter = letter_of(at.update(ticket, comment="hello", public=True))
        await at.clock.advance(60)
        await at.zendesk.send(letter)
        landed_at = ticket.updated_at
        await at.clock.advance(60)
        at.world.zendesk.reply(ticket.id, at.world.cast.requesters[0], "one more thing")
        found = landed(await at.zendesk.look(letter))

        assert found.stamp == landed_at < ticket.updated_at


async def test_a_ticket_is_raised_once_for_its_key() -> None:
    async with desk() as at:
        write = TicketCreate(
            subject="Rang us", comment="It is slow.", requester_name="New Person",
            requester_email="new@tenant.example", priority="high", tags=("p2",),
            group_id=at.world.cast.support,
        )  # fmt: skip
        letter = letter_of(write)
        at.world.faults.add(faults.reset_after(), method="POST", times=1)
        with pytest.raises(OutcomeUnknown):
            await at.zendesk.send(letter)
        assert await at.zendesk.look(letter) is None
        done = landed(await at.zendesk.send(letter))
        made = [t for t in at.world.zendesk.tickets.values() if t.subject == "Rang us"]

        assert done.ticket is not None
        assert [t.id for t in made] == [done.ticket.id]
        assert made[0].tags == ("p2",)
        assert at.world.zendesk.people[made[0].requester_id].email == "new@tenant.example"


async def test_a_ticket_raised_long_ago_is_looked_for_by_its_mark() -> None:
    async with desk() as at:
        arrived, lost = (letter_of(TicketCreate(subject="s", comment="c")) for _ in range(2))
        await at.zendesk.send(arrived)
        await at.clock.advance(timedelta(hours=3).total_seconds())
        found = landed(await at.zendesk.look(arrived))

        assert found.ticket is not None
        assert await at.zendesk.look(lost) is None
        for _ in range(100):
            at.ticket()
        assert isinstance(await at.zendesk.look(lost), Undecided)


async def refusal(at_closed: bool) -> ServiceError:
    async with desk() as at:
        ticket = at.ticket()
        write = at.update(ticket, comment="hello", public=True)
        if at_closed:
            at.world.zendesk.edit(ticket.id, at.world.me, status="closed")
        else:
            at.world.zendesk.delete(ticket.id)
        with pytest.raises(ServiceError) as caught:
            await at.zendesk.send(letter_of(write))
        return caught.value


async def test_a_ticket_closed_or_deleted_meanwhile_refuses_for_good() -> None:
    closed, deleted = await refusal(True), await refusal(False)

    assert isinstance(closed, Rejected)
    assert closed.fields == {"status": "closed prevents ticket update"}
    assert isinstance(deleted, NotFound)


async def test_a_comment_kept_private_against_our_word_is_told() -> None:
    async with desk() as at:
        ticket = at.ticket()

        def private(body: dict[str, object]) -> None:
            audit = body["audit"]
            assert isinstance(audit, dict)
            for event in audit["events"]:
                if event["type"] == "Comment":
                    event["public"] = False

        at.world.faults.add(faults.changed(private), method="PUT", times=1)
        write = at.update(ticket, comment="hello", public=True)
        done = landed(await at.zendesk.send(letter_of(write)))

        assert "The requester has not seen it." in done.remark


async def test_the_longest_comment_and_any_character_arrive_as_they_are() -> None:
    async with desk() as at:
        text = "\x00\x1b[31m‮é\r\n" + "x" * 65_535
        ticket = at.ticket()
        await at.zendesk.send(letter_of(at.update(ticket, comment=text, public=True)))

        assert ticket.comments[-1].body == text


@pytest.mark.parametrize(("month", "told"), [(1, "09:02 GMT"), (7, "10:02 BST")])
def test_who_was_faster_is_told_in_the_time_of_the_team(month: int, told: str) -> None:
    at = datetime(2026, month, 14, 9, 2, tzinfo=UTC)
    comment = Comment(1, at, 7, "Bo Ek", True, False, True, "on it", None)

    assert spoken(comment, ZoneInfo("Europe/London")) == f"Bo Ek wrote at {told}:\non it"
