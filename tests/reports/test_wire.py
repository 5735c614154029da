from __future__ import annotations

import pytest

from reports.run import Frame, Sender
from reports.wire import Label, labels


def frame(sender: Sender, text: str, connection: int = 1) -> Frame:
    return Frame(at=0, sender=sender, connection=connection, text=text, finding="")


def test_an_answer_is_labelled_with_its_call() -> None:
    call, between, answer = labels(
        [
            frame("tool", '[2,"1","RemoteStartTransaction",{"idTag":"T"}]'),
            frame("sut", '[2,"1","Heartbeat",{}]'),
            frame("sut", '[3,"1",{"status":"Accepted"}]'),
        ]
    )
    assert (call.kind, call.action, call.short) == ("call",) + ("RemoteStartTransaction",) * 2
    assert between.action == "Heartbeat"
    assert (answer.kind, answer.short) == ("result", "RemoteStartTransaction Accepted")


def test_an_answer_right_after_its_call_need_not_name_it() -> None:
    found = labels(
        [frame("sut", '[2,"1","Authorize",{}]'), frame("tool", '[4,"1","InternalError","",{}]')]
    )
    assert (found[1].kind, found[1].short) == ("error", "CALLERROR InternalError")
    assert str(found[1]) == "Authorize CALLERROR InternalError"


def test_calls_of_another_connection_or_of_the_same_side_are_not_answered() -> None:
    found = labels(
        [
            frame("sut", '[2,"1","Authorize",{}]'),
            frame("tool", '[3,"1",{}]', connection=2),
            frame("sut", '[3,"1",{}]'),
        ]
    )
    assert [str(label) for label in found[1:]] == ["an answer", "an answer"]


def test_the_telling_word_of_a_payload_is_shown() -> None:
    (found,) = labels([frame("sut", '[2,"1","StatusNotification",{"status":"Faulted"}]')])
    assert str(found) == "StatusNotification Faulted"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[" * 100_000,
        "[2]",
        '{"a":1}',
        '[2,1,"Heartbeat",{}]',
        "[2,[],{},3]",
        "1" * 5000,
    ],
)
def test_what_is_no_message_is_said_to_be_none(text: str) -> None:
    assert labels([frame("sut", text)]) == [Label(kind="other", action="not an OCPP-J message")]


def test_long_names_are_cut() -> None:
    (found,) = labels([frame("sut", f'[2,"1","{"A" * 500}",{{"status":"{"B" * 500}"}}]')])
    assert len(str(found)) == 81


def test_an_event_says_itself() -> None:
    (found,) = labels([frame("event", "disconnected 1006")])
    assert (found.kind, found.action) == ("event", "disconnected 1006")
