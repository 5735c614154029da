"""What is sent in place of a right frame, by the faults that spoil every frame of one kind."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeAlias

from conformance.reference.framing import CALL, ERROR, RESULT

ALL: Final = (CALL, RESULT, ERROR)
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


class Binary(str):
    """A text that is sent as a binary message."""

    __slots__ = ()


class Several(tuple[str, ...]):
    """Texts that are sent in place of one."""

    __slots__ = ()


Made: TypeAlias = list[Any] | str | Several
Spoil: TypeAlias = Callable[[list[Any]], Made]
"""Returns what is sent in place of a right frame, which it may change."""


class Spoiled(NamedTuple):
    """A fault: what it does, in words, and to which kinds of frames."""

    text: str
    spoil: Spoil
    kinds: tuple[int, ...] = ALL


def compact(frame: object) -> str:
    """Return the text of a frame."""
    return json.dumps(frame, separators=(",", ":"))


def _omits(frame: list[Any]) -> list[Any]:
    for name in _REQUIRED:
        if frame[2].pop(name, None) is not None:
            break
    return frame


def _null(frame: list[Any]) -> list[Any]:
    name = _OPTIONAL.get(frame[2]) if frame[0] == CALL else None
    if name is not None:
        frame[-1].setdefault(name, None)
    for value in list(frame[-1].values()):
        if isinstance(value, dict) and "status" in value:
            value.setdefault("expiryDate", None)
    return frame


def _doubled(frame: list[Any]) -> list[Any] | str:
    if not frame[-1]:
        return frame
    name, value = next(iter(frame[-1].items()))
    head, field = compact(frame[:-1])[:-1], compact({name: value})[:-1]
    return f"{head},{field},{compact(frame[-1])[1:]}]"


def _halves(frame: list[Any]) -> Several:
    text = compact(frame)
    return Several((text[: len(text) // 2], text[len(text) // 2 :]))


def _each(change: Callable[[str, Any], Any]) -> Spoil:
    """Return a fault that changes the values in a payload, by their names."""

    def walk(value: Any, name: str) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, dict):
            return {key: walk(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [walk(inner, name) for inner in value]
        return change(name, value)

    return lambda frame: [*frame[:-1], walk(frame[-1], "")]


def _named(change: Callable[[str], str]) -> Spoil:
    """Return a fault that changes the names in a payload."""

    def walk(value: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, dict):
            return {change(name): walk(inner) for name, inner in value.items()}
        return [walk(inner) for inner in value] if isinstance(value, list) else value

    return lambda frame: [*frame[:-1], walk(frame[-1])]


def _lower(name: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
    return value.lower() if name == "status" and isinstance(value, str) else value


def _zoneless(name: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
    return value.removesuffix("Z") if name in _TIMES and isinstance(value, str) else value


def _seconds(name: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
    timed = name in _TIMES and isinstance(value, str)
    return int(datetime.fromisoformat(value).timestamp()) if timed else value


def _long(name: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
    return value.ljust(_LONG_TEXT, "x") if name in _TEXTS and isinstance(value, str) else value


def _text(_: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if number else value


def _number(uid: str) -> int:
    return int.from_bytes(uid.encode()) % 10**9


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])[A-Z]", lambda found: f"_{found[0].lower()}", name)


_PAYLOADS: Final = (CALL, RESULT)
SPOILED: Final[Mapping[str, Spoiled]] = {
    # The frame
    "message-type-5": Spoiled(
        "every CALLRESULT has the message type 5", lambda f: [5, *f[1:]], (RESULT,)
    ),
    "type-as-text": Spoiled("every message type is a text", lambda f: [str(f[0]), *f[1:]]),
    "five-elements": Spoiled("every CALL has a fifth element", lambda f: [*f, {}], (CALL,)),
    "four-elements": Spoiled(
        "every CALLRESULT has a fourth element", lambda f: [*f, {}], (RESULT,)
    ),
    "short-errors": Spoiled("a CALLERROR ends with its code", lambda f: f[:3], (ERROR,)),
    "text-as-details": Spoiled(
        "the details of a CALLERROR are a text", lambda f: [*f[:4], "none"], (ERROR,)
    ),
    "refuses-wrongly": Spoiled(
        "every CALL is answered by a CALLERROR with a code that does not exist",
        lambda f: [ERROR, f[1], "NotToday", "", {}],
        (RESULT,),
    ),
    "only-errors": Spoiled(
        "every CALL is answered by a CALLERROR",
        lambda f: [ERROR, f[1], "InternalError", "", {}],
        (RESULT,),
    ),
    # The id
    "other-id": Spoiled(
        "every answer has the id of no CALL",
        lambda f: [f[0], f"not-{f[1]}"[:36], *f[2:]],
        (RESULT, ERROR),
    ),
    "capital-id": Spoiled(
        "every answer has the id in capital letters",
        lambda f: [f[0], f[1].upper(), *f[2:]],
        (RESULT, ERROR),
    ),
    "padded-id": Spoiled(
        "every answer has a space before the id",
        lambda f: [f[0], f" {f[1]}", *f[2:]],
        (RESULT, ERROR),
    ),
    "same-id": Spoiled("every CALL has the same id", lambda f: [f[0], "1", *f[2:]], (CALL,)),
    "numeric-id": Spoiled(
        "every CALL has a number as its id", lambda f: [f[0], _number(f[1]), *f[2:]], (CALL,)
    ),
    "long-id": Spoiled(
        "every CALL has an id of 37 characters",
        lambda f: [f[0], f[1].ljust(_LONG_ID, "x"), *f[2:]],
        (CALL,),
    ),
    # How often, and when
    "does-not-wait": Spoiled(
        "every CALL is sent twice at once, with two ids",
        lambda f: [f[0], f"{f[1][:-2]}-1", *f[2:]],
        (CALL,),
    ),
    "repeats-calls": Spoiled(
        "every CALL is sent twice at once, with one id",
        lambda f: Several([compact(f)] * 2),
        (CALL,),
    ),
    "hangs-up-after-answer": Spoiled(
        "the connection is closed after every CALLRESULT", compact, (RESULT,)
    ),
    # The text
    "binary-answers": Spoiled(
        "every CALLRESULT is a binary message", lambda f: Binary(compact(f)), (RESULT,)
    ),
    "halves": Spoiled("every CALLRESULT is sent as two messages", _halves, (RESULT,)),
    "half-answers": Spoiled(
        "the second half of every CALLRESULT is missing", lambda f: _halves(f)[0], (RESULT,)
    ),
    "empty-messages": Spoiled(
        "an empty message follows every CALLRESULT", lambda f: Several([compact(f), ""]), (RESULT,)
    ),
    "ends-with-nul": Spoiled("every message ends with a NUL", lambda f: f"{compact(f)}\0"),
    "closes-twice": Spoiled("every message has a bracket more", lambda f: f"{compact(f)}]"),
    "byte-order-mark": Spoiled(
        "every message begins with a byte order mark", lambda f: f"\ufeff{compact(f)}"
    ),
    "single-quotes": Spoiled("every message is in single quotes", str),
    "doubled-name": Spoiled("the first field of every message is there twice", _doubled, _PAYLOADS),
    # The payload
    "extra-field": Spoiled(
        "every CALLRESULT has a field that no schema knows",
        lambda f: [*f[:2], {**f[2], "vendorField": 1}],
        (RESULT,),
    ),
    "omits-required": Spoiled(
        "every CALLRESULT lacks a field that it must have", _omits, (RESULT,)
    ),
    "payload-in-array": Spoiled(
        "the payload of every CALLRESULT is in an array", lambda f: [*f[:2], [f[2]]], (RESULT,)
    ),
    "payload-as-text": Spoiled(
        "every payload is a text with JSON in it", lambda f: [*f[:-1], compact(f[-1])], _PAYLOADS
    ),
    "empty-as-array": Spoiled(
        "an empty payload is an empty array", lambda f: [*f[:-1], f[-1] or []], _PAYLOADS
    ),
    "null-for-optional": Spoiled(
        "an optional field that is not there is sent as null", _null, _PAYLOADS
    ),
    "capital-names": Spoiled(
        "the names of fields begin with a capital letter",
        _named(lambda name: name[:1].upper() + name[1:]),
        _PAYLOADS,
    ),
    "snake-names": Spoiled("the names of fields are in snake_case", _named(_snake), _PAYLOADS),
    "lower-case": Spoiled("every status is in lower case", _each(_lower), _PAYLOADS),
    "no-zone": Spoiled(
        "every currentTime and timestamp is without a zone", _each(_zoneless), _PAYLOADS
    ),
    "unix-time": Spoiled(
        "every currentTime and timestamp is a number of seconds", _each(_seconds), _PAYLOADS
    ),
    "too-long": Spoiled("texts are longer than their field is", _each(_long), _PAYLOADS),
    "numbers-as-text": Spoiled("every number of a message is a text", _each(_text), _PAYLOADS),
}
