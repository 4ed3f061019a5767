"""Who are we at each vendor, and what do our rights and the account's plan leave out?

Asked once per start, and before anything else: from the first answer on we know the servers' time.
What it finds is said once, in plain words.
"""

from services.clock import Clock
from services.domain import Source
from services.errors import ServiceError, Unauthorised
from services.pagerduty.client import PagerDuty
from services.pagerduty.directory import PagerDutyDirectory
from services.zendesk.client import Zendesk

AGAIN = 120.0
"""Seconds between two attempts while they fail; nothing urgent rests on it."""


class Standing:
    """Our standing at both vendors, as far as it is known."""

    def __init__(
        self,
        clock: Clock,
        zendesk: Zendesk | None,
        pagerduty: PagerDuty | None,
        directory: PagerDutyDirectory | None = None,
        sender: str = "",
    ) -> None:
        """Make it; nothing is asked yet.

        Args:
            clock: Tells when to ask again.
            zendesk: None when it is off.
            pagerduty: None likewise.
            directory: Where PagerDuty's people and priorities are looked up.
            sender: The e-mail address that an account's key writes on behalf of.
        """
        self.names: set[str] = set()
        """By which the vendors know the person at the keyboard."""
        self.my_ids: dict[Source, str] = {}
        """By which ids they do."""
        self.words: dict[Source, list[str]] = {source: [] for source in Source}
        """What is to be said, once."""
        self._clock = clock
        self._zendesk = zendesk
        self._pagerduty = pagerduty
        self._directory = directory
        self._sender = sender
        self._known: set[Source] = set()
        self._tried_at: dict[Source, float] = {}

    async def learn(self, source: Source) -> None:
        """Ask, unless it is known; trouble with it keeps nobody from polling.

        Raises:
            Unauthorised: The credentials are nobody's.
        """
        now = self._clock.monotonic()
        tried_at = self._tried_at.get(source)
        if source in self._known or (tried_at is not None and now - tried_at < AGAIN):
            return
        self._tried_at[source] = now
        words: list[str] = []
        try:
            if source is Source.ZENDESK and self._zendesk is not None:
                await self._at_zendesk(self._zendesk, words)
            elif source is Source.PAGERDUTY and self._pagerduty is not None:
                await self._at_pagerduty(self._pagerduty, words)
        except Unauthorised:
            self._tried_at.pop(source)
            raise
        except ServiceError:
            # Only `is:mine` and a few words rest on it.
            return
        self.words[source] = words
        self._known.add(source)

    async def _at_zendesk(self, client: Zendesk, words: list[str]) -> None:
        me = await client.me()
        self.names.add(me.name)
        self.my_ids[Source.ZENDESK] = str(me.id)
        if me.is_agent is False:
            words.append(f"Zendesk knows {me.name} as {me.role}, no agent: tickets are hidden.")
        elif me.restricted_to:
            words.append(
                f"Zendesk shows {me.name} only some tickets (by {me.restricted_to}); "
                "the others are not in this queue."
            )

    async def _at_pagerduty(self, client: PagerDuty, words: list[str]) -> None:
        me = await client.me()
        if me is not None:
            self.names.add(me.name)
            self.my_ids[Source.PAGERDUTY] = me.id
        elif not self._sender:
            words.append(
                "PagerDuty's key belongs to the account, to nobody in it: set pagerduty.email "
                "before you write there."
            )
        if self._directory is None:
            return
        if me is None and self._sender:
            await self._check_sender(self._directory, words)
        if not await self._directory.priorities():
            words.append(
                "PagerDuty has no priorities on this account: severity is kept on tickets alone."
            )

    async def _check_sender(self, directory: PagerDutyDirectory, words: list[str]) -> None:
        """Whether the account knows whom its key is to write for; and who that is."""
        wanted = self._sender.casefold()
        found = await directory.users()
        person = next((u for u in found if (u.email or "").casefold() == wanted), None)
        if person is None:
            words.append(
                f"PagerDuty knows nobody with the address {self._sender}: it will refuse what "
                "we write. Look at pagerduty.email."
            )
            return
        self.names.add(person.name)
        self.my_ids[Source.PAGERDUTY] = person.id
        words.append(f"PagerDuty's key belongs to the account; it writes as {person.name}.")
