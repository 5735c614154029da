"""The tool as a station: it keeps its transactions, does what it was asked, and leaves nothing."""

from __future__ import annotations

from typing import Any

import pytest

from conformance import Csms, Operator, now
from conformance.ocpp16.messages import (
    ChangeAvailability,
    ChangeConfiguration,
    GetConfiguration,
    Heartbeat,
    RemoteStopTransaction,
    ReserveNow,
    StartTransaction,
    StatusNotification,
    StopTransaction,
)
from conformance.verdict import Verdict
from tests.engine.stage import declared, failed, passed, run, run_all
from tests.engine.test_cleanup import sent
from tests.miniatures.miniature import ACCEPTED, Deed, Miniature, Payload, Reaction, calls


def csms(deeds: dict[str, Deed] | None = None, **answers: Payload | Reaction) -> Miniature:
    """Return a central system that answers a charge point, and acts when it is told to."""
    booted = {"status": "Accepted", "currentTime": now(), "interval": 300}
    default: dict[str, Payload | Reaction] = {
        "BootNotification": booted,
        "StatusNotification": {},
        "StartTransaction": {"transactionId": 5, "idTagInfo": ACCEPTED},
        "StopTransaction": {},
        "Heartbeat": {"currentTime": now()},
        "MeterValues": {},
    }
    return Miniature(declared("1.6", "CSMS"), {**default, **answers}, deeds)


def statuses(it: Miniature) -> list[tuple[int, str]]:
    """Return the statuses that were reported."""
    reports = [f[3] for _, f in it.got if f[2:3] == ["StatusNotification"]]
    return [(r["connectorId"], r["status"]) for r in reports]


async def beats(csms: Csms) -> None:
    """A case that any CSMS passes."""
    await csms.call(1, Heartbeat.req())


def started() -> StartTransaction.req:
    """Return the report of a transaction."""
    return StartTransaction.req(connectorId=1, idTag="TAG001", meterStart=0, timestamp=now())


def told(connector: int, status: Any) -> StatusNotification.req:  # noqa: ANN401 - a literal
    """Return the report of a status."""
    return StatusNotification.req(connectorId=connector, errorCode="NoError", status=status)


def stopped(transaction: int) -> StopTransaction.req:
    """Return the report of its end."""
    return StopTransaction.req(transactionId=transaction, meterStop=0, timestamp=now())


async def charges(csms: Csms) -> None:
    """A transaction is begun and ended."""
    await csms.call(1, started())
    await csms.call(3, stopped(5))


# What it does of its own accord


async def asked_in_between(csms: Csms, operator: Operator) -> None:
    """The CSMS does more than it was asked for."""
    await operator.ask_for_configuration("HeartbeatInterval")
    await csms.expect(1, GetConfiguration.req(key=["HeartbeatInterval"]))


async def _sets_and_reads(it: Miniature) -> None:
    await it.call("ChangeConfiguration", key="HeartbeatInterval", value="42")
    await it.call("TriggerMessage", requestedMessage="MeterValues", connectorId=1)
    answer = await it.call("GetConfiguration", key=["HeartbeatInterval"])
    it.answers["read"] = answer[2]["configurationKey"][0]


def test_what_the_csms_sets_of_its_own_accord_stays() -> None:
    it = csms({"AskConfiguration": _sets_and_reads})
    first, second = run_all(it, asked_in_between, asked_in_between)
    passed(first)
    passed(second)
    assert it.answers["read"] == {"key": "HeartbeatInterval", "readonly": False, "value": "42"}
    assert sent(it).count("MeterValues") == 2
    remarks = [r.text for r in first.record.transcript.remarks]
    assert [r.partition("(")[0] for r in remarks] == [
        "the csms sent ChangeConfiguration",
        "the csms sent TriggerMessage",
    ]


async def changes(csms: Csms, operator: Operator) -> None:
    """A key is set for a case."""
    await operator.ask_for_change("HeartbeatInterval", "42")
    request = ChangeConfiguration.req(key="HeartbeatInterval", value="42")
    await csms.expect(1, request, reply=ChangeConfiguration.conf(status="Accepted"))


async def reads(csms: Csms, operator: Operator) -> None:
    """The key is read."""
    await operator.ask_for_configuration("HeartbeatInterval")
    await csms.expect(1, GetConfiguration.req())


async def _reads(it: Miniature) -> None:
    answer = await it.call("GetConfiguration", key=["HeartbeatInterval"])
    it.answers["read"] = answer[2]["configurationKey"][0]


def test_what_a_case_has_set_is_set_back() -> None:
    deeds = {
        "ChangeConfiguration": calls("ChangeConfiguration", key="HeartbeatInterval", value="42"),
        "AskConfiguration": _reads,
    }
    it = csms(deeds)
    for result in run_all(it, changes, reads):
        passed(result)
    assert it.answers["read"] == {"key": "HeartbeatInterval", "readonly": False, "value": "300"}


def test_the_transcript_says_whose_values_they_are() -> None:
    deed = calls("ChangeConfiguration", key="HeartbeatInterval", value="43")
    result = run(csms({"ChangeConfiguration": deed}), changes)
    failed(result, 1, "ChangeConfiguration.value: expected '42', got '43'")
    entries = [e.got for e in result.record.transcript.entries if e.step == "1"]
    assert (
        entries[0]
        == "ChangeConfiguration as asked for: key; not what was asked for: value (42 was)"
    )


