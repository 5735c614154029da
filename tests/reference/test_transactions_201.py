"""Transactions of the 2.0.1 station, over start points, stop points and orders."""

from __future__ import annotations

import pytest

from tests.reference.bench_201 import Bench, run, settle

STARTED, UPDATED, ENDED = "Started", "Updated", "Ended"
PLUGGED = ("CablePluggedIn", "EVConnected")
CHARGING = ("ChargingStateChanged", "Charging")


def points(start: str = "EVConnected,Authorized", stop: str = "EVConnected") -> dict[str, str]:
    return {"tx_start": start, "tx_stop": stop}


@pytest.mark.parametrize(
    ("start", "events"),
    [
        ("EVConnected", [PLUGGED, ("Authorized", "EVConnected"), CHARGING]),
        ("Authorized", [("Authorized", "EVConnected"), CHARGING]),
        ("DataSigned", [("SignedDataReceived", "EVConnected"), CHARGING]),
        ("PowerPathClosed", [("ChargingStateChanged", "SuspendedEVSE"), CHARGING]),
        ("EnergyTransfer", [CHARGING]),
        ("DataSigned,PowerPathClosed", [("SignedDataReceived", "EVConnected"), CHARGING]),
        ("ParkingBayOccupancy,Authorized", [("Authorized", "EVConnected"), CHARGING]),
    ],
)
def test_cable_first(start: str, events: list[tuple[str, str]]) -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        await bench.present()
        seen = bench.events()
        assert [e[1:] for e in seen] == events
        assert [e[0] for e in seen] == [STARTED] + [UPDATED] * (len(events) - 1)
        assert bench.statuses()[-1] == (1, 1, "Occupied")
        sent = bench.calls("station", "TransactionEvent")
        assert [e["seqNo"] for e in sent] == list(range(len(sent)))
        assert len({e["transactionInfo"]["transactionId"] for e in sent}) == 1
        with_token = [e.get("idToken") for e in sent]
        presented = 1 if "EVConnected" in start else 0
        assert with_token.index({"idToken": "TAG001", "type": "ISO14443"}) == presented
        assert sent[0]["evse"] == {"id": 1, "connectorId": 1}

    run(lambda: Bench(points(start)), test)


@pytest.mark.parametrize(
    ("start", "events"),
    [
        ("EVConnected", [PLUGGED, CHARGING]),
        ("Authorized", [("Authorized", "Idle"), PLUGGED, CHARGING]),
        ("DataSigned", [("SignedDataReceived", "EVConnected"), CHARGING]),
        ("PowerPathClosed", [("ChargingStateChanged", "SuspendedEVSE"), CHARGING]),
        ("EnergyTransfer", [CHARGING]),
    ],
)
def test_token_first(start: str, events: list[tuple[str, str]]) -> None:
    async def test(bench: Bench) -> None:
        await bench.present()
        await bench.plug_in()
        assert [e[1:] for e in bench.events()] == events
        assert bench.calls("station", "TransactionEvent")[0]["idToken"]["idToken"] == "TAG001"

    run(lambda: Bench(points(start)), test)


def test_the_parking_bay_starts_and_ends() -> None:
    async def test(bench: Bench) -> None:
        assert await bench.act("parkingbay", occupied="true") == 200
        assert bench.events() == [(STARTED, "EVDetected", "Idle")]
        await bench.plug_in()
        await bench.present()
        await bench.present()
        await bench.plug_out()
        assert bench.events()[-1] == (UPDATED, "EVCommunicationLost", "Idle")
        await bench.act("parkingbay", occupied="false")
        assert bench.events()[-1] == (ENDED, "EVDeparted", "Idle")
        last = bench.calls("station", "TransactionEvent")[-1]
        assert last["transactionInfo"]["stoppedReason"] == "Local"

    run(lambda: Bench(points("ParkingBayOccupancy", "ParkingBayOccupancy")), test)


def test_without_a_sensor_the_rig_cannot_park() -> None:
    async def test(bench: Bench) -> None:
        assert await bench.act("parkingbay", occupied="true") == 501

    run(lambda: Bench({"parking_sensor": "false"}), test)


