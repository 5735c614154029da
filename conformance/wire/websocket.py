"""A WebSocket connection of the `websockets` package as a Connection of ours, for both sides."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from collections import deque
from collections.abc import AsyncIterator, Iterable
from typing import Any, Final, TypeGuard

from websockets.asyncio.connection import Connection as Socket
from websockets.exceptions import ConnectionClosed
from websockets.frames import DATA_OPCODES, Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import Side, State

from conformance.wire.breaches import Breach
from conformance.wire.connection import Basic, Closed, Data, Handshake, Interrupted
from conformance.wire.frames import Finding
from conformance.wire.pings import Pings
from conformance.wire.tls import TlsSeen

MAX_SIZE: Final = 4 * 2**20
"""The longest message that is taken, in bytes: OCPP has no limit, the tool's memory has."""

MAX_QUEUE: Final = 2**16
"""So many messages may wait to be read before the pongs behind them wait, too."""

CLOSE_TIMEOUT: Final = 2.0
"""Seconds that a peer has to answer a close frame."""

NO_CLOSE_FRAME: Final = 1006

# websockets aborts the transport of a connection that is closing; on one that has just closed by
# itself, asyncio of Python 3.11 raises AttributeError.
_GONE: Final = (ConnectionClosed, AttributeError)
_SECRET_HEADERS: Final = ("authorization", "proxy-authorization", "cookie", "set-cookie")

LOGGER: Final = logging.getLogger("conformance.wire.websockets")
LOGGER.setLevel(logging.INFO)  # at DEBUG, websockets would log the Authorization header
# Who was not let in is told by the server itself, and not once for each attempt.
LOGGER.addFilter(lambda record: record.levelno > logging.INFO or record.msg == "connection open")

_BROKEN: Final = {
    1002: ("websocket", "the peer broke the WebSocket protocol", "RFC 6455, 5", True),
    1007: ("utf-8", "a text message is not encoded as UTF-8", "RFC 6455, 8.1", True),
    1009: ("message-size", "a message is larger than the tool takes", "no limit in OCPP", False),
}


class BrokenByPeer(Closed):
    """The connection was closed by us because of what came; `finding` says what it was."""

    def __init__(self, code: int, reason: str, finding: Finding) -> None:
        super().__init__(code, reason)
        self.finding = finding


