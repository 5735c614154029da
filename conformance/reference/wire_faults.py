"""Faults of the layer below the messages: every frame that a system sends is spoiled in one way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from conformance.reference.framing import CALL, RESULT, loaded
from conformance.reference.spoiling import SPOILED, Made, Several, compact
from conformance.reference.wire import Wire

WIRE: Final[Mapping[str, str]] = {
    **{name: fault.text for name, fault in SPOILED.items()},
    "echoes": "every CALLRESULT has the payload of the CALL",
    "answer-before": "every CALLRESULT has the payload of the one before it",
}


def wired(wire: Wire, faults: Mapping[str, str]) -> Wire:
    """Return `wire` with those of the WIRE faults that `faults` names."""
    chosen = [name for name in WIRE if name in faults]
    return _SpoiledWire(wire, chosen) if chosen else wire


def spoiled(fault: str, frame: list[Any], asked: object = None, before: object = None) -> Made:
    """Return what the fault makes of a frame.

    `asked` is the payload of the CALL it answers, `before` that of the CALLRESULT before it.
    """
    made = deepcopy(frame)
    if fault == "echoes":
        return [*made[:2], asked] if made[0] == RESULT else made
    if fault == "answer-before":
        return [*made[:2], before] if made[0] == RESULT and before is not None else made
    return SPOILED[fault].spoil(made) if made[0] in SPOILED[fault].kinds else made


class _SpoiledWire:
    def __init__(self, wire: Wire, faults: list[str]) -> None:
        self._wire, self._faults = wire, faults
        self._asked: dict[str, Any] = {}  # id of a CALL of the peer: its payload
        self._before: object = None
        self._ids: dict[str, str] = {}  # an id that was sent in place of another
        self._twins: set[str] = set()

    async def close(self) -> None:
        await self._wire.close()

    async def ping(self) -> None:
        await self._wire.ping()

    async def recv(self) -> str:
        while True:
            text = await self._wire.recv()
            frame: Any = loaded(text)
            if not (isinstance(frame, list) and len(frame) > RESULT - 1):
                return text
            if frame[0] == CALL:
                self._asked[str(frame[1])] = frame[-1]
            elif frame[1] in self._twins:
                continue  # the system knows nothing of this CALL
            elif frame[1] in self._ids:
                return json.dumps([frame[0], self._ids[frame[1]], *frame[2:]])
            return text

    async def send(self, text: str) -> None:
        frame: Any = loaded(text)
        if not isinstance(frame, list):
            await self._wire.send(text)  # spoiled by another fault
            return
        asked = self._asked.pop(frame[1], None) if frame[0] != CALL else None
        for fault in self._faults:
            made = spoiled(fault, frame, asked, self._before)
            if isinstance(made, list) and made[1] != frame[1]:
                self._ids[str(made[1])] = frame[1]
            await self._deliver(made)
            if fault == "does-not-wait" and frame[0] == CALL:
                self._twins.add(f"{frame[1][:-2]}-2")
                await self._wire.send(json.dumps([CALL, f"{frame[1][:-2]}-2", *frame[2:]]))
            if fault == "hangs-up-after-answer" and frame[0] == RESULT:
                await self._wire.close()
        if frame[0] == RESULT:
            self._before = frame[-1]

    async def _deliver(self, made: Made) -> None:
        for part in made if isinstance(made, Several) else (made,):
            await self._wire.send(compact(part) if isinstance(part, list) else part)
