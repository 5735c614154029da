"""Section 3.3: the authorization cache."""

from __future__ import annotations

from conformance import Csms, Operator, Sut, case
from conformance.ocpp16.messages import ClearCache, StartTransaction
from testcases.ocpp16.central_system.states import ACCEPTED, start, status


@case("TC_007_CSMS")
async def test_tc_007_csms(csms: Csms, sut: Sut) -> None:
    """The cache knows the token: the central system accepts a start without an Authorize."""
    await csms.call(1, status(sut, "Preparing"))
    await csms.call(3, start(sut, sut.id_tag), expect=StartTransaction.conf(idTagInfo=ACCEPTED))
    await csms.call(5, status(sut, "Charging"))


@case("TC_061_CSMS")
async def test_tc_061_csms(csms: Csms, operator: Operator) -> None:
    """The central system clears the authorization cache."""
    await operator.ask_for_clear_cache()
    await csms.expect(1, ClearCache.req(), reply=ClearCache.conf(status="Accepted"))
