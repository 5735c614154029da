"""What is wrong with the WebSocket frames that a system takes shows on a socket, on both sides."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.connection import Connection
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.protocol import Side

from conformance.reference.socket_faults import LONGEST_PONG, SOCKET, habits, making
from conformance.reference.websocket import WebSocketWire
from conformance.wire.breaches import Breach
from conformance.wire.memory import LONGEST_PONG as LONGEST_IN_MEMORY

Attack: TypeAlias = Callable[[Connection], Awaitable[object]]
ENDED = "the connection has ended"
SIDES = ["client", "server"]


async def _echo(connection: Connection, fault: str) -> None:
    """Be a system with a fault that sends back what it takes for a message."""
    wire = WebSocketWire(connection, lax="binary" in habits([fault]))
    try:
        while True:
            await wire.send(await wire.recv())
    except ConnectionError:
        await wire.close()


def attacked(fault: str, side: str, attack: Attack) -> object:
    """Return what an attack finds at a system that is the client, or the server."""
    found: asyncio.Future[object]
    wrong = habits([fault])

    async def tried(connection: Connection) -> None:
        try:
            found.set_result(await attack(connection))
        except ConnectionClosed:
            found.set_result(ENDED)

    async def handle(connection: ServerConnection) -> None:
        await (_echo(connection, fault) if side == "server" else tried(connection))

    async def main() -> object:
        nonlocal found
        found = asyncio.get_running_loop().create_future()
        faulty: Any = making(ServerConnection if side == "server" else ClientConnection, wrong)
        serving = {"create_connection": faulty} if side == "server" else {}
        dialing = {"create_connection": faulty} if side == "client" else {}
        async with serve(handle, "127.0.0.1", 0, **serving) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            async with connect(f"ws://127.0.0.1:{port}/", proxy=None, **dialing) as connection:
                await (tried(connection) if side == "server" else _echo(connection, fault))
            return await found

    return asyncio.run(main())


def breach(kind: str) -> Attack:
    async def attack(connection: Connection) -> object:
        client = connection.protocol.side is Side.CLIENT
        extended = bool(connection.protocol.extensions)
        told = Breach(kind, f"{kind}, " + "x" * 200)  # type: ignore[arg-type] # one of them
        connection.transport.write(told.frame(client=client, compressed=extended))
        answer = str(await connection.recv())
        await connection.send("short")
        return answer.partition(",")[0], await connection.recv()

    return attack


async def _bytes(connection: Connection) -> object:
    await connection.send(b"\xff")
    await connection.send("text")
    return await connection.recv()


async def _parts(connection: Connection) -> object:
    await connection.send(["one, ", "two"])
    return await connection.recv()


async def _interrupted(connection: Connection) -> object:
    async def parts() -> object:
        yield "one, "
        await connection.ping()
        yield "two"

    await connection.send(parts())  # type: ignore[arg-type] # an iterator of texts
    return await connection.recv()


def ponged(size: int) -> Attack:
    async def attack(connection: Connection) -> object:
        pong = asyncio.ensure_future(await connection.ping(b"x" * size))
        await connection.send("text")
        await connection.recv()
        came = pong.done()
        pong.cancel()
        return came

    return attack


async def _closed(connection: Connection) -> object:
    await connection.close()
    return connection.protocol.close_rcvd is not None


FOUND: dict[str, list[tuple[Attack, object, object]]] = {
    "takes-any-data": [(_bytes, "text", "\N{REPLACEMENT CHARACTER}")],
    "takes-any-frame": [
        (breach(kind), ENDED, (kind, "short")) for kind in ("reserved bit", "opcode", "masking")
    ],
    "splits-messages": [(_parts, "one, two", "one, ")],
    "fails-on-interruption": [(_interrupted, "one, two", ENDED)],
    "no-pong": [(ponged(1), True, False)],
    "short-pongs": [
        (ponged(LONGEST_PONG), True, True),
        (ponged(LONGEST_PONG + 1), True, False),
    ],
    "no-close-frame": [(_closed, True, False)],
}


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("fault", SOCKET)
def test_a_fault_shows_and_nothing_shows_without_it(fault: str, side: str) -> None:
    for attack, right, wrong in FOUND[fault]:
        assert attacked("", side, attack) == right
        assert attacked(fault, side, attack) == wrong


def test_a_pong_is_as_short_in_memory_as_on_a_socket() -> None:
    assert LONGEST_PONG == LONGEST_IN_MEMORY
