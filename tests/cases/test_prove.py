"""Every declared check bites: spoiled on its way, it fails the case at its step."""

from __future__ import annotations

import pytest

from conformance.cases import Case
from conformance.prove import Proof, prove_case
from tests.cases.freedom import implemented_cases, label

CASES = implemented_cases()


@pytest.mark.parametrize("case", CASES, ids=label)
def test_every_check_bites(case: Case) -> None:
    proof = Proof()
    prove_case(case, proof)
    assert proof.as_dict()["survivors"] == []
    assert proof.bitten == proof.constraints > 0
