"""Conforming systems of other makes: a reference system whose messages go out another way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeAlias
from uuid import uuid4

import pytest

from conformance import inprocess
from conformance.cases import Case, Result
from conformance.prove import judge
from conformance.reference.wire import Wire, utc_now
from conformance.sut import Sut

Frame: TypeAlias = list[Any]
Request: TypeAlias = tuple[str, dict[str, Any]]
CALL, ANSWERS = 2, (3, 4)
BOOT, STATUS = "BootNotification", "StatusNotification"
SOON = 0.005  # seconds, on a clock that jumps
INDIA = timezone(timedelta(hours=5, minutes=30))
TIMES = {"timestamp", "generatedAt", "currentTime"}


class Habit:
    """A legal way of speaking; this one changes nothing."""

    delay = 0.0  # seconds before an answer goes out

    def __init__(self, sut: Sut) -> None:
        self.sut, self.old, self.ready = sut, sut.version == "1.6", False

    def text(self, frame: Frame) -> str:
        """Return a frame as it is written."""
        return json.dumps(frame)

    def first(self, connection: int) -> list[Request]:
        """Return what is sent at once over a new connection, the first one being 1."""
        del connection
        return []

    def before(self, frame: Frame) -> list[Request]:
        """Return what is sent before a CALL of its own, or an answer to one of the tool's."""
        del frame
        return []


class Unusual(Habit):
    """White space, escapes, fields in another order, times of another zone without fractions."""

    def text(self, frame: Frame) -> str:
        """Return a frame as nobody else would write it."""
        turned_round = turned(retimed(frame, self.time))
        text = json.dumps(turned_round, indent="\t", separators=(" ,\r\n", " : "))
        return f" \r\n{text}\n".replace("i", "\\u0069")

    def time(self, instant: datetime) -> str:
        """Return an instant as it is told."""
        return instant.astimezone(INDIA).isoformat(timespec="seconds")


class Chatty(Unusual):
    """Tells of its meter and its clock whenever it says anything else."""

    def before(self, frame: Frame) -> list[Request]:
        if frame[0] == CALL and frame[2] in (BOOT, STATUS):
            self.ready = frame[2] == STATUS  # it is accepted
        return [("Heartbeat", {}), self._meter(), self._event()] if self.ready else []

    def _meter(self) -> Request:
        value: object = "1" if self.old else 1
        values = [{"timestamp": _now(), "sampledValue": [{"value": value}]}]
        return "MeterValues", {"connectorId" if self.old else "evseId": 0, "meterValue": values}

    def _event(self) -> Request:
        return "SecurityEventNotification", {"type": "SettingSystemTime", "timestamp": _now()}


class Curious(Unusual):
    """A CSMS that asks for a value before it answers anything."""

    def first(self, connection: int) -> list[Request]:
        del connection
        return self.before([])

    def before(self, frame: Frame) -> list[Request]:
        del frame
        if self.old:
            return [("GetConfiguration", {"key": ["HeartbeatInterval"]})]
        names = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "OfflineThreshold"}}
        return [("GetVariables", {"getVariableData": [names]})]


class Slow(Habit):
    """Answers late, but in time, and has a clock that is two minutes slow."""

    def __init__(self, sut: Sut) -> None:
        super().__init__(sut)
        self.delay = 0.7 * min(sut.limits.message_timeout, sut.silence)

    def text(self, frame: Frame) -> str:
        """Return a frame with the times of a slow clock, to the microsecond."""
        return json.dumps(retimed(frame, self.time))

    def time(self, instant: datetime) -> str:
        """Return an instant as it is told."""
        return (instant - timedelta(minutes=2)).astimezone(UTC).isoformat(timespec="microseconds")


class Dropping(Habit):
    """Drops what is not valid, as it may on 2.0.1 (Part 4, 4.2.3)."""

    def text(self, frame: Frame) -> str:
        kept = frame[0] != ANSWERS[1] or frame[2] in ("MessageTypeNotSupported", "NotSupported")
        return super().text(frame) if kept else ""


class Trimming(Habit):
    """Is wrong: it answers without the spaces around an id."""

    def text(self, frame: Frame) -> str:
        """Return a frame, an answer with another id than the request had."""
        return json.dumps([frame[0], frame[1].strip(), *frame[2:]])


class Booting(Habit):
    """Boots for every new connection, as it should not (OCPP-J 1.6 and Part 4, 5.4 and 5.3)."""

    def first(self, connection: int) -> list[Request]:
        if connection == 1:
            return []
        if self.old:
            return [(BOOT, {"chargePointVendor": "V", "chargePointModel": "M"})]
        station = {"vendorName": "V", "model": "M"}
        return [(BOOT, {"reason": "Unknown", "chargingStation": station})]


