"""Section 3.2: start charging session."""

from __future__ import annotations

from conformance import Csms, Sut, case
from conformance.ocpp16.messages import Authorize, StartTransaction
from testcases.ocpp16.central_system.states import (
    ACCEPTED,
    authorized,
    charging,
    start,
    status,
    stop,
)


@case("TC_003_CSMS")
async def test_tc_003_csms(csms: Csms, sut: Sut) -> None:
    """The cable first, then an identification: the central system accepts the transaction."""
    await csms.call(1, status(sut, "Preparing"))
    await csms.call(3, Authorize.req(idTag=sut.id_tag), expect=Authorize.conf(idTagInfo=ACCEPTED))
    await csms.call(5, start(sut, sut.id_tag), expect=StartTransaction.conf(idTagInfo=ACCEPTED))
    await csms.call(7, status(sut, "Charging"))


@case("TC_004_1_CSMS")
async def test_tc_004_1_csms(csms: Csms) -> None:
    """An identification first, then the cable: the central system accepts the transaction."""
    await csms.execute(1, charging)


@case("TC_004_2_CSMS", before=(authorized,))
async def test_tc_004_2_csms(csms: Csms, sut: Sut) -> None:
    """Nobody plugs in after the authorization: the central system sees the connector free again."""
    await csms.call(1, status(sut, "Preparing"))
    await csms.call(3, status(sut, "Available"), after=csms.connection_timeout)


@case("TC_005_1_CSMS", before=(charging,))
async def test_tc_005_1_csms(csms: Csms, sut: Sut) -> None:
    """The cable is taken out at the EV: the central system takes the end of the transaction."""
    await csms.call(1, status(sut, "SuspendedEV"))
    await csms.call(3, stop(csms.memory["transactionId"], "EVDisconnected"))
    await csms.call(5, status(sut, "Finishing"))
    await csms.call(7, status(sut, "Available"))
