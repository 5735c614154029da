"""Reads what a frame is about, for its label in lists and diagrams; judges nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from reports.run import Frame

Kind: TypeAlias = Literal["call", "result", "error", "event", "other"]

_TELLING: Final = ("status", "connectorStatus", "eventType", "requestedMessage", "type")
_LONGEST: Final = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """What a frame is: its kind, the action, and the word that tells most of its payload.

    `follows` says that the frame before it is the call that it answers.
    """

    kind: Kind
    action: str
    detail: str = ""
    follows: bool = False

    def __str__(self) -> str:
        return f"{self.action} {self.detail}" if self.detail else self.action

    @property
    def short(self) -> str:
        """The label without what the frame before it says already."""
        return self.detail if self.follows else str(self)


class _Calls:
    """The calls so far, by connection, sender and message id."""

    def __init__(self) -> None:
        self._actions: dict[tuple[int, str, str], str] = {}
        self._last: tuple[int, str, str] | None = None

    def call(self, frame: Frame, identity: str, action: str, payload: list[Any]) -> Label:
        self._last = (frame.connection, frame.sender, identity)
        self._actions[self._last] = action
        return Label(kind="call", action=_cut(action), detail=_detail(payload))

    def answer(self, frame: Frame, identity: str, kind: Kind, detail: str) -> Label:
        """Label an answer; the call may have been before the case, so that it is not known."""
        call = (frame.connection, "tool" if frame.sender == "sut" else "sut", identity)
        action = self._actions.get(call, "an answer")
        follows = call == self._last
        self._last = None
        return Label(kind=kind, action=_cut(action), detail=_cut(detail), follows=follows)

    def other(self, kind: Kind, text: str) -> Label:
        self._last = None
        return Label(kind=kind, action=_cut(text))


def labels(frames: Iterable[Frame]) -> list[Label]:
    """Label each frame; an answer gets the action of the call with its message id."""
    calls = _Calls()
    return [_label(frame, calls) for frame in frames]


def _label(frame: Frame, calls: _Calls) -> Label:
    if frame.sender == "event":
        return calls.other("event", frame.text)
    match _parsed(frame.text):
        case [2, str(identity), str(action), *rest]:
            return calls.call(frame, identity, action, rest)
        case [3, str(identity), *rest]:
            return calls.answer(frame, identity, "result", _detail(rest))
        case [4, str(identity), str(code), *_]:
            return calls.answer(frame, identity, "error", f"CALLERROR {code}")
        case _:
            return calls.other("other", "not an OCPP-J message")


def _parsed(text: str) -> Any:  # noqa: ANN401 - whatever the SUT sent
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _detail(rest: list[Any]) -> str:
    payload = rest[0] if rest and isinstance(rest[0], dict) else {}
    words = (payload.get(key) for key in _TELLING)
    return next((_cut(w) for w in words if isinstance(w, str) and w), "")


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