# Transactions


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "transactionId is 0, positive ones are recommended"),
        (-3, "transactionId is -3, positive ones are recommended"),
    ],
)
def test_an_odd_transaction_id_is_remarked_on(number: int, text: str) -> None:
    async def one(csms: Csms) -> None:
        await csms.call(1, started())
        await csms.call(3, stopped(number))

    it = csms(StartTransaction={"transactionId": number, "idTagInfo": ACCEPTED})
    result = passed(run(it, one))
    assert [r.text for r in result.record.transcript.remarks] == [text]


def test_a_transaction_id_that_is_used_again_is_remarked_on() -> None:
    first, second = run_all(csms(), charges, charges)
    assert passed(first).record.transcript.remarks == []
    (remark,) = passed(second).record.transcript.remarks
    assert remark.text == "transactionId 5 was used before, unique ones are recommended"


def test_two_transactions_that_run_cannot_have_one_id() -> None:
    async def both(csms: Csms) -> None:
        await csms.call(1, started())
        await csms.call(3, started())
        await csms.call(5, Heartbeat.req())

    why = (
        "the csms broke a rule of the protocol in StartTransaction.transactionId:"
        " transactionId 5 is that of a transaction that still runs"
    )
    failed(run(csms(), both), 4, why)


# What is left


async def unavailable(csms: Csms, operator: Operator) -> None:
    """A connector is out of service."""
    await operator.ask_for_availability(1, operative=False)
    request = ChangeAvailability.req(connectorId=1, type="Inoperative")
    await csms.expect(1, request, reply=ChangeAvailability.conf(status="Accepted"))
    await csms.call(3, told(1, "Unavailable"))


async def _switches(it: Miniature) -> None:
    (intent,) = it.asked[-1:]
    kind = "Operative" if getattr(intent, "operative", False) else "Inoperative"
    await it.call("ChangeAvailability", connectorId=1, type=kind)


def test_the_csms_is_told_to_put_back_into_service() -> None:
    it = csms({"ChangeAvailability": _switches})
    passed(run(it, unavailable))
    assert [getattr(a, "operative", None) for a in it.asked] == [False, True]
    assert statuses(it)[-2:] == [(1, "Unavailable"), (1, "Available")]


def test_a_connector_is_available_again_though_the_csms_was_not_told() -> None:
    async def once(it: Miniature) -> None:
        if len(it.asked) == 1:
            await _switches(it)

    it = csms({"ChangeAvailability": once})
    passed(run(it, unavailable))
    assert statuses(it)[-2:] == [(1, "Unavailable"), (1, "Available")]


RESERVATION: dict[str, Any] = {
    "connectorId": 1,
    "reservationId": 7,
    "idTag": "TAG001",
    "expiryDate": "2026-03-01T12:00:00Z",
}


async def reserved(csms: Csms, operator: Operator) -> None:
    """A connector is reserved."""
    await operator.ask_for_reservation(1, csms.sut.values.id_token, 60)
    await csms.expect(1, ReserveNow.req(), reply=ReserveNow.conf(status="Accepted"))
    await csms.call(
        3, StatusNotification.req(connectorId=1, errorCode="NoError", status="Reserved")
    )


def test_the_csms_is_told_to_cancel_what_is_reserved() -> None:
    deeds = {
        "Reserve": calls("ReserveNow", **RESERVATION),
        "CancelReservation": calls("CancelReservation", reservationId=7),
    }
    it = csms(deeds)
    passed(run(it, reserved))
    assert [type(a).__name__ for a in it.asked] == ["Reserve", "CancelReservation"]
    assert statuses(it)[-2:] == [(1, "Reserved"), (1, "Available")]


def test_a_connector_is_reported_available_at_the_end() -> None:
    async def prepares(csms: Csms) -> None:
        await csms.call(1, told(1, "Preparing"))

    it = csms()
    for result in run_all(it, prepares, beats):
        passed(result)
    assert statuses(it)[-2:] == [(1, "Preparing"), (1, "Available")]


# What a case makes a remark of


async def _stops(it: Miniature, uid: str, _: Payload) -> None:
    it.frame(3, uid, {"currentTime": now()})
    it.post("RemoteStopTransaction", transactionId=5)


async def twice(csms: Csms) -> None:
    """Two heartbeats."""
    await csms.call(1, Heartbeat.req())
    await csms.flush()
    await csms.call(3, Heartbeat.req())


async def lenient(csms: Csms) -> None:
    """Two heartbeats, and the CSMS may stop what it likes."""
    csms.tolerate(RemoteStopTransaction.req(transactionId=5))
    await twice(csms)


def test_what_nobody_has_asked_for_can_be_tolerated() -> None:
    why = "expected nothing before this step, but the csms sent RemoteStopTransaction"
    failed(run(csms(Heartbeat=_stops), twice), 3, f"{why}(transactionId=5)")
    result = passed(run(csms(Heartbeat=_stops), lenient))
    texts = [r.text for r in result.record.transcript.remarks]
    assert texts == ["the csms sent RemoteStopTransaction(transactionId=5)"]


def test_only_what_is_tolerated_is() -> None:
    async def another(it: Miniature, uid: str, _: Payload) -> None:
        it.frame(3, uid, {"currentTime": now()})
        it.post("RemoteStopTransaction", transactionId=6)

    result = run(csms(Heartbeat=another), lenient)
    assert result.verdict is Verdict.FAIL
