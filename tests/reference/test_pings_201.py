"""The 2.0.1 station pings as often as WebSocketPingInterval says, unless it has a fault."""

from __future__ import annotations

import pytest

from tests.reference.bench_201 import Bench, run, settle

HERE, PINGS = "OCPPCommCtrlr", "WebSocketPingInterval"


@pytest.mark.parametrize(
    ("fault", "values", "pings"),
    [
        ("", [], 1),
        ("", ["30"], 3),
        ("", ["0"], 0),
        ("ignores-ping-interval", ["30"], 1),
        ("ignores-ping-interval", ["0"], 1),
        ("pings-though-off", ["30", "0"], 3),
        ("pings-though-off", ["0", "30"], 3),
    ],
)
def test_pings(fault: str, values: list[str], pings: int) -> None:
    async def test(bench: Bench) -> None:
        for value in values:
            assert await bench.set(HERE, PINGS, value) == "Accepted"
        await settle(100)
        assert len(bench.pings) == pings

    run(lambda: Bench(station_faults=[fault] if fault else []), test)


@pytest.mark.parametrize(
    ("fault", "status"), [("", "Rejected"), ("takes-negative-numbers", "Accepted")]
)
def test_a_negative_interval(fault: str, status: str) -> None:
    async def test(bench: Bench) -> None:
        assert await bench.set(HERE, PINGS, "-1") == status

    run(lambda: Bench(station_faults=[fault] if fault else []), test)
