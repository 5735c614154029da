"""Section 3.17: reservation."""

from __future__ import annotations

from typing import Any, Literal

from conformance import (
    Csms,
    Operator,
    Sut,
    about_now,
    case,
    caseless,
    none_of,
    now,
    present,
)
from conformance.ocpp16.messages import (
    Authorize,
    CancelReservation,
    ChangeAvailability,
    ReserveNow,
    StopTransaction,
)
from testcases.ocpp16.central_system.states import charging, status

Answer = Literal["Accepted", "Faulted", "Occupied", "Rejected", "Unavailable"]


async def ask(operator: Operator, sut: Sut, connector: int | None = None) -> None:
    """Have the valid token reserve the configured connector, or another."""
    where = sut.connector if connector is None else connector
    await operator.ask_for_reservation(where, sut.values.id_token, sut.values.reservation_duration)


def wanted(sut: Sut, connector: int | None = None, **more: Any) -> ReserveNow.req:  # noqa: ANN401
    """Return the reservation that is asked for."""
    where = sut.connector if connector is None else connector
    return ReserveNow.req(connectorId=where, idTag=caseless(sut.id_tag), **more)


def answered(with_: Answer) -> ReserveNow.conf:
    """Return the tool's answer to a reservation."""
    return ReserveNow.conf(status=with_)


@case("TC_046_CSMS")
async def test_tc_046_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """A connector is reserved, and the reservation is used."""
    await ask(operator, sut)
    reserved = await csms.expect(1, wanted(sut), reply=answered("Accepted"))
    await csms.call(3, status(sut, "Reserved"))
    csms.memory["reservation"] = {"reservationId": reserved["reservationId"]}
    await csms.execute(5, charging)


@case("TC_047_CSMS")
async def test_tc_047_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """A connector is reserved, and the reservation expires unused."""
    duration, allowed = sut.values.reservation_duration, sut.limits.deviation
    await ask(operator, sut)
    expiry = about_now(within=allowed, after=duration)
    await csms.expect(1, wanted(sut, expiryDate=expiry), reply=answered("Accepted"))
    await csms.call(3, status(sut, "Reserved"))
    await csms.call(5, status(sut, "Available"), after=duration)


@case("TC_048_1_CSMS")
async def test_tc_048_1_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system lives with a reservation of a connector that is faulted."""
    await ask(operator, sut)
    await csms.expect(1, wanted(sut), reply=answered("Faulted"))


@case("TC_048_2_CSMS")
async def test_tc_048_2_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system lives with a reservation of a connector that is in use."""
    await csms.call(1, status(sut, "Preparing"))
    await ask(operator, sut)
    await csms.expect(3, wanted(sut), reply=answered("Occupied"))


@case("TC_048_3_CSMS")
async def test_tc_048_3_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system lives with a reservation of a connector that is out of service."""
    await operator.ask_for_availability(sut.connector, operative=False)
    await csms.expect(
        1,
        ChangeAvailability.req(connectorId=sut.connector, type="Inoperative"),
        reply=ChangeAvailability.conf(status="Accepted"),
    )
    await csms.call(3, status(sut, "Unavailable"))
    await ask(operator, sut)
    await csms.expect(5, wanted(sut), reply=answered("Unavailable"))


@case("TC_048_4_CSMS")
async def test_tc_048_4_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system lives with a reservation that is rejected."""
    await ask(operator, sut)
    await csms.expect(1, wanted(sut), reply=answered("Rejected"))


@case("TC_049_CSMS")
async def test_tc_049_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """Any connector of the charge point is reserved."""
    await ask(operator, sut, connector=0)
    await csms.expect(1, wanted(sut, connector=0), reply=answered("Accepted"))
    await csms.call(3, status(sut, "Reserved"))


@case("TC_051_CSMS")
async def test_tc_051_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system cancels a reservation."""
    await ask(operator, sut)
    reserved = await csms.expect(1, wanted(sut), reply=answered("Accepted"))
    await csms.call(3, status(sut, "Reserved"))
    await operator.ask_for_cancellation(reserved["reservationId"])
    await csms.expect(
        5,
        CancelReservation.req(reservationId=reserved["reservationId"]),
        reply=CancelReservation.conf(status="Accepted"),
    )
    await csms.call(7, status(sut, "Available"))


@case("TC_052_CSMS")
async def test_tc_052_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system lives with the cancellation of a reservation that is not known."""
    await ask(operator, sut)
    reserved = await csms.expect(1, wanted(sut), reply=answered("Accepted"))
    await csms.call(3, status(sut, "Reserved"))
    await operator.ask_for_cancellation(reserved["reservationId"] + 1)
    await csms.expect(
        5,
        CancelReservation.req(reservationId=none_of(reserved["reservationId"])),
        reply=CancelReservation.conf(status="Rejected"),
    )


@case("TC_053_CSMS")
async def test_tc_053_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """A reservation is for a group of tokens: another one of the group ends the transaction."""
    values = sut.values
    await operator.ask_for_reservation(
        sut.connector, values.id_token, values.reservation_duration, values.group
    )
    request = wanted(sut, parentIdTag=present)
    reserved = await csms.expect(1, request, reply=answered("Accepted"))
    await csms.call(3, status(sut, "Reserved"))
    csms.memory["reservation"] = {"reservationId": reserved["reservationId"]}
    await csms.execute(5, charging)

    member = values.group_member_token.id_tag
    parent = caseless(reserved["parentIdTag"])
    await csms.call(
        6,
        Authorize.req(idTag=member),
        expect=Authorize.conf(idTagInfo={"status": "Accepted", "parentIdTag": parent}),
    )
    await csms.call(
        8,
        StopTransaction.req(
            transactionId=csms.memory["transactionId"],
            idTag=member,
            meterStop=1000,
            timestamp=now(),
        ),
    )
    await csms.call(10, status(sut, "Finishing"))
