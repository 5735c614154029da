"""What goes to the SUT: in order, at once where nothing is before it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, cast

from conformance.jumping import JumpingLoop
from conformance.outbox import Outbox, Outgoing
from conformance.wire.connection import Closed, Connection, Data
from conformance.wire.frames import Call
from conformance.wire.rules import Rules


@dataclass
class Wire:
    """A connection that keeps what is sent, and lets `send` wait until it is told to go on."""

    idle: bool = True
    failure: Exception | None = None
    came: list[object] = field(default_factory=list)
    taken: asyncio.Event = field(default_factory=asyncio.Event)

    def post(self, text: str) -> None:
        self.came.append(("at once", text))
        if self.failure is not None:
            raise self.failure

    async def send(self, text: str) -> None:
        self.came.append(text)
        await self.taken.wait()
        if self.failure is not None:
            raise self.failure

    async def emit(self, data: Data) -> None:
        await self.send(str(data))


@dataclass
class Witness:
    """The record, and the faults of our own."""

    lines: list[str] = field(default_factory=list)
    bugs: list[BaseException] = field(default_factory=list)

    def passed(self, sender: str, text: str, **_: Any) -> int | None:  # noqa: ANN401
        self.lines.append(f"{sender} {text}")
        return None

    def broke(self, bug: BaseException) -> None:
        self.bugs.append(bug)


def text(name: str) -> Outgoing:
    """Return a text that stands for a CALL."""
    return Outgoing(frames=(Call(name, "", {}),), data=name)


def on_wire(
    play: Callable[[Outbox, Wire, Witness], Awaitable[None]], **state: object
) -> tuple[list[object], Witness]:
    """Do something with an outbox that runs; return what was sent, and who saw it."""

    async def run() -> tuple[list[object], Witness]:
        wire, witness = Wire(**cast("Any", state)), Witness()
        box = Outbox(cast("Connection", wire), Rules("2.0.1"), witness, 1)
        running = asyncio.create_task(box.run())
        await asyncio.sleep(0)
        await play(box, wire, witness)
        wire.taken.set()
        await asyncio.sleep(1)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return wire.came, witness

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(run())


def test_what_nothing_is_before_goes_at_once() -> None:
    async def play(box: Outbox, wire: Wire, witness: Witness) -> None:
        box.hand_out(text("a"))
        assert wire.came == [("at once", "a")]
        assert witness.lines == ["tool a"]
        box.hand_out(text("b"))

    assert on_wire(play)[0] == [("at once", "a"), ("at once", "b")]


def test_what_waits_goes_first() -> None:
    async def play(box: Outbox, wire: Wire, _: Witness) -> None:
        box.put(text("a"))
        box.hand_out(text("b"))
        assert not wire.came

    assert on_wire(play)[0] == ["a", "b"]


def test_what_is_on_its_way_goes_first() -> None:
    async def play(box: Outbox, wire: Wire, _: Witness) -> None:
        box.put(text("a"))
        await asyncio.sleep(1)
        assert wire.came == ["a"]  # the peer does not read it yet
        box.hand_out(text("b"))
        assert wire.came == ["a"]

    came, witness = on_wire(play)
    assert came == ["a", "b"]
    assert witness.lines == ["tool a", "tool b"]


def test_after_what_was_on_its_way_there_is_no_wait() -> None:
    async def play(box: Outbox, wire: Wire, _: Witness) -> None:
        wire.taken.set()
        box.put(text("a"))
        await asyncio.sleep(1)
        box.hand_out(text("b"))

    assert on_wire(play)[0] == ["a", ("at once", "b")]


def test_a_peer_that_does_not_read_makes_nobody_wait_here() -> None:
    async def play(box: Outbox, wire: Wire, _: Witness) -> None:
        box.hand_out(text("a"))
        assert not wire.came

    assert on_wire(play, idle=False)[0] == ["a"]


def test_fragments_are_left_to_the_writer() -> None:
    async def play(box: Outbox, wire: Wire, _: Witness) -> None:
        box.hand_out(Outgoing(frames=(), data=("a", "b")))
        assert not wire.came

    assert on_wire(play)[0] == ["('a', 'b')"]


def test_a_connection_that_is_gone_is_for_the_reader_to_tell() -> None:
    async def play(box: Outbox, _: Wire, __: Witness) -> None:
        box.hand_out(text("a"))
        box.put(text("b"))

    came, witness = on_wire(play, failure=Closed(1006))
    assert came == [("at once", "a"), "b"]
    assert not witness.bugs


def test_a_fault_of_our_own_is_loud_and_ends_nothing() -> None:
    bug = RuntimeError("bug")

    async def play(box: Outbox, wire: Wire, witness: Witness) -> None:
        box.hand_out(text("a"))
        assert witness.bugs == [bug]
        wire.taken.set()
        box.put(text("b"))
        await asyncio.sleep(1)
        assert witness.bugs == [bug, bug]
        wire.failure = None
        box.hand_out(text("c"))

    came, witness = on_wire(play, failure=bug)
    assert came == [("at once", "a"), "b", ("at once", "c")]
    assert witness.bugs == [bug, bug]
