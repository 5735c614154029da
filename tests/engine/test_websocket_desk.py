"""What the WebSocket protocol forbids: a SUT that takes it fails, and is told why."""

from __future__ import annotations

import asyncio
import json

import pytest

from conformance import ID, Frames, Station, Turning, WebSocket
from conformance.ocpp16.messages import ClearCache
from conformance.states import Scenario
from conformance.wire.breaches import BAD
from conformance.wire.connection import Closed
from conformance.wire.memory import MemoryConnection
from conformance.wire.turning import Outcome
from tests.engine.stage import declared, failed, passed, run
from tests.miniatures.miniature import Miniature, Payload

CALL = [2, ID, "Odd", {"text": BAD}]
NOTHING: Payload = {}


class Own(Miniature):
    """A station that reads odd messages in a manner of its own, and comes back when it is cut off.

    It "takes" or "ignores" them, or hangs up with a code.
    """

    def __init__(self, manner: str | int, *, returns: bool = True) -> None:
        super().__init__(declared(), {"Odd": NOTHING})
        self.manner, self.returns = manner, returns

    def _listen(self, connection: MemoryConnection) -> None:
        async def listen(_: Miniature) -> None:
            try:
                while True:
                    await self._read(connection, await connection.receive())
            except Closed:
                await asyncio.sleep(1)
                if self.returns:
                    self.connect()

        self.start(listen)

    async def _read(self, connection: MemoryConnection, data: str | bytes) -> None:
        odd = isinstance(data, bytes) or "Odd" in data
        if odd and isinstance(self.manner, int):
            await connection.close(self.manner)
        elif not odd or self.manner == "takes":
            await self._take(json.loads(data))


def lax(manner: str | int) -> Own:
    """Return a station whose WebSocket takes any bytes for UTF-8."""
    it = Own(manner)
    it.lax = ["utf-8"]
    return it


async def broken(station: Station, websocket: WebSocket) -> None:
    """The connection has to end."""
    await websocket.broken(1, "utf-8", CALL)
    await station.expect_connection(3)


async def binary(websocket: WebSocket) -> None:
    """A binary message is none."""
    await websocket.binary(1, CALL)


async def closed(websocket: WebSocket) -> None:
    """The code is the same, in memory always."""
    await websocket.closed(1, 1012)


async def pinged_when_gone(station: Station, websocket: WebSocket) -> None:
    """There is nobody to answer."""
    await websocket.closed(1, 1000)
    station.refuse_connections()
    await websocket.pinged(3, b"x")


def test_who_hangs_up_passes() -> None:
    assert not passed(run(Own("takes"), broken)).record.transcript.remarks


def test_who_answers_fails_and_who_is_silent() -> None:
    expected = "utf-8: expected the end of the connection, but"
    failed(run(lax("takes"), broken), 2, f"{expected} it is answered as if it were a message")
    failed(run(lax("ignores"), broken), 2, f"{expected} the connection is still there after 4 s")


def test_a_close_frame_that_says_something_else_is_a_remark() -> None:
    (remark,) = passed(run(lax(1008), broken)).record.transcript.remarks
    assert remark.text == "closed with code 1008, where 1007 is meant"


def test_a_binary_message_may_be_ignored_and_may_end_the_connection() -> None:
    passed(run(Own("ignores"), binary))
    passed(run(Own(1003), binary))


def test_a_binary_message_may_not_be_answered() -> None:
    failed(run(Own("takes"), binary), 2, "a binary message is answered as if it were a text")


def test_who_hangs_up_has_to_come_back() -> None:
    told = "the station is gone, and does not come back: no connection in 10 s"
    failed(run(Own(1003, returns=False), binary), 2, told)


def test_a_close_frame_is_answered() -> None:
    passed(run(Own("takes"), closed))


def test_no_pong_of_who_is_gone() -> None:
    it = Own("takes", returns=False)
    told = "no pong: connection closed with code 1006 (there is no connection)"
    failed(run(it, pinged_when_gone), 4, told)


class Booting(Own):
    """A station that boots for each connection, at once."""

    def connect(self) -> None:
        super().connect()
        if self.clock:
            self.post("BootNotification", chargePointVendor="V", chargePointModel="M")
            for connector in (1, 2):
                self.status("Available", connector)


async def answers(station: Station) -> None:
    """What has come meanwhile is judged."""
    await station.flush()
    await station.call(5, ClearCache.req(), expect=ClearCache.conf(status="Rejected"))


async def broken_then_asked(station: Station, websocket: WebSocket) -> None:
    """It hangs up, and comes back."""
    await broken(station, websocket)
    await answers(station)


async def binary_then_asked(station: Station, websocket: WebSocket) -> None:
    """It hangs up, though it need not, and comes back."""
    await binary(websocket)
    await answers(station)


async def closed_then_asked(station: Station, websocket: WebSocket) -> None:
    """It is left, and comes back."""
    await closed(websocket)
    await station.expect_connection(3)
    await answers(station)


async def left_then_asked(station: Station, frames: Frames) -> None:
    """It is left in the plainest way, and comes back."""
    await frames.closed(1)
    await station.expect_connection(3)
    await answers(station)


@pytest.mark.parametrize(
    "scenario", [broken_then_asked, binary_then_asked, closed_then_asked, left_then_asked]
)
def test_who_boots_for_the_connection_that_follows_is_remarked_on(scenario: Scenario) -> None:
    it = Booting(1003)
    it.answers["ClearCache"] = {"status": "Rejected"}
    remarks = passed(run(it, scenario)).record.transcript.remarks
    assert any("the station sent BootNotification" in remark.text for remark in remarks)


async def attempted(station: Station, websocket: WebSocket) -> None:
    """The station comes, and is turned away."""
    websocket.turn_away(Turning.ANOTHER_VERSION)
    await station.disconnect()
    await websocket.expect_attempt(1)


def coming(outcome: Outcome | None) -> Own:
    """Return a station that makes this of being turned away, if it comes at all."""

    class Coming(Own):
        def connect(self) -> None:
            if not self.refused:
                super().connect()
            elif outcome is not None:
                self.access.turned.tell(outcome)

    return Coming("takes")


def test_a_station_has_to_come_and_not_to_go_on() -> None:
    passed(run(coming(Outcome.HUNG_UP), attempted))
    failed(run(coming(None), attempted), 1, "no attempt to connect in 14 s")
    how = "turned away by choosing a version that it has not offered, the station"
    for wrong in (Outcome.SPOKE, Outcome.STAYED):
        failed(run(coming(wrong), attempted), 1, f"{how} {wrong}")
