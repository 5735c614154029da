"""What the WebSocket protocol forbids, and what few have seen: RFC 6455; OCPP-J, 3."""

from __future__ import annotations

from conformance import ID, Frames, Station, Sut, WebSocket, case
from testcases.ocppj.requests import damaged, harmless, request

PING = bytes(range(125))  # the longest one there is (RFC 6455, 5.5)


@case("OCPPJ_61_CS")
async def test_ocppj_61_cs(station: Station, websocket: WebSocket, sut: Sut) -> None:
    """Text that is not UTF-8 fails the connection."""
    await websocket.broken(1, "utf-8", damaged(sut))
    await station.expect_connection(3)
    await station.call(4, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_65_CS")
async def test_ocppj_65_cs(station: Station, websocket: WebSocket, sut: Sut) -> None:
    """A reserved bit that nobody has negotiated fails the connection."""
    await websocket.broken(1, "reserved bit", damaged(sut))
    await station.expect_connection(3)
    await station.call(4, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_66_CS")
async def test_ocppj_66_cs(station: Station, websocket: WebSocket, sut: Sut) -> None:
    """A frame with the wrong masking fails the connection."""
    await websocket.broken(1, "masking", damaged(sut))
    await station.expect_connection(3)
    await station.call(4, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_68_CS")
async def test_ocppj_68_cs(station: Station, websocket: WebSocket, sut: Sut) -> None:
    """A frame of a kind that does not exist fails the connection."""
    await websocket.broken(1, "opcode", damaged(sut))
    await station.expect_connection(3)
    await station.call(4, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_62_CS")
async def test_ocppj_62_cs(station: Station, websocket: WebSocket, sut: Sut) -> None:
    """A binary message is none of OCPP."""
    asking = harmless(sut)
    await websocket.binary(1, [2, ID, asking.action, asking.payload])
    await station.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_63_CS")
async def test_ocppj_63_cs(frames: Frames, websocket: WebSocket, sut: Sut) -> None:
    """A ping in the middle of a message is answered, and does not damage it."""
    asking = harmless(sut)
    call = [2, ID, asking.action, asking.payload]
    await frames.answered(
        1, call, action=asking.action, expect=asking.expect, fragments=3, pings=True
    )
    await websocket.pinged(3, b"after")


@case("OCPPJ_64_CS")
async def test_ocppj_64_cs(station: Station, websocket: WebSocket, sut: Sut) -> None:
    """A ping without data and one with as much as it can have get it back."""
    await websocket.pinged(1, b"")
    await websocket.pinged(3, PING)
    await station.call(5, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_67_CS")
async def test_ocppj_67_cs(station: Station, websocket: WebSocket, sut: Sut) -> None:
    """A CSMS goes away, fails, or is started anew: each time the station comes back."""
    await websocket.closed(1, 1001)
    await station.expect_connection(3)
    await websocket.closed(4, 1011)
    await station.expect_connection(6)
    await websocket.closed(7, 1012)
    await station.expect_connection(9)
    await station.call(10, request(sut), expect=harmless(sut).expect)
