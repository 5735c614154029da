"""Faults of a system that reads only some spellings of numbers and times."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from conformance.reference.framing import CALL
from conformance.reference.wire import Wire

READINGS: Final[Mapping[str, str]] = {
    "no-powers": "a request with a power of ten is dropped, as if that were no JSON",
}
OF_STATIONS: Final[Mapping[str, str]] = {
    "cuts-decimals": "the limits of charging profiles are cut off to whole numbers",
    "drops-offsets": "the offset of a time is not looked at",
}
OF_STATIONS_16: Final[Mapping[str, str]] = {  # 2.0.1 has three digits at most
    "long-fractions": "what follows the second of a time is read as milliseconds",
}
_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)")


def reading(wire: Wire, faults: Mapping[str, str]) -> Wire:
    """Return `wire` with those of these faults that `faults` names."""
    known = READINGS.keys() | OF_STATIONS.keys() | OF_STATIONS_16.keys()
    chosen = faults.keys() & known
    return _ReadingWire(wire, frozenset(chosen)) if chosen else wire


class _ReadingWire:
    def __init__(self, wire: Wire, faults: frozenset[str]) -> None:
        self._wire, self._faults = wire, faults

    async def close(self) -> None:
        await self._wire.close()

    async def ping(self) -> None:
        await self._wire.ping()

    async def send(self, text: str) -> None:
        await self._wire.send(text)

    async def recv(self) -> str:
        while True:
            text = await self._wire.recv()
            frame, powers = _read(text)
            if powers and "no-powers" in self._faults:
                continue
            if frame and "cuts-decimals" in self._faults:
                _cut(frame[3])
                text = json.dumps(frame)
            if "drops-offsets" in self._faults:
                text = _TIME.sub(_without_offset, text)
            if "long-fractions" in self._faults:
                text = _TIME.sub(_with_milliseconds, text)
            return text


def _read(text: str) -> tuple[list[Any] | None, bool]:
    """Return the request in a text, if it is one, and whether it has a power of ten."""
    powers: list[str] = []

    def number(digits: str) -> float:
        powers.extend(digits if "e" in digits.lower() else ())
        return float(digits)

    try:
        frame = json.loads(text, parse_float=number)
    except ValueError:
        return None, False
    whole = isinstance(frame, list) and frame[:1] == [CALL] and len(frame) == CALL + 2
    return (frame, bool(powers)) if whole else (None, False)


def _cut(value: object) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "limit" and isinstance(inner, float):
                value[name] = int(inner)
            _cut(inner)
    elif isinstance(value, list):
        for inner in value:
            _cut(inner)


def _without_offset(time: re.Match[str]) -> str:
    return f"{time[1]}Z"


def _with_milliseconds(time: re.Match[str]) -> str:
    moment = datetime.fromisoformat(f"{time[1]}{time[3]}")
    return (moment + timedelta(milliseconds=int(time[2] or 0))).isoformat()
