"""Section 2.3: stop charging session."""

from __future__ import annotations

from conformance import Operator, State, Station, Sut, absent, case, in_any_order, one_of
from conformance.ocpp16.messages import (
    Authorize,
    IdTagInfo,
    RemoteStopTransaction,
    StatusNotification,
    StopTransaction,
    UnlockConnector,
)
from testcases.ocpp16.charge_point.settings import configuration, preferably
from testcases.ocpp16.charge_point.states import charging, charging_with, status

EV_GONE = "EV side disconnected"


def without_ev(*, stops: bool, unlocks: bool) -> tuple[State, ...]:
    """Return what is configured for the EV to be unplugged from a running transaction.

    Whether the cable is unlocked then may be read-only (errata 3.84), and changes nothing here.
    """
    return (
        configuration(
            MinimumStatusDuration="0", StopTransactionOnEVSideDisconnect=str(stops).lower()
        ),
        preferably(UnlockConnectorOnEVSideDisconnect=str(unlocks).lower()),
        charging,
    )


def unlock_afterwards(station: Station, sut: Sut) -> UnlockConnector.req:
    """Return what frees a cable that has stayed locked, and have the clean-up send it."""
    unlock = UnlockConnector.req(connectorId=sut.connector)
    if not sut.declares("16-FIXED-CABLE"):
        station.undo.append(unlock)
    return unlock


@case("TC_068_CS", before=(charging,))
async def test_tc_068_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """Only the token that has started a transaction stops it, if there is no group."""
    transaction = int(station.transaction)
    other = sut.values.id_token2
    await operator.present_token(other)
    await station.expect_none(
        1,
        StopTransaction.req(),
        during=sut.silence,
        odd=(Authorize.req(idTag=other.id_tag), StatusNotification.req(status="Preparing")),
    )

    await operator.present_token(sut.values.id_token)
    await in_any_order(
        station.expect(
            3,
            StopTransaction.req(
                transactionId=transaction, idTag=sut.id_tag, reason=one_of("Local", absent)
            ),
        ),
        station.expect(5, status(sut, "Finishing")),
    )


@case("TC_069_CS")
async def test_tc_069_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """Another token of the same group stops a transaction too."""
    grouped: IdTagInfo = {"status": "Accepted", "parentIdTag": sut.values.group.id_tag}
    await station.execute("before", charging_with(grouped))
    transaction = int(station.transaction)

    member = sut.values.group_member_token
    await operator.present_token(member)
    await station.expect(
        1, Authorize.req(idTag=member.id_tag), reply=Authorize.conf(idTagInfo=grouped)
    )
    await in_any_order(
        station.expect(
            3,
            StopTransaction.req(
                transactionId=transaction, idTag=member.id_tag, reason=one_of("Local", absent)
            ),
        ),
        station.expect(5, status(sut, "Finishing")),
    )


@case("TC_005_1_CS", before=without_ev(stops=True, unlocks=True))
async def test_tc_005_1_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """The transaction stops when the EV is unplugged, and the cable is unlocked."""
    transaction = int(station.transaction)
    unlock_afterwards(station, sut)
    await operator.unplug_ev(sut.connector)
    await in_any_order(
        station.expect(1, StopTransaction.req(transactionId=transaction, reason="EVDisconnected")),
        station.expect(3, status(sut, "Finishing")),
    )


@case("TC_005_2_CS", before=without_ev(stops=True, unlocks=False))
async def test_tc_005_2_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """The transaction stops when the EV is unplugged, and the cable can be unlocked."""
    transaction = int(station.transaction)
    unlock = unlock_afterwards(station, sut)
    await operator.unplug_ev(sut.connector)
    await in_any_order(
        station.expect(
            1,
            StopTransaction.req(transactionId=transaction, reason="EVDisconnected"),
            meanwhile=(status(sut, "Available"),),
        ),
        station.expect(3, status(sut, "Finishing", "Available")),
    )
    await station.expect_optional(
        3, status(sut, "Available"), because="no other status has followed"
    )

    await station.call(
        5, unlock, expect=UnlockConnector.conf(status=one_of("Unlocked", "NotSupported"))
    )


@case("TC_005_3_CS", before=without_ev(stops=False, unlocks=False))
async def test_tc_005_3_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """The transaction goes on when the EV is unplugged, until it is stopped remotely."""
    transaction = int(station.transaction)
    left = status(sut, "SuspendedEV", "SuspendedEVSE")
    await operator.unplug_ev(sut.connector)
    suspended = await station.expect(1, left)
    if suspended.payload.get("info") != EV_GONE:
        station.remark(1, f"info should be {EV_GONE!r} (OCPP 1.6, 4.9)")
    await station.expect_optional(1, left, because="one status was enough")

    await station.call(
        3,
        RemoteStopTransaction.req(transactionId=transaction),
        expect=RemoteStopTransaction.conf(status="Accepted"),
    )
    # A fixed cable may be free at once.
    free = ("Available",) if sut.declares("16-FIXED-CABLE") else ()
    also = (left, *(status(sut, name) for name in free))
    stop = StopTransaction.req(transactionId=transaction, reason="Remote")
    await in_any_order(
        station.expect(5, status(sut, "Finishing", *free), meanwhile=also),
        station.expect(7, stop, meanwhile=also),
    )
