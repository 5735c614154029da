"""What a station asks for when it connects: OCPP-J 1.6, 3.1 and 5.1; Part 4, 3.1 and 3.3."""

from __future__ import annotations

from conformance import (
    ID,
    Frames,
    Station,
    Sut,
    WebSocket,
    another_base,
    case,
    encoded_path,
    named_once,
    unregistered,
)
from testcases.ocppj.requests import harmless, request, with_text

LONG = "0123456789ABCDEF" * 64


@case("OCPPJ_75_CS")
async def test_ocppj_75_cs(station: Station, sut: Sut) -> None:
    """The path is the one of the endpoint, and the identity, percent-encoded where it has to be."""
    await station.disconnect()
    seen = await station.expect_connection(1, {"identity": sut.station, "path": encoded_path})
    station.remark(1, *another_base(seen, sut.connection.path))
    await station.call(2, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_77_CS")
async def test_ocppj_77_cs(station: Station, sut: Sut) -> None:
    """The versions that a station offers are told by their names, each of them once."""
    await station.disconnect()
    seen = await station.expect_connection(1, {"offered": named_once})
    station.remark(1, *unregistered(seen))
    await station.call(2, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_69_CS")
async def test_ocppj_69_cs(
    station: Station, websocket: WebSocket, frames: Frames, sut: Sut
) -> None:
    """A station that offers compression understands what is compressed, and compresses right."""
    websocket.compress(agreed=True)
    await station.disconnect()
    await station.expect_connection(1)
    asking = with_text(sut, LONG)
    call = [2, ID, asking.action, asking.payload]
    await frames.answered(2, call, action=asking.action, expect=asking.expect)
    await station.call(4, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_78_CS")
async def test_ocppj_78_cs(station: Station, websocket: WebSocket, sut: Sut) -> None:
    """A station stays where its compression is not agreed to, and works without."""
    websocket.compress(agreed=False)
    await station.disconnect()
    await station.expect_connection(1)
    await station.call(2, request(sut), expect=harmless(sut).expect)
