"""Which tokens open the door, and who comes in with them?"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count

from services.simulator.timeline import Timeline


@dataclass(slots=True)
class OAuth:
    """One person's pair of Zendesk OAuth tokens.

    Attributes:
        expires_at: When the access token stops working; `None` is never.
    """

    person_id: int
    access: str
    refresh: str
    expires_at: datetime | None
    generation: int = 1


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person agreed to in the browser, until a client changes it for tokens.

    Attributes:
        challenge: What only the client that asked can answer (PKCE, S256); may be empty.
    """

    redirect_uri: str
    challenge: str


class Keys:
    """Every credential of the two accounts.

    Attributes:
        zendesk_api: The account's API token, good with any agent's e-mail address.
        pagerduty_account: The account's key, which stands for nobody.
        pagerduty_users: User keys, and whose they are.
        old_client: Whether tokens that are not told when to end never do, and cannot be renewed.
    """

    client_id = "rota"

    def __init__(self, timeline: Timeline, lifetime: timedelta | None) -> None:
        self._timeline = timeline
        self.lifetime = lifetime
        self.old_client = False
        self.zendesk_api = "zendesk-api-token-of-the-demo"
        self.pagerduty_account = "pagerduty-account-key-of-the-demo"
        self.pagerduty_users: dict[str, str] = {}
        self.oauth: list[OAuth] = []
        self._consents: dict[str, Consent] = {}
        self._codes = count(1)

    def grant(self, person_id: int, name: str) -> OAuth:
        """Give a person their first pair of Zendesk tokens."""
        access, refresh = f"zendesk-token-of-{name}", f"zendesk-refresh-of-{name}"
        pair = OAuth(person_id, access, refresh, self._end())
        self.oauth.append(pair)
        return pair

    def bearer(self, token: str) -> int | None:
        """Whose access token this is, if it is still good."""
        for pair in self.oauth:
            if pair.access == token:
                good = pair.expires_at is None or self._timeline.now() < pair.expires_at
                return pair.person_id if good else None
        return None

    def refresh(self, token: str, lifetime: timedelta | None = None) -> OAuth | None:
        """Change a refresh token for a new pair; the old pair is worth nothing from then on.

        Args:
            token: The refresh token.
            lifetime: How long the access token is asked to live; None leaves it to the client.
        """
        for pair in self.oauth:
            if pair.refresh == token:
                pair.generation += 1
                stem = pair.access.partition("--")[0]
                pair.access = f"{stem}--{pair.generation}"
                pair.refresh = f"{pair.refresh.partition('--')[0]}--{pair.generation}"
                pair.expires_at = self._end(lifetime)
                return pair
        return None

    def agree(self, consent: Consent) -> str:
        """Whoever is on shift agrees; the code is good once."""
        code = f"zendesk-code-{next(self._codes)}"
        self._consents[code] = consent
        return code

    def exchange(
        self, code: str, redirect_uri: str, verifier: str, lifetime: timedelta | None = None
    ) -> OAuth | None:
        """Change a code for a pair of tokens beside those there are; None if it does not fit."""
        consent = self._consents.pop(code, None)
        if consent is None or consent.redirect_uri != redirect_uri:
            return None
        digest = sha256(verifier.encode()).digest()
        answer = urlsafe_b64encode(digest).rstrip(b"=").decode()
        if consent.challenge and consent.challenge != answer:
            return None
        pair = self.grant(self.oauth[0].person_id, f"consent-{code}")
        pair.expires_at = self._end(lifetime)
        return pair

    def change_lifetime(self, lifetime: timedelta | None) -> None:
        """Let access tokens live for so long, those in use from now on."""
        if lifetime != self.lifetime:
            self.lifetime = lifetime
            for pair in self.oauth:
                pair.expires_at = self._end()

    def expire(self) -> None:
        """Every Zendesk access token stops working now; the refresh tokens do not."""
        for pair in self.oauth:
            pair.expires_at = self._timeline.now()

    def _end(self, asked: timedelta | None = None) -> datetime | None:
        lifetime = asked or self.lifetime
        return None if lifetime is None else self._timeline.now() + lifetime
