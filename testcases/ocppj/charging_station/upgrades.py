"""The upgrade to WebSocket: OCPP-J 1.6 and Part 4, 3.1 and 3.2."""

from __future__ import annotations

from conformance import Station, Sut, Turning, WebSocket, case
from testcases.ocppj.requests import harmless, request


@case("OCPPJ_70_CS")
async def test_ocppj_70_cs(station: Station, websocket: WebSocket, sut: Sut) -> None:
    """A station that is upgraded without a version, and closed, comes back."""
    websocket.turn_away(Turning.NO_VERSION)
    await station.disconnect()
    await websocket.expect_attempt(1)
    await station.accept_connections()
    await station.expect_connection(2)
    await station.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_71_CS")
async def test_ocppj_71_cs(station: Station, websocket: WebSocket, sut: Sut) -> None:
    """A station hangs up on a CSMS that chooses what was not offered, and comes back."""
    websocket.turn_away(Turning.ANOTHER_VERSION)
    await station.disconnect()
    await websocket.expect_attempt(1)
    await station.accept_connections()
    await station.expect_connection(2)
    await station.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_72_CS")
async def test_ocppj_72_cs(station: Station, websocket: WebSocket, sut: Sut) -> None:
    """A station that is refused, for whatever reason, goes on trying until it is let in."""
    websocket.turn_away(Turning.UNKNOWN)
    await station.disconnect()
    await websocket.expect_attempt(1)
    websocket.turn_away(Turning.UNAUTHORIZED)
    await websocket.expect_attempt(2)
    websocket.turn_away(Turning.UNAVAILABLE)
    await websocket.expect_attempt(3)
    await station.accept_connections()
    await station.expect_connection(4)
    await station.call(5, request(sut), expect=harmless(sut).expect)
