"""One port for a reference CSMS with TLS and without: the first byte says which it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from typing import Final

LOOPBACK: Final = "127.0.0.1"
_HANDSHAKE: Final = b"\x16"  # the type of a TLS record with a ClientHello
_CHUNK: Final = 65536


@asynccontextmanager
async def one_port(port: int, plain: int, secured: int) -> AsyncIterator[int]:
    """Pass connections on to one of two ports of this machine; yield the port."""
    tasks: set[asyncio.Task[None]] = set()

    def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(_pass_on(reader, writer, plain, secured))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(take, LOOPBACK, port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, plain: int, secured: int
) -> None:
    with closing(writer), suppress(ConnectionError):
        first = await reader.read(1)
        target = secured if first == _HANDSHAKE else plain
        inner, outer = await asyncio.open_connection(LOOPBACK, target)
        with closing(outer):
            outer.write(first)
            await asyncio.gather(_pump(reader, outer), _pump(inner, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with closing(writer), suppress(ConnectionError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
