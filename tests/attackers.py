"""What a hostile system does to the tool, on loopback and with an end."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from ssl import SSLContext
from typing import TypeAlias

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.misbehaving import Act
from tests.wire.finds import FINDS

Raw: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OnSocket: TypeAlias = Callable[[ServerConnection], Awaitable[None]]

TEMPLATE = "../../../../tmp/{0.__class__}%s%n$(touch pwned)<script>alert(1)</script>"
HELLO = bytes.fromhex("16030100c8010000c40303") + bytes(190)
TEXTS = [text for text in FINDS.values() if isinstance(text, str) and "\ud800" not in text]


def header(size: int, first: int = 0x81) -> bytes:
    """Return the header of a masked frame of up to 64 KiB, with a mask of zeros."""
    return bytes([first, 0x80 | 126]) + size.to_bytes(2) + bytes(4)


def sends(messages: Sequence[str]) -> Act:
    """Return an act that sends these messages, and waits for nothing."""

    async def act(ws: ClientConnection) -> None:
        for message in messages:
            await ws.send(message)

    return act


def writes(*pieces: bytes) -> Act:
    """Return an act that writes bytes, a piece at a time."""

    async def act(ws: ClientConnection) -> None:
        for piece in pieces:
            ws.transport.write(piece)
            await asyncio.sleep(0)

    return act


async def pings(ws: ClientConnection) -> None:
    """Send pings, and wait for no pong."""
    for number in range(2000):
        await ws.ping(str(number))


def drip(text: str) -> Act:
    """Return an act that sends a message a byte at a time."""
    data = header(len(text)) + text.encode()
    return writes(*(bytes([byte]) for byte in data))


def heartbeat(uid: str) -> str:
    """Return a Heartbeat of 1.6."""
    return json.dumps([2, uid, "Heartbeat", {}])


def huge(size: int, uid: str) -> str:
    """Return a DataTransfer of exactly this size, in bytes."""
    frame = json.dumps([2, uid, "DataTransfer", {"vendorId": "x", "data": ""}])
    return frame.replace('""', f'"{"x" * (size - len(frame))}"')


# From outside: connections that are no station's


def pokes(port: int, data: bytes, count: int, *, wait: bool = False) -> list[socket.socket]:
    """Open connections that send these bytes, and keep them open."""
    opened = []
    for _ in range(count):
        opened.append(socket.create_connection(("127.0.0.1", port), 5))
        with suppress(OSError):
            opened[-1].sendall(data)
            if wait:
                opened[-1].recv(1)
    return opened


# As a CSMS


def says(*pieces: bytes, then: float = 0) -> Raw:
    """Return a server that says this, whatever is asked, and hangs up a little later."""

    async def raw(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        await asyncio.sleep(then)

    return raw


@asynccontextmanager
async def listener(
    ports: list[int], raw: Raw, context: SSLContext | None = None
) -> AsyncIterator[None]:
    """Run a server that does to each connection what it likes, over TLS or not."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        living.add(asyncio.current_task())
        with suppress(OSError):
            await raw(reader, writer)
        writer.transport.abort()

    living: set[asyncio.Task[None] | None] = set()
    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    ports.append(server.sockets[0].getsockname()[1])
    async with server:
        yield
        await asyncio.gather(*filter(None, living), return_exceptions=True)


@asynccontextmanager
async def hostile_csms(ports: list[int], after_boot: OnSocket) -> AsyncIterator[None]:
    """Run a central system that accepts a boot, and then does what it likes."""

    async def handle(ws: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            boot = json.loads(await ws.recv())
            now = "2026-11-25T12:00:00Z"
            accepted = {"status": "Accepted", "currentTime": now, "interval": 300}
            await ws.send(json.dumps([3, boot[1], accepted]))
            await after_boot(ws)
            await ws.wait_closed()

    def select(_: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol:
        return offered[0]

    async with serve(
        handle, "127.0.0.1", 0, select_subprotocol=select, max_size=None, close_timeout=0.2
    ) as server:
        ports.append(next(iter(server.sockets)).getsockname()[1])
        yield
