"""A server's side of TLS, done by ourselves: a handshake that fails is seen, too."""

from __future__ import annotations

import asyncio
import ssl
from asyncio import sslproto
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from websockets.asyncio.server import ServerConnection

from conformance.wire.refusal import address_of
from conformance.wire.tls import TlsSeen, explained, finish, watch


@dataclass
class Guard:
    """Secures each connection with a context of its own, so that its record is its own.

    `context` is asked for each connection: a case may change the certificate between two, or
    want none (None) for as long as the station's security profile has no TLS.
    `told` gets the record of every handshake, with `failure` where it did not succeed.
    """

    context: Callable[[], ssl.SSLContext | None]
    told: Callable[[TlsSeen], None]
    limit: float
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def begin(
        self, connection: GuardedConnection, raw: asyncio.Transport, context: ssl.SSLContext
    ) -> None:
        """Begin the handshake on a connection that has just been made."""
        task = asyncio.get_running_loop().create_task(self._secure(connection, raw, context))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """End the handshakes that are going on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _secure(
        self, connection: GuardedConnection, raw: asyncio.Transport, context: ssl.SSLContext
    ) -> None:
        seen = watch(context)
        seen.address = address_of(raw.get_extra_info("peername"))
        loop = asyncio.get_running_loop()
        seen.began = loop.time()
        try:
            secured = await _start_tls(raw, connection, context, self.limit)
        except OSError as problem:  # ssl.SSLError and TimeoutError are such
            seen.failure, seen.took = explained(problem), loop.time() - seen.began
            self.told(seen)
            raw.abort()
            return
        finish(seen, cast("ssl.SSLObject", secured.get_extra_info("ssl_object")))
        seen.took = loop.time() - seen.began
        self.told(seen)
        connection.secured(secured, seen)


class _Alerting(sslproto.SSLProtocol):
    """Tells the client why it is refused: asyncio drops the alert that OpenSSL has written."""

    def _on_handshake_complete(self, handshake_exc: BaseException | None) -> None:
        if handshake_exc is not None:
            self._process_outgoing()  # type: ignore[attr-defined]
        super()._on_handshake_complete(handshake_exc)


async def _start_tls(
    raw: asyncio.Transport,
    connection: asyncio.Protocol,
    context: ssl.SSLContext,
    limit: float,
) -> asyncio.Transport:
    """Do what the event loop's start_tls does, with alerts."""
    loop = asyncio.get_running_loop()
    waiter = loop.create_future()
    protocol = _Alerting(
        loop,
        connection,
        context,
        waiter,
        server_side=True,
        ssl_handshake_timeout=limit,  # type: ignore[arg-type] # a float is fine
        call_connection_made=False,
    )
    raw.pause_reading()
    raw.set_protocol(protocol)
    loop.call_soon(protocol.connection_made, raw)
    loop.call_soon(raw.resume_reading)
    await waiter
    transport: asyncio.Transport | None = protocol._app_transport  # noqa: SLF001 - as the loop does
    if transport is None:  # cut by ourselves, which asyncio takes for a success
        raise ConnectionAbortedError("the connection was cut")
    return transport


class GuardedConnection(ServerConnection):
    """A connection that is a WebSocket's only once its TLS handshake has succeeded."""

    guard: Guard | None = None
    seen: TlsSeen | None = None
    _made = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Secure the connection first, if it has to be."""
        context = self.guard.context() if self.guard is not None else None
        if self.guard is None or context is None:
            super().connection_made(transport)
            return
        self._early = bytearray()
        self._made = False
        self.guard.begin(self, cast("asyncio.Transport", transport), context)

    @property
    def is_open(self) -> bool:
        """Tell whether what comes now is a WebSocket's, and no handshake's."""
        return self._made

    def secured(self, transport: asyncio.Transport, seen: TlsSeen) -> None:
        """Go on as a WebSocket; what has come with the end of the handshake comes first."""
        self._made, self.seen = True, seen
        super().connection_made(transport)
        if self._early:
            self.data_received(bytes(self._early))

    def data_received(self, data: bytes) -> None:
        """Take bytes of the WebSocket, or keep them until it is one."""
        if self._made:
            super().data_received(data)
        else:
            self._early += data

    def eof_received(self) -> None:
        """Take the end of the stream, if it is a WebSocket's."""
        if self._made:
            super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Take the end of the connection, if it ever was a WebSocket's."""
        if self._made:
            super().connection_lost(exc)
