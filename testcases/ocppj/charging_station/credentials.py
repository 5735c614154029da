"""HTTP Basic authentication of the upgrade: OCPP-J 1.6, 6.2; A00 of 2.0.1 and the whitepaper."""

from __future__ import annotations

from conformance import Security, Station, Sut, Turning, WebSocket, case
from conformance.ocpp16.messages import ChangeConfiguration
from testcases.ocppj.requests import NO_TEXT, harmless, request


@case("OCPPJ_53_CS")
async def test_ocppj_53_cs(station: Station, websocket: WebSocket, sut: Sut) -> None:
    """A station shows its credentials with every request, refused and let in."""
    websocket.turn_away(Turning.UNAVAILABLE)
    await station.disconnect()
    await websocket.expect_attempt(1)
    websocket.turn_away(Turning.UNAUTHORIZED)
    await websocket.expect_attempt(2)
    await station.accept_connections()
    await station.expect_connection(3, {"basic": {"user": sut.station}})
    websocket.expect_credentials(4)
    await station.call(5, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_58_CS")
async def test_ocppj_58_cs(station: Station, security: Security, sut: Sut) -> None:
    """A password may have any octets, be they a text or not."""
    password = security.new_password(NO_TEXT)
    station.expect_reconnection()
    await station.call(
        1,
        ChangeConfiguration.req(key="AuthorizationKey", value=password),
        expect=ChangeConfiguration.conf(status="Accepted"),
    )
    security.demand_password(password)
    basic = {"user": sut.station, "size": len(password) // 2}
    await station.expect_connection(3, {"basic": basic})
    await station.call(4, request(sut), expect=harmless(sut).expect)
