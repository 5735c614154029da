"""The WebSocket server that a station under test connects to."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from websockets.asyncio import server as ws_server
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from conformance.wire.basic import read
from conformance.wire.connection import Basic
from conformance.wire.lobby import Lobby
from conformance.wire.refusal import Kind, Refusal, address_of, short
from conformance.wire.secured import Guard, GuardedConnection
from conformance.wire.turning import FOREIGN, Outcome, Turned, Turning, watch
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
_OF_THE_GATE = {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE}


@dataclass(frozen=True, kw_only=True)
class _Gate:
    """Who is let in; every other attempt is told to `on_refused`."""

    subprotocol: str
    identity: str
    refuse: Callable[[], bool]
    credentials: Callable[[], tuple[str, bytes] | None]
    on_refused: Callable[[Refusal], None]
    turned: Turned
    compresses: Callable[[str], bool]

    def process_request(self, ws: ServerConnection, request: Request) -> Response | None:
        """Return the refusal of an upgrade, or None to go on."""
        identity = identity_of(request.path)
        if identity != self.identity:
            # Part 4 and OCPP-J 1.6, 3.2: an unknown station gets 404.
            said = f"a station with id {short(identity)!r} was refused"
            text = f"{said}: this run is for {self.identity!r}"
            return self._refused(ws, HTTPStatus.NOT_FOUND, "another id", text)
        wrong = self._wrong_credentials(request)
        if wrong:  # of a station that is turned away, too: it has to show them in every request
            text = f"station {identity!r} was refused with 401: {wrong}"
            response = self._refused(ws, HTTPStatus.UNAUTHORIZED, "wrong credentials", text)
            response.headers["WWW-Authenticate"] = 'Basic realm="OCPP"'
            return response
        if not self.compresses(self.subprotocol):
            ws.protocol.available_extensions = []
        return self._turn_away(ws, identity) if self.refuse() else None

    def select(self, _: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
        """Choose ours if it is offered; otherwise the upgrade goes without one (3.2)."""
        ours = Subprotocol(self.subprotocol)
        return ours if ours in offered and not self.refuse() else None

    def process_response(self, ws: ServerConnection, _: Request, response: Response) -> None:
        """Tell of a request that is HTTP, and asks for no WebSocket."""
        asked = response.status_code == HTTPStatus.SWITCHING_PROTOCOLS
        if not asked and response.status_code not in _OF_THE_GATE:
            why = short(str(ws.protocol.handshake_exc))
            text = f"a connection was refused: it is no WebSocket upgrade ({why})"
            self.tell(ws, "no WebSocket upgrade", text)
        if asked and self.refuse() and self.turned.how is Turning.ANOTHER_VERSION:
            response.headers["Sec-WebSocket-Protocol"] = FOREIGN

    def tell(self, ws: ServerConnection, kind: Kind, text: str) -> None:
        """Tell of one attempt that is refused."""
        self.on_refused(Refusal(kind=kind, address=address_of(ws.remote_address), text=text))

    def _turn_away(self, ws: ServerConnection, identity: str) -> Response | None:
        how = self.turned.how
        if how.status is None:
            return None  # the upgrade is completed first
        self.turned.tell(Outcome.TURNED_AWAY)
        said = f"station {identity!r} was refused with {how.status.value}"
        text = f"{said}: connections are not taken just now"
        response = self._refused(ws, how.status, "not taken just now", text)
        if how is Turning.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = 'Basic realm="OCPP"'
        return response

    def _refused(self, ws: ServerConnection, status: HTTPStatus, kind: Kind, text: str) -> Response:
        self.tell(ws, kind, text)
        return ws.respond(status, f"{status.phrase}\n")

    def _wrong_credentials(self, request: Request) -> str:
        wanted = self.credentials()
        if wanted is None:
            return ""
        headers = request.headers.get_all("Authorization")
        if not headers:
            return "it sent no Authorization header"
        given = read(headers[0]) if len(headers) == 1 else None
        if given is None:
            return "its Authorization header is not HTTP Basic"
        user, password = wanted
        # Both are compared, and at an equal pace: how long it takes tells nothing (RFC 7617, 4).
        known = hmac.compare_digest(given[0], user.encode())
        right = hmac.compare_digest(given[1], password)
        if not known:
            return f"its user name is not {user!r}"
        if not right and given[1].lower() == password.hex().encode():
            return "its password is the hexadecimal digits, not the bytes that they stand for"
        return "" if right else "its password is wrong"


@dataclass
class Server:
    """A listening server: `url` is what a station is configured with, without its id."""

    port: int
    url: str
    _ws: ws_server.Server
    _guard: Guard | None

    async def close(self) -> None:
        """Stop listening, and close the connections there are with code 1001."""
        self._ws.close()
        if self._guard is not None:
            await self._guard.settle()
        await self._ws.wait_closed()


@dataclass
class _Doors:
    """Hands each connection over, a second one of the station, too."""

    gate: _Gate
    accept: Callable[[WebSocketConnection], Awaitable[None]]
    lobby: Lobby

    async def handle(self, ws: ServerConnection) -> None:
        if ws.request is None or ws.response is None or not isinstance(ws, _Incoming):
            raise RuntimeError("a connection without its handshake")
        self.lobby.leave(ws.raw)
        seen = ws.seen if isinstance(ws, GuardedConnection) else None
        identity = identity_of(ws.request.path)
        basic = basic_of(ws.request)
        handshake = handshake_of(ws, identity, ws.request, ws.response, seen, basic)
        if self.gate.refuse():
            await self._turn_away(WebSocketConnection(ws, handshake))
            return
        if handshake.chosen is None:
            # OCPP-J 1.6 and Part 4, 3.2: upgrade without the header, then close.
            offered = ", ".join(handshake.offered) or "none"
            text = (
                f"station {handshake.identity!r} was refused: it offers the subprotocols "
                f"{short(offered)}, this run needs {self.gate.subprotocol}"
            )
            self.gate.tell(ws, "no common subprotocol", text)
            await ws.close(_PROTOCOL_ERROR, "no common subprotocol")
            return
        connection = WebSocketConnection(ws, handshake)
        await self.accept(connection)
        await connection.wait_closed()

    async def _turn_away(self, connection: WebSocketConnection) -> None:
        turned = self.gate.turned
        if turned.how is Turning.ANOTHER_VERSION:
            turned.tell(await watch(connection, turned.limit))
            return
        turned.tell(Outcome.TURNED_AWAY)
        await connection.close(_PROTOCOL_ERROR, "no common subprotocol")


class _Incoming(GuardedConnection, TimedSocket):
    """Tells what was no WebSocket upgrade at all, such as TLS on a port without."""

    told: Callable[[Refusal], None]
    lobby: Lobby
    raw: asyncio.BaseTransport | None = None  # below TLS, if there is TLS
    _spoke = _refused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait with the others until the upgrade."""
        if self.raw is None:
            self.raw = transport
            self.lobby.enter(transport)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Say at once why there is no request, and do not wait for the other side to hang up."""
        self._spoke = True
        if self.is_open and self.request is None and data.startswith(_TLS):
            self._no_upgrade("TLS on a port without TLS")
            return
        super().data_received(data)
        wrong = self.protocol.handshake_exc
        if self.request is None and wrong is not None and not self.transport.is_closing():
            self._no_upgrade(ascii(str(wrong.__cause__ or wrong)[:100]))

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell of a request that never came to its end."""
        if self.is_open and self.request is None and self._spoke:
            self._no_upgrade("it ends within its request")
        self.lobby.leave(self.raw)
        super().connection_lost(exc)

    def _no_upgrade(self, why: str) -> None:
        if not self._refused:
            self._refused = True
            address = address_of(self.transport.get_extra_info("peername"))
            text = f"a connection was refused: it is no WebSocket upgrade ({why})"
            self.told(Refusal(kind="no WebSocket upgrade", address=address, text=text))
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
    on_refused: Callable[[Refusal], None],
    guard: Guard | None = None,
    turned: Turned | None = None,
    compresses: Callable[[str], bool] = lambda name: name != "ocpp1.6",
    max_size: int = MAX_SIZE,
) -> Server:
    """Listen for one station and hand every connection of it to `accept`.

    The station is known by the last part of the path, percent-decoded; another one gets 404.
    With other `credentials()` than this user and password it gets 401; while `refuse()` is true
    503, or what `turned` says; a station that does not offer `subprotocol` is upgraded without
    one and closed.
    `compresses` tells for a subprotocol whether compression is agreed to.
    `on_refused` is told about each of them. What a second connection is for the first, `accept`
    decides. A connection stays open after `accept` has returned. With a `guard` it is TLS.
    `port` 0 takes any free one; `max_size` is in bytes. Raises OSError where it cannot listen.
    """
    gate = _Gate(
        subprotocol=subprotocol,
        identity=identity,
        refuse=refuse,
        credentials=credentials,
        on_refused=on_refused,
        turned=turned or Turned(CLOSE_TIMEOUT),
        compresses=compresses,
    )
    lobby = Lobby()
    doors = _Doors(gate, accept, lobby)

    def incoming(*args: Any, **kwargs: Any) -> _Incoming:  # noqa: ANN401 - passed on
        connection = _Incoming(*args, **kwargs)
        connection.told, connection.guard, connection.lobby = on_refused, guard, lobby
        return connection

    listening = await ws_server.serve(
        doors.handle,
        host,
        port,
        select_subprotocol=gate.select,
        process_request=gate.process_request,
        process_response=gate.process_response,
        create_connection=incoming,  # type: ignore[arg-type] # called like the class
        compression="deflate",
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
    return Server(chosen, url, listening, guard)


def identity_of(path: str) -> str:
    """Return the percent-decoded last part of a request path, without its query."""
    return unquote(path.partition("?")[0].rpartition("/")[2])


def basic_of(request: Request) -> Basic | None:
    """Return what is to be said of a request's HTTP Basic; None where it has none, or two."""
    headers = request.headers.get_all("Authorization")
    given = read(headers[0]) if len(headers) == 1 else None
    if given is None:
        return None
    return Basic(user=given[0].decode("utf-8", "replace"), size=len(given[1]))
