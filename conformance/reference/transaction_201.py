"""The transactions of one EVSE: what starts them, what is reported, what ends them (chapter E)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from conformance.reference.core_201 import Core, stamp
from conformance.reference.link_201 import make_request
from conformance.reference.meter_201 import Meter
from conformance.reference.options_201 import TX_POINTS
from conformance.reference.outbox_201 import Answer

_ALL = frozenset(TX_POINTS)


@dataclass(kw_only=True)
class Transaction:
    """One transaction; `sequence` is the seqNo of the event that comes next."""

    identity: str = field(default_factory=lambda: str(uuid4()))
    sequence: int = 0
    periodic: asyncio.TimerHandle | None = None


@dataclass(frozen=True, kw_only=True)
class Happening:
    """Something that may start, update or end a transaction.

    `starts` are the start points it reaches, `ends` the stop points it leaves: all of them for what
    ends any transaction, "*" for what ends it unless a bay is watched (E03.FR.05, E03.FR.15).
    """

    trigger: str
    starts: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()


class Transactions:
    """The transactions of one EVSE, one after the other.

    `token`, `reason` and `remote` are what the next events have to carry: the token that was
    presented, why charging stopped, and the id of the remote start (F02.FR.21). `profile` is to
    hold for the transaction that starts (K05). `state()` gives the chargingState. `refused` is
    called when the CSMS turns the token down, `started` when a transaction has begun, `ended` with
    the id of one that is over.
    """

    def __init__(self, core: Core, evse: int, meter: Meter, state: Callable[[], str]) -> None:
        self.current: Transaction | None = None
        self.ready_since: datetime | None = None
        self.token: dict[str, Any] | None = None
        self.reason = ""
        self.remote: int | None = None
        self.profile: Mapping[str, Any] | None = None
        self.refused: Callable[[], None] = lambda: None
        self.started: Callable[[Transactions], None] = lambda _: None
        self.ended: Callable[[str], None] = lambda _: None
        self.evse = evse
        self._core, self._meter, self._state = core, meter, state
        self._connector = 0

    @property
    def identity(self) -> str:
        """Return the id of the transaction that is going on, "" when there is none."""
        return self.current.identity if self.current else ""

    def plugged(self, connector: int) -> None:
        """Let the next event name the connector; it must after plugging in (2.1, general rules)."""
        self._connector = connector

    def happens(self, what: Happening) -> None:
        """Report what happened, if it starts a transaction or one is going on."""
        started = self.current is None
        if started:
            if not what.starts & self._core.model.members("TxCtrlr", "TxStartPoint"):
                return
            self.current = Transaction()
            self.reason = ""
            self.started(self)
            self._measure_periodically()
        kind = "Started" if started else "Ended" if self._ends(what.ends) else "Updated"
        self._report(kind, what)
        if kind == "Ended":
            self._end()

    def update(self, trigger: str, context: str = "Sample.Periodic") -> None:
        """Report the present state and measurements, for nothing that happened."""
        if self.current:
            value = self._measured("TxUpdatedMeasurands", context)
            self._send("Updated", Happening(trigger=trigger), value)

    def _ends(self, left: frozenset[str]) -> bool:
        stops = self._core.model.members("TxCtrlr", "TxStopPoint")
        if "*" in left:
            return "ParkingBayOccupancy" not in stops
        return left >= _ALL or bool(left & stops)

    def _report(self, kind: str, what: Happening) -> None:
        value = None
        if kind == "Started":
            value = self._measured("TxStartedMeasurands", "Transaction.Begin")
        elif kind == "Ended":
            value = self._measured("TxEndedMeasurands", "Transaction.End")
        self._send(kind, what, value)

    def _send(self, kind: str, what: Happening, value: list[dict[str, Any]] | None) -> None:
        transaction = self.current
        if transaction is None:
            raise RuntimeError("no transaction is going on")
        trigger, remote = self._trigger(what.trigger)
        info: dict[str, Any] = {"transaction_id": transaction.identity}
        info["charging_state"] = self._state()
        if remote is not None:
            info["remote_start_id"] = remote
        if kind == "Ended":
            info["stopped_reason"] = self._stopped_reason()
        evse = {"id": self.evse} | ({"connector_id": self._connector} if self._connector else {})
        token, self.token = self.token, None
        request = make_request(
            "TransactionEvent",
            event_type=kind,
            timestamp=stamp(self._core.now()),
            trigger_reason=trigger,
            seq_no=transaction.sequence,
            transaction_info=info,
            meter_value=value,
            offline=None if self._core.online else True,
            evse=evse,
            id_token=token,
        )
        transaction.sequence += 1
        answer = self._core.say(request, keep=True)
        if token is not None:
            self._core.spawn(self._watch(answer, transaction))

    def _trigger(self, trigger: str) -> tuple[str, int | None]:
        """Return what the event says about its cause: a remote start goes first (F01.FR.19)."""
        remote, self.remote = self.remote, None
        if remote is not None:
            trigger = "RemoteStart"
        if self._core.faulty("wrong-trigger-reason"):
            trigger = "MeterValueClock"
        return trigger, None if self._core.faulty("no-remote-start-id") else remote

    def _stopped_reason(self) -> str:
        if self._core.faulty("wrong-stopped-reason"):
            return "Other"
        return self.reason or "Local"

    async def _watch(self, answer: Answer, transaction: Transaction) -> None:
        """Stop charging when the CSMS turns the token down after all (E05)."""
        response = await answer
        info = getattr(response, "id_token_info", None)
        if info and info["status"] != "Accepted" and self.current is transaction:
            self.refused()

    def _measured(self, moment: str, context: str) -> list[dict[str, Any]] | None:
        measurands: Iterable[str] = self._core.model.members("SampledDataCtrlr", moment)
        return self._meter.value(measurands, context)

    def _measure_periodically(self) -> None:
        interval = self._core.model.number("SampledDataCtrlr", "TxUpdatedInterval")
        transaction = self.current
        if not interval or transaction is None:
            return

        def measure() -> None:
            self.update("MeterValuePeriodic")
            self._measure_periodically()

        transaction.periodic = asyncio.get_running_loop().call_later(interval, measure)

    def _end(self) -> None:
        transaction, self.current = self.current, None
        if transaction is None:
            return
        if transaction.periodic:
            transaction.periodic.cancel()
        self.ready_since = None
        self.ended(transaction.identity)
