"""Section 2.4: authorization cache."""

from __future__ import annotations

from conformance import Operator, Station, Sut, case, in_any_order
from conformance.ocpp16.messages import (
    Authorize,
    ClearCache,
    RemoteStartTransaction,
    StartTransaction,
)
from testcases.ocpp16.charge_point.settings import configuration
from testcases.ocpp16.charge_point.states import (
    ACCEPTED,
    authorized,
    authorized_remotely,
    id_tag_cached,
    status,
    suspended,
)

TRUSTED = {"AuthorizationCacheEnabled": "true", "LocalPreAuthorize": "true"}
REMOTE = {**TRUSTED, "AuthorizeRemoteTxRequests": "true"}


def connection_timeout(sut: Sut) -> str:
    """Return how long the cable is to be awaited."""
    return str(sut.values.connection_timeout)


@case("TC_007_1_CS", before=(configuration(**TRUSTED), id_tag_cached))
async def test_tc_007_1_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """A token in the cache starts a transaction without being authorized again."""
    await operator.plug_in(sut.connector)
    await station.expect(1, status(sut, "Preparing"))

    await operator.present_token(sut.values.id_token)
    await in_any_order(
        station.expect(
            3,
            StartTransaction.req(connectorId=sut.connector, idTag=sut.id_tag),
            reply=StartTransaction.conf(idTagInfo=ACCEPTED),
            meanwhile=suspended(sut),
        ),
        station.expect(5, status(sut, "Charging"), meanwhile=suspended(sut)),
    )


@case("TC_007_2_CS", before=(configuration(**REMOTE), id_tag_cached))
async def test_tc_007_2_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """So does a remote start with a token in the cache."""
    await operator.plug_in(sut.connector)
    await station.expect(1, status(sut, "Preparing"))

    await station.call(
        3,
        RemoteStartTransaction.req(connectorId=sut.connector, idTag=sut.id_tag),
        expect=RemoteStartTransaction.conf(status="Accepted"),
    )
    await in_any_order(
        station.expect(
            5,
            StartTransaction.req(connectorId=sut.connector, idTag=sut.id_tag),
            reply=StartTransaction.conf(idTagInfo=ACCEPTED),
            meanwhile=suspended(sut),
        ),
        station.expect(7, status(sut, "Charging"), meanwhile=suspended(sut)),
    )


@case(
    "TC_061_1_CS",
    before=(configuration(**TRUSTED, ConnectionTimeOut=connection_timeout), authorized),
)
async def test_tc_061_1_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """A token is authorized again once the cache has been cleared."""
    station.skip(1, 2, because="the status was reported on the way to Authorized")
    token = sut.values.id_token
    await operator.present_token(token)
    await station.expect(
        3,
        status(sut, "Available"),
        within=sut.values.connection_timeout + sut.limits.message_timeout,
        meanwhile=(Authorize.req(idTag=token.id_tag),),
    )

    await station.call(5, ClearCache.req(), expect=ClearCache.conf(status="Accepted"))
    await operator.present_token(token)
    await station.expect(
        7,
        Authorize.req(idTag=token.id_tag),
        reply=Authorize.conf(idTagInfo=ACCEPTED),
        meanwhile=(status(sut, "Preparing"),),
    )


@case(
    "TC_061_2_CS",
    before=(configuration(**REMOTE, ConnectionTimeOut=connection_timeout), authorized_remotely),
)
async def test_tc_061_2_cs(station: Station, sut: Sut) -> None:
    """So is the token of a remote start."""
    station.skip(1, 2, because="the status was reported on the way to Authorized")
    await station.expect(
        3,
        status(sut, "Available"),
        within=sut.values.connection_timeout + sut.limits.message_timeout,
    )

    await station.call(5, ClearCache.req(), expect=ClearCache.conf(status="Accepted"))
    await station.call(
        7,
        RemoteStartTransaction.req(connectorId=sut.connector, idTag=sut.id_tag),
        expect=RemoteStartTransaction.conf(status="Accepted"),
    )
    await station.expect(
        9,
        Authorize.req(idTag=sut.id_tag),
        reply=Authorize.conf(idTagInfo=ACCEPTED),
        meanwhile=(status(sut, "Preparing"),),
    )
