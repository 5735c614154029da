"""One OCPP 2.0.1 connection of a reference system: the ocpp package's ChargePoint on a wire."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from uuid import uuid4

from ocpp import exceptions
from ocpp.exceptions import OCPPError
from ocpp.v201 import ChargePoint, call, call_result

from conformance.reference.framing import any_code, loaded, refusal_owed, right_error
from conformance.reference.wire import Wire

Handler: TypeAlias = Callable[..., Any]  # keyword arguments in snake_case -> call_result
LOG = logging.getLogger("conformance.reference.v201")
_ANSWERS = (3, 4)


def make_request(action: str, **fields: Any) -> Any:  # noqa: ANN401
    """Return the request of an action, fields in snake_case; the package checks it when sent."""
    return getattr(call, action)(**fields)


def make_response(action: str, **fields: Any) -> Any:  # noqa: ANN401
    """Return the response of an action, fields in snake_case; the package checks it when sent."""
    return getattr(call_result, action)(**fields)


def refusal(kind: type[OCPPError], text: str) -> OCPPError:
    """Return the error that becomes a CALLERROR of its `kind`."""
    return kind(text)


class Link(ChargePoint):
    """Sends requests and answers those of the peer, over one wire.

    `handlers` maps an action to what answers it; `gate(action)` may raise an OCPPError instead,
    which becomes the CALLERROR; `answered()` is called when an answer has been sent.
    """

    def __init__(
        self,
        identity: str,
        wire: Wire,
        handlers: Mapping[str, Handler],
        *,
        timeout: float,
        gate: Callable[[str], None],
        answered: Callable[[], None],
    ) -> None:
        super().__init__(identity, wire, response_timeout=timeout, logger=LOG)  # type: ignore[no-untyped-call]
        self.route_map = {
            action: {
                "_on_action": _gated(action, handler, gate),
                "_after_action": lambda **_: answered(),
                "_skip_schema_validation": False,
            }
            for action, handler in handlers.items()
        }
        self._heard: dict[str, asyncio.Event] = {}
        self._actions = frozenset(handlers)

    async def ask(self, request: Any, heard: Callable[[Any], None] | None = None) -> Any:  # noqa: ANN401
        """Send `request` and return the response, a dataclass of ocpp.v201.call_result.

        `heard` gets the response before anything that the peer sent after it is looked at.
        Raises TimeoutError, ConnectionError, or the OCPPError of a CALLERROR or a wrong payload.
        """
        unique = str(uuid4())
        event = self._heard[unique] = asyncio.Event()
        try:
            with any_code():
                response = await self.call(request, suppress=False, unique_id=unique)  # type: ignore[no-untyped-call]
            if heard:
                heard(response)
            return response
        finally:
            event.set()
            del self._heard[unique]

    async def _handle_call(self, msg: Any) -> None:  # noqa: ANN401
        msg.payload = msg.payload or {}  # null stands for no payload (Part 4, 4.1.5)
        try:
            await super()._handle_call(msg)  # type: ignore[no-untyped-call]
        except OCPPError as error:
            if msg.action not in self._actions:
                raise _unhandled(error, msg.action) from error
            raise right_error(error, "2.0.1") from error

    async def route_message(self, raw_msg: str) -> None:
        """Route one text of the peer; an answer is taken in before the next text is looked at."""
        frame = loaded(raw_msg)
        owed = refusal_owed(frame, "2.0.1", self._actions)
        if owed is not None:
            if owed:
                await self._send(owed)  # type: ignore[no-untyped-call]
            return
        await super().route_message(raw_msg)  # type: ignore[no-untyped-call]
        event = self._heard.get(_answered_id(frame))
        if event:
            await event.wait()


def _unhandled(error: OCPPError, action: str) -> OCPPError:
    """Return the error for an action without a handler; the package has the two crosswise."""
    known = hasattr(call, action)
    kind = exceptions.NotSupportedError if known else exceptions.NotImplementedError
    return kind(f"{action} is {'not supported' if known else 'not known'}"[:255], error.details)


def _gated(action: str, handler: Handler, gate: Callable[[str], None]) -> Handler:
    def answer(**payload: Any) -> Any:  # noqa: ANN401
        gate(action)
        return handler(**payload)

    return answer


def _answered_id(frame: object) -> str:
    if not isinstance(frame, list) or len(frame) < 3 or frame[0] not in _ANSWERS:  # noqa: PLR2004
        return ""
    return str(frame[1])
