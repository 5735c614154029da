"""One SUT on the bench: connected, served between cases, judged during them."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from conformance.answers import Answers
from conformance.bounds import told
from conformance.cases import Case, Result
from conformance.cleanup import Cleanup, undo_for
from conformance.clock import now, unset_clocks
from conformance.door import Door
from conformance.files.servers import file_service
from conformance.files.service import FileService
from conformance.general import General
from conformance.link import Link, Received
from conformance.message import Request
from conformance.needs import needs
from conformance.operators.base import Operator
from conformance.peer import Peer
from conformance.plan import numbers
from conformance.played import Played
from conformance.presented import at_boot, at_upgrade
from conformance.readiness import part, reach
from conformance.record import Record
from conformance.replies import Reply
from conformance.roles import Csms, Station
from conformance.situation import Situation
from conformance.states import given
from conformance.sut import Sut
from conformance.tamper import Tamper
from conformance.transport import Transport
from conformance.verdict import CaseEnd, Inconclusive, NotApplicable, ToolError, Verdict
from conformance.wire.client import ConnectFailedError
from conformance.wire.connection import Closed, Handshake
from conformance.wire.frames import Finding
from conformance.wire.refusal import Refusal
from conformance.wire.schema import validator


class Bench:
    """Everything that lasts from one case to the next, for one SUT on one event loop.

    Between cases the SUT is served by the default answers. `broken` says why it can no longer be
    judged, if that is so, and `apart` whether TLS may be what keeps it from the tool; `between`
    collects broken rules that no case can be blamed for; `door` tells who was not let in;
    `presented` is what the SUT last said of itself.
    """

    operator: Operator

    def __init__(
        self,
        sut: Sut,
        transport: Transport,
        operator: Callable[[str], Operator],
        files: FileService | None = None,
    ) -> None:
        """Take the operator as a function of the address at which the tool listens."""
        self.sut, self.transport, self._make_operator = sut, transport, operator
        self.situation = Situation()
        self.link = Link(sut.version, validator(sut.version), self)
        self.general = General(sut, self.link)
        self.files = files or file_service(sut, None)
        self.broken = ""
        self.apart = False
        self.between: list[str] = []
        self.presented: Mapping[str, str] = {}
        self.played = Played(sut, self.link, transport.access, self._nobody_plays)
        self.prepared = False
        self._answers = Answers(sut.version, sut.role, int(sut.heartbeat_interval))
        self._peer: Peer | None = None
        self._changed = asyncio.Event()
        self.door = Door()
        self.boots_before = 0  # the running case
        self._cleaning = False
        self._time_told = False

    async def open(self) -> None:
        """Begin to listen, or do nothing yet where the tool is the one that calls."""
        await self.transport.open(self.link.arrive, self._note_refused)
        self.operator = self._make_operator(self.transport.url)

    async def close(self) -> None:
        """Say good-bye to the SUT and give everything back."""
        await self.played.close()
        await self.general.restore()
        await self.link.close()
        await self.transport.close()
        await self.files.close()
        await self.operator.close()

    # One case

    async def run(self, case: Case, tamper: Tamper | None = None) -> Result:
        """Run one case and judge it; whatever happens, there is a Result."""
        loop = asyncio.get_running_loop()
        began, started = loop.time(), now()
        record = Record(lambda: loop.time() - began)
        peer = (Station if self.sut.role == "CS" else Csms)(self, record, tamper)
        trace = ""
        self.files.on_fault = self.broke
        self.files.begin(case.id, record.clock)
        try:
            self._applies(case)
            await self.prepare(record, case)
            self.played.case_begins()
            self._peer, self.situation.was_cut_off = peer, False
            self.boots_before = self.situation.boots
            await self._play(case, peer)
            verdict, reason, step = Verdict.PASS, "", ""
        except CaseEnd as end:
            verdict, reason, step = end.verdict, str(end), end.step
        except Exception as bug:  # noqa: BLE001 - our fault is never the SUT's FAIL
            verdict, step = Verdict.ERROR, str(peer.last_step)
            reason = f"{type(bug).__name__}: {bug}"
            trace = traceback.format_exc()
        advised = case.entry.level == "SHOULD" and self._peer is not None and peer.trouble is None
        if verdict is Verdict.FAIL and advised:
            record.remark(step, reason.removeprefix(f"step {step}: "))
            verdict, reason, step = Verdict.PASS, "", ""
        if self._peer is not None:
            verdict, reason, step = await self._clean(peer, (verdict, reason, step))
        self._peer = None
        await part(self)
        self.files.end()
        return Result(
            case=case,
            verdict=verdict,
            reason=reason,
            step=step,
            record=record,
            started=started,
            duration=loop.time() - began,
            traceback=trace,
            sut=self.sut.name,
            presented=self.presented,
            secrets=self.sut.secrets | self.files.secrets | self.transport.access.secrets,
            files=self.files.record(),
        )

    async def _settle(self) -> None:
        """Let come what a case that went wrong has set going: later, it would be the next one's."""
        await self.until(lambda: False, min(1.0, self.sut.limits.message_timeout / 4))

    def _applies(self, case: Case) -> None:
        unmet = case.entry.unmet(self.sut.features)
        if unmet:
            raise NotApplicable(unmet)
        missing = needs(case).missing(self.operator)
        if missing and not self.broken:
            can = f"the operator {self.operator.name} cannot do {', '.join(missing)}"
            raise Inconclusive(f"{can}, which this case needs: nothing was sent")

    async def _play(self, case: Case, peer: Peer) -> None:
        for state in case.before:
            await peer.execute("before", state)
        await case.scenario(**given(case.scenario, peer))
        await peer.finish()
        missed = numbers(case.scenario) - peer.record.taken
        if missed:
            raise ToolError(f"steps neither taken nor skipped: {', '.join(sorted(missed))}")

    async def _clean(
        self, peer: Peer, outcome: tuple[Verdict, str, str]
    ) -> tuple[Verdict, str, str]:
        cleanup, trouble = Cleanup(self, peer), peer.trouble
        self._cleaning = peer.judged = True
        try:
            peer.inbox.clear()
            if outcome[0] in {Verdict.FAIL, Verdict.INCONCLUSIVE}:
                await self._settle()
            await self._tell_right_time()
            await cleanup.run()
            await self.played.case_ends()
            await self.link.settle(self.sut.limits.message_timeout)
        except Exception as bug:  # noqa: BLE001 - a fault of ours, reported as such
            return Verdict.ERROR, f"in the clean-up: {type(bug).__name__}: {bug}", "cleanup"
        finally:
            self._cleaning = False
            peer.keyring.close()
        if cleanup.why:
            self.broken = f"the SUT could not be brought back to idle: {cleanup.why}"
        late = peer.trouble
        if outcome[0] is Verdict.PASS and late is not None and trouble is None:
            if isinstance(late, CaseEnd):
                return late.verdict, str(late), late.step
            return Verdict.ERROR, f"{type(late).__name__}: {late}", "cleanup"
        return outcome

    # The state a case begins from

    async def prepare(self, record: Record, case: Case | None = None) -> None:
        """Reach connected, accepted and idle, or say INCONCLUSIVE; only the first time waits."""
        await reach(self, record, judges_tls=case is not None and case.judges_tls)
        if case is not None and case.entry.profiles:
            await self.general.reach(record)

    def reported(self) -> bool:
        """Tell whether every declared connector has been reported."""
        return set(self.sut.places) <= self.situation.statuses.keys()

    async def connected(self, limit: float | None = None) -> bool:
        """Wait for a connection, by default as long as one may take; tell whether there is one."""
        longest = self.transport.access.patience(self.sut) if limit is None else limit
        return await self.until(lambda: self.link.connection is not None, longest)

    async def connected_again(self, after: int) -> None:
        """Wait, without a limit of its own, for a connection later than the epoch `after`."""
        while self.link.connection is None or self.link.epoch <= after:
            await self._change()

    def take_connections(self, *, taken: bool) -> None:
        """Take the station's connections, or refuse them."""
        self.door.shut(shut=not taken)
        self.transport.refuse(all_=not taken)

    async def redial(self, offered: Sequence[str] = ()) -> Handshake:
        """Connect to the CSMS anew, offering the subprotocol of the version or others."""
        await self.link.close()
        try:
            connection = await self.transport.dial(offered)
        except ConnectFailedError as failed:
            raise Closed(1006, str(failed)) from failed
        self.link.attach(connection)
        return connection.handshake

    async def until(self, condition: Callable[[], bool], limit: float) -> bool:
        """Wait until `condition` holds, looking at it whenever something has happened."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit):
                while not condition():
                    await self._change()
        return condition()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    async def _tell_right_time(self) -> None:
        """Give the SUT the chance to take the right time, where a case has told it another."""
        if self._answers.clock is not now:
            self.tell_time(now)
            limits = self.sut.limits
            await self.until(
                lambda: self._time_told, self.sut.heartbeat_interval + limits.message_timeout
            )

    def _nobody_plays(self) -> bool:
        """Tell whether no case is at work on the SUT: there is none, or it waits for a person."""
        return self._peer is None or self._peer.operator.busy is not None

    # What peers use

    def tell_time(self, clock: Callable[[], str]) -> None:
        """Tell the SUT what `clock` writes, wherever a default answer has the time."""
        self._answers.clock, self._time_told = clock, False

    def answer(self, message: Received, of_case: Mapping[str, Any] | None = None) -> None:
        """Answer a CALL by default, with what the case wants over it; None: it wants nothing."""
        answering = self._answers.to if self.sut.role == "CS" else self.played.answer
        default = answering(message.action, message.payload)
        if default is None and of_case is None:
            self.link.refuse(message, "NotImplemented", f"the tool does not play {message.action}")
            message.answered_at = asyncio.get_running_loop().time()
            return
        reply = {**(default or {}), **(of_case or {})}
        self._time_told |= "currentTime" in reply
        self.link.answer(message, reply)
        message.answered_at, message.answer = asyncio.get_running_loop().time(), reply
        if self.sut.role == "CS":
            self.situation.answered(message.action, message.payload, reply)
        else:
            by_case = bool(of_case)
            self.played.asked(message.action, message.payload, reply, by_case=by_case)
        self._changed.set()

    def answered(self, peer: Peer, request: Request, reply: Reply) -> None:
        """Learn from a CALL of the tool that the SUT has answered."""
        self.look_at_clock(f"the answer to {request.action}", reply)
        if request in peer.undo and reply.get("status") == "Accepted":
            peer.undo.remove(request)  # the case has taken it back itself
        self._owe(peer, request, reply)
        self.situation.moving.asked(request.action, reply, asyncio.get_running_loop().time())
        if self.sut.role == "CSMS":
            for finding in self.played.told(request, reply):
                self.found(finding)

    def unanswered(self, peer: Peer, request: Request) -> None:
        """Take it that the SUT has done what it has not answered in time."""
        self._owe(peer, request, {"status": "Accepted"})

    def _owe(self, peer: Peer, request: Request, reply: Mapping[str, Any]) -> None:
        undos = undo_for(self.sut.version, request, reply), peer.configured.learn(request, reply)
        peer.undo.extend(undo for undo in undos if undo is not None and undo not in peer.undo)
        if self.sut.role == "CS":
            peer.security.learn(request, reply)

    # What the link tells

    def passed(
        self, sender: str, text: str, *, finding: str, connection: int, at: float | None = None
    ) -> int | None:
        """Record a frame in the running case."""
        if self._peer is None:
            return None
        ago = asyncio.get_running_loop().time() - at if at is not None else 0.0
        record = self._peer.record
        return record.frame(sender, text, finding=finding, connection=connection, ago=ago)

    def called(self, message: Received) -> None:
        """Take a CALL of the SUT."""
        self.look_at_clock(message.action, message.payload)
        if self.sut.role == "CS":
            self.presented = at_boot(self.presented, message.action, message.payload)
            self.situation.observe(self.sut.version, message.action, message.payload)
            message.legal = self.situation.legal(message.action, message.payload)
        if self._peer is not None and not self._cleaning:
            self._peer.inbox.take(message)
        else:
            self.answer(message)
        self._changed.set()

    def look_at_clock(self, action: str, payload: Mapping[str, Any]) -> None:
        """Find that a clock is not set, where a message shows one."""
        for path in unset_clocks(payload):
            text = f"{action}.{path} is more than a day away: the clock is not set"
            self.found(Finding("clock", path, text))

    def found(self, finding: Finding) -> None:
        """Take a broken rule of the protocol."""
        if self._peer is not None:
            self._peer.found(finding)
        elif finding.fatal:
            told(self.between, f"{finding.text} at {finding.where}")

    def opened(self) -> None:
        """Take note of a new connection."""
        if self.link.connection is not None:
            handshake = self.link.connection.handshake
            self.presented = at_upgrade(self.presented, handshake, self.sut.role)
        self._changed.set()

    def closed(self, reason: Closed) -> None:
        """Take note that the SUT has gone."""
        if self._peer is not None:
            self._peer.closed(reason)
        self._changed.set()

    def broke(self, bug: BaseException) -> None:
        """Take a fault of the tool."""
        if self._peer is not None:
            self._peer.broke(bug)
        else:
            self.broken = f"the tool failed: {type(bug).__name__}: {bug}"

    def doubled(self) -> None:
        """Remark on a second connection beside one that lives."""
        self.door.doubled(self._peer)

    def _note_refused(self, refusal: Refusal) -> None:
        self.door.refused(refusal, self._peer)
        self._changed.set()
