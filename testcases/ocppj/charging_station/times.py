"""The time that a CSMS tells: OCPP 1.6, 3.15, 4.2 and 4.6; OCPP 2.0.1, G02."""

from __future__ import annotations

from typing import Any

from conformance import Operator, Station, Sut, about_now, case, state
from conformance.ocpp16 import messages as v16
from conformance.ocpp201 import messages as v201
from testcases.ocpp16.charge_point import settings
from testcases.ocpp16.charge_point.states import charging
from testcases.ocpp201.charging_station import variables
from testcases.ocppj.charging_station.requests_of_both import plugged
from testcases.ocppj.requests import booted, harmless, request

HOUR = 3600.0
NEARLY = 300.0
"""How far from a time is still that time, in seconds: what is wrong is wrong by hours."""


@state("HeartbeatInterval")
async def beating(station: Station, sut: Sut) -> None:
    """The station asks for the time every few seconds."""
    every = str(sut.heartbeat_interval)
    if sut.version == "1.6":
        await station.execute("before", settings.configuration(HeartbeatInterval=every))
    else:
        wanted = variables.configuration(OCPPCommCtrlr__HeartbeatInterval=every)
        await station.execute("before", wanted)


def heartbeat(sut: Sut) -> Any:  # noqa: ANN401 - of either version
    """Return the request that asks for the time."""
    return v16.Heartbeat.req() if sut.version == "1.6" else v201.HeartbeatRequest()


def soon(sut: Sut) -> float:
    """Return when a Heartbeat has come at the latest, in seconds."""
    return sut.heartbeat_interval + sut.limits.message_timeout


@state("Timed")
async def timed(station: Station, operator: Operator, sut: Sut) -> None:
    """The station has sent a message that has to have a time."""
    if sut.version == "1.6":
        await station.execute(1, charging)
        station.memory["timed"] = station.memory["StartTransaction"]
    else:
        await operator.plug_in(sut.evse, sut.connector)
        station.memory["timed"] = await station.expect(1, *plugged(sut))
        station.allow(*plugged(sut))


def of_now(message: Any, ahead: float = 0.0) -> dict[str, Any]:  # noqa: ANN401
    """Return the pattern of the time at which a message was sent."""
    name = "generatedAt" if message.action == "NotifyEvent" else "timestamp"
    return {name: about_now(within=NEARLY, after=ahead)}


@case("OCPPJ_92_CS", before=(beating,))
async def test_ocppj_92_cs(station: Station, sut: Sut) -> None:
    """A station takes over the time of its CSMS, even if that is an hour ahead."""
    station.set_clock(HOUR)
    await station.expect(1, heartbeat(sut), within=soon(sut))
    await station.execute("before", timed)
    message = station.memory["timed"]
    station.match(3, of_now(message, HOUR), message)
    station.set_clock(0)
    await station.expect(5, heartbeat(sut), within=soon(sut))


@case("OCPPJ_93_CS", before=(beating,))
async def test_ocppj_93_cs(station: Station, sut: Sut) -> None:
    """A time with an offset, and without fractions, is the instant that it names."""
    station.set_clock(0, east=5.5)
    await station.expect(1, heartbeat(sut), within=soon(sut))
    await station.execute("before", timed)
    message = station.memory["timed"]
    station.match(3, of_now(message), message)
    await station.expect_none(5, booted(sut), during=sut.silence)
    await station.call(6, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_85_CS", before=(beating,))
async def test_ocppj_85_cs(station: Station, sut: Sut) -> None:
    """A time has as many digits after the second as it likes, or as few: it is that instant."""
    station.set_clock(0, digits=9 if sut.version == "1.6" else 1)
    await station.expect(1, heartbeat(sut), within=soon(sut))
    await station.execute(3, timed)
    message = station.memory["timed"]
    station.match(3, of_now(message), message)
    await station.call(5, request(sut), expect=harmless(sut).expect)
