"""What the WebSocket protocol forbids, and what few have seen: RFC 6455; OCPP-J, 3."""

from __future__ import annotations

from conformance import ID, Csms, Frames, Sut, WebSocket, case
from testcases.ocppj.requests import damaged, harmless, request

PING = bytes(range(125))  # the longest one there is (RFC 6455, 5.5)


@case("OCPPJ_61_CSMS")
async def test_ocppj_61_csms(csms: Csms, websocket: WebSocket, sut: Sut) -> None:
    """Text that is not UTF-8 fails the connection."""
    await websocket.broken(1, "utf-8", damaged(sut))
    await csms.reconnect()
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_65_CSMS")
async def test_ocppj_65_csms(csms: Csms, websocket: WebSocket, sut: Sut) -> None:
    """A reserved bit that nobody has negotiated fails the connection."""
    await websocket.broken(1, "reserved bit", damaged(sut))
    await csms.reconnect()
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_66_CSMS")
async def test_ocppj_66_csms(csms: Csms, websocket: WebSocket, sut: Sut) -> None:
    """A frame with the wrong masking fails the connection."""
    await websocket.broken(1, "masking", damaged(sut))
    await csms.reconnect()
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_68_CSMS")
async def test_ocppj_68_csms(csms: Csms, websocket: WebSocket, sut: Sut) -> None:
    """A frame of a kind that does not exist fails the connection."""
    await websocket.broken(1, "opcode", damaged(sut))
    await csms.reconnect()
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_62_CSMS")
async def test_ocppj_62_csms(csms: Csms, websocket: WebSocket, sut: Sut) -> None:
    """A binary message is none of OCPP."""
    asking = harmless(sut)
    await websocket.binary(1, [2, ID, asking.action, asking.payload])
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_63_CSMS")
async def test_ocppj_63_csms(frames: Frames, websocket: WebSocket, sut: Sut) -> None:
    """A ping in the middle of a message is answered, and does not damage it."""
    asking = harmless(sut)
    call = [2, ID, asking.action, asking.payload]
    await frames.answered(
        1, call, action=asking.action, expect=asking.expect, fragments=3, pings=True
    )
    await websocket.pinged(3, b"after")


@case("OCPPJ_64_CSMS")
async def test_ocppj_64_csms(csms: Csms, websocket: WebSocket, sut: Sut) -> None:
    """A ping without data and one with as much as it can have get it back."""
    await websocket.pinged(1, b"")
    await websocket.pinged(3, PING)
    await csms.call(5, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_67_CSMS")
async def test_ocppj_67_csms(csms: Csms, websocket: WebSocket, sut: Sut) -> None:
    """A station that goes away or has failed is served when it is back."""
    await websocket.closed(1, 1001)
    await csms.reconnect()
    await websocket.closed(3, 1011)
    await csms.reconnect()
    await csms.call(5, request(sut), expect=harmless(sut).expect)
