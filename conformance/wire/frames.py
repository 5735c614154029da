"""OCPP-J frames without I/O: text to a frame with every rule that it breaks, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from conformance.wire.strict_json import Flaw, Unreadable, read

CALL, CALLRESULT, CALLERROR = 2, 3, 4
MAX_ID: Final = 36
MAX_DESCRIPTION: Final = 255

_COMMON_CODES: Final = {
    "NotImplemented",
    "NotSupported",
    "InternalError",
    "ProtocolError",
    "SecurityError",
    "PropertyConstraintViolation",
    "TypeConstraintViolation",
    "GenericError",
}
ERROR_CODES: Final = {
    # The missing r is the published spelling: the errata sheet of OCPP-J 1.6, 5.1, keeps it.
    "1.6": _COMMON_CODES | {"FormationViolation", "OccurenceConstraintViolation"},
    "2.0.1": _COMMON_CODES
    | {
        "FormatViolation",
        "OccurrenceConstraintViolation",
        "MessageTypeNotSupported",
        "RpcFrameworkError",
    },
}
# What the 1.6 errata (5.1, 5.2) name as the right spelling, without allowing it.
_CORRECTED_CODES: Final = {"FormatViolation", "OccurrenceConstraintViolation"}
_SOURCE: Final = {"1.6": "OCPP-J 1.6", "2.0.1": "OCPP 2.0.1 Part 4"}
_BAD_WRAPPER: Final = {"1.6": "FormationViolation", "2.0.1": "RpcFrameworkError"}
_BAD_PAYLOAD: Final = {"1.6": "FormationViolation", "2.0.1": "FormatViolation"}
_KINDS: Final = {CALL: ("CALL", 4), CALLRESULT: ("CALLRESULT", 3), CALLERROR: ("CALLERROR", 5)}


@dataclass(frozen=True)
class Call:
    """A request: OCPP-J 1.6 and OCPP 2.0.1 Part 4, section 4.2.1."""

    uid: str
    action: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class CallResult:
    """The response to a CALL: section 4.2.2 of both documents."""

    uid: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class CallError:
    """The refusal of a CALL: section 4.2.3 of both documents."""

    uid: str
    code: str
    description: str
    details: Mapping[str, Any]


Frame: TypeAlias = Call | CallResult | CallError


@dataclass(frozen=True)
class Finding:
    """A rule of the protocol that a frame breaks.

    `rule` is a short id, `where` the place in the frame, `text` the rule in words with its
    source, `uid` the frame's message id ("" when it cannot be read). `fatal` is false where the
    documents only advise. `answer` is the CALLERROR code that the receiver owes, "" for none; a
    CALLERROR for an empty `uid` carries the id "-1" (Part 4, 4.2.3).
    """

    rule: str
    where: str
    text: str
    uid: str = ""
    fatal: bool = True
    answer: str = ""


def parse(text: str | bytes, version: str) -> tuple[Frame | None, tuple[Finding, ...]]:
    """Return the frame that `text` holds and the rules of `version` that it breaks.

    bytes stand for a binary message. A damaged frame is returned as far as it can be recognised;
    None means that nothing can be done with it. `version` is "1.6" or "2.0.1". Never raises on
    what a peer sends.
    """
    reader = _Reader(version)
    return reader.frame(text), tuple(reader.findings)


def serialize(frame: Frame) -> str:
    """Return the text of `frame`, as short as JSON allows; a number that is none is refused."""
    match frame:
        case Call(uid, action, payload):
            parts = [CALL, uid, action, payload]
        case CallResult(uid, payload):
            parts = [CALLRESULT, uid, payload]
        case CallError(uid, code, description, details):
            parts = [CALLERROR, uid, code, description, details]
    return json.dumps(parts, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


class _Reader:
    """Reads one message and collects what is wrong with it."""

    def __init__(self, version: str) -> None:
        self.findings: list[Finding] = []
        self._version, self._uid, self._kind = version, "", 0

    def frame(self, text: str | bytes) -> Frame | None:
        try:
            document, flaws = read(text)
        except Unreadable as why:
            self._uid, self._kind = why.uid, why.kind
            # Whatever is not an answer may have been a CALL; 1.6 has no id for "unreadable".
            owed = why.kind not in (CALLRESULT, CALLERROR) and (
                bool(why.uid) or self._version != "1.6"
            )
            answer = _BAD_WRAPPER[self._version] if owed else ""
            self._found(why.rule, why.where, why.text, "4.1.2", fatal=why.fatal, answer=answer)
            return None
        frame = self._document(document)
        for flaw in flaws:
            self._flawed(flaw)
        self.findings = [replace(found, uid=self._uid) for found in self.findings]
        return frame

    def _document(self, document: object) -> Frame | None:
        if not isinstance(document, list):
            self._wrapper("array", "message", "a message is a JSON array", "4.2")
            return None
        if not self._type(document) or not self._id(document):
            return None
        name, count = _KINDS[self._kind]
        if len(document) != count:
            text = f"a {name} has {count} elements, this one has {len(document)}"
            self._wrapper("element-count", "message", text, f"4.2.{self._kind - 1}")
        if self._kind == CALL:
            return self._call(document)
        if self._kind == CALLRESULT:
            return CallResult(self._uid, self._payload(document, 2))
        return self._error(document)

    def _type(self, document: list[Any]) -> bool:
        kind = document[0] if document else None
        if not isinstance(kind, int | float) or isinstance(kind, bool):
            text = f"the message type is a number, not {_short(kind)}"
            self._uid = _readable_id(document)
            self._wrapper("message-type", "element 1", text, "4.1.3")
            return False
        if kind not in _KINDS:
            self._unknown_type(document, kind)
            return False
        self._kind = int(kind)
        if isinstance(kind, float):
            text = f"the message type is written {kind} where an integer is expected"
            self._found("message-type", "element 1", text, "4.1.3", fatal=False)
        return True

    def _unknown_type(self, document: list[Any], kind: float) -> None:
        # 1.6 ignores such a message; 2.0.1 says so to its sender (Part 4, 4.4).
        self._uid = _readable_id(document)
        answer = "MessageTypeNotSupported" if self._version != "1.6" else ""
        text = f"the message type is 2, 3 or 4, not {_short(kind)}"
        self._found("message-type", "element 1", text, "4.1.3", answer=answer)

    def _id(self, document: list[Any]) -> bool:
        uid = document[1] if len(document) > 1 else None
        if isinstance(uid, str):
            self._uid = uid
            if len(uid) > MAX_ID:
                text = f"a message id has at most {MAX_ID} characters, this one has {len(uid)}"
                self._wrapper("message-id-length", "element 2", text, "4.1.4")
            return True
        text = f"the message id is a string, not {_short(uid)}"
        if isinstance(uid, int) and not isinstance(uid, bool) and abs(uid) < 10**MAX_ID:
            self._wrapper("message-id-type", "element 2", text, "4.1.4")
            self._uid = str(uid)
            return True
        self._wrapper("message-id-type", "element 2", text, "4.1.4")
        return False

    def _call(self, document: list[Any]) -> Call | None:
        action = document[2] if len(document) > 2 else None  # noqa: PLR2004 - the third element
        if not isinstance(action, str):
            text = f"the action is a string, not {_short(action)}"
            self._wrapper("action-type", "element 3", text, "4.2.1")
            return None
        return Call(self._uid, action, self._payload(document, 3))

    def _payload(self, document: list[Any], index: int) -> dict[str, Any]:
        if len(document) <= index:
            return {}  # the count of elements was found wrong already
        payload = document[index]
        if isinstance(payload, dict):
            return payload
        section = f"4.2.{self._kind - 1}" if self._version == "1.6" else "4.1.5"
        where = f"element {index + 1}"
        if payload is None:
            text = "an empty payload is better written {} than null"
            self._found("payload-null", where, text, section, fatal=False)
        else:
            text = f"the payload is a JSON object, not {_short(payload)}"
            answer = _BAD_PAYLOAD[self._version] if self._kind == CALL else ""
            self._found("payload-type", where, text, section, answer=answer)
        return {}

    def _error(self, document: list[Any]) -> CallError:
        code, description, details = (*document[2:5], None, None, None)[:3]
        given = len(document) - 2
        if given > 0:
            self._error_code(code)
        if given > 1:
            self._error_description(description)
        if given > 2 and not isinstance(details, dict):  # noqa: PLR2004 - the third one
            text = f"the error details are a JSON object, empty if there are none, not {details!r}"
            self._found("error-details-type", "element 5", text[:200], "4.2.3")
        return CallError(
            self._uid,
            code if isinstance(code, str) else "",
            description if isinstance(description, str) else "",
            details if isinstance(details, dict) else {},
        )

    def _error_code(self, code: object) -> None:
        if isinstance(code, str) and code in ERROR_CODES[self._version]:
            return
        section = "4.2.3" if self._version == "1.6" else "4.3"
        if self._version == "1.6" and isinstance(code, str) and code in _CORRECTED_CODES:
            text = f"{code} is not in the table of error codes, whose spelling differs"
            self._found("error-code", "element 3", text, section, fatal=False)
        else:
            text = f"{_short(code)} is not in the table of error codes"
            self._found("error-code", "element 3", text, section)

    def _error_description(self, description: object) -> None:
        if not isinstance(description, str):
            text = f"the error description is a string, not {_short(description)}"
            self._found("error-description-type", "element 4", text, "4.2.3")
        elif len(description) > MAX_DESCRIPTION:
            size = f"this error description has {len(description)} characters"
            if self._version == "1.6":
                text = f"{size}; later versions of OCPP allow {MAX_DESCRIPTION}, 1.6 has no limit"
            else:
                text = f"{size}, where {MAX_DESCRIPTION} are allowed"
            fatal = self._version != "1.6"
            self._found("error-description-length", "element 4", text, "4.2.3", fatal=fatal)

    def _flawed(self, flaw: Flaw) -> None:
        # What is in the details of an error or in customData is the vendor's own; elsewhere a
        # field that is there twice breaks its cardinality.
        free = flaw.rule == "duplicate-key" and (
            self._kind == CALLERROR or ".customData." in f"{flaw.where}."
        )
        fatal = flaw.fatal and not free
        owed = fatal and self._kind == CALL
        answer = _BAD_PAYLOAD[self._version] if owed else ""
        payload = f"element {_KINDS[self._kind][1]}" if self._kind in (CALL, CALLRESULT) else "-"
        where = (
            "payload" + flaw.where.removeprefix(payload) if payload in flaw.where else flaw.where
        )
        self._found(flaw.rule, where, flaw.text, "4.1.2", fatal=fatal, answer=answer)

    def _wrapper(self, rule: str, where: str, text: str, section: str) -> None:
        owed = self._kind in (0, CALL) and (bool(self._uid) or self._version != "1.6")
        answer = _BAD_WRAPPER[self._version] if owed else ""
        self._found(rule, where, text, section, answer=answer)

    def _found(
        self,
        rule: str,
        where: str,
        text: str,
        section: str,
        *,
        fatal: bool = True,
        answer: str = "",
    ) -> None:
        source = f"{_SOURCE[self._version]}, {section}"
        self.findings.append(Finding(rule, where, f"{text} ({source})", self._uid, fatal, answer))


def _readable_id(document: list[Any]) -> str:
    uid = document[1] if len(document) > 1 else None
    return uid if isinstance(uid, str) and len(uid) <= MAX_ID else ""


def _short(value: object) -> str:
    match value:
        case None:
            return "null"
        case dict():
            return "an object"
        case list():
            return "an array"
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - fits on a line
