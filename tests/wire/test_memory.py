from __future__ import annotations

import asyncio

import pytest

from conformance.jumping import JumpingLoop
from conformance.wire.connection import Closed, Connection
from conformance.wire.memory import MemoryConnection, MemoryListener, pair
from tests.wire.loop import on_loop


def ends() -> tuple[MemoryConnection, MemoryConnection]:
    return pair("CP 1", "ocpp1.6")


def test_both_ends_know_how_they_came_about() -> None:
    station: Connection = ends()[0]  # it satisfies the protocol
    handshake = station.handshake
    assert (handshake.identity, handshake.offered, handshake.chosen) == (
        "CP 1",
        ("ocpp1.6",),
        "ocpp1.6",
    )


@on_loop
async def test_one_that_is_muted_sends_no_pong() -> None:
    station, csms = ends()
    await station.ping()
    csms.mute()
    waiting = asyncio.create_task(station.ping())
    await asyncio.sleep(0.01)
    assert not waiting.done()
    csms.abort()
    with pytest.raises(Closed):
        await waiting


@on_loop
async def test_messages_arrive_in_order_in_both_directions() -> None:
    station, csms = ends()
    for text in ("a", "b", "c"):
        await station.send(text)
    await csms.send("d")
    assert [await csms.receive() for _ in range(3)] == ["a", "b", "c"]
    assert await station.receive() == "d"


@on_loop
async def test_what_has_arrived_is_read_without_yielding() -> None:
    station, csms = ends()
    await station.send("a")
    reading = csms.receive()
    with pytest.raises(StopIteration) as done:
        reading.send(None)
    assert done.value.value == "a"


def test_a_message_has_the_time_at_which_it_came_not_at_which_it_was_read() -> None:
    async def late() -> tuple[float, float]:
        station, csms = ends()
        await asyncio.sleep(2)
        await station.send("a")
        await asyncio.sleep(3)
        await csms.receive()
        return csms.arrived_at, asyncio.get_running_loop().time()

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        assert runner.run(late()) == (2, 5)


@on_loop
async def test_a_waiting_reader_is_woken() -> None:
    station, csms = ends()
    reading = asyncio.create_task(csms.receive())
    await asyncio.sleep(0)
    station.send_raw(b"\xff")
    assert await reading == b"\xff"


@on_loop
async def test_a_cancelled_reader_loses_nothing() -> None:
    station, csms = ends()
    reading = asyncio.create_task(csms.receive())
    await asyncio.sleep(0)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await station.send("a")
    assert await csms.receive() == "a"


@on_loop
async def test_two_readers_are_a_fault_of_the_caller() -> None:
    _, csms = ends()
    reading = asyncio.create_task(csms.receive())
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="two tasks"):
        await csms.receive()
    reading.cancel()


@on_loop
async def test_a_close_is_read_after_what_came_before_it() -> None:
    station, csms = ends()
    await station.send("last words")
    await station.close(1000, "done")
    assert await csms.receive() == "last words"
    with pytest.raises(Closed) as closed:
        await csms.receive()
    assert (closed.value.code, closed.value.reason) == (1000, "done")
    for end in (station, csms):
        await end.wait_closed()
        with pytest.raises(Closed):
            await end.send("more")
        with pytest.raises(Closed):
            await end.ping()


@on_loop
async def test_a_cut_has_no_close_code() -> None:
    station, csms = ends()
    reading = asyncio.create_task(csms.receive())
    await asyncio.sleep(0)
    station.abort()
    with pytest.raises(Closed) as closed:
        await reading
    assert closed.value.code == 1006
    with pytest.raises(Closed):
        await station.receive()


@on_loop
async def test_the_first_end_is_the_one_that_counts() -> None:
    station, csms = ends()
    await csms.close(1001, "away")
    station.abort()
    with pytest.raises(Closed) as closed:
        await station.receive()
    assert closed.value.code == 1001


@on_loop
async def test_a_ping_lets_the_peer_answer_what_it_has() -> None:
    station, csms = ends()

    async def echo() -> None:
        await csms.send(f"answer to {await csms.receive()!s}")

    task = asyncio.create_task(echo())
    await station.send("a")
    await station.ping()
    assert await station.receive() == "answer to a"
    await task


@on_loop
async def test_a_listener_takes_connections_and_the_second_replaces_the_first() -> None:
    taken: list[MemoryConnection] = []

    async def accept(connection: MemoryConnection) -> None:
        taken.append(connection)

    listener = MemoryListener("CP1", "ocpp2.0.1", accept)
    first = await listener.connect()
    second = await listener.connect()
    with pytest.raises(Closed) as closed:
        await first.receive()
    assert (closed.value.code, closed.value.reason) == (1000, "replaced by a new connection")
    await second.send("hello")
    assert await taken[1].receive() == "hello"
    await listener.close()
    with pytest.raises(Closed, match="1001"):
        await second.receive()


@on_loop
async def test_a_listener_refuses() -> None:
    async def accept(_: MemoryConnection) -> None:
        raise AssertionError("it should have been refused")

    with pytest.raises(ConnectionRefusedError):
        await MemoryListener("CP1", "ocpp2.0.1", accept, lambda: True).connect()
