"""What the 1.6 charge point answers, and what follows from it."""

from __future__ import annotations

import json

import pytest

from tests.reference.bench_16 import Bench, run, settle


def test_remote_start_with_the_cable_in() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        bench.forget()
        answer = await bench.request("RemoteStartTransaction", id_tag="TAG002", connector_id=1)
        assert answer.status == "Accepted"
        assert bench.actions() == ["Authorize", "StartTransaction", "Charging(1)"]
        assert bench.calls("StartTransaction")[0]["idTag"] == "TAG002"

    run(Bench, test)


def test_remote_start_first_waits_for_the_cable() -> None:
    async def test(bench: Bench) -> None:
        bench.forget()
        await bench.request("RemoteStartTransaction", id_tag="TAG001", connector_id=1)
        assert bench.actions() == ["Authorize", "Preparing(1)"]
        again = await bench.request("RemoteStartTransaction", id_tag="TAG001", connector_id=1)
        assert again.status == "Rejected"
        await bench.plug_in()
        assert bench.actions()[2:] == ["StartTransaction", "Charging(1)"]

    run(Bench, test)


def test_remote_start_without_a_connector_takes_the_plugged_one() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in(2)
        answer = await bench.request("RemoteStartTransaction", id_tag="TAG001")
        assert answer.status == "Accepted"
        assert bench.calls("StartTransaction")[0]["connectorId"] == 2

    run(Bench, test)


@pytest.mark.parametrize("connector", [0, 1, 3])
def test_remote_start_is_rejected_where_nothing_can_start(connector: int) -> None:
    async def test(bench: Bench) -> None:
        await bench.charge()
        bench.forget()
        answer = await bench.request(
            "RemoteStartTransaction", id_tag="TAG002", connector_id=connector
        )
        assert answer.status == "Rejected"
        assert bench.actions() == []

    run(Bench, test)


def test_remote_stop() -> None:
    async def test(bench: Bench) -> None:
        await bench.charge()
        bench.forget()
        assert (await bench.request("RemoteStopTransaction", transaction_id=9)).status == "Rejected"
        assert bench.actions() == []
        assert (await bench.request("RemoteStopTransaction", transaction_id=1)).status == "Accepted"
        assert bench.actions() == ["StopTransaction", "Finishing(1)"]
        assert bench.calls("StopTransaction")[0]["reason"] == "Remote"

    run(Bench, test)


def test_unlock_stops_the_transaction() -> None:
    async def test(bench: Bench) -> None:
        await bench.charge()
        assert (await bench.request("UnlockConnector", connector_id=1)).status == "Unlocked"
        assert bench.calls("StopTransaction")[0]["reason"] == "UnlockCommand"
        assert (await bench.request("UnlockConnector", connector_id=9)).status == "NotSupported"

    run(Bench, test)


def test_availability_changes_now_or_after_the_transaction() -> None:
    async def test(bench: Bench) -> None:
        await bench.charge()
        bench.forget()

        async def change(connector: int, kind: str) -> str:
            answer = await bench.request("ChangeAvailability", connector_id=connector, type=kind)
            return str(answer.status)

        assert await change(9, "Inoperative") == "Rejected"
        assert await change(0, "Inoperative") == "Scheduled"
        assert bench.actions() == ["Unavailable(0)", "Unavailable(2)"]
        await bench.plug_out()
        assert bench.actions()[-1] == "Unavailable(1)"
        assert await change(0, "Operative") == "Accepted"
        assert bench.actions()[-3:] == ["Available(0)", "Available(1)", "Available(2)"]

    run(Bench, test)


def test_the_local_list_is_replaced_and_updated() -> None:
    async def test(bench: Bench) -> None:
        async def send(version: int, kind: str, **entries: str | None) -> str:
            fields = [
                {"id_tag": tag} | ({"id_tag_info": {"status": status}} if status else {})
                for tag, status in entries.items()
            ]
            answer = await bench.request(
                "SendLocalList",
                list_version=version,
                update_type=kind,
                local_authorization_list=fields,
            )
            return str(answer.status)

        async def version() -> int:
            return int((await bench.request("GetLocalListVersion")).list_version)

        assert await version() == 0
        assert await send(4, "Full", TAG001="Accepted", TAG003="Blocked") == "Accepted"
        assert await send(4, "Differential", TAG003="Accepted") == "VersionMismatch"
        assert await send(5, "Differential", TAG003="Accepted", TAG001=None) == "Accepted"
        assert await version() == 5
        await bench.configure("LocalPreAuthorize", "true")
        await bench.plug_in()
        bench.forget()
        await bench.present("TAG003")
        assert bench.actions()[0] == "StartTransaction"
        await bench.act("state", refused_local_auth_list="true")
        assert await send(6, "Full") == "Failed"

    run(Bench, test)


def test_the_cache_knows_a_token_until_it_is_cleared() -> None:
    async def test(bench: Bench) -> None:
        await bench.configure("LocalPreAuthorize", "true")
        await bench.charge()
        await bench.plug_out()
        bench.forget()
        await bench.charge()
        assert "Authorize" not in bench.actions()
        await bench.plug_out()
        assert (await bench.request("ClearCache")).status == "Accepted"
        await bench.charge()
        assert "Authorize" in bench.actions()

    run(Bench, test)


def test_offline_a_known_token_charges() -> None:
    async def test(bench: Bench) -> None:
        await bench.charge()
        await bench.plug_out()
        bench.reachable = False
        await bench.cut()
        bench.forget()
        await bench.plug_in(2)
        await bench.present("TAG002", connector=2)
        assert bench.connector(2).transaction is None
        await bench.charge()
        bench.reachable = True
        await settle(60)
        assert bench.actions() == ["StartTransaction", "Charging(1)", "Preparing(2)"]

    run(Bench, test)


