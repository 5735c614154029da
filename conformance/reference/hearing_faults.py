"""Faults of hearing: a system takes what is wrong, or does not take what is right."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple
from uuid import uuid4

from conformance.reference import hearing
from conformance.reference.framing import CALL, ERROR, RESULT, loaded
from conformance.reference.hearing import Heard, Made, Refuse, Then
from conformance.reference.wire import Wire

_BOTH, _ALL = ("station", "csms"), ("1.6", "2.0.1")
_STATION_201: Final = (("2.0.1", "station"),)  # it needs a field in all that is asked of it so
_IMPATIENCE: Final = 0.5  # seconds


class Ear(NamedTuple):
    """One way of hearing badly."""

    text: str
    hear: Callable[[Heard], Made]
    roles: tuple[str, ...] = _BOTH
    versions: tuple[str, ...] = _ALL
    unseen: tuple[tuple[str, str], ...] = ()  # versions and roles in which nothing shows it


EARS: Final[Mapping[str, Ear]] = {
    "dies-of-nonsense": Ear(
        "nothing is read after what is no JSON array", hearing.nonsense_ends_it
    ),
    "takes-text-types": Ear("a message type may be a text", hearing.text_as_type),
    "refuses-unknown-types": Ear(
        "a message type that does not exist is refused",
        hearing.refuse_unknown_type,
        versions=("1.6",),
    ),
    "ignores-unknown-types": Ear(
        "a message type that does not exist is ignored",
        hearing.drop_unknown_type,
        versions=("2.0.1",),
    ),
    "fills-in-payload": Ear("a CALL without a payload has an empty one", hearing.default_payload),
    "ignores-more-elements": Ear("a CALL may have a fifth element", hearing.first_elements),
    "takes-arrays": Ear(
        "an empty array is an empty payload", hearing.array_as_object, unseen=_STATION_201
    ),
    "refuses-null": Ear("null is no empty payload", hearing.refuse_null),
    "compact-only": Ear("a frame must not begin with spaces", hearing.compact),
    "small-buffer": Ear("a message over 4096 bytes is lost", hearing.small_buffer),
    "raw-ids": Ear("an id is what stands between two quotes", hearing.raw_id),
    "uuid-only": Ear("a CALL whose id is no UUID is lost", hearing.uuid_only),
    "ids-as-numbers": Ear("an id that looks like a number is one", hearing.number_as_id),
    "any-letter-case": Ear("the case of letters in an action is free", hearing.any_case),
    "ignores-surplus": Ear("fields that do not exist are ignored", hearing.ignore_surplus),
    "ignores-nulls": Ear("a field that is null is not there", hearing.ignore_null),
    "converts-scalars": Ear(
        "a number or a boolean is a text, too", hearing.convert, unseen=_STATION_201
    ),
    "basic-plane-only": Ear(
        "characters beyond the basic plane are refused", hearing.refuse_beyond_basic_plane
    ),
    "refuses-longest": Ear("a text as long as its type is refused", hearing.refuse_longest),
    "refuses-empty": Ear("an empty text is refused", hearing.refuse_empty),
    "refuses-custom-data": Ear(
        "customData is refused", hearing.refuse_custom_data, versions=("2.0.1",)
    ),
    "refuses-offsets": Ear("a time has to end in Z", hearing.refuse_offset, roles=("csms",)),
    "refuses-negatives": Ear("a meter value is never negative", hearing.refuse_negative, ("csms",)),
    "refuses-lock-failures": Ear(
        "a connector that cannot be locked is no status",
        hearing.refuse_lock_failure,
        ("csms",),
        ("1.6",),
    ),
    "refuses-stop-reasons": Ear(
        "a transaction ends for the reason Local or Remote",
        hearing.refuse_stop_reason,
        ("csms",),
        ("1.6",),
    ),
    "wants-a-boot": Ear(
        "nothing is taken before a BootNotification", hearing.refuse_before_boot, ("csms",)
    ),
    "hangs-up-on-unknown-answers": Ear(
        "an answer to no request ends the connection", hearing.hang_up_on_unknown_answer
    ),
    "hangs-up-on-refusals": Ear("a CALLERROR ends the connection", hearing.hang_up_on_refusal),
}
REFUSALS: Final[Mapping[str, str]] = {
    "never-refuses": "what is owed a CALLERROR gets an empty CALLRESULT",
    "loses-the-id": "a CALLERROR has an empty id",
    "hangs-up-on-errors": "what is owed a CALLERROR ends the connection",
    "asks-again": "a CALL without an answer is sent again after half a second, with another id",
}
HEARING: Final[Mapping[str, Ear]] = {
    **EARS,
    **{name: Ear(text, lambda heard: heard.text) for name, text in REFUSALS.items()},
}


def hearing_badly(wire: Wire, faults: Mapping[str, str], version: str) -> Wire:
    """Return `wire` with those of the HEARING faults that `faults` names."""
    return _BadEars(wire, faults, version) if HEARING.keys() & faults.keys() else wire


class _BadEars:
    def __init__(self, wire: Wire, faults: Mapping[str, str], version: str) -> None:
        self._wire, self._faults, self._version = wire, faults, version
        self._asked: set[str] = set()  # ids of the system's own CALLs without an answer
        self._spelled: dict[str, str] = {}
        self._twins: set[str] = set()  # ids of CALLs that the system knows nothing of
        self._again: set[asyncio.Task[None]] = set()
        self._booted = self._deaf = False

    async def close(self) -> None:
        for task in tuple(self._again):
            task.cancel()
        await self._wire.close()

    async def ping(self) -> None:
        await self._wire.ping()

    async def recv(self) -> str:
        while True:
            text = await self._wire.recv()
            made = Then.DROP if self._deaf else self._heard(text)
            if isinstance(made, str):
                return made
            if made is Then.HANG_UP:
                await self._wire.close()
            elif isinstance(made, Refuse):
                uid = loaded(text)[1]  # type: ignore[index] # only frames are refused
                await self._wire.send(json.dumps([ERROR, uid, made.code, "", {}]))

    def _heard(self, text: str) -> Made:
        frame: Any = loaded(text)
        known = self._asked, self._booted, self._spelled
        heard = Heard(text, frame, self._version, *known)
        for name, ear in EARS.items():
            made = ear.hear(heard) if name in self._faults else heard.text
            if not isinstance(made, str):
                self._deaf = made is Then.READ_NO_MORE
                return made
            heard = Heard(made, loaded(made), self._version, *known)
        return self._took(heard)

    def _took(self, heard: Heard) -> Made:
        if heard.kind in {RESULT, ERROR}:
            self._asked.discard(str(heard.uid))
            if heard.uid in self._twins:
                return Then.DROP
        if heard.call is not None:
            self._booted = self._booted or heard.call[2] == "BootNotification"
        return heard.text

    async def send(self, text: str) -> None:
        frame: Any = loaded(text)
        if not isinstance(frame, list):
            await self._wire.send(text)
            return
        if frame[0] == CALL:
            self._asked.add(frame[1])
            if "asks-again" in self._faults:
                task = asyncio.create_task(self._repeat(frame))
                self._again.add(task)
                task.add_done_callback(self._again.discard)
        elif frame[1] in self._spelled:
            frame[1] = self._spelled.pop(frame[1])
        if frame[0] == ERROR and "hangs-up-on-errors" in self._faults:
            await self._wire.close()
            return
        await self._wire.send(json.dumps(self._refusing(frame), separators=(",", ":")))

    def _refusing(self, frame: list[Any]) -> list[Any]:
        if frame[0] == ERROR and "never-refuses" in self._faults:
            return [RESULT, frame[1], {}]
        if frame[0] == ERROR and "loses-the-id" in self._faults:
            return [ERROR, "", *frame[2:]]
        return frame

    async def _repeat(self, frame: list[Any]) -> None:
        await asyncio.sleep(_IMPATIENCE)
        if frame[1] not in self._asked:
            return
        twin = str(uuid4())
        self._twins.add(twin)
        try:
            await self._wire.send(json.dumps([CALL, twin, *frame[2:]]))
        except ConnectionError:
            self._twins.discard(twin)  # whoever was asked has left
