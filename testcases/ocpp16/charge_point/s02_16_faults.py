"""Section 2.16: Core profile, fault behaviour, non-happy flow."""

from __future__ import annotations

from conformance import Operator, Station, Sut, case
from conformance.ocpp16.messages import Authorize, StartTransaction, StatusNotification
from testcases.ocpp16.charge_point.states import empty_cache


@case("TC_041_CS", before=(empty_cache,))
async def test_tc_041_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """While the charge point is faulted, nobody can start a transaction."""
    faulted = StatusNotification.req(status="Faulted")  # connector 0, or one by one
    station.allow(faulted)
    await operator.set_fault(0)
    await station.expect(1, faulted)

    await operator.plug_in(sut.connector)
    await operator.present_token(sut.values.id_token)
    await station.expect_none(
        3,
        StartTransaction.req(),
        during=sut.values.transaction_duration or sut.silence,
        meanwhile=(StatusNotification.req(), Authorize.req()),
    )
