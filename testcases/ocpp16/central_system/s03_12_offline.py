"""Section 3.12: Core profile, offline behaviour, non-happy flow."""

from __future__ import annotations

from conformance import Csms, Sut, case, now
from conformance.ocpp16.messages import RemoteStopTransaction, StartTransaction
from testcases.ocpp16.central_system.states import ACCEPTED, start, status, stop


@case("TC_037_1_CSMS")
async def test_tc_037_1_csms(csms: Csms, sut: Sut) -> None:
    """A transaction begins without a connection: the central system accepts it afterwards."""
    await csms.disconnect()
    started = start(sut, sut.id_tag)
    await csms.reconnect()
    await csms.call(1, started, expect=StartTransaction.conf(idTagInfo=ACCEPTED))
    await csms.call(3, status(sut, "Charging"))


@case("TC_037_3_CSMS")
async def test_tc_037_3_csms(csms: Csms, sut: Sut) -> None:
    """It begins with an invalid token: the central system says so, and takes its end."""
    await csms.disconnect()
    started = start(sut, sut.values.invalid_token.id_tag)
    await csms.reconnect()
    csms.tolerate(RemoteStopTransaction.req())  # of what should not have begun
    answer = await csms.call(
        1, started, expect=StartTransaction.conf(idTagInfo={"status": "Invalid"})
    )
    await csms.call(3, status(sut, "Charging"))
    await csms.call(5, stop(answer["transactionId"], "DeAuthorized"))
    await csms.call(7, status(sut, "Finishing"))


@case("TC_039_CSMS")
async def test_tc_039_csms(csms: Csms, sut: Sut) -> None:
    """A whole transaction passes without a connection: the central system is told afterwards."""
    await csms.disconnect()
    started, ended = start(sut, sut.id_tag), now()
    await csms.reconnect()
    answer = await csms.call(1, started, expect=StartTransaction.conf(idTagInfo=ACCEPTED))
    await csms.call(3, stop(answer["transactionId"], "Local", ended))
