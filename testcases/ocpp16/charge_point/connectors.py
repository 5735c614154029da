"""The states of section 2.25 that take connectors from their users, and what uses them still."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance import Operator, State, Station, Sut, Token, in_any_order, later, state
from conformance.ocpp16.messages import (
    Authorize,
    ChangeAvailability,
    ChargePointStatus,
    IdTagInfo,
    RemoteStartTransaction,
    ReserveNow,
    StartTransaction,
    StatusNotification,
)
from testcases.ocpp16.charge_point.states import (
    ACCEPTED,
    empty_cache,
    remote_starts_are_authorized,
    status,
    suspended,
)

RESERVATION: Final = 46
"""The id of the reservation that a case makes."""
LONG: Final = 3600
"""Seconds that a reservation lasts if it is not to expire."""


def reports(connector: int, name: ChargePointStatus) -> StatusNotification.req:
    """Return the report that a connector, or the station (0), has a status."""
    return StatusNotification.req(connectorId=connector, status=name)


# Faulted


@state("SetConnectorFaulted")
async def connector_faulted(station: Station, operator: Operator, sut: Sut) -> None:
    """The configured connector is faulted (table 106)."""
    await operator.set_fault(sut.connector)
    await station.expect(1, reports(sut.connector, "Faulted"))


@state("SetChargePointFaulted")
async def charge_point_faulted(station: Station, operator: Operator, sut: Sut) -> None:
    """The whole charge point is faulted, with every connector (table 107)."""
    await operator.set_fault(0)
    await in_any_order(*(station.expect(1, reports(n, "Faulted")) for n in (0, *sut.connectors)))


# Unavailable


async def _take_out_of_service(station: Station, connector: int) -> None:
    await station.call(
        1,
        ChangeAvailability.req(connectorId=connector, type="Inoperative"),
        expect=ChangeAvailability.conf(status="Accepted"),
    )


@state("SetConnectorUnavailable")
async def connector_unavailable(station: Station, sut: Sut) -> None:
    """The configured connector is out of service (table 108)."""
    await _take_out_of_service(station, sut.connector)
    await station.expect(3, reports(sut.connector, "Unavailable"))


@state("SetConnectorUnavailable")
async def others_unavailable(station: Station, sut: Sut) -> None:
    """All connectors but the configured one are out of service."""
    for connector in sut.connectors:
        if connector != sut.connector:
            await _take_out_of_service(station, connector)
            await station.expect(3, reports(connector, "Unavailable"))


@state("SetChargePointUnavailable")
async def charge_point_unavailable(station: Station, sut: Sut) -> None:
    """The whole charge point is out of service, with every connector (table 109)."""
    await _take_out_of_service(station, 0)
    await in_any_order(
        *(station.expect(3, reports(n, "Unavailable")) for n in (0, *sut.connectors))
    )


# Occupied


@state("SetConnectorOccupied")
async def connector_occupied(station: Station, operator: Operator, sut: Sut) -> None:
    """A cable is plugged in at the configured connector (table 110)."""
    await operator.plug_in(sut.connector)
    await station.expect(1, reports(sut.connector, "Preparing"))


@state("SetConnectorOccupied")
async def connectors_occupied(station: Station, operator: Operator, sut: Sut) -> None:
    """A cable is plugged in at every connector."""
    for connector in sut.connectors:
        await operator.plug_in(connector)
        await station.expect(1, reports(connector, "Preparing"))


# Reserved


def reserve(sut: Sut, connector: int | None = None, *, lasts: int = LONG) -> ReserveNow.req:
    """Reserve the configured connector, or another one, for the valid token."""
    return ReserveNow.req(
        connectorId=sut.connector if connector is None else connector,
        expiryDate=later(lasts),
        idTag=sut.id_tag,
        reservationId=RESERVATION,
    )


@state("Reserved")
async def reserved(station: Station, sut: Sut) -> None:
    """The configured connector is reserved for the valid token (table 111)."""
    await station.call(1, reserve(sut), expect=ReserveNow.conf(status="Accepted"))
    await station.expect(3, status(sut, "Reserved"))


def charging_reserved(token: Token | None = None, info: IdTagInfo = ACCEPTED) -> State:
    """Return the state Charging on a reserved connector (table 105).

    The token of the reservation may be authorized, or not; `token`, another one of its group,
    has to be, whatever AuthorizeRemoteTxRequests says (OCPP 1.6, 5.13).
    """

    @state("Charging", needs=(empty_cache,))
    async def started(station: Station, operator: Operator, sut: Sut) -> None:
        id_tag = token.id_tag if token else sut.id_tag
        authorize = Authorize.req(idTag=id_tag)
        await remote_starts_are_authorized(station)

        await operator.plug_in(sut.connector)
        station.skip(3, 4, because="the connector is reserved, and remains so")
        await station.call(
            5,
            RemoteStartTransaction.req(connectorId=sut.connector, idTag=id_tag),
            expect=RemoteStartTransaction.conf(status="Accepted"),
        )
        if token:
            await in_any_order(
                station.expect(7, status(sut, "Preparing")),
                station.expect(9, authorize, reply=Authorize.conf(idTagInfo=info)),
            )
        else:
            await station.expect(7, status(sut, "Preparing"), meanwhile=(authorize,))
            station.skip(9, 10, because="the token of a reservation need not be authorized")
        await uses_reservation(station, sut, id_tag, info)

    return started


async def uses_reservation(station: Station, sut: Sut, id_tag: str, info: IdTagInfo) -> None:
    """Require a transaction that ends the reservation, as steps 11 and 13 of Charging."""
    meanwhile = (*suspended(sut), Authorize.req(idTag=id_tag))
    await in_any_order(
        station.expect(
            11,
            using_reservation(sut, id_tag),
            reply=StartTransaction.conf(idTagInfo=info),
            meanwhile=meanwhile,
        ),
        station.expect(13, status(sut, "Charging"), meanwhile=meanwhile),
    )


def using_reservation(sut: Sut, id_tag: str) -> StartTransaction.req:
    """Return the start of a transaction that ends the reservation of the case."""
    start = StartTransaction.req(connectorId=sut.connector, idTag=id_tag)
    return replace(start, reservationId=RESERVATION)
