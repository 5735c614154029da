"""The options of the 1.6 charge point that are about power and the network show."""

from __future__ import annotations

from tests.reference.bench_16 import Bench, settle
from tests.reference.registry_16 import station


async def off_and_on(bench: Bench) -> None:
    """Switch the station off for ten seconds."""
    bench.forget()
    assert await bench.act("power", on="false") == 200
    await settle(10)
    assert await bench.act("power", on="true") == 200


async def cut_off(bench: Bench, *, seconds: float = 5) -> None:
    """Take the network away, charge meanwhile on connector 1, and bring the network back."""
    await bench.configure("AllowOfflineTxForUnknownId", "true")
    bench.reachable = False
    await bench.cut()
    bench.forget()
    await bench.charge()
    await settle(seconds)
    bench.reachable = True
    await settle(60)


@station("power_reserve", "true")
async def what_charges_is_stopped_before_it_goes_down(bench: Bench) -> None:
    await bench.charge()
    await off_and_on(bench)
    assert bench.actions()[:3] == ["StopTransaction", "Finishing(1)", "BootNotification"]
    assert bench.calls("StopTransaction")[0]["reason"] == "PowerLoss"


@station("after_power_loss", "stops late")
async def what_charged_is_stopped_when_its_status_has_been_told(bench: Bench) -> None:
    await bench.charge()
    await off_and_on(bench)
    assert bench.actions() == [
        "BootNotification",
        "Available(0)",
        "Charging(1)",
        "Available(2)",
        "StopTransaction",
        "Finishing(1)",
    ]


@station("prepares_to_resume", "true")
async def what_charged_prepares_before_it_goes_on(bench: Bench) -> None:
    await bench.charge()
    await off_and_on(bench)
    assert bench.actions() == [
        "BootNotification",
        "Available(0)",
        "Preparing(1)",
        "Available(2)",
        "Charging(1)",
    ]


@station("unavailable_before_reset", "true")
async def a_reset_is_announced_by_the_connectors(bench: Bench) -> None:
    bench.forget()
    await bench.request("Reset", type="Soft")
    assert bench.actions() == [
        "Unavailable(1)",
        "Unavailable(2)",
        "BootNotification",
        "Available(0)",
        "Available(1)",
        "Available(2)",
    ]


@station("hard_reset_stops", "after boot")
async def a_hard_reset_stops_what_charged_when_it_is_over(bench: Bench) -> None:
    await bench.charge()
    bench.forget()
    await bench.request("Reset", type="Hard")
    assert bench.actions()[:2] == ["BootNotification", "StopTransaction"]
    assert bench.calls("StopTransaction")[0]["reason"] == "HardReset"


@station("boots_after_soft_reset", "false")
async def a_soft_reset_without_a_boot(bench: Bench) -> None:
    await bench.charge()
    bench.forget()
    await bench.request("Reset", type="Soft")
    assert bench.actions() == ["StopTransaction", "Finishing(1)"]
    assert bench.calls("StopTransaction")[0]["reason"] == "SoftReset"


@station("queues_statuses", "true")
async def each_status_is_kept_for_later(bench: Bench) -> None:
    await cut_off(bench)
    assert bench.actions() == ["Preparing(1)", "StartTransaction", "Charging(1)"]
    first, second = (call["timestamp"] for call in bench.calls("StatusNotification"))
    assert first < second


@station("statuses_first", "true")
async def a_status_goes_before_what_is_queued(bench: Bench) -> None:
    await cut_off(bench)
    assert bench.actions() == ["Charging(1)", "StartTransaction"]


@station("retells_statuses", "true")
async def what_has_not_changed_is_told_again(bench: Bench) -> None:
    await cut_off(bench)
    assert bench.actions() == ["StartTransaction", "Available(0)", "Charging(1)", "Available(2)"]


@station("unknown_offline", "false")
async def a_token_that_is_not_known_does_not_charge_offline(bench: Bench) -> None:
    answer = await bench.request("GetConfiguration", key=["AllowOfflineTxForUnknownId"])
    assert answer.unknown_key == ["AllowOfflineTxForUnknownId"]
    await cut_off(bench)
    assert "StartTransaction" not in bench.actions()


@station("reconnect_longest", "2")
async def the_wait_before_a_new_connection_does_not_grow_for_ever(bench: Bench) -> None:
    bench.reachable = False
    await bench.cut()
    await settle(100)
    bench.reachable = True
    await settle(2)
    assert len(bench.wires) == 2


@station("queue_wait", "20")
async def what_is_queued_waits_a_while(bench: Bench) -> None:
    await cut_off(bench)
    assert bench.actions() == ["Charging(1)", "StartTransaction"]
    waited = bench.times("StartTransaction")[0] - bench.times("StatusNotification")[0]
    assert round(waited, 3) == 20
