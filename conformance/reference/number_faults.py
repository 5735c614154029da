"""Faults of a system that reads only some of the numbers that JSON has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from conformance.reference.wire import Wire

_CALL: Final = 2

NUMBERS: Final[Mapping[str, str]] = {
    "no-powers": "a request with a power of ten is dropped, as if that were no JSON",
}
OF_STATIONS: Final[Mapping[str, str]] = {
    "cuts-decimals": "the limits of charging profiles are cut off to whole numbers",
}


def reading(wire: Wire, faults: Mapping[str, str]) -> Wire:
    """Return `wire` with those of these faults that `faults` names."""
    chosen = faults.keys() & (NUMBERS.keys() | OF_STATIONS.keys())
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
                return json.dumps(frame)
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
    whole = isinstance(frame, list) and frame[:1] == [_CALL] and len(frame) == _CALL + 2
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
