from __future__ import annotations

import json
from typing import Any

import pytest

from reports.exchange import told
from reports.timing import Measure, Sample, Span, timing
from tests.reports.conftest import CASE, START, Reading


def frame(at: float, sender: str, *message: object) -> dict[str, Any]:
    text = message[0] if sender == "event" else json.dumps(message)
    return {"at": at, "sender": sender, "connection": 1, "text": text}


def measured(reading: Reading, *frames: dict[str, Any], **case: object) -> dict[str, list[float]]:
    run = reading(START, {**CASE, "frames": list(frames), **case})
    found = timing(told(run.cases))
    return {
        m.name: [round(s.seconds, 6) for s in m.samples] for m in (*found.answers, *found.spans)
    }


BOOT = (
    frame(1.0, "event", "connected CP01 over ocpp1.6"),
    frame(1.5, "sut", 2, "b", "BootNotification", {}),
    frame(1.7, "tool", 3, "b", {"status": "Accepted"}),
)


def test_an_answer_is_measured_from_frame_to_frame(reading: Reading) -> None:
    frames = [
        *(frame(1, "tool", 2, "1", "Reset", {}), frame(1.25, "sut", 3, "1", {})),
        *(frame(2, "tool", 2, "2", "Reset", {}), frame(2.125, "sut", 4, "2", "X", "", {})),
        *(frame(3, "sut", 2, "3", "Heartbeat", {}), frame(4, "tool", 3, "3", {})),
        frame(5, "tool", 2, "4", "ClearCache", {}),
    ]
    assert measured(reading, *frames) == {"Reset": [0.25]}


def test_of_a_boot_the_answer_of_the_tool_is_taken_off(reading: Reading) -> None:
    assert measured(reading, *BOOT) == {Span.BOOT: [0.5]}


def test_a_boot_that_has_to_wait_is_no_measure(reading: Reading) -> None:
    pending = frame(1.7, "tool", 3, "b", {"status": "Pending"})
    again = (
        frame(9, "sut", 2, "c", "BootNotification", {}),
        frame(9.1, "tool", 3, "c", {"status": "Accepted"}),
    )
    assert measured(reading, *BOOT[:2], pending, *again) == {}
    assert measured(reading, *BOOT[1:]) == {}


def start(idtag: str) -> list[dict[str, Any]]:
    return [
        frame(1, "tool", 2, "t", "RemoteStartTransaction", {"idTag": "A"}),
        frame(1.1, "sut", 3, "t", {"status": "Accepted"}),
        frame(1.2, "sut", 2, "a", "Authorize", {"idTag": "A"}),
        frame(1.6, "tool", 3, "a", {}),
        frame(2, "sut", 2, "s", "StartTransaction", {"idTag": idtag}),
    ]


def test_a_remote_start_is_measured_to_its_transaction(reading: Reading) -> None:
    assert measured(reading, *start("A"))[Span.START] == [0.6]
    assert Span.START not in measured(reading, *start("B"))


def test_a_remote_start_of_2_0_1_is_known_by_its_id(reading: Reading) -> None:
    def event(number: int) -> dict[str, Any]:
        info = {"transactionInfo": {"remoteStartId": number}}
        return frame(3, "sut", 2, "e", "TransactionEvent", info)

    begin = [
        frame(1, "tool", 2, "t", "RequestStartTransaction", {"remoteStartId": 7}),
        frame(1.1, "sut", 3, "t", {"status": "Accepted"}),
    ]
    assert measured(reading, *begin, event(7))[Span.START] == [2]
    assert Span.START not in measured(reading, *begin, event(8))


@pytest.mark.parametrize(("at", "until", "kept"), [(1.5, 1.7, 0), (0.1, 0.9, 1), (2, 3, 1)])
def test_a_span_in_which_an_operator_acts_is_left_out(
    reading: Reading, at: float, until: float, kept: int
) -> None:
    action = {"at": at, "until": until, "text": "Plug in."}
    assert len(measured(reading, *start("A"), actions=[action]).get(Span.START, [])) == kept


def test_a_reset_is_measured_to_the_next_boot(reading: Reading) -> None:
    frames = [
        frame(0.1, "tool", 2, "r", "Reset", {"type": "Soft"}),
        frame(0.3, "sut", 3, "r", {"status": "Accepted"}),
        frame(0.5, "event", "disconnected: connection closed with code 1001"),
        *BOOT,
    ]
    found = measured(reading, *frames)
    assert (found[Span.RESET], found[Span.RECONNECT]) == ([1.2], [0.5])
    rejected = [frames[0], frame(0.3, "sut", 3, "r", {"status": "Rejected"}), *BOOT]
    assert Span.RESET not in measured(reading, *rejected)


def test_a_connection_that_replaces_another_was_never_lost(reading: Reading) -> None:
    gone = "disconnected: connection closed with code 1006 (replaced by a new connection)"
    assert Span.RECONNECT not in measured(reading, frame(0.5, "event", gone), *BOOT)
    assert Span.RECONNECT in measured(reading, frame(0.5, "event", "cut by the tool"), *BOOT)


def test_waits_that_overlap_are_taken_off_once(reading: Reading) -> None:
    frames = [
        frame(1, "tool", 2, "t", "RemoteStartTransaction", {"idTag": "A"}),
        frame(1.1, "sut", 3, "t", {"status": "Accepted"}),
        *(frame(1.2, "sut", 2, "x", "Authorize", {}), frame(1.3, "sut", 2, "y", "Heartbeat", {})),
        *(frame(1.6, "tool", 3, "x", {}), frame(1.8, "tool", 3, "y", {})),
        frame(2, "sut", 2, "s", "StartTransaction", {"idTag": "A"}),
    ]
    assert measured(reading, *frames)[Span.START] == [0.4]


@pytest.mark.parametrize(
    ("count", "median", "p95", "worst"),
    [(1, 0, 0, 0), (2, 1, 1, 1), (20, 10, 18, 19), (100, 50, 94, 99)],
)
def test_the_figures_of_a_measure(count: int, median: float, p95: float, worst: float) -> None:
    measure = Measure(name="", samples=[Sample(seconds=n, case=f"c{n}") for n in range(count)])
    assert (measure.median, measure.p95) == (median, p95)
    assert measure.worst == Sample(seconds=worst, case=f"c{worst}")