class HabitualWire:
    """A wire on which one's own requests still go out one at a time, each after the answer."""

    def __init__(self, wire: Wire, habit: Habit, connection: int) -> None:
        self._wire, self._habit = wire, habit
        self._queue: asyncio.Queue[Frame] = asyncio.Queue()
        self._open: asyncio.Future[None] | None = None
        self._awaited, self._added = "", set[str]()
        self._late = set[asyncio.Task[None]]()
        self._requesting = asyncio.get_running_loop().create_task(self._requests())
        self._add(habit.first(connection))

    async def send(self, text: str) -> None:
        """Take a text of the reference system; a request waits for its turn."""
        frame = json.loads(text)
        self._add(self._habit.before(frame) if frame[0] == CALL else [])
        if frame[0] == CALL:
            self._queue.put_nowait(frame)
            if self._awaited not in self._added:
                self._answered()  # or given up: it sends one request after the other
        elif self._habit.delay:
            self._late.add(asyncio.get_running_loop().create_task(self._later(frame)))
        else:
            await self._write(frame)

    async def recv(self) -> str:
        """Return the next text that is for the reference system."""
        while True:
            text = await self._wire.recv()
            frame = _frame(text)
            if frame[:1] == [CALL] and self._add(self._habit.before(frame)):
                await asyncio.sleep(SOON)
            if frame[0] in ANSWERS and frame[1] == self._awaited:
                self._answered()
            if frame[0] not in ANSWERS or frame[1] not in self._added:
                return text

    async def ping(self) -> None:
        """See that the tool is there."""
        await self._wire.ping()

    async def close(self) -> None:
        """Close the connection."""
        for task in (self._requesting, *self._late):
            task.cancel()
        await self._wire.close()

    def _add(self, requests: list[Request]) -> bool:
        for action, payload in requests:
            uid = str(uuid4())
            self._added.add(uid)
            self._queue.put_nowait([CALL, uid, action, payload])
        return bool(requests)

    def _answered(self) -> None:
        if self._open is not None and not self._open.done():
            self._open.set_result(None)

    async def _requests(self) -> None:
        with suppress(ConnectionError):
            while True:
                frame = await self._queue.get()
                await asyncio.gather(*self._late)  # who is slow says nothing before the answer
                self._open, self._awaited = asyncio.get_running_loop().create_future(), frame[1]
                await self._write(frame)
                await self._open

    async def _later(self, frame: Frame) -> None:
        await asyncio.sleep(self._habit.delay)
        with suppress(ConnectionError):
            await self._write(frame)

    async def _write(self, frame: Frame) -> None:
        text = self._habit.text(frame)
        if text:
            await self._wire.send(text)


def judged(sut: Sut, case: Case, kind: type[Habit], patch: pytest.MonkeyPatch) -> Result:
    """Run one case against a reference system with a habit."""
    with speaking(kind(sut), patch):
        return judge(sut, case)


@contextmanager
def speaking(habit: Habit, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """While inside, let every reference system that is started have this habit."""
    plain, count = inprocess._Wire, 0  # the seam between the two sides

    def wire(connection: Any, *, lax: bool) -> HabitualWire:  # noqa: ANN401
        nonlocal count
        count += 1
        return HabitualWire(plain(connection, lax=lax), habit, count)

    with patch.context() as within:
        within.setattr(inprocess, "_Wire", wire)
        yield


def turned(node: Any) -> Any:  # noqa: ANN401 - any document
    """Return a document with the fields of its objects in the other order."""
    if isinstance(node, Mapping):
        return {name: turned(node[name]) for name in reversed(list(node))}
    return [turned(child) for child in node] if isinstance(node, list) else node


def retimed(node: Any, how: Any) -> Any:  # noqa: ANN401 - any document
    """Return a document with its times told in another way."""
    if isinstance(node, Mapping):
        return {
            name: how(datetime.fromisoformat(value))
            if name in TIMES and isinstance(value, str)
            else retimed(value, how)
            for name, value in node.items()
        }
    return [retimed(child, how) for child in node] if isinstance(node, list) else node


def _frame(text: str) -> Frame:
    try:
        frame = json.loads(text)
    except ValueError:
        return [0]
    return frame if isinstance(frame, list) and len(frame) > 2 else [0]


def _now() -> str:
    return utc_now().isoformat(timespec="milliseconds")
