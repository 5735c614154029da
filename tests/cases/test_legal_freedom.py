"""Every case passes on the reference systems in each of their legal variants; its inventory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from conformance.cases import Case, Result
from conformance.demo import reference_for
from conformance.prove import judge
from conformance.selection import implemented
from conformance.verdict import Verdict
from tests.cases.freedom import implemented_cases, label, sut, variants

CASES = implemented_cases()
INVENTORY = Path(__file__).parent.parent / "inventory"
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


@pytest.mark.parametrize("case", CASES, ids=label)
def test_every_conforming_system_passes(case: Case, request: pytest.FixtureRequest) -> None:
    """A check that is dropped shows in the diff; `--update-inventory` writes what is there."""
    results = {name: judge(system, case) for name, system in variants(case).items()}
    wrong = {name: str(r.reason) for name, r in results.items() if r.verdict is not Verdict.PASS}
    assert wrong == {}
    assert results, "no variant that the case applies to"
    pinned = INVENTORY / f"{label(case)}.txt"
    found = inventory(results)
    if request.config.getoption("--update-inventory"):
        pinned.write_text("\n".join(found) + "\n", encoding="utf-8")
    assert found == pinned.read_text(encoding="utf-8").splitlines()


def inventory(results: Mapping[str, Result]) -> list[str]:
    """Return what is checked of the first variant, and what each further one adds."""
    lines: list[str] = []
    for name, result in results.items():
        new = [line for line in result.record.inventory if line not in lines]
        lines += [*([f"# {name}"] if new and lines else []), *new]
    return lines


def test_no_inventory_without_a_case() -> None:
    assert {p.stem for p in INVENTORY.glob("*.txt")} == {label(c) for c in CASES}


def test_a_start_button_needs_no_authorization() -> None:
    button: dict[str, object] = {"id_token": {"token": "", "kind": "NoAuthorization"}}
    station = sut("2.0.1", "CS", {"start_button": True}, **button)
    result = judge(station, implemented()["TC_F_08_CS"])
    assert (result.verdict, result.reason) == (Verdict.PASS, "")


@pytest.mark.parametrize(
    ("case", "values"),
    [
        pytest.param(case, values, id=f"{label(case)}-{'-'.join(map(str, values.items()))}")
        for case in CASES
        for version, role, values in CONFIGURED
        if (case.entry.version, case.entry.role) == (version, role)
    ],
)
def test_configured_values_are_used(case: Case, values: dict[str, object]) -> None:
    result = judge(reference_for(case.entry).changed({"values": values}), case)
    assert (result.verdict, result.reason) == (Verdict.PASS, "")
