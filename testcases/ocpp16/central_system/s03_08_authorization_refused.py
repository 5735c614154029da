"""Section 3.8: Core profile, basic actions, non-happy flow."""

from __future__ import annotations

from conformance import Csms, Sut, case
from conformance.ocpp16.messages import Authorize


@case("TC_023_1_CSMS")
async def test_tc_023_1_csms(csms: Csms, sut: Sut) -> None:
    """The central system says that a token is invalid."""
    await csms.call(
        1,
        Authorize.req(idTag=sut.values.invalid_token.id_tag),
        expect=Authorize.conf(idTagInfo={"status": "Invalid"}),
    )


@case("TC_023_3_CSMS")
async def test_tc_023_3_csms(csms: Csms, sut: Sut) -> None:
    """The central system says that a token is blocked."""
    await csms.call(
        1,
        Authorize.req(idTag=sut.values.blocked_token.id_tag),
        expect=Authorize.conf(idTagInfo={"status": "Blocked"}),
    )
