"""Sections 2.20.2 and 2.20.3: reservation of any connector, and cancelling a reservation."""

from __future__ import annotations

from conformance import Station, Sut, case
from conformance.ocpp16.messages import CancelReservation, ReserveNow
from testcases.ocpp16.charge_point.connectors import (
    RESERVATION,
    charge_point_faulted,
    charge_point_unavailable,
    charging_reserved,
    connectors_occupied,
    others_unavailable,
    reserve,
    reserved,
)
from testcases.ocpp16.charge_point.s02_20_reservation import (
    PROMPT,
    RESERVED,
    UNSUPPORTED,
    strictness,
)
from testcases.ocpp16.charge_point.states import charging_with, configuration, status

ANY = configuration(ReserveConnectorZeroSupported="true")


@case("TC_049_CS", before=(ANY, PROMPT, others_unavailable))
async def test_tc_049_cs(station: Station, sut: Sut) -> None:
    """Any connector is reserved: the last one that is left is kept, and used."""
    await station.call(1, reserve(sut, 0), expect=RESERVED)
    await station.expect(3, status(sut, "Reserved"))
    await station.execute(5, charging_reserved())


@case("TC_050_1_CS", before=(ANY, charge_point_faulted))
async def test_tc_050_1_cs(station: Station, sut: Sut) -> None:
    """A faulted charge point cannot be reserved."""
    await station.call(1, reserve(sut, 0), expect=ReserveNow.conf(status="Faulted"))


@case("TC_050_2_CS", before=(ANY, connectors_occupied))
async def test_tc_050_2_cs(station: Station, sut: Sut) -> None:
    """A charge point with a cable in every connector cannot be reserved."""
    await station.call(1, reserve(sut, 0), expect=ReserveNow.conf(status="Occupied"))


@case("TC_050_3_CS", before=(ANY, charge_point_unavailable))
async def test_tc_050_3_cs(station: Station, sut: Sut) -> None:
    """A charge point that is out of service cannot be reserved."""
    await station.call(1, reserve(sut, 0), expect=ReserveNow.conf(status="Unavailable"))


@case("TC_050_4_CS")
async def test_tc_050_4_cs(station: Station, sut: Sut) -> None:
    """A charge point without reservations refuses to reserve any connector."""
    answer = await station.call(
        1, reserve(sut, 0), expect=ReserveNow.conf(status="Rejected"), or_error=UNSUPPORTED
    )
    station.remark(2, *strictness(answer))


@case("TC_051_CS", before=(reserved,))
async def test_tc_051_cs(station: Station, sut: Sut) -> None:
    """A cancelled reservation frees the connector for another token."""
    await station.call(
        1,
        CancelReservation.req(reservationId=RESERVATION),
        expect=CancelReservation.conf(status="Accepted"),
    )
    await station.expect(3, status(sut, "Available"))
    await station.execute(5, charging_with(token=sut.values.id_token2, unreserved=True))


@case("TC_052_CS", before=(reserved,))
async def test_tc_052_cs(station: Station) -> None:
    """A reservation that is not there cannot be cancelled."""
    await station.call(
        1,
        CancelReservation.req(reservationId=RESERVATION + 1),
        expect=CancelReservation.conf(status="Rejected"),
    )
