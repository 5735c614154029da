"""Pings as a station sends them: regular ones pass, whatever legal freedom there is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from conformance import WebSocket
from tests.engine.stage import declared, failed, passed, run
from tests.miniatures.miniature import Miniature, boot


class Pinging(Miniature):
    """A station that has booted, and then waits before each of its pings and heartbeats."""

    def __init__(self, *waits: float | str) -> None:
        super().__init__(declared())
        self.waits: Sequence[float | str] = waits
        self.boot = self.pings

    async def pings(self, _: Miniature) -> None:
        """Send a ping after each number of seconds; a text is a message and its seconds."""
        await boot(self)
        assert self.connection is not None
        for wait in self.waits:
            await asyncio.sleep(float(wait))
            if isinstance(wait, str):
                self.post("Heartbeat")
            else:
                await self.connection.ping()


async def every_two(websocket: WebSocket) -> None:
    """Two seconds are between two pings."""
    await websocket.expect_pings(1, 2)


async def none(websocket: WebSocket) -> None:
    """There is no ping for two seconds."""
    await websocket.expect_no_ping(1, 2)


@pytest.mark.parametrize(
    "waits",
    [
        (2, 2),
        (0.2, 2.4),  # the first one comes when it likes
        (0.2, 0.3, 2),  # an extra one
        (1, "1", 1),  # a message changes nothing
    ],
)
def test_regular_pings_pass(waits: Sequence[float | str]) -> None:
    assert not passed(run(Pinging(*waits), every_two)).record.transcript.remarks


@pytest.mark.parametrize("waits", [(1, "1", 2), (1, "1", "1", 2)])
def test_pings_that_are_counted_from_messages_are_a_remark(waits: Sequence[float | str]) -> None:
    (remark,) = passed(run(Pinging(*waits), every_two)).record.transcript.remarks
    assert remark.text == "the time to the next ping is counted from another message"


@pytest.mark.parametrize(
    ("waits", "got"),
    [
        ((), "none came"),
        ((3,), "none came"),
        ((1,), "only one came"),
        ((1, 3), "only one came"),
        ((1, 1, 1, 1), "they came after 1.0 s and 1.0 s"),
        ((1, "1", 3), "only one came"),
        ((1, "0.5", 0.5, 1), "they came after 1.0 s and 1.0 s"),
        ((1, *["0.5"] * 20), "only one came"),  # one that is never quiet
    ],
)
def test_other_pings_fail(waits: Sequence[float | str], got: str) -> None:
    failed(run(Pinging(*waits), every_two), 1, f"expected pings every 2 s (±0.5 s), but {got}")


def test_no_pings() -> None:
    passed(run(Pinging("1", "2"), none))
    passed(run(Pinging(2.5), none))
    failed(run(Pinging("1", 0.5), none), 1, "expected no ping for 2 s, but one came")


def test_nobody_pings_over_no_connection() -> None:
    class Gone(Pinging):
        async def pings(self, _: Miniature) -> None:
            await boot(self)
            await asyncio.sleep(1)
            await self.drop()

    failed(run(Gone(), every_two), 1, "the station dropped the connection (code 1000)")