class TimedSocket(Socket):
    """A connection of the `websockets` package that knows when each message was complete."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed through
        super().__init__(*args, **kwargs)
        self.arrivals: deque[float] = deque()
        self.pings: Final = Pings()

    def process_event(self, event: Any) -> None:  # noqa: ANN401 - the package's own union
        """Note the time of a ping, and of the last frame of a message, as it comes in."""
        if isinstance(event, Frame) and event.opcode in DATA_OPCODES and event.fin:
            self.arrivals.append(self.loop.time())
        if isinstance(event, Frame) and event.opcode is Opcode.PING:
            self.pings.note()
        super().process_event(event)


class WebSocketConnection:
    """A Connection over a real socket; `receive` takes what has arrived without yielding."""

    def __init__(self, ws: TimedSocket, handshake: Handshake) -> None:
        self.handshake = handshake
        self.arrived_at = 0.0
        self.pings = ws.pings
        self.socket: Final = ws
        """The connection of the `websockets` package, for cases about the lower layers."""
        self._cut = False

    @property
    def closed_by_peer(self) -> int | None:
        """The code of the peer's close frame (1005 for none in it), if one has come."""
        received = self.socket.protocol.close_rcvd
        return None if received is None else received.code

    async def send(self, text: str) -> None:
        """Send one text message; raise Closed when the connection is gone."""
        try:
            await self.socket.send(text)
        except _GONE as gone:
            raise self._told(gone) from None

    @property
    def idle(self) -> bool:
        """Tell whether the connection is open, and nothing waits for the peer to read it."""
        transport = self.socket.transport
        waiting = transport.is_closing() or transport.get_write_buffer_size()
        return self.socket.state is State.OPEN and not waiting

    def post(self, text: str) -> None:
        """Send one text message over an idle connection, without a wait for the peer to read it.

        No message in fragments may be under way.
        """
        self.socket.protocol.send_text(text.encode())
        for data in self.socket.protocol.data_to_send():
            self.socket.transport.write(data)

    async def emit(self, data: Data) -> None:
        """Send a message of any form; raise Closed when the connection is gone."""
        if isinstance(data, Breach):
            self._break(data)
            return
        try:
            await self.socket.send(self._interrupted(data) if _has_pings(data) else data)
        except _GONE as gone:
            raise self._told(gone) from None

    async def receive(self) -> str | bytes:
        """Return the next message (bytes for a binary one); raise Closed when there is none.

        Closed is BrokenByPeer, with code 1002, 1007 or 1009, where the peer is to blame.
        """
        try:
            message = await self.socket.recv()
        except _GONE as gone:
            raise self._told(gone) from None
        self.arrived_at = self.socket.arrivals.popleft()
        return message

    def _break(self, breach: Breach) -> None:
        if self.socket.state is not State.OPEN:
            raise Closed(NO_CLOSE_FRAME, "the connection is gone")
        client = self.socket.protocol.side is Side.CLIENT
        compressed = bool(self.socket.protocol.extensions)
        self.socket.transport.write(breach.frame(client=client, compressed=compressed))

    async def _interrupted(self, parts: tuple[str, ...]) -> AsyncIterator[str]:
        for place, part in enumerate(parts):
            if place:
                await self.socket.ping()
            yield part

    async def ping(self, data: bytes | None = None) -> None:
        """Return when the peer's pong is there; raise Closed. The caller sets the time limit."""
        try:
            await (await self.socket.ping(data))
        except _GONE as gone:
            raise self._told(gone) from None

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close with a close frame, waiting at most CLOSE_TIMEOUT for the peer's.

        Where the peer does not even read, so that no close frame can leave, it is cut off.
        """
        try:
            async with asyncio.timeout(2 * CLOSE_TIMEOUT):
                await self.socket.close(code, reason)
        except TimeoutError:
            self.abort()
        except AttributeError as gone:
            if not isinstance(self._told(gone), Closed):
                raise

    def mute(self) -> None:
        """Take and send nothing any more, not even a pong, as one that the network has lost."""
        self.socket.transport.pause_reading()

    async def wait_closed(self) -> None:
        """Return when the connection is gone, whoever closed it."""
        await self.socket.wait_closed()

    def abort(self) -> None:
        """Cut the connection at once: a TCP reset, without a close frame."""
        self._cut = True
        sock = self.socket.transport.get_extra_info("socket")
        if sock is None or sock.fileno() < 0:
            return  # gone already
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.transport.abort()

    def _told(self, gone: Exception) -> Exception:
        if isinstance(gone, ConnectionClosed):
            return self._closed(gone)
        closed = self.socket.state is State.CLOSED
        return self._closed(self.socket.protocol.close_exc) if closed else gone

    def _closed(self, gone: ConnectionClosed) -> Closed:
        theirs, ours = gone.rcvd, gone.sent
        if theirs is not None and (ours is None or gone.rcvd_then_sent):
            return Closed(theirs.code, theirs.reason)
        if ours is None:
            return Closed(NO_CLOSE_FRAME, "cut by the tool" if self._cut else _cause(gone))
        if ours.code in _BROKEN:
            rule, text, source, fatal = _BROKEN[ours.code]
            detail = f"{text}: {ours.reason}" if ours.reason else text
            finding = Finding(rule, "message", f"{detail} ({source})", fatal=fatal)
            return BrokenByPeer(ours.code, detail, finding)
        return Closed(ours.code, ours.reason)


def _has_pings(data: Data) -> TypeGuard[Interrupted]:
    return isinstance(data, Interrupted)


def handshake_of(
    ws: Socket,
    identity: str,
    request: Request,
    response: Response,
    seen: TlsSeen | None,
    basic: Basic | None = None,
) -> Handshake:
    """Return the upgrade as it went over the wire, without its secrets."""
    offered = [
        name.strip()
        for value in request.headers.get_all("Sec-WebSocket-Protocol")
        for name in value.split(",")
    ]
    return Handshake(
        path=request.path.partition("?")[0],  # what follows may hold a token
        identity=identity,
        offered=tuple(offered),
        chosen=ws.subprotocol,
        request_headers=_redacted(request.headers.raw_items()),
        response_headers=_redacted(response.headers.raw_items()),
        remote=_address(ws.remote_address),
        tls=seen,
        basic=basic,
        local=_host(ws.local_address),
    )


def _redacted(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, "(redacted)" if name.lower() in _SECRET_HEADERS else value)
        for name, value in headers
    )


def _address(peer: object) -> str:
    match peer:
        case (str() as host, int() as port, *_):
            return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return ""


def _host(own: object) -> str:
    match own:
        case (str() as host, int(), *_):
            return host.removeprefix("::ffff:")  # IPv4 on a socket for both
    return ""


def _cause(gone: ConnectionClosed) -> str:
    cause = gone.__cause__
    if isinstance(cause, asyncio.CancelledError) or cause is None:
        return "no close frame"
    return str(cause) or type(cause).__name__