STOP_CASES = [
    ("Authorized", [(ENDED, "{}", "EVConnected")]),
    ("PowerPathClosed", [(ENDED, "{}", "EVConnected")]),
    (
        "EnergyTransfer",
        [(UPDATED, "{}", "Charging"), (ENDED, *("ChargingStateChanged", "EVConnected"))],
    ),
    (
        "DataSigned",
        [
            (UPDATED, "{}", "Charging"),
            (UPDATED, "ChargingStateChanged", "EVConnected"),
            (ENDED, "SignedDataReceived", "EVConnected"),
        ],
    ),
    (
        "EVConnected",
        [
            (UPDATED, "{}", "Charging"),
            (UPDATED, "ChargingStateChanged", "EVConnected"),
            (ENDED, "EVCommunicationLost", "Idle"),
        ],
    ),
]


@pytest.mark.parametrize(("stop", "events"), STOP_CASES)
@pytest.mark.parametrize("remotely", [False, True])
def test_stop(stop: str, events: list[tuple[str, str, str]], remotely: bool) -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        await bench.present()
        identity = bench.calls("station", "TransactionEvent")[0]["transactionInfo"]["transactionId"]
        before = len(bench.events())
        if remotely:
            assert await bench.wish("RequestStopTransaction", transaction=identity) == 202
        else:
            await bench.present()
        await bench.plug_out()
        trigger = "RemoteStop" if remotely else "StopAuthorized"
        assert bench.events()[before:] == [(k, t.format(trigger), s) for k, t, s in events]
        stopping, *_, last = [None, *bench.calls("station", "TransactionEvent")[before:]]
        reason = last["transactionInfo"]["stoppedReason"]
        assert reason == ("Remote" if remotely else "Local")
        assert bench.statuses()[-1] == (1, 1, "Available")
        assert stopping is None

    run(lambda: Bench(points(stop=stop)), test)


def test_a_second_transaction_on_the_same_cable() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        await bench.present()
        await bench.present()
        await bench.present()
        assert bench.events()[-2:] == [
            (STARTED, "Authorized", "EVConnected"),
            (UPDATED, *CHARGING),
        ]

    run(lambda: Bench(points("EVConnected", "Authorized")), test)


def test_the_order_at_plug_in() -> None:
    async def test(bench: Bench) -> None:
        bench.forget()
        await bench.plug_in()
        assert bench.actions() == ["TransactionEvent", "StatusNotification"]

    run(lambda: Bench({"event_order": "transaction-first"}), test)


def test_pulling_the_cable_ends_the_transaction() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        await bench.present()
        await bench.plug_out()
        assert bench.events()[-1] == (ENDED, "EVCommunicationLost", "Idle")
        last = bench.calls("station", "TransactionEvent")[-1]
        assert last["transactionInfo"]["stoppedReason"] == "EVDisconnected"

    run(lambda: Bench(points(stop="Authorized")), test)


def test_an_invalid_token_starts_nothing() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        bench.forget()
        await bench.present("NOBODY")
        assert bench.actions() == ["Authorize"]
        assert bench.calls("station", "Authorize")[0]["idToken"]["idToken"] == "NOBODY"

    run(Bench, test)


def test_starts_though_refused() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        bench.forget()
        await bench.present("NOBODY")
        assert "TransactionEvent" in bench.actions()

    run(lambda: Bench(station_faults=["starts-though-refused"]), test)


def test_no_cable_in_time() -> None:
    async def test(bench: Bench) -> None:
        await bench.present()
        assert bench.events() == [(STARTED, "Authorized", "Idle")]
        await settle(70)
        assert bench.events()[-1] == (ENDED, "EVConnectTimeout", "Idle")
        last = bench.calls("station", "TransactionEvent")[-1]
        assert last["transactionInfo"]["stoppedReason"] == "Timeout"
        await bench.plug_in()
        assert bench.events()[-1] == (STARTED, *PLUGGED)

    run(Bench, test)


def test_no_authorize_when_authorization_is_off() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        await bench.present()
        assert "Authorize" not in bench.actions()
        assert bench.events()[-1][2] == "Charging"
        assert await bench.set("AuthCtrlr", "Enabled", "true") == "Rejected"

    run(lambda: Bench({"auth_enabled": "false", "auth_mutability": "ReadOnly"}), test)


def test_a_start_button_needs_no_token() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        await bench.present()
        assert "Authorize" not in bench.actions()
        token = bench.calls("station", "TransactionEvent")[1]["idToken"]
        assert token == {"idToken": "", "type": "NoAuthorization"}
        answer = bench.answers("csms", "TransactionEvent")[1]
        assert answer["idTokenInfo"]["status"] == "Accepted"

    run(lambda: Bench({"start_button": "true"}), test)


