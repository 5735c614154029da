"""The station that the tool plays for a CSMS: how it joins, and what it has going on."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from conformance.access import Access
from conformance.answers import Answers
from conformance.boot import boot_16, boot_201
from conformance.charge_point import ChargePoint, charge_point
from conformance.charge_point_security import PASSWORD
from conformance.clock import now
from conformance.heart import Heart
from conformance.link import Answer, Link
from conformance.message import Request
from conformance.ocpp16.messages import Heartbeat, StatusNotification, StopTransaction
from conformance.ocpp201.messages import (
    HeartbeatRequest,
    StatusNotificationRequest,
    TransactionEventRequest,
)
from conformance.operators.actions import CancelReservation, ChangeAvailability, CsmsIntent
from conformance.sut import Sut
from conformance.verdict import Inconclusive
from conformance.wire.connection import Closed
from conformance.wire.frames import Finding


class Played:
    """What the tool, as a station, has told a CSMS and was told by it.

    `running` are its transactions with their EVSE (1.6: connectorId), `sequences` the last seqNo
    of each. A 1.6 charge point has a `device` that remembers what the CSMS makes of it.
    """

    def __init__(
        self,
        sut: Sut,
        link: Link,
        access: Access,
        may_beat: Callable[[], bool] = lambda: True,
    ) -> None:
        """Take a function that tells whether a Heartbeat would disturb nobody."""
        self.running: dict[str, int] = {}
        self.sequences: dict[str, int] = {}
        self.device: ChargePoint | None = charge_point(sut) if _has_device(sut) else None
        self.heard: Counter[str] = Counter()  # how often the CSMS has sent each request
        self._sut, self._link, self._access = sut, link, access
        self._answers = Answers(sut.version, sut.role, int(sut.heartbeat_interval))
        self._heart = Heart(self._beat, may_beat)
        self._ended: set[str] = set()
        self._before: ChargePoint | None = None
        self._touched: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    # How it joins

    async def join(self) -> None:
        """Boot until the CSMS accepts it, and report the connectors; INCONCLUSIVE if it cannot.

        While it is told Pending or Rejected, it asks again after the interval (1.6: 4.2).
        """
        boot = boot_16 if self._sut.version == "1.6" else boot_201
        first, *reports = boot(self._sut)
        try:
            interval = await self._accepted(first)
            for report in reports:
                await self._introduced(report)
        except Inconclusive:
            await self._link.close()
            raise
        if self.device is not None:
            self.device.values["HeartbeatInterval"] = str(int(interval))
        self._heart.start(interval)

    async def _accepted(self, boot: Request) -> float:
        """Boot until accepted; return the interval of the heartbeats."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._sut.limits.connect_timeout
        while True:
            answer = await self._introduced(boot)
            status, interval = answer.payload.get("status"), answer.payload.get("interval", 0)
            if status == "Accepted":
                return float(interval)
            wait = interval or self._sut.retry_interval
            if answer.error or loop.time() + wait > until:
                told = answer.error or f"{status}, interval {wait} s"
                raise Inconclusive(f"the CSMS does not accept {self._sut.station}: {told}")
            await asyncio.sleep(wait)

    async def _introduced(self, request: Request) -> Answer:
        try:
            return await self.send(request)
        except (TimeoutError, Closed) as problem:
            why = f": {problem}" if isinstance(problem, Closed) else ""
            raise Inconclusive(f"no answer to {request.action} at the start{why}") from problem

    async def _beat(self) -> bool:
        """Send a Heartbeat; tell whether there is a connection to send another over."""
        beat = Heartbeat.req() if self._sut.version == "1.6" else HeartbeatRequest()
        try:
            await self.send(beat)
        except TimeoutError:
            return True  # a case will tell; this is not its place
        except Closed:
            return False
        return True

    async def send(self, request: Request) -> Answer:
        """Send a request that no step of a case is about; raise TimeoutError or Closed."""
        limit = self._sut.limits.message_timeout
        answer = await self._link.request(request.action, request.pattern(), timeout=limit)
        self.told(request, answer.payload)
        return answer

    # What it tells

    def told(self, request: Request, reply: Mapping[str, Any]) -> list[Finding]:
        """Take note of a request of its own that was answered; return what is odd about that."""
        payload = request.pattern()
        self._heart.sent()
        match request.action:
            case "BootNotification" if reply.get("status") == "Accepted":
                self._heart.set(float(reply.get("interval", 0)))
            case "StartTransaction":
                return self._started(payload, reply)
            case "StopTransaction":
                self._stopped(str(payload["transactionId"]))
            case "StatusNotification" if self.device is not None:
                self.device.reported(payload["connectorId"], payload["status"])
            case "TransactionEvent":
                self._event(payload)
        return []

    def _started(self, payload: Mapping[str, Any], reply: Mapping[str, Any]) -> list[Finding]:
        told = reply.get("transactionId")
        if not isinstance(told, int) or isinstance(told, bool):
            return []  # a refusal, or no id that a StopTransaction could name
        transaction = str(told)
        odd = self._odd(transaction)
        self.running[transaction] = payload["connectorId"]
        if self.device is not None:
            self.device.started(payload["connectorId"], payload.get("reservationId"))
        return odd

    def _odd(self, transaction: str) -> list[Finding]:
        """Return what is wrong with the id of a new transaction (1.6: erratum 3.54)."""
        where = "StartTransaction.transactionId"
        if transaction in self.running:
            text = f"transactionId {transaction} is that of a transaction that still runs"
            return [Finding("transaction-id", where, text)]
        if transaction in self._ended:
            text = f"transactionId {transaction} was used before, unique ones are recommended"
            return [Finding("transaction-id", where, text, fatal=False)]
        if transaction.startswith("-") or transaction == "0":
            text = f"transactionId is {transaction}, positive ones are recommended"
            return [Finding("transaction-id", where, text, fatal=False)]
        return []

    def _stopped(self, transaction: str) -> None:
        connector = self.running.pop(transaction, None)
        self._ended.add(transaction)
        if self.device is not None and connector is not None:
            self.device.stopped(connector)

    def _event(self, payload: Mapping[str, Any]) -> None:
        transaction = payload["transactionInfo"]["transactionId"]
        self.sequences[transaction] = payload["seqNo"]
        if payload["eventType"] == "Ended":
            self.running.pop(transaction, None)
            self.sequences.pop(transaction, None)
        else:
            self.running[transaction] = self._sut.evse

    # What is left at the end of a case

    def takebacks(self) -> list[tuple[CsmsIntent, str]]:
        """Return what the CSMS is to be told to take back, with the action that it sends then."""
        device = self.device
        if device is None:
            return []
        return [
            *(
                (ChangeAvailability(evse=connector, operative=True), "ChangeAvailability")
                for connector in sorted(device.inoperative)
            ),
            *(
                (CancelReservation(reservation=number), "CancelReservation")
                for number in sorted(device.reservations)
            ),
        ]

    def endings(self) -> Iterator[Request]:
        """Yield what ends the transactions, and brings the connectors back to rest."""
        for transaction, evse in list(self.running.items()):
            if self._sut.version == "1.6":
                yield StopTransaction.req(
                    transactionId=int(transaction), meterStop=0, timestamp=now(), reason="Local"
                )
                yield _available_16(evse)
            else:
                yield self._ended_201(transaction)
                yield StatusNotificationRequest(
                    evseId=evse,
                    connectorId=self._sut.connector,
                    connectorStatus="Available",
                    timestamp=now(),
                )
        if self.device is not None:
            yield from map(_available_16, self.device.restless())

    def _ended_201(self, transaction: str) -> Request:
        return TransactionEventRequest(
            eventType="Ended",
            timestamp=now(),
            triggerReason="EVCommunicationLost",
            seqNo=self.sequences.get(transaction, -1) + 1,
            transactionInfo={"transactionId": transaction, "stoppedReason": "EVDisconnected"},
        )

    # What it is asked

    def answer(self, action: str, payload: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return its own answer to a request, or None where it does not know it."""
        if self.device is not None:
            return self.device.answer(action, payload)
        return self._answers.to(action, payload)

    def asked(
        self,
        action: str,
        payload: Mapping[str, Any],
        answer: Mapping[str, Any],
        *,
        by_case: bool,
    ) -> None:
        """Take note of a request and its answer; what follows is sent, unless a case plays it."""
        self.heard[action] += 1
        if self.device is None:
            return
        following = self.device.learn(action, payload, answer)
        if _new_password(action, payload) and answer.get("status") == "Accepted":
            self._access.take_password(str(payload["value"]))
        self._heart.set(float(self.device.values["HeartbeatInterval"]))
        if by_case:
            self._touched.add(action)
        elif following:
            task = asyncio.create_task(self._follow(following))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _follow(self, requests: Sequence[Request]) -> None:
        for request in requests:
            try:
                await self.send(request)
            except (TimeoutError, Closed):
                return  # nobody waits for it; a CSMS that has gone is told elsewhere

    # From one case to the next

    def case_begins(self) -> None:
        """Remember what the charge point is, to go back to."""
        self._touched.clear()
        self._before = self.device.copy() if self.device is not None else None

    async def case_ends(self) -> None:
        """Let what is under way be sent, and forget what the case has made of the charge point."""
        await asyncio.gather(*self._tasks)
        if self.device is not None and self._before is not None:
            self.device.restore(self._before, self._touched)

    async def close(self) -> None:
        """Give up what is under way."""
        self._heart.stop()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _available_16(connector: int) -> Request:
    return StatusNotification.req(connectorId=connector, errorCode="NoError", status="Available")


def _new_password(action: str, payload: Mapping[str, Any]) -> bool:
    return action == "ChangeConfiguration" and str(payload["key"]).lower() == PASSWORD.lower()


def _has_device(sut: Sut) -> bool:
    return (sut.version, sut.role) == ("1.6", "CSMS")
