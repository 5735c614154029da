"""Series of meter values: taken regularly, by their own timestamps."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from conformance import Operator, Received, Station
from conformance.clock import rfc3339
from conformance.ocpp16.messages import MeterValues, StatusNotification
from conformance.walltime import utc_now
from tests.engine.stage import declared, failed, passed, run
from tests.miniatures.miniature import Deed, Miniature, reports


def metering(*samples: tuple[float, float]) -> Miniature:
    """Return a station that sends meter values: after a pause, taken so many seconds before."""

    async def send(it: Miniature) -> None:
        for pause, ago in samples:
            await asyncio.sleep(pause)
            taken = rfc3339(utc_now() - timedelta(seconds=ago))
            value = {"timestamp": taken, "sampledValue": [{"value": str(it.clock)}]}
            it.post("MeterValues", connectorId=1, meterValue=[value])

    async def begin(it: Miniature) -> None:
        it.start(send)

    deeds: dict[str, Deed] = {"PlugIn": begin, "PlugOut": reports("Available")}
    return Miniature(declared(), deeds=deeds)


async def every_ten(station: Station, operator: Operator) -> None:
    """Three samples come, one each ten seconds, each knowing the one before."""

    def pattern(before: Received | None) -> MeterValues.req:
        seen.append(before["meterValue"][0]["sampledValue"][0]["value"] if before else "")
        return MeterValues.req(connectorId=1)

    seen: list[str] = []
    await operator.plug_in(1)
    series = await station.expect_samples(1, pattern, every=10)
    values = [m["meterValue"][0]["sampledValue"][0]["value"] for m in series]
    station.check("post", "each knows the one before", ok=seen[-2:] == values[:2])


@pytest.mark.parametrize(
    "samples",
    [
        [(10, 0), (10, 0), (10, 0)],
        [(0, 0), (10, 0), (10, 0)],
        [(10, 0), (10.4, 0), (9.7, 0)],
        [(10, 3), (10, 3), (10, 3)],  # a while on their way
    ],
)
def test_a_regular_series(samples: list[tuple[float, float]]) -> None:
    result = passed(run(metering(*samples), every_ten))
    assert not result.record.transcript.remarks
    assert result.record.waits == 30


def test_one_extra_sample_before_the_regular_ones_is_legal() -> None:
    result = passed(run(metering((0, 0), (4, 0), (10, 0), (10, 0)), every_ten))
    (remark,) = result.record.transcript.remarks
    assert remark.text == "extra meter values came before the regular ones"


@pytest.mark.parametrize(
    "samples",
    [
        [(0, 0), (4, 0), (4, 0), (10, 0)],
        [(0, 0), (10, 0), (4, 0)],
        [(0, 0), (10, 2), (10, 0)],  # sent in time, but not taken then
    ],
)
def test_an_irregular_series(samples: list[tuple[float, float]]) -> None:
    result = run(metering(*samples), every_ten)
    assert "MeterValues.meterValue[0].timestamp: expected" in result.reason
    assert result.step == "1"


def test_a_series_that_stops() -> None:
    failed(run(metering((10, 0), (10, 0)), every_ten), 1, "no MeterValues(connectorId=1) in 10.5 s")


def test_what_may_come_besides_is_no_part_of_it() -> None:
    async def with_status(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        await station.expect_samples(
            1,
            lambda _: MeterValues.req(connectorId=1),
            every=10,
            meanwhile=[StatusNotification.req(status="Preparing")],
        )

    it = metering((10, 0), (10, 0), (10, 0))

    async def both(it: Miniature) -> None:
        await metered(it)
        it.status("Preparing")

    metered = it.deeds["PlugIn"]
    it.deeds["PlugIn"] = both
    passed(run(it, with_status))
