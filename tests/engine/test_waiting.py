"""No one is kept waiting: requests cross, and what no step claims is answered in time."""

from __future__ import annotations

from typing import Any

import pytest

from conformance import Operator, Station
from conformance.ocpp16.messages import (
    Authorize,
    ChangeConfiguration,
    GetConfiguration,
    StartTransaction,
)
from conformance.verdict import Verdict
from tests.engine.stage import declared, inconclusive, passed, run, transcript
from tests.engine.test_inbox import AUTHORIZE, PREPARING, plugging, start
from tests.miniatures.miniature import (
    ACCEPTED,
    Miniature,
    Payload,
)


async def _read_slowly(station: Station) -> None:
    """A call whose answer comes only after the SUT's own CALL was answered."""
    await station.call(1, GetConfiguration.req(key=["HeartbeatInterval"]))
    await station.expect(3, PREPARING)


def _crossing(*, wait: bool) -> Miniature:
    async def crossing(it: Miniature, uid: str, _: Payload) -> None:
        waiting = it.status("Preparing")

        async def then(it: Miniature) -> None:
            if wait:
                await waiting
            it.frame(3, uid, {"configurationKey": []})

        it.start(then)

    return Miniature(declared(), {"GetConfiguration": crossing, "Reset": ACCEPTED})


def test_what_is_odd_may_come_but_is_remarked_on() -> None:
    async def waited(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        await station.expect_none(1, StartTransaction.req(), during=5, odd=(Authorize.req(),))

    result = passed(run(plugging(AUTHORIZE), waited))
    assert [(r.step, r.text) for r in result.record.transcript.remarks] == [
        ("1", "the station sent Authorize(idTag='TAG001')")
    ]
    forbidden = run(plugging(AUTHORIZE, start), waited)
    assert (forbidden.verdict, forbidden.step) == (Verdict.FAIL, "1")


@pytest.mark.parametrize("wait", [True, False])
def test_requests_cross(wait: bool) -> None:
    passed(run(_crossing(wait=wait), _read_slowly))


def test_a_message_without_a_step_is_answered_before_its_sender_gives_up() -> None:
    it = _crossing(wait=True)
    result = passed(run(it, _read_slowly))
    status = next(f for f in it.got if f[1][0] == 3 and f[1][2] == {} and f[0] > 0)
    assert status[0] <= 1.0
    held = "answered by default: no step has waited for it yet"
    assert any(held in line for line in transcript(result))


@pytest.mark.parametrize("status", ["Accepted", "Invalid"])
def test_an_answer_of_the_case_that_came_too_late_is_no_fault_of_the_station(status: Any) -> None:  # noqa: ANN401
    async def crossing(it: Miniature, uid: str, _: Payload) -> None:
        waiting = it.post("Authorize", idTag="TAG001")

        async def then(it: Miniature) -> None:
            await waiting
            it.frame(3, uid, ACCEPTED)

        it.start(then)

    async def slow(station: Station) -> None:
        await station.call(1, ChangeConfiguration.req(key="HeartbeatInterval", value="1"))
        await station.expect(3, Authorize.req(), reply=Authorize.conf(idTagInfo={"status": status}))

    result = run(Miniature(declared(), {"ChangeConfiguration": crossing}), slow)
    if status == "Accepted":  # which the default answer has said already
        passed(result)
        return
    inconclusive(
        result,
        "step 3: Authorize came before step 3 waited for it and had to get the default answer",
    )


def test_the_reply_of_a_step_goes_over_the_default_answer() -> None:
    async def started(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        await station.expect(
            1,
            StartTransaction.req(),
            reply=StartTransaction.conf(idTagInfo={"status": "Blocked"}),
        )

    it = plugging(start)
    it.answers["RemoteStopTransaction"] = {"status": "Rejected"}
    it.answers["Reset"] = {"status": "Rejected"}
    passed(run(it, started))
    answer = next(f[1][2] for f in it.got if f[1][0] == 3 and "transactionId" in f[1][2])
    assert answer == {"transactionId": 1, "idTagInfo": {"status": "Blocked"}}


def test_a_request_that_the_tool_does_not_play_is_refused() -> None:
    async def nothing(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        await station.expect_none(1, StartTransaction.req(), during=2)

    async def strange(it: Miniature) -> None:
        it.post("GetConfiguration", key=["X"])

    it = plugging(strange)
    run(it, nothing)
    assert any(f[1][0] == 4 and f[1][2] == "NotImplemented" for f in it.got)


def test_what_may_come_at_any_time_is_answered_at_once() -> None:
    async def slowly(station: Station) -> None:
        await station.call(1, GetConfiguration.req(key=["HeartbeatInterval"]))

    async def crossing(it: Miniature, uid: str, _: Payload) -> None:
        waiting = it.post("Heartbeat")

        async def then(it: Miniature) -> None:
            await waiting
            it.frame(3, uid, {"configurationKey": []})

        it.start(then)

    result = passed(run(Miniature(declared(), {"GetConfiguration": crossing}), slowly))
    assert result.duration < 0.1
