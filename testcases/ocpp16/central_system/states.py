"""The states of section 3.22, central system under test."""

from __future__ import annotations

from typing import Literal

from conformance import Csms, Sut, now, state
from conformance.ocpp16.messages import Authorize, IdTagInfo, StartTransaction, StatusNotification

ACCEPTED: IdTagInfo = {"status": "Accepted"}
Status = Literal["Available", "Preparing", "Charging", "Finishing"]


def status(sut: Sut, name: Status) -> StatusNotification.req:
    """Return the tool's report of the configured connector's status."""
    return StatusNotification.req(connectorId=sut.connector, errorCode="NoError", status=name)


def start(sut: Sut, id_tag: str) -> StartTransaction.req:
    """Return the tool's report that a transaction has started just now."""
    return StartTransaction.req(
        connectorId=sut.connector, idTag=id_tag, meterStart=0, timestamp=now()
    )


@state("Authorized")
async def authorized(csms: Csms, sut: Sut) -> None:
    """The driver is authorized (table 193)."""
    await csms.call(1, Authorize.req(idTag=sut.id_tag), expect=Authorize.conf(idTagInfo=ACCEPTED))


@state("Charging", needs=(authorized,))
async def charging(csms: Csms, sut: Sut) -> None:
    """A transaction runs (table 194)."""
    await csms.call(1, status(sut, "Preparing"))
    started = await csms.call(
        3, start(sut, sut.id_tag), expect=StartTransaction.conf(idTagInfo=ACCEPTED)
    )
    csms.memory["transactionId"] = started["transactionId"]
    await csms.call(5, status(sut, "Charging"))
