"""Claim then check; strict order; nothing old satisfies; no one is kept waiting."""

from __future__ import annotations

import asyncio

import pytest

from conformance import Operator, Station, in_any_order, now, one_of
from conformance.bounds import HELD, TEXT
from conformance.ocpp16.messages import (
    Authorize,
    Heartbeat,
    StartTransaction,
    StatusNotification,
    TriggerMessage,
)
from conformance.ocpp201.messages import AuthorizeRequest, TransactionEventRequest
from conformance.verdict import Verdict
from tests.engine.stage import declared, failed, passed, run, transcript
from tests.miniatures.miniature import (
    ACCEPTED,
    Deed,
    Miniature,
    calls,
    in_turn,
    reports,
    soon,
)

STATUS = StatusNotification.req
PREPARING = STATUS(connectorId=1, status="Preparing")
METER = [{"timestamp": now(), "sampledValue": [{"value": "1"}]}]
AUTHORIZE = calls("Authorize", idTag="TAG001")


async def start(it: Miniature) -> None:
    """Start a transaction."""
    it.post("StartTransaction", connectorId=1, idTag="TAG001", meterStart=0, timestamp=now())


def plugging(*deeds: Deed) -> Miniature:
    """Return a station that does these things when the cable is plugged in."""
    unplugged = reports("Available")
    return Miniature(declared(), deeds={"PlugIn": in_turn(*deeds), "PlugOut": unplugged})


async def plugged_in(station: Station, operator: Operator) -> None:
    """The connector is preparing after the cable is in."""
    await operator.plug_in(1)
    await station.expect(1, PREPARING)


async def authorized(station: Station, operator: Operator) -> None:
    """The station asks for an authorization."""
    await operator.plug_in(1)
    await station.expect(1, Authorize.req(idTag="TAG001"))


def test_the_awaited_message_passes() -> None:
    result = passed(run(plugging(reports("Preparing")), plugged_in))
    assert "2 tool:  | answers the default answer" in transcript(result)


def test_the_right_connector_with_the_wrong_status_fails_at_once() -> None:
    it = plugging(reports("Charging"), soon(1, reports("Preparing")))
    result = run(it, plugged_in)
    failed(result, 1, "StatusNotification.status: expected 'Preparing', got 'Charging'")
    wrong = next(e for e in result.record.transcript.entries if e.ok is False)
    assert wrong.at < 1


def test_another_connector_is_set_aside() -> None:
    it = plugging(reports("Charging", 2), reports("Available", 2), reports("Preparing"))
    result = passed(run(it, plugged_in))
    assert any("about another one, set aside" in line for line in transcript(result))


