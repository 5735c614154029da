"""The operator's clock is its own, and what it cannot do is never a FAIL."""

from __future__ import annotations

import asyncio

from conformance import Operator, Station
from conformance.ocpp16.messages import GetConfiguration, Heartbeat, StatusNotification
from conformance.operators.actions import PlugIn
from conformance.operators.base import CannotActError
from conformance.verdict import Verdict
from tests.engine.stage import declared, failed, inconclusive, passed, run, told
from tests.miniatures.miniature import (
    Deed,
    Miniature,
    answering,
    calls,
    in_turn,
    reports,
    soon,
)

PLUG_IN = PlugIn(evse=1, connector=1)
PREPARING = StatusNotification.req(connectorId=1, status="Preparing")


async def plugged_in(station: Station, operator: Operator) -> None:
    """The connector is preparing after the cable is in."""
    await operator.plug_in(1)
    await station.expect(1, PREPARING)


def takes(seconds: float, deed: Deed | None = None) -> Deed:
    """Return a deed that takes its time."""

    async def act(it: Miniature) -> None:
        await asyncio.sleep(seconds)
        if deed is not None:
            await deed(it)

    return act


def plugging(deed: Deed) -> Miniature:
    """Return a station with an operator that plugs the cable in so."""
    return Miniature(declared(), deeds={"PlugIn": deed, "PlugOut": reports("Available")})


def test_a_slow_operator_does_not_count_against_the_station() -> None:
    result = passed(run(plugging(takes(30, soon(3, reports("Preparing")))), plugged_in))
    assert result.duration >= 33


def test_the_stations_time_begins_when_the_operator_is_done() -> None:
    it = plugging(takes(30, soon(5, reports("Preparing"))))
    result = run(it, plugged_in)
    failed(result, 1, "no StatusNotification(connectorId=1, status='Preparing') in 4 s")


def test_what_comes_while_the_operator_acts_is_taken() -> None:
    passed(run(plugging(in_turn(reports("Preparing"), takes(30))), plugged_in))


def test_an_operator_that_says_it_cannot() -> None:
    async def cannot(_: Miniature) -> None:
        raise CannotActError("the cable is too short")

    inconclusive(
        run(plugging(cannot), plugged_in),
        f"the operator could not do {PLUG_IN}: the cable is too short",
    )


def test_an_operator_that_does_not_support_it_is_not_asked() -> None:
    it = Miniature(declared())
    result = run(it, plugged_in)
    told = "the operator miniature cannot do PlugIn, which this case needs: nothing was sent"
    inconclusive(result, told)
    assert not it.asked
    assert not it.got
    assert not result.record.transcript.frames


def test_an_operator_that_raises() -> None:
    async def broken(_: Miniature) -> None:
        raise ValueError("no such port")

    inconclusive(
        run(plugging(broken), plugged_in),
        f"the operator failed at {PLUG_IN}: ValueError: no such port",
    )


def test_an_operator_that_never_returns() -> None:
    result = run(plugging(takes(1e6)), plugged_in)
    inconclusive(result, f"the operator has not done {PLUG_IN} in 60 s")


def test_an_operator_that_fails_at_the_last_action_of_a_case() -> None:
    async def cannot(_: Miniature) -> None:
        raise CannotActError("no")

    async def only(station: Station, operator: Operator) -> None:
        station.check("post", "nothing", ok=True)
        await operator.plug_in(1)

    inconclusive(
        run(plugging(cannot), only),
        f"the operator could not do {PLUG_IN}: no",
    )


def test_a_call_waits_for_the_operator() -> None:
    async def then_read(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        await station.call(1, GetConfiguration.req(key=["HeartbeatInterval"]))

    it = plugging(takes(30))
    it.answers["GetConfiguration"] = {"configurationKey": []}
    passed(run(it, then_read))
    (read,) = [at for at, f in it.got if f[0] == 2]
    assert read >= 30


def test_a_prompt_goes_away_when_the_message_is_there() -> None:
    prompts: list[str] = []

    async def prompt(it: Miniature) -> None:
        it.status("Preparing")
        prompts.append("plug in")
        try:
            await asyncio.sleep(1e6)
        except asyncio.CancelledError:
            prompts.append("no longer needed")
            raise

    it = plugging(prompt)
    it.name = "console"
    result = passed(run(it, plugged_in))
    assert prompts == ["plug in", "no longer needed"]
    assert result.duration < 1


def test_a_prompt_goes_away_however_late_the_message_comes() -> None:
    it = plugging(in_turn(soon(20, reports("Preparing")), takes(1e6)))
    it.name = "console"
    assert passed(run(it, plugged_in)).duration < 21


def test_a_case_that_fails_takes_its_prompt_along() -> None:
    ended: list[bool] = []

    async def prompt(it: Miniature) -> None:
        it.status("Faulted")
        try:
            await asyncio.sleep(1e6)
        finally:
            ended.append(True)

    result = run(plugging(prompt), plugged_in)
    assert result.verdict is Verdict.FAIL, told(result)
    assert ended == [True]


def test_what_came_before_an_action_does_not_come_from_it() -> None:
    async def then_beats(station: Station, operator: Operator) -> None:
        await station.call(1, GetConfiguration.req(key=["HeartbeatInterval"]))
        await operator.plug_in(1)
        await station.expect(3, Heartbeat.req())

    it = plugging(takes(1))
    crossing = answering({"configurationKey": []}, before=calls("Heartbeat"))
    it.answers["GetConfiguration"] = crossing
    failed(run(it, then_beats), 3, "no Heartbeat() in 4 s")
