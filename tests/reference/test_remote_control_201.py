"""Remote starts and stops of the 2.0.1 station, and what else the CSMS can ask of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reference.bench_201 import Bench, run, settle

TOKEN = {"id_token": "TAG001", "type": "ISO14443"}


async def start(bench: Bench, token: str = "TAG001", **more: object) -> dict[str, Any]:  # noqa: S107
    body = {"token": token, "kind": "ISO14443", "evse": 1} | more
    assert await bench.wish("RequestStartTransaction", **body) == 202
    return bench.answers("station", "RequestStartTransaction")[-1]


@pytest.mark.parametrize("authorizes", ["true", "false"])
def test_cable_first(authorizes: str) -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        identity = bench.calls("station", "TransactionEvent")[0]["transactionInfo"]["transactionId"]
        answer = await start(bench)
        assert answer == {"status": "Accepted", "transactionId": identity}
        assert ("Authorize" in bench.actions()) == (authorizes == "true")
        assert bench.events()[1:] == [
            ("Updated", "RemoteStart", "EVConnected"),
            ("Updated", "ChargingStateChanged", "Charging"),
        ]
        event = bench.calls("station", "TransactionEvent")[1]
        request = bench.calls("csms", "RequestStartTransaction")[0]
        assert event["transactionInfo"]["remoteStartId"] == request["remoteStartId"]
        assert event["idToken"] == request["idToken"]

    run(lambda: Bench({"authorize_remote": authorizes}), test)


@pytest.mark.parametrize("authorizes", ["true", "false"])
def test_remote_start_first(authorizes: str) -> None:
    async def test(bench: Bench) -> None:
        assert await start(bench) == {"status": "Accepted"}
        assert ("Authorize" in bench.actions()) == (authorizes == "true")
        assert bench.events() == [("Started", "RemoteStart", "Idle")]
        await bench.plug_in()
        assert bench.events()[1:] == [
            ("Updated", "CablePluggedIn", "EVConnected"),
            ("Updated", "ChargingStateChanged", "Charging"),
        ]

    run(lambda: Bench({"authorize_remote": authorizes}), test)


@pytest.mark.parametrize("point", ["EVConnected", "EnergyTransfer", "PowerPathClosed"])
def test_the_first_event_after_a_remote_start_says_so(point: str) -> None:
    async def test(bench: Bench) -> None:
        await start(bench)
        await bench.plug_in()
        assert [e[1] for e in bench.events()].count("RemoteStart") == 1
        assert bench.events()[0][:2] == ("Started", "RemoteStart")

    run(lambda: Bench({"tx_start": point}), test)


def test_a_read_only_variable_stays() -> None:
    async def test(bench: Bench) -> None:
        assert await bench.set("AuthCtrlr", "AuthorizeRemoteStart", "true") == "Rejected"
        await start(bench)
        assert "Authorize" not in bench.actions()

    run(
        lambda: Bench({"authorize_remote": "false", "authorize_remote_mutability": "ReadOnly"}),
        test,
    )


def test_a_refused_remote_start_starts_nothing() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        assert (await start(bench, "NOBODY"))["status"] == "Accepted"
        assert len(bench.events()) == 1
        assert (await start(bench))["status"] == "Accepted"
        assert bench.events()[-1][2] == "Charging"

    run(Bench, test)


def test_remote_starts_that_are_rejected() -> None:
    async def test(bench: Bench) -> None:
        assert (await start(bench, evse=9))["status"] == "Rejected"
        await bench.plug_in()
        await bench.present()
        assert (await start(bench, "TAG002"))["status"] == "Rejected"
        await bench.request("ChangeAvailability", operational_status="Inoperative", evse={"id": 2})
        assert (await start(bench, evse=2))["status"] == "Rejected"

    run(Bench, test)


def test_without_an_evse_the_station_takes_the_one_with_the_cable() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in(2)
        answer = await start(bench, evse=0)
        assert "evseId" not in bench.calls("csms", "RequestStartTransaction")[0]
        assert "transactionId" in answer
        assert {e["evse"]["id"] for e in bench.calls("station", "TransactionEvent")} == {2}

    run(Bench, test)


def test_stopping_what_does_not_go_on_is_rejected() -> None:
    async def test(bench: Bench) -> None:
        await bench.wish("RequestStopTransaction", transaction="nothing")
        assert bench.answers("station", "RequestStopTransaction") == [{"status": "Rejected"}]

    run(Bench, test)


@pytest.mark.parametrize(
    ("fault", "authorizes", "asked"),
    [
        ("ignores-authorize-remote-start", "true", False),
        ("ignores-authorize-remote-start", "false", True),
        ("no-remote-start-id", "true", True),
    ],
)
def test_faults_of_a_remote_start(fault: str, authorizes: str, asked: bool) -> None:
    async def test(bench: Bench) -> None:
        await start(bench)
        assert ("Authorize" in bench.actions()) == asked
        info = bench.calls("station", "TransactionEvent")[0]["transactionInfo"]
        assert ("remoteStartId" in info) == (fault != "no-remote-start-id")

    run(lambda: Bench({"authorize_remote": authorizes}, station_faults=[fault]), test)


def test_ignores_remote_stop() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        await bench.present()
        count = len(bench.events())
        identity = bench.calls("station", "TransactionEvent")[0]["transactionInfo"]["transactionId"]
        await bench.wish("RequestStopTransaction", transaction=identity)
        assert bench.answers("station", "RequestStopTransaction") == [{"status": "Accepted"}]
        assert len(bench.events()) == count

    run(lambda: Bench(station_faults=["ignores-remote-stop"]), test)


def test_availability() -> None:
    async def test(bench: Bench) -> None:
        bench.forget()
        change = {"operational_status": "Inoperative", "evse": {"id": 1, "connector_id": 1}}
        assert (await bench.request("ChangeAvailability", **change)).status == "Accepted"
        assert bench.statuses() == [(1, 1, "Unavailable")]
        await bench.act("reboot")
        assert bench.statuses()[-2:] == [(1, 1, "Unavailable"), (2, 1, "Available")]
        unknown = {"operational_status": "Inoperative", "evse": {"id": 7}}
        assert (await bench.request("ChangeAvailability", **unknown)).status == "Rejected"

    run(Bench, test)


def test_availability_waits_for_a_transaction() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        await bench.present()
        change = {"operational_status": "Inoperative", "evse": {"id": 1}}
        assert (await bench.request("ChangeAvailability", **change)).status == "Scheduled"
        assert bench.statuses()[-1] == (1, 1, "Occupied")
        await bench.plug_out()
        assert bench.statuses()[-1] == (1, 1, "Unavailable")

    run(Bench, test)


def test_unlock() -> None:
    async def test(bench: Bench) -> None:
        async def unlock(connector: int) -> str:
            response = await bench.request("UnlockConnector", evse_id=1, connector_id=connector)
            return str(response.status)

        assert await unlock(1) == "Unlocked"
        assert await unlock(5) == "UnknownConnector"
        await bench.act("state", unlock_failed="true")
        assert await unlock(1) == "UnlockFailed"
        await bench.plug_in()
        await bench.present()
        assert await unlock(1) == "OngoingAuthorizedTransaction"

    run(Bench, test)


@pytest.mark.parametrize(
    "message",
    [
        "Heartbeat",
        "StatusNotification",
        "MeterValues",
        "LogStatusNotification",
        "FirmwareStatusNotification",
        "TransactionEvent",
    ],
)
def test_triggered_messages(message: str) -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        bench.forget()
        evse = {"id": 1, "connector_id": 1}
        answer = await bench.request("TriggerMessage", requested_message=message, evse=evse)
        assert answer.status == "Accepted"
        assert bench.actions() == [message]

    run(Bench, test)


def test_triggers_that_lead_to_nothing() -> None:
    async def test(bench: Bench) -> None:
        async def trigger(message: str, **more: object) -> str:
            asked = await bench.request("TriggerMessage", requested_message=message, **more)
            return str(asked.status)

        bench.forget()
        assert await trigger("BootNotification") == "Rejected"
        assert await trigger("SignCombinedCertificate") == "NotImplemented"
        assert await trigger("TransactionEvent") == "Rejected"
        assert await trigger("StatusNotification", evse={"id": 9}) == "Rejected"
        assert bench.actions() == []

    run(Bench, test)


def test_the_status_of_a_transaction() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        identity = bench.calls("station", "TransactionEvent")[0]["transactionInfo"]["transactionId"]
        answer = await bench.request("GetTransactionStatus", transaction_id=identity)
        assert (answer.ongoing_indicator, answer.messages_in_queue) == (True, False)
        answer = await bench.request("GetTransactionStatus", transaction_id="other")
        assert (answer.ongoing_indicator, answer.messages_in_queue) == (False, False)

    run(Bench, test)


def test_data_transfer_and_unknown_actions() -> None:
    async def test(bench: Bench) -> None:
        answer = await bench.request("DataTransfer", vendor_id="nobody")
        assert answer.status == "UnknownVendorId"
        assert (await bench.request("ClearCache")).status == "Rejected"
        with pytest.raises(Exception, match="NotSupported"):
            await bench.request("GetLocalListVersion")
        bench.errors.clear()

    run(Bench, test)


def test_a_faulted_station_says_so() -> None:
    async def test(bench: Bench) -> None:
        assert await bench.act("state", faulted="true") == 200
        assert bench.statuses()[-2:] == [(1, 1, "Faulted"), (2, 1, "Faulted")]
        assert (await start(bench))["status"] == "Rejected"
        assert await bench.act("state", charging_limit="10") == 501
        assert await bench.act("dance") == 404
        assert await bench.act("plugin", evse_id="seven") == 400
        assert await bench.act("plugin", evse_id=1, connector_id=3) == 400
        await settle()

    run(Bench, test)
