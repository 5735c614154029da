"""What the 1.6 charge point still knows after a loss of power, in the process and on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.pki.authority import VALID, Authority
from conformance.reference.vault_16 import MAKER
from tests.reference.bench_16 import Bench, default, run, settle
from tests.reference.power_options_16 import off_and_on
from tests.reference.registry_16 import value_of
from tests.reference.securing_16 import asked, change, installed, signed, text


@pytest.fixture(params=["process", "disk"])
def options(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Return options of a station that keeps its state in either way."""
    return {"state": str(tmp_path / "cp")} if request.param == "disk" else {}


def test_configuration_lists_cache_and_profiles_are_kept(options: dict[str, str]) -> None:
    async def test(bench: Bench) -> None:
        entry = {"id_tag": "LISTED", "id_tag_info": {"status": "Blocked"}}
        await bench.configure("LocalPreAuthorize", "true")
        await bench.request(
            "SendLocalList", list_version=3, update_type="Full", local_authorization_list=[entry]
        )
        profile = default(valid_to=bench.later(3600))
        await bench.request("SetChargingProfile", connector_id=0, cs_charging_profiles=profile)
        await bench.charge_with("TAG001")
        await off_and_on(bench)
        await settle()
        assert await value_of(bench, "LocalPreAuthorize") == "true"
        assert (await bench.request("GetLocalListVersion")).list_version == 3
        bench.forget()
        await bench.charge_with("TAG001")
        assert "Authorize" not in bench.actions()
        cleared = await bench.request("ClearChargingProfile", id=5)
        assert cleared.status == "Accepted"

    run(lambda: Bench(options), test)


def test_what_waits_for_a_reboot_is_kept(options: dict[str, str]) -> None:
    async def test(bench: Bench) -> None:
        assert await bench.configure("ResetRetries", "2") == "RebootRequired"
        await off_and_on(bench)
        await settle()
        assert await value_of(bench, "ResetRetries") == "2"

    run(lambda: Bench({"reboot_required": "ResetRetries", **options}), test)


def test_availability_is_kept(options: dict[str, str]) -> None:
    async def test(bench: Bench) -> None:
        await bench.request("ChangeAvailability", connector_id=2, type="Inoperative")
        await off_and_on(bench)
        await settle()
        assert bench.actions()[1:] == ["Available(0)", "Available(1)", "Unavailable(2)"]

    run(lambda: Bench(options), test)


def test_a_scheduled_change_of_availability_is_kept(options: dict[str, str]) -> None:
    async def test(bench: Bench) -> None:
        await bench.charge()
        answer = await bench.request("ChangeAvailability", connector_id=1, type="Inoperative")
        assert answer.status == "Scheduled"
        await off_and_on(bench)
        await settle()
        await bench.plug_out()
        assert bench.actions()[-1] == "Unavailable(1)"

    run(lambda: Bench(options), test)


def test_a_reservation_is_kept_until_it_runs_out(options: dict[str, str]) -> None:
    async def test(bench: Bench) -> None:
        await bench.request(
            "ReserveNow",
            connector_id=1,
            expiry_date=bench.later(60),
            id_tag="TAG001",
            reservation_id=9,
        )
        await off_and_on(bench)
        await settle()
        assert "Reserved(1)" in bench.actions()
        bench.forget()
        await settle(60)
        assert bench.actions() == ["Available(1)"]

    run(lambda: Bench(options), test)


def test_a_reservation_that_runs_out_in_the_dark(options: dict[str, str]) -> None:
    async def test(bench: Bench) -> None:
        await bench.request(
            "ReserveNow",
            connector_id=1,
            expiry_date=bench.later(5),
            id_tag="TAG001",
            reservation_id=9,
        )
        await off_and_on(bench)
        await settle(2)
        answer = await bench.request("CancelReservation", reservation_id=9)
        assert answer.status == "Rejected"
        assert "Reserved(1)" not in bench.actions()

    run(lambda: Bench(options), test)


def test_what_is_queued_is_kept_and_comes_in_its_order(options: dict[str, str]) -> None:
    async def test(bench: Bench) -> None:
        await bench.configure("MeterValueSampleInterval", "2")
        await bench.configure("AllowOfflineTxForUnknownId", "true")
        bench.reachable = False
        await bench.cut()
        await bench.charge()
        await settle(5)
        await off_and_on(bench)
        bench.reachable = True
        await settle(60)
        actions = [a for a in bench.actions() if not a.endswith(")")]
        values = ["MeterValues"] * 3
        assert actions == ["BootNotification", "StartTransaction", *values, "StopTransaction"]
        ident = bench.answers("StartTransaction", "csms")[0]["transactionId"]
        told = bench.calls("MeterValues") + bench.calls("StopTransaction")
        assert {call["transactionId"] for call in told} == {ident}
        assert bench.calls("StopTransaction")[0]["reason"] == "PowerLoss"

    run(lambda: Bench(options), test)


def test_a_transaction_goes_on(options: dict[str, str]) -> None:
    async def test(bench: Bench) -> None:
        await bench.configure("MeterValueSampleInterval", "60")
        await bench.charge()
        await settle(3600)
        await off_and_on(bench)
        await settle()
        assert bench.actions() == [
            "BootNotification",
            "Available(0)",
            "Charging(1)",
            "Available(2)",
        ]
        await settle(3600)
        assert len(bench.calls("MeterValues")) == 60
        await bench.present()
        (stop,) = bench.calls("StopTransaction")
        assert stop["transactionId"] == bench.calls("MeterValues")[0]["transactionId"]
        # Two hours of 11 kW: nothing has flowed while there was no power.
        assert 21_990 <= stop["meterStop"] <= 22_020

    run(lambda: Bench({"after_power_loss": "resumes", **options}), test)


