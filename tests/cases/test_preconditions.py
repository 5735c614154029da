"""What cannot be reached before a case begins leaves it INCONCLUSIVE, and says why."""

from __future__ import annotations

import pytest

from conformance.cases import Result
from conformance.prove import judge
from conformance.record import Constraint
from conformance.selection import implemented
from conformance.sut import Sut, embedded
from conformance.tamper import Tamper
from conformance.verdict import Verdict

CP, CS201 = embedded("1.6", "CS"), embedded("2.0.1", "CS")


def spoiled(sut: Sut, case: str, place: str, path: str, wrong: object) -> Result:
    """Run a case with one field of one answer changed."""
    where = Constraint(place=place, step=place, kind="field", path=path, wrong=wrong)
    tamper = Tamper(where)
    result = judge(sut, implemented()[case], tamper)
    assert tamper.used
    return result


def test_a_read_only_key_with_another_value() -> None:
    result = spoiled(
        embedded("1.6", "CS", options={"minimum_status_duration": True}),
        "TC_023_4_CS",
        "before/Configuration.2#1",
        "configurationKey[0].readonly",
        wrong=True,
    )
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "MinimumStatusDuration is 0 and read-only, 10 is required" in result.reason


@pytest.mark.parametrize("status", ["Rejected", "NotSupported"])
def test_a_key_that_cannot_be_set(status: str) -> None:
    result = spoiled(CP, "TC_023_4_CS", "before/Configuration.4#1", "status", status)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert f"LocalPreAuthorize could not be set to true: {status}" in result.reason


def test_a_key_that_is_not_there_is_remarked_on() -> None:
    result = judge(CP, implemented()["TC_023_4_CS"])
    assert result.verdict is Verdict.PASS
    remarks = [r.text for r in result.record.transcript.remarks]
    assert "the charge point does not have the key MinimumStatusDuration" in remarks


def test_a_variable_that_is_not_there_is_remarked_on() -> None:
    result = spoiled(
        CS201,
        "TC_F_02_CS",
        "before/Configuration.2#2",
        "getVariableResult[0].attributeStatus",
        "UnknownVariable",
    )
    assert result.verdict is Verdict.PASS
    remarks = [r.text for r in result.record.transcript.remarks]
    assert "AuthCtrlr.DisableRemoteAuthorization: UnknownVariable" in remarks


def test_a_variable_that_cannot_be_set() -> None:
    result = spoiled(
        CS201,
        "TC_F_03_CS",
        "before/Configuration.4#1",
        "setVariableResult[0].attributeStatus",
        "Rejected",
    )
    assert result.verdict is Verdict.INCONCLUSIVE
    told = "AuthCtrlr.AuthorizeRemoteStart is true and could not be set to false: Rejected"
    assert told in result.reason


def test_no_running_transaction() -> None:
    result = spoiled(CP, "TC_012_CS", "before/Charging.11#1", "connectorId", 2)
    assert result.verdict is Verdict.INCONCLUSIVE


def test_a_feature_that_is_not_declared() -> None:
    without = embedded("1.6", "CS", changes={"features": []})
    result = judge(without, implemented()["TC_056_CS"])
    assert result.verdict is Verdict.NOT_APPLICABLE
    assert "16-SMART-CHARGING" in result.reason


def test_a_reservation_of_any_connector_that_is_not_supported() -> None:
    """It is declared, and the key says no: nothing is judged."""
    sut = embedded(
        "1.6",
        "CS",
        options={"reserve_zero": False},
        changes={"features": ["16-RESERVATION", "16-RESERVE-0"]},
    )
    result = judge(sut, implemented()["TC_049_CS"])
    assert result.verdict is Verdict.INCONCLUSIVE
    told = "ReserveConnectorZeroSupported is false and read-only, true is required"
    assert told in result.reason
