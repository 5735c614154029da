"""The station that the tool plays beats while it has nothing else to say."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from conformance import Csms, Operator, now
from conformance.bench import Bench
from conformance.heart import OWN_INTERVAL, Heart
from conformance.jumping import JumpingLoop
from conformance.ocpp16.messages import ClearCache
from tests.engine.stage import case, on_bench, passed, run
from tests.engine.test_played import beats, csms
from tests.miniatures.miniature import Miniature


class Beaten:
    """Notes when a heart has beaten."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.may, self.goes_on = True, True
        self.heart = Heart(self._beat, lambda: self.may)

    async def _beat(self) -> bool:
        self.times.append(asyncio.get_running_loop().time())
        return self.goes_on


def beaten(play: Callable[[Beaten], Awaitable[None]]) -> list[float]:
    """Return when a heart has beaten while something was played on a clock that jumps."""

    async def main() -> list[float]:
        it = Beaten()
        await play(it)
        it.heart.stop()
        await asyncio.sleep(1000)
        return it.times

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(main())


def test_it_beats_at_the_interval() -> None:
    async def play(it: Beaten) -> None:
        it.heart.start(10)
        await asyncio.sleep(35)

    assert beaten(play) == [10, 20, 30]


def test_what_else_is_sent_stands_for_a_beat() -> None:
    async def play(it: Beaten) -> None:
        it.heart.start(10)
        await asyncio.sleep(6)
        it.heart.sent()
        await asyncio.sleep(14)

    assert beaten(play) == [16]


def test_it_waits_until_it_may() -> None:
    async def play(it: Beaten) -> None:
        it.may = False
        it.heart.start(10)
        await asyncio.sleep(14.5)
        it.may = True
        await asyncio.sleep(12)

    assert beaten(play) == [15, 25]


def test_the_interval_can_change() -> None:
    async def play(it: Beaten) -> None:
        it.heart.start(10)
        await asyncio.sleep(11)
        it.heart.set(4)
        await asyncio.sleep(14)

    assert beaten(play) == [10, 20, 24]


def test_without_an_interval_it_has_its_own() -> None:
    async def play(it: Beaten) -> None:
        it.heart.start(0)
        await asyncio.sleep(OWN_INTERVAL + 1)

    assert beaten(play) == [OWN_INTERVAL]


def test_it_stops_where_nobody_is() -> None:
    async def play(it: Beaten) -> None:
        it.goes_on = False
        it.heart.start(10)
        await asyncio.sleep(100)

    assert beaten(play) == [10]


async def clears(csms: Csms, operator: Operator) -> None:
    """A person has to act."""
    await operator.ask_for_clear_cache()
    await csms.expect(1, ClearCache.req())


def test_a_csms_is_told_that_the_station_lives_while_a_person_acts() -> None:
    async def slowly(it: Miniature) -> None:
        await asyncio.sleep(35)
        await it.call("ClearCache")

    booted = {"status": "Accepted", "currentTime": now(), "interval": 10}
    it = csms({"ClearCache": slowly}, BootNotification=booted)
    passed(run(it, clears))
    assert [f[2] for _, f in it.got].count("Heartbeat") == 3


def test_the_station_lives_between_cases() -> None:
    it = csms()

    async def twice(bench: Bench) -> None:
        passed(await bench.run(case(beats)))
        await asyncio.sleep(950)
        passed(await bench.run(case(beats)))

    on_bench(it, twice)
    assert [f[2] for _, f in it.got].count("Heartbeat") == 5
