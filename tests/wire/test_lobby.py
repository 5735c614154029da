"""A flood of connections that never go on: the oldest are cut, and the station comes in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from conformance.pki.lab import Lab, write
from conformance.wire.lobby import MOST_STRANGERS
from conformance.wire.tls import Side, client_context
from tests.wire.loop import on_loop
from tests.wire.peers import QUOTED, listening
from tests.wire.test_tls import secure, side

MORE = 25
Waiting = list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pki")
    write(Lab(organization="Org", names=["localhost"], serial="SN-1"), folder, kinds=["ecdsa"])
    return folder / "ecdsa"


@asynccontextmanager
async def waiting(port: int, begin: bytes) -> AsyncIterator[Waiting]:
    """Open more connections than may wait, one after the other, and go on with none."""
    opened = []
    for _ in range(MOST_STRANGERS + MORE):
        opened.append(await asyncio.open_connection("127.0.0.1", port))
        opened[-1][1].write(begin)
    try:
        yield opened
    finally:
        for _, writer in opened:
            writer.close()


async def cut(opened: Waiting) -> int:
    """Return how many of these the server has cut, once it has looked at them all."""
    for reader, _ in opened[:MORE]:
        assert await asyncio.wait_for(reader.read(), 10) == b""
    return sum(reader.at_eof() for reader, _ in opened)


@pytest.mark.parametrize("begin", [b"", b"GET /CP HTTP/1.1\r\n"])
def test_the_oldest_gives_way(begin: bytes) -> None:
    @on_loop
    async def play() -> None:
        async with listening() as (server, taken), waiting(server.port, begin) as opened:
            assert await cut(opened) == MORE
            url = f"ws://127.0.0.1:{server.port}/{QUOTED}"
            async with connect(url, subprotocols=[Subprotocol("ocpp2.0.1")], proxy=None):
                await taken.connections.get()

    play()


@pytest.mark.parametrize("begin", [b"", b"\x16\x03\x01\x40\x00\x01"])
def test_the_same_over_tls(lab: Path, begin: bytes) -> None:
    wrong: list[object] = []

    @on_loop
    async def play() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, told: wrong.append(told))
        ours, theirs = side(lab, "server"), client_context(Side(trusted=lab / "root.pem"))
        async with (
            secure(ours, limit=60) as (server, taken, seen),
            waiting(server.port, begin) as opened,
        ):
            assert await cut(opened) == MORE
            for _ in range(MORE):
                assert (await seen.get()).failure == "the connection was cut"
            url, offered = f"wss://localhost:{server.port}/{QUOTED}", [Subprotocol("ocpp2.0.1")]
            async with connect(url, host="127.0.0.1", subprotocols=offered, ssl=theirs, proxy=None):
                await taken.connections.get()

    play()


def test_who_is_in_is_not_cut_for_strangers() -> None:
    @on_loop
    async def play() -> None:
        async with listening() as (server, taken):
            url = f"ws://127.0.0.1:{server.port}/{QUOTED}"
            async with connect(url, subprotocols=[Subprotocol("ocpp2.0.1")], proxy=None) as ws:
                await taken.connections.get()
                async with waiting(server.port, b"") as opened:
                    assert await cut(opened) == MORE
                    await (await ws.ping())

    play()
