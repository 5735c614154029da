"""What a case waits for, and which message it is."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from conformance.link import Received
from conformance.matching import MISSING, Matcher, mismatches
from conformance.message import Request, Response
from conformance.ocpp16 import keys as keys16
from conformance.ocpp201 import keys as keys201
from conformance.tamper import spoiled

if TYPE_CHECKING:
    from conformance.peer import Peer
    from conformance.replies import Reply

KEYS: dict[str, Mapping[str, tuple[str, ...]]] = {"1.6": keys16.KEYS, "2.0.1": keys201.KEYS}


@dataclass(eq=False, kw_only=True)
class Expectation:
    """One row of a scenario: a request that must come, and the answer it gets.

    Awaiting it is the way a single expectation is used; all times are in seconds.
    """

    peer: Peer
    step: int
    patterns: tuple[Request, ...]
    reply: Response | None = None
    within: float
    delay: float | None = None
    not_before: float | None = None
    since: Received | Reply | None = None
    meanwhile: tuple[Request, ...] = ()
    odd: tuple[Request, ...] = ()
    may_reconnect: bool = False
    forbidden: bool = False
    hold: bool = False  # the answer waits for a later step of the case
    optional: str = ""  # why the message need not come, if that is so
    future: asyncio.Future[Received] = field(init=False)

    def __await__(self) -> Generator[object, None, Received]:
        return self._alone().__await__()

    async def _alone(self) -> Received:
        (received,) = await self.peer.collect(self)
        return received

    def claims(self, message: Received) -> Request | None:
        """Return the pattern this message is about: same action, same key fields."""
        return next((p for p in self.patterns if _about(p, message, self.peer.version)), None)

    def proven(self, pattern: Request) -> Mapping[str, Any]:
        """Return what is proven to be checked: an optional message about another is another."""
        keys = KEYS[self.peer.version].get(pattern.action, ()) if self.optional else ()
        return {name: value for name, value in pattern.pattern().items() if name not in keys}

    def fits(self, message: Received) -> bool:
        """Tell whether this message is all that is expected."""
        return _among(message, self.patterns)

    def awaits(self, action: str) -> bool:
        """Tell whether a message with this action could be the one."""
        return any(p.action == action for p in self.patterns)

    def lets_pass(self, message: Received) -> bool:
        """Tell whether the case allows this message while it waits."""
        return _among(message, self.meanwhile) or self.finds_odd(message)

    def finds_odd(self, message: Received) -> bool:
        """Tell whether the case allows this message, but wants it to be looked at."""
        return _among(message, self.odd)

    def __str__(self) -> str:
        return " or ".join(map(str, self.patterns))


def _among(message: Received, patterns: tuple[Request, ...]) -> bool:
    return any(
        p.action == message.action and not mismatches(p.pattern(), message.payload)
        for p in patterns
    )


def _about(pattern: Request, message: Received, version: str) -> bool:
    if pattern.action != message.action:
        return False
    given = pattern.pattern()
    for path in KEYS[version].get(pattern.action, ()):
        wanted = lookup(given, path)
        if wanted is not MISSING and mismatches(wanted, lookup(message.payload, path)):
            return False
    return True


def lookup(payload: object, path: str) -> object:
    """Return the value at a path such as "eventData[0].component.evse.id", or MISSING."""
    place = payload
    for part in path.replace("[", ".").replace("]", "").split("."):
        if isinstance(place, Mapping):
            place = place.get(part, MISSING)
        elif isinstance(place, list | tuple) and part.isdigit() and int(part) < len(place):
            place = place[int(part)]
        else:
            return MISSING
    return place


def with_field(message: Received, path: str, wrong: object) -> Received:
    """Return the message as it would be with one field spoiled."""
    return replace(message, payload=spoiled(message.payload, path, wrong))


def faked(e: Expectation, epoch: int) -> Received:
    """Return a message that must not come, as it would be if it came."""
    given = e.patterns[0].pattern()
    payload = {name: value for name, value in given.items() if not isinstance(value, Matcher)}
    return Received("fake", e.patterns[0].action, payload, 0.0, epoch, answered_at=0.0)
