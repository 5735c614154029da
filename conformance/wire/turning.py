"""How a case has a station turned away, and what the station makes of it."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from conformance.wire.connection import Closed, Connection

FOREIGN: Final = "ocpp0.1"
"""A subprotocol that no station offers."""


class Turning(StrEnum):
    """One way of turning a station away."""

    UNAVAILABLE = "with HTTP status 503"
    UNKNOWN = "with HTTP status 404"
    UNAUTHORIZED = "with HTTP status 401"
    NO_VERSION = "by choosing no version, and closing"
    ANOTHER_VERSION = "by choosing a version that it has not offered"

    @property
    def status(self) -> HTTPStatus | None:
        """The HTTP status that the upgrade is refused with, where it is refused."""
        return _STATUS.get(self)


_STATUS: Final = {
    Turning.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    Turning.UNKNOWN: HTTPStatus.NOT_FOUND,
    Turning.UNAUTHORIZED: HTTPStatus.UNAUTHORIZED,
}


class Outcome(StrEnum):
    """What became of one attempt of a station that was turned away."""

    TURNED_AWAY = "is turned away"
    HUNG_UP = "hangs up"
    SPOKE = "goes on, and sends a message"
    STAYED = "goes on, and stays connected"


async def watch(connection: Connection, limit: float) -> Outcome:
    """Tell what a station makes of a version that it has not offered, then close."""
    try:
        async with asyncio.timeout(limit):
            await connection.receive()
    except Closed:
        return Outcome.HUNG_UP
    except TimeoutError:
        return Outcome.STAYED
    else:
        return Outcome.SPOKE
    finally:
        await connection.close()


class Turned:
    """How stations are turned away now, and what they made of it, for whoever waits for it."""

    def __init__(self, limit: float) -> None:
        """Take how long a station may go on, in seconds."""
        self.limit = limit
        self.how = Turning.UNAVAILABLE
        self._outcomes: asyncio.Queue[Outcome] = asyncio.Queue()
        self._latest: float | None = None
        self._longest = 0.0

    @property
    def next_wait(self) -> float:
        """How long a station may wait that backs off: twice what it has waited (5.3), at most."""
        return 2 * self._longest

    def shut(self, *, connected: bool) -> None:
        """Take it that stations are turned away from now on, one that is `connected` anew."""
        self._latest = asyncio.get_running_loop().time()
        self._longest = 0.0 if connected else self._longest

    def tell(self, outcome: Outcome) -> None:
        """Tell what has become of an attempt of now."""
        now = asyncio.get_running_loop().time()
        if self._latest is not None:
            self._longest = max(self._longest, now - self._latest)
        self._latest = now
        self._outcomes.put_nowait(outcome)

    def begin(self, how: Turning) -> None:
        """Turn stations away in this way from now on; what was before is forgotten."""
        self.how = how
        while not self._outcomes.empty():
            self._outcomes.get_nowait()

    async def outcome(self) -> Outcome:
        """Return what the next station makes of it."""
        return await self._outcomes.get()
