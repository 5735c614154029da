"""What time it is, on a clock that jumps and on the machine's."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from conformance import clock
from conformance.jumping import JumpingLoop
from conformance.reference import wire
from conformance.walltime import utc_now


def near(one: datetime, other: datetime) -> bool:
    """Tell whether two times are the same, but for what a test takes."""
    return abs(one - other) < timedelta(seconds=10)


def test_without_a_loop_it_is_the_machines_time() -> None:
    assert near(utc_now(), datetime.now(UTC))


def test_on_an_ordinary_loop_it_is_the_machines_time() -> None:
    async def read() -> tuple[datetime, datetime]:
        return utc_now(), wire.utc_now()

    assert all(near(told, datetime.now(UTC)) for told in asyncio.run(read()))


def test_on_a_clock_that_jumps_it_jumps_too_for_the_tool_and_the_reference_systems() -> None:
    async def read() -> None:
        began = utc_now()
        await asyncio.sleep(7000)
        assert utc_now() - began == timedelta(seconds=7000)
        assert wire.utc_now() == utc_now()
        assert clock.now() == clock.rfc3339(utc_now())
        assert datetime.now(UTC) - began < timedelta(hours=2)

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        runner.run(read())
