"""A CSMS under test, and what only one can be asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from conformance.handshakes import facts
from conformance.handshakes import told as in_words
from conformance.keyring import PAUSES
from conformance.link import Answer
from conformance.matching import mismatches
from conformance.message import Request
from conformance.old_tls import not_ours, nothing_newer, taken
from conformance.peer import Peer
from conformance.replies import Reply, spoiled
from conformance.tamper import hit
from conformance.verdict import Inconclusive
from conformance.wire.client import ConnectFailedError
from conformance.wire.connection import Closed, Handshake


class Csms(Peer):
    """A central system or CSMS under test; the tool is its charge point."""

    who = "csms"

    async def reconnect(self) -> None:
        """Connect anew, as after a power cycle of the charge point."""
        await self.flush()
        self.expect_reconnection()
        try:
            await self._bench.redial()
        except Closed as closed:
            raise Inconclusive(f"the CSMS did not take a new connection: {closed}") from closed
        self.is_back()

    @property
    def connection_timeout(self) -> float:
        """For how long the charge point waits for a cable, in seconds; not longer than allowed."""
        device = self._bench.played.device
        configured = float(device.values["ConnectionTimeOut"]) if device is not None else 0.0
        return min(configured, self.sut.limits.longest_pause)

    def tolerate(self, *requests: Request) -> None:
        """Only remark on these requests: the scenario explains what nobody has asked for."""
        self.inbox.tolerated = requests

    async def disconnect(self) -> None:
        """Lose the connection, as in a network fault; `reconnect` brings it back."""
        await self.operator.done()
        await self.flush()
        self.inbox.sweep(self.last_step)
        self.expect_reconnection()
        self.record.note("", "tool", "", "cuts the connection")
        self._offline = (asyncio.get_running_loop().time(),) * 2
        self.link.abort()

    async def connect(self, step: int, *offered: str, chosen: object) -> None:
        """Connect anew, offering these subprotocols; require that the CSMS takes `chosen`."""
        self.expect_reconnection()
        self.record.note(step, "tool", "", f"connects, offering {', '.join(offered)}")
        self.last_step = step + 1
        place = self.record.place(step + 1)
        self.record.constrain(place, step + 1, "the upgrade", {"subprotocol": chosen}, "lost")
        try:
            handshake = await self._bench.redial(offered)
            told = spoiled(self.tamper, Answer(payload={"subprotocol": handshake.chosen}), place)
        except (Closed, TimeoutError) as problem:
            self.fail(step + 1, f"no connection: {problem}")
        self.is_back()
        for wrong in mismatches({"subprotocol": chosen}, told.payload):
            await self.link.close()  # the next case is not to speak something else
            self.fail(step + 1, f"the upgrade: {wrong}")
        self.note(step + 1, str(chosen), f"chooses {handshake.chosen}", ok=True)

    async def expect_admission(
        self, step: int, wanted: Mapping[str, Any] | None = None, *, suite: str = ""
    ) -> Reply:
        """Connect anew with what the charge point shows now; require that the CSMS lets it in.

        Returns what there is to say of the connection (`conformance.handshakes`), which has to
        match `wanted`. With `suite` that cipher suite is the only one offered, and whose the
        certificate of the CSMS is does not count.
        """
        self.expect_reconnection()
        self.last_step = step
        place = self.record.place(step)
        access = self._bench.transport.access
        offering = f" offering {suite} only" if suite else ""
        self.record.note("", "tool", "", f"connects{offering and f',{offering}'}")
        self.record.constrain(place, step, "a connection", wanted or {}, "lost")
        try:
            with access.offering(suite) if suite else nullcontext():
                handshake = await self._let_in()
            told = spoiled(self.tamper, Answer(payload=facts(handshake)), place)
        except (Closed, TimeoutError) as problem:
            not_ours(problem.__cause__)
            older = await nothing_newer(self._bench, self.record, problem.__cause__)
            self.fail(step, f"no connection{offering}: {problem}{older}")
        self.is_back()
        wrong = mismatches(wanted or {}, told.payload)
        if wrong:
            self.fail(step, "; ".join(f"the connection{offering}: {m}" for m in wrong))
        self.note(
            step, "a connection", f"lets the charge point in: {in_words(told.payload)}", ok=True
        )
        return Reply(told.payload, place, asyncio.get_running_loop().time())

    async def _let_in(self) -> Handshake:
        """Connect; who is refused tries again, for a CSMS may take a while to learn of a change."""
        await self.flush()
        left = self.sut.limits.message_timeout
        for pause in PAUSES:
            try:
                return await self._bench.redial()
            except Closed as closed:
                why = closed.__cause__
                refused = isinstance(why, ConnectFailedError) and why.status is not None
                if not refused or pause > left:
                    raise
            left -= pause
            await self._pause(pause)
        return await self._bench.redial()

    async def expect_refusal(self, step: int | str, what: str) -> int:
        """Try another connection with what the charge point shows now; require a refusal.

        It has to be the refusal of the CSMS: by HTTP, by an alert of TLS, or by closing.
        Returns its HTTP status, 0 for none.
        """
        self.last_step = step
        place = self.record.place(step)
        self.record.constrain(place, step, f"no connection with {what}", {}, "none")
        status, told = None, ""
        try:
            connection = await self._bench.transport.dial()
        except ConnectFailedError as failed:
            not_ours(failed)
            if not failed.by_the_peer:
                raise Inconclusive(f"with {what}: {failed}", self.record.number(step)) from failed
            status, told = failed.status or 0, str(failed)
        else:
            await connection.close()
            await self.link.close()  # it may have been replaced by the other one
        if status is None or hit(self.tamper, place, "none"):
            self.fail(step, f"the CSMS lets the charge point in with {what}")
        self.note(step, f"no connection with {what}", told, ok=True)
        return status

    async def old_versions(self) -> list[str]:
        """Return which old versions of TLS the CSMS takes, if it is offered nothing newer."""
        return await taken(self._bench, self.record)
