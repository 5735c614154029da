"""The SUT at the other end: frames in and out, over one connection after the other."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any, Protocol

from conformance.bounds import RETIRING, UNSENT
from conformance.outbox import Outbox, Outgoing, shown
from conformance.received import Answer, Received
from conformance.verdict import ToolError
from conformance.wire.connection import Closed, Connection, Data
from conformance.wire.frames import Call, CallError, CallResult, Finding, Frame, parse
from conformance.wire.rules import Rules, Validator
from conformance.wire.websocket import BrokenByPeer

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_ALIVE = 2.0  # seconds for the pong over a connection that was replaced


__all__ = ["Answer", "Link", "Listener", "Received"]


class Listener(Protocol):
    """Whoever is told what happens on the link; nothing here may block."""

    def passed(
        self, sender: str, text: str, *, finding: str, connection: int, at: float | None = None
    ) -> int | None:
        """Record a frame or an event of now, or of `at`; return its place in the record."""

    def called(self, message: Received) -> None:
        """Take a CALL of the SUT; it is answered by `Link.answer` or `Link.refuse`."""

    def found(self, finding: Finding) -> None:
        """Take a rule that the SUT broke, or bent (`fatal` is false)."""

    def opened(self) -> None:
        """Take note of a new connection."""

    def closed(self, reason: Closed) -> None:
        """Take note that the connection is gone, not by our own doing."""

    def doubled(self) -> None:
        """Take note that the SUT had a living connection when it opened another."""

    def broke(self, bug: BaseException) -> None:
        """Take an exception of our own that ended the reading."""


class Link:
    """The SUT as frames: one connection at a time, each an epoch of its own.

    Every frame of both directions is checked and recorded, whether or not anyone waits for it;
    answers are correlated by message id; the tool never has two CALLs outstanding.
    """

    def __init__(self, version: str, validator: Validator, listener: Listener) -> None:
        self.epoch = 0
        self._pongless = 0  # the last connection on which a ping was not answered
        self._deaf = 0  # the last connection on which a CALL was not answered
        self.connection: Connection | None = None
        self._version, self._validator, self._listener = version, validator, listener
        self._rules = Rules(version, validator)
        self._answers: dict[str, asyncio.Future[Answer]] = {}
        self._turn = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._closing: set[asyncio.Task[None]] = set()
        self._outbox: Outbox

    def arrive(self, connection: Connection) -> None:
        """Go on over a connection that the SUT has opened; the one before it is closed."""
        if self.connection is not None and len(self._closing) < RETIRING:
            self._keep(self._retire(self.connection))
        elif self.connection is not None:
            self.connection.abort()  # whoever comes so often is owed no politeness
        self.attach(connection)

    def attach(self, connection: Connection) -> None:
        """Go on over a new connection; what came over the one before is history."""
        if self.connection is not None:
            gone = Closed(1006, "replaced by a new connection")
            self._event(f"disconnected: {gone}")
            self._drop()
            self._listener.closed(gone)
        self.epoch += 1
        self.connection = connection
        self._rules = self._rules if self.epoch == 1 else self._rules.next_connection()
        self._outbox = Outbox(connection, self._rules, self._listener, self.epoch)
        handshake = connection.handshake
        name = f"{handshake.identity} over {handshake.chosen}"
        if handshake.tls is not None:
            name += f", {handshake.tls.version} with {handshake.tls.suite}"
        self._event(f"connected {name}")
        self._tasks = [
            asyncio.create_task(self._read(connection, self.epoch, self._rules)),
            asyncio.create_task(self._outbox.run()),
        ]
        self._listener.opened()

    def times_out(self, seconds: float) -> None:
        """Take a request of the SUT that is not answered for so long as timed out."""
        self._rules.times_out(seconds)

    async def close(self, code: int = 1000) -> int | None:
        """Close the connection, if there is one, with a close frame.

        Returns the code of the SUT's own, if it has answered with one.
        """
        answered = None
        if self.connection is not None:
            connection = self.connection
            self._event("disconnected by the tool")
            tasks = self._drop()
            await connection.close(code)
            answered = connection.closed_by_peer
            await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*self._closing)
        return answered

    def abort(self) -> None:
        """Cut the connection without a close frame, as a network fault does."""
        if self.connection is not None:
            self._event("cut by the tool")
            self.connection.abort()
            self._drop()

    def leave(self) -> Connection | None:
        """Read and write the connection no more, as one that is dead; it stays open."""
        left = self.connection
        if left is not None:
            self._event("left by the tool")
            self._drop()
        return left

    async def ping(self, data: bytes, limit: float) -> bool:
        """Send a ping; tell whether a pong with the same data came in `limit` seconds.

        Raises Closed.
        """
        if self.connection is None:
            raise Closed(1006, "there is no connection")
        with suppress(TimeoutError):
            await asyncio.wait_for(self.connection.ping(data), limit)
            return True
        return False

    async def flush(self, limit: float) -> bool:
        """Return when all that the SUT sent up to now has arrived and been looked at.

        Tells whether a pong came in `limit` seconds; a connection without one is not asked again.
        """
        if self.connection is None or self._pongless == self.epoch:
            return True
        epoch = self.epoch
        try:
            await asyncio.wait_for(self.connection.ping(), limit)
        except TimeoutError:
            self._pongless = epoch
            return False
        except Closed:
            return True  # whoever listens has been told
        await asyncio.sleep(0)  # the reader takes what came before the pong
        return True

    async def settle(self, limit: float) -> None:
        """Flush, and cut a connection that has answered neither a CALL nor a ping.

        Half a frame that nothing follows would swallow all that the SUT says to the next case.
        """
        await self.flush(limit)
        if self.connection is not None and self.epoch == self._pongless == self._deaf:
            self.abort()

    async def request(
        self,
        action: str,
        payload: Mapping[str, Any],
        *,
        timeout: float,  # noqa: ASYNC109
    ) -> Answer:
        """Send a CALL and return what answers it; raise TimeoutError or Closed.

        An invalid payload is a fault of the tool: ToolError, and nothing is sent.
        """
        wrong = self._validator.check_request(action, payload)
        if wrong:
            raise ToolError(f"the tool built an invalid {action}: {wrong[0]}")
        async with self._turn:
            if self.connection is None:
                raise Closed(1006, "there is no connection")
            uid = str(uuid.uuid4())
            future = asyncio.get_running_loop().create_future()
            self._answers[uid] = future
            self._send(Call(uid, action, dict(payload)))
            epoch = self.epoch
            try:
                return await asyncio.wait_for(future, timeout)
            except TimeoutError:
                self._deaf = epoch
                raise
            finally:
                self._answers.pop(uid, None)

    async def provoke(
        self,
        data: Data,
        stand_ins: Sequence[Call],
        *,
        timeout: float,  # noqa: ASYNC109
        meanwhile: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Send `data` as it is, wrong on purpose, and return what answers one of `stand_ins`.

        These are the CALLs that an answer may be about: nothing checks what is sent, and whatever
        answers one of them is no answer to a CALL that was never sent. Raises TimeoutError or
        Closed. Text in several parts goes out in as many WebSocket fragments. `meanwhile` is done
        while the SUT has it.
        """
        async with self._turn:
            if self.connection is None:
                raise Closed(1006, "there is no connection")
            loop = asyncio.get_running_loop()
            future: asyncio.Future[Answer] = loop.create_future()
            self._answers.update((call.uid, future) for call in stand_ins)
            # Thousands a second: a timer of our own costs less than wait_for, or timeout.
            timer = loop.call_later(timeout, _expire, future)
            try:
                self._outbox.hand_out(Outgoing(frames=tuple(stand_ins), data=data))
                meanwhile()
                return await future
            finally:
                timer.cancel()
                for call in stand_ins:
                    self._answers.pop(call.uid, None)

    def answer(self, message: Received, payload: Mapping[str, Any], *, valid: bool = True) -> None:
        """Answer a CALL; over a connection that is gone, nothing is owed any more.

        What is not `valid` is wrong on purpose.
        """
        wrong = self._validator.check_response(message.action, payload)
        if valid and wrong:
            raise ToolError(f"the tool built an invalid answer to {message.action}: {wrong[0]}")
        self._reply(message, CallResult(message.uid, dict(payload)))

    def refuse(
        self, message: Received, code: str, description: str, details: Mapping[str, Any] = _NOTHING
    ) -> None:
        """Answer a CALL with a CALLERROR."""
        self._reply(message, CallError(message.uid, code, description, dict(details)))

    def _reply(self, message: Received, frame: Frame) -> None:
        def sent() -> None:
            message.answered_at = asyncio.get_running_loop().time()

        if message.epoch == self.epoch and self.connection is not None:
            self._send(frame, sent)

    def _send(self, frame: Frame, sent: Callable[[], None] = lambda: None) -> None:
        if self._outbox.full and self.connection is not None:
            deaf = Closed(1006, f"{UNSENT} answers wait for a peer that does not read them")
            self.connection.abort()
            self._lost(self.connection, deaf)
            return
        self._outbox.put(Outgoing(frames=(frame,), sent=sent))

    async def _read(self, connection: Connection, epoch: int, rules: Rules) -> None:
        try:
            while True:
                data = await connection.receive()
                try:
                    self._take(data, connection.arrived_at, epoch, rules)
                except Exception as bug:  # noqa: BLE001 - loud at once; the next case is still read
                    self._listener.broke(bug)
        except Closed as reason:
            if epoch == self.epoch and self.connection is connection:
                self._lost(connection, reason)
        except Exception as bug:  # noqa: BLE001 - a reader that dies is loud at once
            self._listener.broke(bug)
            if self.connection is connection:
                self.abort()  # nobody reads it any more: the SUT has to connect anew

    def _lost(self, connection: Connection, reason: Closed) -> None:
        # What the lower layer refused to read never came as a frame: it is told here.
        broken = reason.finding if isinstance(reason, BrokenByPeer) else None
        text, finding = f"disconnected: {reason}", broken.text if broken is not None else ""
        self._listener.passed("event", text, finding=finding, connection=self.epoch)
        if broken is not None:
            self._listener.found(broken)
        self._drop(reason)
        # A peer that goes on sending is not waited for: the socket is closed in a short time.
        self._keep(connection.close())
        self._listener.closed(reason)

    async def _retire(self, old: Connection) -> None:
        """Tell whether a connection that was replaced is still alive at the SUT, and close it."""
        try:
            await asyncio.wait_for(old.ping(), _ALIVE)
        except (TimeoutError, Closed):
            self._event("the connection before it was dead")
        else:
            self._listener.doubled()
        await old.close(1000, "replaced by a new connection")

    def _keep(self, closing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(closing)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _take(self, data: str | bytes, at: float, epoch: int, rules: Rules) -> None:
        frame, findings = parse(data, self._version)
        if frame is not None:
            findings = (*findings, *rules.received(frame, at))
            if findings and frame.uid in self._answers:  # as long as it was made on purpose
                findings = tuple(f for f in findings if f.rule != "message-id-length")
        text = shown(data)
        broken = "; ".join(f.text for f in findings)
        place = self._listener.passed("sut", text, finding=broken, connection=epoch, at=at)
        for finding in findings:
            self._listener.found(finding)
        owed = next((f for f in findings if f.answer), None)
        if owed is not None:
            self._send(CallError(owed.uid or "-1", owed.answer, owed.text[:255], {}))
        elif isinstance(frame, Call):
            self._listener.called(
                Received(frame.uid, frame.action, frame.payload, at, epoch, place, size=len(data))
            )
        if frame is not None and not isinstance(frame, Call):
            self._deliver(frame, at, place)

    def _deliver(self, frame: CallResult | CallError, at: float, place: int | None) -> None:
        future = self._answers.get(frame.uid)
        if future is None or future.done():
            return  # late or unasked for; the rules say which
        if isinstance(frame, CallError):
            answer = Answer(
                error=frame.code,
                description=frame.description,
                details=frame.details,
                uid=frame.uid,
                at=at,
                frame=place,
            )
        else:
            answer = Answer(payload=frame.payload, uid=frame.uid, at=at, frame=place)
        future.set_result(answer)

    def _drop(self, reason: Closed | None = None) -> list[asyncio.Task[None]]:
        self.connection = None
        current = asyncio.current_task()
        dropped, self._tasks = [t for t in self._tasks if t is not current], []
        for task in dropped:
            task.cancel()
        for future in self._answers.values():
            if not future.done():
                future.set_exception(reason or Closed(1006, "the connection is gone"))
        self._answers.clear()
        return dropped

    def _event(self, text: str) -> None:
        self._listener.passed("event", text, finding="", connection=self.epoch)


def _expire(answer: asyncio.Future[Answer]) -> None:
    if not answer.done():
        answer.set_exception(TimeoutError())
