from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from conformance.wire import rules as rules_module
from conformance.wire.frames import Call, CallError, CallResult, Finding
from conformance.wire.rules import Rules
from conformance.wire.schema import validator

BOTH = ("1.6", "2.0.1")


@dataclass(frozen=True)
class Wrong:
    path: str
    keyword: str = "required"
    message: str = "is missing"
    error_code: str = "OccurrenceConstraintViolation"


class OneField:
    """Knows the action A, whose request and response have exactly the field `a`."""

    def knows(self, action: str) -> bool:
        return action == "A"

    def check_request(self, action: str, payload: Mapping[str, Any]) -> list[Wrong]:
        assert action == "A"
        return [] if "a" in payload else [Wrong("a")]

    def check_response(self, action: str, payload: Mapping[str, Any]) -> list[Wrong]:
        return [] if action == "A" and "a" in payload else [Wrong("")]


def call(uid: str, action: str = "A", **payload: object) -> Call:
    return Call(uid, action, payload)


def said(findings: tuple[Finding, ...]) -> list[tuple[str, bool]]:
    return [(f.rule, f.fatal) for f in findings]


@pytest.mark.parametrize("version", BOTH)
def test_calls_one_after_the_other_and_crossing_ones_are_fine(version: str) -> None:
    rules = Rules(version)
    assert rules.received(call("1"), 0.0) == ()
    assert rules.sent(call("1"), 0.1) == ()  # each side has its own ids
    assert rules.received(CallResult("1", {}), 0.2) == ()
    assert rules.sent(CallError("1", "NotSupported", "", {}), 0.3) == ()
    assert rules.received(call("2"), 0.4) == ()


@pytest.mark.parametrize("version", BOTH)
@pytest.mark.parametrize("answer", [CallResult("x", {}), CallError("x", "GenericError", "", {})])
def test_an_answer_to_nothing(version: str, answer: CallResult | CallError) -> None:
    rules = Rules(version)
    rules.sent(call("1"), 0.0)
    rules.received(call("x"), 0.0)  # the id of the peer's own CALL is not ours
    assert said(rules.received(answer, 1.0)) == [("unknown-message-id", True)]


def test_an_unreadable_message_is_answered_with_minus_one_in_2_0_1_only() -> None:
    unreadable = CallError("-1", "RpcFrameworkError", "", {})
    assert Rules("2.0.1").received(unreadable, 0.0) == ()
    assert said(Rules("1.6").received(unreadable, 0.0)) == [("unknown-message-id", True)]


@pytest.mark.parametrize("uid", ["", "-1"])
def test_a_call_without_a_right_id_is_answered_with_minus_one_and_then_done(uid: str) -> None:
    rules = Rules("2.0.1")
    rules.received(call(uid), 0.0)
    rules.sent(CallError("-1", "NotImplemented", "", {}), 0.1)
    assert rules.received(call("2"), 0.2) == ()


@pytest.mark.parametrize("version", BOTH)
def test_a_second_answer(version: str) -> None:
    rules = Rules(version)
    rules.sent(call("1"), 0.0)
    assert rules.received(CallResult("1", {}), 0.1) == ()
    assert said(rules.received(CallResult("1", {}), 0.2)) == [("answered-twice", True)]
    assert said(rules.received(CallError("1", "GenericError", "", {}), 9)) == [
        ("answered-twice", True)
    ]


@pytest.mark.parametrize("version", BOTH)
def test_an_id_that_is_used_again_on_the_same_connection(version: str) -> None:
    rules = Rules(version)
    rules.received(call("1", a=1), 0.0)
    rules.sent(CallResult("1", {}), 0.1)
    assert said(rules.received(call("1", a=2), 10.0)) == [("message-id-reused", True)]


@pytest.mark.parametrize("version", BOTH)
def test_the_same_id_for_every_heartbeat_is_no_retry(version: str) -> None:
    rules = Rules(version)
    for at in (0.0, 60.0):
        found = rules.received(call("1", "Heartbeat"), at)
        rules.sent(CallResult("1", {}), at + 0.01)
    assert said(found) == [("message-id-reused", True)]


