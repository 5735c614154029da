"""What is legal in a session but worth a look is a remark, and no more."""

from __future__ import annotations

import pytest

from conformance.demo import reference_for
from conformance.prove import judge
from conformance.selection import implemented
from conformance.sut import embedded
from conformance.sut_reference import Options
from conformance.verdict import Verdict
from tests.cases.freedom import sut

READ_ONLY = "UnlockConnectorOnEVSideDisconnect is false and read-only, true would be better"


def remarks(case: str, options: Options) -> list[str]:
    """Run a case on a variant of the reference charge point; return its remarks."""
    result = judge(sut("1.6", "CS", options), implemented()[case])
    assert (result.verdict, result.reason) == (Verdict.PASS, "")
    return [f"{r.step}: {r.text}" for r in result.record.transcript.remarks]


@pytest.mark.parametrize(
    ("case", "options", "remark"),
    [
        (
            "TC_005_1_CS",
            {"unlock_without_ev": False, "unlock_without_ev_writable": False},
            "before/Configuration.2: " + READ_ONLY,
        ),
        (
            "TC_005_3_CS",
            {"omit_info": True},
            "1: info should be 'EV side disconnected' (OCPP 1.6, 4.9)",
        ),
        (
            "TC_068_CS",
            {"authorizes_any_stop": True},
            "1: the station sent Authorize(idTag='TAG002')",
        ),
    ],
)
def test_it_is_remarked_on(case: str, options: Options, remark: str) -> None:
    assert remark in remarks(case, options)
    assert remark not in remarks(case, {})


def test_cases_that_exclude_each_other_have_a_reference_system_each() -> None:
    usual = embedded("1.6", "CS")
    for case, fixed in (("TC_017_1_CS", False), ("TC_017_2_CS", True)):
        entry = implemented()[case].entry
        assert bool(entry.unmet(usual.features)) is fixed
        found = reference_for(entry)
        assert not entry.unmet(found.features)
        assert found.declares("16-FIXED-CABLE") is fixed
