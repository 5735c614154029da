"""Connections in memory, for tests and for proofs on an event loop whose clock jumps."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Final

from conformance.wire.breaches import Breach
from conformance.wire.connection import DEFLATE, Basic, Closed, Data, Handshake, Interrupted
from conformance.wire.pings import Pings
from conformance.wire.tls import TlsSeen

NO_CLOSE_FRAME: Final = 1006
LONGEST_PONG: Final = 16
"""Bytes of data that come back from a peer that does not return all of a ping's."""


class _Inbox:
    """What has arrived at one end and was not read yet, and how the connection ended there."""

    def __init__(self, lax: Collection[str]) -> None:
        self.lax = lax
        self.gone: Closed | None = None
        self.left = asyncio.Event()
        self.pings = Pings()
        self.muted = False
        self._messages: deque[tuple[float, str | bytes]] = deque()
        self._arrival: asyncio.Future[None] | None = None

    def put(self, message: str | bytes) -> None:
        self._messages.append((asyncio.get_running_loop().time(), message))
        self._wake()

    def end(self, code: int, reason: str) -> None:
        if self.gone is None:
            self.gone = Closed(code, reason)
            self.left.set()
            self._wake()

    def check(self) -> None:
        if self.gone is not None:
            raise Closed(self.gone.code, self.gone.reason)

    async def take(self) -> tuple[float, str | bytes]:
        while not self._messages:
            self.check()
            if self._arrival is not None:
                raise RuntimeError("two tasks receive from one connection")
            self._arrival = asyncio.get_running_loop().create_future()
            try:
                await self._arrival
            finally:
                self._arrival = None
        return self._messages.popleft()

    def _wake(self) -> None:
        if self._arrival is not None and not self._arrival.done():
            self._arrival.set_result(None)


class MemoryConnection:
    """One end of a pair; behaves like a WebSocket connection on a perfect network.

    What one side sends has arrived at the other at once. What had arrived before a close or a
    cut can still be read after it, as on a socket.
    """

    def __init__(self, handshake: Handshake, inbox: _Inbox, outbox: _Inbox) -> None:
        self.handshake = handshake
        self.arrived_at = 0.0
        self.pings = inbox.pings
        self._inbox, self._outbox = inbox, outbox

    @property
    def closed_by_peer(self) -> int | None:
        """The code that the connection was closed with, unless it was cut: both sides say it."""
        gone = self._inbox.gone
        silent = gone is None or gone.code == NO_CLOSE_FRAME or "close frame" in self._outbox.lax
        return None if gone is None or silent else gone.code

    async def send(self, text: str) -> None:
        """Send one text message; raise Closed when the connection is gone."""
        self.send_raw(text)

    @property
    def idle(self) -> bool:
        """Tell whether the connection is open: what one side sends has arrived at once."""
        return self._inbox.gone is None

    def post(self, text: str) -> None:
        """Send one text message; raise Closed when the connection is gone."""
        self.send_raw(text)

    async def emit(self, data: Data) -> None:
        """Send a message of any form, its fragments in one: a perfect network joins them.

        A breach of the protocol fails the connection, as a library does, unless the peer is lax.
        """
        if isinstance(data, Breach):
            if data.kind not in self._outbox.lax:
                await self.close(data.code, str(data))
                return
            data = data.text
        if isinstance(data, Interrupted) and "interruptions" in self._outbox.lax:
            await self.close(1002, "a ping between two fragments")
            return
        if not isinstance(data, tuple):
            self.send_raw(data)
            return
        for part in data if "fragments" in self._outbox.lax else ("".join(data),):
            self.send_raw(part)

    def send_raw(self, message: str | bytes) -> None:
        """Send any message, a binary one for bytes; raise Closed when the connection is gone."""
        self._inbox.check()
        self._outbox.put(message)

    async def receive(self) -> str | bytes:
        """Return the next message without yielding if it is there; raise Closed."""
        self.arrived_at, message = await self._inbox.take()
        return message

    async def ping(self, data: bytes | None = None) -> None:
        """Return after the tasks that were ready have run, as a pong takes time; raise Closed."""
        self._inbox.check()
        self._outbox.pings.note()
        if self._outbox.muted:
            await self._inbox.left.wait()
        await asyncio.sleep(0)
        short = "ping data" in self._outbox.lax and len(data or b"") > LONGEST_PONG
        if short or "pings" in self._outbox.lax:
            await self.wait_closed()  # nobody answers
        self._inbox.check()

    def mute(self) -> None:
        """Send no pong any more."""
        self._inbox.muted = True

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close both ends; the peer reads the code and the reason."""
        self._inbox.end(code, reason)
        self._outbox.end(code, reason)

    async def wait_closed(self) -> None:
        """Return when the connection is gone, whoever closed it."""
        await self._inbox.left.wait()

    def abort(self) -> None:
        """Cut both ends, without a code."""
        self._inbox.end(NO_CLOSE_FRAME, "cut by the tool")
        self._outbox.end(NO_CLOSE_FRAME, "no close frame")


def pair(
    identity: str,
    subprotocol: str,
    *,
    tls: TlsSeen | None = None,
    basic: Basic | None = None,
    lax: Collection[str] = (),
    compressed: bool = False,
    path: str = "",
    offered: Sequence[str] = (),
) -> tuple[MemoryConnection, MemoryConnection]:
    """Return the station's end and the CSMS's end of one connection.

    `lax` are the kinds of breaches that are taken for messages, and what else of RFC 6455 is not
    kept: "fragments" are messages of their own, "interruptions" by a ping fail the connection,
    "pings" get no pong, not all the "ping data" come back, and no "close frame" answers another.
    A `compressed` one says so.
    `path` and `offered` are those of the request, if not the usual ones.
    """
    handshake = Handshake(
        path=path or f"/{identity}",
        identity=identity,
        offered=tuple(offered) or (subprotocol,),
        chosen=subprotocol,
        tls=tls,
        basic=basic,
        response_headers=(("Sec-WebSocket-Extensions", DEFLATE),) if compressed else (),
    )
    station, csms = _Inbox(lax), _Inbox(lax)
    return MemoryConnection(handshake, station, csms), MemoryConnection(handshake, csms, station)


class MemoryListener:
    """A server without a network: `connect` is what a station does to it.

    A second connection replaces the first, and while `refuse()` is true ConnectionRefusedError is
    raised.
    """

    def __init__(
        self,
        identity: str,
        subprotocol: str,
        accept: Callable[[MemoryConnection], Awaitable[None]],
        refuse: Callable[[], bool] = lambda: False,
    ) -> None:
        self._identity, self._subprotocol = identity, subprotocol
        self._accept, self._refuse = accept, refuse
        self._current: MemoryConnection | None = None

    async def connect(self) -> MemoryConnection:
        """Return the station's end of a new connection, when the other end was accepted."""
        if self._refuse():
            raise ConnectionRefusedError("connections are not taken just now")
        station, csms = pair(self._identity, self._subprotocol)
        if self._current is not None:
            await self._current.close(1000, "replaced by a new connection")
        self._current = csms
        await self._accept(csms)
        return station

    async def close(self) -> None:
        """Close the connection there is, as a server does that goes away."""
        if self._current is not None:
            await self._current.close(1001, "going away")
