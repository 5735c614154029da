"""Section 2.17: local authorization list."""

from __future__ import annotations

from conformance import Operator, Reply, Station, Sut, case, in_any_order
from conformance.ocpp16.messages import (
    GetLocalListVersion,
    RemoteStartTransaction,
    SendLocalList,
    StartTransaction,
)
from testcases.ocpp16.charge_point.settings import accepted, configuration, listed
from testcases.ocpp16.charge_point.states import status, suspended

UNSUPPORTED = ("NotSupported", "NotImplemented")
LIST_ENABLED = configuration(LocalAuthListEnabled="true")
TAKEN = SendLocalList.conf(status="Accepted")


def added(id_tag: str, version: int) -> SendLocalList.req:
    """Return the differential update that adds a token that may charge."""
    return SendLocalList.req(
        listVersion=version, updateType="Differential", localAuthorizationList=[accepted(id_tag)]
    )


def version_is(number: int) -> GetLocalListVersion.conf:
    """Require that the list has this version."""
    return GetLocalListVersion.conf(listVersion=number)


def strictness(answer: Reply) -> list[str]:
    """Say what others are stricter about: an action that is not known is NotImplemented."""
    told = "the document has NotSupported only, and another tool may insist on it"
    return [told] * (answer.error == "NotImplemented")


@case("TC_042_1_CS", before=(configuration(LocalAuthListEnabled="false"),))
async def test_tc_042_1_cs(station: Station) -> None:
    """Without a local list, or while it is disabled, there is no version of it."""
    answer = await station.call(
        1, GetLocalListVersion.req(), expect=version_is(-1), or_error=UNSUPPORTED
    )
    station.remark(2, *strictness(answer))


@case("TC_042_2_CS", before=(LIST_ENABLED,))
async def test_tc_042_2_cs(station: Station) -> None:
    """An empty local list has the version 0, whatever version it was sent with."""
    await station.call(1, SendLocalList.req(listVersion=1, updateType="Full"), expect=TAKEN)
    await station.call(3, GetLocalListVersion.req(), expect=version_is(0))


@case("TC_043_CS", before=(LIST_ENABLED,))
async def test_tc_043_cs(station: Station, sut: Sut) -> None:
    """A local list is taken as a whole, and then updated."""
    await station.call(1, listed(accepted(sut.id_tag)), expect=TAKEN)
    await station.call(3, added(sut.values.id_token2.id_tag, version=2), expect=TAKEN)


@case("TC_043_1_CS")
async def test_tc_043_1_cs(station: Station, sut: Sut) -> None:
    """Without the profile a local list is not supported."""
    answer = await station.call(
        1,
        listed(accepted(sut.id_tag)),
        expect=SendLocalList.conf(status="NotSupported"),
        or_error=UNSUPPORTED,
    )
    station.remark(2, *strictness(answer))


@case("TC_043_2_CS", before=(LIST_ENABLED,))
async def test_tc_043_2_cs(station: Station, sut: Sut) -> None:
    """An update to an older version is refused, and the list keeps the version it has."""
    second = sut.values.id_token2.id_tag
    await station.call(1, listed(accepted(sut.id_tag), version=2), expect=TAKEN)
    await station.call(3, GetLocalListVersion.req(), expect=version_is(2))
    await station.call(5, added(second, version=5), expect=TAKEN)
    await station.call(7, GetLocalListVersion.req(), expect=version_is(5))
    await station.call(
        9, added(second, version=4), expect=SendLocalList.conf(status="VersionMismatch")
    )
    await station.call(11, GetLocalListVersion.req(), expect=version_is(5))


@case("TC_043_3_CS", before=(LIST_ENABLED,))
async def test_tc_043_3_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """A local list that the charge point cannot take is refused as failed."""
    await operator.refuse_local_list()
    await station.call(
        1,
        listed(accepted(sut.id_tag), version=2),
        expect=SendLocalList.conf(status="Failed"),
    )


@case(
    "TC_008_1_CS",
    before=(
        configuration(
            LocalPreAuthorize="true",
            AuthorizationCacheEnabled="false",
            LocalAuthListEnabled="true",
        ),
    ),
)
async def test_tc_008_1_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """A token in the local list that is presented starts a transaction without an Authorize."""
    known = await station.call(1, GetLocalListVersion.req())
    await station.call(3, next_list(known, sut), expect=TAKEN)

    await operator.plug_in(sut.connector)
    await station.expect(5, status(sut, "Preparing"))

    await operator.present_token(sut.values.id_token)
    await in_any_order(
        station.expect(
            7,
            StartTransaction.req(connectorId=sut.connector, idTag=sut.id_tag),
            meanwhile=suspended(sut),
        ),
        station.expect(9, status(sut, "Charging"), meanwhile=suspended(sut)),
    )


@case(
    "TC_008_2_CS",
    before=(
        configuration(
            LocalPreAuthorize="true",
            AuthorizationCacheEnabled="false",
            LocalAuthListEnabled="true",
            AuthorizeRemoteTxRequests="true",
        ),
    ),
)
async def test_tc_008_2_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """A token in the local list that is named remotely starts one without an Authorize."""
    known = await station.call(1, GetLocalListVersion.req())
    await station.call(3, next_list(known, sut), expect=TAKEN)

    await operator.plug_in(sut.connector)
    await station.expect(5, status(sut, "Preparing"))

    await station.call(
        7,
        RemoteStartTransaction.req(connectorId=sut.connector, idTag=sut.id_tag),
        expect=RemoteStartTransaction.conf(status="Accepted"),
    )
    await in_any_order(
        station.expect(
            9,
            StartTransaction.req(connectorId=sut.connector, idTag=sut.id_tag),
            meanwhile=suspended(sut),
        ),
        station.expect(11, status(sut, "Charging"), meanwhile=suspended(sut)),
    )


def next_list(known: Reply, sut: Sut) -> SendLocalList.req:
    """Return the full list with the valid token, one version further."""
    return listed(accepted(sut.id_tag), version=max(0, known["listVersion"]) + 1)
