"""Section 2.21: remote trigger."""

from __future__ import annotations

from conformance import Station, Sut, case, one_of
from conformance.metering import REGISTER, problems
from conformance.ocpp16.configuration import items
from conformance.ocpp16.messages import (
    DiagnosticsStatusNotification,
    FirmwareStatusNotification,
    Heartbeat,
    MeterValues,
    TriggerMessage,
)
from testcases.ocpp16.charge_point.settings import known
from testcases.ocpp16.charge_point.states import status

ACCEPTED = TriggerMessage.conf(status="Accepted")
ACCEPTED_IF_THERE = TriggerMessage.conf(status=one_of("Accepted", "NotImplemented"))


@case("TC_054_CS", before=(known("MeterValuesSampledData"),))
async def test_tc_054_cs(station: Station, sut: Sut) -> None:
    """Each message is sent that is asked for, after the answer; idle is what it tells of files."""
    connector = sut.connector
    values = TriggerMessage.req(requestedMessage="MeterValues", connectorId=connector)
    await station.call(1, values, expect=ACCEPTED, first=True)
    metered = await station.expect(3, MeterValues.req(connectorId=connector))
    wanted = items(station.memory["MeterValuesSampledData"]) or [REGISTER]
    station.remark(3, *problems(metered["meterValue"], wanted, "Trigger"))

    heartbeat = TriggerMessage.req(requestedMessage="Heartbeat")
    await station.call(5, heartbeat, expect=ACCEPTED, first=True)
    await station.expect(7, Heartbeat.req())

    states = TriggerMessage.req(requestedMessage="StatusNotification", connectorId=connector)
    await station.call(9, states, expect=ACCEPTED, first=True)
    await station.expect(11, status(sut, "Available"))

    diagnostics = await station.call(
        13,
        TriggerMessage.req(requestedMessage="DiagnosticsStatusNotification"),
        expect=ACCEPTED if sut.declares("16-FIRMWARE") else ACCEPTED_IF_THERE,
        first=True,
    )
    if diagnostics["status"] == "Accepted":
        await station.expect(15, DiagnosticsStatusNotification.req(status="Idle"))
    else:
        station.skip(15, 16, because="the Firmware Management profile is not declared")

    firmware = await station.call(
        17,
        TriggerMessage.req(requestedMessage="FirmwareStatusNotification"),
        expect=ACCEPTED_IF_THERE,
        first=True,
    )
    if firmware["status"] == "Accepted":
        await station.expect(19, FirmwareStatusNotification.req(status="Idle"))
    else:
        station.skip(19, 20, because="FirmwareStatusNotification is not implemented")


@case("TC_055_CS")
async def test_tc_055_cs(station: Station, sut: Sut) -> None:
    """Meter values of a connector that is not there are refused, and do not come."""
    beyond = len(sut.connectors) + 1
    await station.call(
        1,
        TriggerMessage.req(requestedMessage="MeterValues", connectorId=beyond),
        expect=TriggerMessage.conf(status="Rejected"),
        or_error=("PropertyConstraintViolation", "GenericError"),
    )
    await station.expect_none(3, MeterValues.req(connectorId=beyond), during=sut.silence)
