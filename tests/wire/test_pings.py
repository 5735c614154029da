"""The pings of a station are seen when they come in from the wire."""

from __future__ import annotations

import asyncio

from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.wire.loop import on_loop
from tests.wire.peers import QUOTED, listening


@on_loop
async def test_pings_are_noted_when_they_come() -> None:
    async with (
        listening() as (server, taken),
        connect(
            f"{server.url}/{QUOTED}", subprotocols=[Subprotocol("ocpp2.0.1")], proxy=None
        ) as ws,
    ):
        connection = await taken.connections.get()
        before = asyncio.get_running_loop().time()
        later = asyncio.create_task(connection.pings.after(before))
        await (await ws.ping())
        first = await later
        await (await ws.ping())
        assert before < first
        assert await connection.pings.after(before) == first
        assert await connection.pings.after(first) > first


@on_loop
async def test_one_that_is_muted_sends_no_pong() -> None:
    async with (
        listening() as (server, taken),
        connect(
            f"{server.url}/{QUOTED}",
            subprotocols=[Subprotocol("ocpp2.0.1")],
            proxy=None,
            close_timeout=0.1,
        ) as ws,
    ):
        connection = await taken.connections.get()
        await (await ws.ping())
        connection.mute()
        missing = asyncio.ensure_future(await ws.ping())
        await asyncio.wait([missing], timeout=0.1)
        assert not missing.done()
        connection.abort()
