"""What no single frame shows: the rules of OCPP-J between the frames of one connection."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from conformance.wire.contents import Contents
from conformance.wire.frames import MAX_ID, Call, CallError, CallResult, Finding, Frame

REMEMBERED: Final = 50_000
PATIENCE: Final = 5.0
CROSSING: Final = 1.0
UNREADABLE_ID: Final = "-1"
LONGEST_ACTION: Final = 50  # what is remembered of one; none that exists is as long
_SOURCE: Final = {"1.6": "OCPP-J 1.6", "2.0.1": "OCPP 2.0.1 Part 4"}


class Violation(Protocol):
    """One place of a payload that is not as its schema says."""

    @property
    def path(self) -> str:
        """The place in the payload, "" for the payload itself."""

    @property
    def keyword(self) -> str:
        """The keyword of the schema."""

    @property
    def message(self) -> str:
        """What is wrong, in words."""

    @property
    def error_code(self) -> str:
        """The CALLERROR code that a receiver owes."""


class Validator(Protocol):
    """The schemas of one version."""

    def knows(self, action: str) -> bool:
        """Say whether the version has `action`."""

    def check_request(self, action: str, payload: Mapping[str, Any]) -> Sequence[Violation]:
        """Return where a request is not as its schema says."""

    def check_response(self, action: str, payload: Mapping[str, Any]) -> Sequence[Violation]:
        """Return where a response is not as its schema says."""


@dataclass
class _Sent:
    """A CALL that went by; `answers` may still come, one for each time that it was sent."""

    action: str
    content: int
    at: float
    connection: int
    answers: int = 1
    answered_at: float | None = None


class Rules:
    """Follows both directions of one connection and says which rules of OCPP-J a frame breaks.

    The first call for a connection is `Rules(version, validator)`; for the next connection of the
    same station it is `rules.next_connection()`, since message ids stay used
    (errata: Part 4, 4.1.4; OCPP-J 1.6, 4.1.4). `at` is in seconds of a clock that never goes back.
    Call `sent` before the frame leaves, so that no answer can overtake it; a frame that is
    damaged on purpose is told as the CALL that it stands for.

    Without a validator only the framing is followed. A CALL counts as timed out after `patience`
    seconds without an answer: the real limit is the sender's own, and only a second CALL before
    any sensible limit is called a fault.
    """

    def __init__(
        self, version: str, validator: Validator | None = None, *, patience: float = PATIENCE
    ) -> None:
        self._version, self._validator, self._patience = version, validator, patience
        self._contents = Contents(version)
        self._theirs = _Calls(version, patience)
        self._ours = _Calls(version, patience)

    def next_connection(self) -> Rules:
        """Return the rules for the next connection: nothing is outstanding, ids stay used."""
        following = Rules(self._version, self._validator, patience=self._patience)
        following._contents = self._contents
        following._contents.reconnected()
        following._theirs, following._ours = self._theirs, self._ours
        self._theirs.reconnected()
        self._ours.reconnected()
        return following

    def times_out(self, seconds: float) -> None:
        """Take a CALL of the peer as timed out after so many seconds, if `patience` is longer."""
        self._theirs.patience = min(self._patience, max(seconds - CROSSING, 0.0))

    def received(self, frame: Frame, at: float) -> tuple[Finding, ...]:
        """Return the rules that a frame of the peer breaks."""
        return self._passed(frame, at, self._theirs, self._ours)

    def sent(self, frame: Frame, at: float) -> tuple[Finding, ...]:
        """Return the rules that a frame of our own breaks."""
        if isinstance(frame, CallError) and frame.uid == UNREADABLE_ID:
            self._theirs.settle("", UNREADABLE_ID)
        if isinstance(frame, CallError) and not self._theirs.has(frame.uid):
            return ()  # it answers what was too damaged to be told here
        return self._passed(frame, at, self._ours, self._theirs)

    def _passed(
        self, frame: Frame, at: float, same: _Calls, opposite: _Calls
    ) -> tuple[Finding, ...]:
        match frame:
            case Call():
                return (*same.called(frame, at), *self._request(frame))
            case CallResult():
                call, findings = opposite.answered(frame.uid, at)
                return (*findings, *self._response(frame, call))
            case CallError():
                if frame.uid == UNREADABLE_ID and self._version != "1.6":
                    return ()  # the peer could not read the id (Part 4, 4.2.3)
                return tuple(opposite.answered(frame.uid, at)[1])

    def _request(self, call: Call) -> list[Finding]:
        if self._validator is None:
            return []
        if not self._validator.knows(call.action):
            section = "4.2.1" if self._version == "1.6" else "4.1.7"
            text = f"OCPP {self._version} has no action {call.action[:50]!r}"
            text = f"{text} ({_SOURCE[self._version]}, {section})"
            where = "element 3"
            return [Finding("unknown-action", where, text, call.uid, answer="NotImplemented")]
        wrong = self._validator.check_request(call.action, call.payload)
        found = [_schema(call.action, "request", v, call.uid, v.error_code) for v in wrong]
        return [*found, *self._contents.called(call)]

    def _response(self, result: CallResult, call: _Sent | None) -> list[Finding]:
        if self._validator is None or call is None or not self._validator.knows(call.action):
            return []
        wrong = self._validator.check_response(call.action, result.payload)
        return [_schema(call.action, "response", v, result.uid, "") for v in wrong]


class _Calls:
    """The CALLs of one side: which ids are used, which wait for an answer."""

    def __init__(self, version: str, patience: float) -> None:
        self._version, self.patience = version, patience
        self._known: dict[str, _Sent] = {}
        self._open: dict[str, _Sent] = {}
        self._connection = 0

    def has(self, uid: str) -> bool:
        return _key(uid) in self._known

    def settle(self, *uids: str) -> None:
        """Wait no longer for an answer to these CALLs: they got one that names no id."""
        for uid in uids:
            self._open.pop(_key(uid), None)

    def reconnected(self) -> None:
        self._connection += 1
        self._open.clear()

    def called(self, call: Call, at: float) -> list[Finding]:
        findings = [*self._second_call(call, at)]
        content = hash((call.action, _canonical(call.payload)))
        key = _key(call.uid)
        earlier = self._known.pop(key, None)
        self._open.pop(key, None)
        sent = _Sent(call.action[:LONGEST_ACTION], content, at, self._connection)
        if earlier is not None:
            if self._is_retry(earlier, content, at):
                sent.answers += earlier.answers
            else:
                findings.append(self._reused(call.uid, earlier))
        self._known[key] = self._open[key] = sent
        for ids in (self._known, self._open):
            if len(ids) > REMEMBERED:
                ids.pop(next(iter(ids)))
        return findings

    def answered(self, uid: str, at: float) -> tuple[_Sent | None, list[Finding]]:
        key = _key(uid)
        sent = self._open.pop(key, None) or self._known.get(key)
        if sent is None:
            text = "an answer to a CALL that was never sent"
            return None, [self._finding("unknown-message-id", text, uid)]
        late = sent.connection != self._connection
        if sent.answers < 1:
            text = f"a second answer to the same {sent.action}"
            return sent, [self._finding("answered-twice", text, uid)]
        sent.answers -= 1
        sent.answered_at = at
        if late:
            text = f"an answer to a {sent.action} of an earlier connection"
            return sent, [self._finding("late-answer", text, uid, fatal=False)]
        return sent, []

    def _is_retry(self, earlier: _Sent, content: int, at: float) -> bool:
        """Say whether a CALL may be one that is sent again because no answer came in time."""
        if earlier.content != content:
            return False
        if earlier.connection != self._connection or earlier.answered_at is None:
            return True
        # The answer came late, and the second attempt may have crossed it.
        slow = earlier.answered_at - earlier.at > CROSSING
        return slow and at - earlier.answered_at < CROSSING

    def _reused(self, uid: str, earlier: _Sent) -> Finding:
        same = earlier.connection == self._connection
        where = "on this connection" if same else "on an earlier connection of this station"
        text = f"the message id of an earlier {earlier.action} {where} is used again"
        # Before its errata of 2025, 1.6 asked for ids that differ within a connection only.
        return self._finding("message-id-reused", text, uid, fatal=same or self._version != "1.6")

    def _second_call(self, call: Call, at: float) -> list[Finding]:
        latest = next(reversed(self._open.values()), None)
        if latest is None or at - latest.at >= self.patience:
            return []
        text = (
            f"{call.action[:50]} is sent {at - latest.at:.1f} s after a {latest.action[:50]} "
            "that is not answered yet"
        )
        fatal = self._version != "1.6"
        return [self._finding("second-call", text, call.uid, fatal=fatal, section="4.1.1")]

    def _finding(
        self, rule: str, text: str, uid: str, *, fatal: bool = True, section: str = "4.1.4"
    ) -> Finding:
        where = "message" if rule == "second-call" else "element 2"
        return Finding(rule, where, f"{text} ({_SOURCE[self._version]}, {section})", uid, fatal)


_canonical = json.JSONEncoder(sort_keys=True, default=str).encode


def _key(uid: str) -> str:
    """Return what is remembered of an id: of one that is too long, no more than tells it apart."""
    return uid if len(uid) <= MAX_ID else f"{uid[:MAX_ID]} {hash(uid)}"


def _schema(action: str, kind: str, wrong: Violation, uid: str, answer: str) -> Finding:
    path = wrong.path
    where = f"payload{path}" if not path or path.startswith("[") else f"payload.{path}"
    what = f"{wrong.path or 'the payload'} {wrong.message}"
    text = f"{what} (schema of the {action} {kind}: {wrong.keyword})"
    return Finding("schema", where, text, uid, answer=answer)
