"""What a case sends on purpose, and the CALLERROR that has to answer it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from conformance.link import Answer
from conformance.matching import Matcher, one_of
from conformance.wire.frames import MAX_DESCRIPTION

ID: Final = "<id>"
"""Stands in a frame for a message id that was never used before."""

Sent: TypeAlias = str | bytes | Sequence[object]
"""A frame to be sent: its elements, or a text or bytes that are sent as they are."""

UNREADABLE: Final = "-1"
_SHORT: Final = Matcher(
    f"a text of at most {MAX_DESCRIPTION} characters",
    lambda v: isinstance(v, str) and len(v) <= MAX_DESCRIPTION,
    wrong="x" * (MAX_DESCRIPTION + 1),
    also_wrong=(1,),
    tell=lambda v: f"{len(v)} characters" if isinstance(v, str) else f"no text, but {v!r}",
)
_OBJECT: Final = Matcher("an object", lambda v: isinstance(v, dict), wrong="spoiled")
_TEXT: Final = Matcher("a text", lambda v: isinstance(v, str), wrong=1)


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """A frame that has to be refused, and how.

    `codes` are the CALLERROR codes that say what is wrong; one of `odd` says less, which is worth
    a remark. `dropped` says why there need be no answer at all; without one that is a remark, too.
    Where no id can be read out of the frame the CALLERROR has "-1"; `unreadable` says that the
    version knows no answer to that: nothing is required but that a CALLERROR, if there is one, is
    whole. Instead of an id that is there "-1" is worth a remark where the message is `foreign`,
    and as good where the id is `too_long` for an answer.
    """

    frame: Sent
    codes: Sequence[str]
    odd: Sequence[str] = ()
    dropped: str = ""
    unreadable: bool = False
    foreign: bool = False
    too_long: bool = False
    name: str = ""
    kind: str = ""


def refusal(version: str, uid: str, wrong: Wrong) -> dict[str, Any]:
    """Return the pattern of the CALLERROR that is owed for `wrong`."""
    fitting = " or ".join(wrong.codes)
    code = replace(
        one_of(*wrong.codes, *wrong.odd), tell=lambda got: f"{got}, where {fitting} is due"
    )
    return {
        "type": "CALLERROR",
        "id": _id(uid, wrong),
        "code": code,
        "description": _TEXT if version == "1.6" else _SHORT,
        "details": _OBJECT,
    }


def _id(uid: str, wrong: Wrong) -> object:
    if wrong.unreadable:
        return _TEXT
    return one_of(uid, UNREADABLE) if wrong.foreign or wrong.too_long else uid or UNREADABLE


def in_fields(answer: Answer) -> dict[str, Any]:
    """Return an answer as what a pattern can be held against."""
    if not answer.error:
        return {"type": "CALLRESULT", "id": answer.uid}
    return {
        "type": "CALLERROR",
        "id": answer.uid,
        "code": answer.error,
        "description": answer.description,
        "details": dict(answer.details),
    }


def written(frame: Sent) -> tuple[str, str | bytes]:
    """Return the id of a frame, "" if it has none, and what is sent."""
    if isinstance(frame, bytes):
        return "", frame
    if isinstance(frame, str):
        text, own = frame, ""
    else:
        text = json.dumps(list(frame), separators=(",", ":"), ensure_ascii=False)
        own = frame[1] if len(frame) > 1 and isinstance(frame[1], str) else ""
    if ID not in text:
        return own, text
    uid = str(uuid.uuid4())
    return own.replace(ID, uid) or uid, text.replace(ID, uid)


def split(text: str, parts: int) -> tuple[str, ...]:
    """Return a text in so many parts of about the same size."""
    size = -(-len(text) // parts)
    return tuple(text[at : at + size] for at in range(0, len(text), size))
