"""The reusable states of section 2.18 of Part 6, charging station under test."""

from __future__ import annotations

from conformance import Operator, State, Station, Sut, in_any_order, one_of, state
from conformance.ocpp201.messages import (
    AuthorizeRequest,
    AuthorizeResponse,
    BootNotificationRequest,
    BootNotificationResponse,
    IdTokenInfoType,
    RequestStartTransactionRequest,
    RequestStartTransactionResponse,
    RequestStopTransactionRequest,
    RequestStopTransactionResponse,
    SecurityEventNotificationRequest,
    TransactionEventRequest,
)
from testcases.ocpp201.charging_station.reports import connector_reported, session

ACCEPTED: IdTokenInfoType = {"status": "Accepted"}
REMOTE_START_ID = 4711


@state("Booted")
async def booted(station: Station, operator: Operator, sut: Sut) -> None:
    """The station is switched on, is accepted, and reports its connectors (table 423)."""
    await operator.reboot()
    station.skip(1, 2, because="the station is power cycled instead")
    await station.expect(
        3,
        BootNotificationRequest(),
        reply=BootNotificationResponse(status="Accepted", interval=sut.heartbeat_interval),
        within=sut.limits.connect_timeout,
    )
    await in_any_order(
        *(
            station.expect(5, *connector_reported("Available", evse, connector))
            for evse, connector in sut.places
        ),
        station.expect(
            7,
            SecurityEventNotificationRequest(type=one_of("StartupOfTheDevice", "ResetOrReboot")),
        ),
    )


@state("ParkingBayOccupied")
async def parking_bay_occupied(station: Station, operator: Operator, sut: Sut) -> None:
    """The EV is in the parking bay; optional, and left out without a sensor (table 426)."""
    current = session(station, sut)
    if "ParkingBayOccupancy" not in current.points:
        station.skip(1, 2, because="TxStartPoint lacks ParkingBayOccupancy")
        return
    await operator.drive_in()
    current.reached.add("ParkingBayOccupancy")
    current.told(await station.expect(1, current.event("EVDetected")))


@state("EVConnectedPreSession", needs=(parking_bay_occupied,))
async def ev_connected_pre_session(station: Station, operator: Operator, sut: Sut) -> None:
    """The EV is connected before anything is authorized (table 427)."""
    current = session(station, sut)
    current.reached.add("EVConnected")
    reported = connector_reported("Occupied", sut.evse, sut.connector)
    await operator.plug_in(sut.evse, sut.connector)
    if not current.running:
        await station.expect(1, *reported)
        station.skip(3, 4, because="no transaction has started, TxStartPoint lacks EVConnected")
        return
    current.place = {"id": sut.evse, "connectorId": sut.connector}
    _, event = await in_any_order(
        station.expect(1, *reported),
        station.expect(
            3,
            current.event(one_of("CablePluggedIn", "ChargingStateChanged"), "EVConnected"),
        ),
    )
    current.told(event)


def _authorized(station: Station, sut: Sut) -> None:
    current = session(station, sut)
    current.authorized = True
    current.reached.add("Authorized")
    if "EVConnected" in current.reached:
        current.reached |= {"PowerPathClosed"}
    station.holds.add("Authorized")


@state("Authorized (local)", needs=(parking_bay_occupied,))
async def authorized_locally(station: Station, operator: Operator, sut: Sut) -> None:
    """An idToken is presented at the station and accepted (table 428, main A)."""
    current, token = session(station, sut), sut.id_token
    await operator.present_token(sut.values.id_token)
    if sut.values.id_token.kind == "NoAuthorization":
        station.skip(1, 2, because="nothing is authorized with a start button (C02)")
    else:
        await station.expect(
            1,
            AuthorizeRequest(idToken=token),
            reply=AuthorizeResponse(idTokenInfo=ACCEPTED),
        )
    current.token = token
    current.reached.add("Authorized")
    if current.running:
        current.told(await station.expect(3, current.event("Authorized")))
    else:
        station.skip(3, 4, because="no transaction has started, TxStartPoint lacks Authorized")
    _authorized(station, sut)


