"""What breaks RFC 6455 on purpose: a peer that keeps to it fails the connection, on either side."""

from __future__ import annotations

import asyncio

import pytest

from conformance.wire.breaches import BAD, Breach, Kind
from conformance.wire.client import connect
from conformance.wire.connection import Closed, Interrupted
from conformance.wire.memory import pair
from conformance.wire.websocket import BrokenByPeer, WebSocketConnection
from tests.wire.loop import on_loop
from tests.wire.peers import STATION, listening

KINDS: tuple[tuple[Kind, int], ...] = (
    ("utf-8", 1007),
    ("reserved bit", 1002),
    ("opcode", 1002),
    ("masking", 1002),
)
LONG = BAD + "x" * 200


async def both(url: str, taken: asyncio.Queue[WebSocketConnection]) -> list[WebSocketConnection]:
    """Return the station's end and the CSMS's end of a connection over a socket."""
    station = await connect(
        url, identity=STATION, subprotocol="ocpp2.0.1", password=None, timeout=5
    )
    return [station, await taken.get()]


@pytest.mark.parametrize("text", [BAD, LONG], ids=["short", "long"])
@pytest.mark.parametrize("sender", [0, 1], ids=["station", "csms"])
@pytest.mark.parametrize(("kind", "code"), KINDS, ids=[kind for kind, _ in KINDS])
@on_loop
async def test_a_library_fails_the_connection(
    kind: Kind, code: int, sender: int, text: str
) -> None:
    async with listening() as (server, taken):
        ends = await both(server.url, taken.connections)
        await ends[sender].emit(Breach(kind, text))
        with pytest.raises(BrokenByPeer) as broken:
            await ends[1 - sender].receive()
        with pytest.raises(Closed) as closed:
            await ends[sender].receive()
        assert broken.value.code == closed.value.code == code
        assert ends[sender].closed_by_peer == code


@on_loop
async def test_nothing_is_broken_on_a_connection_that_is_gone() -> None:
    async with listening() as (server, taken):
        station, csms = await both(server.url, taken.connections)
        await csms.close()
        await station.wait_closed()
        with pytest.raises(Closed):
            await station.emit(Breach("masking", "x"))


def test_a_breach_is_short() -> None:
    with pytest.raises(ValueError, match="short"):
        Breach("opcode", "x" * 2**16).frame(client=True)


@on_loop
async def test_pings_between_the_fragments_of_a_message_do_not_damage_it() -> None:
    async with listening() as (server, taken):
        station, csms = await both(server.url, taken.connections)
        await station.emit(Interrupted(("a", "b", "c")))
        assert await csms.receive() == "abc"
        await station.ping(bytes(125))


@on_loop
async def test_in_memory_a_breach_ends_the_connection_too_unless_the_peer_is_lax() -> None:
    station, csms = pair("CP1", "ocpp1.6")
    await station.emit(Breach("utf-8", BAD))
    with pytest.raises(Closed) as closed:
        await csms.receive()
    assert closed.value.code == station.closed_by_peer == 1007
    station, csms = pair("CP1", "ocpp1.6", lax=["utf-8"])
    await station.emit(Breach("utf-8", BAD))
    assert await csms.receive() == BAD
