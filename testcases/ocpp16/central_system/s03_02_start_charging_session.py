"""Section 3.2: start charging session."""

from __future__ import annotations

from conformance import Csms, Sut, case
from conformance.ocpp16.messages import Authorize, StartTransaction
from testcases.ocpp16.central_system.states import ACCEPTED, start, status


@case("TC_003_CSMS")
async def test_tc_003_csms(csms: Csms, sut: Sut) -> None:
    """The cable first, then an identification: the central system accepts the transaction."""
    await csms.call(1, status(sut, "Preparing"))
    await csms.call(3, Authorize.req(idTag=sut.id_tag), expect=Authorize.conf(idTagInfo=ACCEPTED))
    await csms.call(5, start(sut, sut.id_tag), expect=StartTransaction.conf(idTagInfo=ACCEPTED))
    await csms.call(7, status(sut, "Charging"))
