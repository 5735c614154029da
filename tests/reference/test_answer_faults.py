"""The faults of a system that takes an answer for something else, one by one."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from conformance.reference.answer_faults import ANSWERS, OF_STATIONS, hearing

CALL = [2, "mine", "BootNotification", {}]
ASKED = [2, "theirs", "Reset", {"type": "Soft"}]
ACCEPTED = {"status": "Accepted", "currentTime": "2024-01-01T00:00:00Z", "interval": 300}


class Wire:
    """Says what it was given, then that the connection is gone."""

    def __init__(self, frames: list[Any]) -> None:
        self._texts = [frame if isinstance(frame, str) else json.dumps(frame) for frame in frames]
        self.closed = False

    async def send(self, text: str) -> None:
        assert json.loads(text) == CALL

    async def recv(self) -> str:
        if self.closed or not self._texts:
            raise ConnectionError
        return self._texts.pop(0)

    async def ping(self) -> None:
        raise AssertionError

    async def close(self) -> None:
        self.closed = True


def heard(fault: str, *frames: object, waits: bool = True) -> list[Any]:
    """Return what a system with a fault takes in, while it waits for an answer or does not."""

    async def listen() -> list[Any]:
        wire = hearing(Wire(list(frames)), {fault: ""})
        if waits:
            await wire.send(json.dumps(CALL))
        texts = []
        try:
            while True:
                texts.append(await wire.recv())
        except ConnectionError:
            return [json.loads(text) if text.startswith("[") else text for text in texts]

    return asyncio.run(listen())


@pytest.mark.parametrize("fault", [*ANSWERS, *OF_STATIONS])
def test_what_answers_nothing_is_heard_as_it_is(fault: str) -> None:
    frames = [ASKED, [3, "mine", {}], [4, "mine", "InternalError", "", {"a": 1}], "no JSON"]
    assert heard(fault, *frames, waits=False) == frames


def test_no_fault_is_no_wire() -> None:
    wire = Wire([])
    assert hearing(wire, {"answers-twice": ""}) is wire


def test_any_answer_is_taken() -> None:
    frames = [3, "other", {}], [3, "mine", {}]
    assert heard("takes-any-answer", *frames) == [[3, "mine", {}], [3, "mine", {}]]


def test_errors_are_ignored() -> None:
    frames = [4, "mine", "InternalError", "", {}], [4, "other", "InternalError", "", {}]
    assert heard("ignores-errors", *frames) == [frames[1]]


def test_details_end_the_connection() -> None:
    short, long = [4, "other", "InternalError", "", {}], [4, "mine", "InternalError", "", {"a": 1}]
    assert heard("chokes-on-details", short, long, ASKED) == [short, long]


def test_requests_are_not_heard_while_one_waits() -> None:
    answer = [3, "mine", {}]
    assert heard("deaf-while-waiting", ASKED, answer, ASKED) == [answer, ASKED]


@pytest.mark.parametrize(
    "answer",
    [
        [4, "mine", "InternalError", "", {}],
        [3, "mine", {}],
        [3, "mine", ACCEPTED | {"status": "Perhaps"}],
    ],
)
def test_what_says_nothing_accepts(answer: list[Any]) -> None:
    assert heard("boots-by-any-answer", answer) == [[3, "mine", ACCEPTED]]


@pytest.mark.parametrize("status", ["Accepted", "Pending", "Rejected"])
def test_what_says_something_is_heard(status: str) -> None:
    answer = [3, "mine", ACCEPTED | {"status": status}]
    assert heard("boots-by-any-answer", answer) == [answer]
