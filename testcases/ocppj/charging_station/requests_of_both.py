"""Requests of both sides, and answers that come late: OCPP-J 1.6 and Part 4, 4.1.1."""

from __future__ import annotations

from typing import Any

from conformance import ID, Frames, Operator, Station, Sut, case
from conformance.ocpp16 import messages as v16
from conformance.ocpp201 import messages as v201
from testcases.ocppj.requests import booted, harmless, late, request


def plugged(sut: Sut) -> tuple[Any, ...]:
    """Return the requests of which a station sends one first when a cable is plugged in."""
    if sut.version == "1.6":
        return (v16.StatusNotification.req(connectorId=sut.connector),)
    told = v201.StatusNotificationRequest(), v201.NotifyEventRequest()
    return (*told, v201.TransactionEventRequest())


def reported(sut: Sut) -> tuple[Any, ...]:
    """Return those of them that report a status, and of which no transaction depends."""
    return plugged(sut)[:2]


@case("OCPPJ_44_CS")
async def test_ocppj_44_cs(station: Station, frames: Frames, operator: Operator, sut: Sut) -> None:
    """A station answers while it waits for an answer itself."""
    await operator.plug_in(sut.evse, sut.connector)
    held = await station.expect(1, *plugged(sut), hold=True)
    asking = harmless(sut)
    call = [2, ID, asking.action, asking.payload]
    await frames.answered(2, call, action=asking.action, expect=asking.expect)
    await frames.reply(4, held)
    await station.expect_none(5, booted(sut), during=late(sut), meanwhile=plugged(sut))
    await station.call(6, request(sut), expect=asking.expect)


@case("OCPPJ_45_CS")
async def test_ocppj_45_cs(station: Station, frames: Frames, operator: Operator, sut: Sut) -> None:
    """A station waits for a late answer, and sends no other request meanwhile."""
    await operator.plug_in(sut.evse, sut.connector)
    held = await station.expect(1, *plugged(sut), hold=True)
    await station.expect_none(2, *plugged(sut), during=late(sut))
    await frames.reply(3, held)
    await station.expect_none(4, booted(sut), during=late(sut), meanwhile=plugged(sut))
    await station.call(5, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_46_CS")
async def test_ocppj_46_cs(station: Station, frames: Frames, operator: Operator, sut: Sut) -> None:
    """A CALLERROR is an answer, too: the station goes on."""
    await operator.plug_in(sut.evse, sut.connector)
    held = await station.expect(1, *plugged(sut), hold=True)
    await frames.refuse(2, held, "InternalError")
    await station.expect_none(3, booted(sut), during=late(sut), meanwhile=plugged(sut))
    await station.call(4, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_96_CS")
async def test_ocppj_96_cs(station: Station, frames: Frames, operator: Operator, sut: Sut) -> None:
    """A second answer to the same request is ignored."""
    await operator.plug_in(sut.evse, sut.connector)
    held = await station.expect(1, *plugged(sut), hold=True)
    station.allow(*plugged(sut))
    await frames.reply(2, held)
    await frames.ignored(3, [3, held.uid, {}])
    await station.expect_none(5, booted(sut), during=late(sut))
    await station.call(6, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_34_CS")
async def test_ocppj_34_cs(station: Station, frames: Frames, operator: Operator, sut: Sut) -> None:
    """A station answers one request after the other while it waits itself, and then goes on."""
    asking = harmless(sut)
    station.allow(*plugged(sut))
    for act in (operator.plug_in, operator.plug_out):
        await act(sut.evse, sut.connector)
        held = await station.expect(1, *reported(sut), hold=True)
        for _ in range(3):
            call = [2, ID, asking.action, asking.payload]
            await frames.answered(2, call, action=asking.action, expect=asking.expect)
        await frames.pinged(4)
        await frames.reply(6, held)
        await station.call(7, request(sut), expect=asking.expect, first=True)
