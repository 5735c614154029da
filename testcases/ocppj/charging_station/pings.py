"""The pings of a station: OCPP 1.6, 9.1.34; OCPP-J 1.6, 7; Part 4, 8.4."""

from __future__ import annotations

from math import floor

from conformance import State, Station, Sut, WebSocket, case, state
from conformance.ocpp16.messages import ChangeConfiguration
from conformance.ocpp201.messages import (
    SetVariableDataType,
    SetVariablesRequest,
    SetVariablesResponse,
)
from testcases.ocpp16.charge_point import settings
from testcases.ocpp201.charging_station import variables
from testcases.ocppj.requests import harmless, request

KEY = "WebSocketPingInterval"


def interval(sut: Sut) -> int:
    """Return what is set: so long that it is told apart from none, and from twice as long."""
    return max(sut.values.ping_interval, floor(2 * sut.limits.deviation) + 1)


def pings(*, on: bool) -> State:
    """Return the state in which a station pings as often as it can be measured, or never."""

    @state("Pings" if on else "NoPings")
    async def pinging(station: Station, sut: Sut) -> None:
        seconds = str(interval(sut)) if on else "0"
        if sut.version == "1.6":
            await station.execute(1, settings.configuration(WebSocketPingInterval=seconds))
        else:
            wanted = variables.configuration(OCPPCommCtrlr__WebSocketPingInterval=seconds)
            await station.execute(1, wanted)

    return pinging


PINGS, NO_PINGS = pings(on=True), pings(on=False)


@case("OCPPJ_15_CS", before=(PINGS,))
async def test_ocppj_15_cs(station: Station, websocket: WebSocket, sut: Sut) -> None:
    """A station sends pings as often as it is configured to."""
    await station.disconnect()
    await station.expect_connection(1)
    await websocket.expect_pings(2, interval(sut))


@case("OCPPJ_16_CS", before=(PINGS,))
async def test_ocppj_16_cs(station: Station, websocket: WebSocket, sut: Sut) -> None:
    """A station sends no pings when they are switched off."""
    await station.execute(1, NO_PINGS)
    await station.disconnect()
    await station.expect_connection(2)
    await websocket.expect_no_ping(3, interval(sut) + sut.limits.deviation)


@case("OCPPJ_17_CS")
async def test_ocppj_17_cs(station: Station, sut: Sut) -> None:
    """There are no negative intervals."""
    if sut.version == "1.6":
        await station.execute("before", settings.known(KEY))
        await station.call(
            1,
            ChangeConfiguration.req(key=KEY, value="-1"),
            expect=ChangeConfiguration.conf(status="Rejected"),
            or_error=("PropertyConstraintViolation",),
        )
        return
    read = variables.configuration(OCPPCommCtrlr__WebSocketPingInterval=None)
    await station.execute("before", read)
    negative: SetVariableDataType = {
        "component": {"name": "OCPPCommCtrlr"},
        "variable": {"name": KEY},
        "attributeValue": "-1",
    }
    await station.call(
        1,
        SetVariablesRequest(setVariableData=[negative]),
        expect=SetVariablesResponse(setVariableResult=[{"attributeStatus": "Rejected"}]),
    )


@case("OCPPJ_18_CS", before=(PINGS,))
async def test_ocppj_18_cs(station: Station, websocket: WebSocket, sut: Sut) -> None:
    """A station whose pings nobody answers gives the connection up, and opens another."""
    await station.disconnect()
    await station.expect_connection(1)
    await websocket.fall_silent()
    await station.expect_connection(2)
    await station.call(3, request(sut), expect=harmless(sut).expect)
