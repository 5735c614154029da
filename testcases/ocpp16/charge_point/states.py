"""The states of sections 2.25 and 2.26, charge point under test."""

from __future__ import annotations

from conformance import Operator, State, Station, Sut, in_any_order, one_of, state
from conformance.ocpp16.messages import (
    Authorize,
    ClearCache,
    GetConfiguration,
    IdTagInfo,
    RemoteStartTransaction,
    SetChargingProfile,
    StartTransaction,
    StatusNotification,
)
from conformance.ocpp16.profiles import Profile
from testcases.ocpp16.charge_point import settings

ACCEPTED: IdTagInfo = {"status": "Accepted"}
configuration = settings.configuration


def status(sut: Sut, *names: str) -> StatusNotification.req:
    """Return the report that the configured connector has one of these statuses."""
    return StatusNotification.req(connectorId=sut.connector, status=one_of(*names))


def suspended(sut: Sut) -> tuple[StatusNotification.req, ...]:
    """Return what may come between Preparing and Charging (OCPP 1.6, 4.9: B4, B5, D3, E3)."""
    return (status(sut, "SuspendedEV", "SuspendedEVSE"),)


@state("EmptyCache")
async def empty_cache(station: Station, sut: Sut) -> None:
    """Whatever was cached before is forgotten: a general precondition of all cases (1.3)."""
    if sut.declares("16-CACHE"):
        await station.call(
            1, ClearCache.req(), expect=ClearCache.conf(status=one_of("Accepted", "Rejected"))
        )
    else:
        station.skip(1, 2, because="there is no cache")


@state("Charging", needs=(empty_cache,))
async def charging(station: Station, operator: Operator, sut: Sut) -> None:
    """The cable is plugged in first, then a transaction is started remotely (table 105)."""
    setting = await station.call(
        1,
        GetConfiguration.req(key=["AuthorizeRemoteTxRequests"]),
        expect=GetConfiguration.conf(configurationKey=[{"key": "AuthorizeRemoteTxRequests"}]),
    )

    await operator.plug_in(sut.connector)
    await station.expect(3, status(sut, "Preparing"))

    await station.call(
        5,
        RemoteStartTransaction.req(connectorId=sut.connector, idTag=sut.id_tag),
        expect=RemoteStartTransaction.conf(status="Accepted"),
    )
    station.skip(7, 8, because="the connector was not reserved")
    if setting["configurationKey"][0].get("value", "").lower() == "true":
        await station.expect(
            9, Authorize.req(idTag=sut.id_tag), reply=Authorize.conf(idTagInfo=ACCEPTED)
        )
    else:
        station.skip(9, 10, because="AuthorizeRemoteTxRequests is false")

    await in_any_order(
        station.expect(
            11,
            StartTransaction.req(connectorId=sut.connector, idTag=sut.id_tag),
            meanwhile=suspended(sut),
        ),
        station.expect(13, status(sut, "Charging"), meanwhile=suspended(sut)),
    )


def charging_profile_set(
    profile: Profile, connector: int, *, for_transaction: bool = False
) -> State:
    """Return the memory state SetChargingProfile with this profile (table 116)."""

    @state("SetChargingProfile")
    async def set_profile(station: Station) -> None:
        sent: Profile = {**profile}
        if for_transaction:
            sent["transactionId"] = int(station.transaction)
        await station.call(
            1,
            SetChargingProfile.req(connectorId=connector, csChargingProfiles=sent),
            expect=SetChargingProfile.conf(status="Accepted"),
        )

    return set_profile
