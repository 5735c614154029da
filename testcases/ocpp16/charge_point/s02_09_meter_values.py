"""Section 2.9: meter values."""

from __future__ import annotations

from conformance import Received, Station, Sut, absent, case, each, one_of
from conformance.metering import CLOCK, PERIODIC, measured, oddities, on_the_clock
from conformance.ocpp16.configuration import items
from conformance.ocpp16.messages import MeterValues
from testcases.ocpp16.charge_point.settings import configuration, known
from testcases.ocpp16.charge_point.states import charging

SAMPLED, ALIGNED = "MeterValuesSampledData", "MeterValuesAlignedData"


def sample_interval(sut: Sut) -> str:
    """Return the configured interval of sampled values."""
    return str(sut.values.meter_interval)


def aligned_interval(sut: Sut) -> str:
    """Return the configured interval of clock-aligned values."""
    return str(sut.values.aligned_interval)


def at_begin(sut: Sut) -> tuple[MeterValues.req, ...]:
    """Return what may come besides: values at the begin of the transaction, told as such."""
    begin = each({"sampledValue": each({"context": "Transaction.Begin"})})
    return (MeterValues.req(connectorId=sut.connector, meterValue=begin),)


def remark_on(station: Station, series: list[Received], wanted: list[str]) -> None:
    """Tell what is odd in a series of meter values."""
    for before, values in zip([None, *series], series, strict=False):
        earlier = before["meterValue"] if before else ()
        station.remark(1, *oddities(values["meterValue"], wanted, earlier))


@case(
    "TC_070_CS",
    before=(
        configuration(MeterValueSampleInterval=sample_interval, ClockAlignedDataInterval="0"),
        known(SAMPLED),
        charging,
    ),
)
async def test_tc_070_cs(station: Station, sut: Sut) -> None:
    """During a transaction the configured measurands come, as often as configured."""
    wanted, transaction = items(station.memory[SAMPLED]), int(station.transaction)

    def sampled(before: Received | None) -> MeterValues.req:
        earlier = before["meterValue"] if before else ()
        return MeterValues.req(
            connectorId=sut.connector,
            transactionId=transaction,
            meterValue=measured(wanted, PERIODIC, earlier),
        )

    interval = sut.values.meter_interval
    series = await station.expect_samples(1, sampled, every=interval, meanwhile=at_begin(sut))
    remark_on(station, series, wanted)


@case(
    "TC_071_CS",
    before=(
        configuration(MeterValueSampleInterval="0", ClockAlignedDataInterval=aligned_interval),
        known(ALIGNED),
        charging,
    ),
)
async def test_tc_071_cs(station: Station, sut: Sut) -> None:
    """During a transaction the configured measurands come on the clock.

    What is taken while the transaction begins may not know its id yet.
    """
    wanted, transaction = items(station.memory[ALIGNED]), int(station.transaction)

    def aligned(before: Received | None) -> MeterValues.req:
        earlier = before["meterValue"] if before else ()
        return MeterValues.req(
            connectorId=sut.connector,
            transactionId=transaction if before else one_of(absent, transaction),
            meterValue=measured(wanted, CLOCK, earlier),
        )

    interval = sut.values.aligned_interval
    series = await station.expect_samples(1, aligned, every=interval, meanwhile=at_begin(sut))
    clock = on_the_clock(interval, within=sut.limits.deviation)
    for values in series:
        station.match(1, {"meterValue": [{"timestamp": clock}]}, values)
    remark_on(station, series, wanted)
