"""Faults of the layer below the messages: every frame that a system sends is spoiled in one way."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Final, TypeAlias

from conformance.reference.wire import Wire

_CALL, _RESULT, _ERROR = 2, 3, 4
_LONG_ID: Final = 37  # one more than OCPP-J allows
_LONG_TEXT: Final = 600  # more than any field holds that is spoiled
_REQUIRED: Final = ("status", "currentTime", "idTagInfo", "transactionId", "listVersion")
_TIMES: Final = ("currentTime", "timestamp")
_TEXTS: Final = (
    "chargePointVendor",
    "vendorName",
    "vendorErrorCode",
    "errorCode",
    "idTag",
    "idToken",
    "key",
    "vendorId",
    "instance",
)
_OPTIONAL: Final = {
    "BootNotification": "iccid",
    "StatusNotification": "info",
    "StartTransaction": "reservationId",
    "StopTransaction": "idTag",
    "MeterValues": "transactionId",
    "RemoteStartTransaction": "connectorId",
    "DataTransfer": "messageId",
}

Spoil: TypeAlias = Callable[[list[Any]], "list[Any] | str"]
"""Returns what is sent in place of a right frame, which it may change: a frame, or text."""

WIRE: Final[Mapping[str, str]] = {
    "other-id": "every answer has the id of no CALL",
    "extra-field": "every CALLRESULT has a field that no schema knows",
    "omits-required": "every CALLRESULT lacks a field that it must have",
    "refuses-wrongly": "every CALL is answered by a CALLERROR with a code that does not exist",
    "message-type-5": "every CALLRESULT has the message type 5",
    "five-elements": "every CALL has a fifth element",
    "four-elements": "every CALLRESULT has a fourth element",
    "same-id": "every CALL has the same id",
    "numeric-id": "every CALL has a number as its id",
    "long-id": "every CALL has an id of 37 characters",
    "does-not-wait": "every CALL is sent twice at once, with two ids",
    "null-for-optional": "an optional field that is not there is sent as null",
    "lower-case": "every status is in lower case",
    "no-zone": "every currentTime and timestamp is without a zone",
    "too-long": "texts are longer than their field is",
    "numbers-as-text": "every number of a message is a text",
    "doubled-name": "the first field of every message is there twice",
    "payload-in-array": "the payload of every CALLRESULT is in an array",
    "echoes": "every CALLRESULT has the payload of the CALL",
}


def wired(wire: Wire, faults: Mapping[str, str]) -> Wire:
    """Return `wire` with those of the WIRE faults that `faults` names."""
    chosen = [name for name in WIRE if name in faults]
    return _SpoiledWire(wire, chosen) if chosen else wire


def spoiled(fault: str, frame: list[Any], asked: Mapping[str, Any] = {}) -> list[Any] | str:
    """Return what the fault makes of a frame; `asked` is the payload of the CALL it answers."""
    made = deepcopy(frame)
    if fault == "echoes":
        return [*made[:2], dict(asked)] if made[0] == _RESULT else made
    return _SPOILS[fault](made)


class _SpoiledWire:
    def __init__(self, wire: Wire, faults: list[str]) -> None:
        self._wire, self._faults = wire, faults
        self._asked: dict[str, Any] = {}  # id of a CALL of the peer: its payload
        self._ids: dict[str, str] = {}  # an id that was sent in place of another
        self._twins: set[str] = set()

    async def close(self) -> None:
        await self._wire.close()

    async def ping(self) -> None:
        await self._wire.ping()

    async def recv(self) -> str:
        while True:
            text = await self._wire.recv()
            frame = json.loads(text)
            if frame[0] == _CALL:
                self._asked[frame[1]] = frame[3]
            elif frame[1] in self._twins:
                continue  # the system knows nothing of this CALL
            elif frame[1] in self._ids:
                return json.dumps([frame[0], self._ids[frame[1]], *frame[2:]])
            return text

    async def send(self, text: str) -> None:
        try:
            frame = json.loads(text)
        except ValueError:
            await self._wire.send(text)  # spoiled by another fault
            return
        asked = self._asked.pop(frame[1], {}) if frame[0] != _CALL else {}
        for fault in self._faults:
            made = spoiled(fault, frame, asked)
            if isinstance(made, list) and made[1] != frame[1]:
                self._ids[str(made[1])] = frame[1]
            text = made if isinstance(made, str) else json.dumps(made, separators=(",", ":"))
            await self._wire.send(text)
            if fault == "does-not-wait" and frame[0] == _CALL:
                self._twins.add(f"{frame[1][:-2]}-2")
                await self._wire.send(json.dumps([_CALL, f"{frame[1][:-2]}-2", *frame[2:]]))


def _of(*kinds: int) -> Callable[[Spoil], Spoil]:
    """Let a fault spoil frames of these kinds only."""

    def limited(spoil: Spoil) -> Spoil:
        return lambda frame: spoil(frame) if frame[0] in kinds else frame

    return limited


@_of(_RESULT)
def _omits(frame: list[Any]) -> list[Any]:
    for name in _REQUIRED:
        if frame[2].pop(name, None) is not None:
            break
    return frame


@_of(_CALL, _RESULT)
def _null(frame: list[Any]) -> list[Any]:
    name = _OPTIONAL.get(frame[2]) if frame[0] == _CALL else None
    if name is not None:
        frame[-1].setdefault(name, None)
    for value in list(frame[-1].values()):
        if isinstance(value, dict) and "status" in value:
            value.setdefault("expiryDate", None)
    return frame


@_of(_CALL, _RESULT)
def _doubled(frame: list[Any]) -> list[Any] | str:
    if not frame[-1]:
        return frame
    name, value = next(iter(frame[-1].items()))
    head = json.dumps(frame[:-1], separators=(",", ":"))[:-1]
    field = json.dumps({name: value}, separators=(",", ":"))[:-1]
    rest = json.dumps(frame[-1], separators=(",", ":"))[1:]
    return f"{head},{field},{rest}]"


def _each(change: Callable[[str, Any], Any]) -> Spoil:
    """Return a fault that changes the values in a payload, by their names."""

    def walk(value: Any, name: str) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, dict):
            return {key: walk(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [walk(inner, name) for inner in value]
        return change(name, value)

    return _of(_CALL, _RESULT)(lambda frame: [*frame[:-1], walk(frame[-1], "")])


def _lower(name: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
    return value.lower() if name == "status" and isinstance(value, str) else value


def _zoneless(name: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
    return value.removesuffix("Z") if name in _TIMES and isinstance(value, str) else value


def _long(name: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
    return value.ljust(_LONG_TEXT, "x") if name in _TEXTS and isinstance(value, str) else value


def _text(_: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if number else value


def _number(uid: str) -> int:
    return int.from_bytes(uid.encode()) % 10**9


_SPOILS: Final[Mapping[str, Spoil]] = {
    "other-id": _of(_RESULT, _ERROR)(lambda f: [f[0], f"not-{f[1]}"[:36], *f[2:]]),
    "extra-field": _of(_RESULT)(lambda f: [*f[:2], {**f[2], "vendorField": 1}]),
    "omits-required": _omits,
    "refuses-wrongly": _of(_RESULT)(lambda f: [_ERROR, f[1], "NotToday", "", {}]),
    "message-type-5": _of(_RESULT)(lambda f: [5, *f[1:]]),
    "five-elements": _of(_CALL)(lambda f: [*f, {}]),
    "four-elements": _of(_RESULT)(lambda f: [*f, {}]),
    "same-id": _of(_CALL)(lambda f: [f[0], "1", *f[2:]]),
    "numeric-id": _of(_CALL)(lambda f: [f[0], _number(f[1]), *f[2:]]),
    "long-id": _of(_CALL)(lambda f: [f[0], f[1].ljust(_LONG_ID, "x"), *f[2:]]),
    "does-not-wait": _of(_CALL)(lambda f: [f[0], f"{f[1][:-2]}-1", *f[2:]]),
    "null-for-optional": _null,
    "lower-case": _each(_lower),
    "no-zone": _each(_zoneless),
    "too-long": _each(_long),
    "numbers-as-text": _each(_text),
    "doubled-name": _doubled,
    "payload-in-array": _of(_RESULT)(lambda f: [*f[:2], [f[2]]]),
}
