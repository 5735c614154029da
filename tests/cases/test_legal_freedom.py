"""Every case passes on the reference systems in each of their legal variants."""

from __future__ import annotations

import pytest

from conformance.cases import Case
from conformance.catalogue import everything
from conformance.demo import reference_for
from conformance.prove import judge
from conformance.selection import implemented
from conformance.sut import Sut
from conformance.verdict import Verdict
from tests.cases.freedom import sut, variants

CASES = [implemented()[e.id] for e in everything() if e.id in implemented()]
VARIANTS = [
    pytest.param(case, system, id=f"{case.id}-{name}")
    for case in CASES
    for name, system in variants(case).items()
]
CONFIGURED: list[tuple[str, str, dict[str, object]]] = [
    ("1.6", "CS", {"charging_rate_unit": "W"}),
    ("1.6", "CS", {"number_phases": 1}),
    ("1.6", "CS", {"local_limit": 32.0}),
    ("1.6", "CS", {"connector": 2}),
    ("1.6", "CSMS", {"charging_rate_unit": "W", "number_phases": 1}),
    ("2.0.1", "CS", {"charging_rate_unit": "W", "number_phases": 1}),
    ("2.0.1", "CS", {"evse": 2}),
    ("2.0.1", "CS", {"authorize_by": "remote"}),
    ("2.0.1", "CSMS", {"charging_rate_unit": "W", "number_phases": 1}),
]


@pytest.mark.parametrize(("case", "system"), VARIANTS)
def test_a_conforming_system_passes(case: Case, system: Sut) -> None:
    result = judge(system, case)
    assert (result.verdict, result.reason) == (Verdict.PASS, "")


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_a_case_applies_to_some_variant(case: Case) -> None:
    assert variants(case)


def test_a_start_button_needs_no_authorization() -> None:
    button: dict[str, object] = {"id_token": {"token": "", "kind": "NoAuthorization"}}
    station = sut("2.0.1", "CS", {"start_button": True}, **button)
    result = judge(station, implemented()["TC_F_08_CS"])
    assert (result.verdict, result.reason) == (Verdict.PASS, "")


@pytest.mark.parametrize(
    ("case", "values"),
    [
        pytest.param(case, values, id=f"{case.id}-{'-'.join(map(str, values.items()))}")
        for case in CASES
        for version, role, values in CONFIGURED
        if (case.entry.version, case.entry.role) == (version, role)
    ],
)
def test_configured_values_are_used(case: Case, values: dict[str, object]) -> None:
    result = judge(reference_for(case.entry).changed({"values": values}), case)
    assert (result.verdict, result.reason) == (Verdict.PASS, "")
