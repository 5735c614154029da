"""The life of the 1.6 charge point: boot, connection, sessions, transactions."""

from __future__ import annotations

import pytest

from tests.reference.bench_16 import Bench, run, settle

REPORTS = ["Available(0)", "Available(1)", "Available(2)"]


def test_a_boot_reports_every_connector_and_beats_by_the_interval() -> None:
    async def test(bench: Bench) -> None:
        assert bench.actions() == ["BootNotification", *REPORTS]
        await settle(190)
        assert bench.times("Heartbeat") == [60.0, 120.0, 180.0]

    run(lambda: Bench(csms={"boot_interval": "60"}), test)


def test_a_rejected_station_is_silent_until_the_interval_has_passed() -> None:
    async def test(bench: Bench) -> None:
        assert bench.actions() == ["BootNotification"]
        with pytest.raises(TimeoutError):
            await bench.request("GetConfiguration")
        await settle(40)
        assert bench.times("BootNotification") == [0.0, 60.0]
        assert bench.actions()[1:] == ["BootNotification", *REPORTS]

    run(lambda: Bench(csms={"boot_interval": "60", "boot_status": "Rejected,Accepted"}), test)


def test_a_pending_station_answers_and_sends_only_what_is_triggered() -> None:
    async def test(bench: Bench) -> None:
        keys = await bench.request("GetConfiguration", key=["HeartbeatInterval"])
        assert keys.configuration_key[0]["value"] == "300"
        assert await bench.configure("MeterValueSampleInterval", "7") == "Accepted"
        start = await bench.request("RemoteStartTransaction", id_tag="TAG001", connector_id=1)
        assert start.status == "Rejected"
        await bench.charge()
        await bench.request("TriggerMessage", requested_message="Heartbeat")
        assert bench.actions() == ["BootNotification", "Heartbeat"]
        await bench.request("TriggerMessage", requested_message="BootNotification")
        assert bench.actions()[2:5] == ["BootNotification", "Available(0)", "Preparing(1)"]

    run(lambda: Bench(csms={"boot_interval": "600", "boot_status": "Pending,Accepted"}), test)


def test_an_interval_of_zero_leaves_the_wait_to_the_station() -> None:
    async def test(bench: Bench) -> None:
        await settle(10)
        assert bench.times("BootNotification") == [0.0, 5.0]

    options = {"boot_interval": "0", "boot_status": "Rejected,Accepted"}
    run(lambda: Bench({"boot_retry": "5"}, options), test)


def test_the_station_takes_the_time_from_the_central_system() -> None:
    def bench() -> Bench:
        made = Bench()
        made.csms._clock = lambda: made.clock().replace(year=2031)
        return made

    async def test(bench: Bench) -> None:
        await bench.plug_in()
        assert bench.calls("StatusNotification")[-1]["timestamp"].startswith("2031-03-01T12:00:0")

    run(bench, test)


def test_plug_in_first() -> None:
    async def test(bench: Bench) -> None:
        bench.forget()
        await bench.plug_in()
        await bench.present("TAG002")
        assert bench.actions() == ["Preparing(1)", "Authorize", "StartTransaction", "Charging(1)"]
        start = bench.calls("StartTransaction")[0]
        assert (start["connectorId"], start["idTag"], start["meterStart"]) == (1, "TAG002", 0)

    run(Bench, test)


def test_identification_first_and_the_second_connector() -> None:
    async def test(bench: Bench) -> None:
        bench.forget()
        await bench.present(connector=2)
        await bench.plug_in(2)
        assert bench.actions() == ["Authorize", "Preparing(2)", "StartTransaction", "Charging(2)"]

    run(Bench, test)


def test_without_a_cable_the_station_gives_up_after_the_connection_timeout() -> None:
    async def test(bench: Bench) -> None:
        await bench.configure("ConnectionTimeOut", "20")
        bench.forget()
        await bench.present()
        await settle(25)
        assert bench.actions() == ["Authorize", "Preparing(1)", "Available(1)"]
        await bench.plug_in()
        assert bench.actions()[3:] == ["Preparing(1)"]

    run(Bench, test)


