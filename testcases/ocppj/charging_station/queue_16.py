"""What happens while a charge point is offline, and is told later: OCPP 1.6, 3.7."""

from __future__ import annotations

from conformance import Operator, Station, Sut, case
from conformance.ocpp16.messages import MeterValues, StatusNotification, StopTransaction
from testcases.ocpp16.charge_point.s02_14_offline import (
    OTHERWISE,
    PERIODIC,
    cut_off,
    sample_interval,
    taken,
)
from testcases.ocpp16.charge_point.settings import configuration
from testcases.ocpp16.charge_point.states import charging
from testcases.ocppj.charging_station.offline import apart, before_it_was_back
from testcases.ocppj.requests import harmless, request

SAMPLED = configuration(MeterValueSampleInterval=sample_interval)


@case("OCPPJ_47_CS", before=(SAMPLED, charging))
async def test_ocppj_47_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """What a stopped transaction has to tell comes in its order, each with its own time."""
    transaction, begun = int(station.transaction), station.memory["StartTransaction"]
    station.allow(StatusNotification.req(connectorId=sut.connector), MeterValues.req())
    await cut_off(station)
    await station.stay_offline(2.5 * sut.values.meter_interval)
    await operator.present_token(sut.values.id_token)
    await station.stay_offline(apart(sut))
    await station.accept_connections()
    await station.expect_connection(1)
    stop = StopTransaction.req(transactionId=transaction)
    told = await station.expect(2, stop)
    station.match(2, {"timestamp": before_it_was_back(station, sut, begun)}, told)
    others = MeterValues.req(connectorId=sut.connector, meterValue=taken(OTHERWISE))
    sampled = MeterValues.req(
        connectorId=sut.connector, transactionId=transaction, meterValue=taken(PERIODIC)
    )
    await station.expect_none(4, stop, sampled, during=sut.silence, meanwhile=(others,))
    await station.call(5, request(sut), expect=harmless(sut).expect)
