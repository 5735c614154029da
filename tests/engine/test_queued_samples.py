"""Meter values of a time offline: all of them, in their order, before new ones."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from conformance import Station
from conformance.cases import Result
from conformance.clock import rfc3339
from conformance.ocpp16.messages import GetConfiguration, MeterValues, StartTransaction
from conformance.walltime import utc_now
from tests.engine.stage import declared, passed, run
from tests.miniatures.miniature import Miniature, Payload, boot

SAMPLES = MeterValues.req(connectorId=1)
Times = Sequence[float]


async def offline(station: Station) -> None:
    """A sample is taken every two seconds; the network is away for five."""
    await station.call(1, GetConfiguration.req(key=["MeterValueSampleInterval"]))
    begun = await station.expect(3, StartTransaction.req())
    station.refuse_connections()
    await station.disconnect()
    await station.stay_offline(5)
    await station.accept_connections()
    await station.expect_connection(5)
    await station.expect_queued_samples(5, SAMPLES, every=2, begun=begun)


def queued(*messages: Times) -> Result:
    """Play the case with a station that then sends these messages: seconds after the start."""
    return run(_station(messages), offline)


def _station(messages: Sequence[Times]) -> Miniature:
    async def starts(it: Miniature, uid: str, _: Payload) -> None:
        it.frame(3, uid, {"configurationKey": []})
        begin = utc_now()
        stamp = rfc3339(begin)
        it.post("StartTransaction", connectorId=1, idTag="T", meterStart=0, timestamp=stamp)

        async def come_back(it: Miniature) -> None:
            assert it.connection is not None
            await it.connection.wait_closed()
            await asyncio.sleep(5.5)
            it.connect()
            for times in messages:
                values = [
                    {
                        "timestamp": rfc3339(begin + timedelta(seconds=at)),
                        "sampledValue": [{"value": "1"}],
                    }
                    for at in times
                ]
                await it.call("MeterValues", connectorId=1, meterValue=values)

        it.start(come_back)

    it = Miniature(declared(), {"GetConfiguration": starts})
    it.boot = boot
    return it


@pytest.mark.parametrize(
    "messages",
    [
        ([1], [3], [5], [7]),
        ([1.4], [3], [5.3], [7]),
        ([1, 3, 5], [7]),
        ([1], [3, 5], [7]),
        ([1, 1.01], [3, 3], [5, 5], [7, 7]),
    ],
)
def test_all_of_them_in_any_packing(messages: Sequence[Times]) -> None:
    passed(queued(*messages))


@pytest.mark.parametrize(
    "messages",
    [
        ([7],),  # only the new one
        ([3], [5], [7]),  # not the first
        ([1], [5], [7]),  # not the second
        ([1], [3], [7]),  # not the last
        ([3], [1], [5], [7]),  # not in their order
        ([7], [1], [3], [5]),  # the new one first
        ([1, 5], [7]),
        ([1], [2], [3], [4]),  # too many
    ],
)
def test_what_is_missing_or_out_of_order_fails(messages: Sequence[Times]) -> None:
    result = queued(*messages)
    assert result.step == "5"
    assert "timestamp: expected" in result.reason


def test_what_does_not_go_on_fails() -> None:
    result = queued([1], [3], [5])
    assert result.reason == "step 5: no MeterValues(connectorId=1) in 6 s"
