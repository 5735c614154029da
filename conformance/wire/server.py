"""The WebSocket server that a station under test connects to."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from websockets.asyncio import server as ws_server
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from conformance.wire.connection import Basic
from conformance.wire.secured import Guard, GuardedConnection
from conformance.wire.websocket import (
    CLOSE_TIMEOUT,
    LOGGER,
    MAX_QUEUE,
    MAX_SIZE,
    TimedSocket,
    WebSocketConnection,
    handshake_of,
)

_PROTOCOL_ERROR = 1002
_TLS = b"\x16\x03"  # how a TLS handshake begins


@dataclass(frozen=True, kw_only=True)
class _Gate:
    """Who is let in; everything that is not is told to `on_refused` in one line."""

    subprotocol: str
    identity: str
    refuse: Callable[[], bool]
    credentials: Callable[[], tuple[str, bytes] | None]
    on_refused: Callable[[str], None]

    def process_request(self, ws: ServerConnection, request: Request) -> Response | None:
        """Return the refusal of an upgrade, or None to go on."""
        identity = identity_of(request.path)
        if identity != self.identity:
            # Part 4 and OCPP-J 1.6, 3.2: an unknown station gets 404.
            text = f"a station with id {identity!r} was refused: this run is for {self.identity!r}"
            return self._refused(ws, HTTPStatus.NOT_FOUND, text)
        if self.refuse():
            text = f"station {identity!r} was refused with 503: connections are not taken just now"
            return self._refused(ws, HTTPStatus.SERVICE_UNAVAILABLE, text)
        wrong = self._wrong_credentials(request)
        if wrong:
            text = f"station {identity!r} was refused with 401: {wrong}"
            response = self._refused(ws, HTTPStatus.UNAUTHORIZED, text)
            response.headers["WWW-Authenticate"] = 'Basic realm="OCPP"'
            return response
        return None

    def select(self, _: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
        """Choose ours if it is offered; otherwise the upgrade goes without one (3.2)."""
        ours = Subprotocol(self.subprotocol)
        return ours if ours in offered else None

    def _refused(self, ws: ServerConnection, status: HTTPStatus, text: str) -> Response:
        self.on_refused(text)
        return ws.respond(status, f"{status.phrase}\n")

    def _wrong_credentials(self, request: Request) -> str:
        wanted = self.credentials()
        if wanted is None:
            return ""
        headers = request.headers.get_all("Authorization")
        if not headers:
            return "it sent no Authorization header"
        given = _basic(headers[0]) if len(headers) == 1 else None
        if given is None:
            return "its Authorization header is not HTTP Basic"
        user, password = wanted
        if not hmac.compare_digest(given[0], user.encode()):
            return f"its user name is not {user!r}"
        return "" if hmac.compare_digest(given[1], password) else "its password is wrong"


@dataclass
class Server:
    """A listening server: `url` is what a station is configured with, without its id."""

    port: int
    url: str
    _ws: ws_server.Server
    _doors: _Doors
    _guard: Guard | None

    async def close(self) -> None:
        """Stop listening, and close the connections there are with code 1001."""
        self._ws.close()
        if self._guard is not None:
            await self._guard.settle()
        await self._ws.wait_closed()
        await self._doors.settle()


@dataclass
class _Doors:
    """Hands each connection over; the newest one of the station is the one that counts."""

    gate: _Gate
    accept: Callable[[WebSocketConnection], Awaitable[None]]
    _current: WebSocketConnection | None = None
    _closing: set[asyncio.Task[None]] = field(default_factory=set)

    async def handle(self, ws: ServerConnection) -> None:
        if ws.request is None or ws.response is None or not isinstance(ws, _Incoming):
            raise RuntimeError("a connection without its handshake")
        seen = ws.seen if isinstance(ws, GuardedConnection) else None
        identity = identity_of(ws.request.path)
        basic = basic_of(ws.request)
        handshake = handshake_of(ws, identity, ws.request, ws.response, seen, basic)
        if handshake.chosen is None:
            # OCPP-J 1.6 and Part 4, 3.2: upgrade without the header, then close.
            offered = ", ".join(handshake.offered) or "none"
            self.gate.on_refused(
                f"station {handshake.identity!r} was refused: it offers the subprotocols "
                f"{offered}, this run needs {self.gate.subprotocol}"
            )
            await ws.close(_PROTOCOL_ERROR, "no common subprotocol")
            return
        connection = WebSocketConnection(ws, handshake)
        if self._current is not None:
            task = asyncio.create_task(self._current.close(1000, "replaced by a new connection"))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
        self._current = connection
        try:
            await self.accept(connection)
            await connection.wait_closed()
        finally:
            if self._current is connection:
                self._current = None

    async def settle(self) -> None:
        await asyncio.gather(*self._closing)


class _Incoming(GuardedConnection, TimedSocket):
    """Tells what was no WebSocket upgrade at all, such as TLS on a port without."""

    told: Callable[[str], None]

    def data_received(self, data: bytes) -> None:
        """Say at once why there is no request, and do not wait for the other side to hang up."""
        if self.is_open and self.request is None and data.startswith(_TLS):
            self._no_upgrade("TLS on a port without TLS")
            return
        super().data_received(data)
        wrong = self.protocol.handshake_exc
        if self.request is None and wrong is not None and not self.transport.is_closing():
            self._no_upgrade(ascii(str(wrong.__cause__ or wrong)[:100]))

    def _no_upgrade(self, why: str) -> None:
        self.told(f"a connection was refused: it is no WebSocket upgrade ({why})")
        self.transport.abort()


async def serve(
    host: str,
    port: int,
    *,
    subprotocol: str,
    identity: str,
    accept: Callable[[WebSocketConnection], Awaitable[None]],
    refuse: Callable[[], bool],
    credentials: Callable[[], tuple[str, bytes] | None],
    on_refused: Callable[[str], None],
    guard: Guard | None = None,
    max_size: int = MAX_SIZE,
) -> Server:
    """Listen for one station and hand every connection of it to `accept`.

    The station is known by the last part of the path, percent-decoded; another one gets 404.
    While `refuse()` is true it gets 503, with other `credentials()` than this user and
    password 401; a station that does not offer `subprotocol` is upgraded without one and closed.
    `on_refused` is told about each of them. A second connection replaces the first one. A
    connection stays open after `accept` has returned. With a `guard` it is TLS. `port` 0 takes
    any free one; `max_size` is in bytes. Raises OSError where it cannot listen.
    """
    gate = _Gate(
        subprotocol=subprotocol,
        identity=identity,
        refuse=refuse,
        credentials=credentials,
        on_refused=on_refused,
    )
    doors = _Doors(gate, accept)

    def incoming(*args: Any, **kwargs: Any) -> _Incoming:  # noqa: ANN401 - passed on
        connection = _Incoming(*args, **kwargs)
        connection.told, connection.guard = on_refused, guard
        return connection

    listening = await ws_server.serve(
        doors.handle,
        host,
        port,
        select_subprotocol=gate.select,
        process_request=gate.process_request,
        create_connection=incoming,  # type: ignore[arg-type] # called like the class
        # Part 4, 3.3: a CSMS has to support it; OCPP-J 1.6 knows nothing of it.
        compression=None if subprotocol == "ocpp1.6" else "deflate",
        ping_interval=None,
        close_timeout=CLOSE_TIMEOUT,
        max_size=max_size,
        max_queue=MAX_QUEUE,
        logger=LOGGER,
    )
    chosen = listening.sockets[0].getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    secured = guard is not None and guard.context() is not None
    url = f"{'wss' if secured else 'ws'}://{shown}:{chosen}"
    return Server(chosen, url, listening, doors, guard)


def identity_of(path: str) -> str:
    """Return the percent-decoded last part of a request path, without its query."""
    return unquote(path.partition("?")[0].rpartition("/")[2])


def basic_of(request: Request) -> Basic | None:
    """Return what is to be said of a request's HTTP Basic; None where it has none, or two."""
    headers = request.headers.get_all("Authorization")
    given = _basic(headers[0]) if len(headers) == 1 else None
    if given is None:
        return None
    return Basic(user=given[0].decode("utf-8", "replace"), size=len(given[1]))


def _basic(header: str) -> tuple[bytes, bytes] | None:
    """Return user name and password of a Basic header; the password may be any bytes."""
    scheme, _, value = header.strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(value.strip(), validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return None
    return (user, password) if colon else None
