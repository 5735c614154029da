"""The reusable states of section 3.18 of Part 6, CSMS under test."""

from __future__ import annotations

import uuid
from typing import Any

from conformance import Csms, Sut, about_now, now, present, state
from conformance.boot import boot_201
from conformance.ocpp201.messages import (
    BootNotificationResponse,
    IdTokenInfoType,
    StatusNotificationRequest,
    TransactionEventRequest,
)

ACCEPTED: IdTokenInfoType = {"status": "Accepted"}


class Transaction:
    """The tool's own transaction, as the simulated station tells of it."""

    def __init__(self) -> None:
        self.id = str(uuid.uuid4())
        self.seq = -1

    def event(self, trigger: Any, **more: Any) -> TransactionEventRequest:  # noqa: ANN401
        """Return the next event: the first one is Started, the others Updated."""
        self.seq += 1
        info: Any = {"transactionId": self.id, **more.pop("info", {})}
        return TransactionEventRequest(
            eventType="Started" if self.seq == 0 else "Updated",
            timestamp=now(),
            triggerReason=trigger,
            seqNo=self.seq,
            transactionInfo=info,
            **more,
        )


def transaction(csms: Csms) -> Transaction:
    """Return the transaction of the running case."""
    found: Transaction = csms.memory.setdefault("transaction", Transaction())
    return found


def occupied(sut: Sut) -> StatusNotificationRequest:
    """Return the report that the configured connector is occupied."""
    return StatusNotificationRequest(
        timestamp=now(),
        connectorStatus="Occupied",
        evseId=sut.evse,
        connectorId=sut.connector,
    )


def plugged_in(csms: Csms, sut: Sut) -> TransactionEventRequest:
    """Return the event that the cable was plugged in."""
    return transaction(csms).event(
        "CablePluggedIn",
        info={"chargingState": "EVConnected"},
        evse={"id": sut.evse, "connectorId": sut.connector},
    )


@state("Booted")
async def booted(csms: Csms, sut: Sut) -> None:
    """The simulated station is switched on and accepted (table 698)."""
    await csms.reconnect()
    boot, *reports = boot_201(sut)
    await csms.call(
        1,
        boot,
        expect=BootNotificationResponse(
            status="Accepted",
            currentTime=about_now(within=sut.limits.deviation),
            interval=present,
        ),
    )
    for report in reports:
        await csms.call(3, report)


@state("EVConnectedPreSession")
async def ev_connected_pre_session(csms: Csms, sut: Sut) -> None:
    """The EV of the simulated station is connected (table 701)."""
    await csms.call(1, occupied(sut))
    await csms.call(3, plugged_in(csms, sut))


@state("EnergyTransferStarted")
async def energy_transfer_started(csms: Csms, sut: Sut) -> None:
    """Energy flows at the simulated station, which has been authorized (table 703)."""
    if "EVConnectedPreSession" in csms.holds:
        csms.skip(1, 2, 3, 4, because="the EV is connected already")
    else:
        await csms.call(1, occupied(sut))
        await csms.call(3, plugged_in(csms, sut))
    await csms.call(
        5,
        transaction(csms).event("ChargingStateChanged", info={"chargingState": "Charging"}),
    )
