"""The states of section 3.22, central system under test, and the messages that cases share."""

from __future__ import annotations

from typing import Literal

from conformance import Csms, Sut, now, state
from conformance.ocpp16.messages import (
    Authorize,
    IdTagInfo,
    MeterValues,
    StartTransaction,
    StatusNotification,
    StopTransaction,
)

ACCEPTED: IdTagInfo = {"status": "Accepted"}
Status = Literal[
    "Available",
    "Preparing",
    "Charging",
    "SuspendedEV",
    "Finishing",
    "Reserved",
    "Unavailable",
]
Reason = Literal["DeAuthorized", "EVDisconnected", "Local", "PowerLoss", "Remote", "UnlockCommand"]


def status(sut: Sut, name: Status, connector: int | None = None) -> StatusNotification.req:
    """Return the tool's report of a connector's status, by default the configured one's."""
    return StatusNotification.req(
        connectorId=sut.connector if connector is None else connector,
        errorCode="NoError",
        status=name,
    )


def meter_values(sut: Sut) -> MeterValues.req:
    """Return the tool's report of the configured connector's meter."""
    return MeterValues.req(
        connectorId=sut.connector,
        meterValue=[{"timestamp": now(), "sampledValue": [{"value": "0"}]}],
    )


def start(sut: Sut, id_tag: str) -> StartTransaction.req:
    """Return the tool's report that a transaction has started just now."""
    return StartTransaction.req(
        connectorId=sut.connector, idTag=id_tag, meterStart=0, timestamp=now()
    )


def stop(transaction: int, reason: Reason, ended: str = "") -> StopTransaction.req:
    """Return the tool's report that a transaction has ended, just now or at the given time."""
    return StopTransaction.req(
        transactionId=transaction, meterStop=1000, timestamp=ended or now(), reason=reason
    )


@state("Authorized")
async def authorized(csms: Csms, sut: Sut) -> None:
    """The driver is authorized (table 193)."""
    await csms.call(1, Authorize.req(idTag=sut.id_tag), expect=Authorize.conf(idTagInfo=ACCEPTED))


@state("Charging", needs=(authorized,))
async def charging(csms: Csms, sut: Sut) -> None:
    """A transaction runs (table 194), by a reservation if the case has one."""
    await csms.call(1, status(sut, "Preparing"))
    request = StartTransaction.req(
        connectorId=sut.connector,
        idTag=sut.id_tag,
        meterStart=0,
        timestamp=now(),
        **csms.memory.get("reservation", {}),
    )
    started = await csms.call(3, request, expect=StartTransaction.conf(idTagInfo=ACCEPTED))
    csms.memory["transactionId"] = started["transactionId"]
    await csms.call(5, status(sut, "Charging"))
