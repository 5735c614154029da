"""A known state before a case, service between cases, and what a run comes to."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from conformance import Csms, Operator, Station, Sut, now, state
from conformance.bench import Bench
from conformance.ocpp16.messages import (
    Authorize,
    GetConfiguration,
    Heartbeat,
    RemoteStartTransaction,
    StatusNotification,
)
from conformance.verdict import Failed, Verdict
from tests.engine.stage import (
    case,
    declared,
    failed,
    inconclusive,
    on_bench,
    passed,
    run,
    run_all,
    told,
    transcript,
)
from tests.miniatures.miniature import (
    ACCEPTED,
    Miniature,
    Payload,
    Reaction,
    boot,
    calls,
    in_turn,
    reports,
    silence,
    soon,
)

CONFIGURED: Payload = {"configurationKey": []}


async def read(station: Station) -> None:
    """A case that any station passes."""
    await station.call(1, GetConfiguration.req(key=["HeartbeatInterval"]))


def station(**answers: Payload | Reaction) -> Miniature:
    """Return a station that can be read."""
    return Miniature(declared(), {"GetConfiguration": CONFIGURED, **answers})


async def connects(it: Miniature) -> None:
    """Connect and boot, and report nothing yet."""
    it.connect()
    await it.call("BootNotification", chargePointVendor="V", chargePointModel="M")


# A known state


def test_a_case_begins_when_the_station_is_connected_accepted_and_idle() -> None:
    it = station()
    it.boot = soon(3, boot)
    passed(run(it, read))
    actions = [f[2] for _, f in it.got if f[0] == 2]
    answers = [f for _, f in it.got if f[0] == 3]
    assert actions == ["GetConfiguration"]
    assert [f[0] for _, f in it.got] == [3, 3, 3, 2], "the boot and both connectors come first"
    assert answers[0][2]["status"] == "Accepted"


def test_a_station_that_never_connects() -> None:
    it = station()

    async def never(_: Miniature) -> None:
        await asyncio.sleep(0)

    it.boot = never
    first, second = run_all(it, read, read)
    why = "no connection from CP001 on memory/CP001 in 10 s".replace("CP001", it.sut.station)
    inconclusive(first, why)
    inconclusive(second, why)
    assert second.duration < 1, "nobody waits for it again"


def test_a_station_that_was_connected_before_need_not_boot() -> None:
    async def reconnect(it: Miniature) -> None:
        it.connect()
        await it.status("Available", 1)

    it = station()
    it.boot = reconnect
    passed(run(it, read))


def test_a_station_that_is_not_idle() -> None:
    it = station()
    it.boot = in_turn(connects, reports("Available", 2), reports("Charging"))
    inconclusive(run(it, read), "the station is not idle: connector 1/1 is Charging")


def test_a_station_that_becomes_idle_in_time() -> None:
    it = station()
    late = soon(2, reports("Available"))
    it.boot = in_turn(connects, reports("Available", 2), reports("Finishing"), late)
    passed(run(it, read))


def test_a_transaction_of_before_is_not_idle() -> None:
    async def started(it: Miniature) -> None:
        it.post("StartTransaction", connectorId=1, idTag="T", meterStart=0, timestamp=now())

    it = station()
    it.boot = in_turn(connects, started, reports("Available", 1), reports("Available", 2))
    inconclusive(run(it, read), "the station is not idle: transaction 1 is still running")


def test_refused_connections_are_told() -> None:
    it = station()
    refusals: list[Any] = []
    open_ = it.open

    async def listening(connected: Any, refused: Any) -> None:  # noqa: ANN401
        refusals.append(refused)
        await open_(connected, refused)

    it.open = listening  # type: ignore[method-assign]

    async def wrong_password(_: Miniature) -> None:
        refusals[0]("CP9 was refused: a wrong password")

    it.boot = wrong_password
    result = run(it, read)
    assert result.reason.endswith(" in 10 s (CP9 was refused: a wrong password)")


# Between cases


def test_the_station_is_served_between_cases() -> None:
    it = station()

    async def play(bench: Bench) -> list[Any]:
        await bench.run(case(read))
        it.post("Heartbeat")
        await asyncio.sleep(2)
        between = [f for _, f in it.got if f[0] == 3 and "currentTime" in f[2]][1:]
        return [between, await bench.run(case(read))]

    between, result = on_bench(it, play)
    assert len(between) == 1
    passed(result)
    assert not [f for f in result.record.transcript.frames if '"Heartbeat"' in f.text]


def test_what_came_between_cases_satisfies_no_case() -> None:
    async def beats(station: Station) -> None:
        await station.expect(1, Heartbeat.req())

    it = station()

    async def play(bench: Bench) -> Any:  # noqa: ANN401
        await bench.run(case(read))
        it.post("Heartbeat")
        await asyncio.sleep(1)
        return await bench.run(case(beats))

    failed(on_bench(it, play), 1, "no Heartbeat() in 4 s")


def test_one_failed_case_does_not_change_the_next() -> None:
    async def authorized(station: Station) -> None:
        await station.expect(1, Authorize.req())

    results = run_all(station(), authorized, read, authorized, read)
    assert [r.verdict for r in results] == [Verdict.FAIL, Verdict.PASS] * 2


# Preconditions


@state("Charging")
async def charging(station: Station, sut: Sut) -> None:
    """The connector is charging."""
    await station.call(
        1,
        RemoteStartTransaction.req(idTag=sut.id_tag),
        expect=RemoteStartTransaction.conf(status="Accepted"),
    )


@state("Suspended", needs=(charging,))
async def suspended(station: Station) -> None:
    """The transaction is suspended."""
    await station.call(1, GetConfiguration.req(key=["X"]))


def test_a_precondition_that_fails_leaves_the_case_inconclusive() -> None:
    it = station(RemoteStartTransaction={"status": "Rejected"})
    result = run(it, read, charging)
    inconclusive(
        result,
        "step before/Charging.2: Charging not reached:"
        " RemoteStartTransaction.status: expected 'Accepted', got 'Rejected'",
    )
    assert result.step == "before/Charging.2"


def test_the_same_state_as_a_step_fails() -> None:
    async def charged(station: Station) -> None:
        await station.execute(1, charging)

    failed(
        run(station(RemoteStartTransaction={"status": "Rejected"}), charged),
        "1/Charging.2",
        "RemoteStartTransaction.status: expected 'Accepted', got 'Rejected'",
    )


def test_a_state_reaches_what_it_needs_once() -> None:
    async def charged(station: Station) -> None:
        await station.execute(1, suspended)

    it = station(RemoteStartTransaction=ACCEPTED)
    result = passed(run(it, charged, charging))
    called = [f[2] for _, f in it.got if f[0] == 2]
    assert called == ["RemoteStartTransaction", "GetConfiguration"]
    assert "1 tool:  | state is Suspended" in transcript(result)


def test_a_state_reaches_what_it_needs_first() -> None:
    async def charged(station: Station) -> None:
        await station.execute(1, suspended)

    it = station(RemoteStartTransaction=ACCEPTED)
    passed(run(it, charged))
    called = [f[2] for _, f in it.got if f[0] == 2]
    assert called == ["RemoteStartTransaction", "GetConfiguration"]


# Verdicts


def test_a_planned_step_that_was_neither_taken_nor_skipped_is_an_error() -> None:
    async def forgetful(station: Station, sut: Sut) -> None:
        await station.call(1, GetConfiguration.req(key=["X"]))
        if sut.role == "CSMS":
            await station.expect(3, Heartbeat.req())

    result = run(station(), forgetful)
    assert (result.verdict, result.reason) == (
        Verdict.ERROR,
        "steps neither taken nor skipped: 3, 4",
    )


def test_a_step_that_was_skipped_is_none_that_was_forgotten() -> None:
    async def mindful(station: Station, sut: Sut) -> None:
        await station.call(1, GetConfiguration.req(key=["X"]))
        if sut.role == "CSMS":
            await station.expect(3, Heartbeat.req())
        else:
            station.skip(3, 4, because="it is a station")

    line = "3 tool:  | does not apply: it is a station"
    assert line in transcript(passed(run(station(), mindful)))


def test_a_fault_of_the_tool_is_an_error_with_its_traceback() -> None:
    async def buggy(station: Station) -> None:
        await station.call(1, GetConfiguration.req(key=["X"]))
        raise KeyError("bug")

    result = run(station(), buggy)
    assert (result.verdict, result.reason, result.step) == (Verdict.ERROR, "KeyError: 'bug'", "2")
    assert "in buggy" in result.traceback


def test_a_check_that_does_not_hold_fails() -> None:
    async def checked(station: Station) -> None:
        station.check("post", "the transaction id is that of the first one", ok=False)

    failed(run(station(), checked), "post", "the transaction id is that of the first one")


def test_more_is_required_of_a_message_that_was_claimed() -> None:
    async def matched(station: Station) -> None:
        reply = await station.call(1, GetConfiguration.req(key=["X"]))
        station.match("post", {"configurationKey": [{"key": "X"}]}, reply)

    failed(
        run(station(), matched),
        "post",
        "the answer.configurationKey: expected [{'key': 'X'}], got []",
    )


def test_a_case_that_does_not_apply_says_which_feature() -> None:
    async def play(bench: Bench) -> Any:  # noqa: ANN401
        return await bench.run(case(read, condition="C-30 and not 16-REMOTE-TRIGGER"))

    it = station()
    result = on_bench(it, play)
    assert result.verdict is Verdict.NOT_APPLICABLE
    assert "C-30" in result.reason
    assert not [f for _, f in it.got if f[0] == 2], "nothing is sent"


def test_the_frames_are_in_the_record() -> None:
    frames = passed(run(station(), read)).record.transcript.frames
    assert [f.sender for f in frames][:2] == ["tool", "sut"]
    assert frames[0].text.startswith('[2,"')
    entries = run(station(), read).record.transcript.entries
    answer = next(e for e in entries if e.step == "2")
    assert answer.frame == 1


def test_a_failure_inside_the_case_is_not_swallowed_by_it() -> None:
    async def careless(station: Station) -> None:
        try:
            await station.expect(1, Heartbeat.req())
        except Failed:
            station.remark(1, "never mind")
            raise

    assert run(station(), careless).verdict is Verdict.FAIL


# A CSMS


def csms(**answers: Payload | Reaction) -> Miniature:
    """Return a CSMS that takes a charge point and its Heartbeats."""
    booted = {"status": "Accepted", "currentTime": now(), "interval": 300}
    default: dict[str, Payload | Reaction] = {
        "BootNotification": booted,
        "StatusNotification": {},
        "Heartbeat": {"currentTime": now()},
    }
    return Miniature(declared("1.6", "CSMS"), {**default, **answers})


async def beats(csms: Csms) -> None:
    """A case that any CSMS passes."""
    await csms.call(1, Heartbeat.req())


def test_the_tool_boots_once() -> None:
    it = csms()
    for result in run_all(it, beats, beats):
        passed(result)
    actions = [f[2] for _, f in it.got]
    assert actions.count("BootNotification") == 1


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"status": "Rejected", "currentTime": now(), "interval": 1}, ": Rejected"),
        (silence, ""),
    ],
)
def test_a_csms_that_does_not_accept_the_tool(answer: Payload | Reaction, why: str) -> None:
    it = csms(BootNotification=answer)
    result = run(it, beats)
    sut = it.sut.station
    inconclusive(
        result,
        f"the CSMS does not accept {sut}{why}"
        if why
        else "no answer to BootNotification at the start",
    )


def test_what_only_an_operator_may_ask_for_fails_when_nobody_has() -> None:
    async def reset(it: Miniature, uid: str, _: Payload) -> None:
        it.post("Reset", type="Soft")

        async def then(it: Miniature) -> None:
            it.frame(3, uid, {"currentTime": now()})

        await soon(2, then)(it)

    async def awaits(csms: Csms) -> None:
        await csms.call(1, Heartbeat.req())
        await csms.expect(3, GetConfiguration.req())

    failed(
        run(csms(Heartbeat=reset), awaits),
        3,
        "expected GetConfiguration(), but the csms sent Reset(type='Soft')",
    )


def test_the_tool_connects_anew_as_after_a_power_cycle() -> None:
    async def again(csms: Csms) -> None:
        await csms.reconnect()
        await csms.call(1, Heartbeat.req())

    result = passed(run(csms(), again))
    events = [f.text.split()[0] for f in result.record.transcript.frames if f.sender == "event"]
    assert events == ["disconnected", "connected"]


def test_a_late_fault_in_the_clean_up_spoils_a_pass() -> None:
    async def shout(it: Miniature) -> None:
        it.raw("this is not JSON")

    async def plugged(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        await station.expect(1, StatusNotification.req(status="Preparing"))

    it = station()
    it.deeds = {"PlugIn": reports("Preparing"), "PlugOut": in_turn(shout, reports("Available"))}
    first, second = run_all(it, plugged, read)
    assert first.verdict is Verdict.FAIL, told(first)
    passed(second)


def test_a_heartbeat_right_after_the_boot_changes_nothing() -> None:
    it = station()
    it.boot = in_turn(boot, calls("Heartbeat"))
    passed(run(it, read))