@pytest.mark.parametrize(
    ("message", "sent"),
    [
        ("Heartbeat", ["Heartbeat"]),
        ("StatusNotification", ["Available(0)", "Available(1)", "Available(2)"]),
        ("MeterValues", ["MeterValues", "MeterValues"]),
    ],
)
def test_a_triggered_message_is_sent(message: str, sent: list[str]) -> None:
    async def test(bench: Bench) -> None:
        bench.forget()
        answer = await bench.request("TriggerMessage", requested_message=message)
        assert answer.status == "Accepted"
        assert bench.actions() == sent

    run(Bench, test)


@pytest.mark.parametrize("message", ["DiagnosticsStatusNotification", "FirmwareStatusNotification"])
def test_the_status_of_files_is_sent_by_who_manages_firmware(message: str) -> None:
    async def has(bench: Bench) -> None:
        bench.forget()
        answer = await bench.request("TriggerMessage", requested_message=message)
        assert answer.status == "Accepted"
        assert [c["status"] for c in bench.calls(message)] == ["Idle"]

    async def has_not(bench: Bench) -> None:
        answer = await bench.request("TriggerMessage", requested_message=message)
        assert answer.status == "NotImplemented"
        assert bench.calls(message) == []

    run(lambda: Bench({"profiles": "Core,RemoteTrigger,FirmwareManagement"}), has)
    run(lambda: Bench({"profiles": "Core,RemoteTrigger"}), has_not)


def test_an_accepted_station_boots_no_more_when_triggered() -> None:
    async def test(bench: Bench) -> None:
        bench.forget()
        answer = await bench.request("TriggerMessage", requested_message="BootNotification")
        assert answer.status == "Rejected"
        assert bench.actions() == []

    run(Bench, test)


def test_the_local_list_has_its_limits() -> None:
    async def test(bench: Bench) -> None:
        async def send(kind: str, version: int, *tags: str) -> str:
            entries = [{"id_tag": tag, "id_tag_info": {"status": "Accepted"}} for tag in tags]
            answer = await bench.request(
                "SendLocalList",
                list_version=version,
                update_type=kind,
                local_authorization_list=entries,
            )
            return str(answer.status)

        assert await send("Full", 1, "A", "B") == "Accepted"
        assert await send("Full", 2, "A", "B", "C") == "Failed"  # too much at a time
        assert await send("Full", 2, "A", "a") == "Failed"  # twice
        assert await send("Differential", 2, "C", "D") == "Failed"  # too much altogether
        assert await send("Differential", 2, "C") == "Accepted"
        assert (await bench.request("GetLocalListVersion")).list_version == 2
        await bench.configure("LocalAuthListEnabled", "false")
        assert (await bench.request("GetLocalListVersion")).list_version == -1
        assert await send("Full", 3, "A") == "NotSupported"

    run(lambda: Bench({"local_list_length": "3", "send_list_length": "2"}), test)


def test_a_conflict_with_the_local_list_is_told() -> None:
    async def test(bench: Bench) -> None:
        for token, status in (("TAG001", "Accepted"), ("TAG002", "Blocked")):
            await bench.request(
                "SendLocalList",
                list_version=1,
                update_type="Full",
                local_authorization_list=[{"id_tag": token, "id_tag_info": {"status": status}}],
            )
            bench.forget()
            await bench.present(token)
            conflicts = [
                s["connectorId"]
                for s in bench.calls("StatusNotification")
                if s["errorCode"] == "LocalListConflict"
            ]
            assert conflicts == ([0] if status == "Blocked" else [])
            await bench.present(token)

    run(Bench, test)


def test_a_trigger_for_one_connector() -> None:
    async def test(bench: Bench) -> None:
        bench.forget()
        for connector, status in ((2, "Accepted"), (7, "Rejected")):
            answer = await bench.request(
                "TriggerMessage", requested_message="StatusNotification", connector_id=connector
            )
            assert answer.status == status
        assert bench.actions() == ["Available(2)"]

    run(Bench, test)


@pytest.mark.parametrize(
    ("vendor", "message", "status"),
    [
        ("Reference", "Echo", "Accepted"),
        ("Reference", "Other", "UnknownMessageId"),
        ("Elsewhere", "Echo", "UnknownVendorId"),
    ],
)
def test_data_transfer(vendor: str, message: str, status: str) -> None:
    async def test(bench: Bench) -> None:
        answer = await bench.request(
            "DataTransfer", vendor_id=vendor, message_id=message, data="hello"
        )
        assert answer.status == status
        assert answer.data == ("hello" if status == "Accepted" else None)

    run(Bench, test)


@pytest.mark.parametrize(
    ("action", "payload", "code"),
    [
        ("Heartbeat", {}, "NotSupported"),
        ("Dance", {}, "NotImplemented"),
        ("ClearCache", {"much": 1}, "FormationViolation"),
        ("ClearCache", [], "FormationViolation"),
        ("Reset", {}, "ProtocolError"),
        ("Reset", {"type": 1}, "TypeConstraintViolation"),
        ("ReserveNow", {"connectorId": 1, "expiryDate": "soon", "idTag": "A", "reservationId": 1},
         "PropertyConstraintViolation"),
    ],
)  # fmt: skip
def test_a_request_that_is_wrong_gets_the_code_of_ocpp_j_16(
    action: str, payload: object, code: str
) -> None:
    async def test(bench: Bench) -> None:
        await bench.wires[-1].send(json.dumps([2, "1", action, payload]))
        await settle()
        assert bench.answers(action) == [code]

    run(Bench, test, errors_expected=True)
