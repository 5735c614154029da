"""The security extension of the OCPP 1.6 charge point (whitepaper, edition 3)."""

from __future__ import annotations

import ssl

import pytest

from conformance.pki.hashes import hash_data
from conformance.reference.vault_16 import CENTRAL, MAKER
from tests.reference.bench_16 import Bench, run, settle
from tests.reference.depot_16 import FIRMWARE, LOGS
from tests.reference.registry_16 import value_of
from tests.reference.securing_16 import (
    PASSWORD,
    asked,
    change,
    events,
    expired,
    installed,
    known,
    listen,
    maker,
    raised,
    root,
    signer,
    text,
    told,
    update,
    vault,
)


def test_the_password_cannot_be_read() -> None:
    async def test(bench: Bench) -> None:
        assert await change(bench, "AuthorizationKey", PASSWORD.hex()) == "Accepted"
        answer = await bench.request("GetConfiguration", key=["AuthorizationKey"])
        assert answer.configuration_key == [{"key": "AuthorizationKey", "readonly": False}]
        (line,) = [line for _, line in vault(bench).diary.lines]
        assert line == "ReconfigurationOfSecurityParameters AuthorizationKey"

    run(Bench, test)


@pytest.mark.parametrize("value", ["00" * 15, "00" * 21, "0", "no hexadecimal digits", ""])
def test_what_is_no_password_is_rejected(value: str) -> None:
    async def test(bench: Bench) -> None:
        assert await bench.configure("AuthorizationKey", value) == "Rejected"
        assert vault(bench).credentials.password == b""

    run(Bench, test)


@pytest.mark.parametrize("wanted", ["0", "1", "2", "3", "4", "-1", "high"])
def test_without_what_it_needs_a_profile_is_rejected(wanted: str) -> None:
    """A05.FR.01 to A05.FR.04."""

    async def test(bench: Bench) -> None:
        assert await bench.configure("SecurityProfile", wanted) == "Rejected"
        assert await value_of(bench, "SecurityProfile") == "0"

    run(Bench, test)


def test_profiles_are_raised_as_far_as_what_they_need_is_there() -> None:
    async def test(bench: Bench) -> None:
        assert await raised(bench, 2) == "Accepted"
        assert await change(bench, "SecurityProfile", "3") == "Rejected"  # without a certificate
        assert await change(bench, "SecurityProfile", "1") == "Rejected"
        assert len(bench.wires) == 2

    run(Bench, test)


def test_it_falls_back_to_the_profile_before_when_the_new_one_does_not_work() -> None:
    async def test(bench: Bench) -> None:
        await bench.configure("AuthorizationKey", PASSWORD.hex())
        bench.reachable = False
        assert await bench.configure("SecurityProfile", "1") == "Accepted"
        assert vault(bench).credentials.profile == 1
        await settle(9)
        assert vault(bench).credentials.profile == 0
        bench.reachable = True
        await settle(40)
        assert await value_of(bench, "SecurityProfile") == "0"

    run(Bench, test)


def test_an_installer_can_lower_the_profile() -> None:
    async def test(bench: Bench) -> None:
        await raised(bench, 1)
        assert await bench.act("security", profile=0) == 200
        assert vault(bench).credentials.profile == 0
        assert len(bench.wires) == 3
        assert await bench.act("security", profile=7) == 501

    run(Bench, test)


def test_a_central_system_with_a_wrong_certificate_is_an_event() -> None:
    async def test(bench: Bench) -> None:
        refusal = ConnectionError("refused")
        refusal.__cause__ = ssl.SSLCertVerificationError("wrong")
        refusal.__cause__.verify_message = "certificate has expired"
        listen(bench)
        bench.station.controller.security.refused(refusal)
        await settle()
        (event,) = bench.calls("SecurityEventNotification")
        assert event["type"] == "InvalidCentralSystemCertificate"
        assert event["techInfo"] == "certificate has expired"

    run(Bench, test)


def test_the_root_that_the_connection_stands_on_is_not_deleted() -> None:
    """M04.FR.06."""

    async def test(bench: Bench) -> None:
        await raised(bench, 2)
        named = hash_data(root().certificate, root().certificate)
        answer = await bench.request("DeleteCertificate", certificate_hash_data=named)
        assert answer.status == "Failed"
        other = hash_data(signer().certificate, maker().certificate)
        answer = await bench.request("DeleteCertificate", certificate_hash_data=other)
        assert answer.status == "NotFound"
        assert (await known(bench, CENTRAL)).status == "Accepted"

    run(Bench, test)


def test_a_store_that_is_full_is_no_security_event() -> None:
    async def test(bench: Bench) -> None:
        vault(bench).certificates.most = 2
        assert await installed(bench, expired(), CENTRAL) == "Rejected"
        assert events(bench) == []

    run(Bench, test)


def test_no_certificate_is_asked_for_without_a_name() -> None:
    async def test(bench: Bench) -> None:
        assert await change(bench, "CpoName", "") == "Accepted"
        answer = await bench.request(
            "ExtendedTriggerMessage", requested_message="SignChargePointCertificate"
        )
        assert answer.status == "Rejected"

    run(Bench, test)


