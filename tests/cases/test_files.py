"""What a case finds wrong with files, and what a user declares about them."""

from __future__ import annotations

import asyncio

import pytest

from conformance.cases import Result
from conformance.inprocess import bench
from conformance.jumping import JumpingLoop
from conformance.prove import judge
from conformance.record import Constraint
from conformance.selection import implemented
from conformance.sut import embedded
from conformance.tamper import Tamper
from conformance.verdict import Verdict


def judged(
    case: str, *faults: str, options: dict[str, str] | None = None, **files: object
) -> Result:
    changes = {"files": {"firmware_version": "2.0", **files}}
    sut = embedded("1.6", "CS", faults=faults, options=options, changes=changes)
    return judge(sut, implemented()[case])


@pytest.mark.parametrize("version", ["", "2.0"])
def test_the_new_version_is_the_declared_one(version: str) -> None:
    assert judged("TC_044_1_CS", firmware_version=version).verdict is Verdict.PASS


def test_a_new_version_that_is_another_one() -> None:
    result = judged("TC_044_1_CS", firmware_version="3.0")
    told = "step 9: BootNotification.firmwareVersion: expected '3.0' or absent, got '2.0'"
    assert (result.verdict, result.reason) == (Verdict.FAIL, told)


@pytest.mark.parametrize(
    ("case", "fault", "step", "reason"),
    [
        (
            "TC_044_2_CS",
            "claims-download",
            "5",
            "FirmwareStatusNotification.status: expected 'DownloadFailed', got 'Downloaded'",
        ),
        (
            "TC_044_3_CS",
            "installs-anything",
            "11",
            "FirmwareStatusNotification.status: expected 'InstallationFailed', got 'Installed'",
        ),
        ("TC_044_3_CS", "stays-unavailable", "post", "every connector is available"),
        ("TC_045_1_CS", "claims-upload", "post", "no upload was seen"),
    ],
)
def test_faults_that_real_products_have(case: str, fault: str, step: str, reason: str) -> None:
    result = judged(case, fault)
    assert (result.verdict, result.step) == (Verdict.FAIL, step)
    assert result.reason == f"step {step}: {reason}"


def test_diagnostics_under_another_name() -> None:
    result = judged("TC_045_1_CS", "uploads-other-name")
    assert (result.verdict, result.step) == (Verdict.FAIL, "post")
    assert "upload: name: expected 'CP16-0001-" in result.reason
    assert "got 'other-CP16-0001-" in result.reason


def test_no_diagnostics_at_all() -> None:
    """A file that is announced by no name is none."""
    result = judged("TC_045_1_CS", "wrong-type=GetDiagnostics")
    assert result.verdict is Verdict.FAIL


EITHER = ["TC_044_1_CS", "TC_044_3_CS", "TC_045_1_CS", "TC_079_CS", "TC_080_CS", "TC_081_CS"]


@pytest.mark.parametrize("case", EITHER)
@pytest.mark.parametrize("protocol", ["FTP", "HTTP"])
def test_either_protocol(case: str, protocol: str) -> None:
    result = judged(case, options={"transfer_protocols": protocol})
    assert result.verdict is Verdict.PASS
    assert {moved["protocol"] for moved in result.as_record()["files"]} == {protocol}


def test_a_charge_point_with_other_protocols_cannot_be_judged() -> None:
    result = judged("TC_044_1_CS", options={"transfer_protocols": "FTPS,HTTPS"})
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "supports only FTPS, HTTPS" in result.reason


def test_nothing_secret_is_left_in_the_record() -> None:
    for case in ("TC_044_1_CS", "TC_045_1_CS"):
        result = judged(case)
        (password,) = (s for s in result.secrets if len(s) == 16)
        assert any(password in frame.text for frame in result.record.transcript.frames)
        assert password not in str(result.as_record())


ORDER = ("TC_044_1_CS", "TC_044_2_CS", "TC_044_3_CS", "TC_045_1_CS", "TC_045_2_CS")
TOLD = ("installed_told", ["after statuses", "before statuses", "before boot"])


@pytest.mark.parametrize("broken", ["TC_044_1_CS", "TC_044_3_CS", "TC_045_1_CS"])
@pytest.mark.parametrize(*TOLD)
def test_a_case_that_ends_in_the_middle_disturbs_no_other(broken: str, installed_told: str) -> None:
    """At its step 3 the update or the upload has just begun."""
    sut = embedded("1.6", "CS", options={"installed_told": installed_told})
    spoiled = Tamper(Constraint(place="3#1", step="3", kind="field", path="status", wrong="?"))

    async def play() -> list[Result]:
        table = bench(sut)
        await table.open()
        try:
            failing = await table.run(implemented()[broken], spoiled)
            return [failing, *[await table.run(implemented()[case]) for case in ORDER]]
        finally:
            await table.close()

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        first, *others = runner.run(play())
    assert (first.verdict, first.step) == (Verdict.FAIL, "3")
    assert [(r.case.id, r.verdict, r.reason) for r in others] == [
        (case, Verdict.PASS, "") for case in ORDER
    ]
