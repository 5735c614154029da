"""Requests of a station that are never answered: OCPP-J 1.6 and Part 4, 4.1.1."""

from __future__ import annotations

from conformance import Frames, Received, Station, Sut, case, present, state
from conformance.ocpp16 import messages as v16
from conformance.ocpp16.configuration import value
from conformance.ocpp201 import messages as v201
from testcases.ocpp16.charge_point.states import charging
from testcases.ocpp201.charging_station.states import energy_transfer_started
from testcases.ocppj.charging_station.retries import RETRIES_16, retries_201
from testcases.ocppj.requests import harmless, request

UNTOLD = 60.0  # twice what OCPP 2.0.1 suggests to start with (Part 2, 3.2)
RULE = "Part 4, 4.1.1: no other request before this one is answered or has timed out"


@state("MessageTimeout")
async def timeout_16(station: Station) -> None:
    """It is known when the charge point gives an answer up, if it tells."""
    key = "MessageTimeout"
    read = await station.call(1, v16.GetConfiguration.req(key=[key]))
    station.memory[key] = value(read.get("configurationKey") or (), key)


@state("MessageTimeout")
async def timeout_201(station: Station) -> None:
    """It is known when the station gives an answer up."""
    asked: v201.GetVariableDataType = {
        "component": {"name": "OCPPCommCtrlr"},
        "variable": {"name": "MessageTimeout", "instance": "Default"},
    }
    read = await station.call(
        1,
        v201.GetVariablesRequest(getVariableData=[asked]),
        expect=v201.GetVariablesResponse(
            getVariableResult=[{"attributeStatus": "Accepted", "attributeValue": present}]
        ),
    )
    station.memory["MessageTimeout"] = read["getVariableResult"][0]["attributeValue"]


def patience(station: Station, sut: Sut) -> float:
    """Return after how long the station gives an answer up, at the most, in seconds."""
    told = str(station.memory["MessageTimeout"])
    return float(told) if told.isdecimal() else max(UNTOLD, sut.limits.message_timeout)


def hasty(lost: Received, again: Received, told: str, deviation: float) -> tuple[str, ...]:
    """Say that a message was sent again earlier than its sender says that it would be."""
    after = again.at - lost.at
    early = told.isdecimal() and after < int(told) - deviation
    text = f"sent again after {after:.1f} s, and MessageTimeout is {told} s (OCPP-J 1.6, 4.1.1)"
    return (text,) * early


@case("OCPPJ_97_CS", before=(timeout_16, RETRIES_16, charging))
async def test_ocppj_97_cs(station: Station, frames: Frames, sut: Sut) -> None:
    """A StopTransaction that is never answered is sent again, and the charge point goes on."""
    transaction, limit = int(station.transaction), patience(station, sut)
    stop = v16.StopTransaction.req(transactionId=transaction)
    told = (v16.StatusNotification.req(connectorId=sut.connector),)
    await station.call(
        1,
        v16.RemoteStopTransaction.req(transactionId=transaction),
        expect=v16.RemoteStopTransaction.conf(status="Accepted"),
    )
    frames.time_out(limit)
    lost = await station.expect(3, stop, hold=True, meanwhile=told)
    longest = limit + sut.values.message_attempt_interval + sut.limits.message_timeout
    again = await station.expect(5, stop, within=longest, meanwhile=told, may_reconnect=True)
    early = hasty(lost, again, str(station.memory["MessageTimeout"]), sut.limits.deviation)
    station.remark(5, *early)
    await station.call(7, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_98_CS", before=(timeout_201, retries_201, energy_transfer_started))
async def test_ocppj_98_cs(station: Station, frames: Frames, sut: Sut) -> None:
    """After a TransactionEvent that is never answered nothing is sent until it has timed out."""
    transaction, limit = str(station.transaction), patience(station, sut)
    told = v201.StatusNotificationRequest(), v201.NotifyEventRequest()
    await station.call(
        1,
        v201.RequestStopTransactionRequest(transactionId=transaction),
        expect=v201.RequestStopTransactionResponse(status="Accepted"),
    )
    frames.time_out(limit)
    first = v201.TransactionEventRequest(transactionInfo={"transactionId": transaction})
    lost = await station.expect(3, first, hold=True, meanwhile=told)
    again = v201.TransactionEventRequest(seqNo=lost["seqNo"])
    with station.quiet(RULE):
        await station.expect_none(4, again, during=max(limit - sut.limits.deviation, 0))
    longest = sut.values.message_attempt_interval + sut.limits.message_timeout
    await station.expect(5, again, within=longest, meanwhile=told, may_reconnect=True)
    await station.call(7, request(sut), expect=harmless(sut).expect)
