"""Faults of how connections are opened, on both sides."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from typing import Final
from uuid import uuid4

from conformance.reference.framing import CALL, loaded
from conformance.reference.wire import Dial, Wire

STATION: Final[Mapping[str, str]] = {
    "gives-up": "a connection that was refused is not tried again",
    "stays-away": "a connection that is lost is not opened again",
    "boots-again": "a BootNotification is sent over every new connection",
}
CSMS: Final[Mapping[str, str]] = {
    "first-offer-only": "a subprotocol is seen only where it is the first that is offered",
    "keeps-first-connection": "a second connection of a station is closed while it has a first",
}


class Dialer:
    """What opens the connections of a station, wrong in the ways that `faults` names."""

    def __init__(self, dial: Dial, faults: Collection[str]) -> None:
        self._dial, self._faults = dial, faults
        self.lost = False
        self.boot = ""  # the text of the last BootNotification

    async def __call__(self) -> Wire:
        """Open the next connection, or never return."""
        if self.lost and "stays-away" in self._faults:
            await asyncio.Event().wait()
        try:
            wire = _Watched(await self._dial(), self)
        except ConnectionError:
            if "gives-up" in self._faults:
                await asyncio.Event().wait()
            raise
        if self.boot and "boots-again" in self._faults:
            await wire.boot_again()
        return wire


class _Watched:
    """A connection that tells its dialer how it ended, and with what the station booted."""

    def __init__(self, wire: Wire, dialer: Dialer) -> None:
        self._wire, self._dialer = wire, dialer
        self._closed = False
        self._kept: deque[str] = deque()  # what came before the answer to that

    async def boot_again(self) -> None:
        """Send the BootNotification of the connection before this one, and wait for the answer."""
        _, _, *rest = json.loads(self._dialer.boot)
        uid = str(uuid4())
        await self._wire.send(json.dumps([CALL, uid, *rest]))
        while not _is_for(loaded(text := await self._wire.recv()), uid):
            self._kept.append(text)

    async def send(self, text: str) -> None:
        frame = loaded(text)
        if isinstance(frame, list) and frame[0] == CALL and frame[2] == "BootNotification":
            self._dialer.boot = text
        await self._wire.send(text)

    async def recv(self) -> str:
        if self._kept:
            return self._kept.popleft()
        try:
            return await self._wire.recv()
        except ConnectionError:
            self._dialer.lost = not self._closed
            raise

    async def ping(self) -> None:
        await self._wire.ping()

    async def close(self) -> None:
        self._closed = True
        await self._wire.close()


def _is_for(frame: object, uid: str) -> bool:
    return isinstance(frame, list) and len(frame) > 1 and frame[1] == uid


class Doorkeeper:
    """Which connections a CSMS takes, wrong in the ways that `faults` names."""

    def __init__(self, faults: Collection[str]) -> None:
        self._faults = faults
        self._connected: set[str] = set()

    def looked_at(self, offered: Sequence[str]) -> Sequence[str]:
        """Return the subprotocols that the CSMS sees of those that are offered."""
        return offered[:1] if "first-offer-only" in self._faults else offered

    def enter(self, identity: str) -> bool:
        """Tell whether a station may come in; one that does has to `leave`."""
        if "keeps-first-connection" in self._faults and identity in self._connected:
            return False
        self._connected.add(identity)
        return True

    def leave(self, identity: str) -> None:
        """Take note that a connection is gone."""
        self._connected.discard(identity)
