"""The two roles of a system under test, and what only one of them can be asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from conformance.clock import elsewhere
from conformance.csms import Csms
from conformance.expectation import Expectation
from conformance.handshakes import facts
from conformance.handshakes import told as in_words
from conformance.link import Received
from conformance.matching import instant, mismatches
from conformance.message import Request
from conformance.metering import taken_at, time_of
from conformance.ocpp16.messages import BootNotification
from conformance.ocpp201.messages import BootNotificationRequest
from conformance.peer import Peer
from conformance.replies import Reply
from conformance.tamper import hit
from conformance.verdict import Inconclusive
from conformance.walltime import utc_now

__all__ = ["Csms", "Station", "in_any_order"]

BOOT: Mapping[str, Request] = {
    "1.6": BootNotification.req(),
    "2.0.1": BootNotificationRequest(),
}


class Station(Peer):
    """A charge point or charging station under test; the tool is its CSMS."""

    who = "station"
    _offline = (0.0, 0.0)  # from when to when, on the loop's clock

    @property
    def transaction(self) -> str:
        """The id of the running transaction; INCONCLUSIVE where there is none."""
        if not self.situation.transactions:
            raise Inconclusive("no transaction is running")
        return next(reversed(self.situation.transactions))

    def status(self, connector: int) -> str:
        """Return the status that a connector was last reported in; "" if it was not (1.6)."""
        return self.situation.statuses.get((connector, connector), "")

    def refuse_connections(self) -> None:
        """Take no connection until `accept_connections`, or until the case is over."""
        connected = self.link.connection is not None
        self._bench.transport.access.turned.shut(connected=connected)
        self._bench.take_connections(taken=False)
        self.record.note("", "tool", "", "refuses connections")

    def attempts(self, last: float) -> int:
        """Return how often the station was refused in the last so many seconds."""
        return self._bench.door.knocks(last)

    def handshaking(self, since: float) -> float:
        """Return how long the TLS handshakes took that began after `since`, in seconds."""
        handshakes = self._bench.transport.access.handshakes
        return sum(seen.took for seen in handshakes if seen.began >= since)

    async def disconnect(self) -> None:
        """Cut the connection as a network fault does: what it has carried counts no more."""
        await self.operator.done()
        await self.flush()
        self.inbox.sweep(self.last_step)
        self.cut_off()
        self.record.note("", "tool", "", "cuts the connection")
        self._offline = (asyncio.get_running_loop().time(),) * 2
        self.link.abort()

    def set_clock(self, ahead: float, *, east: float = 0.0, digits: int = 0) -> None:
        """Tell the station a time `ahead` seconds off, as a clock `east` hours from UTC has it.

        It has so many `digits` after the second. When the case is over the station is told the
        right one again. What was answered before this has the old time, and counts no more.
        """
        self.inbox.sweep(self.last_step)
        told = partial(elsewhere, ahead, east, digits=digits)
        self.record.note("", "tool", "", f"sets its clock to {told()}")
        self._bench.tell_time(told)

    async def stay_offline(self, seconds: float) -> None:
        """Leave the station alone for a while, counted from when the operator is done."""
        await self.operator.done()
        self.record.waits += seconds
        self.record.note("", "tool", "", f"leaves the station offline for {seconds:g} s")
        await self._pause(seconds)

    async def accept_connections(self) -> None:
        """Take connections again, when the operator is done with what was to be done offline."""
        await self.operator.done()
        self._bench.take_connections(taken=True)
        self.record.note("", "tool", "", "takes connections again")
        self._offline = self._offline[0], asyncio.get_running_loop().time()

    @property
    def _patience(self) -> float:
        return self._bench.transport.access.patience(self.sut)

    async def reconnects(self) -> bool:
        """Tell whether the station leaves to connect again; what it then sends is kept."""
        waiting = asyncio.create_task(self._bench.connected_again(self.inbox.old_epochs))
        try:
            await self.until({waiting}, within=self._patience)
        finally:
            waiting.cancel()
        return waiting.done() or self.link.connection is None

    async def expect_connection(
        self, step: int | str, wanted: Mapping[str, Any] | None = None
    ) -> Reply:
        """Require the station to connect again, in a way that matches `wanted`.

        Returns what there is to say of the connection (`conformance.handshakes`). What the station
        then sends is for the steps that follow.
        """
        self.last_step = step
        place = self.record.place(step)
        await self.reconnects()
        back = self.link.epoch > self.inbox.old_epochs
        lost = hit(self.tamper, place, "lost")
        if not back or self.link.connection is None or lost:
            refused = "".join(f"; {text}" for text in self._bench.door.attempts.lines())
            there = not back and self.link.connection is not None
            new = "no new connection" if there else "no connection"
            still = ", the old one is still open" if there else ""
            self.fail(step, f"{new} in {self._patience:g} s{still}{refused}")
        seen = facts(self.link.connection.handshake)
        if hit(self.tamper, place, "field"):
            seen = self.tamper.spoil(seen)
        self.record.constrain(place, step, "a connection", wanted or {}, "lost")
        wrong = mismatches(wanted or {}, seen)
        if wrong:
            self.fail(step, "; ".join(f"the connection: {m}" for m in wrong))
        told = f"connected: {in_words(seen)}" if wanted else "connected"
        self.note(step, "a connection", told, ok=True)
        return Reply(seen, place, asyncio.get_running_loop().time())

    async def first_of(self, *actions: str, within: float) -> str:
        """Return which of these actions the station sends first, "" if it sends none of them.

        Its message is still for the steps that follow.
        """

        def came() -> str:
            return next((m.action for m in self.inbox.unclaimed if m.action in actions), "")

        await self._wait(lambda: bool(came()), within)
        return came()

    async def expect_boot(self, step: int, *, because: str) -> bool:
        """Require a BootNotification of a station that goes away; skip the step if it does not.

        It has `sut.silence` to boot or to go; to come back it has as long as a reboot may take.
        """
        limits, boot = self.sut.limits, "BootNotification"

        def gone() -> bool:
            return self.link.connection is None

        def booted() -> bool:
            return any(m.action == boot for m in self.inbox.unclaimed)

        await self._wait(lambda: gone() or booted(), self.sut.silence)
        if gone():
            await self._wait(lambda: not gone(), limits.long_operation)
            await self._wait(booted, limits.message_timeout)
        if booted():
            await self.expect(step, BOOT[self.version])
            return True
        self.is_back()
        self.skip(step, step + 1, because=because)
        return False

    async def until_down(self) -> None:
        """Wait until a station without power is gone, or answers no ping any more."""
        await self.operator.done()
        limits, began = self.sut.limits, asyncio.get_running_loop().time()
        while self.link.connection is not None:
            if not await self.link.flush(limits.message_timeout):
                break
            await self._wait(lambda: self.link.connection is None, 1.0)
            if asyncio.get_running_loop().time() - began > limits.long_operation:
                raise Inconclusive("the station is still there, though its power is off")
        self.note("", "", "is down")

    async def _wait(self, condition: Callable[[], bool], limit: float) -> None:
        waiting = asyncio.create_task(self._bench.until(condition, limit))
        try:
            await self.until({waiting})
        finally:
            waiting.cancel()

    async def expect_samples(
        self,
        step: int,
        pattern: Callable[[Received | None], Request],
        *,
        every: int,
        times: int = 3,
        meanwhile: Iterable[Request] = (),
    ) -> list[Received]:
        """Require messages with meter values, taken `every` seconds by their own timestamps.

        `pattern` gets the message before, None at first. One extra message before the regular
        ones is legal and breaks nothing.
        """
        limits, series, extra = self.sut.limits, list[Received](), False
        while len(series) < times:
            before = series[-1] if series else None
            message = await self.expect(
                step, pattern(before), within=every + limits.deviation, meanwhile=meanwhile
            )
            self.record.waits += every
            if before is not None:
                due = time_of(before["meterValue"]) + timedelta(seconds=every)
                early = time_of(message["meterValue"]) < due - timedelta(seconds=limits.deviation)
                if early and len(series) == 1 and not extra:
                    extra = True
                    self.remark(step, "extra meter values came before the regular ones")
                    series.clear()
                else:
                    on_time = taken_at(due, within=limits.deviation)
                    self.match(step, {"meterValue": [{"timestamp": on_time}]}, message)
            series.append(message)
        return series

    def offline(self, begun: Received) -> tuple[datetime, datetime]:
        """Return from when to when there was no network, by the station's own clock.

        How that stands to the tool's, a message says that was sent at once: `begun`.
        """
        zero = (instant(begun["timestamp"]) or utc_now()) - timedelta(seconds=begun.at)
        away, back = (zero + timedelta(seconds=at) for at in self._offline)
        return away, back

    async def expect_queued_samples(
        self,
        step: int,
        pattern: Request,
        *,
        every: int,
        begun: Received,
        meanwhile: Iterable[Request] = (),
    ) -> None:
        """Require all meter values that were taken offline, in their order, before a new one.

        By their timestamps they are `every` seconds apart, from the time when the network went
        until it was there again. `begun`, which was sent at once, tells how the station's clock
        stands to the tool's.
        """
        limits = self.sut.limits
        due, end = self.offline(begun)
        last, allowed = due, every + limits.deviation
        while last <= end:
            message = await self.expect(
                step, pattern, within=every + limits.message_timeout, meanwhile=meanwhile
            )
            before = None
            for place, values in enumerate(message["meterValue"]):
                taken = instant(values["timestamp"]) or due
                if before and taken - before < timedelta(seconds=every / 2):
                    continue  # another part of the same sample
                wanted = [*[{}] * place, {"timestamp": taken_at(due, within=allowed)}]
                self.match(step, {"meterValue": wanted}, message)
                before, last, allowed = taken, taken, limits.deviation
                due = taken + timedelta(seconds=every)
        self.record.waits += every

    async def expect_available(self, step: int | str) -> None:
        """Require that by now, or soon, every connector is available again."""
        limit = self.sut.limits.message_timeout
        busy = self.situation.busy_connectors
        await self._wait(lambda: not busy(), limit)
        self.check(step, "every connector is available", ok=not busy())


async def in_any_order(*expectations: Expectation) -> list[Received]:
    """Meet all of `expectations`, in whatever order their messages come."""
    return await expectations[0].peer.collect(*expectations)
