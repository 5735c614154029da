"""Frames that are no proper requests, and what a receiver owes to their sender."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from ocpp import exceptions
from ocpp.exceptions import OCPPError

from conformance.reference.payloads import broken_keyword

CALL, RESULT, ERROR = 2, 3, 4
"""The types of messages: OCPP-J 1.6, 4.1.3; Part 4, 4.1.3."""
LENGTHS: Final = {CALL: 4, RESULT: 3, ERROR: 5}
"""How many elements a message of a type has."""
_MAX_ID: Final = 36
_UNREADABLE: Final = "-1"
_BAD_FRAME: Final = {"1.6": "FormationViolation", "2.0.1": "RpcFrameworkError"}
_BAD_PAYLOAD: Final = {"1.6": "FormationViolation", "2.0.1": "FormatViolation"}
# By the keyword of the schema that the payload breaks: OCPP-J 1.6, 4.2.3; Part 4, 4.3.
_CODES: Final[Mapping[str, Mapping[str, type[OCPPError]]]] = {
    "1.6": {
        "required": exceptions.ProtocolError,
        "additionalProperties": exceptions.FormationViolationError,
        "type": exceptions.TypeConstraintViolationError,
        "minItems": exceptions.OccurenceConstraintViolationError,
        "maxItems": exceptions.OccurenceConstraintViolationError,
    },
    "2.0.1": {
        "required": exceptions.OccurrenceConstraintViolationError,
        "additionalProperties": exceptions.ProtocolError,
        "type": exceptions.TypeConstraintViolationError,
        "minItems": exceptions.OccurrenceConstraintViolationError,
        "maxItems": exceptions.OccurrenceConstraintViolationError,
    },
}


def loaded(text: str) -> object:
    """Return the document in a text, None if there is none."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def refusal_owed(document: object, version: str, actions: Container[str] = ()) -> str | None:
    """Return the CALLERROR that is owed for a document, "" if it is dropped, None for a frame.

    The payloads of requests with these `actions` are looked at, too.
    """
    if not isinstance(document, list) or not document or not _number(document[0]):
        return _refusal(_id(document), _BAD_FRAME[version], "this is no OCPP message", version)
    kind = document[0]
    if kind not in LENGTHS:
        told = "this message type is not known"
        # 1.6 ignores such a message (4.1.3); 2.0.1 tells its sender (Part 4, 4.4).
        return "" if version == "1.6" else _refusal(_id(document), _NO_TYPE, told, version)
    if kind != CALL:
        return None if len(document) == LENGTHS[kind] else ""
    return _call(document, version, actions)


_NO_TYPE: Final = "MessageTypeNotSupported"
_BREAKS: Final = "the payload breaks {} of the schema"


def _call(document: list[Any], version: str, actions: Container[str]) -> str | None:
    uid = _id(document)
    if len(document) != LENGTHS[CALL] or not uid or not isinstance(document[2], str):
        return _refusal(uid, _BAD_FRAME[version], "this is no whole CALL", version)
    if len(uid) > _MAX_ID:
        return _refusal(uid, _BAD_FRAME[version], "the message id is too long", version)
    if not isinstance(document[3], dict | None):
        return _refusal(uid, _BAD_PAYLOAD[version], "the payload is no object", version)
    if document[2] in actions:
        keyword = broken_keyword(version, document[2], document[3] or {})
        if keyword:
            return _refusal(uid, _kind(keyword, version).code, _BREAKS.format(keyword), version)
    return None


def _number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _id(document: object) -> str:
    uid = document[1] if isinstance(document, list) and len(document) > 1 else None
    return uid if isinstance(uid, str) else ""


def _refusal(uid: str, code: str, told: str, version: str) -> str:
    if not uid and version == "1.6":
        return ""  # it has no id for an answer to what cannot be read
    if len(uid) > _MAX_ID and version != "1.6":
        uid = _UNREADABLE  # there is no room for it (Part 4, 4.2.3)
    return json.dumps([ERROR, uid or _UNREADABLE, code, told, {}], separators=(",", ":"))


def right_error(error: OCPPError, version: str) -> OCPPError:
    """Return what `error` is by the tables of the version, without the message in its details."""
    keyword = getattr(error.__context__, "validator", None)  # of what jsonschema has raised
    if not isinstance(keyword, str):
        return error
    right: OCPPError = _kind(keyword, version)(_BREAKS.format(keyword))
    return right


def _kind(keyword: str, version: str) -> Any:  # noqa: ANN401 - a class of the package
    return _CODES[version].get(keyword, exceptions.PropertyConstraintViolationError)


@contextmanager
def any_code() -> Iterator[None]:
    """Take a CALLERROR whose code no table has as the GenericError that it is."""
    try:
        yield
    except exceptions.UnknownCallErrorCodeError as error:
        raise exceptions.GenericError(str(error)) from error  # type: ignore[no-untyped-call]
