"""The WebSocket side of the reference systems: OCPP-J handshakes, and a connection as a Wire."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from typing import Any, TypeAlias

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.connection import Connection
from websockets.asyncio.server import ServerConnection, serve
from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.typing import Subprotocol

from conformance.reference.credentials import Credentials
from conformance.reference.front import LOOPBACK, one_port
from conformance.reference.gate import Gate, Shown
from conformance.reference.offer import Offer
from conformance.reference.socket_faults import making
from conformance.reference.spoiling import Binary
from conformance.reference.wire import Dial, Wire

Serve: TypeAlias = Callable[[Wire, str], Awaitable[None]]
Choose: TypeAlias = Callable[[Sequence[str]], str | None]
_PATH = "/ocpp/"
PONG_SECONDS = 3.0
_CLOSE_SECONDS = 2.0
_UNAUTHORIZED = 401


class WebSocketWire:
    """A websockets connection as a Wire.

    OCPP has no binary messages (4.1.2): they are ignored. A `lax` one takes them, and text in any
    encoding.
    """

    def __init__(self, connection: Connection, *, lax: bool = False) -> None:
        self._connection, self._lax = connection, lax

    async def send(self, text: str) -> None:
        """Send one message; raise ConnectionError when the connection is gone."""
        protocol, transport = self._connection.protocol, self._connection.transport
        waiting = transport.is_closing() or transport.get_write_buffer_size()
        if protocol.state is State.OPEN and not waiting:
            # The peer reads: nothing has to be waited for, and thousands are sent in a second.
            protocol.send_text(text.encode())
            for data in protocol.data_to_send():
                transport.write(data)
            return
        try:
            await self._connection.send(text.encode() if isinstance(text, Binary) else text)
        except ConnectionClosed as error:
            raise ConnectionError(str(error)) from error

    async def recv(self) -> str:
        """Return the next message; raise ConnectionError when the connection is gone."""
        while True:
            try:
                # Not decoded by the package, bytes stand for both kinds of messages.
                message = await self._connection.recv(decode=False if self._lax else None)
            except ConnectionClosed as error:
                raise ConnectionError(str(error)) from error
            if isinstance(message, str):
                return message
            if self._lax:
                return message.decode("utf-8", "replace")

    async def ping(self) -> None:
        """See that the other side is there; raise ConnectionError when it is not."""
        try:
            async with asyncio.timeout(PONG_SECONDS):
                await (await self._connection.ping())
        except TimeoutError as error:
            self._connection.transport.abort()  # nobody would answer a close frame either
            raise ConnectionError(f"no pong: {error}") from error
        except ConnectionClosed as error:
            raise ConnectionError(f"no pong: {error}") from error

    async def close(self) -> None:
        """Close the connection; closing twice is no error."""
        await self._connection.close()


def connector(
    url: str,
    identity: str,
    offer: Offer,
    credentials: Credentials,
    *,
    wrong: Collection[str] = (),
    any_version: bool = False,
) -> Dial:
    """Return what opens connections below `url` with the credentials of the moment.

    `wrong` are `socket_faults.habits`.
    """
    made = _of_any_version if any_version else ClientConnection

    async def dial() -> Wire:
        try:
            connection = await connect(
                f"{credentials.scheme(url).rstrip('/')}/{offer.path}",
                subprotocols=[Subprotocol(name) for name in offer.subprotocols],
                additional_headers=credentials.headers(identity),
                proxy=None,
                compression="deflate" if offer.compression else None,
                ping_interval=None,  # a station has a variable for it, and does it itself
                close_timeout=_CLOSE_SECONDS,
                ssl=credentials.context(),
                create_connection=making(made, wrong),  # type: ignore[arg-type] # called like the class
            )
        except (OSError, WebSocketException) as error:
            if isinstance(error, InvalidStatus) and error.response.status_code == _UNAUTHORIZED:
                credentials.challenged()
            raise ConnectionError(str(error)) from error
        if offer.insists and not connection.protocol.extensions:
            await connection.close()
            raise ConnectionError("no compression")
        return WebSocketWire(connection, lax="binary" in wrong)

    return dial


def _of_any_version(protocol: ClientProtocol, **settings: Any) -> ClientConnection:  # noqa: ANN401
    """Make a connection that does not look at which subprotocol was chosen."""
    protocol.process_subprotocol = lambda *_: None  # type: ignore[method-assign]
    return ClientConnection(protocol, **settings)


@asynccontextmanager
async def listener(
    serve_station: Serve,
    choose: Choose,
    port: int,
    gate: Gate,
    *,
    wrong: Collection[str] = (),
    compresses: bool = False,
) -> AsyncIterator[int]:
    """Listen on loopback and serve each station that `gate` admits; yield the port.

    `choose` picks one of the subprotocols that a station offers. With a certificate there is TLS
    on the port, too, for the stations that use it.
    """
    context = gate.context()

    async def serve_socket(connection: Connection, identity: str) -> None:
        await serve_station(WebSocketWire(connection, lax="binary" in wrong), identity)

    served = _serving(serve_socket, choose, gate, wrong=wrong, compresses=compresses)
    async with AsyncExitStack() as stack:
        if context is None:
            yield await stack.enter_async_context(served(port, None))
            return
        plain = await stack.enter_async_context(served(0, None))
        secured = await stack.enter_async_context(served(0, context))
        yield await stack.enter_async_context(one_port(port, plain, secured))


def _serving(
    serve_socket: Callable[[Connection, str], Awaitable[None]],
    choose: Choose,
    gate: Gate,
    *,
    wrong: Collection[str],
    compresses: bool,
) -> Callable[[int, ssl.SSLContext | None], AbstractAsyncContextManager[int]]:
    def screen(connection: ServerConnection, request: Request) -> Response | None:
        refusal = _refusal(gate, connection, request)
        if refusal is None:
            return None
        response = connection.respond(refusal[0], refusal[1])
        if refusal[0] == HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = 'Basic realm="ocpp"'
        return response

    def select(_: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
        chosen = choose(offered)
        return Subprotocol(chosen) if chosen is not None else None

    async def handle(connection: ServerConnection) -> None:
        # Without a version in common the handshake succeeds and the connection is closed at once
        # (OCPP-J 1.6, section 3.1.2).
        if connection.subprotocol and connection.request:
            await serve_socket(connection, gate.identity(_last_part(connection.request.path)))
        elif "stays-without-version" in gate.shared:
            await connection.wait_closed()

    @asynccontextmanager
    async def served(port: int, context: ssl.SSLContext | None) -> AsyncIterator[int]:
        async with serve(
            handle,
            LOOPBACK,
            port,
            process_request=screen,
            select_subprotocol=select,
            compression="deflate" if compresses else None,
            create_connection=making(ServerConnection, wrong),  # type: ignore[arg-type] # as above
            ping_interval=None,
            close_timeout=_CLOSE_SECONDS,
            ssl=context,
        ) as server:
            yield next(iter(server.sockets)).getsockname()[1]

    return served


def _refusal(
    gate: Gate, connection: ServerConnection, request: Request
) -> tuple[HTTPStatus, str] | None:
    """Return with which status an upgrade is refused, and why; None where it is not."""
    if not request.path.startswith(_PATH) or request.path == _PATH:
        return HTTPStatus.NOT_FOUND, "no station has this path\n"
    if "Sec-WebSocket-Extensions" in request.headers and "refuses-extensions" in gate.shared:
        return HTTPStatus.BAD_REQUEST, "no extension is known\n"
    identity = gate.identity(_last_part(request.path))
    if not gate.recognises(identity):
        return HTTPStatus.NOT_FOUND, "nobody knows this station\n"
    if not gate.admits(identity, _shown(connection, request)):
        return HTTPStatus.UNAUTHORIZED, "wrong credentials\n"
    return None


def _shown(connection: ServerConnection, request: Request) -> Shown:
    tls = connection.transport.get_extra_info("ssl_object")
    return Shown(
        authorization=request.headers.get("Authorization", ""),
        secured=tls is not None,
        certificate=tls.getpeercert(binary_form=True) if tls is not None else None,
    )


def _last_part(path: str) -> str:
    return path.partition("?")[0].removeprefix(_PATH)
