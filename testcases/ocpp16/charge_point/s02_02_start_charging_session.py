"""Section 2.2: start charging session."""

from __future__ import annotations

from conformance import Operator, Station, Sut, case, in_any_order
from conformance.ocpp16.messages import Authorize, StartTransaction
from testcases.ocpp16.charge_point.settings import configuration
from testcases.ocpp16.charge_point.states import (
    ACCEPTED,
    authorized,
    empty_cache,
    status,
    suspended,
)


@case("TC_003_CS", before=(empty_cache,))
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


@case(
    "TC_004_1_CS",
    before=(configuration(MeterValueSampleInterval=lambda sut: str(sut.values.meter_interval)),),
)
async def test_tc_004_1_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """An identification first, then the cable: a transaction starts."""
    await station.execute(1, authorized)
    await operator.plug_in(sut.connector)
    await in_any_order(
        station.expect(
            3,
            StartTransaction.req(connectorId=sut.connector, idTag=sut.id_tag),
            reply=StartTransaction.conf(idTagInfo=ACCEPTED),
            meanwhile=suspended(sut),
        ),
        station.expect(5, status(sut, "Charging"), meanwhile=suspended(sut)),
    )


@case(
    "TC_004_2_CS",
    before=(configuration(ConnectionTimeOut=lambda sut: str(sut.values.connection_timeout)),),
)
async def test_tc_004_2_cs(station: Station, sut: Sut) -> None:
    """An identification that no cable follows is forgotten after the time limit."""
    await station.execute(1, authorized)
    await station.expect(
        2,
        status(sut, "Available"),
        delay=sut.values.connection_timeout,
        since=station.memory["Preparing"],
    )
