"""Correlation by message id, findings, epochs, and a reader that dies."""

from __future__ import annotations

import json

import pytest

from conformance import Operator, Station
from conformance.bench import Bench
from conformance.cases import Result
from conformance.link import Link
from conformance.ocpp16.messages import (
    Authorize,
    ChangeConfiguration,
    GetConfiguration,
    Heartbeat,
    Reset,
)
from conformance.verdict import Verdict
from conformance.wire.memory import MemoryConnection
from tests.engine.stage import (
    case,
    declared,
    failed,
    on_bench,
    passed,
    run,
    run_all,
    told,
)
from tests.miniatures.miniature import (
    ACCEPTED,
    Deed,
    Miniature,
    Payload,
    answering,
    boot,
    calls,
    in_turn,
    reports,
    silence,
    soon,
)

CHANGE = ChangeConfiguration.req(key="HeartbeatInterval", value="1")


async def changed(station: Station) -> None:
    """A key is set."""
    await station.call(1, CHANGE, expect=ChangeConfiguration.conf(status="Accepted"))


async def read_then_changed(station: Station) -> None:
    """A key is read, then set: the second answer is the one that counts."""
    await station.call(1, GetConfiguration.req(key=["HeartbeatInterval"]))
    await station.call(3, CHANGE, expect=ChangeConfiguration.conf(status="Accepted"))


async def nothing(station: Station) -> None:
    """Nothing is asked for."""
    station.check("post", "nothing is wrong", ok=True)


async def authorized(station: Station, operator: Operator) -> None:
    """The station asks for an authorization."""
    await operator.plug_in(1)
    await station.expect(1, Authorize.req(idTag="TAG001"))


def plugging(*deeds: Deed) -> Miniature:
    """Return a station that does these things when the cable is plugged in."""
    deed = {"PlugIn": in_turn(*deeds), "PlugOut": reports("Available")}
    return Miniature(declared(), deeds=deed)


# Answers


def test_an_answer_with_the_right_id_passes() -> None:
    passed(run(Miniature(declared(), {"ChangeConfiguration": ACCEPTED}), changed))


def test_an_answer_with_another_id_is_none() -> None:
    async def wrong(it: Miniature, _: str, __: Payload) -> None:
        it.frame(3, "another", ACCEPTED)

    failed(
        run(Miniature(declared(), {"ChangeConfiguration": wrong}), changed),
        2,
        "the station broke a rule of the protocol in element 2:"
        " an answer to a CALL that was never sent (OCPP-J 1.6, 4.1.4)",
    )


def test_the_answer_to_an_earlier_call_does_not_answer_this_one() -> None:
    ids: list[str] = []

    async def remember(it: Miniature, uid: str, _: Payload) -> None:
        ids.append(uid)
        it.frame(3, uid, {"configurationKey": []})

    async def earlier(it: Miniature, _: str, __: Payload) -> None:
        it.frame(3, ids[0], ACCEPTED)

    it = Miniature(declared(), {"GetConfiguration": remember, "ChangeConfiguration": earlier})
    failed(
        run(it, read_then_changed),
        4,
        "the station broke a rule of the protocol in element 2:"
        " a second answer to the same GetConfiguration (OCPP-J 1.6, 4.1.4)",
    )


def test_an_answer_that_comes_too_late_answers_nothing_else() -> None:
    async def late(it: Miniature, uid: str, _: Payload) -> None:
        async def answer(it: Miniature) -> None:
            it.frame(3, uid, {"configurationKey": []})

        await soon(5, answer)(it)

    async def slowly(it: Miniature, uid: str, _: Payload) -> None:
        async def answer(it: Miniature) -> None:
            it.frame(3, uid, ACCEPTED)

        await soon(2, answer)(it)

    async def once(station: Station) -> None:
        await station.call(1, GetConfiguration.req(key=["HeartbeatInterval"]))

    it = Miniature(declared(), {"GetConfiguration": late, "ChangeConfiguration": slowly})
    first, second = run_all(it, once, changed)
    failed(first, 2, "no answer to GetConfiguration in 4 s")
    passed(second)


def test_no_answer() -> None:
    result = run(Miniature(declared(), {"ChangeConfiguration": silence}), changed)
    failed(result, 2, "no answer to ChangeConfiguration in 4 s")


