"""A scripted system under test: the transport to it and the operator for it, in one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, TypeAlias

from conformance.access import Access
from conformance.clock import now
from conformance.files.memory import MemoryFiles
from conformance.operators.actions import Action
from conformance.sut import Sut
from conformance.transport import SUBPROTOCOLS
from conformance.wire.connection import Closed, Connection
from conformance.wire.memory import MemoryConnection, pair
from conformance.wire.refusal import Refusal

Payload: TypeAlias = Mapping[str, Any]
Deed: TypeAlias = Callable[["Miniature"], Awaitable[None]]
Reaction: TypeAlias = Callable[["Miniature", str, Payload], Awaitable[None]]

ACCEPTED: Payload = {"status": "Accepted"}


class Miniature:
    """What it answers is `answers` (a payload, or a function of the CALL), by OCPP action.

    What it does when the operator acts is `deeds`, by the name of the action. As a station it
    boots and reports its connectors; what it cannot do is absent from both.
    """

    name = "miniature"
    url = "memory"

    def __init__(
        self,
        sut: Sut,
        answers: Mapping[str, Payload | Reaction] | None = None,
        deeds: Mapping[str, Deed] | None = None,
    ) -> None:
        self.sut, self.access = sut, Access.of(sut)
        self.answers = dict(answers or {})
        self.deeds = dict(deeds or {})
        self.files = MemoryFiles()
        self.boot: Deed = boot
        self.lax: Collection[str] = ()  # the breaches of the WebSocket protocol that it takes
        self.got: list[Any] = []
        self.asked: list[Action] = []
        self.bugs: list[BaseException] = []
        self.connection: MemoryConnection | None = None
        self.refused = False  # whether the tool takes no connection just now
        self._connected: Callable[[Connection], None] = lambda _: None
        self._waiting: dict[str, asyncio.Future[list[Any]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ids = 0
        self._queue: list[list[Any]] = []
        self._open = ""

    # What a script uses

    @property
    def clock(self) -> float:
        """The seconds that have passed on the loop's clock."""
        return asyncio.get_running_loop().time()

    async def call(self, action: str, /, **payload: object) -> list[Any]:
        """Send a CALL and return the frame that answers it."""
        return await self.post(action, **payload)

    def post(self, action: str, /, **payload: object) -> asyncio.Future[list[Any]]:
        """Send a CALL when those before are answered; the future has the answering frame."""
        self._ids += 1
        uid = f"id{self._ids}"
        self._waiting[uid] = asyncio.get_running_loop().create_future()
        self._queue.append([2, uid, action, payload])
        self._send_next()
        return self._waiting[uid]

    def frame(self, *elements: object) -> None:
        """Send any frame."""
        self.raw(json.dumps(elements))

    def raw(self, text: str | bytes) -> None:
        """Send anything."""
        assert self.connection is not None
        self.connection.send_raw(text)

    def status(self, name: str, connector: int | None = None) -> asyncio.Future[list[Any]]:
        """Report the status of a connector."""
        place = self.sut.connector if connector is None else connector
        if self.sut.version == "1.6":
            return self.post(
                "StatusNotification", connectorId=place, errorCode="NoError", status=name
            )
        return self.post(
            "StatusNotification",
            timestamp=now(),
            connectorStatus=name,
            evseId=place,
            connectorId=1,
        )

    def start(self, deed: Deed) -> None:
        """Do something in the background."""
        task = asyncio.get_running_loop().create_task(self._background(deed))
        self._tasks.add(task)

    def connect(self) -> None:
        """Open a new connection to the tool, and be silent; raises ConnectionRefusedError."""
        if self.refused:
            raise ConnectionRefusedError
        ours, theirs = pair(self.sut.station, SUBPROTOCOLS[self.sut.version], lax=self.lax)
        self.connection = ours
        self._queue, self._open = [], ""
        self._listen(ours)
        self._connected(theirs)

    async def drop(self) -> None:
        """Close the connection."""
        assert self.connection is not None
        await self.connection.close()

    # As a transport

    async def open(
        self, connected: Callable[[Connection], None], refused: Callable[[Refusal], None]
    ) -> None:
        """Connect and boot, if it is a station."""
        del refused
        self._connected = connected
        if self.sut.role == "CS":
            self.start(self.boot)

    async def dial(self, offered: Sequence[str] = ()) -> Connection:
        """Take the connection of the tool, if it is a CSMS; of what it offers, choose the last."""
        chosen = (offered or (SUBPROTOCOLS[self.sut.version],))[-1]
        theirs, ours = pair(self.sut.station, chosen)
        self.connection = ours
        self._listen(ours)
        return theirs

    def refuse(self, *, all_: bool) -> None:
        """Refuse every connection of the station, or take them again."""
        self.refused = all_

    # As an operator

    def supports(self, kind: type[Action]) -> bool:
        """Tell whether there is a deed for it."""
        return kind.__name__ in self.deeds

    async def perform(self, action: Action) -> None:
        """Do what the script says for this action."""
        self.asked.append(action)
        await self.deeds[type(action).__name__](self)

    async def close(self) -> None:
        """End everything that it began."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # The wire

    def _listen(self, connection: MemoryConnection) -> None:
        async def listen(_: Miniature) -> None:
            while True:
                await self._take(json.loads(await connection.receive()))

        self.start(listen)

    async def _take(self, frame: list[Any]) -> None:
        self.got.append((self.clock, frame))
        if frame[0] != 2:
            self._open = ""
            waiting = self._waiting.pop(frame[1], None)
            if waiting is not None:
                waiting.set_result(frame)
            self._send_next()
            return
        _, uid, action, payload = frame
        answer = self.answers.get(action)
        if answer is None:
            self.frame(4, uid, "NotImplemented", "", {})
        elif callable(answer):
            await answer(self, uid, payload)
        else:
            self.frame(3, uid, answer)

    def _send_next(self) -> None:
        if self._queue and not self._open:
            call = self._queue.pop(0)
            self._open = call[1]
            self.frame(*call)

    async def _background(self, deed: Deed) -> None:
        try:
            await deed(self)
        except Closed:
            return  # a script ends with its connection
        except Exception as bug:  # noqa: BLE001 - told at the end of the test
            self.bugs.append(bug)


async def boot(it: Miniature) -> None:
    """Boot like a conforming station."""
    it.connect()
    if it.sut.version == "1.6":
        await it.call("BootNotification", chargePointVendor="V", chargePointModel="M")
    else:
        station = {"vendorName": "V", "model": "M"}
        await it.call("BootNotification", reason="PowerUp", chargingStation=station)
    for place, _ in it.sut.places:
        await it.status("Available", place)


async def silence(_: Miniature, __: str, ___: Payload) -> None:
    """Do not answer."""


def soon(seconds: float, deed: Deed) -> Deed:
    """Return a deed that begins `deed` after a while, and is done at once."""

    async def later(it: Miniature) -> None:
        await asyncio.sleep(seconds)
        await deed(it)

    async def begin(it: Miniature) -> None:
        it.start(later)

    return begin


def reports(name: str, connector: int | None = None) -> Deed:
    """Return a deed that reports a status."""

    async def report(it: Miniature) -> None:
        it.status(name, connector)

    return report


def calls(action: str, /, **payload: object) -> Deed:
    """Return a deed that sends a CALL."""

    async def send(it: Miniature) -> None:
        it.post(action, **payload)

    return send


def in_turn(*deeds: Deed) -> Deed:
    """Return a deed that does several things, one at once after the other."""

    async def everything(it: Miniature) -> None:
        for deed in deeds:
            await deed(it)

    return everything


def answering(
    payload: Payload, *, before: Deed | None = None, then: Deed | None = None
) -> Reaction:
    """Return a reaction that answers with `payload`, and does something before or after."""

    async def react(it: Miniature, uid: str, _: Payload) -> None:
        if before is not None:
            await before(it)
        it.frame(3, uid, payload)
        if then is not None:
            await then(it)

    return react
