"""The security cases on a 1.6 charge point: what they leave behind, and what they never show."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import replace
from ssl import SSLContext, TLSVersion

import pytest

from conformance import admission, inprocess
from conformance.cases import Result
from conformance.demo import reference_for, secured
from conformance.files.images import dummy
from conformance.inprocess import InProcess
from conformance.operators.actions import Action, SetSecurityProfile
from conformance.pki.folder import shared
from conformance.pki.signing import signature
from conformance.prove import judge
from conformance.reference.credentials import Credentials
from conformance.reference.tls import Files
from conformance.selection import implemented
from conformance.sut import Sut, embedded
from conformance.sut_sections import Role
from conformance.verdict import Verdict
from tests.cases.test_one_session import in_one_session

CASES = {c.id: c for c in implemented().values() if c.id.endswith("_CS")}
OF_SECURITY = [c for c in CASES.values() if c.entry.section.startswith(("2.24", "Security"))]
FAULTS = {
    # fault: the cases that see it, each with its step
    "accepts-any-certificate": {"TC_074_CS": "7", "TC_077_CS": "6"},
    "keeps-old-certificate": {"TC_074_CS": "7"},
    "accepts-expired-root": {"TC_078_CS": "2"},
    "hides-security-events": {
        "TC_077_CS": "7",
        "TC_078_CS": "3",
        "TC_081_CS": "9",
        "SEC_01_CS": "3",
    },
    "forgets-certificates": {"TC_075_1_CS": "4", "TC_075_2_CS": "4", "TC_076_CS": "2"},
    "keeps-deleted-certificates": {"TC_076_CS": "6"},
    "downgrades-security-profile": {"TC_084_CS": "2"},
    "keeps-security-profile": {"TC_083_CS": "post"},
    "keeps-old-password": {"TC_073_CS": "3"},
    "accepts-bad-signature": {"TC_081_CS": "7"},
    "ignores-revocation": {"SEC_01_CS": "2"},
    "takes-any-signer": {"SEC_01_CS": "2", "SEC_02_CS": "2", "SEC_03_CS": "2"},
    "hides-bad-signature": {"TC_081_CS": "9"},
    "skips-signature-verified": {"TC_080_CS": "7"},
    "forgets-update-id": {"TC_080_CS": "17"},
    "claims-log-upload": {"TC_079_CS": "5"},
    "one-suite": {"TC_086_CS": "1", "TC_087_CS": "1"},
    "wrong-csr=signature": {"TC_074_CS": "3"},
    "wrong-csr=commonName": {"TC_074_CS": "3"},
    "wrong-csr=organizationName": {"TC_074_CS": "3"},
    "wrong-csr=weak-rsa": {"TC_074_CS": "3"},
    "wrong-csr=weak-curve": {"TC_074_CS": "3", "TC_077_CS": "3"},
}


@pytest.mark.parametrize(
    ("fault", "case", "step"),
    [(fault, case, step) for fault, seen in FAULTS.items() for case, step in seen.items()],
)
def test_what_must_be_refused_and_is_not_is_seen(fault: str, case: str, step: str) -> None:
    result = judge(reference_for(CASES[case].entry, [fault]), CASES[case])
    assert (result.verdict, result.step) == (Verdict.FAIL, step), result.reason


@pytest.mark.parametrize(
    ("fault", "case", "told"),
    [
        ("accepts-any-certificate", "TC_074_CS", "no new connection in 60 s, the old one is still"),
        ("keeps-old-password", "TC_073_CS", "; station 'CP01' was refused with 401; 6"),
        ("downgrades-security-profile", "TC_084_CS", "got 'Accepted': SecurityProfile can only be"),
        ("forgets-certificates", "TC_075_1_CS", "none of 1 entries is that of the certificate, {"),
        ("keeps-deleted-certificates", "TC_076_CS", "the certificate is still there: {'hashAlg"),
        ("keeps-old-certificate", "TC_074_CS", "', that of the new certificate, got '"),
        ("accepts-expired-root", "TC_078_CS", "got 'Accepted': the certificate of the request"),
        ("one-kind-of-key", "TC_086_CSMS", "no connection offering AES128-GCM-SHA256 only: "),
        ("other-signature", "TC_080_CSMS", "the operator was asked to send, got 'AAAA'"),
    ],
)
def test_the_reason_says_what_to_look_for(fault: str, case: str, told: str) -> None:
    wrong = implemented()[case]
    assert told in judge(reference_for(wrong.entry, [fault]), wrong).reason


def remarks(result: Result) -> list[str]:
    return [r.text for r in result.record.transcript.remarks]


def over(profile: int, **options: str | bool) -> Sut:
    return secured(embedded("1.6", "CS", options=options), profile)


def test_a_password_that_is_too_short_is_seen() -> None:
    short = over(1).changed({"connection": {"password": "12345678"}})
    result = judge(short, CASES["TC_085_CS"])
    assert (result.verdict, result.step) == (Verdict.FAIL, "1")
    assert "basic.size: expected 16 to 20 bytes, got 8" in result.reason


def test_a_root_that_is_there_already_is_not_installed_again_tc_083_cs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: Callable[..., Credentials] = admission.credentials

    def with_root(sut: Sut, *, waits: bool = False) -> Credentials:
        root = sut.document.tls.files("CSMS").trusted
        assert root is not None
        return replace(given(sut, waits=waits), trusted=[root.read_text("utf-8")])

    monkeypatch.setattr(inprocess, "credentials", with_root)
    result = judge(over(1), CASES["TC_083_CS"])
    assert result.verdict is Verdict.PASS
    sent = [f.text for f in result.record.transcript.frames if f.sender == "tool"]
    assert not [text for text in sent if "InstallCertificate" in text or "DeleteCert" in text]


@pytest.mark.parametrize("profile", [1, 2, 3])
def test_what_a_case_changes_is_put_back(profile: int) -> None:
    cases = [c for c in OF_SECURITY if not c.entry.unmet(over(profile).features)]
    results = in_one_session(over(profile), [*cases, *reversed(cases), CASES["TC_001_CS"]])
    assert {r.verdict for r in results} == {Verdict.PASS}
    told = {(r.case.id, t[:40]) for r in results for t in remarks(r)}
    left = {("TC_074_CS", "the station was left with the certificat")} if profile == 3 else set()
    if profile == 2:
        left = {("TC_083_CS", "the station was left with the certificat")}
    assert {t for t in told if "left" in t[1] or "set back" in t[1]} == left


def test_the_certificate_that_a_station_was_left_with_is_told_by_its_fingerprint() -> None:
    cases = [CASES["TC_074_CS"], CASES["TC_074_CS"]]
    first, second = (remarks(r) for r in in_one_session(over(3), cases))
    fingerprints = [re.findall(r"\b[0-9a-f]{64}\b", text) for (text,) in (first, second)]
    assert [len(found) for found in fingerprints] == [2, 2]
    assert fingerprints[0][0] == fingerprints[1][1]


def test_what_a_wrong_station_has_installed_is_deleted_again() -> None:
    faulty = secured(embedded("1.6", "CS", faults=["accepts-expired-root"]), 2)
    result = judge(faulty, CASES["TC_078_CS"])
    sent = [f.text for f in result.record.transcript.frames if f.sender == "tool"]
    assert result.verdict is Verdict.FAIL
    assert [text for text in sent if "DeleteCertificate" in text]


@pytest.mark.parametrize(
    ("fault", "case", "profile"),
    [
        ("keeps-old-password", "TC_073_CS", 1),
        ("keeps-security-profile", "TC_083_CS", 1),
        ("downgrades-security-profile", "TC_084_CS", 2),
        ("downgrades-security-profile", "TC_084_CS", 3),
        ("ignores-revocation", "SEC_01_CS", 2),
        ("accepts-bad-signature", "TC_081_CS", 2),
    ],
)
def test_a_case_that_fails_leaves_a_station_that_the_next_one_can_judge(
    fault: str, case: str, profile: int
) -> None:
    faulty = secured(embedded("1.6", "CS", faults=[fault]), profile)
    results = in_one_session(faulty, [CASES[case], CASES["TC_001_CS"]])
    assert [r.verdict for r in results] == [Verdict.FAIL, Verdict.PASS]


def test_a_profile_that_nobody_can_lower_stays_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def supports(_: InProcess, kind: type[Action]) -> bool:
        return kind is not SetSecurityProfile

    monkeypatch.setattr(InProcess, "supports", supports)
    ids = ["TC_083_CS", "TC_083_CS", "TC_084_CS", "TC_001_CS"]
    results = in_one_session(over(1), [CASES[i] for i in ids])
    assert [r.verdict for r in results] == [Verdict.PASS] * 4
    told = [r.text for r in results[0].record.transcript.remarks]
    assert any("was left with security profile 2" in text for text in told)
    assert any(
        "was left with security profile 3" in r.text for r in results[1].record.transcript.remarks
    )


def test_a_station_that_does_not_take_its_old_password_back_goes_on_with_the_new_one() -> None:
    old = b"\xff" * 32  # longer than AuthorizationKey can be
    system = over(1).changed({"connection": {"password": {"text": old.hex(), "encoding": "hex"}}})
    results = in_one_session(system, [CASES["TC_073_CS"], CASES["TC_085_CS"]])
    assert [r.verdict for r in results] == [Verdict.PASS, Verdict.PASS]
    (told,) = remarks(results[0])
    assert "the password that this case has set" in told


def forms(secret: bytes) -> set[str]:
    """Return how a secret may have been sent."""
    basic = base64.b64encode(b"CP01:" + secret).decode()
    return {secret.decode(), secret.hex(), secret.hex().upper(), basic, basic.rstrip("=")[-20:]}


@pytest.mark.parametrize("profile", [1, 2, 3])
def test_nothing_secret_is_in_the_journal(profile: int) -> None:
    secret = b"correct-horse-17b"
    system = over(profile)
    if profile < 3:
        system = system.changed({"connection": {"password": secret.decode()}})
    cases = [c for c in OF_SECURITY if not c.entry.unmet(system.features)]
    journal = json.dumps([r.as_record() for r in in_one_session(system, cases)])
    wanted = forms(secret) | forms(b"OCA_OCTT_admin_test") | {"PRIVATE KEY"}
    assert not [form for form in wanted if form in journal]
    assert profile == 3 or "AuthorizationKey" in journal


def test_a_signature_that_is_given_is_sent_tc_080_cs() -> None:
    known = embedded("1.6", "CS")
    key = shared(known).tls.signer_key
    assert key is not None
    for data, verdict in ((dummy("2.0"), Verdict.PASS), (b"another image", Verdict.FAIL)):
        values = {"firmware_signature": signature(key, data)}
        result = judge(known.changed({"values": values}), CASES["TC_080_CS"])
        assert (result.verdict, result.step) == (verdict, "" if verdict is Verdict.PASS else "7")


@pytest.mark.parametrize("oldest", [TLSVersion.TLSv1, TLSVersion.TLSv1_1, TLSVersion.TLSv1_2])
def test_an_old_version_of_tls_is_remarked_on(
    oldest: TLSVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = Files.server

    def server(files: Files, **how: bool) -> SSLContext | None:
        context = given(files, **how)
        if context is not None and oldest < TLSVersion.TLSv1_2:
            context.set_ciphers("ALL:@SECLEVEL=0")
            with pytest.warns(DeprecationWarning, match="deprecated"):
                context.minimum_version = oldest
        return context

    monkeypatch.setattr(Files, "server", server)
    result = judge(secured(embedded("1.6", "CSMS"), 2), implemented()["TC_086_CSMS"])
    assert result.verdict is Verdict.PASS, result.reason
    old = {TLSVersion.TLSv1: 2, TLSVersion.TLSv1_1: 1, TLSVersion.TLSv1_2: 0}
    assert len([t for t in remarks(result) if "A00.FR.312" in t]) == old[oldest]


@pytest.mark.parametrize("padding", ["PSS", "PKCS1v15"])
@pytest.mark.parametrize(("role", "keys"), [("CS", "rsa"), ("CSMS", "rsa"), ("CS", "ecdsa")])
def test_firmware_that_is_signed_as_other_tools_do_is_remarked_on(
    role: Role, keys: str, padding: str
) -> None:
    changes = {"operator": {"keys": keys}, "values": {"firmware_padding": padding}}
    system = secured(embedded("1.6", role), 2).changed(changes)
    for i in ("TC_080", "TC_081"):
        result = judge(system, implemented()[f"{i}_{role}"])
        assert result.verdict is Verdict.PASS, result.reason
        disputed = [t for t in remarks(result) if "L01.FR.04" in t]
        assert bool(disputed) == ((keys, padding, i) == ("rsa", "PKCS1v15", "TC_080"))


@pytest.mark.parametrize(
    ("case", "profile", "missing"), [("TC_080_CS", 0, "signer_key"), ("TC_083_CS", 1, "trusted")]
)
def test_what_is_not_declared_is_asked_for(
    case: str, profile: int, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inprocess, "shared", lambda sut: sut)
    system = over(profile) if profile else embedded("1.6", "CS")
    result = judge(system, CASES[case])
    assert result.verdict is Verdict.INCONCLUSIVE
    assert result.reason == f"this needs tls.{missing} in sut.toml (or tls.folder)"


@pytest.mark.parametrize("case", ["TC_075_2_CS", "TC_076_CS"])
def test_a_root_that_would_have_to_be_signed_by_the_one_before(case: str) -> None:
    result = judge(over(2, root_check=True), CASES[case])
    assert (result.verdict, result.step) == (Verdict.INCONCLUSIVE, "")
    assert result.reason.startswith("AdditionalRootCertificateCheck is true")
