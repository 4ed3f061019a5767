"""What else of the vendors can be changed from outside this process?

Their settings, what is left in their buckets, their tokens, and what other people do. Each answers
with how things stand after it.
"""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Protocol

import msgspec
from msgspec import Meta

from services.simulator import script
from services.simulator.call import Json, utc_text
from services.simulator.rehearsal import Rehearsal
from services.simulator.settings import Settings
from services.simulator.world import World

_FIXED = frozenset({"gzip"})
"""Settings that are read once, when the server starts."""


class _Drain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A bucket that somebody else uses up."""

    drain: str
    leave: Annotated[int, Meta(ge=0)] = 0


class Lever(Protocol):
    """One way to change the vendors; without being told anything it only answers."""

    __name__: str

    def __call__(self, said: Mapping[str, object] | None = None, /) -> Json: ...


class Levers:
    """Changes one world; what it is told wrong is a `msgspec.ValidationError`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._rehearsal = Rehearsal(world)

    def settings(self, said: Mapping[str, object] | None = None) -> Json:
        """How the vendors behave, after changing what is said; durations are in seconds."""
        current: Json = msgspec.to_builtins(self._world.settings)
        if said:
            known = current.keys() - _FIXED
            if unknown := sorted(said.keys() - known):
                raise msgspec.ValidationError(
                    f"{unknown[0]}: write one of {', '.join(sorted(known))}"
                )
            # Durations may be numbers, which is not strict; everything else is what it says.
            self._world.adopt(msgspec.convert({**current, **said}, Settings, strict=False))
        return {"settings": msgspec.to_builtins(self._world.settings)}

    def buckets(self, said: Mapping[str, object] | None = None) -> Json:
        """How much each bucket still has, after draining what is said."""
        if said is not None:
            asked = msgspec.convert(said, _Drain)
            self._world.limits.drain(asked.drain, asked.leave)
        return {"buckets": self._world.limits.left()}

    def tokens(self, said: Mapping[str, object] | None = None) -> Json:
        """When each of Zendesk's access tokens ends, after ending all of them if told to."""
        if said is not None:
            if said != {"expire": True}:
                raise msgspec.ValidationError('expire: write {"expire": true}')
            self._world.keys.expire()
        pairs = self._world.keys.oauth
        ends = {
            str(pair.person_id): utc_text(pair.expires_at) if pair.expires_at else None
            for pair in pairs
        }
        return {"expires_at": ends}

    def events(self, said: Mapping[str, object] | None = None) -> Json:
        """What is still to come, after somebody does as is said: an event as in a scenario."""
        world = self._world
        if said is not None:
            try:
                cue = script.event(said)
            except ValueError as error:
                raise msgspec.ValidationError(str(error)) from None
            world.timeline.after(cue.at, partial(self._rehearsal.act, cue))
            world.catch_up()
        coming = world.timeline.coming()
        return {"coming": [utc_text(moment) for moment in coming[:100]]}
