"""Answers of the CSMS that are unusual, wrong, or to something else: OCPP-J 1.6 and Part 4, 4."""

from __future__ import annotations

from typing import Any

from conformance import ID, Frames, Operator, Station, Sut, case, now
from conformance.ocpp16 import messages as v16
from conformance.ocpp201 import messages as v201
from testcases.ocppj.charging_station.requests_of_both import plugged, reported
from testcases.ocppj.requests import booted, errors, harmless, late, request

RULE = "OCPP 1.6, 4.2; B02.FR.02: a station that is not accepted sends nothing else"


def registration(sut: Sut, status: str) -> dict[str, Any]:
    """Return the payload that answers a boot with this status, whatever it is."""
    return {"status": status, "currentTime": now(), "interval": sut.retry_interval}


def first_reports(sut: Sut) -> tuple[Any, ...]:
    """Return what a station sends when it was accepted."""
    if sut.version == "1.6":
        return (v16.StatusNotification.req(),)
    told = v201.StatusNotificationRequest(), v201.NotifyEventRequest()
    return (*told, v201.SecurityEventNotificationRequest())


@case("OCPPJ_33_CS")
async def test_ocppj_33_cs(station: Station, frames: Frames, operator: Operator, sut: Sut) -> None:
    """An answer with another id answers nothing: the station goes on waiting for its own."""
    await operator.reboot()
    held = await station.expect(1, booted(sut), hold=True, within=sut.limits.long_operation)
    with station.quiet(RULE):
        other = [3, ID, registration(sut, "Accepted")]
        await frames.ignored(2, other, during=late(sut) / 2)
        await station.expect_none(4, booted(sut), during=late(sut) / 2)
    await frames.reply(5, held)
    station.allow(*first_reports(sut))
    await station.expect(6, *first_reports(sut))
    await station.call(8, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_35_CS")
async def test_ocppj_35_cs(station: Station, frames: Frames, operator: Operator, sut: Sut) -> None:
    """A CALLERROR may say nothing or a lot: it is an answer, and the station goes on."""
    station.allow(*plugged(sut))
    for act, error in zip((operator.plug_in, operator.plug_out), errors(), strict=True):
        await act(sut.evse, sut.connector)
        held = await station.expect(1, *reported(sut), hold=True)
        await frames.refuse(2, held, *error)
        await station.call(3, request(sut), expect=harmless(sut).expect, first=True)
    await operator.plug_in(sut.evse, sut.connector)
    await station.expect(5, *reported(sut))


@case("OCPPJ_36_CS")
async def test_ocppj_36_cs(station: Station, frames: Frames, operator: Operator, sut: Sut) -> None:
    """An answer that nobody understands accepts nobody: the station boots until it is accepted."""
    longest = sut.limits.long_operation
    await operator.reboot()
    with station.quiet(RULE):
        held = await station.expect(1, booted(sut), hold=True, within=longest)
        await frames.misanswer(2, held, registration(sut, "Perhaps"))
        held = await station.expect(3, booted(sut), hold=True, within=longest, may_reconnect=True)
        await frames.refuse(4, held, "InternalError")
        await station.expect(5, booted(sut), within=longest, may_reconnect=True)
    station.allow(*first_reports(sut))
    await station.expect(7, *first_reports(sut))
    await station.call(9, request(sut), expect=harmless(sut).expect)
