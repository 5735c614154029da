"""A known state before a case, service between cases, and what a run comes to."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from conformance import Csms, Operator, Station, now
from conformance.bench import Bench
from conformance.ocpp16.messages import (
    Authorize,
    GetConfiguration,
    Heartbeat,
    StatusNotification,
)
from conformance.verdict import Verdict
from conformance.wire.refusal import Refusal
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
)
from tests.miniatures.miniature import (
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
        told = "CP9 was refused: a wrong password"
        refusals[0](Refusal(kind="wrong credentials", address="192.0.2.1", text=told))

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
        (
            {"status": "Rejected", "currentTime": now(), "interval": 300},
            ": Rejected, interval 300 s",
        ),
        (
            {"status": "Pending", "currentTime": now(), "interval": 0},
            ": Pending, interval 1 s",
        ),
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


def test_a_csms_that_does_not_take_the_first_status() -> None:
    it = csms(StatusNotification=silence)
    inconclusive(run(it, beats), "no answer to StatusNotification at the start")


@pytest.mark.parametrize("status", ["Pending", "Rejected"])
def test_a_csms_may_accept_the_tool_later(status: str) -> None:
    waits: list[float] = []

    async def boots(it: Miniature, uid: str, _: Payload) -> None:
        waits.append(it.clock)
        told = "Accepted" if len(waits) == 3 else status
        it.frame(3, uid, {"status": told, "currentTime": now(), "interval": 4})

    it = csms(BootNotification=boots)
    passed(run(it, beats))
    assert [later - sooner for sooner, later in pairwise(waits)] == [4, 4]
    assert [f[2] for _, f in it.got][:4] == ["BootNotification"] * 3 + ["StatusNotification"]


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
