"""Periods and pauses, with the configured deviation."""

from __future__ import annotations

import asyncio

import pytest

from conformance import Operator, Station
from conformance.clock import now
from conformance.ocpp16.messages import Authorize, ClearCache, Heartbeat
from conformance.ocpp201.messages import NotifyReportRequest
from tests.engine.stage import declared, failed, passed, run
from tests.miniatures.miniature import Deed, Miniature, reports


def beating(*pauses: float) -> Miniature:
    """Return a station that beats after each of these pauses, from the cable on."""

    async def beat(it: Miniature) -> None:
        for pause in pauses:
            await asyncio.sleep(pause)
            it.post("Heartbeat")

    async def begin(it: Miniature) -> None:
        it.start(beat)

    deeds: dict[str, Deed] = {"PlugIn": begin, "PlugOut": reports("Available")}
    return Miniature(declared(), deeds=deeds)


async def every_ten(station: Station, operator: Operator) -> None:
    """The station beats every ten seconds."""
    await operator.plug_in(1)
    await station.expect_every(1, Heartbeat.req(), every=10)


@pytest.mark.parametrize("pauses", [(10, 10), (3, 10), (9.6, 9.6), (0, 10.4)])
def test_the_period_is_measured_between_two_messages(pauses: tuple[float, ...]) -> None:
    assert not passed(run(beating(*pauses), every_ten)).record.transcript.remarks


def test_one_extra_message_before_the_regular_ones_is_legal() -> None:
    (remark,) = passed(run(beating(0, 4, 10), every_ten)).record.transcript.remarks
    assert remark.text == "an extra Heartbeat came before the regular ones"


def test_two_extra_messages_are_no_period() -> None:
    failed(
        run(beating(0, 4, 4, 10), every_ten),
        1,
        "Heartbeat came 4.00 s after the one before, every 10 s (±0.5) is required",
    )


def test_a_period_that_is_too_long() -> None:
    failed(
        run(beating(0, 12), every_ten),
        1,
        "Heartbeat came 12.00 s after the one before, every 10 s (±0.5) is required",
    )


def test_no_second_message() -> None:
    failed(run(beating(0), every_ten), 1, "no Heartbeat() in 14 s")


def test_the_waits_are_known() -> None:
    assert run(beating(0, 10), every_ten).record.waits == 20


async def after_ten(station: Station, operator: Operator) -> None:
    """A Heartbeat comes ten seconds after the answer to the one before."""
    await operator.plug_in(1)
    first = await station.expect(1, Heartbeat.req())
    await station.expect(3, Heartbeat.req(), delay=10, since=first)


@pytest.mark.parametrize("pause", [9.5, 10, 10.5])
def test_a_delay_that_is_kept(pause: float) -> None:
    passed(run(beating(1, pause), after_ten))


@pytest.mark.parametrize("pause", [9.4, 10.6])
def test_a_delay_that_is_not_kept(pause: float) -> None:
    failed(
        run(beating(1, pause), after_ten),
        3,
        f"Heartbeat came {pause:.2f} s after the answer before, 10 s (±0.5) is required",
    )


async def not_before_ten(station: Station, operator: Operator) -> None:
    """A Heartbeat comes no sooner than ten seconds after the answer to the one before."""
    await operator.plug_in(1)
    first = await station.expect(1, Heartbeat.req())
    await station.expect(3, Heartbeat.req(), not_before=10, since=first)


def test_what_comes_too_soon() -> None:
    failed(
        run(beating(1, 9), not_before_ten),
        3,
        "Heartbeat came 9.00 s after the answer before, at least 10 s (-0.5) are required",
    )


@pytest.mark.parametrize(("pause", "kept"), [(9, False), (10, True)])
def test_time_may_run_from_an_answer_of_the_station(pause: float, *, kept: bool) -> None:
    async def not_before(station: Station) -> None:
        answered = await station.call(1, ClearCache.req())
        await station.expect(3, Heartbeat.req(), not_before=10, since=answered)

    async def beat(it: Miniature, uid: str, _: object) -> None:
        it.frame(3, uid, {"status": "Accepted"})
        await asyncio.sleep(pause)
        it.post("Heartbeat")

    result = run(Miniature(declared(), {"ClearCache": beat}), not_before)
    if kept:
        passed(result)
    else:
        told = "Heartbeat came 9.00 s after the answer before, at least 10 s (-0.5) are required"
        failed(result, 3, told)


def test_what_comes_rather_late_is_a_remark() -> None:
    (remark,) = passed(run(beating(1, 12), not_before_ten)).record.transcript.remarks
    assert remark.text == "Heartbeat came 12.00 s after the answer before, 10 s were asked for"


def test_a_pause_before_a_call_is_kept() -> None:
    async def paused(station: Station) -> None:
        await station.call(1, Authorize.req(idTag="X"), after=7)

    it = beating()
    result = run(it, paused)
    assert result.duration >= 7
    assert result.record.waits == 7


def test_pages_are_read_until_the_last_one() -> None:
    async def pages(it: Miniature) -> None:
        for number, more in enumerate((True, True, False)):
            it.post(
                "NotifyReport",
                requestId=1,
                generatedAt=now(),
                seqNo=number,
                tbc=more,
            )

    async def read(station: Station, operator: Operator) -> None:
        await operator.plug_in(1, 1)
        found = await station.expect_pages(1, NotifyReportRequest(requestId=1), more="tbc")
        station.check("post", "every page is there", ok=[p["seqNo"] for p in found] == [0, 1, 2])

    deeds = {"PlugIn": pages, "PlugOut": reports("Available")}
    passed(run(Miniature(declared("2.0.1"), deeds=deeds), read))
