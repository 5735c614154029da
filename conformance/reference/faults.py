"""Deliberate faults: a reference system that is wrong in one way, to see that the tool finds it.

The shared faults spoil what goes over the wire, whatever the version and role; the others are
built into the systems, or are rewrites of single messages (`charge_point_16`, ...).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import uuid4

from conformance.reference import answer_faults, reading_faults
from conformance.reference.answer_faults import ANSWERS, hearing
from conformance.reference.connection_faults import CSMS, STATION
from conformance.reference.fault import Fault
from conformance.reference.faults_16 import CSMS_16, STATION_16
from conformance.reference.framing import CALL, ERROR, LENGTHS, RESULT, loaded
from conformance.reference.hearing_faults import HEARING, hearing_badly
from conformance.reference.payloads import cut
from conformance.reference.reading_faults import READINGS, reading
from conformance.reference.socket_faults import SOCKET
from conformance.reference.wire import Wire
from conformance.reference.wire_faults import WIRE, wired

_TIMES = frozenset({"currentTime", "timestamp"})

__all__ = ["CSMS_16", "FAULTS", "SHARED", "STATION_16", "Fault", "Rewrite", "check", "faulty"]

Rewrite: TypeAlias = Callable[[str, dict[str, Any]], None]  # (action, payload to be spoiled)


SHARED: Mapping[str, Fault] = {
    "answers-twice": Fault(text="every CALLRESULT is sent twice"),
    "text-after-answer": Fault(text="text that is no JSON follows each answer"),
    "escapes-nothing": Fault(text="quotes and backslashes in an answer are not escaped"),
    "unknown-result": Fault(text="a CALLRESULT with an unknown id follows each answer"),
    "clock-1970": Fault(text="currentTime and timestamp are in 1970"),
    "local-time": Fault(text="currentTime and timestamp are local times, marked as UTC"),
    "wrong-type": Fault(text="a field has the wrong type in each message", argument="action"),
    "late-answer": Fault(text="answers come late", argument="seconds"),
    "silent": Fault(text="one action is never answered", argument="action"),
    "cuts-texts": Fault(
        text="texts that are too long for one action are cut off, not refused", argument="action"
    ),
    "takes-any-version": Fault(
        text="a connection over a version that was not offered is used", roles=("station",)
    ),
    "no-compression": Fault(
        text="compression is not supported", roles=("csms",), versions=("2.0.1",)
    ),
    "takes-any-station": Fault(text="stations that nobody knows are let in", roles=("csms",)),
    "raw-identity": Fault(text="the path of a station is not percent-decoded", roles=("csms",)),
    "lets-in-without-credentials": Fault(
        text="a station that shows no credentials at all is let in", roles=("csms",)
    ),
    "takes-any-user": Fault(text="the user name of HTTP Basic is not looked at", roles=("csms",)),
    "looks-at-8-octets": Fault(
        text="no more than 8 octets of a password are looked at", roles=("csms",)
    ),
    "passwords-are-text": Fault(
        text="a password that is no UTF-8 is not understood", roles=("csms",), versions=("1.6",)
    ),
    "exact-scheme": Fault(
        text="the scheme of HTTP Basic is not known in other letters", roles=("csms",)
    ),
    "misses-no-pong": Fault(
        text="a connection on which no pong comes is kept for ever", roles=("station",)
    ),
    "raw-path": Fault(
        text="the identity stands in the path as it is, not percent-encoded", roles=("station",)
    ),
    "offers-twice": Fault(text="each version is offered twice in one request", roles=("station",)),
    "needs-compression": Fault(
        text="a connection that is not compressed is given up",
        roles=("station",),
        versions=("2.0.1",),
    ),
    "waits-for-challenge": Fault(
        text="credentials are shown only after the station was refused", roles=("station",)
    ),
    "refuses-extensions": Fault(
        text="an upgrade that offers an extension is refused", roles=("csms",)
    ),
    "stays-without-version": Fault(
        text="a connection over no common version is left open", roles=("csms",)
    ),
    "first-subprotocol": Fault(
        text="the first subprotocol that is offered is chosen, known or not", roles=("csms",)
    ),
    **{name: Fault(text=text) for name, text in {**WIRE, **ANSWERS}.items()},
    **{name: Fault(text=text, unseen=(("1.6", "csms"),)) for name, text in READINGS.items()},
    **{
        name: Fault(text=text, roles=("station",))
        for name, text in {**answer_faults.OF_STATIONS, **reading_faults.OF_STATIONS}.items()
    },
    **{
        name: Fault(text=text, roles=("station",), versions=("1.6",))
        for name, text in reading_faults.OF_STATIONS_16.items()
    },
    **{name: Fault(text=text) for name, (text, _) in SOCKET.items()},
    **{name: Fault(text=text, roles=("station",)) for name, text in STATION.items()},
    **{name: Fault(text=text, roles=("csms",)) for name, text in CSMS.items()},
    **{
        name: Fault(text=ear.text, roles=ear.roles, versions=ear.versions, unseen=ear.unseen)
        for name, ear in HEARING.items()
    },
}


FAULTS: Mapping[str, Fault] = {**SHARED, **STATION_16, **CSMS_16}


def check(faults: Mapping[str, str], known: Mapping[str, Fault]) -> None:
    """Raise ValueError for a fault that is not in `known` or that lacks its argument."""
    for name, argument in faults.items():
        if name not in known:
            raise ValueError(f"unknown fault {name!r}; there are: {', '.join(sorted(known))}")
        if known[name].argument and not argument:
            raise ValueError(f"fault {name}: say {name}=<{known[name].argument}>")
        if known[name].argument == "seconds":
            float(argument)


def faulty(
    wire: Wire,
    faults: Mapping[str, str],
    rewrites: Mapping[str, Rewrite] = {},
    version: str = "1.6",
) -> Wire:
    """Return `wire` with the shared `faults`, and those of `rewrites` that `faults` names."""
    chosen = [rewrite for name, rewrite in rewrites.items() if name in faults]
    if not chosen and not faults.keys() & SHARED.keys():
        return wire
    wire = wired(hearing_badly(wire, faults, version), faults)
    return _FaultyWire(reading(hearing(wire, faults), faults), faults, chosen, version)


class _FaultyWire:
    def __init__(
        self, wire: Wire, faults: Mapping[str, str], rewrites: list[Rewrite], version: str
    ) -> None:
        self._wire, self._faults, self._rewrites = wire, faults, rewrites
        self._version = version
        self._asked: dict[str, str] = {}  # id of a CALL of the peer: its action
        self._late: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        for task in tuple(self._late):
            task.cancel()
        await self._wire.close()

    async def ping(self) -> None:
        with suppress(*[ConnectionError] if "misses-no-pong" in self._faults else []):
            await self._wire.ping()

    async def recv(self) -> str:
        text = await self._wire.recv()
        frame = _frame(text)
        if frame and frame[0] == CALL:
            self._asked[frame[1]] = frame[2]
            if self._faults.get("cuts-texts") == frame[2]:
                cut(self._version, frame[2], frame[3])
                return json.dumps(frame)
        return text

    async def send(self, text: str) -> None:
        frame = _frame(text)
        if frame and frame[0] == CALL:
            await self._wire.send(self._spoiled(frame, frame[2]))
        elif frame and frame[0] in {RESULT, ERROR}:
            await self._answer(frame)
        else:
            await self._wire.send(text)

    async def _answer(self, frame: list[Any]) -> None:
        action = self._asked.pop(frame[1], "")
        if self._faults.get("silent") == action:
            return
        text = self._spoiled(frame, action)
        if "late-answer" in self._faults:
            task = asyncio.create_task(self._answer_late(text))
            self._late.add(task)
            task.add_done_callback(self._late.discard)
        else:
            await self._deliver(text)

    async def _answer_late(self, text: str) -> None:
        await asyncio.sleep(float(self._faults["late-answer"]))
        try:
            await self._deliver(text)
        except ConnectionError:
            self._asked.clear()  # whoever asked has left

    async def _deliver(self, text: str) -> None:
        if "escapes-nothing" in self._faults:
            text = text.replace('\\"', '"').replace("\\\\", "\\")
        await self._wire.send(text)
        if text.startswith(f"[{ERROR}"):
            return
        if "answers-twice" in self._faults:
            await self._wire.send(text)
        if "text-after-answer" in self._faults:
            await self._wire.send("this is no JSON")
        if "unknown-result" in self._faults:
            await self._wire.send(json.dumps([RESULT, str(uuid4()), {}]))

    def _spoiled(self, frame: list[Any], action: str) -> str:
        payload = frame[-1]
        for rewrite in self._rewrites:
            rewrite(action, payload)
        if "clock-1970" in self._faults:
            _set(payload, lambda _: "1970-01-01T00:00:00Z")
        if "local-time" in self._faults:
            _set(payload, _two_hours_on)
        if self._faults.get("wrong-type") == action and payload:
            first = next(iter(payload))
            payload[first] = 42 if isinstance(payload[first], str) else "spoiled"
        return json.dumps(frame, separators=(",", ":"))


def _frame(text: str) -> list[Any] | None:
    """Return the frame in `text`, or None where a system may send what it likes."""
    frame: Any = loaded(text)
    right = (
        isinstance(frame, list)
        and bool(frame)
        and isinstance(frame[0], int)
        and len(frame) == LENGTHS.get(frame[0])
        and isinstance(frame[1], str)
        and isinstance(frame[-1], dict)
    )
    return frame if right else None


def _set(value: object, change: Callable[[str], str]) -> None:
    """Change every time field in `value`."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in _TIMES and isinstance(inner, str):
                value[name] = change(inner)
            else:
                _set(inner, change)
    elif isinstance(value, list):
        for inner in value:
            _set(inner, change)


def _two_hours_on(time: str) -> str:
    later = datetime.fromisoformat(time) + timedelta(hours=2)
    return later.isoformat(timespec="milliseconds").replace("+00:00", "Z")