def test_a_refused_token_starts_nothing() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        bench.forget()
        await bench.present("NOBODY")
        await settle(60)
        assert bench.actions() == ["Authorize"]
        await bench.plug_out()
        assert bench.actions()[1:] == ["Available(1)"]

    run(Bench, test)


def test_the_token_that_started_stops_without_an_authorization() -> None:
    async def test(bench: Bench) -> None:
        await bench.charge()
        bench.forget()
        await settle(3600)
        await bench.present()
        assert bench.actions()[-2:] == ["StopTransaction", "Finishing(1)"]
        assert "Authorize" not in bench.actions()
        stop = bench.calls("StopTransaction")[0]
        assert (stop["reason"], stop["idTag"], stop["transactionId"]) == ("Local", "TAG001", 1)
        assert stop["meterStop"] == pytest.approx(11_000, rel=0.01)  # an hour at 11 kW

    run(Bench, test)


@pytest.mark.parametrize(("parents", "stopped"), [("TAG001:G,TAG002:G", True), ("TAG001:G", False)])
def test_another_token_stops_only_within_the_group(parents: str, stopped: bool) -> None:
    async def test(bench: Bench) -> None:
        await bench.charge()
        bench.forget()
        await bench.present("TAG002")
        assert bench.actions()[0] == "Authorize"
        assert ("StopTransaction" in bench.actions()) is stopped

    run(lambda: Bench(csms={"parents": parents}), test)


def test_unplugging_stops_the_transaction_if_so_configured() -> None:
    async def test(bench: Bench) -> None:
        await bench.charge()
        bench.forget()
        await bench.plug_out()
        assert bench.actions() == ["StopTransaction", "Finishing(1)", "Available(1)"]
        assert bench.calls("StopTransaction")[0]["reason"] == "EVDisconnected"

    run(Bench, test)


@pytest.mark.parametrize("stops", ["true", "false"])
def test_a_token_refused_at_the_start_is_deauthorized(stops: str) -> None:
    async def test(bench: Bench) -> None:
        await bench.configure("StopTransactionOnInvalidId", stops)
        await bench.plug_in()
        bench.forget()
        await bench.request("RemoteStartTransaction", id_tag="BLOCKED01", connector_id=1)
        if stops == "true":
            assert bench.calls("StopTransaction")[0]["reason"] == "DeAuthorized"
            assert bench.actions()[-1] == "Finishing(1)"
        else:
            assert "StopTransaction" not in bench.actions()
            assert bench.actions()[-1] == "SuspendedEVSE(1)"

    run(lambda: Bench({"authorize_remote": "false"}), test)


def test_meter_values_are_sampled_while_charging() -> None:
    async def test(bench: Bench) -> None:
        await bench.configure("MeterValueSampleInterval", "60")
        await bench.configure("StopTxnSampledData", "Energy.Active.Import.Register")
        await bench.charge()
        await settle(130)
        await bench.plug_out()
        await settle(130)
        samples = bench.calls("MeterValues")
        assert [s["transactionId"] for s in samples] == [1, 1]
        values = [float(s["meterValue"][0]["sampledValue"][0]["value"]) for s in samples]
        assert 0 < values[0] < values[1]
        contexts = [
            m["sampledValue"][0]["context"]
            for m in bench.calls("StopTransaction")[0]["transactionData"]
        ]
        assert contexts == [
            "Transaction.Begin", "Sample.Periodic", "Sample.Periodic", "Transaction.End"
        ]  # fmt: skip

    run(Bench, test)


def test_clock_aligned_values_come_on_the_full_interval() -> None:
    async def test(bench: Bench) -> None:
        await settle(100)
        await bench.configure("ClockAlignedDataInterval", "900")
        await settle(1700)
        assert bench.times("MeterValues") == pytest.approx([900.0, 900.0, 1800.0, 1800.0], abs=0.1)
        assert [m["connectorId"] for m in bench.calls("MeterValues")] == [1, 2, 1, 2]

    run(Bench, test)