def test_a_transaction_without_its_cable_is_over(options: dict[str, str]) -> None:
    async def test(bench: Bench) -> None:
        await bench.charge()
        bench.forget()
        await bench.act("power", on="false")
        await bench.plug_out()
        await bench.act("power", on="true")
        assert bench.actions() == [
            "BootNotification",
            "StopTransaction",
            "Available(0)",
            "Available(1)",
            "Available(2)",
        ]

    run(lambda: Bench({"after_power_loss": "resumes", **options}), test)


def test_a_transaction_that_was_refused_stays_cut_off(options: dict[str, str]) -> None:
    async def test(bench: Bench) -> None:
        await bench.configure("StopTransactionOnInvalidId", "false")
        await bench.configure("AllowOfflineTxForUnknownId", "true")
        bench.reachable = False
        await bench.cut()
        await bench.plug_in()
        await bench.present("NOBODY")
        bench.reachable = True
        await settle(60)
        assert bench.actions()[-1] == "SuspendedEVSE(1)"
        await off_and_on(bench)
        await settle()
        assert bench.actions()[2] == "SuspendedEVSE(1)"

    run(lambda: Bench({"after_power_loss": "resumes", **options}), test)


def test_what_is_broken_stays_broken_and_what_is_in_stays_in() -> None:
    async def test(bench: Bench) -> None:
        await bench.act("state", faulted="true", connector_id=2)
        await bench.act("state", unlock_failed="true")
        await bench.plug_in()
        await off_and_on(bench)
        await settle()
        assert bench.actions()[1:] == ["Available(0)", "Preparing(1)", "Faulted(2)"]
        unlock = await bench.request("UnlockConnector", connector_id=1)
        assert unlock.status == "UnlockFailed"

    run(Bench, test)


def test_what_happens_in_the_dark_shows_after_it() -> None:
    async def test(bench: Bench) -> None:
        bench.forget()
        await bench.act("power", on="false")
        await bench.plug_in()
        await bench.act("state", faulted="true", connector_id=2)
        await bench.present()
        await bench.act("power", on="false")  # a second time: nothing
        assert bench.actions() == []
        await bench.act("power", on="true")
        assert bench.actions()[1:] == ["Available(0)", "Preparing(1)", "Faulted(2)"]

    run(Bench, test)


def test_an_ev_that_leaves_in_the_dark_and_a_fault_that_goes() -> None:
    async def test(bench: Bench) -> None:
        await bench.act("state", faulted="true", connector_id=2)
        await bench.plug_in()
        await bench.act("power", on="false")
        assert await bench.act("unplugev", connector_id=1) == 200
        assert await bench.act("state", faulted="false", connector_id=2) == 200
        bench.forget()
        await bench.act("power", on="true")
        # The cable is still in the station.
        assert bench.actions()[1:] == ["Available(0)", "Preparing(1)", "Available(2)"]

    run(Bench, test)


def test_the_next_process_goes_on_with_what_is_on_disk(tmp_path: Path) -> None:
    async def begin(bench: Bench) -> None:
        await bench.configure("HeartbeatInterval", "77")
        await bench.configure("AllowOfflineTxForUnknownId", "true")
        bench.reachable = False
        await bench.cut()
        await bench.charge()  # and the process ends, with no time for anything

    async def go_on(bench: Bench) -> None:
        await settle(5)
        assert bench.actions()[:3] == ["BootNotification", "StartTransaction", "StopTransaction"]
        assert bench.calls("StopTransaction")[0]["reason"] == "PowerLoss"
        assert await value_of(bench, "HeartbeatInterval") == "77"

    given, silent = {"state": str(tmp_path)}, {"boot_interval": "0"}
    run(lambda: Bench(given, silent), begin)
    run(lambda: Bench(given, silent), go_on)


def test_passwords_certificates_and_the_security_log_are_on_disk(tmp_path: Path) -> None:
    password = b"0123456789abcdef\xff"
    kept: list[object] = []

    def of(bench: Bench) -> list[object]:
        found = bench.station._given.vault
        store = found.certificates
        return [
            found.credentials.password,
            store.roots,
            store.own and store.own.pem(),
            store.waiting,
            found.commissioned,
            [line for _, line in found.diary.lines],
        ]

    async def begin(bench: Bench) -> None:
        assert await signed(bench, VALID) == "Accepted"
        await asked(bench)
        another = Authority("Another", "Maker", "ecdsa").certificate
        assert await installed(bench, text(another), MAKER) == "Accepted"
        bench.station._given.vault.commissioned = (another,)
        assert await change(bench, "AuthorizationKey", password.hex()) == "Accepted"
        assert await change(bench, "SecurityProfile", "1") == "Accepted"
        kept.extend(of(bench))

    async def go_on(bench: Bench) -> None:
        await settle()
        assert of(bench) == kept
        assert await value_of(bench, "SecurityProfile") == "1"
        assert bench.station._given.vault.credentials.profile == 1

    run(lambda: Bench({"state": str(tmp_path)}), begin)
    assert (tmp_path / "state.json").stat().st_mode & 0o077 == 0
    run(lambda: Bench({"state": str(tmp_path)}), go_on)
    assert kept[0] == password
    assert all(kept)


def test_a_damaged_state_is_told(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text('{"down": 1}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"state\.json holds no state"):
        run(lambda: Bench({"state": str(tmp_path)}), lambda _: settle())
