"""One OCPP 2.0.1 connection of a reference system: the ocpp package's ChargePoint on a wire."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from uuid import uuid4

from ocpp.exceptions import OCPPError
from ocpp.v201 import ChargePoint, call, call_result

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

    async def ask(self, request: Any, heard: Callable[[Any], None] | None = None) -> Any:  # noqa: ANN401
        """Send `request` and return the response, a dataclass of ocpp.v201.call_result.

        `heard` gets the response before anything that the peer sent after it is looked at.
        Raises TimeoutError, ConnectionError, or the OCPPError of a CALLERROR or a wrong payload.
        """
        unique = str(uuid4())
        event = self._heard[unique] = asyncio.Event()
        try:
            response = await self.call(request, suppress=False, unique_id=unique)  # type: ignore[no-untyped-call]
            if heard:
                heard(response)
            return response
        finally:
            event.set()
            del self._heard[unique]

    async def route_message(self, raw_msg: str) -> None:
        """Route one text of the peer; an answer is taken in before the next text is looked at."""
        await super().route_message(raw_msg)  # type: ignore[no-untyped-call]
        event = self._heard.get(_answered_id(raw_msg))
        if event:
            await event.wait()


def _gated(action: str, handler: Handler, gate: Callable[[str], None]) -> Handler:
    def answer(**payload: Any) -> Any:  # noqa: ANN401
        gate(action)
        return handler(**payload)

    return answer


def _answered_id(text: str) -> str:
    try:
        frame = json.loads(text)
    except ValueError:
        return ""
    if not isinstance(frame, list) or len(frame) < 3 or frame[0] not in _ANSWERS:  # noqa: PLR2004
        return ""
    return str(frame[1])
