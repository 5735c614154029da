"""Section 2.10: Core profile, basic actions, non-happy flow."""

from __future__ import annotations

from conformance import Operator, Station, Sut, case, in_any_order
from conformance.ocpp16.messages import (
    Authorize,
    GetConfiguration,
    RemoteStartTransaction,
    StartTransaction,
    StatusNotification,
)
from testcases.ocpp16.charge_point.settings import configuration, tells
from testcases.ocpp16.charge_point.states import ACCEPTED, empty_cache, status

MINIMUM_STATUS_DURATION = 10


SLOW = {"MinimumStatusDuration": str(MINIMUM_STATUS_DURATION), "LocalPreAuthorize": "true"}


@case("TC_023_4_CS", before=(configuration(**SLOW), empty_cache))
async def test_tc_023_4_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """A token that the central system refuses starts no transaction."""
    await operator.plug_in(sut.connector)
    await station.expect(
        1,
        status(sut, "Preparing"),
        within=sut.limits.message_timeout + MINIMUM_STATUS_DURATION,
    )

    token = sut.values.invalid_token
    await operator.present_token(token)
    await station.expect(
        3,
        Authorize.req(idTag=token.id_tag),
        reply=Authorize.conf(idTagInfo={"status": "Invalid"}),
    )
    await station.expect_none(
        5,
        StartTransaction.req(),
        during=sut.silence,
        meanwhile=(StatusNotification.req(connectorId=sut.connector),),
    )


@case(
    "TC_023_5_CS",
    before=(configuration(**SLOW, AuthorizeRemoteTxRequests="true"), empty_cache),
)
async def test_tc_023_5_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """A remote start with a token that is then refused starts no transaction."""
    await operator.plug_in(sut.connector)
    await station.expect(
        1,
        status(sut, "Preparing"),
        within=sut.limits.message_timeout + MINIMUM_STATUS_DURATION,
    )

    token = sut.values.invalid_token
    await station.call(
        3,
        RemoteStartTransaction.req(connectorId=sut.connector, idTag=token.id_tag),
        expect=RemoteStartTransaction.conf(status="Accepted"),
    )
    await station.expect(
        5,
        Authorize.req(idTag=token.id_tag),
        reply=Authorize.conf(idTagInfo={"status": "Invalid"}),
    )
    await station.expect_none(
        7,
        StartTransaction.req(),
        during=sut.silence,
        meanwhile=(StatusNotification.req(connectorId=sut.connector),),
    )


@case("TC_024_CS", before=(empty_cache,))
async def test_tc_024_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """A cable that cannot be locked is a fault, and starts no transaction."""
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

    await operator.plug_in(sut.connector, halfway=True)
    await station.expect(
        9,
        StatusNotification.req(
            connectorId=sut.connector, status="Faulted", errorCode="ConnectorLockFailure"
        ),
    )
    await station.expect_none(
        11,
        StartTransaction.req(),
        during=sut.silence,
        meanwhile=(StatusNotification.req(connectorId=sut.connector),),
    )
