"""Which step a message of the SUT belongs to: claim, then check; strict order otherwise."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from conformance.bounds import HELD, LARGE, TEXT, clipped
from conformance.expectation import Expectation, with_field
from conformance.link import Received
from conformance.matching import mismatches
from conformance.message import Request
from conformance.policy import Treatment, treat
from conformance.provenance import told
from conformance.situation import connector_statuses
from conformance.tamper import hit
from conformance.verdict import Failed, Inconclusive

if TYPE_CHECKING:
    from conformance.peer import Peer


class Inbox:
    """The messages of one case: pending expectations, and what nobody has claimed yet."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.pending: list[Expectation] = []
        self.unclaimed: list[Received] = []
        self.old_epochs = 0  # messages of connections up to this one satisfy nothing
        self.near: str | None = None  # the last message with an awaited action, about another
        self._losing: Expectation | None = None
        self.tolerated: tuple[Request, ...] = ()  # what the case makes a remark of
        self.allowed: tuple[Request, ...] = ()  # what may come at any time
        self.quiet = ""  # the rule by which the SUT may send nothing that is not expected

    def take(self, message: Received) -> None:
        """Give a message to the step it belongs to, or treat it by the policy."""
        if message.epoch <= self.old_epochs:
            self._default(message, "of the connection before")
            return
        if self.peer.trouble is not None:
            self._default(message, "after the case was over")
            return
        waiting = self._waiting()
        if waiting and self._passes(waiting, message):
            self._default(message, "allowed here")
            if any(e.finds_odd(message) for e in waiting):
                self.peer.record.remark(waiting[0].step, self._sent(message))
            return
        if waiting and (why := self._no_news(waiting, message)):
            self._default(message, why)
            self.peer.record.remark(waiting[0].step, f"{why}: {self._said(message)}")
            return
        for e in waiting:
            if (pattern := e.claims(message)) is not None:
                self._claimed(e, pattern, message)
                return
        if waiting:
            self._unexpected(waiting[0], message)
        else:
            self._hold(message)

    def again(self) -> None:
        """Offer what nobody has claimed to the expectations that are pending now."""
        messages, self.unclaimed = self.unclaimed, []
        for message in messages:
            self.take(message)

    def sweep(self, step: object, *, before: int | None = None) -> None:
        """Treat what nobody has claimed before `step` acts: it can satisfy nothing after it.

        With `before`, only what came before the frame at that place in the record.
        """
        messages, self.unclaimed = self.unclaimed, []
        for message in messages:
            if before is not None and (message.frame or 0) > before:
                self.unclaimed.append(message)
                continue
            treatment = self._treatment(message)
            self._default(message, f"unclaimed, {treatment.value}")
            if treatment is Treatment.FAIL:
                self.peer.fail(
                    step, f"expected nothing before this step, but {self._sent(message)}"
                )
            elif treatment is Treatment.REMARK:
                self.peer.record.remark(step, self._sent(message))

    def clear(self) -> None:
        """End all waiting, and answer what is left: the scenario is over."""
        messages, self.unclaimed = self.unclaimed, []
        self.pending, self.quiet = [], ""
        self.peer.frames.release()
        self.peer.websocket.release()
        for message in messages:
            self._default(message, "unclaimed at the end")

    # One message

    def _waiting(self) -> list[Expectation]:
        return [e for e in self.pending if not e.future.done()]

    def _claimed(self, e: Expectation, pattern: Request, message: Received) -> None:
        tamper, place = self.peer.tamper, self.peer.record.place(e.step)
        if tamper is not None and (e is self._losing or tamper.hits(place, "lost")):
            self._losing = e  # and whatever a retry brings
            if message.answered_at is None:
                self.peer.answer(message, e.reply)
            return
        if hit(tamper, place, "field"):
            message = with_field(message, tamper.constraint.path, tamper.constraint.wrong)
            if e.claims(message) is None:  # another thing now: set aside, not judged
                self._unexpected(e, message)
                return
        if hit(tamper, place, "time"):
            message.at -= 1000
        message.place = place
        try:
            self._judge(e, pattern, message)
        except (Failed, Inconclusive) as end:
            e.future.set_exception(end)
        else:
            e.future.set_result(message)

    def _judge(self, e: Expectation, pattern: Request, message: Received) -> None:
        self._reply(e, message)
        self._tell_whose_values(e, message)
        if e.forbidden:
            self.peer.fail(e.step, f"expected no {pattern}, but {self._sent(message)}", message)
        timed = e.delay is not None or e.not_before is not None
        self.peer.record.constrain(
            message.place,
            e.step,
            message.action,
            e.proven(pattern),
            *([] if e.optional else ["lost"]),
            *(["time"] if timed else []),
        )
        wrong = mismatches(pattern.pattern(), message.payload)
        if wrong:
            reason = "; ".join(f"{message.action}.{m}" for m in wrong)
            self.peer.fail(e.step, reason, message, str(pattern))
        self._punctual(e, message)
        self.peer.note(e.step, str(pattern), self._said(message), ok=True, frame=message.frame)
        if not e.hold:
            answer = str(e.reply) if e.reply is not None else "the default answer"
            self.peer.record.note(e.step + 1, "tool", "", f"answers {answer}", ok=True)

    def _tell_whose_values(self, e: Expectation, message: Received) -> None:
        """Note what of a CSMS's request it was asked for, and what it has chosen itself."""
        asked = self.peer.operator.asked
        if asked is not None and self.peer.sut.role == "CSMS":
            text = told(asked, message.action, message.payload)
            self.peer.record.note(e.step, "tool", "", text, frame=message.frame)

    def _reply(self, e: Expectation, message: Received) -> None:
        if message.answered_at is None and e.hold:
            self.peer.frames.hold(message)
        elif message.answered_at is None:
            self.peer.answer(message, e.reply)
        elif e.hold or (e.reply is not None and mismatches(e.reply.pattern(), message.answer)):
            raise Inconclusive(
                f"{message.action} came before step {e.step} waited for it"
                " and had to get the default answer",
                self.peer.record.number(e.step),
            )

    def _punctual(self, e: Expectation, message: Received) -> None:
        if e.since is None:
            return
        allowed = self.peer.sut.limits.deviation
        begin = e.since.answered_at if e.since.answered_at is not None else e.since.at
        waited = message.at - begin
        said = f"{message.action} came {waited:.2f} s after the answer before"
        if e.delay is not None and abs(waited - e.delay) > allowed:
            self.peer.fail(e.step, f"{said}, {e.delay:g} s (±{allowed:g}) is required", message)
        if e.not_before is not None and waited < e.not_before - allowed:
            self.peer.fail(
                e.step, f"{said}, at least {e.not_before:g} s (-{allowed:g}) are required", message
            )
        if e.not_before is not None and waited > e.not_before + allowed:
            self.peer.record.remark(e.step, f"{said}, {e.not_before:g} s were asked for")

    def _passes(self, waiting: list[Expectation], message: Received) -> bool:
        """Tell whether the case or the specification lets a message pass that is no step's."""
        if any(e.fits(message) for e in waiting):
            return False
        extra = message.action == "TransactionEvent" and not self.quiet
        tolerated = extra and self._treatment(message) is Treatment.TOLERATE
        return tolerated or any(e.lets_pass(message) for e in waiting)

    def _no_news(self, waiting: list[Expectation], message: Received) -> str:
        """Say why a message is legal and no step's, "" if it is not."""
        peer = self.peer
        if self.quiet or peer.sut.role != "CS" or any(e.fits(message) for e in waiting):
            return ""
        told = connector_statuses(peer.version, message.action, message.payload)
        if told and all(peer.situation.before(e, c) == status for e, c, status in told):
            return "said again"
        return message.legal

    def _unexpected(self, waiting: Expectation, message: Received) -> None:
        if waiting.awaits(message.action):
            self.near = self._said(message)
        if not self.quiet and self._of_another(message):
            self._default(message, "about another one, set aside")
            return
        treatment = self._treatment(message)
        expected = f"expected no {waiting}" if waiting.forbidden else f"expected {waiting}"
        self._default(message, f"{expected}: {treatment.value}")
        if treatment is Treatment.FAIL:
            why = f" ({self.quiet})" if self.quiet else ""
            try:
                self.peer.fail(waiting.step, f"{expected}, but {self._sent(message)}{why}", message)
            except Failed as failure:
                waiting.future.set_exception(failure)
        elif treatment is Treatment.REMARK:
            self.peer.record.remark(waiting.step, self._sent(message))

    def _of_another(self, message: Received) -> bool:
        # Awaited, but of another connector; the same one with a wrong key is no other.
        about = {"StatusNotification", "NotifyEvent", "MeterValues"}
        awaited = any(e.awaits(message.action) for e in self._waiting())
        return awaited and message.action in about

    def _treatment(self, message: Received) -> Treatment:
        if self.quiet:
            return Treatment.FAIL
        if any(_is(pattern, message) for pattern in self.tolerated):
            return Treatment.REMARK
        if any(_is(pattern, message) for pattern in self.allowed):
            return Treatment.TOLERATE
        if message.legal:
            return Treatment.REMARK
        return treat(self.peer.sut, message.action, message.payload, self.peer.situation)

    def _hold(self, message: Received) -> None:
        """Keep a message for the step that may come next, but not so long that the SUT waits."""
        if self._is_full_for(message):
            self._default(message, "one too many to be kept for a later step")
            return
        self.unclaimed.append(message)
        if message.answered_at is not None:
            return  # it was held before, and a step can still claim it
        if not self.quiet and self._treatment(message) is Treatment.TOLERATE:
            self.peer.answer(message, None)  # may come at any time; a step can still claim it
            return
        hold = min(1.0, self.peer.sut.limits.message_timeout / 4)
        asyncio.get_running_loop().call_later(hold, self._held, message)

    def _is_full_for(self, message: Received) -> bool:
        if message.size < LARGE:
            return len(self.unclaimed) >= HELD
        return sum(m.size for m in self.unclaimed) + message.size > TEXT

    def _held(self, message: Received) -> None:
        if message in self.unclaimed and message.answered_at is None:
            self.peer.answer(message, None)
            self.peer.note(
                "",
                "",
                f"{self._said(message)}, answered by default: no step has waited for it yet",
                frame=message.frame,
            )

    def _default(self, message: Received, why: str) -> None:
        if message.answered_at is None:
            self.peer.answer(message, None)
        self.peer.note("", "", f"{self._said(message)} ({why})", frame=message.frame)

    def _said(self, message: Received) -> str:
        fields = ", ".join(f"{k}={v!r}" for k, v in message.payload.items())
        return clipped(f"{message.action}({fields})")

    def _sent(self, message: Received) -> str:
        return f"the {self.peer.who} sent {self._said(message)}"


def _is(pattern: Request, message: Received) -> bool:
    return pattern.action == message.action and not mismatches(pattern.pattern(), message.payload)
