"""What happens while a station is offline, and is told later: OCPP 2.0.1, E12."""

from __future__ import annotations

from conformance import Operator, Station, Sut, between, case, state
from conformance.ocpp201.messages import (
    NotifyEventRequest,
    StatusNotificationRequest,
    TransactionEventRequest,
)
from testcases.ocpp201.charging_station import variables
from testcases.ocpp201.charging_station.reports import session
from testcases.ocpp201.charging_station.states import energy_transfer_started
from testcases.ocppj.charging_station.offline import apart, before_it_was_back
from testcases.ocppj.requests import harmless, request

TOLD = StatusNotificationRequest(), NotifyEventRequest()
LAST = 2**31 - 1


@state("PeriodicEvents")
async def periodic(station: Station, sut: Sut) -> None:
    """A transaction has an event every few seconds, and ends without the cable."""
    wanted: dict[str, str | None] = {
        "SampledDataCtrlr__TxUpdatedInterval": str(sut.values.meter_interval),
        "AuthCtrlr__AuthorizeRemoteStart": None,
    }
    if set(sut.values.tx_stop_points) == {"ParkingBayOccupancy"}:
        wanted["TxCtrlr__TxStopPoint"] = "EVConnected"
    await station.execute("before", variables.configuration(**wanted))


@state("EndedOffline", needs=(energy_transfer_started,))
async def ended_offline(station: Station, operator: Operator, sut: Sut) -> None:
    """Some periodic events were due while offline, then the cable was taken out."""
    station.refuse_connections()
    await station.disconnect()
    await station.stay_offline(max(sut.values.offline_duration, 2.5 * sut.values.meter_interval))
    await operator.plug_out(sut.evse, sut.connector)
    await station.stay_offline(apart(sut))
    await station.accept_connections()
    await station.expect_connection(1)


@case("OCPPJ_95_CS", before=(periodic, energy_transfer_started))
async def test_ocppj_95_cs(station: Station, sut: Sut) -> None:
    """The events of a transaction that ended offline come in their order, with their times.

    One that was on its way when the connection was cut arose before that.
    """
    transaction, least, ended = str(station.transaction), 0, False
    await station.execute(1, ended_offline)
    while not ended:
        queued = TransactionEventRequest(
            seqNo=between(least, LAST), transactionInfo={"transactionId": transaction}
        )
        event = await station.expect(3, queued, meanwhile=TOLD)
        ended = event["eventType"] == "Ended"
        if least or ended:
            station.match(3, {"offline": True}, event)
        least = event["seqNo"] + 1
    when = before_it_was_back(station, sut, session(station, sut).last)
    station.match(3, {"timestamp": when}, event)
    await station.expect_none(5, queued, during=sut.silence, meanwhile=TOLD)
    await station.call(6, request(sut), expect=harmless(sut).expect)
