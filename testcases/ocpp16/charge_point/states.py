"""The states of sections 2.25 and 2.26, charge point under test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from conformance import (
    Operator,
    State,
    Station,
    Sut,
    Token,
    absent,
    in_any_order,
    one_of,
    state,
)
from conformance.ocpp16.messages import (
    Authorize,
    ClearCache,
    ClearChargingProfile,
    GetConfiguration,
    IdTagInfo,
    RemoteStartTransaction,
    SetChargingProfile,
    StartTransaction,
    StatusNotification,
    StopTransaction,
)
from conformance.ocpp16.profiles import Profile
from testcases.ocpp16.charge_point import settings

ACCEPTED: IdTagInfo = {"status": "Accepted"}
GOING_DOWN = (StatusNotification.req(status="Unavailable"),)
"""What a charge point may tell that is about to boot (OCPP 1.6, 4.9: at its own discretion)."""
configuration = settings.configuration


def status(sut: Sut, *names: str) -> StatusNotification.req:
    """Return the report that the configured connector has one of these statuses."""
    return StatusNotification.req(connectorId=sut.connector, status=one_of(*names))


def suspended(sut: Sut) -> tuple[StatusNotification.req, ...]:
    """Return what may come between Preparing and Charging (OCPP 1.6, 4.9: B4, B5, D3, E3)."""
    return (status(sut, "SuspendedEV", "SuspendedEVSE"),)


def every_status(
    sut: Sut, *names: str, others: Literal["Available", "Unavailable"] = "Available"
) -> tuple[StatusNotification.req, ...]:
    """Return the reports of all connectors and of the station as a whole (errata 3.22).

    The configured connector has one of these statuses, the others have `others`.
    """
    rest = (n for n in (0, *sut.connectors) if n != sut.connector)
    others_told = (StatusNotification.req(connectorId=n, status=others) for n in rest)
    return (status(sut, *names), *others_told)


@state("EmptyCache")
async def empty_cache(station: Station) -> None:
    """Whatever was cached before is forgotten: a general precondition of all cases (1.3).

    A charge point without a cache answers Rejected (errata 3.23), or does not know the message.
    """
    await station.call(
        1,
        ClearCache.req(),
        expect=ClearCache.conf(status=one_of("Accepted", "Rejected")),
        or_error=True,
    )


def authorized_with(token: Token | None = None, info: IdTagInfo = ACCEPTED) -> State:
    """Return the reusable state Authorized for a token, the configured valid one if it is None."""

    @state("Authorized", needs=(empty_cache,))
    async def present(station: Station, operator: Operator, sut: Sut) -> None:
        presented = token or sut.values.id_token
        await operator.present_token(presented)
        _, prepared = await in_any_order(
            station.expect(
                1,
                Authorize.req(idTag=presented.id_tag),
                reply=Authorize.conf(idTagInfo=info),
            ),
            station.expect(3, status(sut, "Preparing")),
        )
        station.memory["Preparing"] = prepared

    return present


authorized = authorized_with()
"""A token is presented at the station and accepted, the cable is awaited (table 104)."""


@state("Authorized", needs=(empty_cache,))
async def authorized_remotely(station: Station, sut: Sut) -> None:
    """The same after a remote start, where AuthorizeRemoteTxRequests is true."""
    await station.call(
        1,
        RemoteStartTransaction.req(connectorId=sut.connector, idTag=sut.id_tag),
        expect=RemoteStartTransaction.conf(status="Accepted"),
    )
    await in_any_order(
        station.expect(
            3, Authorize.req(idTag=sut.id_tag), reply=Authorize.conf(idTagInfo=ACCEPTED)
        ),
        station.expect(5, status(sut, "Preparing")),
    )


def charging_with(
    info: IdTagInfo = ACCEPTED,
    *,
    token: Token | None = None,
    profile: Profile | None = None,
    unreserved: bool = False,
) -> State:
    """Return the reusable state Charging, with what the tool says of the token.

    It is started with the configured valid token unless another is given, and with a charging
    profile if one is; `unreserved` requires that it ends no reservation.
    """

    @state("Charging", needs=(empty_cache,))
    async def started(station: Station, operator: Operator, sut: Sut) -> None:
        id_tag = token.id_tag if token else sut.id_tag
        start = RemoteStartTransaction.req(connectorId=sut.connector, idTag=id_tag)
        begun = StartTransaction.req(connectorId=sut.connector, idTag=id_tag)
        asks = await remote_starts_are_authorized(station)

        await operator.plug_in(sut.connector)
        await station.expect(3, status(sut, "Preparing"))

        await station.call(
            5,
            replace(start, chargingProfile=profile) if profile else start,
            expect=RemoteStartTransaction.conf(status="Accepted"),
        )
        station.skip(7, 8, because="the connector was not reserved")
        if asks:
            await station.expect(
                9, Authorize.req(idTag=id_tag), reply=Authorize.conf(idTagInfo=info)
            )
        else:
            station.skip(9, 10, because="AuthorizeRemoteTxRequests is false")

        station.memory["StartTransaction"], _ = await in_any_order(
            station.expect(
                11,
                replace(begun, reservationId=absent) if unreserved else begun,
                reply=StartTransaction.conf(idTagInfo=info),
                meanwhile=suspended(sut),
            ),
            station.expect(13, status(sut, "Charging"), meanwhile=suspended(sut)),
        )

    return started


async def remote_starts_are_authorized(station: Station) -> bool:
    """Return AuthorizeRemoteTxRequests, read as step 1 of the state Charging."""
    setting = await station.call(
        1,
        GetConfiguration.req(key=["AuthorizeRemoteTxRequests"]),
        expect=settings.tells("AuthorizeRemoteTxRequests"),
    )
    return bool(setting["configurationKey"][0].get("value", "").lower() == "true")


charging = charging_with()
"""The cable is plugged in first, then a transaction is started remotely (table 105)."""


def cached(token_of: Callable[[Sut], Token]) -> State:
    """Return the memory state IdTagCached for a token (table 112).

    It is in the cache, as accepted, from a transaction that has ended.
    """

    @state("IdTagCached")
    async def used_before(station: Station, operator: Operator, sut: Sut) -> None:
        token = token_of(sut)
        await station.execute("before", configuration(AuthorizationCacheEnabled="true"))
        await station.execute("before", charging_with(token=token))
        station.undo.append(ClearCache.req())

        transaction = int(station.transaction)
        await operator.present_token(token)
        await in_any_order(
            station.expect(
                1,
                StopTransaction.req(transactionId=transaction),
                reply=StopTransaction.conf(idTagInfo=ACCEPTED),
            ),
            station.expect(3, status(sut, "Finishing")),
        )
        await operator.plug_out(sut.connector)
        await station.expect(5, status(sut, "Available"))
        station.holds.discard("Charging")

    return used_before


def valid_token(sut: Sut) -> Token:
    """Return the configured valid token."""
    return sut.values.id_token


def invalid_token(sut: Sut) -> Token:
    """Return the configured invalid token."""
    return sut.values.invalid_token


id_tag_cached = cached(valid_token)


@state("NoProfiles")
async def no_profiles(station: Station) -> None:
    """No charging schedule is active: a general precondition of all cases (1.3)."""
    await station.call(
        1,
        ClearChargingProfile.req(),
        expect=ClearChargingProfile.conf(status=one_of("Accepted", "Unknown")),
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
