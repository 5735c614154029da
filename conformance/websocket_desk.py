"""The WebSocket protocol as a case tests it: RFC 6455, under what OCPP-J says."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from secrets import token_hex
from typing import TYPE_CHECKING

from conformance import pinging
from conformance.frames_desk import require_closed
from conformance.on_purpose import written
from conformance.ponging import pinged
from conformance.tamper import hit
from conformance.verdict import Inconclusive, ToolError
from conformance.wire.breaches import Breach, Kind
from conformance.wire.client import ConnectFailedError
from conformance.wire.connection import Closed, Connection
from conformance.wire.turning import Outcome, Turning
from conformance.wire.upgrade import Upgrade

if TYPE_CHECKING:
    from conformance.bench import Bench
    from conformance.peer import Peer

_NO_CLOSE_FRAME = 1006


class WebSocketDesk:
    """Sends what the WebSocket protocol forbids, or allows and few have seen."""

    def __init__(self, peer: Peer, bench: Bench) -> None:
        """Take the bench that reaches a SUT that has gone."""
        self._peer, self._bench = peer, bench
        self._first: Connection | None = None
        self._unauthorized: int | None = None  # attempts with wrong credentials, to begin with

    async def broken(self, step: int, kind: Kind, call: Sequence[object]) -> None:
        """Send `call` in a frame that breaks RFC 6455; require that the SUT hangs up.

        A close frame that does not say what was wrong is worth a remark; none at all is legal.
        """
        peer = self._peer
        uid, text = _text(call)
        breach = Breach(kind, text)
        place = await peer.frames.begin(step, breach)
        peer.last_step = step + 1
        peer.cut_off()
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
        if closed is None or hit(self._peer.tamper, place, "lost"):
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
        peer.situation.was_cut_off = True  # if it has
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
        if taken or hit(self._peer.tamper, place, "none"):
            peer.fail(step + 1, "a binary message is answered as if it were a text")
        peer.note(step + 1, "no CALLRESULT", told, ok=True)

    async def closed(self, step: int, code: int) -> None:
        """Close the connection with `code`; require the SUT's own close frame.

        One with another code is worth a remark (RFC 6455, 5.5.1: it typically is the same).
        """
        peer = self._peer
        await peer.operator.done()
        peer.inbox.sweep(step)
        peer.cut_off()
        place = peer.record.place(step + 1)
        peer.record.note(step, "tool", "", f"sends a close frame with code {code}")
        peer.last_step = step + 1
        peer.record.constrain(place, step + 1, f"a close frame after {code}", {}, "lost")
        came = await peer.link.close(code)
        if came is None or hit(self._peer.tamper, place, "lost"):
            peer.fail(step + 1, f"no close frame in return to one with code {code}")
        if came != code:
            peer.remark(step + 1, f"a close frame with code {code} is answered with code {came}")
        peer.note(step + 1, "a close frame", f"a close frame with code {came}", ok=True)

    async def pinged(self, step: int, data: bytes) -> None:
        """Send a ping with `data`; require a pong with the same (RFC 6455, 5.5.3)."""
        await pinged(self._peer, step, data)

    async def expect_pings(self, step: int, every: float) -> None:
        """Require pings of the station, so many seconds apart (Part 4, 8.4)."""
        await pinging.every(self._peer, step, every)

    async def expect_no_ping(self, step: int, during: float) -> None:
        """Require that the station sends no ping for so long."""
        await pinging.never(self._peer, step, during)

    # The upgrade to WebSocket

    def compress(self, *, agreed: bool) -> None:
        """Agree to the compression that a station offers from now on, or do not."""
        self._bench.transport.access.compression = agreed
        told = "agrees to" if agreed else "does not agree to"
        self._peer.record.note("", "tool", "", f"{told} compression from now on")

    def turn_away(self, how: Turning) -> None:
        """Turn the station away in this way from now on."""
        turned = self._bench.transport.access.turned
        turned.shut(connected=self._bench.link.connection is not None)
        turned.begin(how)
        if self._unauthorized is None:
            self._unauthorized = self._without_credentials()
        self._bench.take_connections(taken=False)
        self._peer.record.note("", "tool", "", f"turns the station away {how}")

    async def expect_attempt(self, step: int) -> None:
        """Require that the station tries to connect, and does not go on when it is turned away."""
        peer, turned = self._peer, self._bench.transport.access.turned
        place = peer.record.place(step)
        peer.last_step = step
        peer.record.constrain(place, step, f"an attempt that ends {turned.how}", {}, "lost")
        limit = self._bench.transport.access.patience(peer.sut) + turned.limit
        waiting = asyncio.create_task(turned.outcome())
        try:
            await peer.until({waiting}, within=limit)
        finally:
            waiting.cancel()
        if not waiting.done() or hit(self._peer.tamper, place, "lost"):
            peer.fail(step, f"no attempt to connect in {limit:g} s")
        outcome = waiting.result()
        told = f"turned away {turned.how}, the station {outcome}"
        if outcome in {Outcome.SPOKE, Outcome.STAYED}:
            peer.fail(step, told)
        peer.note(step, "an attempt to connect", told, ok=True)

    def expect_credentials(self, step: int) -> None:
        """Require the right credentials in every request since a station was turned away."""
        peer = self._peer
        place = peer.record.place(step)
        peer.last_step = step
        what = "credentials in every connection request (A00.FR.203, A00.FR.302)"
        peer.record.constrain(place, step, what, {}, "none")
        without = self._without_credentials() - (self._unauthorized or 0)
        if without or hit(self._peer.tamper, place, "none"):
            why = "; ".join(self._bench.door.attempts.lines())
            peer.fail(step, f"expected {what}, but {without} had others, or none: {why}")
        peer.note(step, what, "each of them had the right ones", ok=True)

    def _without_credentials(self) -> int:
        return self._bench.door.attempts.count("wrong credentials")

    async def versionless(self, step: int) -> None:
        """Connect anew without offering a version; require that the CSMS takes no connection.

        It may refuse the upgrade, or complete it without a version and close.
        """
        peer, chosen = self._peer, ""
        place = self._dials(step, "connects, offering no version", "no connection", "none")
        try:
            with self._bench.transport.access.opening(Upgrade(versionless=True)):
                chosen = str((await self._bench.redial()).chosen)
            await peer.link.close()
        except (Closed, TimeoutError) as closed:
            require_closed(peer, step + 1, closed)
            if isinstance(closed.__cause__, ConnectFailedError) and closed.__cause__.chose:
                chosen = "one that was not offered"
        if chosen or hit(self._peer.tamper, place, "none"):
            peer.fail(step + 1, f"expected no connection, but the CSMS chooses {chosen}")
        peer.note(step + 1, "no connection", "no connection", ok=True)

    async def stranger(self, step: int) -> None:
        """Connect besides as a station that nobody can know; require a refusal (3.2: with 404)."""
        peer, identity = self._peer, f"nobody-{token_hex(8)}"
        what = "a refusal with 404"
        peer.record.note(step, "tool", "", "connects as a station that nobody knows")
        peer.last_step = step + 1
        place = peer.record.place(step + 1)
        peer.record.constrain(place, step + 1, what, {}, "none")
        status: int | None = None
        try:
            with self._bench.transport.access.opening(Upgrade(identity=identity)):
                connection = await self._bench.transport.dial()
        except ConnectFailedError as failed:
            if not failed.by_the_peer:
                raise Inconclusive(str(failed), peer.record.number(step + 1)) from failed
            status = failed.status or 0
        else:
            await connection.close()
        if status is None or hit(self._peer.tamper, place, "none"):
            peer.fail(step + 1, "a station that nobody knows is let in")
        if status != HTTPStatus.NOT_FOUND:
            peer.remark(step + 1, f"an unknown station is refused with {status or 'no status'}")
        peer.note(step + 1, what, f"a refusal with {status or 'no status'}", ok=True)

    async def spelled_out(self, step: int) -> None:
        """Connect anew with every character of the identity percent-encoded; require it taken."""
        encoded = "".join(f"%{byte:02X}" for byte in self._peer.sut.station.encode())
        place = self._dials(step, f"connects to .../{encoded}", "a connection", "lost")
        await self._taken(step + 1, place, Upgrade(spelled=encoded))

    async def compressed(self, step: int) -> None:
        """Connect anew, offering compression; require that it is agreed on (Part 4, 3.3)."""
        peer = self._peer
        place = self._dials(step, "connects, offering compression", "compression", "lost")
        await self._taken(step + 1, place, Upgrade(compressed=True))
        connection = peer.link.connection
        if connection is None or not connection.handshake.compressed:
            peer.fail(step + 1, "the CSMS does not agree to permessage-deflate")

    async def offers_compression(self, step: int) -> None:
        """Connect anew, offering compression; require the connection, compressed or not."""
        place = self._dials(step, "connects, offering compression", "a connection", "lost")
        await self._taken(step + 1, place, Upgrade(compressed=True))

    async def second(self, step: int) -> None:
        """Connect besides, as a station does whose first connection is dead; require it taken."""
        place = self._dials(step, "connects beside the first connection", "a connection", "lost")
        await self._taken(step + 1, place, None)
        self._peer.may_leave()  # what it makes of the two is what the case is about

    async def fall_silent(self) -> None:
        """Leave the connection open, and answer nothing on it, as if the network had lost it."""
        await self._peer.operator.done()
        await self._peer.flush()
        self._peer.expect_reconnection()
        self._peer.record.note("", "tool", "", "answers nothing any more, not even a ping")
        self._first = self._bench.link.leave()
        if self._first is not None:
            self._first.mute()

    async def end_first(self, step: int) -> None:
        """End the first connection, as the CSMS finds out that it is dead."""
        self._peer.record.note(step, "tool", "", "ends the first connection")
        self.release()
        await self._peer.flush()

    def release(self) -> None:
        """Give up what is left of a first connection; turn stations away as usual."""
        access = self._bench.transport.access
        access.turned.begin(Turning.UNAVAILABLE)
        access.compression = None
        if self._first is not None:
            self._first.abort()
            self._first = None

    def _dials(self, step: int, told: str, what: str, kind: str) -> str:
        peer = self._peer
        peer.expect_reconnection()
        peer.record.note(step, "tool", "", told)
        peer.last_step = step + 1
        place = peer.record.place(step + 1)
        peer.record.constrain(place, step + 1, what, {}, kind)
        return place

    async def _taken(self, step: int, place: str, upgrade: Upgrade | None) -> None:
        peer, bench = self._peer, self._bench
        try:
            if upgrade is None:
                second = await bench.transport.dial()
                self._first = bench.link.leave()
                bench.link.attach(second)
            else:
                with bench.transport.access.opening(upgrade):
                    await bench.redial()
        except (Closed, ConnectFailedError, TimeoutError) as problem:
            peer.fail(step, f"no connection: {problem}")
        peer.is_back()
        if hit(self._peer.tamper, place, "lost"):
            peer.fail(step, "no connection")
        peer.note(step, "a connection", "a connection", ok=True)

    # The parts

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


def _text(call: Sequence[object]) -> tuple[str, str]:
    uid, text = written(call)
    if not uid or not isinstance(text, str):
        raise ToolError("only a CALL with an id can be sent so")
    return uid, text