@pytest.mark.parametrize("version", BOTH)
def test_an_unanswered_call_may_be_sent_again_with_its_id(version: str) -> None:
    rules = Rules(version)
    rules.received(call("1", a=1), 0.0)
    assert rules.received(call("1", a=1), 30.0) == ()
    assert rules.sent(CallResult("1", {}), 30.1) == ()
    assert rules.sent(CallResult("1", {}), 30.2) == ()  # each of the two may be answered
    assert said(rules.sent(CallResult("1", {}), 30.3)) == [("answered-twice", True)]


def test_a_late_answer_may_cross_the_second_attempt() -> None:
    rules = Rules("2.0.1")
    rules.received(call("1", a=1), 0.0)
    rules.sent(CallResult("1", {}), 30.0)
    assert rules.received(call("1", a=1), 30.1) == ()


def test_a_retry_with_another_content_is_none() -> None:
    rules = Rules("2.0.1")
    rules.received(call("1", a=1), 0.0)
    assert said(rules.received(call("1", a=2), 30.0)) == [("message-id-reused", True)]


@pytest.mark.parametrize(("version", "fatal"), [("1.6", False), ("2.0.1", True)])
def test_a_second_call_before_the_answer(version: str, fatal: bool) -> None:
    rules = Rules(version)
    rules.received(call("1", "Heartbeat"), 0.0)
    (finding,) = rules.received(call("2", "StatusNotification"), 0.5)
    assert (finding.rule, finding.fatal, finding.answer) == ("second-call", fatal, "")
    assert "StatusNotification is sent 0.5 s after a Heartbeat" in finding.text


@pytest.mark.parametrize("version", BOTH)
def test_a_second_call_after_a_timeout_is_fine(version: str) -> None:
    rules = Rules(version, patience=3.0)
    rules.received(call("1"), 0.0)
    assert said(rules.received(call("2"), 2.9)) == [("second-call", version != "1.6")]
    assert rules.received(call("3"), 5.9) == ()


@pytest.mark.parametrize(("seconds", "found"), [(3.0, []), (60.0, [("second-call", True)])])
def test_a_timeout_that_is_known_is_waited_for_no_longer(seconds: float, found: object) -> None:
    rules = Rules("2.0.1")
    rules.times_out(seconds)
    rules = rules.next_connection()
    rules.received(call("1"), 0.0)
    assert said(rules.received(call("2"), 1.0)) == [("second-call", True)]
    rules.received(call("3"), 10.0)
    assert said(rules.received(call("4"), 13.0)) == found


def test_a_late_answer_on_the_same_connection_is_an_answer() -> None:
    rules = Rules("2.0.1", OneField())
    rules.sent(call("1", a=1), 0.0)
    rules.sent(call("2", a=1), 100.0)
    assert rules.received(CallResult("1", {"a": 1}), 100.1) == ()


def test_nothing_is_outstanding_on_a_new_connection() -> None:
    rules = Rules("2.0.1")
    rules.received(call("1"), 0.0)
    assert rules.next_connection().received(call("2"), 0.1) == ()


@pytest.mark.parametrize(("version", "fatal"), [("1.6", False), ("2.0.1", True)])
def test_an_id_of_an_earlier_connection(version: str, fatal: bool) -> None:
    rules = Rules(version)
    rules.received(call("1", a=1), 0.0)
    rules.sent(CallResult("1", {}), 0.1)
    following = rules.next_connection()
    assert said(following.received(call("1", a=2), 9.0)) == [("message-id-reused", fatal)]


def test_a_call_whose_answer_was_lost_may_come_again_on_the_next_connection() -> None:
    rules = Rules("2.0.1")
    rules.received(call("1", a=1), 0.0)
    rules.sent(CallResult("1", {}), 0.1)
    assert rules.next_connection().received(call("1", a=1), 9.0) == ()


