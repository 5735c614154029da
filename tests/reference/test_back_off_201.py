"""How long the 2.0.1 station waits before it connects again: Part 4, 5.3."""

from __future__ import annotations

import asyncio

import pytest

from tests.reference.bench_201 import Bench, run, settle

HERE = "OCPPCommCtrlr"


async def connected(bench: Bench, number: int) -> float:
    """Return after how many seconds there is that connection."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while len(bench.wires) < number:
        assert loop.time() - began < 500
        await settle(1)
    return loop.time() - began


@pytest.mark.parametrize(
    ("fault", "third", "anew"),
    [("", 50, 10), ("doubles-for-ever", 70, 10), ("keeps-back-off", 50, 20)],
)
def test_the_wait_has_an_end_and_a_new_beginning(fault: str, third: float, anew: float) -> None:
    async def test(bench: Bench) -> None:
        for name, value in (("WaitMinimum", "10"), ("RandomRange", "0"), ("RepeatTimes", "1")):
            bench.station.core.model.write(HERE, f"RetryBackOff{name}", value)
        bench.reachable = False
        await bench.cut()
        await settle(38)  # the attempts after 10 and 30 seconds fail
        bench.reachable = True
        assert 39 + await connected(bench, 2) == pytest.approx(third, abs=2)
        await bench.cut()
        assert 1 + await connected(bench, 3) == pytest.approx(anew, abs=2)

    run(lambda: Bench(station_faults=[fault] if fault else []), test)
