"""A server of ours with what it took and refused, and raw websockets to talk to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from conformance.wire.secured import Guard
from conformance.wire.server import Server, serve
from conformance.wire.turning import Turned
from conformance.wire.websocket import WebSocketConnection

STATION = "CP 01/é"
QUOTED = "CP%2001%2F%C3%A9"


@dataclass
class Taken:
    """What happened at a server; `refusing` makes it answer 503."""

    connections: asyncio.Queue[WebSocketConnection] = field(default_factory=asyncio.Queue)
    refused: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    refusing: bool = False

    async def accept(self, connection: WebSocketConnection) -> None:
        """Keep the connection, and return: it stays open."""
        await self.connections.put(connection)


@asynccontextmanager
async def listening(
    *,
    subprotocol: str = "ocpp2.0.1",
    password: bytes | None = None,
    max_size: int = 2**20,
    guard: Guard | None = None,
    turned: Turned | None = None,
) -> AsyncIterator[tuple[Server, Taken]]:
    """Run a server for STATION on any free port."""
    taken = Taken()
    server = await serve(
        "127.0.0.1",
        0,
        subprotocol=subprotocol,
        identity=STATION,
        accept=taken.accept,
        refuse=lambda: taken.refusing,
        credentials=lambda: None if password is None else (STATION, password),
        on_refused=lambda refusal: taken.refused.put_nowait(str(refusal)),
        max_size=max_size,
        guard=guard,
        turned=turned,
    )
    try:
        yield server, taken
    finally:
        await server.close()
