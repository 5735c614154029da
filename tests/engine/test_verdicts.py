"""What one run of a case comes to: preconditions, checks, planned steps."""

from __future__ import annotations

from typing import Any

from conformance import Station, Sut, state
from conformance.bench import Bench
from conformance.ocpp16.messages import (
    GetConfiguration,
    Heartbeat,
    RemoteStartTransaction,
)
from conformance.verdict import Failed, Verdict
from tests.engine.stage import (
    case,
    failed,
    inconclusive,
    on_bench,
    passed,
    run,
    transcript,
)
from tests.engine.test_bench import read, station
from tests.miniatures.miniature import (
    ACCEPTED,
)


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