def test_a_callerror_is_no_callresult() -> None:
    async def refuse(it: Miniature, uid: str, _: Payload) -> None:
        it.frame(4, uid, "InternalError", "no memory", {})

    failed(
        run(Miniature(declared(), {"ChangeConfiguration": refuse}), changed),
        2,
        "ChangeConfiguration was answered with CALLERROR InternalError: no memory",
    )


def test_a_callerror_is_as_good_where_the_case_says_so() -> None:
    async def refuse(it: Miniature, uid: str, _: Payload) -> None:
        it.frame(4, uid, "PropertyConstraintViolation", "", {})

    async def refused(station: Station) -> None:
        wanted = ChangeConfiguration.conf(status="Rejected")
        request = ChangeConfiguration.req(key="K", value="1")
        reply = await station.call(1, request, expect=wanted, or_error=True)
        station.check("post", "nothing came", ok=dict(reply) == {})

    passed(run(Miniature(declared(), {"ChangeConfiguration": refuse}), refused))
    wrong = run(Miniature(declared(), {"ChangeConfiguration": {"status": "Accepted"}}), refused)
    failed(wrong, 2, "ChangeConfiguration.status: expected 'Rejected', got 'Accepted'")


def test_a_wrong_answer_is_told_with_its_fields() -> None:
    failed(
        run(Miniature(declared(), {"ChangeConfiguration": {"status": "Rejected"}}), changed),
        2,
        "ChangeConfiguration.status: expected 'Accepted', got 'Rejected'",
    )


def test_the_tool_has_one_call_outstanding() -> None:
    async def twice(station: Station) -> None:
        await station.call(1, GetConfiguration.req(key=["HeartbeatInterval"]))

    async def late(it: Miniature, uid: str, _: Payload) -> None:
        async def answer(it: Miniature) -> None:
            it.frame(3, uid, {"configurationKey": []})

        await soon(3, answer)(it)
        it.raw("this is not JSON")

    it = Miniature(declared(), {"GetConfiguration": late, "ChangeConfiguration": ACCEPTED})
    first, second = run_all(it, twice, changed)
    assert first.verdict is Verdict.FAIL
    passed(second)
    (asked,) = [at for at, f in it.got if f[0] == 2 and f[2] == "GetConfiguration"]
    (set_,) = [at for at, f in it.got if f[0] == 2 and f[2] == "ChangeConfiguration"]
    assert set_ - asked >= 3, "not before the answer to the CALL of the case before"


def test_a_call_that_the_case_has_stopped_waiting_for_makes_no_noise() -> None:
    async def shout(it: Miniature, _: str, __: Payload) -> None:
        it.raw("this is not JSON")

    it = Miniature(declared(), {"GetConfiguration": shout, "ChangeConfiguration": ACCEPTED})
    first, second = run_all(it, read_then_changed, changed)
    assert first.verdict is Verdict.FAIL
    passed(second)


# Findings


def test_a_broken_rule_fails_the_waiting_step_with_the_frame() -> None:
    async def broken(it: Miniature) -> None:
        it.raw('[2,"x","Heartbeat"]')

    result = run(plugging(broken, calls("Authorize", idTag="TAG001")), authorized)
    assert result.verdict is Verdict.FAIL, told(result)
    assert result.step == "1"
    assert result.reason.startswith("step 1: the station broke a rule of the protocol")
    frame = next(f for f in result.record.transcript.frames if f.finding)
    assert (frame.sender, frame.text) == ("sut", '[2,"x","Heartbeat"]')


def test_a_broken_schema_names_the_place() -> None:
    broken = calls("Authorize", idTag=7)
    result = run(plugging(broken), authorized)
    assert result.verdict is Verdict.FAIL, told(result)
    assert "in payload.idTag: idTag" in result.reason


def test_a_rule_that_is_bent_is_a_remark() -> None:
    async def two_at_once(it: Miniature) -> None:
        it.frame(2, "a", "Heartbeat", {})
        it.frame(2, "b", "Authorize", {"idTag": "TAG001"})

    result = passed(run(plugging(two_at_once), authorized))
    (remark,) = result.record.transcript.remarks
    assert remark.text.startswith("Authorize is sent 0.0 s after a Heartbeat")


