"""What a system that hears badly makes of one message that it gets."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final, TypeAlias
from uuid import UUID

from conformance.reference.framing import CALL, ERROR, RESULT
from conformance.reference.payloads import actions, at_their_longest, mended

_SIZE: Final = 4096  # bytes that a small buffer holds
_PARTS: Final = 4  # of a CALL
_BASIC_PLANE: Final = 0xFFFF
_STARTS: Final = ('[2,"', '[3,"', '[4,"')
_OFFSET: Final = re.compile(r"(T\d\d:\d\d:\d\d(?:\.\d+)?)[+-]\d\d:\d\d")
_FORMAT: Final[Mapping[str, str]] = {"1.6": "FormationViolation", "2.0.1": "FormatViolation"}
_VALUE: Final = "PropertyConstraintViolation"


class Then(Enum):
    """What a system does with a message that it does not take."""

    DROP = auto()
    HANG_UP = auto()
    READ_NO_MORE = auto()


@dataclass(frozen=True)
class Refuse:
    """The CALLERROR with which a message is answered."""

    code: str


@dataclass
class Heard:
    """A message as it came, and what is known of the connection.

    `frame` is the document in it, None for none. `asked` are the ids of the system's own CALLs
    that wait for an answer, `spelled` how ids are given back that were read wrongly; `booted`
    tells whether a BootNotification has come.
    """

    text: str
    frame: Any
    version: str
    asked: Container[str] = ()
    booted: bool = False
    spelled: dict[str, str] = field(default_factory=dict)

    @property
    def call(self) -> list[Any] | None:
        """The whole CALL that it is, if it is one."""
        whole = isinstance(self.frame, list) and self.kind == CALL and len(self.frame) == _PARTS
        return self.frame if whole and isinstance(self.uid, str) else None

    @property
    def kind(self) -> object:
        """The message type, None where there is none."""
        return self.frame[0] if isinstance(self.frame, list) and self.frame else None

    @property
    def uid(self) -> object:
        """The message id, None where there is none."""
        return self.frame[1] if isinstance(self.frame, list) and len(self.frame) > 1 else None

    def again(self, *elements: object) -> str:
        """Return the text of another frame."""
        return json.dumps(elements, separators=(",", ":"))


Made: TypeAlias = str | Then | Refuse
Hear: TypeAlias = Callable[[Heard], Made]


def _call(hear: Callable[[Heard, list[Any]], Made]) -> Hear:
    """Let a fault hear whole CALLs only."""
    return lambda heard: heard.text if heard.call is None else hear(heard, heard.call)


# The frame


def nonsense_ends_it(heard: Heard) -> Made:
    """Read no more after what is no JSON array."""
    return heard.text if isinstance(heard.frame, list) else Then.READ_NO_MORE


def text_as_type(heard: Heard) -> Made:
    """Take a message type that is written as a text."""
    known = isinstance(heard.kind, str) and heard.kind in {"2", "3", "4"}
    return heard.again(int(heard.frame[0]), *heard.frame[1:]) if known else heard.text


def _unknown_type(heard: Heard) -> bool:
    return isinstance(heard.kind, int) and heard.kind not in {CALL, RESULT, ERROR}


def refuse_unknown_type(heard: Heard) -> Made:
    """Refuse a message of a type that does not exist, which 1.6 wants ignored."""
    return Refuse("GenericError") if _unknown_type(heard) else heard.text


def drop_unknown_type(heard: Heard) -> Made:
    """Ignore a message of a type that does not exist, which 2.0.1 wants refused."""
    return Then.DROP if _unknown_type(heard) else heard.text


def default_payload(heard: Heard) -> Made:
    """Take a CALL without a payload for one with an empty payload."""
    short = heard.kind == CALL and len(heard.frame) == _PARTS - 1
    return heard.again(*heard.frame, {}) if short else heard.text


def first_elements(heard: Heard) -> Made:
    """Take the first four elements of a CALL."""
    long = heard.kind == CALL and len(heard.frame) > _PARTS
    return heard.again(*heard.frame[:_PARTS]) if long else heard.text


@_call
def array_as_object(heard: Heard, call: list[Any]) -> Made:
    """Take an empty array for an empty object."""
    return heard.again(*call[:3], {}) if call[3] == [] else heard.text


@_call
def refuse_null(heard: Heard, call: list[Any]) -> Made:
    """Refuse null for an empty payload."""
    return Refuse(_FORMAT[heard.version]) if call[3] is None else heard.text


def compact(heard: Heard) -> Made:
    """Take a message only if it has no spaces where a frame begins."""
    return heard.text if heard.text.startswith(_STARTS) else Then.DROP


def small_buffer(heard: Heard) -> Made:
    """Lose what is longer than a buffer."""
    return heard.text if len(heard.text.encode()) <= _SIZE else Then.DROP


# The id


def raw_id(heard: Heard) -> Made:
    """Take for the id what is between the first two quotes."""
    parts = heard.text.split('"', maxsplit=2)
    if heard.call is not None and len(parts) > 1:
        heard.spelled[str(heard.uid)] = parts[1]
    return heard.text


@_call
def uuid_only(heard: Heard, call: list[Any]) -> Made:
    """Lose a CALL whose id is no UUID."""
    try:
        UUID(call[1])
    except ValueError:
        return Then.DROP
    return heard.text


@_call
def number_as_id(heard: Heard, call: list[Any]) -> Made:
    """Give an id back as the number that it looks like."""
    if call[1].isdecimal():
        heard.spelled[call[1]] = str(int(call[1]))
    elif re.fullmatch(r"\d+e\d+", call[1]):
        heard.spelled[call[1]] = str(float(call[1]))
    return heard.text


# The action and the payload


@_call
def any_case(heard: Heard, call: list[Any]) -> Made:
    """Take an action in whatever case of letters it is."""
    known = {name.lower(): name for name in actions(heard.version)}
    right = known.get(str(call[2]).lower(), call[2])
    return heard.again(*call[:2], right, call[3])


def _mending(keyword: str) -> Hear:
    """Take requests as if nothing in them broke this keyword of their schema."""

    @_call
    def hear(heard: Heard, call: list[Any]) -> Made:
        known = isinstance(call[3], dict) and call[2] in actions(heard.version)
        right = mended(heard.version, call[2], call[3], keyword) if known else call[3]
        return heard.text if right == call[3] else heard.again(*call[:3], right)

    return hear


ignore_surplus, ignore_null, convert = map(_mending, ("additionalProperties", "null", "type"))


def _refusing(wrong: Callable[[Heard, list[Any]], bool], code: str) -> Hear:
    """Refuse the CALLs of which this is true."""
    return _call(lambda heard, call: Refuse(code) if wrong(heard, call) else heard.text)


def _texts(value: object) -> list[str]:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return [text for part in inner for text in _texts(part)]
    return [value] if isinstance(value, str) else []


def _beyond(_: Heard, call: list[Any]) -> bool:
    return any(ord(letter) > _BASIC_PLANE for text in _texts(call[3]) for letter in text)


def _longest(heard: Heard, call: list[Any]) -> bool:
    known = isinstance(call[3], dict) and call[2] in actions(heard.version)
    return known and at_their_longest(heard.version, call[2], call[3])


def _negative(_: Heard, call: list[Any]) -> bool:
    found = re.findall(r'"value":\s*"?(-?)', json.dumps(call[3]))
    return call[2] == "MeterValues" and "-" in found


refuse_beyond_basic_plane = _refusing(_beyond, "InternalError")
refuse_longest = _refusing(_longest, _VALUE)
refuse_negative = _refusing(_negative, _VALUE)
refuse_empty = _refusing(lambda _, call: "" in _texts(call[3]), _VALUE)
refuse_custom_data = _refusing(
    lambda _, call: '"customData"' in json.dumps(call[3]), "FormatViolation"
)
refuse_offset = _refusing(lambda _, call: bool(_OFFSET.search(json.dumps(call[3]))), _VALUE)


def _lock_failure(_: Heard, call: list[Any]) -> bool:
    return call[2] == "StatusNotification" and _field(call, "errorCode") == "ConnectorLockFailure"


def _stop_reason(_: Heard, call: list[Any]) -> bool:
    known = {None, "Local", "Remote"}
    return call[2] == "StopTransaction" and _field(call, "reason") not in known


def _field(call: list[Any], name: str) -> object:
    return call[3].get(name) if isinstance(call[3], dict) else None


refuse_lock_failure = _refusing(_lock_failure, _VALUE)
refuse_stop_reason = _refusing(_stop_reason, _VALUE)


# What comes before and after


def refuse_before_boot(heard: Heard) -> Made:
    """Refuse what comes over a connection before a BootNotification."""
    call = heard.call
    early = call is not None and not heard.booted and call[2] != "BootNotification"
    return Refuse("SecurityError") if early else heard.text


def hang_up_on_unknown_answer(heard: Heard) -> Made:
    """Hang up on an answer to no request."""
    unknown = heard.kind in {RESULT, ERROR} and heard.uid not in heard.asked
    return Then.HANG_UP if unknown else heard.text


def hang_up_on_refusal(heard: Heard) -> Made:
    """Hang up on a CALLERROR to a request."""
    refused = heard.kind == ERROR and heard.uid in heard.asked
    return Then.HANG_UP if refused else heard.text
