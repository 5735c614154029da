from __future__ import annotations

import pytest

from reports.exchange import at_path, exchanges, objects
from reports.run import Frame, Sender


def frame(at: float, sender: Sender, text: str, connection: int = 1) -> Frame:
    return Frame(at=at, sender=sender, connection=connection, text=text, finding="")


def test_a_call_and_its_answer_belong_together() -> None:
    first, second = exchanges(
        [
            frame(1, "tool", '[2,"a","Reset",{"type":"Soft"}]'),
            frame(2, "sut", '[2,"a","Heartbeat",{}]'),
            frame(4, "sut", '[3,"a",{"status":"Accepted"}]'),
            frame(5, "tool", '[4,"a","InternalError","",{}]'),
        ]
    )
    assert (first.action, first.payload, first.reply) == (
        "Reset",
        {"type": "Soft"},
        {"status": "Accepted"},
    )
    assert (first.call, first.answer, first.took, first.error) == (0, 2, 3, "")
    assert (second.action, second.sender, second.took) == ("Heartbeat", "sut", 3)
    assert second.error == "InternalError"


def test_an_answer_on_another_connection_or_a_second_one_is_none() -> None:
    (found,) = exchanges(
        [frame(1, "tool", '[2,"a","Reset",{}]'), frame(2, "sut", '[3,"a",{}]', connection=2)]
    )
    assert (found.answer, found.took) == (None, None)
    twice = [frame(1, "tool", '[2,"a","Reset",{}]')] + [
        frame(n, "sut", '[3,"a",{}]') for n in (2, 3)
    ]
    assert [e.took for e in exchanges(twice)] == [1]


@pytest.mark.parametrize(
    "text", ["", "[" * 100_000, "[2]", "{}", '[2,1,"X",{}]', '[3,"a",7]', "null"]
)
def test_what_is_no_message_is_passed_over(text: str) -> None:
    found = exchanges([frame(1, "tool", '[2,"a","Reset",{}]'), frame(2, "sut", text)])
    assert [e.reply for e in found] == [{}]


def test_an_event_is_no_message() -> None:
    assert exchanges([frame(1, "event", '[2,"a","Reset",{}]')]) == []


def test_parts_of_messages_are_taken_without_trusting_them() -> None:
    assert at_path({"a": {"b": 1}}, "a", "b") == 1
    assert at_path({"a": [1]}, "a", "b") is None
    assert list(objects([{"a": 1}, 2, "x"])) == [{"a": 1}]
    assert list(objects({"a": 1})) == []