def test_what_breaks_a_rule_after_the_last_step_fails_the_case() -> None:
    async def and_more(it: Miniature) -> None:
        it.raw("this is not JSON")

    it = Miniature(declared(), {"ChangeConfiguration": answering(ACCEPTED, then=and_more)})
    assert run(it, changed).verdict is Verdict.FAIL


def test_findings_between_cases_are_kept_apart() -> None:
    async def broken_boot(it: Miniature) -> None:
        it.connect()
        await it.call("BootNotification", chargePointVendor="V", chargePointModel="M")
        it.raw("this is not JSON")
        await in_turn(reports("Available", 1), reports("Available", 2))(it)

    it = Miniature(declared())
    it.boot = broken_boot

    async def play(bench: Bench) -> tuple[Result, list[str]]:
        return await bench.run(case(nothing)), bench.between

    result, between = on_bench(it, play)
    passed(result)
    (told_apart,) = between
    assert "not valid JSON" in told_apart


# Faults of the tool are loud


def test_a_reader_that_fails_is_an_error_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    _fails_at(monkeypatch, "Authorize")
    it = plugging(calls("Authorize", idTag="TAG001"))
    it.answers["ChangeConfiguration"] = ACCEPTED
    first, second = run_all(it, authorized, changed)
    assert (first.verdict, first.reason) == (Verdict.ERROR, "RuntimeError: bug"), told(first)
    assert first.duration < 1
    passed(second)


def test_a_connection_that_fails_to_read_is_an_error_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    receive = MemoryConnection.receive

    async def bad(self: MemoryConnection) -> str | bytes:
        data = await receive(self)
        if "TAG001" in str(data):
            raise RuntimeError("bug")
        return data

    monkeypatch.setattr(MemoryConnection, "receive", bad)
    result = run(plugging(calls("Authorize", idTag="TAG001"), soon(1, boot)), authorized)
    assert (result.verdict, result.reason) == (Verdict.ERROR, "RuntimeError: bug"), told(result)
    assert result.duration < 2


def test_a_connection_that_nobody_reads_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    async def bad(_: MemoryConnection) -> str | bytes:
        raise RuntimeError("bug")

    async def then_bad(it: Miniature) -> None:
        monkeypatch.setattr(MemoryConnection, "receive", bad)
        it.post("Heartbeat")

    it = plugging(then_bad)
    it.answers["ChangeConfiguration"] = ACCEPTED
    first, second = run_all(it, authorized, changed)
    assert first.verdict is Verdict.ERROR, told(first)
    assert second.verdict is Verdict.INCONCLUSIVE, told(second)


def test_a_writer_that_fails_is_an_error_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    send = MemoryConnection.send

    async def bad(self: MemoryConnection, text: str) -> None:
        if "ChangeConfiguration" in text:
            raise RuntimeError("bug")
        await send(self, text)

    monkeypatch.setattr(MemoryConnection, "send", bad)
    result = run(Miniature(declared(), {"ChangeConfiguration": ACCEPTED}), changed)
    assert (result.verdict, result.reason) == (Verdict.ERROR, "RuntimeError: bug"), told(result)
    assert result.duration < 1


def test_an_invalid_request_of_a_case_is_an_error() -> None:
    async def invalid(station: Station) -> None:
        await station.call(1, Reset.req())

    result = run(Miniature(declared()), invalid)
    assert result.verdict is Verdict.ERROR
    assert result.reason.startswith("the tool built an invalid Reset: ")


def test_an_invalid_answer_of_a_case_is_an_error() -> None:
    async def invalid(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        await station.expect(1, Heartbeat.req(), reply=Heartbeat.conf(currentTime="noon"))

    result = run(plugging(soon(1, calls("Heartbeat"))), invalid)
    assert result.verdict is Verdict.ERROR, told(result)
    assert result.reason.startswith("the tool built an invalid answer to Heartbeat: ")


def _fails_at(monkeypatch: pytest.MonkeyPatch, action: str) -> None:
    take = Link._take

    def bad(self: Link, data: str | bytes, *rest: object) -> None:
        if json.loads(data)[2] == action:
            raise RuntimeError("bug")
        take(self, data, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Link, "_take", bad)
