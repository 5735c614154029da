"""Puts calls and answers of a case together, with the times between them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from reports.run import CaseRecord, Frame

CALL, RESULT, ERROR = 2, 3, 4
_SENDERS: Final = ("sut", "tool")


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """A CALL and what answered it; `call` and `answer` are indices of frames.

    `payload` and `reply` are empty where a frame has none; `error` is the code of a CALLERROR.
    """

    sender: str
    action: str
    payload: Mapping[str, Any]
    call: int
    sent: float
    answer: int | None = None
    answered: float | None = None
    reply: Mapping[str, Any]
    error: str = ""

    @property
    def took(self) -> float | None:
        """The seconds from the CALL to its answer, or None without one."""
        return None if self.answered is None else self.answered - self.sent


@dataclass(slots=True)
class _Open:
    sender: str
    action: str
    payload: Mapping[str, Any]
    call: int
    sent: float


Told: TypeAlias = tuple[CaseRecord, Sequence["Exchange"]]
"""A case with its exchanges, which several parts of a report look at."""


def told(cases: Iterable[CaseRecord]) -> tuple[Told, ...]:
    """Return each case with its exchanges."""
    return tuple((case, exchanges(case.frames)) for case in cases)


def exchanges(frames: Iterable[Frame]) -> list[Exchange]:
    """Return the exchanges of a case in the order of their CALLs."""
    calls: dict[tuple[int, str, str], _Open] = {}
    found: list[Exchange] = []
    for index, frame in enumerate(frames):
        message = _message(frame)
        match message:
            case [2, str(uid), str(action), *rest]:
                key = frame.connection, frame.sender, uid
                calls[key] = _Open(frame.sender, action, _payload(rest), index, frame.at)
            case [3, str(uid), *rest] if call := calls.pop(_other(frame, uid), None):
                found.append(_answered(call, index, frame.at, _payload(rest), ""))
            case [4, str(uid), str(code), *_] if call := calls.pop(_other(frame, uid), None):
                found.append(_answered(call, index, frame.at, {}, code))
    found += [_answered(call, None, None, {}, "") for call in calls.values()]
    return sorted(found, key=lambda exchange: exchange.call)


def _answered(
    call: _Open, index: int | None, at: float | None, reply: Mapping[str, Any], error: str
) -> Exchange:
    return Exchange(
        sender=call.sender,
        action=call.action,
        payload=call.payload,
        call=call.call,
        sent=call.sent,
        answer=index,
        answered=at,
        reply=reply,
        error=error,
    )


def _other(frame: Frame, uid: str) -> tuple[int, str, str]:
    return frame.connection, "tool" if frame.sender == "sut" else "sut", uid


def _message(frame: Frame) -> Any:  # noqa: ANN401 - whatever the SUT sent
    if frame.sender not in _SENDERS:
        return None
    try:
        return json.loads(frame.text)
    except (ValueError, RecursionError):
        return None


def _payload(rest: list[Any]) -> Mapping[str, Any]:
    return rest[0] if rest and isinstance(rest[0], dict) else {}


def at_path(value: Any, *path: str) -> Any:  # noqa: ANN401 - any part of any message
    """Return what is at a path of names in nested objects, or None."""
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def objects(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a list; nothing for what is no list."""
    yield from (
        (item for item in value if isinstance(item, Mapping)) if isinstance(value, list) else ()
    )
