"""Every declared check bites: spoiled on its way, it fails the case at its step."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.cases import Case
from conformance.catalogue import everything
from conformance.prove import Proof, judge, prove_case
from conformance.selection import implemented
from tests.cases.freedom import variants

CASES = [implemented()[e.id] for e in everything() if e.id in implemented()]
INVENTORY = Path(__file__).parent.parent / "inventory"


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_every_check_bites(case: Case) -> None:
    proof = Proof()
    prove_case(case, proof)
    assert proof.as_dict()["survivors"] == []
    assert proof.bitten == proof.constraints > 0


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_the_inventory_of_a_case_is_pinned(case: Case, request: pytest.FixtureRequest) -> None:
    """A check that is dropped shows in the diff; `--update-inventory` writes what is there."""
    lines: list[str] = []
    for name, system in variants(case).items():
        record = judge(system, case).record
        new = [line for line in record.inventory if line not in lines]
        lines += [*([f"# {name}"] if new and lines else []), *new]
    pinned = INVENTORY / f"{case.id}.txt"
    if request.config.getoption("--update-inventory"):
        pinned.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert lines == pinned.read_text(encoding="utf-8").splitlines()


def test_no_inventory_without_a_case() -> None:
    assert {p.stem for p in INVENTORY.glob("*.txt")} == {c.id for c in CASES}
