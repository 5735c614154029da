"""Frames with one fault each, and the CALLERROR codes that name it.

OCPP-J 1.6, 4.2.3; OCPP 2.0.1 Part 4, 4.3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from conformance import ID, Sample, Sut, Wrong
from testcases.ocppj.requests import harmless, variable

DROP = "a message that is not valid may be dropped (Part 4, 4.2.3)"
IGNORED = "a message of a type that does not exist is ignored (OCPP-J 1.6, 4.1.3)"
UNKNOWN = "NoSuchAction"
# The missing r is the published spelling of 1.6, the other one that of its errata (5.1, 5.2).
OCCURRENCE = ("OccurenceConstraintViolation", "OccurrenceConstraintViolation")
FORMAT = ("FormationViolation", "FormatViolation")
FRAME: Mapping[str, Sequence[str]] = {
    "1.6": (*FORMAT, "ProtocolError", "GenericError"),
    "2.0.1": ("RpcFrameworkError",),
}
MISSING: Mapping[str, Sequence[str]] = {
    "1.6": ("ProtocolError", *OCCURRENCE, *FORMAT),
    "2.0.1": ("OccurrenceConstraintViolation", "ProtocolError", "FormatViolation"),
}
SURPLUS: Mapping[str, Sequence[str]] = {
    "1.6": (*FORMAT, *OCCURRENCE),
    "2.0.1": ("ProtocolError", "FormatViolation", "OccurrenceConstraintViolation"),
}
FORMATS: Mapping[str, Sequence[str]] = {"1.6": FORMAT, "2.0.1": ("FormatViolation",)}
TYPE, VALUE = ("TypeConstraintViolation",), ("PropertyConstraintViolation",)
# What says only that something is wrong, or names another fault of the payload.
CONTENT: Mapping[str, Sequence[str]] = {
    "1.6": (*MISSING["1.6"], *TYPE, *VALUE, "InternalError", "GenericError"),
    "2.0.1": (*MISSING["2.0.1"], *TYPE, *VALUE, "InternalError", "GenericError"),
}


def _wrong(sut: Sut, frame: str | Sequence[object], codes: Sequence[str]) -> Wrong:
    return _refused(sut.version, frame, codes)


def _refused(version: str, frame: str | Sequence[object], codes: Sequence[str]) -> Wrong:
    all_ = (*CONTENT[version], *(FRAME[version]))
    odd = tuple(code for code in dict.fromkeys(all_) if code not in codes)
    return Wrong(frame=frame, codes=codes, odd=odd, dropped=DROP if version == "2.0.1" else "")


# The frame itself


def no_id(sut: Sut, text: str) -> Wrong:
    """Return a text out of which nobody can read an id."""
    codes = FRAME[sut.version]
    if sut.version == "1.6":
        return Wrong(frame=text, codes=codes, odd=CONTENT["1.6"], unreadable=True)
    return _wrong(sut, text, codes)


def frame(sut: Sut, *elements: object) -> Wrong:
    """Return a message that is no whole CALL."""
    return _wrong(sut, elements, FRAME[sut.version])


def text_type(sut: Sut) -> Wrong:
    """Return a request whose message type is a text."""
    asking = harmless(sut)
    wrong = frame(sut, "2", ID, asking.action, asking.payload)
    if sut.version == "1.6":
        return replace(wrong, dropped=IGNORED)
    return replace(wrong, codes=(*wrong.codes, "MessageTypeNotSupported"))


def message_type(number: int) -> Wrong:
    """Return a message of a type that 2.0.1 does not know."""
    return Wrong(frame=[number, ID, {}], codes=("MessageTypeNotSupported",), foreign=True)


def payload_array(sut: Sut) -> Wrong:
    """Return a CALL whose payload is an array."""
    codes = (*MISSING[sut.version], *TYPE, *FRAME[sut.version])
    return _wrong(sut, [2, ID, harmless(sut).action, []], codes)


def long_id(sut: Sut) -> Wrong:
    """Return a CALL whose id has 37 characters."""
    asking = harmless(sut)
    wrong = _wrong(sut, [2, f"{ID}x", asking.action, asking.payload], FRAME[sut.version])
    old = sut.version == "1.6"
    return replace(wrong, foreign=old, too_long=not old)


# The action


def action(sut: Sut, name: str) -> Wrong:
    """Return a CALL of an action that does not exist."""
    dropped = DROP if sut.version == "2.0.1" else ""
    call = [2, ID, name, {}]
    return Wrong(frame=call, codes=("NotImplemented",), odd=("NotSupported",), dropped=dropped)


def other_direction(sut: Sut) -> Wrong:
    """Return a CALL that only the SUT's own side may send."""
    dropped = DROP if sut.version == "2.0.1" else ""
    call = [2, ID, *({"CS": _to_csms, "CSMS": _to_station}[sut.role](sut))]
    return Wrong(frame=call, codes=("NotSupported", "NotImplemented"), dropped=dropped)


def _to_csms(_: Sut) -> tuple[str, dict[str, Any]]:
    return "Heartbeat", {}


