"""What the operator has done in a case is taken back after it: power first, then the last first."""

from __future__ import annotations

from conformance import Operator, Station
from conformance.ocpp16.messages import BootNotification, Heartbeat, StatusNotification
from conformance.operators.actions import (
    ExternalLimit,
    Fault,
    ListRefusal,
    PlugIn,
    PlugOut,
    Power,
    UnlockFailure,
)
from conformance.operators.base import CannotActError
from tests.engine.stage import declared, failed, inconclusive, passed, run, run_all, transcript
from tests.miniatures.miniature import Deed, Miniature, boot, in_turn, reports, soon


async def nothing(_: Miniature) -> None:
    """Do as one is told, and show nothing."""


async def drops(it: Miniature) -> None:
    """Lose the connection."""
    await it.drop()


async def switched(it: Miniature) -> None:
    """Go off at once, and boot a second after power is there again."""
    action = it.asked[-1]
    assert isinstance(action, Power)
    await (soon(1, boot) if action.on else drops)(it)


def rig(**deeds: Deed) -> Miniature:
    """Return a station with a rig that can do everything, and what some of it brings about."""
    able = dict.fromkeys(("Fault", "UnlockFailure", "ListRefusal", "ExternalLimit"), nothing)
    cable = {"PlugIn": reports("Preparing"), "PlugOut": reports("Available")}
    return Miniature(declared(), deeds={**able, **cable, "Power": switched, **deeds})


def test_the_last_thing_is_taken_back_first() -> None:
    async def many(station: Station, operator: Operator) -> None:
        await operator.plug_in(1, halfway=True)
        await station.expect(1, StatusNotification.req(connectorId=1, status="Preparing"))
        await operator.set_fault(0)
        await operator.fail_unlocking()
        await operator.refuse_local_list()
        await operator.limit_charging(10)
        await operator.limit_charging(8)

    it = rig()
    passed(run(it, many))
    assert it.asked == [
        PlugIn(evse=1, connector=1, halfway=True),
        Fault(faulted=True, evse=0, connector=0),
        UnlockFailure(failing=True),
        ListRefusal(refusing=True),
        ExternalLimit(limit=10),
        ExternalLimit(limit=8),
        ExternalLimit(limit=None),
        ListRefusal(refusing=False),
        UnlockFailure(failing=False),
        Fault(faulted=False, evse=0, connector=0),
        PlugOut(evse=1, connector=1),
    ]


def test_what_the_case_took_back_is_not_taken_back_again() -> None:
    async def all_of_it(operator: Operator) -> None:
        await operator.set_fault(1)
        await operator.clear_fault(1)
        await operator.limit_charging(8)
        await operator.lift_limit()

    it = rig()
    passed(run(it, all_of_it))
    assert len(it.asked) == 4


def test_what_cannot_be_done_leaves_the_case_open_and_the_next_one_alone() -> None:
    async def cannot(_: Miniature) -> None:
        raise CannotActError("POST /api/v1/state: answered 404, so it cannot do /api/v1/state")

    async def faulted(station: Station, operator: Operator) -> None:
        await operator.set_fault(1)
        await station.expect(1, StatusNotification.req(status="Faulted"))

    async def beats(station: Station) -> None:
        await station.expect(1, Heartbeat.req())

    it = rig(Fault=cannot, PlugOut=nothing)
    first, second = run_all(it, faulted, beats)
    told = "the operator could not do Fault(faulted=True, evse=1, connector=1): POST /api/v1/state"
    inconclusive(first, f"{told}: answered 404, so it cannot do /api/v1/state")
    failed(second, 1, "no Heartbeat() in 4 s")


async def off_and_on(station: Station, operator: Operator) -> None:
    """The station is switched off, says so, and boots when it is switched on."""
    await operator.power_off()
    await station.expect(1, StatusNotification.req(connectorId=1, status="Finishing"))
    await operator.power_on()
    await station.expect(3, BootNotification.req())


def test_a_station_without_power_may_speak_and_then_be_gone() -> None:
    speaks = in_turn(reports("Finishing"), soon(0.5, drops))

    async def switch(it: Miniature) -> None:
        await (switched if it.asked[-1] == Power(on=True) else speaks)(it)

    async def with_a_pause(station: Station, operator: Operator) -> None:
        await operator.power_off()
        await station.expect(1, StatusNotification.req(connectorId=1, status="Finishing"))
        await station.expect_none(2, Heartbeat.req(), during=2)
        await operator.power_on()
        await station.expect(3, BootNotification.req())

    passed(run(rig(Power=switch), off_and_on))
    passed(run(rig(Power=switch), with_a_pause))


def test_the_power_comes_back_before_anything_else_is_expected() -> None:
    async def only_off(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        await station.expect(1, StatusNotification.req(connectorId=1, status="Preparing"))
        await operator.power_off()
        await station.expect_none(3, Heartbeat.req(), during=2)

    async def idle(station: Station) -> None:
        station.check("post", "it is idle", ok=True)

    it = rig()
    first, second = run_all(it, only_off, idle)
    assert it.asked[-2:] == [Power(on=True), PlugOut(evse=1, connector=1)]
    passed(first)
    passed(second)


def test_a_station_that_is_back_may_not_leave_again() -> None:
    async def then_beats(station: Station, operator: Operator) -> None:
        await operator.power_off()
        await operator.power_on()
        await station.expect(1, BootNotification.req())
        await station.expect_none(3, Heartbeat.req(), during=10)

    async def boots_and_leaves(it: Miniature) -> None:
        it.connect()
        await it.call("BootNotification", chargePointVendor="V", chargePointModel="M")
        await it.drop()
        await boot(it)

    async def switch(it: Miniature) -> None:
        on = it.asked[-1] == Power(on=True)
        await (soon(1, boots_and_leaves) if on else drops)(it)

    result = run(rig(Power=switch), then_beats)
    failed(
        result, 3, "the station dropped the connection (code 1006, replaced by a new connection)"
    )


def test_what_a_connection_carried_before_the_power_came_counts_no_more() -> None:
    async def boots_at_once(it: Miniature) -> None:
        if it.asked[-1] == Power(on=True):
            await it.call("BootNotification", chargePointVendor="V", chargePointModel="M")
            await it.drop()

    async def booted(station: Station, operator: Operator) -> None:
        await operator.power_off()
        await operator.power_on()
        await station.expect(1, BootNotification.req(), within=5)

    result = run(rig(Power=boots_at_once), booted)
    assert "BootNotification" in "\n".join(transcript(result))
    failed(result, 1, "no BootNotification() in 5 s")
