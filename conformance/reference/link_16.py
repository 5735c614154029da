"""One OCPP 1.6 connection of a reference system: the ocpp package's ChargePoint on a wire."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import uuid4

from ocpp import exceptions
from ocpp.v16 import ChargePoint

from conformance.reference.framing import any_code, loaded, refusal_owed, right_error
from conformance.reference.wire import Wire

LOG = logging.getLogger("conformance.reference.v16")
Answer: TypeAlias = Any  # a dataclass of ocpp.v16.call_result
Handler: TypeAlias = Callable[..., Any]  # keyword arguments in snake_case -> Answer
Failure = (TimeoutError, exceptions.OCPPError)
_ANSWERS = (3, 4)
# The package's names are those of 2.0.1, and it has these two the wrong way round for OCPP-J 1.6
# (section 4.2.3, as corrected by the errata).
_CODES: Mapping[type[exceptions.OCPPError], type[exceptions.OCPPError]] = {
    exceptions.FormatViolationError: exceptions.FormationViolationError,
    exceptions.NotImplementedError: exceptions.NotSupportedError,
    exceptions.NotSupportedError: exceptions.NotImplementedError,
}


class Link(ChargePoint):
    """Sends requests and answers those of the peer, over one wire.

    `handlers` maps an action to what answers it; `timeout` may be a function, as it may change.
    `deaf()` says whether requests are to be left unanswered. What a handler gives to
    `afterwards` happens when its answer has been sent.
    Requests with the actions `slow` are handled by `spawn`, so that others pass them.
    """

    def __init__(
        self,
        identity: str,
        wire: Wire,
        handlers: Mapping[str, Handler],
        *,
        timeout: float | Callable[[], float],
        deaf: Callable[[], bool] = lambda: False,
        slow: Collection[str] = (),
        spawn: Callable[[Coroutine[Any, Any, None]], object] = asyncio.create_task,
    ) -> None:
        self._timeout = timeout if callable(timeout) else lambda: timeout
        super().__init__(identity, wire, self._timeout(), logger=LOG)  # type: ignore[no-untyped-call]
        self.route_map = {
            action: {"_on_action": handler, "_skip_schema_validation": False}
            for action, handler in handlers.items()
        }
        self.wire = wire
        self._deaf, self._slow, self._spawn = deaf, slow, spawn
        self._answered: dict[str, asyncio.Event] = {}
        self._gone = asyncio.Event()
        self._afterwards: list[Callable[[], None]] = []

    async def start(self) -> None:
        """Read and answer until the connection is gone; raise ConnectionError then."""
        try:
            await super().start()  # type: ignore[no-untyped-call]
        finally:
            self._gone.set()

    def afterwards(self, consequence: Callable[[], None]) -> None:
        """Do `consequence` when the request that is being handled has been answered."""
        self._afterwards.append(consequence)

    async def ask(self, request: Any, heard: Callable[[Any], None] | None = None) -> Any:  # noqa: ANN401
        """Send `request` and return the response, a dataclass of ocpp.v16.call_result.

        `heard` gets the response before anything that the peer sent after it is looked at.
        Raises ConnectionError, or one of `Failure`: no answer, a CALLERROR, a wrong payload.
        """
        self._response_timeout = self._timeout()
        unique = str(uuid4())
        answered = self._answered[unique] = asyncio.Event()
        try:
            with any_code():
                response = await self._unless_gone(
                    self.call(request, suppress=False, unique_id=unique)  # type: ignore[no-untyped-call]
                )
            if heard:
                heard(response)
            return response
        finally:
            answered.set()
            del self._answered[unique]

    async def _unless_gone(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        tasks = asyncio.create_task(work), asyncio.create_task(self._gone.wait())
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if tasks[0].done():
                return tasks[0].result()
            raise ConnectionError("the connection dropped before the answer came")
        finally:
            for task in tasks:
                task.cancel()

    async def route_message(self, raw_msg: str) -> None:
        """Route one text of the peer; an answer is taken in before the next text is looked at."""
        frame = loaded(raw_msg)
        owed = refusal_owed(frame, "1.6", self.route_map)
        if owed is not None:
            if owed and not self._deaf():
                await self._send(owed)  # type: ignore[no-untyped-call]
            return
        routed = super().route_message(raw_msg)  # type: ignore[no-untyped-call]
        if _part(frame, {2}, 2) in self._slow:
            self._spawn(routed)
            return
        await routed
        answered = self._answered.get(_part(frame, _ANSWERS, 1))
        if answered:
            await answered.wait()

    async def _handle_call(self, msg: Any) -> None:  # noqa: ANN401
        if self._deaf():
            return
        self._afterwards.clear()
        msg.payload = msg.payload or {}  # null stands for no payload (4.2.1)
        try:
            await super()._handle_call(msg)  # type: ignore[no-untyped-call]
        except exceptions.OCPPError as error:
            known = right_error(error, "1.6")
            right = _CODES.get(type(known), type(known))
            raise right(known.description, known.details) from error
        consequences, self._afterwards = self._afterwards, []
        for consequence in consequences:
            consequence()


def _part(frame: object, kinds: Collection[int], place: int) -> str:
    """Return an element of a frame of one of these kinds."""
    if not isinstance(frame, list) or len(frame) < 3 or frame[0] not in kinds:  # noqa: PLR2004
        return ""
    return str(frame[place])


def moment(text: str) -> datetime:
    """Return the instant that `text` names; raise the OCPPError of a text that names none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise exceptions.PropertyConstraintViolationError(str(error)) from error  # type: ignore[no-untyped-call]
    if found.tzinfo is None:
        raise exceptions.PropertyConstraintViolationError(f"no time zone: {text}")  # type: ignore[no-untyped-call]
    return found


def rfc3339(instant: datetime) -> str:
    """Return `instant` in UTC with milliseconds (sections 3.14, 3.15)."""
    text = instant.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"
