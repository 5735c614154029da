"""Every declared check bites: spoiled on its way, it fails the case at its step."""

from __future__ import annotations

import pytest

from conformance.cases import Case
from conformance.catalogue import everything
from conformance.prove import Proof, prove_case
from conformance.selection import implemented

CASES = [implemented()[e.id] for e in everything() if e.id in implemented()]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_every_check_bites(case: Case) -> None:
    proof = Proof()
    prove_case(case, proof)
    assert proof.as_dict()["survivors"] == []
    assert proof.bitten == proof.constraints > 0
