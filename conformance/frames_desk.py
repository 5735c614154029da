"""Frames as a case sends them on purpose: what has to be refused, ignored, or understood."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from secrets import SystemRandom, choice
from string import ascii_letters, digits
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from conformance.bounds import clipped
from conformance.link import Answer, Received
from conformance.matching import mismatches
from conformance.message import Response
from conformance.on_purpose import UNREADABLE, Sent, Wrong, in_fields, refusal, split, written
from conformance.ponging import pinged
from conformance.replies import Reply, judge, spoiled
from conformance.series import Series
from conformance.tamper import hit
from conformance.trouble import seen
from conformance.verdict import ToolError
from conformance.wire.connection import Closed, Data, Handshake, Interrupted
from conformance.wire.directions import received
from conformance.wire.frames import Call
from conformance.wire.sampling import Sample, Sampler, every_fault

if TYPE_CHECKING:
    from conformance.peer import Peer

Redial: TypeAlias = Callable[[Sequence[str]], Awaitable[Handshake]]


class FrameDesk:
    """Sends frames that the rest of the tool would never send, wrong or unusual on purpose.

    The rules of the tool's own messages are not applied to them, and what a SUT answers to them
    is no broken rule as long as the case allows it.
    """

    def __init__(
        self, peer: Peer, redial: Redial, look: Callable[[str, Mapping[str, Any]], None]
    ) -> None:
        """Take what connects to a CSMS anew, and what looks at the clock in an answer."""
        self._peer, self._redial, self._look = peer, redial, look
        self._held: list[Received] = []

    async def refused(self, step: int, wrong: Wrong) -> None:
        """Send a frame that is wrong; require the CALLERROR that it is owed."""
        uid, data = written(wrong.frame)
        pattern = refusal(self._peer.version, uid, wrong)
        ids = [uid] if uid else [UNREADABLE, *([""] if wrong.unreadable else [])]
        ids += [UNREADABLE] if wrong.foreign or wrong.too_long else []
        place = await self.begin(step, data)
        optional = bool(wrong.dropped) or wrong.unreadable
        if not optional:
            self._peer.record.constrain(place, step + 1, "the refusal", {}, "lost")
        answer = await self._answer(step + 1, place, data, ids, optional=optional)
        if answer is None:
            self._silent(step + 1, wrong.dropped)
            return
        self._peer.record.constrain(place, step + 1, "the refusal", pattern)
        differences = [f"the answer's {m}" for m in mismatches(pattern, answer)]
        if differences:  # of a CALLRESULT no more is to be said
            told = differences[:1] if answer["type"] != "CALLERROR" else differences
            self._fail(step + 1, "; ".join(told), pattern)
        if wrong.foreign and answer["id"] == UNREADABLE:
            self._peer.remark(step + 1, "the CALLERROR does not say which message it is about")
        if answer["code"] in wrong.odd:
            better = " or ".join(wrong.codes)
            self._peer.remark(
                step + 1, f"{answer['code']} says less of what is wrong than {better}"
            )
        self._peer.note(step + 1, str(pattern), f"refuses with {answer['code']}", ok=True)

    async def each_refused(self, step: int, frames: Iterable[Wrong]) -> None:
        """Send CALLs that are wrong, one after the other; require of each what `refused` does.

        The first of each kind, and those that are not refused, stand in the record; the rest is
        counted. The failure comes when all have been sent, and names those that it is about.
        """
        await Series(self._peer, self.refused).run(step, frames)

    async def ignored(self, step: int, frame: Sent, *, during: float | None = None) -> None:
        """Send `frame`; require that nothing answers it and that the connection stays.

        It is waited for an answer for as long as there is silence to be sure, or for `during`.
        """
        uid, data = written(frame)
        place = await self.begin(step, data)
        self._peer.record.constrain(place, step + 1, "no answer", {}, "none")
        ids = [UNREADABLE, *([uid] if uid else [])]
        answer = await self._answer(step + 1, place, data, ids, optional=True, during=during)
        tamper = self._peer.tamper
        if hit(tamper, place, "none"):
            answer = {"type": "CALLERROR", "code": "GenericError"}
        if answer is not None:
            told = f"expected no answer, got a {answer['type']} {answer.get('code', '')}".rstrip()
            self._fail(step + 1, told, {})
        self._peer.note(step + 1, "no answer", "nothing answers", ok=True)

    async def answered(
        self,
        step: int,
        frame: Sequence[object] | str,
        *,
        action: str,
        expect: Response | None = None,
        fragments: int = 1,
        pings: bool = False,
    ) -> Reply:
        """Send the CALL `frame`, which is legal but unusual; require a CALLRESULT as any other.

        `fragments` is the number of WebSocket fragments that it is sent in, with `pings` between.
        """
        uid, data = written(frame)
        if not uid or not isinstance(data, str):
            raise ToolError("only a text with an id can be answered")
        parts = split(data, fragments) if fragments > 1 else data
        parts = Interrupted(parts) if pings else parts
        place = await self.begin(step, parts)
        self._peer.last_step = step + 1
        limit = self._peer.sut.limits.message_timeout
        try:
            answer = spoiled(
                self._peer.tamper, await self.exchange(parts, [uid], action, limit), place
            )
        except TimeoutError:
            held = f", while {self._held[-1].action} is not answered" if self._held else ""
            self._peer.fail(step + 1, f"no answer to {action} in {limit:g} s{held}")
        except Closed as closed:
            self._peer.fail(step + 1, f"no answer to {action}: {closed}")
        judge(self._peer, step + 1, action, expect, answer, place, or_error=False)
        self._look(f"the answer to {action}", answer.payload)
        return Reply(answer.payload, place, answer.at)

    async def pinged(self, step: int) -> None:
        """Send a WebSocket ping; require its pong (RFC 6455, 5.5.3)."""
        await pinged(self._peer, step)

    async def closed(self, step: int) -> None:
        """Close the connection with a close frame; require the SUT's own (RFC 6455, 5.5.1)."""
        peer = self._peer
        await peer.operator.done()
        peer.inbox.sweep(step)
        peer.cut_off()
        place = peer.record.place(step + 1)
        peer.record.note(step, "tool", "", "sends a close frame")
        peer.last_step = step + 1
        peer.record.constrain(place, step + 1, "a close frame", {}, "lost")
        came = await peer.link.close()
        lost = hit(peer.tamper, place, "lost")
        if lost or came is None:
            peer.fail(step + 1, "no close frame in return")
        peer.note(step + 1, "a close frame", "a close frame", ok=True)

    async def turned_away(self, step: int, *offered: str) -> None:
        """Connect anew, offering these subprotocols; require that the CSMS takes none of them.

        It may refuse the upgrade, or complete it without a subprotocol and close.
        """
        peer = self._peer
        peer.expect_reconnection()
        peer.record.note(step, "tool", "", f"connects, offering {', '.join(offered)}")
        peer.last_step = step + 1
        place = peer.record.place(step + 1)
        peer.record.constrain(place, step + 1, "no connection", {}, "none")
        try:
            chosen = (await self._redial(offered)).chosen
            await peer.link.close()
        except (Closed, TimeoutError) as closed:
            chosen = None
            require_closed(peer, step + 1, closed)
        if hit(peer.tamper, place, "none"):
            chosen = offered[0]
        if chosen is not None:
            peer.fail(step + 1, f"expected no connection, but the CSMS chooses {chosen}")
        peer.note(step + 1, "no connection", "no connection", ok=True)

    def faults(self) -> Iterator[Sample]:
        """Yield requests with one fault each, of the actions that the SUT can be sent.

        By [samples] these are so many random ones, made from a seed, or every fault in the full
        request; times and addresses are left as they are, since a schema's format is not checked
        by everybody.
        """
        peer, wanted = self._peer, self._peer.sut.document.samples
        everything = received(peer.version, peer.sut.role)
        if wanted.exhaustive:
            peer.record.note("", "tool", "", "every fault of every request")
            for action in everything:
                yield from every_fault(peer.version, action, "Request", without=("format",))
            return
        peer.record.note("", "tool", "", f"{wanted.count} samples, made from seed {wanted.seed}")
        sampler = Sampler(peer.version, "Request", wanted.seed)
        order = sampler.shuffled(everything)
        for n in range(wanted.count):
            yield sampler.faulty(order[n % len(order)], without=("format",))

    # Answers that wait

    def hold(self, message: Received) -> None:
        """Keep a request of the SUT unanswered for now."""
        self._held.append(message)
        self._peer.record.note("", "tool", "", f"does not answer {message.action} for now")

    def time_out(self, seconds: float) -> None:
        """Take a request of the SUT that is not answered for so long as timed out, from here on."""
        self._peer.link.times_out(seconds)

    async def reply(
        self, step: int, held: Received, reply: Response | None = None, *, after: float = 0.0
    ) -> None:
        """Answer a request that was held, `after` seconds from now, with `reply` or by default."""
        await self._wait(after)
        self._held.remove(held)
        self._peer.answer(held, reply)
        self._peer.record.note(step, "tool", "", f"answers {reply or 'by default'}", ok=True)

    async def refuse(
        self,
        step: int,
        held: Received,
        code: str,
        description: str = "refused on purpose",
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Answer a request that was held with a CALLERROR."""
        self._peer.link.refuse(held, code, description, details or {})
        await self._answered(step, held, f"CALLERROR {code}")

    async def misanswer(self, step: int, held: Received, payload: Mapping[str, Any]) -> None:
        """Answer a request that was held with a CALLRESULT that its schema does not allow."""
        self._peer.link.answer(held, payload, valid=False)
        await self._answered(step, held, f"{clipped(str(payload))}, which is wrong on purpose")

    async def _answered(self, step: int, held: Received, what: str) -> None:
        self._held.remove(held)
        held.answered_at = asyncio.get_running_loop().time()
        self._peer.record.note(step, "tool", "", f"answers with {what}", ok=True)
        await self._peer.flush()

    def release(self) -> None:
        """Answer what is still held: the case is over."""
        while self._held:
            self._peer.answer(self._held.pop(), None)

    def new_id(self, size: int, letters: str = ascii_letters + digits) -> str:
        """Return a message id of `size` characters out of `letters`, all of which fit are in it."""
        every = list(letters) if len(letters) <= size else []
        made = [*every, *(choice(letters) for _ in range(size - len(every)))]
        SystemRandom().shuffle(made)
        return "".join(made)

    # The parts

    async def _wait(self, seconds: float) -> None:
        if seconds:
            self._peer.record.waits += seconds
            timer = asyncio.create_task(asyncio.sleep(seconds))
            await self._peer.until({timer})

    async def begin(self, step: int, data: Data) -> str:
        """Note what is sent as `step`; return the place of what answers it."""
        peer = self._peer
        if not self._held:  # whoever acts may wait for just the answer that is held
            await peer.operator.done()
        peer.inbox.sweep(step)
        what = f"{data[:200].hex()} as a binary message" if isinstance(data, bytes) else data
        between = " with pings between" if isinstance(what, Interrupted) else ""
        parts = f"in {len(what)} fragments{between}, " if isinstance(what, tuple) else ""
        text = "".join(what) if isinstance(what, tuple) else str(what)
        shown = text if len(text) <= 200 else f"{text[:200]}..."  # noqa: PLR2004 - fits into a row
        peer.record.note(step, "tool", "", f"sends {parts}on purpose: {shown}")
        return peer.record.place(step + 1)

    async def _answer(
        self,
        step: int,
        place: str,
        data: Data,
        ids: Sequence[str],
        *,
        optional: bool,
        during: float | None = None,
    ) -> dict[str, Any] | None:
        peer, tamper = self._peer, self._peer.tamper
        peer.last_step = step
        limit = peer.sut.silence if optional else peer.sut.limits.message_timeout
        limit = limit if during is None else during
        answer = None
        try:
            answer = await self.exchange(data, ids, "", limit)
        except TimeoutError:
            if optional:
                peer.record.waits += limit
                return None
        except Closed as closed:
            peer.fail(step, f"the {peer.who} hangs up: {closed}")
        if answer is None or hit(tamper, place, "lost"):
            peer.fail(step, f"no CALLERROR in {limit:g} s")
        told = in_fields(answer)
        return tamper.spoil(told) if hit(tamper, place, "field") else told

    async def exchange(self, data: Data, ids: Sequence[str], action: str, limit: float) -> Answer:
        """Send `data` and return what answers one of `ids`; raise TimeoutError or Closed."""
        calls = [Call(uid, action, {}) for uid in ids]
        sending = asyncio.create_task(self._peer.link.provoke(data, calls, timeout=limit))
        sending.add_done_callback(seen)
        try:
            await self._peer.until({sending})
        finally:
            sending.cancel()  # an answer that nobody waits for keeps no later CALL waiting
        return sending.result()

    def _silent(self, step: int, why: str) -> None:
        if why:
            self._peer.remark(step, f"no answer, which is allowed, but helps nobody: {why}")
        self._peer.note(step, "a CALLERROR", "nothing, as is allowed", ok=True)

    def _fail(self, step: int, reason: str, pattern: dict[str, Any]) -> NoReturn:
        self._peer.fail(step, reason, expected=str(pattern or ""))


def require_closed(peer: Peer, step: int, closed: Exception) -> None:
    """Require that a connection over no common version was not left open (3.2)."""
    if getattr(closed.__cause__, "left_open", False):
        peer.fail(step, "the CSMS chooses no subprotocol, and leaves the connection open")