@state("Authorized (remote)", needs=(parking_bay_occupied,))
async def authorized_remotely(station: Station, sut: Sut) -> None:
    """A transaction is authorized by RequestStartTransaction (428, main B, erratum 6.2.116)."""
    current, token = session(station, sut), sut.id_token
    started = current.transaction
    await station.call(
        1,
        RequestStartTransactionRequest(
            idToken=token, evseId=sut.evse, remoteStartId=REMOTE_START_ID
        ),
        expect=RequestStartTransactionResponse(status="Accepted", transactionId=started)
        if started
        else RequestStartTransactionResponse(status="Accepted"),
    )
    if station.memory.get("AuthCtrlr.AuthorizeRemoteStart") == "true":
        await station.expect(
            3,
            AuthorizeRequest(idToken=token),
            reply=AuthorizeResponse(idTokenInfo=ACCEPTED),
        )
    else:
        station.skip(3, 4, because="AuthCtrlr.AuthorizeRemoteStart is not true")
    current.remote_start, current.token = REMOTE_START_ID, token
    current.reached.add("Authorized")
    if current.running:
        current.told(await station.expect(5, current.event("RemoteStart")))
    else:
        station.skip(5, 6, because="no transaction has started, TxStartPoint lacks Authorized")
    _authorized(station, sut)


def authorized(sut: Sut) -> State:
    """Return the configured way to authorize, for cases that leave it open."""
    return authorized_remotely if sut.values.authorize_by == "remote" else authorized_locally


@state("EnergyTransferStarted")
async def energy_transfer_started(station: Station, operator: Operator, sut: Sut) -> None:
    """Energy flows between EV and EVSE (table 430)."""
    if "Authorized" not in station.holds:
        await station.execute("0", authorized(sut))
    current = session(station, sut)
    if "EVConnected" in current.reached:
        station.skip(1, 2, 3, 4, because="the EV is connected already")
    else:
        current.reached.add("EVConnected")
        reported = connector_reported("Occupied", sut.evse, sut.connector)
        await operator.plug_in(sut.evse, sut.connector)
        if current.running:
            current.place = {"id": sut.evse, "connectorId": sut.connector}
            _, event = await in_any_order(
                station.expect(1, *reported),
                station.expect(3, current.event("CablePluggedIn", "EVConnected")),
            )
            current.told(event)
        else:
            await station.expect(1, *reported)
            station.skip(3, 4, because="no transaction has started yet")
    if "DataSigned" in current.points and not current.running:
        current.reached.add("DataSigned")
        current.told(await station.expect(5, current.event("SignedDataReceived")))
    else:
        station.skip(5, 6, because="TxStartPoint lacks DataSigned, or a transaction runs")
    if "PowerPathClosed" in current.points and current.transaction is None:
        current.reached.add("PowerPathClosed")
        current.told(
            await station.expect(7, current.event("ChargingStateChanged", "SuspendedEVSE"))
        )
    else:
        station.skip(7, 8, because="TxStartPoint lacks PowerPathClosed, or a transaction runs")
    current.reached.add("EnergyTransfer")
    waiting = TransactionEventRequest(
        eventType="Updated",
        triggerReason="ChargingStateChanged",
        transactionInfo={"chargingState": one_of("SuspendedEV", "SuspendedEVSE")},
    )
    current.told(
        await station.expect(
            9, current.event("ChargingStateChanged", "Charging"), meanwhile=(waiting,)
        )
    )


@state("StopAuthorized (remote)", needs=(energy_transfer_started,))
async def stop_authorized_remotely(station: Station, sut: Sut) -> None:
    """The session is stopped by RequestStopTransaction (table 432, main B, erratum 6.2.117)."""
    current = session(station, sut)
    transaction = str(current.transaction)
    ends = bool(
        {"Authorized", "PowerPathClosed", "EnergyTransfer"} & set(sut.values.tx_stop_points)
    )
    await station.call(
        1,
        RequestStopTransactionRequest(transactionId=transaction),
        expect=RequestStopTransactionResponse(status="Accepted"),
    )
    stopped = await station.expect(
        3,
        TransactionEventRequest(
            eventType=one_of("Updated", "Ended") if ends else "Updated",
            triggerReason="RemoteStop",
            transactionInfo={"transactionId": transaction},
        ),
    )
    if stopped["eventType"] == "Ended":
        station.match(3, {"transactionInfo": {"stoppedReason": "Remote"}}, stopped)
        station.skip(5, 6, because="the transaction has ended")
    elif ends:
        await station.expect(
            5,
            TransactionEventRequest(
                eventType="Ended",
                triggerReason="ChargingStateChanged",
                transactionInfo={
                    "transactionId": transaction,
                    "chargingState": "EVConnected",
                    "stoppedReason": "Remote",
                },
            ),
        )
    else:
        await station.expect_optional(
            5,
            TransactionEventRequest(
                eventType="Updated",
                triggerReason="ChargingStateChanged",
                transactionInfo={"transactionId": transaction, "chargingState": "EVConnected"},
            ),
            because="this step is optional, and the station has sent no such event",
        )