def _to_station(sut: Sut) -> tuple[str, dict[str, Any]]:
    kind = "Soft" if sut.version == "1.6" else "OnIdle"
    return "Reset", {"type": kind}


# The payload


def missing_field(sut: Sut) -> Wrong:
    """Return a request without a field that it needs."""
    half = {"component": {"name": "OCPPCommCtrlr"}}
    return _request(
        sut,
        MISSING[sut.version],
        {
            ("1.6", "CS"): ("ChangeConfiguration", {"key": "HeartbeatInterval"}),
            ("1.6", "CSMS"): ("Authorize", {}),
            ("2.0.1", "CS"): (
                "GetVariables",
                {"getVariableData": [half]},
            ),
            ("2.0.1", "CSMS"): ("Authorize", {}),
        },
    )


def unknown_field(sut: Sut) -> Wrong:
    """Return a request with a field that does not exist."""
    asking = harmless(sut)
    call = [2, ID, asking.action, {**asking.payload, "colour": "blue"}]
    return _wrong(sut, call, SURPLUS[sut.version])


def wrong_type(sut: Sut) -> Wrong:
    """Return a request with a field of another type."""
    return _request(
        sut,
        TYPE,
        {
            ("1.6", "CS"): ("GetConfiguration", {"key": 1}),
            ("1.6", "CSMS"): ("Authorize", {"idTag": 1}),
            ("2.0.1", "CS"): ("GetVariables", {"getVariableData": "all"}),
            ("2.0.1", "CSMS"): ("Authorize", {"idToken": "TAG001"}),
        },
    )


def wrong_value(sut: Sut) -> Wrong:
    """Return a request with a value outside its enumeration."""
    where = {"connectorId": 1, "errorCode": "NoError"}
    sideways = variable(attributeType="Sideways")
    return _request(
        sut,
        VALUE,
        {
            ("1.6", "CS"): ("ChangeAvailability", {"connectorId": 1, "type": "Sideways"}),
            ("1.6", "CSMS"): ("StatusNotification", {**where, "status": "Sideways"}),
            ("2.0.1", "CS"): (
                "GetVariables",
                {"getVariableData": [sideways]},
            ),
            ("2.0.1", "CSMS"): (
                "Authorize",
                {"idToken": {"idToken": "TAG001", "type": "Sideways"}},
            ),
        },
    )


def too_long(sut: Sut) -> Wrong:
    """Return a request with a text that is longer than its type."""
    token = {"idToken": "X" * 37, "type": "ISO14443"}
    named = variable(component={"name": "X" * 51})
    return _request(
        sut,
        (*VALUE, *TYPE),
        {
            ("1.6", "CS"): ("GetConfiguration", {"key": ["X" * 51]}),
            ("1.6", "CSMS"): ("Authorize", {"idTag": "X" * 21}),
            ("2.0.1", "CS"): ("GetVariables", {"getVariableData": [named]}),
            ("2.0.1", "CSMS"): ("Authorize", {"idToken": token}),
        },
    )


def empty_list(sut: Sut) -> Wrong:
    """Return a request with an empty list where one element is required (2.0.1)."""
    calls = {
        "CS": ("GetVariables", {"getVariableData": []}),
        "CSMS": ("MeterValues", {"evseId": 1, "meterValue": []}),
    }
    return _wrong(sut, [2, ID, *calls[sut.role]], MISSING[sut.version])


def null(sut: Sut) -> Wrong:
    """Return a request with null for an optional field (2.0.1)."""
    token = {"idToken": "TAG001", "type": "ISO14443"}
    calls = {
        "CS": ("GetVariables", {"getVariableData": [variable(attributeType=None)]}),
        "CSMS": ("Authorize", {"idToken": token, "certificate": None}),
    }
    codes = (*TYPE, *MISSING[sut.version], *VALUE)
    return _wrong(sut, [2, ID, *calls[sut.role]], codes)


def sampled(sut: Sut, sample: Sample) -> Wrong:
    """Return a request with one fault; what is not supported may be refused for that."""
    wrong = _for(sut.version, sample.keyword)
    return Wrong(
        frame=(2, ID, sample.action, sample.payload),
        codes=wrong.codes,
        odd=wrong.odd,
        dropped=wrong.dropped,
        name=str(sample),
        kind=sample.keyword,
    )


@cache
def _for(version: str, keyword: str) -> Wrong:
    fitting: Mapping[str, Sequence[str]] = {
        "type": (*TYPE, *FORMATS[version]),
        "required": MISSING[version],
        "additionalProperties": SURPLUS[version],
        "minItems": MISSING[version],
        "maxItems": MISSING[version],
        "maxLength": (*VALUE, *TYPE),
    }
    codes = (*fitting.get(keyword, VALUE), "NotImplemented", "NotSupported")
    return _refused(version, (), codes)


def _request(
    sut: Sut, codes: Sequence[str], calls: Mapping[tuple[str, str], tuple[str, dict[str, Any]]]
) -> Wrong:
    return _wrong(sut, [2, ID, *calls[sut.version, sut.role]], codes)
