"""Section 3.18: remote trigger."""

from __future__ import annotations

from conformance import Csms, Operator, Sut, case
from conformance.ocpp16.messages import (
    DiagnosticsStatusNotification,
    FirmwareStatusNotification,
    Heartbeat,
    TriggerMessage,
)
from testcases.ocpp16.central_system.states import meter_values, status

NOT_THERE = ("NotImplemented", "NotSupported")


@case("TC_054_CSMS")
async def test_tc_054_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system asks for a message of each kind, and takes it."""
    accepted, connector = TriggerMessage.conf(status="Accepted"), sut.connector
    await operator.ask_for_trigger("MeterValues", connector)
    asked = TriggerMessage.req(requestedMessage="MeterValues", connectorId=connector)
    await csms.expect(1, asked, reply=accepted)
    await csms.call(3, meter_values(sut))

    await operator.ask_for_trigger("Heartbeat")
    await csms.expect(5, TriggerMessage.req(requestedMessage="Heartbeat"), reply=accepted)
    await csms.call(7, Heartbeat.req())

    await operator.ask_for_trigger("StatusNotification", connector)
    asked = TriggerMessage.req(requestedMessage="StatusNotification", connectorId=connector)
    await csms.expect(9, asked, reply=accepted)
    await csms.call(11, status(sut, "Available"))

    firmware = sut.declares("16-FIRMWARE")
    await operator.ask_for_trigger("DiagnosticsStatusNotification")
    asked = TriggerMessage.req(requestedMessage="DiagnosticsStatusNotification")
    await csms.expect(13, asked, reply=accepted)
    idle = DiagnosticsStatusNotification.req(status="Idle")
    await csms.call(15, idle, or_error=() if firmware else NOT_THERE)

    await operator.ask_for_trigger("FirmwareStatusNotification")
    asked = TriggerMessage.req(requestedMessage="FirmwareStatusNotification")
    if firmware:
        await csms.expect(17, asked, reply=accepted)
        await csms.call(19, FirmwareStatusNotification.req(status="Idle"))
    else:
        await csms.expect(17, asked, reply=TriggerMessage.conf(status="NotImplemented"))
        csms.skip(19, 20, because="the central system does not declare 16-FIRMWARE")


@case("TC_055_CSMS")
async def test_tc_055_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system lives with a trigger that is rejected."""
    connector = sut.connectors[-1] + 1
    await operator.ask_for_trigger("MeterValues", connector)
    await csms.expect(
        1,
        TriggerMessage.req(requestedMessage="MeterValues", connectorId=connector),
        reply=TriggerMessage.conf(status="Rejected"),
    )
