"""Cases run over every security profile unchanged; what fails before them is no FAIL."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from ssl import TLSVersion

import pytest

from conformance.access import Access
from conformance.admission import call, gate
from conformance.demo import reference_for
from conformance.operators import Streams
from conformance.pki.lab import Lab, write
from conformance.prove import judge
from conformance.selection import implemented
from conformance.session import Session
from conformance.sut import Sut, embedded
from conformance.verdict import Verdict
from conformance.wire.client import ConnectFailedError
from tests.running import EMBEDDED_16_CS, journal, run

CASES = ("TC_003_CS", "TC_003_CSMS", "TC_B_06_CSMS", "TC_F_03_CS")
PASSWORD = "0123456789abcdef0123"


@pytest.mark.parametrize(("profile", "tls"), [("1", ""), ("2", "TLSv1.3"), ("3", "TLSv1.3")])
def test_cases_pass_over_every_security_profile(tmp_path: Path, profile: str, tls: str) -> None:
    words = [word for case in CASES for word in ("--case", case)]
    ran = run("demo", "--security-profile", profile, *words, folder=tmp_path)
    assert ran.code == 0, ran.out + ran.err
    lines = (ran.results / "journal.jsonl").read_text("utf-8").splitlines()
    cases = [c for c in map(json.loads, lines) if c["kind"] == "case"]
    assert [c["verdict"] for c in cases] == ["PASS"] * len(CASES)
    connected = [f["text"] for c in cases for f in c["frames"] if "connected" in f["text"]]
    assert all((tls in text) if tls else ("TLS" not in text) for text in connected)


def secured(profile: int, folder: Path, **more: object) -> Sut:
    connection: dict[str, object] = {"security_profile": profile, "port": 0}
    if profile <= 2:
        connection["password"] = PASSWORD
    changes = {"connection": connection, "tls": {"folder": str(folder)}, **more}
    return embedded("1.6", "CS", changes=changes)


def judged(sut: Sut, case: str = "TC_003_CS") -> tuple[Verdict, str]:
    session = Session(sut, Streams(None, None))
    try:
        session.open()
        result = session.run(implemented()[case])
    finally:
        session.close()
    return result.verdict, result.reason


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab")
    write(Lab(organization="Org", names=["127.0.0.1"], serial="CP01"), folder)
    return folder


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
@pytest.mark.parametrize("profile", [2, 3])
def test_both_kinds_of_keys_do(lab: Path, kind: str, profile: int) -> None:
    assert judged(secured(profile, lab / kind)) == (Verdict.PASS, "")


def test_a_station_that_refuses_the_tool_is_inconclusive(lab: Path) -> None:
    tls = {"certificate": str(lab / "rsa/bad/server-expired.pem")}
    tls |= {"private_key": str(lab / "rsa/bad/server-expired.key"), "folder": str(lab / "rsa")}
    sut = secured(2, lab / "rsa", limits={"connect_timeout": 6.0, "message_timeout": 1.0})
    verdict, reason = judged(sut.changed({"tls": tls}))
    assert verdict is Verdict.INCONCLUSIVE
    assert "no connection" in reason
    assert "a TLS handshake failed" in reason


def test_a_file_that_is_no_certificate_is_told(lab: Path) -> None:
    tls = {"certificate": str(lab / "README.txt"), "folder": str(lab / "rsa")}
    verdict, reason = judged(secured(2, lab / "rsa").changed({"tls": tls}))
    assert verdict is Verdict.INCONCLUSIVE
    assert "the files in [tls] cannot be used" in reason


def test_the_same_for_a_csms(lab: Path) -> None:
    tls = {"certificate": str(lab / "rsa/root.pem"), "folder": str(lab / "rsa")}
    settings = {"connection": {"security_profile": 3}, "tls": tls}
    verdict, reason = judged(embedded("1.6", "CSMS", changes=settings), "TC_003_CSMS")
    assert verdict is Verdict.INCONCLUSIVE
    assert "KEY_VALUES_MISMATCH" in reason


def test_who_is_not_let_in_is_counted_in_the_journal_and_told_at_the_end(tmp_path: Path) -> None:
    connection = f'[connection]\nsecurity_profile = 1\npassword = "{PASSWORD}"\n'
    text = EMBEDDED_16_CS.replace("[connection]\n", connection)
    text = text.replace("[limits]\n", "[limits]\nconnect_timeout = 3\n")
    text = text.replace('["16-REMOTE-TRIGGER"', '["16-SECURITY.1", "16-REMOTE-TRIGGER"')
    (tmp_path / "sut.toml").write_text(text + 'faults = ["keeps-old-password"]\n')
    ran = run("run", "--sut", "sut.toml", "--case", "TC_073_CS", folder=tmp_path)
    assert ran.code == 1, ran.out + ran.err
    (counted,) = journal(ran.results)[-1]["refused"]
    assert (counted["kind"], counted["address"]) == ("wrong credentials", "127.0.0.1")
    assert f"{counted['count']} attempts to connect were refused" in ran.out
    assert "wrong credentials from 127.0.0.1" in (ran.results / "report.html").read_text("utf-8")


@pytest.mark.parametrize("profile", ["4", "two"])
def test_there_are_four_security_profiles(tmp_path: Path, profile: str) -> None:
    ran = run("demo", "--security-profile", profile, folder=tmp_path)
    assert ran.code == 2
    assert "is not one of '0', '1', '2', '3'" in ran.err


@pytest.mark.parametrize("fault", [None, "never-sends", "takes-old-password"])
def test_a_password_that_a_csms_sets_is_in_no_record(fault: str | None) -> None:
    case = implemented()["TC_073_CSMS"]
    result = judge(reference_for(case.entry, [fault] if fault else []), case)
    told = json.dumps(result.as_record())
    set_ = {a.values["value"] for a in result.record.transcript.actions}
    assert set_
    assert not [password for password in set_ if password in told]


BAD = ("expired", "not-yet-valid", "wrong-ca", "wrong-usage", "weak-key")


@pytest.mark.parametrize("why", BAD)
@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_bad_certificates_are_refused_by_the_csms_and_not_by_the_tool(
    lab: Path, kind: str, why: str
) -> None:
    folder = lab / kind
    changes = {"connection": {"security_profile": 3}, "tls": {"folder": str(folder)}}
    sut = embedded("1.6", "CSMS", changes=changes)
    access, bad = Access.of(sut), folder / f"bad/client-{why}"
    shown = {"chain": bad.with_suffix(".pem"), "key": bad.with_suffix(".key"), "lenient": True}
    access.side = replace(access.side, **shown)  # type: ignore[arg-type]
    with pytest.raises(ConnectFailedError) as refusal:
        call(access, gate(sut), "CP01", "memory")
    assert refusal.value.by_the_peer
    assert not refusal.value.by_the_tool
    lenient = gate(sut)
    lenient.faults = {"asks-for-no-certificate": ""}
    assert call(access, lenient, "CP01", "memory") is not None


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1:DeprecationWarning")
def test_an_old_version_of_tls_is_refused_by_the_csms(lab: Path) -> None:
    changes = {"connection": {"security_profile": 3}, "tls": {"folder": str(lab / "rsa")}}
    sut = embedded("1.6", "CSMS", changes=changes)
    access = Access.of(sut)
    old = {"oldest": TLSVersion.TLSv1_1, "newest": TLSVersion.TLSv1_1, "lenient": True}
    suites = ("ECDHE-RSA-AES128-SHA", "AES128-SHA")
    access.side = replace(access.side, suites=suites, **old)  # type: ignore[arg-type]
    with pytest.raises(ConnectFailedError) as refusal:
        call(access, gate(sut), "CP01", "memory")
    assert refusal.value.tls is not None
    assert refusal.value.tls.refused_by_sut == "PROTOCOL_VERSION"


def test_what_one_station_is_refused_for_keeps_no_other_away() -> None:
    connection = {"security_profile": 3, "stations": ["CP01", "CP02"]}
    session = Session(
        embedded("1.6", "CSMS", changes={"connection": connection}), Streams(None, None)
    )
    case = implemented()["TC_087_CSMS"]
    try:
        session.open()
        results = [session.run(case, station) for station in ("CP01", "CP02")]
    finally:
        session.close()
    assert [(r.verdict, r.reason) for r in results] == [(Verdict.PASS, "")] * 2