def test_an_answer_that_comes_on_the_next_connection_is_a_remark() -> None:
    rules = Rules("2.0.1")
    rules.sent(call("1"), 0.0)
    following = rules.next_connection()
    assert said(following.received(CallResult("1", {}), 9.0)) == [("late-answer", False)]
    assert said(following.received(CallResult("1", {}), 9.1)) == [("answered-twice", True)]


def test_patience_goes_on_to_the_next_connection() -> None:
    following = Rules("2.0.1", patience=100.0).next_connection()
    following.received(call("1"), 0.0)
    assert said(following.received(call("2"), 99.0)) == [("second-call", True)]


@pytest.mark.parametrize("version", BOTH)
def test_an_unknown_action_is_owed_not_implemented(version: str) -> None:
    (finding,) = Rules(version, OneField()).received(call("1", "../Heartbeat"), 0.0)
    assert (finding.rule, finding.where) == ("unknown-action", "element 3")
    assert (finding.answer, finding.uid) == ("NotImplemented", "1")


def test_a_request_that_breaks_its_schema() -> None:
    (finding,) = Rules("2.0.1", OneField()).received(call("1"), 0.0)
    assert (finding.rule, finding.where, finding.fatal) == ("schema", "payload.a", True)
    assert finding.answer == "OccurrenceConstraintViolation"
    assert finding.text == "a is missing (schema of the A request: required)"


def test_a_response_that_breaks_its_schema_is_owed_nothing() -> None:
    rules = Rules("2.0.1", OneField())
    rules.sent(call("1", a=1), 0.0)
    (finding,) = rules.received(CallResult("1", {}), 0.1)
    assert (finding.rule, finding.where, finding.answer) == ("schema", "payload", "")
    assert finding.text.startswith("the payload is missing")


def test_the_answer_to_an_action_that_nobody_knows_is_not_checked() -> None:
    rules = Rules("2.0.1", OneField())
    rules.sent(call("1", "Other"), 0.0)
    assert rules.received(CallResult("1", {}), 0.1) == ()


def test_a_second_answer_is_checked_all_the_same() -> None:
    rules = Rules("2.0.1", OneField())
    rules.sent(call("1", a=1), 0.0)
    rules.received(CallResult("1", {"a": 1}), 0.1)
    assert [f.rule for f in rules.received(CallResult("1", {}), 0.1)] == [
        "answered-twice",
        "schema",
    ]


def test_a_callerror_for_what_was_too_damaged_to_be_followed_is_ours_to_send() -> None:
    assert Rules("1.6").sent(CallError("lost", "FormationViolation", "", {}), 0.0) == ()


@pytest.mark.parametrize("version", BOTH)
def test_a_burst_of_ten_thousand_is_followed_to_its_end(version: str) -> None:
    rules = Rules(version, validator(version))
    for n in range(10_000):
        rules.received(Call(str(n), "Heartbeat", {}), n * 1e-4)
        found = rules.sent(CallResult(str(n), {"currentTime": "2026-01-01T00:00:00Z"}), n * 1e-4)
        assert found == ()
    assert said(rules.received(Call("0", "Heartbeat", {}), 99.0)) == [("message-id-reused", True)]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules_module, "REMEMBERED", 10)
    rules = Rules("2.0.1")
    for n in range(100):
        rules.received(call(str(n)), n * 10.0)
    assert len(rules._theirs._known) == 10
    assert len(rules._theirs._open) == 10
    assert said(rules.received(call("99", a=1), 2000.0)) == [("message-id-reused", True)]
    assert rules.received(call("0"), 2100.0) == ()  # forgotten, and so given the benefit


@pytest.mark.parametrize("version", BOTH)
def test_what_is_told_and_remembered_of_a_huge_action_or_id_is_little(version: str) -> None:
    rules = Rules(version)
    rules.received(call("x" * 5000, "A" * 5000), 0.0)
    (sent,) = rules._theirs._known.values()
    assert len(sent.action) == 50
    (again,) = [f for f in rules.received(call("x" * 5000, "B"), 9.0) if "again" in f.text]
    assert len(again.text) < 250
    assert said(rules.received(call("x" * 4999 + "y", "B"), 20.0)) == []
    assert max(map(len, rules._theirs._known)) < 70
