"""Section 2.2: start charging session."""

from __future__ import annotations

from conformance import Operator, Station, Sut, case, in_any_order
from conformance.ocpp16.messages import Authorize, StartTransaction
from testcases.ocpp16.charge_point.states import ACCEPTED, status, suspended


@case("TC_003_CS")
async def test_tc_003_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """The cable first, then an identification: a transaction starts."""
    await operator.plug_in(sut.connector)
    await station.expect(1, status(sut, "Preparing"))

    await operator.present_token(sut.values.id_token)
    await station.expect(
        3, Authorize.req(idTag=sut.id_tag), reply=Authorize.conf(idTagInfo=ACCEPTED)
    )

    await in_any_order(
        station.expect(
            5,
            StartTransaction.req(connectorId=sut.connector, idTag=sut.id_tag),
            meanwhile=suspended(sut),
        ),
        station.expect(7, status(sut, "Charging"), meanwhile=suspended(sut)),
    )
