"""HTTP Basic authentication as products get it wrong, and over sockets."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.demo import reference_for
from conformance.inprocess import InProcess
from conformance.prove import judge
from conformance.verdict import Verdict
from conformance.wire.client import ConnectFailedError
from tests.cases.freedom import implemented_cases
from tests.running import run

CASES = {(c.id, c.entry.version): c for c in implemented_cases()}
BASIC = [i for i, _ in CASES if i.startswith("OCPPJ_5") and i[6] in "3456789"]


@pytest.mark.parametrize("fault", ["takes-any-user", "exact-scheme"])
def test_what_1_6_only_advises_is_a_remark(fault: str) -> None:
    case = CASES["OCPPJ_57_CSMS" if fault == "takes-any-user" else "OCPPJ_59_CSMS", "1.6"]
    result = judge(reference_for(case.entry, [fault]), case)
    assert result.verdict is Verdict.PASS
    (remark,) = result.record.transcript.remarks
    assert remark.step == "1"


def test_a_refusal_with_another_status_is_a_remark(monkeypatch: pytest.MonkeyPatch) -> None:
    dial = InProcess.dial

    async def forbidden(self: InProcess, offered: tuple[str, ...] = ()) -> object:
        try:
            return await dial(self, offered)
        except ConnectFailedError as failed:
            raise ConnectFailedError("forbidden", "memory", status=403) from failed

    monkeypatch.setattr(InProcess, "dial", forbidden)
    case = CASES["OCPPJ_54_CSMS", "2.0.1"]
    result = judge(reference_for(case.entry), case)
    assert result.verdict is Verdict.PASS
    told = "refused with 403, where 401 is meant: another password"
    assert told in [r.text for r in result.record.transcript.remarks]


def test_a_csms_that_sets_another_password_is_remarked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.keyring.Keyring.new_password", lambda *_: "AB" * 20)
    case = CASES["OCPPJ_58_CSMS", "1.6"]
    result = judge(reference_for(case.entry), case)
    assert result.verdict is Verdict.PASS
    (remark,) = result.record.transcript.remarks
    assert remark.text.startswith("the CSMS has set another password")


@pytest.mark.parametrize("profile", ["1", "2"])
def test_they_pass_over_sockets(profile: str, tmp_path: Path) -> None:
    words = [word for id_ in dict.fromkeys(BASIC) for word in ("--case", id_)]
    ran = run("demo", "--security-profile", profile, *words, folder=tmp_path)
    assert ran.code == 0, ran.out + ran.err
    assert f"{len(BASIC)} PASS" in ran.out


def test_who_waits_for_a_challenge_is_found_over_sockets(tmp_path: Path) -> None:
    words = ["--case", "OCPPJ_53_CS", "--fault", "waits-for-challenge"]
    ran = run("demo", "--security-profile", "1", *words, folder=tmp_path)
    assert ran.code == 1, ran.out + ran.err
    assert ran.out.count("it sent no Authorization header") > 1
