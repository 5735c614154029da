"""Cases run over every security profile unchanged; what fails before them is no FAIL."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.operators import Streams
from conformance.pki.lab import Lab, write
from conformance.selection import implemented
from conformance.session import Session
from conformance.sut import Sut, embedded
from conformance.verdict import Verdict
from tests.running import run

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


@pytest.mark.parametrize("profile", ["4", "two"])
def test_there_are_four_security_profiles(tmp_path: Path, profile: str) -> None:
    ran = run("demo", "--security-profile", profile, folder=tmp_path)
    assert ran.code == 2
    assert "is not one of '0', '1', '2', '3'" in ran.err
