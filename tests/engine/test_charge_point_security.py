"""The charge point that the tool plays has keys, certificates and triggers of the extension."""

from __future__ import annotations

import pytest

from conformance.charge_point import ChargePoint, charge_point
from conformance.charge_point_security import named
from conformance.pki.holding import another_root, maker, new_root
from conformance.sut import embedded
from tests.engine.test_charge_point import ACCEPTED, REJECTED, ask, sent

ROOT = "CentralSystemRootCertificate"


@pytest.fixture
def it() -> ChargePoint:
    """Return one over security profile 2."""
    changes = {"connection": {"security_profile": 2, "password": "0123456789abcdef"}}
    return charge_point(embedded("1.6", "CSMS", changes=changes))


@pytest.mark.parametrize(
    ("key", "value", "answer"),
    [
        ("AuthorizationKey", "00" * 20, ACCEPTED),
        ("AuthorizationKey", "short", REJECTED),
        ("AuthorizationKey", "0" * 41, REJECTED),
        ("SecurityProfile", "3", REJECTED),
        ("CpoName", "Somebody", ACCEPTED),
        ("CertificateStoreMaxLength", "11", REJECTED),
    ],
)
def test_which_keys_can_be_set(it: ChargePoint, key: str, value: str, answer: object) -> None:
    assert ask(it, "ChangeConfiguration", key=key, value=value) == answer
    (entry,) = ask(it, "GetConfiguration", key=[key])["configurationKey"]
    shown = {"AuthorizationKey": None, "CpoName": "Somebody", "SecurityProfile": "2"}
    assert entry.get("value") == shown.get(key, "10")


def test_a_root_is_installed_told_and_deleted(it: ChargePoint) -> None:
    root = new_root()
    assert ask(it, "GetInstalledCertificateIds", certificateType=ROOT) == {"status": "NotFound"}
    assert ask(it, "InstallCertificate", certificateType=ROOT, certificate=root) == ACCEPTED
    told = ask(it, "GetInstalledCertificateIds", certificateType=ROOT)["certificateHashData"]
    assert told == [named(root)]
    for wrong in (named(another_root()), {**named(root), "hashAlgorithm": "MD5"}):
        assert ask(it, "DeleteCertificate", certificateHashData=wrong) == {"status": "NotFound"}
    capitals = {k: v.upper() for k, v in named(root, "SHA512").items()}
    assert ask(it, "DeleteCertificate", certificateHashData=capitals) == ACCEPTED
    assert ask(it, "GetInstalledCertificateIds", certificateType=ROOT) == {"status": "NotFound"}


@pytest.mark.parametrize("certificate", ["no PEM", maker().certificate])
def test_what_is_no_root_is_rejected(it: ChargePoint, certificate: str) -> None:
    asked = {"certificateType": ROOT, "certificate": certificate}
    assert ask(it, "InstallCertificate", **asked) == REJECTED


def test_roots_of_a_case_go_with_it(it: ChargePoint) -> None:
    before = it.copy()
    ask(it, "InstallCertificate", certificateType=ROOT, certificate=new_root())
    it.restore(before, ["InstallCertificate"])
    assert it.roots == {}


@pytest.mark.parametrize(
    ("message", "status", "follows"),
    [
        ("SignChargePointCertificate", "Rejected", []),
        ("LogStatusNotification", "Accepted", [("LogStatusNotification", {"status": "Idle"})]),
        (
            "FirmwareStatusNotification",
            "Accepted",
            [("SignedFirmwareStatusNotification", {"status": "Idle"})],
        ),
        ("Heartbeat", "Accepted", [("Heartbeat", {})]),
        ("Nothing", "NotImplemented", []),
    ],
)
def test_extended_triggers(
    it: ChargePoint, message: str, status: str, follows: list[object]
) -> None:
    answer = it.answer("ExtendedTriggerMessage", {"requestedMessage": message})
    assert answer == {"status": status}
    assert sent(it, "ExtendedTriggerMessage", requestedMessage=message) == follows


@pytest.mark.parametrize("action", ["CertificateSigned", "GetLog", "SignedUpdateFirmware"])
def test_what_only_a_case_plays_is_rejected(it: ChargePoint, action: str) -> None:
    assert it.answer(action, {}) == REJECTED
