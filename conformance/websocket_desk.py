"""The WebSocket protocol as a case tests it: RFC 6455, under what OCPP-J says."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from conformance.frames_desk import written
from conformance.trouble import seen
from conformance.verdict import ToolError
from conformance.wire.breaches import Breach, Kind
from conformance.wire.connection import Closed

if TYPE_CHECKING:
    from conformance.bench import Bench
    from conformance.peer import Peer

_NO_CLOSE_FRAME = 1006


class WebSocketDesk:
    """Sends what the WebSocket protocol forbids, or allows and few have seen."""

    def __init__(self, peer: Peer, bench: Bench) -> None:
        """Take the bench that reaches a SUT that has gone."""
        self._peer, self._bench = peer, bench

    async def broken(self, step: int, kind: Kind, call: Sequence[object]) -> None:
        """Send `call` in a frame that breaks RFC 6455; require that the SUT hangs up.

        A close frame that does not say what was wrong is worth a remark; none at all is legal.
        """
        peer = self._peer
        uid, text = _text(call)
        breach = Breach(kind, text)
        place = await peer.frames.begin(step, breach)
        peer.last_step = step + 1
        peer.expect_reconnection()
        peer.record.constrain(place, step + 1, "the end of the connection", {}, "lost")
        limit = peer.sut.limits.message_timeout
        told = f"the connection is still there after {limit:g} s"
        closed: Closed | None = None
        try:
            await peer.frames.exchange(breach, [uid], "", limit)
            told = "it is answered as if it were a message"
        except TimeoutError:
            pass
        except Closed as gone:
            closed = gone
        if closed is None or self._spoiled(place, "lost"):
            peer.fail(step + 1, f"{breach.kind}: expected the end of the connection, but {told}")
        if closed.code not in {breach.code, _NO_CLOSE_FRAME}:
            peer.remark(step + 1, f"closed with code {closed.code}, where {breach.code} is meant")
        peer.note(step + 1, "the end of the connection", str(closed), ok=True)

    async def binary(self, step: int, call: Sequence[object]) -> None:
        """Send `call` as a binary message; require that it is not taken for one of OCPP.

        The SUT may ignore it, refuse it, or hang up; it is connected again afterwards.
        """
        peer = self._peer
        uid, text = _text(call)
        place = await peer.frames.begin(step, text.encode())
        peer.last_step = step + 1
        peer.may_leave()
        peer.record.constrain(place, step + 1, "no CALLRESULT", {}, "none")
        told, taken = "nothing answers", False
        try:
            answer = await peer.frames.exchange(text.encode(), [uid], "", peer.sut.silence)
            told, taken = f"CALLERROR {answer.error}", not answer.error
        except TimeoutError:
            pass
        except Closed as closed:
            told = str(closed)
        await self._again(step + 1)
        if taken or self._spoiled(place, "none"):
            peer.fail(step + 1, "a binary message is answered as if it were a text")
        peer.note(step + 1, "no CALLRESULT", told, ok=True)

    async def closed(self, step: int, code: int) -> None:
        """Close the connection with `code`; require the SUT's own close frame.

        One with another code is worth a remark (RFC 6455, 5.5.1: it typically is the same).
        """
        peer = self._peer
        await peer.operator.done()
        peer.inbox.sweep(step)
        peer.expect_reconnection()
        place = peer.record.place(step + 1)
        peer.record.note(step, "tool", "", f"sends a close frame with code {code}")
        peer.last_step = step + 1
        peer.record.constrain(place, step + 1, f"a close frame after {code}", {}, "lost")
        came = await peer.link.close(code)
        if came is None or self._spoiled(place, "lost"):
            peer.fail(step + 1, f"no close frame in return to one with code {code}")
        if came != code:
            peer.remark(step + 1, f"a close frame with code {code} is answered with code {came}")
        peer.note(step + 1, "a close frame", f"a close frame with code {came}", ok=True)

    async def pinged(self, step: int, data: bytes) -> None:
        """Send a ping with `data`; require a pong with the same (RFC 6455, 5.5.3)."""
        peer = self._peer
        await peer.operator.done()
        place = peer.record.place(step + 1)
        peer.record.note(step, "tool", "", f"sends a ping with {len(data)} bytes")
        peer.last_step = step + 1
        peer.record.constrain(place, step + 1, f"a pong with {len(data)} bytes", {}, "lost")
        limit = peer.sut.limits.message_timeout
        pinging = asyncio.create_task(peer.link.ping(data, limit))
        pinging.add_done_callback(seen)
        try:
            await peer.until({pinging})
            came = pinging.result()
        except Closed as closed:
            peer.fail(step + 1, f"no pong: {closed}")
        if not came or self._spoiled(place, "lost"):
            peer.fail(step + 1, f"no pong with the same {len(data)} bytes in {limit:g} s")
        peer.note(step + 1, "a pong", f"a pong with the same {len(data)} bytes", ok=True)

    async def _again(self, step: int) -> None:
        """Be connected, should the SUT have gone."""
        peer, bench, why = self._peer, self._bench, ""
        if bench.link.connection is None and peer.sut.role == "CSMS":
            try:
                await bench.redial()
            except Closed as closed:
                why = str(closed)
        elif not await bench.connected():
            why = f"no connection in {peer.sut.limits.connect_timeout:g} s"
        if why:
            peer.fail(step, f"the {peer.who} is gone, and does not come back: {why}")
        peer.is_back()

    def _spoiled(self, place: str, kind: str) -> bool:
        return self._peer.tamper is not None and self._peer.tamper.hits(place, kind)


def _text(call: Sequence[object]) -> tuple[str, str]:
    uid, text = written(call)
    if not uid or not isinstance(text, str):
        raise ToolError("only a CALL with an id can be sent so")
    return uid, text
