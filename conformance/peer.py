"""The system under test as a case sees it: what it must send, and what it is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from conformance.bounds import clipped
from conformance.configured import Configured
from conformance.desk import OperatorDesk
from conformance.expectation import Expectation, faked
from conformance.files.desk import FilesDesk
from conformance.frames_desk import FrameDesk
from conformance.inbox import Inbox
from conformance.keyring import Keyring
from conformance.link import Link, Received
from conformance.matching import mismatches
from conformance.message import Request, Response
from conformance.record import Record
from conformance.replies import Reply, judge, spoiled
from conformance.security import SecurityDesk
from conformance.situation import Situation
from conformance.tamper import Tamper, hit
from conformance.trouble import Trouble, seen
from conformance.verdict import Failed, Inconclusive, RuleBroken
from conformance.waiting import collect
from conformance.websocket_desk import WebSocketDesk
from conformance.wire.connection import Closed
from conformance.wire.frames import Finding

if TYPE_CHECKING:
    from conformance.bench import Bench
    from conformance.states import State


class Peer:
    """The system under test during one case."""

    who = "system under test"

    def __init__(self, bench: Bench, record: Record, tamper: Tamper | None = None) -> None:
        self.sut, self.version = bench.sut, bench.sut.version
        self.record, self.tamper = record, tamper
        self.holds: set[str] = set()
        self.undo: list[Request] = []
        self.memory: dict[str, Any] = {}
        self.configured = Configured()
        self.last_step: object = ""
        self.inbox = Inbox(self)
        self.operator = OperatorDesk(bench.operator, self)
        self.files = FilesDesk(bench.files, self)
        self.security = SecurityDesk(bench, self)
        self.frames = FrameDesk(self, bench.redial, bench.look_at_clock)
        self.websocket = WebSocketDesk(self, bench)
        self.keyring = Keyring(bench, self)
        self._bench = bench
        self._trouble = Trouble()
        self.leave: tuple[int, int] | None = None  # at which connection and boot it was given
        self.judged = False  # the scenario is over: trouble interrupts nothing any more

    @property
    def situation(self) -> Situation:
        """What the tool knows of the station."""
        return self._bench.situation

    @property
    def link(self) -> Link:
        """The frames underneath."""
        return self._bench.link

    # What cases use

    def expect(
        self,
        step: int,
        *patterns: Request,
        reply: Response | None = None,
        within: float | None = None,
        delay: float | None = None,
        not_before: float | None = None,
        since: Received | Reply | None = None,
        meanwhile: Iterable[Request] = (),
        may_reconnect: bool = False,
        optional: str = "",
        hold: bool = False,
    ) -> Expectation:
        """Require the next message to be one of `patterns`; answer with `reply` or the default.

        `delay` (exact, with the configured deviation) and `not_before` count in seconds from
        the answer to `since`, or from `since` if that is an answer; messages that match
        `meanwhile` may come before it. `optional` says why the message need not come, among
        others in any order: it is waited for until those are there, and for `sut.silence` more.
        With `hold` there is no answer before `frames.reply` or `frames.refuse` gives it.
        """
        pause = max(delay or 0.0, not_before or 0.0)
        limit = within if within is not None else self.sut.limits.message_timeout
        self.record.waits += pause
        return Expectation(
            peer=self,
            step=step,
            patterns=patterns,
            reply=reply,
            within=limit + pause,
            delay=delay,
            not_before=not_before,
            since=since,
            meanwhile=tuple(meanwhile),
            may_reconnect=may_reconnect,
            optional=optional,
            hold=hold,
        )

    async def expect_pages(self, step: int, pattern: Request, *, more: str) -> list[Received]:
        """Require `pattern` again and again for as long as its field `more` is true."""
        pages = [await self.expect(step, pattern)]
        while pages[-1].payload.get(more):
            pages.append(await self.expect(step, pattern))
        return pages

    async def expect_every(self, step: int, pattern: Request, *, every: float) -> Received:
        """Require `pattern` with a period of `every` seconds, measured between two of them.

        One extra message before the regular ones is legal and breaks nothing.
        """
        allowed = self.sut.limits.deviation
        first = await self.expect(step, pattern, within=every + self.sut.limits.message_timeout)
        second = await self.expect(step, pattern, within=every + self.sut.limits.message_timeout)
        if second.at - first.at < every - allowed:
            self.record.remark(step, f"an extra {pattern.action} came before the regular ones")
            first, second = second, await self.expect(step, pattern, within=every + 2 * allowed)
        self.record.waits += 2 * every
        self.record.constrain(second.place, step, f"{pattern.action} every period", {}, "time")
        gap = second.at - first.at
        if abs(gap - every) > allowed:
            self.fail(
                step,
                f"{pattern.action} came {gap:.2f} s after the one before,"
                f" every {every:g} s (±{allowed:g}) is required",
                second,
            )
        return second

    async def expect_optional(self, step: int, pattern: Request, *, because: str) -> bool:
        """Require `pattern` if the SUT has sent such a message by now; else the step is skipped."""
        await self.flush()
        if any(m.action == pattern.action for m in self.inbox.unclaimed):
            await self.expect(step, pattern)
            return True
        self.skip(step, step + 1, because=because)
        return False

    async def expect_none(
        self,
        step: int,
        *patterns: Request,
        during: float,
        meanwhile: Iterable[Request] = (),
        odd: Iterable[Request] = (),
    ) -> None:
        """Require that none of `patterns` comes for `during` seconds; `odd` is worth a remark."""
        e = self.expect(step, *patterns, within=during, meanwhile=meanwhile)
        e.forbidden, e.odd = True, tuple(odd)
        self.record.waits += during
        place = self.record.place(step)
        self.record.constrain(place, step, f"none of {e}", {}, "none")
        if hit(self.tamper, place, "none"):
            asyncio.get_running_loop().call_soon(self.inbox.take, faked(e, self.link.epoch))
        await collect(self, (e,), lost_is_right=True)
        self.note(step, f"no {e} for {during:g} s", "nothing of the kind came", ok=True)

    async def call(
        self,
        step: int,
        request: Request,
        *,
        expect: Response | None = None,
        after: float = 0.0,
        or_error: bool | tuple[str, ...] = False,
        first: bool = False,
    ) -> Reply:
        """Send `request`, `after` seconds from now; require a CALLRESULT that matches `expect`.

        With `or_error` a CALLERROR is as good, any or one with these codes; the reply is empty
        then. With `first`, what the SUT has sent before the answer satisfies no later step.
        """
        await self.operator.done()
        self.last_step = step
        if after:
            self.record.waits += after
            await self._pause(after)
        self.inbox.sweep(step)
        self.record.note(step, "tool", "", f"sends {request}", ok=None)
        limit = self.sut.limits.message_timeout
        sending = asyncio.create_task(
            self.link.request(request.action, request.pattern(), timeout=limit)
        )
        place = self.record.place(step + 1)
        self.last_step = step + 1
        sending.add_done_callback(seen)
        try:
            await self._trouble.answered(sending, heed=not self.judged)
            told = sending.result()
            # Whatever the case thinks of it: the clean-up has to know what the SUT has done.
            reply = Reply(told.payload, place, told.at, told.error)
            self._bench.answered(self, request, reply)
            answer = spoiled(self.tamper, told, place)
        except TimeoutError:
            self._bench.unanswered(self, request)
            self.fail(step + 1, f"no answer to {request.action} in {limit:g} s")
        except Closed as closed:
            self._bench.unanswered(self, request)
            self.fail(step + 1, f"no answer to {request.action}: {closed}")
        judge(self, step + 1, request.action, expect, answer, place, or_error=or_error)
        if not self.judged:
            self._trouble.tell()
        if first:
            self.inbox.sweep(step + 1, before=answer.frame)
        return Reply(answer.payload, place, answer.at, answer.error)

    def match(self, step: object, pattern: Mapping[str, Any], message: Received | Reply) -> None:
        """Require more of a message that was claimed before; the failure names `step`."""
        action = message.action if isinstance(message, Received) else "the answer"
        self.record.constrain(message.place, step, action, pattern)
        wrong = mismatches(pattern, message.payload)
        if wrong:
            self.fail(step, "; ".join(f"{action}.{m}" for m in wrong))
        self.note(step, str(dict(pattern)), "as required", ok=True)

    def skip(self, *steps: int, because: str) -> None:
        """Record that the specification's own condition makes `steps` not apply."""
        for step in steps:
            self.record.note(step, "tool", "", f"does not apply: {because}")

    def check(self, step: object, text: str, *, ok: bool, got: str = "") -> None:
        """Require something the messages alone do not show; `got` says what is there."""
        self.record.list(f"{self.record.number(step)} check {text}")
        if not ok:
            self.fail(step, f"{text}: {got}" if got else text)
        self.note(step, text, got or "so it is", ok=True)

    def allow(self, *patterns: Request) -> None:
        """Let messages like these come at any time from here on, unless a step waits for them."""
        self.inbox.allowed += patterns

    def remark(self, step: object, *texts: str) -> None:
        """Note what is legal but worth a look; without texts, nothing."""
        for text in texts:
            self.record.remark(step, text)

    def remark_on_lab(self, text: str) -> None:
        """Note what somebody in the lab has to know, and the system is not to be blamed for."""
        self.record.remark("", text, lab=True)

    async def execute(self, step: int | str, state: State) -> None:
        """Run a reusable state as step `step`, first reaching what it needs and does not hold.

        As step "before" it is a precondition: what fails there leaves the case INCONCLUSIVE,
        except for a broken rule of the protocol.
        """
        for needed in state.needs:
            if needed.name not in self.holds:
                await self.execute(step, needed)
        outer = self.record.prefix
        self.record.prefix = f"{outer}{step}/{state.name}."
        try:
            await state.run(self)
            await self.operator.done()
        except Failed as failure:
            if step != "before" or isinstance(failure, RuleBroken):
                raise
            reason = str(failure).removeprefix(f"step {failure.step}: ")
            raise Inconclusive(f"{state.name} not reached: {reason}", failure.step) from None
        finally:
            self.record.prefix = outer
        self.holds.add(state.name)
        self.record.note(step, "tool", "", f"state is {state.name}", ok=True)

    @contextmanager
    def quiet(self, rule: str) -> Iterator[None]:
        """While inside, any message that no step expects breaks `rule` (a requirement id)."""
        self.inbox.quiet = rule
        try:
            yield
        finally:
            self.inbox.quiet = ""

    # The machinery

    async def collect(self, *expectations: Expectation) -> list[Received]:
        """Wait until every expectation is met; among themselves they may come in any order."""
        return await collect(self, expectations)

    async def until(
        self,
        what: Iterable[asyncio.Future[Any]],
        *,
        within: float | None = None,
        also: asyncio.Future[Any] | None = None,
    ) -> None:
        """Wait until all of `what` is done, `also` is done, one fails, or trouble comes up."""
        await self._trouble.until(what, within=within, also=also, heed=not self.judged)

    def answer(self, message: Received, reply: Response | None) -> None:
        """Answer a message with `reply` over the default answer."""
        self._bench.answer(message, reply.pattern() if reply is not None else None)

    def note(
        self,
        step: object,
        expected: str,
        got: str,
        *,
        ok: bool | None = None,
        frame: int | None = None,
    ) -> None:
        """Add a line about the SUT to the transcript."""
        self.record.note(step, self.who, expected, got, ok=ok, frame=frame)

    def fail(
        self, step: object, reason: str, message: Received | None = None, expected: str = ""
    ) -> NoReturn:
        """End the case: the SUT broke `step`."""
        reason = clipped(reason)
        self.note(step, expected, reason, ok=False, frame=message.frame if message else None)
        raise Failed(reason, self.record.number(step))

    def found(self, finding: Finding) -> None:
        """Take a broken rule of the protocol: it fails the case, wherever it is."""
        if not finding.fatal:
            self.record.remark(self.last_step, finding.text)
        elif not self._trouble.there:
            where = f" in {finding.where}" if finding.where else ""
            text = f"the {self.who} broke a rule of the protocol{where}: {finding.text}"
            step = next((e.step for e in self.inbox.pending if not e.future.done()), self.last_step)
            self.note(step, "", text, ok=False)
            self._trouble.end(RuleBroken(text, self.record.number(step)))

    def closed(self, reason: Closed) -> None:
        """Take the loss of the connection: it fails the case that does not allow it."""
        if self.leave is None and not self._trouble.there:
            self.note("", "", f"the {self.who} is gone: {reason}", ok=False)
            code = f"code {reason.code}" + (f", {reason.reason}" if reason.reason else "")
            text = f"the {self.who} dropped the connection ({code})"
            self._trouble.end(Failed(text, self.record.number(self.last_step)), lost=True)

    @property
    def trouble(self) -> BaseException | None:
        """What has ended the case from outside its steps, if anything has."""
        return self._trouble.what

    def broke(self, bug: BaseException) -> None:
        """Take a fault of the tool: it ends the case at once."""
        if not self._trouble.there:
            self._trouble.end(bug)

    def expect_reconnection(self) -> None:
        """From here on only a new connection counts; losing the old one is no fault."""
        self.inbox.old_epochs = self.link.epoch
        self.may_leave()

    def cut_off(self) -> None:
        """Expect a new connection for what the tool did: the SUT may think that it has to boot."""
        self.expect_reconnection()
        self.situation.was_cut_off = True

    def may_leave(self) -> None:
        """From here on losing this connection is no fault, until a step is met over a new one."""
        self.leave = self.link.epoch, self.situation.boots

    def is_back(self) -> None:
        """From here on losing the connection is a fault again."""
        self.leave = None

    def was_met_by(self, messages: Iterable[Received], *, may_reconnect: bool) -> None:
        """Take note of what has met a step: over a new connection, the SUT is back."""
        if may_reconnect or any(m.epoch > (self.leave or (0, 0))[0] for m in messages):
            self.is_back()

    async def finish(self) -> None:
        """End the scenario: what the SUT still had on its way is looked at."""
        await self.operator.done()
        self.inbox.clear()
        await self.until({asyncio.create_task(self.flush())})
        self._trouble.tell()

    async def _pause(self, seconds: float) -> None:
        timer = asyncio.create_task(asyncio.sleep(seconds))
        try:
            await self.until({timer})
        finally:
            timer.cancel()

    async def flush(self) -> None:
        """Let arrive what is on its way, in both directions."""
        limit = self.sut.limits.message_timeout
        if not await self.link.flush(limit):
            self.record.remark("", f"no pong to a WebSocket ping in {limit:g} s")