def test_another_connector_is_set_aside_while_several_messages_are_awaited() -> None:
    async def both(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        await in_any_order(
            station.expect(1, Authorize.req()),
            station.expect(3, PREPARING),
        )

    it = plugging(reports("Charging", 2), reports("Available", 2), reports("Preparing"), AUTHORIZE)
    passed(run(it, both))


def test_all_mismatches_are_in_one_reason() -> None:
    async def started(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        await station.expect(1, StartTransaction.req(connectorId=1, idTag="TAG009", meterStart=7))

    failed(
        run(plugging(start), started),
        1,
        "StartTransaction.idTag: expected 'TAG009', got 'TAG001';"
        " StartTransaction.meterStart: expected 7, got 0",
    )


def test_a_message_out_of_order_fails_the_waiting_step() -> None:
    failed(
        run(plugging(reports("Preparing"), AUTHORIZE), authorized),
        1,
        "expected Authorize(idTag='TAG001'), but the station sent"
        " StatusNotification(connectorId=1, errorCode='NoError', status='Preparing')",
    )


def test_a_message_out_of_order_gets_its_answer_nevertheless() -> None:
    it = plugging(reports("Preparing"), AUTHORIZE)
    run(it, authorized)
    assert all(waiting.done() for waiting in it._waiting.values())


@pytest.mark.parametrize(
    "early",
    [
        calls("Heartbeat"),
        calls("MeterValues", connectorId=1, meterValue=METER),
        reports("Available", 0),
    ],
    ids=["Heartbeat", "MeterValues", "main controller"],
)
def test_what_may_come_at_any_time_is_tolerated(early: Deed) -> None:
    result = passed(run(plugging(early, AUTHORIZE), authorized))
    assert not result.record.transcript.remarks
    assert any("expected Authorize(idTag='TAG001'): noted" in line for line in transcript(result))


def test_what_nothing_explains_is_a_remark() -> None:
    it = plugging(calls("DiagnosticsStatusNotification", status="Idle"), AUTHORIZE)
    (remark,) = passed(run(it, authorized)).record.transcript.remarks
    assert remark.step == "1"
    assert remark.text == "the station sent DiagnosticsStatusNotification(status='Idle')"


def test_a_status_said_again_is_a_remark() -> None:
    (remark,) = passed(
        run(plugging(reports("Available"), AUTHORIZE), authorized)
    ).record.transcript.remarks
    assert "status='Available'" in remark.text


def test_nothing_may_come_where_a_requirement_asks_for_silence() -> None:
    async def pending(station: Station, operator: Operator) -> None:
        with station.quiet("B02.FR.02"):
            await operator.plug_in(1)
            await station.expect(1, Authorize.req())

    failed(
        run(plugging(calls("Heartbeat"), AUTHORIZE), pending),
        1,
        "expected Authorize(), but the station sent Heartbeat() (B02.FR.02)",
    )


def test_a_message_that_must_not_come_fails_at_once() -> None:
    async def none(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        await station.expect_none(1, StartTransaction.req(), during=30)

    result = run(plugging(soon(1, start)), none)
    assert result.verdict is Verdict.FAIL
    sent = "expected no StartTransaction(), but the station sent StartTransaction(connectorId=1"
    assert result.reason.startswith(f"step 1: {sent}")


def test_what_comes_instead_of_silence_is_named() -> None:
    async def none(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        await station.expect_none(1, StartTransaction.req(), during=30)

    failed(
        run(plugging(AUTHORIZE), none),
        1,
        "expected no StartTransaction(), but the station sent Authorize(idTag='TAG001')",
    )


def test_silence_is_noted() -> None:
    async def none(station: Station) -> None:
        await station.expect_none(1, StartTransaction.req(), during=30)

    result = passed(run(Miniature(declared()), none))
    assert result.duration >= 30
    line = "1 station: no StartTransaction() for 30 s | nothing of the kind came"
    assert line in transcript(result)


def test_nothing_comes_in_the_time_limit() -> None:
    failed(run(plugging(), authorized), 1, "no Authorize(idTag='TAG001') in 4 s")


def test_messages_in_any_order() -> None:
    async def both(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        start, status = await in_any_order(
            station.expect(1, StartTransaction.req(connectorId=1)),
            station.expect(3, PREPARING),
        )
        station.check("post", "in the order of the steps", ok="idTag" in start)
        station.check("post", "the other one too", ok=status["status"] == "Preparing")

    passed(run(plugging(reports("Preparing"), start), both))


def test_one_of_several_in_any_order_is_missing() -> None:
    async def both(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        await in_any_order(
            station.expect(1, StartTransaction.req(connectorId=1)), station.expect(3, PREPARING)
        )

    result = run(plugging(start), both)
    failed(result, 3, "no StatusNotification(connectorId=1, status='Preparing') in 4 s")


def test_what_one_of_several_steps_lets_pass_passes() -> None:
    async def both(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        await in_any_order(
            station.expect(1, StartTransaction.req()),
            station.expect(
                3, STATUS(status="Charging"), meanwhile=[STATUS(status=one_of("SuspendedEV"))]
            ),
        )

    it = plugging(reports("SuspendedEV"), start, reports("Charging"))
    passed(run(it, both))


def test_either_message_will_do() -> None:
    async def either(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        await station.expect(1, Authorize.req(), PREPARING)

    passed(run(plugging(reports("Preparing")), either))


# Nothing old satisfies


async def _triggered(station: Station, operator: Operator) -> None:
    await operator.plug_in(1)
    await station.call(1, TriggerMessage.req(requestedMessage="Heartbeat"))
    await station.expect(3, Heartbeat.req())


def _sent_before(*names: str) -> Miniature:
    async def send(it: Miniature) -> None:
        for name in names:
            await (it.call("Heartbeat") if name == "Heartbeat" else it.status(name))

    it = plugging(send)
    it.answers["TriggerMessage"] = ACCEPTED
    return it


def test_what_came_before_a_call_satisfies_nothing_after_it() -> None:
    failed(run(_sent_before("Heartbeat"), _triggered), 3, "no Heartbeat() in 4 s")


def test_what_came_in_the_pause_before_a_call_satisfies_nothing_after_it() -> None:
    async def triggered(station: Station) -> None:
        await station.call(1, TriggerMessage.req(requestedMessage="Heartbeat"), after=5)
        await station.expect(3, Heartbeat.req())

    it = Miniature(declared(), {"TriggerMessage": ACCEPTED})
    it.boot = in_turn(it.boot, soon(2, calls("Heartbeat")))
    failed(run(it, triggered), 3, "no Heartbeat() in 4 s")


def test_what_must_not_come_before_a_call_fails_there() -> None:
    failed(
        run(_sent_before("Preparing"), _triggered),
        1,
        "expected nothing before this step, but the station sent"
        " StatusNotification(connectorId=1, errorCode='NoError', status='Preparing')",
    )


def test_a_change_that_is_said_twice_before_a_call_is_a_change_nevertheless() -> None:
    async def at_once(it: Miniature) -> None:
        for uid in "ab":
            payload = {"connectorId": 1, "errorCode": "NoError", "status": "Preparing"}
            it.frame(2, uid, "StatusNotification", payload)
        await asyncio.sleep(0)

    it = plugging(at_once)
    it.answers["TriggerMessage"] = ACCEPTED
    assert run(it, _triggered).verdict is Verdict.FAIL


def test_what_came_after_the_step_before_can_be_claimed() -> None:
    async def one_by_one(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        await station.expect(1, PREPARING)
        await station.expect(3, Authorize.req())

    passed(run(plugging(reports("Preparing"), AUTHORIZE), one_by_one))


# 2.0.1


def test_further_events_of_a_transaction_pass() -> None:
    def event(kind: str, trigger: str, number: int) -> Deed:
        return calls(
            "TransactionEvent",
            eventType=kind,
            timestamp=now(),
            triggerReason=trigger,
            seqNo=number,
            transactionInfo={"transactionId": "T1"},
        )

    async def charged(station: Station, operator: Operator) -> None:
        await operator.plug_in(1, 1)
        await station.expect(1, TransactionEventRequest(eventType="Started"))
        await station.expect(
            3, TransactionEventRequest(eventType="Ended", triggerReason="EVDeparted")
        )

    it = Miniature(
        declared("2.0.1"),
        deeds={
            "PlugIn": in_turn(
                event("Started", "CablePluggedIn", 0),
                event("Updated", "MeterValuePeriodic", 1),
                event("Ended", "EVDeparted", 2),
            ),
            "PlugOut": reports("Available"),
        },
    )
    passed(run(it, charged))


def test_another_message_of_201_does_not_pass() -> None:
    async def authorized(station: Station, operator: Operator) -> None:
        await operator.plug_in(1, 1)
        await station.expect(1, AuthorizeRequest())

    deeds = {"PlugIn": reports("Occupied"), "PlugOut": reports("Available")}
    result = run(Miniature(declared("2.0.1"), deeds=deeds), authorized)
    assert result.verdict is Verdict.FAIL
    assert result.reason.startswith(
        "step 1: expected Authorize(), but the station sent StatusNotification("
    )


def test_of_a_flood_only_so_much_waits_for_a_later_step() -> None:
    kept: list[int] = []
    large = "x" * 2**20

    async def flood(it: Miniature) -> None:
        for number in range(HELD + 10):
            it.raw(f'[2,"h{number}","Heartbeat",{{}}]')
        for number in range(40):
            it.raw(f'[2,"d{number}","DataTransfer",{{"vendorId":"x","data":"{large}"}}]')

    async def scenario(station: Station) -> None:
        await flood(it)
        await station.flush()
        kept.append(len(station.inbox.unclaimed))
        kept.append(sum(m.size for m in station.inbox.unclaimed))
        await station.expect(1, Heartbeat.req())

    it = Miniature(declared())
    passed(run(it, scenario))
    assert HELD <= kept[0] <= HELD + 16
    assert kept[1] <= TEXT + HELD * 50