def test_a_cached_token_is_asked_for_no_more() -> None:
    async def test(bench: Bench) -> None:
        assert await bench.set("AuthCtrlr", "LocalPreAuthorize", "true") == "Accepted"
        for _ in range(2):
            await bench.plug_in()
            await bench.present()
            await bench.plug_out()
        assert bench.actions().count("Authorize") == 1
        assert (await bench.request("ClearCache")).status == "Accepted"
        await bench.present()
        assert bench.actions().count("Authorize") == 2

    run(lambda: Bench({"cache": "true"}), test)


def test_a_cable_lock_keeps_the_cable_out() -> None:
    async def test(bench: Bench) -> None:
        assert await bench.act("plugin", evse_id=1, connector_id=1) == 409
        await bench.present()
        await bench.plug_in()

    run(lambda: Bench({"cable_lock": "true"}), test)


def test_meter_values_every_interval() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        await bench.present()
        await settle(95)
        events = bench.calls("station", "TransactionEvent")
        periodic = [e for e in events if e["triggerReason"] == "MeterValuePeriodic"]
        assert len(periodic) == 3
        energies = [e["meterValue"][0]["sampledValue"][0]["value"] for e in periodic]
        step = 3 * 230 * 32 * 30 / 3600
        assert energies[1] - energies[0] == pytest.approx(step, rel=0.01)
        await bench.present()
        await bench.plug_out()
        count = len(bench.events())
        await settle(100)
        assert len(bench.events()) == count

    run(lambda: Bench({"meter_interval": "30"}), test)


def test_the_csms_may_turn_the_token_down_afterwards() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        await bench.present()
        kinds = [(e[0], e[1]) for e in bench.events()]
        assert kinds[-1] == (ENDED, "Deauthorized")
        last = bench.calls("station", "TransactionEvent")[-1]
        assert last["transactionInfo"]["stoppedReason"] == "DeAuthorized"

    options = points(stop="Authorized") | {"auth_enabled": "false"}
    run(lambda: Bench(options, {"valid": "SOMEBODY"}), test)


def test_an_immediate_reset_ends_the_transaction_first() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        await bench.present()
        bench.forget()
        assert (await bench.request("Reset", type="Immediate")).status == "Accepted"
        assert bench.events() == [(ENDED, "ResetCommand", "EVConnected")]
        assert bench.actions()[:2] == ["TransactionEvent", "BootNotification"]
        assert bench.calls("station", "BootNotification")[0]["reason"] == "RemoteReset"

    run(Bench, test)


def test_a_reset_on_idle_waits_for_the_end() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        await bench.present()
        bench.forget()
        assert (await bench.request("Reset", type="OnIdle")).status == "Scheduled"
        assert "BootNotification" not in bench.actions()
        await bench.present()
        await bench.plug_out()
        assert bench.calls("station", "BootNotification")[0]["reason"] == "ScheduledReset"

    run(Bench, test)


def test_a_power_cut_ends_the_transaction_after_the_boot() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        await bench.present()
        bench.forget()
        await bench.act("reboot")
        assert bench.actions()[0] == "BootNotification"
        assert [e[0] for e in bench.events()] == [ENDED]
        ended = bench.calls("station", "TransactionEvent")[0]
        assert ended["transactionInfo"]["stoppedReason"] == "PowerLoss"
        assert ended["offline"] is True

    run(Bench, test)


def test_events_wait_for_the_connection_in_order() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        await bench.present()
        bench.reachable = False
        await bench.cut()
        await bench.present()
        await bench.plug_out()
        status = bench.station.core.outbox.waits_for(None)
        assert status
        bench.reachable = True
        await settle(60)
        sent = bench.calls("station", "TransactionEvent")
        assert [e["seqNo"] for e in sent] == list(range(len(sent)))
        assert sent[-1]["eventType"] == ENDED

    run(Bench, test)


@pytest.mark.parametrize("fault", ["wrong-trigger-reason", "wrong-stopped-reason"])
def test_faults_of_events(fault: str) -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        await bench.present()
        await bench.plug_out()
        last = bench.calls("station", "TransactionEvent")[-1]
        triggers = {e[1] for e in bench.events()}
        assert (triggers == {"MeterValueClock"}) == (fault == "wrong-trigger-reason")
        wrong = last["transactionInfo"]["stoppedReason"] == "Other"
        assert wrong == (fault == "wrong-stopped-reason")

    run(lambda: Bench(station_faults=[fault]), test)
