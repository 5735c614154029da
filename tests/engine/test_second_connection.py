"""A second connection of the station takes over; beside one that lives it is remarked on."""

from __future__ import annotations

import asyncio

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from conformance import Csms, Station
from conformance.bench import Bench
from conformance.cases import Result
from conformance.door import SECOND
from conformance.link import Link
from conformance.ocpp16.messages import GetConfiguration, Heartbeat, Reset
from conformance.sut import embedded
from conformance.transport import Listening
from conformance.wire.memory import MemoryConnection
from tests.engine.stage import case, declared, on_bench, passed, run_all
from tests.engine.test_played import csms as central_system
from tests.miniatures.miniature import ACCEPTED, Miniature, Payload, Reaction, answering, boot, soon

KEYS: dict[str, Payload | Reaction] = {"GetConfiguration": {"configurationKey": []}}


async def asked(station: Station) -> None:
    """The station connects again, and is asked something over the newest connection."""
    station.expect_reconnection()
    await station.call(1, Reset.req(type="Hard"), expect=Reset.conf(status="Accepted"))
    await station.expect_connection(3)
    await station.call(4, GetConfiguration.req(key=["HeartbeatInterval"]))
    await station.expect_none(6, Heartbeat.req(), during=5)


async def nothing(station: Station) -> None:
    """The station is there."""
    station.check("post", "the station is there", ok=station.link.connection is not None)


def remarks(result: Result) -> list[str]:
    return [remark.text for remark in passed(result).record.transcript.remarks]


def events(result: Result) -> list[str]:
    return [f.text for f in result.record.transcript.frames if f.sender == "event"]


async def hangs(_: MemoryConnection) -> None:
    """Wait for a pong that does not come."""
    await asyncio.get_running_loop().create_future()


async def flushed(_: Link, __: float) -> bool:
    """Take it that all has arrived."""
    return True


def connects_again(times: int) -> list[Result]:
    """Run a case in which the station connects again, and one after it."""

    async def again(it: Miniature) -> None:
        for _ in range(times):
            it.connect()
            await asyncio.sleep(0.1)

    it = Miniature(declared(), {**KEYS, "Reset": answering(ACCEPTED, then=soon(1, again))})
    return run_all(it, asked, nothing)


@pytest.mark.parametrize("times", [1, 5])
def test_two_that_live_are_remarked_on_once_where_it_happened(times: int) -> None:
    first, second = connects_again(times)
    assert remarks(first) == [SECOND]
    assert remarks(second) == []


def test_a_dead_one_is_taken_over_from_without_a_remark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MemoryConnection, "ping", hangs)
    monkeypatch.setattr(Link, "flush", flushed)
    first, second = connects_again(1)
    assert remarks(first) == remarks(second) == []
    assert "the connection before it was dead" in events(first) + events(second)


def test_what_happens_between_two_cases_is_remarked_on_in_the_next() -> None:
    it = Miniature(declared(), KEYS)

    async def play(bench: Bench) -> list[Result]:
        first = await bench.run(case(nothing))
        await boot(it)
        return [first, await bench.run(case(nothing)), await bench.run(case(nothing))]

    assert [remarks(result) for result in on_bench(it, play)] == [[], [SECOND], []]


def test_a_connection_that_the_tool_opens_besides_leaves_the_first_alone() -> None:
    async def play(bench: Bench) -> list[str]:
        await bench.run(case(there))
        first = bench.link.connection
        bench.link.attach(await bench.transport.dial())
        await asyncio.sleep(5)
        assert first is not None
        await first.ping()  # Closed, if it were gone
        return remarks(await bench.run(case(there)))

    async def there(csms: Csms) -> None:
        csms.check("post", "the CSMS is there", ok=csms.link.connection is not None)

    assert on_bench(central_system(), play) == []


def test_over_sockets_the_old_one_is_closed_and_the_new_one_counts() -> None:
    async def play() -> tuple[str, int | None, int]:
        sut = embedded("1.6", "CS")
        bench = Bench(sut, Listening(sut), lambda _: Miniature(sut))
        await bench.open()
        url = f"{bench.transport.url}/{sut.station}"
        protocol = [Subprotocol("ocpp1.6")]
        beat = '[2,"1","Heartbeat",{}]'
        try:
            async with (
                connect(url, subprotocols=protocol) as old,
                connect(url, subprotocols=protocol) as new,
            ):
                await new.send(beat)
                answer = str(await new.recv())
                with pytest.raises(ConnectionClosed):
                    await old.recv()
                return answer, old.close_code, bench.link.epoch
        finally:
            await bench.close()

    answer, code, epoch = asyncio.run(play())
    assert answer.startswith('[3,"1",')
    assert (code, epoch) == (1000, 2)
