"""The connections of the reference systems over WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from conformance.reference import websocket
from conformance.reference.wire import Wire


def against(
    answer: Callable[[ServerConnection], Awaitable[None]], act: Callable[[Wire], Awaitable[None]]
) -> None:
    """Do something with the station's end of a connection."""

    async def main() -> None:
        async with serve(answer, "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            async with connect(f"ws://127.0.0.1:{port}/", proxy=None) as connection:
                await act(websocket.WebSocketWire(connection))

    asyncio.run(main())


def test_a_ping_returns_when_the_pong_is_there() -> None:
    async def ping(wire: Wire) -> None:
        await wire.ping()

    against(lambda connection: connection.wait_closed(), ping)


def test_without_a_pong_the_connection_counts_as_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "PONG_SECONDS", 0.05)
    pinged = asyncio.Event()

    async def ping(wire: Wire) -> None:
        with pytest.raises(ConnectionError, match="no pong"):
            await wire.ping()
        pinged.set()

    async def deaf(connection: ServerConnection) -> None:
        connection.transport.pause_reading()
        await pinged.wait()
        connection.transport.abort()

    against(deaf, ping)


def test_a_ping_on_a_closed_connection_fails() -> None:
    async def ping(wire: Wire) -> None:
        await wire.close()
        with pytest.raises(ConnectionError):
            await wire.ping()

    against(lambda connection: connection.wait_closed(), ping)
