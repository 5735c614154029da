"""Reads what a frame is about, for its label in lists and diagrams; judges nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from reports.journal import Frame

Kind: TypeAlias = Literal["call", "result", "error", "event", "other"]

_TELLING: Final = ("status", "connectorStatus", "eventType", "requestedMessage", "type")
_LONGEST: Final = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """What a frame is: its kind, the action, and the word that tells most of its payload."""

    kind: Kind
    action: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.action} {self.detail}" if self.detail else self.action


def labels(frames: Iterable[Frame]) -> list[Label]:
    """Label each frame; an answer gets the action of the call with its message id."""
    calls: dict[tuple[int, str, str], str] = {}
    return [_label(frame, calls) for frame in frames]


def _label(frame: Frame, calls: dict[tuple[int, str, str], str]) -> Label:
    if frame.sender == "event":
        return Label(kind="event", action=_cut(frame.text))
    match _parsed(frame.text):
        case [2, str(identity), str(action), *rest]:
            calls[frame.connection, frame.sender, identity] = action
            return Label(kind="call", action=_cut(action), detail=_detail(rest))
        case [3, str(identity), *rest]:
            return Label(
                kind="result", action=_cut(_caller(frame, identity, calls)), detail=_detail(rest)
            )
        case [4, str(identity), str(code), *_]:
            return Label(
                kind="error", action=_cut(_caller(frame, identity, calls)), detail=_cut(code)
            )
        case _:
            return Label(kind="other", action="not an OCPP-J message")


def _caller(frame: Frame, identity: str, calls: Mapping[tuple[int, str, str], str]) -> str:
    other = "tool" if frame.sender == "sut" else "sut"
    return calls.get((frame.connection, other, identity), "an answer")


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