@pytest.mark.parametrize(("kind", "reason"), [("Soft", "SoftReset"), ("Hard", "HardReset")])
def test_a_reset_stops_transactions_and_boots(kind: str, reason: str) -> None:
    async def test(bench: Bench) -> None:
        await bench.request("ChangeAvailability", connector_id=2, type="Inoperative")
        await bench.charge()
        bench.forget()
        assert (await bench.request("Reset", type=kind)).status == "Accepted"
        await settle(5)
        assert bench.calls("StopTransaction")[0]["reason"] == reason
        assert bench.actions() == [
            "StopTransaction",
            "Finishing(1)",
            "BootNotification",
            "Available(0)",
            "Finishing(1)",
            "Unavailable(2)",
        ]

    run(Bench, test)


def test_a_power_cycle_stops_transactions_and_boots() -> None:
    async def test(bench: Bench) -> None:
        await bench.charge()
        bench.forget()
        assert await bench.act("reboot") == 200
        assert bench.actions()[:2] == ["BootNotification", "StopTransaction"]
        assert bench.actions()[2:] == ["Available(0)", "Finishing(1)", "Available(2)"]
        assert bench.calls("StopTransaction")[0]["reason"] == "PowerLoss"

    run(Bench, test)


def test_what_the_operator_cannot_do_is_said() -> None:
    async def test(bench: Bench) -> None:
        assert await bench.act("parkingbay", occupied="true") == 501
        assert await bench.act("dance") == 404
        assert await bench.act("plugin", connector_id=3) == 404
        assert await bench.act("plugout", connector_id=3) == 404
        assert await bench.act("unplugev", connector_id=3) == 404

    run(Bench, test)


def test_the_operator_breaks_and_mends_the_station() -> None:
    async def test(bench: Bench) -> None:
        bench.forget()
        await bench.act("state", faulted="true")
        await bench.act("state", faulted="false", connector_id=1)
        assert bench.actions() == ["Faulted(0)", "Faulted(1)", "Faulted(2)", "Available(1)"]
        await bench.act("state", unlock_failed="true")
        unlock = await bench.request("UnlockConnector", connector_id=1)
        assert unlock.status == "UnlockFailed"
        await bench.act("state", charging_limit="10")
        schedule = await bench.request("GetCompositeSchedule", connector_id=1, duration=10)
        assert schedule.charging_schedule["charging_schedule_period"][0]["limit"] == 10

    run(Bench, test)


def test_a_token_without_a_connector() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in(2)
        assert await bench.act("authorize", id="TAG001") == 200
        assert bench.calls("StartTransaction")[0]["connectorId"] == 2
        assert await bench.act("authorize", id="TAG001") == 200
        assert len(bench.calls("StopTransaction")) == 1
        assert await bench.act("authorize", connector_id=1) == 501

    run(Bench, test)


def test_a_second_presentation_takes_the_first_back() -> None:
    async def test(bench: Bench) -> None:
        await bench.present()
        await bench.present()
        assert bench.actions()[-3:] == ["Authorize", "Preparing(1)", "Available(1)"]

    run(Bench, test)


def test_a_fault_ends_the_transaction() -> None:
    async def test(bench: Bench) -> None:
        await bench.charge()
        await bench.act("state", faulted="true", connector_id=1)
        assert bench.actions()[-2:] == ["StopTransaction", "Faulted(1)"]
        await bench.present()
        assert len(bench.calls("StartTransaction")) == 1

    run(Bench, test)


def test_triggered_meter_values_have_the_measurands_that_are_configured() -> None:
    async def test(bench: Bench) -> None:
        wanted = "Power.Active.Import,Current.Offered"
        await bench.configure("MeterValuesSampledData", wanted)
        await bench.charge()
        await bench.request("TriggerMessage", requested_message="MeterValues", connector_id=1)
        sampled = bench.calls("MeterValues")[0]["meterValue"][0]["sampledValue"]
        assert [(v["measurand"], v["value"], v["unit"]) for v in sampled] == [
            ("Power.Active.Import", "11000.0000", "W"),
            ("Current.Offered", "32.0000", "A"),
        ]

    run(Bench, test)
