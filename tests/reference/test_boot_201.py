"""The boot of the 2.0.1 station, as TC_B_01 to TC_B_03 see it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.reference.bench_201 import BEGIN, Bench, run, settle

ALL_AVAILABLE = [(1, 1, "Available"), (2, 1, "Available")]


def test_a_boot_reports_every_connector_and_a_security_event() -> None:
    async def test(bench: Bench) -> None:
        assert bench.actions() == [
            "BootNotification",
            "StatusNotification",
            "StatusNotification",
            "SecurityEventNotification",
        ]
        assert bench.calls("station", "BootNotification")[0]["reason"] == "PowerUp"
        assert bench.statuses() == ALL_AVAILABLE
        security = bench.calls("station", "SecurityEventNotification")
        assert security[0]["type"] == "StartupOfTheDevice"

    run(Bench, test)


def test_connectors_per_evse_and_the_number_of_evses_are_options() -> None:
    async def test(bench: Bench) -> None:
        assert bench.statuses() == [(1, 1, "Available"), (1, 2, "Available")]

    run(lambda: Bench({"evses": "1", "connectors": "2"}), test)


def test_status_by_notify_event() -> None:
    async def test(bench: Bench) -> None:
        assert "StatusNotification" not in bench.actions()
        data = [e["eventData"][0] for e in bench.calls("station", "NotifyEvent")]
        assert [d["component"]["evse"]["id"] for d in data] == [1, 2]
        assert {(d["trigger"], d["actualValue"], d["variable"]["name"]) for d in data} == {
            ("Delta", "Available", "AvailabilityState")
        }

    run(lambda: Bench({"status_by": "NotifyEvent"}), test)


def test_the_security_event_may_come_first_and_be_of_the_other_kind() -> None:
    async def test(bench: Bench) -> None:
        assert bench.actions()[1] == "SecurityEventNotification"
        security = bench.calls("station", "SecurityEventNotification")
        assert security[0]["type"] == "ResetOrReboot"

    run(lambda: Bench({"boot-order": "security-first", "security-event": "ResetOrReboot"}), test)


def test_a_heartbeat_at_once_and_then_every_interval() -> None:
    async def test(bench: Bench) -> None:
        await settle(1000)
        first, *regular = bench.times("Heartbeat")
        assert first == 0
        assert [round(later - one) for one, later in pairwise(regular)] == [90] * (len(regular) - 1)
        assert len(regular) == 11

    run(lambda: Bench({"heartbeat_at_boot": "true"}, {"interval": "90"}), test)


def test_setting_the_heartbeat_interval_takes_effect() -> None:
    async def test(bench: Bench) -> None:
        assert await bench.set("OCPPCommCtrlr", "HeartbeatInterval", "20") == "Accepted"
        await settle(101)
        assert len(bench.times("Heartbeat")) == 5

    run(Bench, test)


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ("forgets-connector", [(1, 1, "Available")]),
        ("occupied-at-boot", [(1, 1, "Occupied"), (2, 1, "Occupied")]),
        ("no-security-event", ALL_AVAILABLE),
    ],
)
def test_faults_at_boot(fault: str, seen: list[tuple[int, int, str]]) -> None:
    async def test(bench: Bench) -> None:
        assert bench.statuses() == seen
        assert ("SecurityEventNotification" in bench.actions()) == (fault != "no-security-event")

    run(lambda: Bench(station_faults=[fault]), test)


def test_pending_station_answers_and_sends_only_what_is_asked_for() -> None:
    async def test(bench: Bench) -> None:
        assert await bench.set("OCPPCommCtrlr", "OfflineThreshold", "300") == "Accepted"
        data = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "OfflineThreshold"}}
        got = await bench.request("GetVariables", get_variable_data=[data])
        assert got.get_variable_result[0]["attribute_value"] == "300"
        report = await bench.request("GetBaseReport", request_id=7, report_base="FullInventory")
        assert report.status == "Accepted"
        token = {"id_token": "TAG001", "type": "ISO14443"}
        start = await bench.request("RequestStartTransaction", id_token=token, remote_start_id=1)
        assert start.status == "Rejected"
        stop = await bench.request("RequestStopTransaction", transaction_id="T1")
        assert stop.status == "Rejected"
        await bench.plug_in()
        assert bench.actions() == ["BootNotification"] + ["NotifyReport"] * 3
        trigger = await bench.request("TriggerMessage", requested_message="BootNotification")
        assert trigger.status == "Accepted"
        assert bench.calls("station", "BootNotification")[1]["reason"] == "Triggered"
        assert bench.times("BootNotification")[1] < 100
        assert bench.statuses() == [(1, 1, "Occupied"), (2, 1, "Available")]

    run(
        lambda: Bench({"report_pages": "3"}, {"boot_status": "Pending,Accepted"}),
        test,
    )


def test_pending_without_a_trigger_ends_with_the_interval() -> None:
    async def test(bench: Bench) -> None:
        refused = await bench.request("TriggerMessage", requested_message="BootNotification")
        assert refused.status == "NotImplemented"
        await settle(400)
        assert bench.times("BootNotification") == [0, 300]
        assert bench.calls("station", "BootNotification")[1]["reason"] == "PowerUp"
        assert len(bench.wires) == 1
        assert bench.statuses() == ALL_AVAILABLE

    run(lambda: Bench({"trigger": "NotImplemented"}, {"boot_status": "Pending,Accepted"}), test)


@pytest.mark.parametrize(("closes", "connections"), [("false", 1), ("true", 2)])
def test_rejected_station_waits_in_silence(closes: str, connections: int) -> None:
    async def test(bench: Bench) -> None:
        await settle(299 - 1)
        assert bench.actions() == ["BootNotification"]
        await settle(10)
        assert bench.times("BootNotification") == [0, 300]
        assert bench.statuses() == ALL_AVAILABLE
        assert len(bench.wires) == connections

    run(
        lambda: Bench({"closes_when_rejected": closes}, {"boot_status": "Rejected,Accepted"}),
        test,
    )


def test_a_rejected_station_refuses_requests() -> None:
    async def test(bench: Bench) -> None:
        with pytest.raises(Exception, match="SecurityError"):
            await bench.request("GetBaseReport", request_id=7, report_base="FullInventory")
        assert bench.errors
        bench.errors.clear()

    run(lambda: Bench(csms={"boot_status": "Rejected"}), test)


def test_sends_while_rejected() -> None:
    async def test(bench: Bench) -> None:
        assert bench.actions() == ["BootNotification", "Heartbeat"]
        assert "SecurityError" in [f[2] for _, s, f in bench.frames if f[0] == 4 and s == "csms"]
        bench.errors.clear()

    run(
        lambda: Bench(csms={"boot_status": "Rejected"}, station_faults=["sends-while-rejected"]),
        test,
    )


def test_ignores_retry_interval() -> None:
    async def test(bench: Bench) -> None:
        await settle(100)
        assert bench.times("BootNotification") == [0, 30]

    run(
        lambda: Bench(
            csms={"boot_status": "Rejected,Accepted"}, station_faults=["ignores-retry-interval"]
        ),
        test,
    )


def test_interval_zero_is_no_reason_to_flood() -> None:
    async def test(bench: Bench) -> None:
        await settle(24)
        assert bench.times("BootNotification") == [0, 10, 20]

    run(lambda: Bench(csms={"boot_status": "Rejected", "interval": "0"}), test)


def test_a_power_cycle_boots_again() -> None:
    async def test(bench: Bench) -> None:
        bench.forget()
        assert await bench.act("reboot") == 200
        assert bench.calls("station", "BootNotification")[0]["reason"] == "PowerUp"
        assert bench.statuses() == ALL_AVAILABLE

    run(Bench, test)


def test_a_reset_boots_again_for_another_reason() -> None:
    async def test(bench: Bench) -> None:
        bench.forget()
        assert (await bench.request("Reset", type="OnIdle")).status == "Accepted"
        assert bench.calls("station", "BootNotification")[0]["reason"] == "RemoteReset"
        security = bench.calls("station", "SecurityEventNotification")
        assert security[0]["type"] == "ResetOrReboot"
        assert (await bench.request("Reset", type="Immediate", evse_id=1)).status == "Rejected"

    run(Bench, test)


def test_a_lost_connection_is_no_boot() -> None:
    async def test(bench: Bench) -> None:
        bench.reachable = False
        bench.forget()
        await bench.cut()
        await bench.plug_in()
        await settle(60)
        bench.reachable = True
        await settle(60)
        assert "BootNotification" not in bench.actions()
        assert bench.statuses() == [(1, 1, "Occupied")]
        assert bench.calls("station", "TransactionEvent")[0]["offline"] is True

    run(Bench, test)


def test_requests_that_cross_the_first_messages_are_answered() -> None:
    async def test(bench: Bench) -> None:
        assert [a["status"] for a in bench.answers("station", "GetBaseReport")] == ["Accepted"]
        assert bench.answers("station", "SetVariables")
        first = [(s, f[0]) for _, s, f in bench.frames[2:]]
        assert ("station", 3) in first[:6]  # before the station's own messages are through
        assert bench.statuses() == ALL_AVAILABLE

    run(lambda: Bench(csms={"after_boot": "GetBaseReport,SetVariables"}), test)


def test_the_clock_follows_the_csms() -> None:
    async def test(bench: Bench) -> None:
        sent = bench.calls("station", "StatusNotification")[0]["timestamp"]
        assert sent == BEGIN.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def late() -> Bench:
        bench = Bench()
        bench.station.core._wall_clock = lambda: BEGIN.replace(year=2001)
        return bench

    run(late, test)


def test_a_triggered_boot_is_the_only_one_with_that_reason() -> None:
    async def test(bench: Bench) -> None:
        await bench.request("TriggerMessage", requested_message="BootNotification")
        await settle(400)
        reasons = [b["reason"] for b in bench.calls("station", "BootNotification")]
        assert reasons == ["PowerUp", "Triggered", "PowerUp"]

    run(lambda: Bench(csms={"boot_status": "Pending,Pending,Accepted"}), test)


@pytest.mark.parametrize("closes", ["false", "true"])
def test_a_power_cycle_ends_the_wait_of_a_rejected_station(closes: str) -> None:
    async def test(bench: Bench) -> None:
        await bench.act("reboot")
        assert len(bench.times("BootNotification")) == 2
        assert bench.times("BootNotification")[1] < 10

    run(
        lambda: Bench({"closes_when_rejected": closes}, {"boot_status": "Rejected,Accepted"}),
        test,
    )


def test_a_power_cycle_while_offline_connects_once() -> None:
    async def test(bench: Bench) -> None:
        bench.reachable = False
        await bench.cut()
        await bench.act("reboot")
        bench.reachable = True
        await settle(60)
        assert len(bench.wires) == 2
        assert len(bench.times("BootNotification")) == 2

    run(Bench, test)
