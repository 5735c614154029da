"""Faults of a system that takes what answers its own requests for something else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from conformance.reference.framing import CALL, ERROR, RESULT, loaded
from conformance.reference.wire import Wire

_STATUSES: Final = ("Accepted", "Pending", "Rejected")

ANSWERS: Final[Mapping[str, str]] = {
    "takes-any-answer": "an answer counts for the request that is open, whatever its id is",
    "ignores-errors": "a CALLERROR is not taken as an answer",
    "chokes-on-details": "the connection drops when a CALLERROR has details",
    "deaf-while-waiting": "no request is answered while one of its own is open",
}
OF_STATIONS: Final[Mapping[str, str]] = {
    "boots-by-any-answer": "an answer to BootNotification that says nothing counts as Accepted",
}


def hearing(wire: Wire, faults: Mapping[str, str]) -> Wire:
    """Return `wire` with those of these faults that `faults` names."""
    chosen = faults.keys() & (ANSWERS.keys() | OF_STATIONS.keys())
    return _HearingWire(wire, frozenset(chosen)) if chosen else wire


class _HearingWire:
    def __init__(self, wire: Wire, faults: frozenset[str]) -> None:
        self._wire, self._faults = wire, faults
        self._open, self._action = "", ""  # the id of the request that waits for its answer

    async def close(self) -> None:
        await self._wire.close()

    async def ping(self) -> None:
        await self._wire.ping()

    async def send(self, text: str) -> None:
        frame = _frame(text)
        if frame and frame[0] == CALL:
            self._open, self._action = frame[1], frame[2]
        await self._wire.send(text)

    async def recv(self) -> str:
        while True:
            text = await self._wire.recv()
            frame = _frame(text)
            heard = await self._heard(frame) if frame and self._open else text
            if heard is not None:
                return heard if isinstance(heard, str) else json.dumps(heard)

    async def _heard(self, frame: list[Any]) -> list[Any] | None:
        """Return what is made of a frame that comes while a request is open, None for nothing."""
        faults = self._faults
        if frame[0] == CALL:
            return None if "deaf-while-waiting" in faults else frame
        if "takes-any-answer" in faults:
            frame[1] = self._open
        if frame[1] != self._open:
            return frame
        if frame[0] == ERROR and "ignores-errors" in faults:
            return None
        if frame[0] == ERROR and frame[-1] and "chokes-on-details" in faults:
            await self._wire.close()
        if "boots-by-any-answer" in faults and self._action == "BootNotification":
            frame = _accepted(frame)
        self._open = ""
        return frame


def _accepted(frame: list[Any]) -> list[Any]:
    told = frame[-1] if frame[0] == RESULT else {}
    if told.get("status") in _STATUSES:
        return frame
    return [RESULT, frame[1], {"currentTime": _SOME_TIME, "interval": 300, **told, **_ACCEPTED}]


_SOME_TIME: Final = "2024-01-01T00:00:00Z"
_ACCEPTED: Final = {"status": "Accepted"}


def _frame(text: str) -> list[Any] | None:
    frame: Any = loaded(text)
    whole = isinstance(frame, list) and len(frame) > RESULT - 1 and isinstance(frame[1], str)
    return frame if whole else None