def test_a_chain_that_is_too_long_is_rejected() -> None:
    async def test(bench: Bench) -> None:
        await asked(bench)
        chain = text(root().certificate) * 20
        answer = await bench.request("CertificateSigned", certificate_chain=chain[:10_000])
        assert answer.status == "Rejected"
        assert events(bench) == ["InvalidChargePointCertificate"]

    run(Bench, test)


def test_firmware_is_installed_and_told_with_the_id_of_the_request() -> None:
    async def test(bench: Bench) -> None:
        assert (await update(bench, bench.depot.files[FIRMWARE])).status == "Accepted"
        await settle(20)
        statuses = ["Downloading", "Downloaded", "SignatureVerified", "Installing", "Installed"]
        assert told(bench) == [(status, 7) for status in statuses]
        assert events(bench) == ["FirmwareUpdated"]
        listen(bench)
        await triggered(bench, "FirmwareStatusNotification")
        assert told(bench)[-1] == ("Idle", None)  # L01.FR.28

    run(Bench, test)


def test_a_wrong_signature_is_told_and_charging_goes_on() -> None:
    async def test(bench: Bench) -> None:
        await update(bench, b"another image")
        assert told(bench)[-1] == ("InvalidSignature", 7)
        assert events(bench) == ["InvalidFirmwareSignature"]
        await triggered(bench, "FirmwareStatusNotification")
        assert told(bench)[-1] == ("InvalidSignature", 7)  # L01.FR.29
        await bench.charge()
        assert len(bench.calls("StartTransaction")) == 1

    run(Bench, test)


def test_firmware_of_an_unknown_maker_is_not_even_fetched() -> None:
    """L01.FR.24."""

    async def test(bench: Bench) -> None:
        listen(bench)
        vault(bench)
        firmware = {
            "location": FIRMWARE,
            "retrieve_date_time": bench.later(0),
            "signing_certificate": text(root().certificate),
            "signature": "AAAA",
        }
        answer = await bench.request("SignedUpdateFirmware", request_id=7, firmware=firmware)
        assert answer.status == "InvalidCertificate"
        assert events(bench) == ["InvalidFirmwareSigningCertificate"]
        assert bench.depot.tried == []

    run(Bench, test)


async def triggered(bench: Bench, message: str, **fields: object) -> str:
    answer = await bench.request("ExtendedTriggerMessage", requested_message=message, **fields)
    return str(answer.status)


def test_other_messages_are_triggered_too() -> None:
    async def test(bench: Bench) -> None:
        listen(bench)
        bench.forget()
        assert await triggered(bench, "StatusNotification", connector_id=1) == "Accepted"
        assert await triggered(bench, "StatusNotification", connector_id=7) == "Rejected"
        assert await triggered(bench, "LogStatusNotification") == "Accepted"
        assert bench.actions() == ["Available(1)", "LogStatusNotification"]
        assert bench.calls("LogStatusNotification") == [{"status": "Idle"}]

    run(Bench, test)


def test_without_the_profile_there_is_no_signed_firmware() -> None:
    async def test(bench: Bench) -> None:
        assert await triggered(bench, "FirmwareStatusNotification") == "NotImplemented"

    run(lambda: Bench({"profiles": "Core"}), test)


def test_a_new_log_takes_the_place_of_the_one_before() -> None:
    """N01.FR.11."""

    async def test(bench: Bench) -> None:
        listen(bench)
        bench.depot.seconds = 10
        fields = {"log": {"remote_location": LOGS}, "log_type": "DiagnosticsLog"}
        first = await bench.request("GetLog", request_id=1, **fields)
        await triggered(bench, "LogStatusNotification")
        second = await bench.request("GetLog", request_id=2, **fields)
        assert (first.status, second.status) == ("Accepted", "AcceptedCanceled")
        await settle(20)
        statuses = [(c["status"], c["requestId"]) for c in bench.calls("LogStatusNotification")]
        assert statuses == [("Uploading", 1), ("Uploading", 1), ("Uploading", 2), ("Uploaded", 2)]
        assert b"asked for GetLog" in bench.depot.uploads[second.filename]

    run(Bench, test)


def test_an_upload_that_fails_is_told() -> None:
    async def test(bench: Bench) -> None:
        listen(bench)
        fields = {"log": {"remote_location": "ftp://lab/nowhere"}, "log_type": "SecurityLog"}
        await bench.request("GetLog", request_id=1, retries=0, **fields)
        statuses = [c["status"] for c in bench.calls("LogStatusNotification")]
        assert statuses == ["Uploading", "UploadFailure"]

    run(Bench, test)


def test_the_maker_is_known_by_its_root() -> None:
    async def test(bench: Bench) -> None:
        vault(bench)
        assert (await known(bench, MAKER)).status == "Accepted"
        vault(bench).certificates.roots[MAKER].clear()
        assert (await known(bench, MAKER)).status == "NotFound"

    run(Bench, test)
