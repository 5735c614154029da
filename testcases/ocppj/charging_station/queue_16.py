"""What happens while a charge point is offline, and is told later: OCPP 1.6, 3.7."""

from __future__ import annotations

from datetime import timedelta

from conformance import Operator, Station, Sut, about, case
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
from testcases.ocppj.requests import harmless, request

SAMPLED = configuration(MeterValueSampleInterval=sample_interval)


def apart(sut: Sut) -> float:
    """Return for how long the network is away after the stop: told apart from when it is back."""
    return 2 * sut.limits.deviation + 1


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
    away, back = station.offline(begun)
    half = (back - timedelta(seconds=apart(sut)) - away) / 2
    stopped = about(away + half, within=half.total_seconds() + apart(sut) / 2)
    stop = StopTransaction.req(transactionId=transaction)
    told = await station.expect(2, stop)
    station.match(2, {"timestamp": stopped}, told)
    others = MeterValues.req(connectorId=sut.connector, meterValue=taken(OTHERWISE))
    sampled = MeterValues.req(
        connectorId=sut.connector, transactionId=transaction, meterValue=taken(PERIODIC)
    )
    await station.expect_none(4, stop, sampled, during=sut.silence, meanwhile=(others,))
    await station.call(5, request(sut), expect=harmless(sut).expect)
