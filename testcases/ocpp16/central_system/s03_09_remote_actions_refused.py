"""Section 3.9: Core profile, remote actions, non-happy flow."""

from __future__ import annotations

from conformance import Csms, Operator, Sut, case
from conformance.ocpp16.messages import RemoteStartTransaction


@case("TC_026_CSMS")
async def test_tc_026_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system lives with a remote start that is rejected."""
    await operator.ask_for_remote_start(sut.values.id_token, sut.connector)
    await csms.expect(
        1, RemoteStartTransaction.req(), reply=RemoteStartTransaction.conf(status="Rejected")
    )
