"""The plan of a case is read off its source."""

from __future__ import annotations

from conformance import Csms, Operator, Station, Sut, in_any_order
from conformance.ocpp16.messages import Authorize, GetConfiguration, Heartbeat, StatusNotification
from conformance.plan import PlannedStep, numbers, plan
from conformance.selection import implemented
from tests.engine.test_verdicts import charging


async def everything(station: Station, operator: Operator, sut: Sut) -> None:
    """A case with every verb."""
    await station.execute(1, charging)
    await operator.plug_in(sut.connector)
    reply = await station.call(2, GetConfiguration.req(key=["X"]), expect=GetConfiguration.conf())
    if reply["configurationKey"]:
        await station.expect(4, Authorize.req(idTag="T"), reply=Authorize.conf())
    else:
        station.skip(4, 5, because="there is no key")
    await in_any_order(
        station.expect(6, Heartbeat.req()),
        station.expect(8, StatusNotification.req()),
    )
    await station.expect_none(10, Heartbeat.req(), during=1)
    await station.expect_every(11, Heartbeat.req(), every=1)
    await station.expect_pages(13, Heartbeat.req(), more="tbc")
    await station.expect_optional(15, Heartbeat.req(), because="there is none")
    await station.expect_connection(17)
    station.match(18, {}, reply)
    station.check("post", "so it is", ok=True)


def test_the_numbers_of_all_steps() -> None:
    assert numbers(everything) == {*(str(n) for n in range(1, 19)), "post"}


def test_who_does_what() -> None:
    steps = plan(everything)
    assert steps[:6] == (
        PlannedStep("1", "tool", "execute charging"),
        PlannedStep("", "operator", "operator.plug_in(sut.connector)"),
        PlannedStep("2", "tool", "sends GetConfiguration.req(key=['X'])"),
        PlannedStep("3", "sut", "GetConfiguration.conf()"),
        PlannedStep("4", "sut", "sends Authorize.req(idTag='T')"),
        PlannedStep("5", "tool", "Authorize.conf()"),
    )


def test_a_step_that_is_only_skipped_is_none() -> None:
    async def skipping(csms: Csms) -> None:
        csms.skip(1, 2, because="it does not apply")

    assert numbers(skipping) == set()


def test_every_case_has_a_plan() -> None:
    empty = [identity for identity, case in implemented().items() if not plan(case.scenario)]
    assert not empty
