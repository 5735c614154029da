"""Section 2.5: Core profile, remote actions, happy flow."""

from __future__ import annotations

from conformance import Operator, Station, Sut, case, in_any_order
from conformance.ocpp16.messages import (
    Authorize,
    GetConfiguration,
    RemoteStartTransaction,
    RemoteStopTransaction,
    StartTransaction,
    StopTransaction,
)
from testcases.ocpp16.charge_point.settings import configuration, tells
from testcases.ocpp16.charge_point.states import (
    ACCEPTED,
    charging,
    empty_cache,
    status,
    suspended,
)


@case("TC_010_CS")
async def test_tc_010_cs(station: Station) -> None:
    """A remote start after the cable was connected ends in a transaction."""
    await station.execute(1, charging)


@case("TC_011_1_CS", before=(empty_cache,))
async def test_tc_011_1_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """A remote start before the cable is connected ends in a transaction."""
    setting = await station.call(
        1,
        GetConfiguration.req(key=["AuthorizeRemoteTxRequests"]),
        expect=tells("AuthorizeRemoteTxRequests"),
    )
    await station.call(
        3,
        RemoteStartTransaction.req(connectorId=sut.connector, idTag=sut.id_tag),
        expect=RemoteStartTransaction.conf(status="Accepted"),
    )
    expected = []
    if setting["configurationKey"][0].get("value", "").lower() == "true":
        authorize = Authorize.req(idTag=sut.id_tag)
        expected.append(station.expect(5, authorize, reply=Authorize.conf(idTagInfo=ACCEPTED)))
    else:
        station.skip(5, 6, because="AuthorizeRemoteTxRequests is false")
    await in_any_order(*expected, station.expect(7, status(sut, "Preparing")))

    await operator.plug_in(sut.connector)
    await in_any_order(
        station.expect(
            9,
            StartTransaction.req(connectorId=sut.connector, idTag=sut.id_tag),
            meanwhile=suspended(sut),
        ),
        station.expect(11, status(sut, "Charging"), meanwhile=suspended(sut)),
    )


@case(
    "TC_011_2_CS",
    before=(
        configuration(ConnectionTimeOut=lambda sut: str(sut.values.connection_timeout)),
        empty_cache,
    ),
)
async def test_tc_011_2_cs(station: Station, sut: Sut) -> None:
    """A remote start that no cable follows is forgotten after the time limit."""
    setting = await station.call(
        1,
        GetConfiguration.req(key=["AuthorizeRemoteTxRequests"]),
        expect=tells("AuthorizeRemoteTxRequests"),
    )
    await station.call(
        3,
        RemoteStartTransaction.req(connectorId=sut.connector, idTag=sut.id_tag),
        expect=RemoteStartTransaction.conf(status="Accepted"),
    )
    expected = []
    if setting["configurationKey"][0].get("value", "").lower() == "true":
        authorize = Authorize.req(idTag=sut.id_tag)
        expected.append(station.expect(5, authorize, reply=Authorize.conf(idTagInfo=ACCEPTED)))
    else:
        station.skip(5, 6, because="AuthorizeRemoteTxRequests is false")
    *_, prepared = await in_any_order(*expected, station.expect(7, status(sut, "Preparing")))

    await station.expect(
        9, status(sut, "Available"), delay=sut.values.connection_timeout, since=prepared
    )


@case("TC_012_CS", before=(charging,))
async def test_tc_012_cs(station: Station, sut: Sut) -> None:
    """A remote stop ends the transaction that runs."""
    transaction = int(station.transaction)
    await station.call(
        1,
        RemoteStopTransaction.req(transactionId=transaction),
        expect=RemoteStopTransaction.conf(status="Accepted"),
    )
    await in_any_order(
        station.expect(3, StopTransaction.req(transactionId=transaction, reason="Remote")),
        station.expect(5, status(sut, "Finishing")),
    )
