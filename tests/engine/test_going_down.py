"""What comes first, who goes down and who boots, and what may come at any time."""

from __future__ import annotations

import asyncio

import pytest

from conformance import Operator, Station, now
from conformance.ocpp16.messages import (
    ChangeAvailability,
    GetConfiguration,
    Heartbeat,
    Reset,
    StatusNotification,
    StopTransaction,
)
from conformance.verdict import Verdict
from tests.engine.stage import declared, inconclusive, passed, run, run_all, transcript
from tests.miniatures.miniature import (
    ACCEPTED,
    Deed,
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


async def stops(it: Miniature) -> None:
    """Tell that a transaction has been stopped."""
    it.post("StopTransaction", transactionId=1, meterStop=0, timestamp=now())


BOOT = calls("BootNotification", chargePointVendor="V", chargePointModel="M")


async def silent(_: Miniature) -> None:
    """Do nothing that shows."""


async def drops(it: Miniature) -> None:
    await it.drop()


def plugging(*deeds: Deed, long_operation: float = 600) -> Miniature:
    """Return a station that does these things when the cable is plugged in."""
    deed, sut = in_turn(*deeds), declared(silence=3, long_operation=long_operation)
    it = Miniature(sut, deeds={"PlugIn": deed, "PlugOut": reports("Available")})
    it.answers = {"ChangeAvailability": ACCEPTED, "GetConfiguration": {"configurationKey": []}}
    return it


def test_what_comes_first_is_told_and_still_to_be_claimed() -> None:
    async def first(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        await operator.done()
        came = await station.first_of("StopTransaction", "BootNotification", within=10)
        station.check("post", "the stop is first", ok=came == "StopTransaction")
        await station.expect(1, StopTransaction.req())

    passed(run(plugging(soon(3, stops)), first))


def test_what_does_not_come_at_all_is_not_first() -> None:
    async def first(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        await operator.done()
        came = await station.first_of("StopTransaction", "BootNotification", within=10)
        station.check("post", "nothing came", ok=came == "")

    assert passed(run(plugging(reports("Preparing")), first)).duration >= 10


async def reset(station: Station, operator: Operator) -> None:
    """The station may boot for what the operator does, or may not."""
    station.may_leave()
    await operator.plug_in(1)
    await operator.done()
    booted = await station.expect_boot(7, because="it need not")
    station.check("post", f"booted: {booted}", ok=True)


def posts(*deeds: Deed) -> list[str]:
    lines = transcript(passed(run(plugging(*deeds, long_operation=60), reset)))
    return [line for line in lines if line.startswith(("7 ", "post "))]


def test_a_boot_on_the_same_connection() -> None:
    assert posts(soon(2, BOOT))[-1] == "post station: booted: True | so it is"


def test_a_boot_after_a_long_absence() -> None:
    assert posts(soon(2, drops), soon(50, boot))[-1] == "post station: booted: True | so it is"


def test_no_boot_is_a_step_that_does_not_apply() -> None:
    assert posts(silent) == [
        "7 tool:  | does not apply: it need not",
        "post station: booted: False | so it is",
    ]


def test_an_absence_without_a_boot() -> None:
    async def again(it: Miniature) -> None:
        it.connect()

    assert posts(drops, soon(50, again))[-1] == "post station: booted: False | so it is"


def test_a_station_that_drops_its_connection_is_down() -> None:
    async def down(station: Station, operator: Operator) -> None:
        await operator.power_off()
        await station.until_down()
        station.check("post", "it is gone", ok=station.link.connection is None)

    async def off(it: Miniature) -> None:
        on = [a for a in it.asked if getattr(a, "on", False)]
        await (soon(1, boot) if on else soon(20, drops))(it)

    it = plugging(silent)
    it.deeds["Power"] = off
    assert 20 <= passed(run(it, down)).duration < 30


def test_a_station_that_answers_no_ping_is_down() -> None:
    async def down(station: Station, operator: Operator) -> None:
        await operator.power_off()
        connection = station.link.connection
        assert connection is not None

        async def no_pong(_: bytes | None = None) -> None:
            await asyncio.Event().wait()

        connection.ping = no_pong  # type: ignore[assignment,method-assign]
        await station.until_down()

    it = plugging(silent)
    it.deeds["Power"] = soon(0, silent)
    assert " station:  | is down" in transcript(run(it, down))


def test_a_station_that_has_power_all_the_same() -> None:
    async def down(station: Station, operator: Operator) -> None:
        await operator.power_off()
        await station.until_down()

    it = plugging(silent, long_operation=60)
    it.deeds["Power"] = soon(0, silent)
    inconclusive(run(it, down), "the station is still there, though its power is off")


def test_what_is_allowed_may_come_before_a_step_and_while_it_waits() -> None:
    async def allowed(station: Station, operator: Operator) -> None:
        station.allow(StatusNotification.req(status="Unavailable"))
        await operator.plug_in(1)
        await operator.done()
        await station.call(1, GetConfiguration.req(key=["HeartbeatInterval"]))
        await station.expect(3, Heartbeat.req())

    late = soon(2, in_turn(reports("Unavailable", 1), calls("Heartbeat")))
    it = plugging(reports("Unavailable", 2), late)
    it.deeds["PlugOut"] = in_turn(reports("Available", 1), reports("Available", 2))
    result = passed(run(it, allowed))
    assert not result.record.transcript.remarks


def test_what_is_allowed_is_still_what_a_step_waits_for() -> None:
    async def allowed(station: Station, operator: Operator) -> None:
        station.allow(StatusNotification.req(status="Unavailable"))
        await operator.plug_in(1)
        await station.expect(1, StatusNotification.req(connectorId=1, status="Unavailable"))

    passed(run(plugging(reports("Unavailable", 1)), allowed))


def test_only_what_is_allowed_may_come() -> None:
    async def allowed(station: Station, operator: Operator) -> None:
        station.allow(StatusNotification.req(status="Unavailable"))
        await operator.plug_in(1)
        await station.expect(1, Heartbeat.req())

    result = run(plugging(reports("Charging", 1)), allowed)
    assert result.reason.startswith(
        "step 1: expected Heartbeat(), but the station sent StatusNotification("
    )


def test_what_the_case_has_taken_back_itself_is_not_taken_back_again() -> None:
    async def out_and_in(station: Station) -> None:
        await station.call(1, ChangeAvailability.req(connectorId=1, type="Inoperative"))
        await station.call(3, ChangeAvailability.req(connectorId=1, type="Operative"))

    it = plugging(silent)
    passed(run(it, out_and_in))
    assert len([f for _, f in it.got if f[0] == 2]) == 2


def test_what_could_not_be_taken_back_is_tried_again() -> None:
    async def refuses(it: Miniature, uid: str, payload: Payload) -> None:
        again = len([f for _, f in it.got if f[0] == 2 and f[3] == payload]) > 1
        in_vain = payload["type"] == "Operative" and not again
        it.frame(3, uid, {"status": "Rejected"} if in_vain else ACCEPTED)

    async def out_and_in(station: Station) -> None:
        await station.call(1, ChangeAvailability.req(connectorId=1, type="Inoperative"))
        await station.call(3, ChangeAvailability.req(connectorId=1, type="Operative"))

    it = plugging(silent)
    it.answers["ChangeAvailability"] = refuses
    passed(run(it, out_and_in))
    assert len([f for _, f in it.got if f[0] == 2]) == 3


def test_the_last_status_of_a_connector() -> None:
    async def known(station: Station) -> None:
        assert station.status(1) == "Available"
        assert station.status(7) == ""

    passed(run(plugging(silent), known))


@pytest.mark.parametrize("answer", [{"status": "Scheduled"}, {"status": "nonsense"}, silence])
def test_what_was_answered_wrongly_or_not_at_all_is_taken_back(answer: Payload | Reaction) -> None:
    async def out(station: Station) -> None:
        await station.call(
            1,
            ChangeAvailability.req(connectorId=1, type="Inoperative"),
            expect=ChangeAvailability.conf(status="Accepted"),
        )

    it = plugging(silent)
    it.answers["ChangeAvailability"] = answer
    assert run(it, out).verdict is Verdict.FAIL
    kinds = [f[3]["type"] for _, f in it.got if f[0] == 2]
    assert kinds == ["Inoperative", *["Operative"] * (answer != {"status": "nonsense"})]


def test_the_next_case_waits_for_a_reset_that_this_one_has_begun() -> None:
    async def resets(it: Miniature, uid: str, _: Payload) -> None:
        it.frame(3, uid, ACCEPTED)
        await soon(2, in_turn(drops, soon(50, boot)))(it)

    async def cut_short(station: Station) -> None:
        station.may_leave()
        await station.call(1, Reset.req(type="Hard"), expect=Reset.conf(status="Rejected"))

    async def read(station: Station) -> None:
        await station.call(1, GetConfiguration.req(key=["HeartbeatInterval"]))

    it = plugging(silent)
    it.answers["Reset"] = resets
    first, second = run_all(it, cut_short, read)
    assert first.verdict is Verdict.FAIL
    assert first.duration >= 50
    passed(second)
