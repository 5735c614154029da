"""What need not come is judged if it comes, and skipped if it does not."""

from __future__ import annotations

from conformance import Station, in_any_order
from conformance.ocpp16.messages import GetConfiguration, Heartbeat, MeterValues, StatusNotification
from conformance.tamper import Tamper
from tests.engine.stage import declared, failed, passed, run, transcript
from tests.miniatures.miniature import (
    Deed,
    Miniature,
    answering,
    calls,
    in_turn,
    reports,
    soon,
)

BEGIN = GetConfiguration.req()
FAULTED = StatusNotification.req(connectorId=1, status="Faulted")


def after_the_call(*deeds: Deed) -> Miniature:
    """Return a station that does something when it is called."""
    sut = declared(silence=3)
    return Miniature(sut, {"GetConfiguration": answering({}, then=in_turn(*deeds))})


async def either(station: Station) -> None:
    """A status has to come, a heartbeat need not."""
    await station.call(1, BEGIN)
    await in_any_order(
        station.expect(3, Heartbeat.req(), optional="there is none"),
        station.expect(5, FAULTED),
    )


async def fault_optional(station: Station) -> None:
    """A status need not come, a heartbeat has to."""
    await station.call(1, BEGIN)
    await in_any_order(
        station.expect(3, FAULTED, optional="all is well"),
        station.expect(5, Heartbeat.req()),
    )


def test_both_may_come_in_any_order() -> None:
    beat, fault = calls("Heartbeat"), reports("Faulted")
    for deeds in ((beat, fault), (fault, beat)):
        result = passed(run(after_the_call(*deeds), either))
        assert not any("does not apply" in line for line in transcript(result))
        assert result.record.waits < 0.1


def test_it_may_come_a_while_after_the_rest() -> None:
    result = passed(run(after_the_call(reports("Faulted"), soon(2, calls("Heartbeat"))), either))
    assert not any("does not apply" in line for line in transcript(result))


def test_what_does_not_come_is_skipped() -> None:
    result = passed(run(after_the_call(reports("Faulted")), either))
    assert "3 tool:  | does not apply: there is none" in transcript(result)
    assert result.record.waits == 3


def test_the_rest_is_required_all_the_same() -> None:
    result = run(after_the_call(calls("Heartbeat")), either)
    failed(result, 5, "no StatusNotification(connectorId=1, status='Faulted') in 4 s")


def test_what_need_not_come_may_be_wrong_and_that_is_seen_at_once() -> None:
    result = run(after_the_call(reports("Unavailable")), fault_optional)
    failed(result, 3, "StatusNotification.status: expected 'Faulted', got 'Unavailable'")
    assert [e.at for e in result.record.transcript.entries if e.ok is False] == [0]


def test_it_may_be_wrong_after_the_rest() -> None:
    result = run(
        after_the_call(calls("Heartbeat"), soon(1, reports("Unavailable"))), fault_optional
    )
    failed(result, 3, "StatusNotification.status: expected 'Faulted', got 'Unavailable'")


def test_the_loss_of_what_need_not_come_proves_nothing() -> None:
    it = after_the_call(reports("Faulted"), calls("Heartbeat"))
    constraints = passed(run(it, fault_optional)).record.constraints
    assert {(c.step, c.kind) for c in constraints if c.step == "3"} == {("3", "field")}
    (proven,) = (c for c in constraints if c.step == "3")
    assert proven.path == "status"
    tamper = Tamper(proven)
    it = after_the_call(reports("Faulted"), calls("Heartbeat"))
    assert run(it, fault_optional, tamper=tamper).step == "3"


def test_several_that_need_not_come() -> None:
    async def scenario(station: Station) -> None:
        await station.call(1, BEGIN)
        await in_any_order(
            station.expect(3, FAULTED, optional="all is well"),
            station.expect(5, MeterValues.req(), optional="there is no meter"),
        )

    result = passed(run(after_the_call(reports("Faulted")), scenario))
    assert "5 tool:  | does not apply: there is no meter" in transcript(result)
