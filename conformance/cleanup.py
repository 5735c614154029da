"""Bring the SUT back to idle after a case, whatever its verdict."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any

from conformance.charge_point_security import named
from conformance.link import Answer
from conformance.message import Request
from conformance.ocpp16.messages import (
    CancelReservation,
    ChangeAvailability,
    ClearChargingProfile,
    DeleteCertificate,
    RemoteStopTransaction,
    Reset,
    SendLocalList,
)
from conformance.ocpp201.messages import (
    ClearChargingProfileRequest,
    RequestStopTransactionRequest,
    ResetRequest,
)
from conformance.operators.actions import Power
from conformance.verdict import CaseEnd, Inconclusive, ToolError
from conformance.wire.connection import Closed

if TYPE_CHECKING:
    from conformance.bench import Bench
    from conformance.operators.actions import CsmsIntent
    from conformance.peer import Peer


_REFUSED = {"Rejected", "NotSupported", "Failed", "VersionMismatch"}


_BACK_16: Mapping[str, Callable[[Mapping[str, Any]], Request]] = {
    "InstallCertificate": lambda sent: DeleteCertificate.req(
        certificateHashData=named(sent["certificate"])
    ),
    "ReserveNow": lambda sent: CancelReservation.req(reservationId=sent["reservationId"]),
    # A list of nobody.
    "SendLocalList": lambda _: SendLocalList.req(listVersion=1, updateType="Full"),
}


def undo_for(version: str, request: Request, reply: Mapping[str, Any]) -> Request | None:
    """Return the request that takes back what an accepted request has set, if one is needed."""
    sent, status = request.pattern(), reply.get("status")
    if request.action == "ChangeAvailability" and version == "1.6":
        inoperative = sent["type"] == "Inoperative" and status in {"Accepted", "Scheduled"}
        again = ChangeAvailability.req(connectorId=sent["connectorId"], type="Operative")
        return again if inoperative else None
    if status != "Accepted":
        return None
    if version == "1.6" and request.action in _BACK_16:
        return _BACK_16[request.action](sent)
    if request.action == "SetChargingProfile" and version == "2.0.1":
        return ClearChargingProfileRequest(chargingProfileId=sent["chargingProfile"]["id"])
    profile = {
        "SetChargingProfile": sent.get("csChargingProfiles"),
        "RemoteStartTransaction": sent.get("chargingProfile"),
    }.get(request.action)
    return profile and ClearChargingProfile.req(id=profile["chargingProfileId"])


class Cleanup:
    """One clean-up after one case; `why` says afterwards why the SUT is not idle, if it is not."""

    def __init__(self, bench: Bench, peer: Peer) -> None:
        self.why = ""
        self._bench, self._peer = bench, peer
        self._stopped: set[str] = set()
        self._reboot_required = False

    async def run(self) -> None:
        """Take back what the case did; reset a station once that does not become idle.

        One that does not connect again is switched off and on, where the operator can do that.

        What cannot be taken back is noted, and the rest is done nevertheless.
        """
        self._peer.record.prefix = ""
        try:
            await self._peer.operator.stop()
            if self._bench.sut.role == "CS":
                await self._station()
            else:
                await self._csms()
        except (CaseEnd, Closed, TimeoutError) as problem:
            if isinstance(problem, ToolError):
                raise
            self.why = f"the clean-up stopped: {problem or 'no answer'}"

    async def _station(self) -> None:
        bench = self._bench
        bench.take_connections(taken=True)
        await self._power_on()
        await self._peer.security.restore()
        if not await self._is_back() and not await self._comes_up():
            self.why = "the station has not connected again"
            return
        await self._accepted()
        await self._stop_transactions()
        await self._let_expire()
        await self._take_back()
        await self._let_finish()
        if await self._becomes_idle():
            return
        self._note(f"not idle: {bench.situation.why_not_idle()}; one reset is tried")
        await self._reset()
        if not await self._becomes_idle():
            self.why = bench.situation.why_not_idle()

    async def _power_on(self) -> None:
        desk = self._peer.operator
        for action in desk.owed:
            if isinstance(action, Power):
                await self._act(desk.take_back(action))

    async def _is_back(self) -> bool:
        """Wait for the station; one that may have gone has as long as a reboot may take.

        So has one that installs something: that is not to be cut short.
        """
        bench, left = self._bench, self._peer.leave
        limits, situation, link = bench.sut.limits, bench.situation, bench.link
        if left is None:
            busy = situation.moving.what or situation.moving.boots
            return await bench.connected(limits.long_operation if busy else None)

        def moves() -> bool:
            return link.connection is None or (link.epoch, situation.boots) != left

        await bench.until(moves, bench.sut.silence)
        return await bench.connected(limits.long_operation)

    async def _comes_up(self) -> bool:
        """Have a station that does not come back by itself switched off and on; wait for it."""
        bench, desk, boots = self._bench, self._peer.operator, self._bench.situation.boots
        self._note("the station has not connected again; one reboot is tried")
        try:
            await desk.reboot()
            await desk.done()
        except Inconclusive as problem:
            self._note(str(problem))
            return False
        if not await bench.connected(bench.sut.limits.long_operation):
            return False
        await bench.until(lambda: bench.situation.boots > boots, bench.sut.limits.message_timeout)
        return True

    async def _accepted(self) -> None:
        """Wait for the rest of a boot that the case has left unfinished."""
        situation = self._bench.situation
        if not situation.accepted:
            wait = self._bench.sut.retry_interval + self._bench.sut.limits.message_timeout
            await self._bench.until(lambda: situation.accepted, wait)
        if situation.boots > self._bench.boots_before:
            limit = self._bench.sut.limits.message_timeout
            await self._bench.until(self._bench.reported, limit)

    async def _stop_transactions(self) -> None:
        bench = self._bench
        for transaction in self._running():
            self._stopped.add(transaction)
            if bench.sut.version == "1.6":
                stop: Request = RemoteStopTransaction.req(transactionId=int(transaction))
            else:
                stop = RequestStopTransactionRequest(transactionId=transaction)
            await self._try(stop)
        if bench.sut.version == "1.6" and bench.situation.transactions:
            limit = bench.sut.limits.message_timeout
            await bench.until(lambda: not bench.situation.transactions, limit)

    async def _let_expire(self) -> None:
        """Let an authorization run out that no cable has followed, while it has the case's limit.

        On 1.6 it keeps the connector Preparing; ConnectionTimeOut is set back afterwards.
        """
        sut = self._bench.sut
        limit = sut.values.connection_timeout + sut.limits.message_timeout
        await self._bench.until(lambda: not self._awaits_cable(), limit)

    async def _let_finish(self) -> None:
        """Let an update or an upload come to its end: it cannot be taken back."""
        bench, moving = self._bench, self._bench.situation.moving
        limits = bench.sut.limits
        if moving.what:
            self._note(f"waiting for the end of {moving.what}")
            left = moving.begun + limits.long_operation - asyncio.get_running_loop().time()
            self._peer.may_leave()
            await bench.until(lambda: not moving.what, max(left, limits.message_timeout))
        if moving.boots:
            self._peer.may_leave()
            await bench.until(lambda: not moving.boots, limits.connect_timeout)
            await bench.until(bench.reported, limits.message_timeout)
        moving.forget()

    def _awaits_cable(self) -> bool:
        situation, plugged = self._bench.situation, self._peer.operator.plugged
        return any(
            situation.statuses[place] == "Preparing" and place not in plugged
            for place in situation.busy_connectors()
        )

    async def _take_back(self) -> None:
        desk = self._peer.operator
        # Settings first: a long MinimumStatusDuration would keep the next report back.
        for request in reversed(self._peer.undo):
            await self._undo(request)
        self._peer.undo.clear()
        for action in desk.owed:
            await self._act(desk.take_back(action))
        if self._reboot_required:
            await self._reset()

    def _running(self) -> list[str]:
        """Return the transactions that have not been told to stop yet."""
        return [t for t in self._bench.situation.transactions if t not in self._stopped]

    async def _becomes_idle(self) -> bool:
        bench = self._bench
        limit = bench.sut.limits.message_timeout
        idle = bench.situation.idle
        await bench.until(lambda: idle() or bool(self._running()), limit)
        if not self._running():
            return idle()
        await self._stop_transactions()  # it was on its way when the case ended
        return await bench.until(bench.situation.idle, bench.sut.limits.message_timeout)

    async def _reset(self) -> None:
        bench, boots = self._bench, self._bench.situation.boots
        soft = (
            Reset.req(type="Hard") if bench.sut.version == "1.6" else ResetRequest(type="Immediate")
        )
        self._peer.expect_reconnection()
        answer = await self._try(soft)  # none: it may have been faster with the reset
        if answer is not None and answer.payload.get("status") not in {"Accepted", "Scheduled"}:
            return
        limit = bench.sut.limits.long_operation
        await bench.until(lambda: bench.situation.boots > boots, limit)
        await bench.until(bench.reported, bench.sut.limits.message_timeout)

    async def _csms(self) -> None:
        """End what the tool, as a charge point, still has going on."""
        await self._end_played()
        await self._peer.keyring.restore()

    async def _end_played(self) -> None:
        bench = self._bench
        if bench.link.connection is None:
            return
        for intent, action in bench.played.takebacks():
            await self._asked(intent, action)
        for request in bench.played.endings():
            if await self._try(request) is None:
                bench.played.running.clear()
                await bench.link.close()  # the next case connects and boots anew
                return

    async def _asked(self, intent: CsmsIntent, action: str) -> None:
        """Have the CSMS told to take back what it has set, and wait for its message."""
        bench, before = self._bench, self._bench.played.heard[action]
        await self._act(self._peer.operator.perform(intent))
        limit = bench.sut.limits.message_timeout
        await bench.until(lambda: bench.played.heard[action] > before, limit)

    async def _undo(self, request: Request) -> None:
        answer = await self._try(request)
        status = "no answer" if answer is None else answer.error or _status(answer)
        self._reboot_required |= status == "RebootRequired"
        if isinstance(request, CancelReservation.req) and status == "Rejected":
            return  # it was used, or has expired
        if answer is None or answer.error or status in _REFUSED:
            self._peer.record.remark("", f"{request} could not be set back: {status}")

    async def _act(self, action: Coroutine[Any, Any, None]) -> None:
        """Have the operator do something; whether it was enough, the station's reports say."""
        try:
            await action
        except Inconclusive as problem:
            self._note(str(problem))

    async def _try(self, request: Request) -> Answer | None:
        try:
            return await self._send(request)
        except (TimeoutError, Closed) as problem:
            self._note(f"no answer to {request}{f': {problem}' if str(problem) else ''}")
            return None

    async def _send(self, request: Request) -> Answer:
        limit = self._bench.sut.limits.message_timeout
        answer = await self._bench.link.request(request.action, request.pattern(), timeout=limit)
        self._note(f"sends {request}: {answer.error or dict(answer.payload)}")
        if self._bench.sut.role == "CSMS":
            self._bench.played.told(request, answer.payload)
        return answer

    def _note(self, text: str) -> None:
        self._peer.record.note("cleanup", "tool", "", text)


def _status(answer: Answer) -> str:
    """Return how the SUT has answered to a setting."""
    results = answer.payload.get("setVariableResult") or [{}]
    return str(answer.payload.get("status") or results[0].get("attributeStatus"))
