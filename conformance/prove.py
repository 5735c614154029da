"""Prove that each check bites: spoil what a case requires, and see it fail there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.cases import Case, Result
from conformance.catalogue import everything, select
from conformance.demo import reference_for
from conformance.equivalents import EQUIVALENT
from conformance.inprocess import bench
from conformance.jumping import JumpingLoop
from conformance.record import Constraint
from conformance.selection import case_for
from conformance.sut import Sut
from conformance.tamper import Tamper
from conformance.verdict import Verdict


@dataclass(frozen=True)
class Survivor:
    """A spoiled thing that did not make its case fail at its step."""

    case: str
    constraint: Constraint | None
    outcome: str
    reason: str = ""


@dataclass
class Proof:
    """The score: how many spoiled things were seen, and which were not."""

    cases: int = 0
    constraints: int = 0
    bitten: int = 0
    survivors: list[Survivor] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Tell whether everything bites, or is known to be equivalent."""
        return all(s.reason for s in self.survivors)

    def as_dict(self) -> dict[str, Any]:
        """Return the score for a program."""
        return {
            "cases": self.cases,
            "constraints": self.constraints,
            "bitten": self.bitten,
            "survivors": [
                {
                    "case": s.case,
                    "constraint": str(s.constraint or "the unspoiled run"),
                    "outcome": s.outcome,
                    "reason": s.reason,
                }
                for s in self.survivors
            ],
        }

    def as_text(self) -> str:
        """Return the score for a person."""
        lines = [
            f"{s.case}: {s.constraint or 'the unspoiled run'}: {s.outcome}"
            f"{f'  (equivalent: {s.reason})' if s.reason else ''}"
            for s in self.survivors
        ]
        told = f"{self.cases} cases, {self.bitten} of {self.constraints} constraints bite"
        return "\n".join([*lines, told])


def judge(sut: Sut, case: Case, tamper: Tamper | None = None) -> Result:
    """Run one case against the reference system in memory, on a clock that jumps."""

    async def run() -> Result:
        table = bench(sut)
        try:
            await table.open()
            return await table.run(case, tamper)
        finally:
            await table.close()

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        # Not `run`, which would take the signals for each of thousands of short runs.
        return runner.get_loop().run_until_complete(run())


def prove_all(
    versions: Sequence[str] = (), roles: Sequence[str] = (), cases: Sequence[str] = ()
) -> Proof:
    """Prove every implemented case of a selection."""
    proof = Proof()
    for entry in select(everything(), ids=cases, versions=versions, roles=roles):
        case = case_for(entry)
        if case is not None:
            prove_case(case, proof)
    return proof


def prove_case(case: Case, proof: Proof, sut: Sut | None = None) -> None:
    """Spoil each constraint of a passing run of one case, one at a time."""
    sut = sut or reference_for(case.entry)
    passing = judge(sut, case)
    proof.cases += 1
    if passing.verdict is not Verdict.PASS:
        outcome = f"{passing.verdict}: {passing.reason}"
        proof.survivors.append(Survivor(case.id, None, outcome))
        return
    for constraint in _distinct(passing.record.constraints):
        proof.constraints += 1
        outcome = _outcome(constraint, Tamper(constraint), sut, case)
        if not outcome:
            proof.bitten += 1
            continue
        reason = EQUIVALENT.get((case.id, f"{constraint.step} {constraint.kind}"), "")
        proof.survivors.append(Survivor(case.id, constraint, outcome, reason))


def _outcome(constraint: Constraint, tamper: Tamper, sut: Sut, case: Case) -> str:
    """Return what went wrong with the proof, or nothing if the case failed as it must."""
    result = judge(sut, case, tamper)
    if not tamper.used:
        return "the message did not come by again"
    remarked = [r.step for r in result.record.transcript.remarks]
    if case.entry.level == "SHOULD" and constraint.step in remarked:
        return ""
    allowed = {Verdict.FAIL}
    if constraint.step.startswith("before/") or (
        constraint.kind == "lost" and case.entry.role == "CSMS"
    ):
        allowed = {Verdict.INCONCLUSIVE}
        if constraint.kind == "lost":
            allowed |= {Verdict.FAIL}
    if result.verdict in allowed and result.step == constraint.step:
        return ""
    return f"{result.verdict} at step {result.step or '-'}: {result.reason}"


def _distinct(constraints: Sequence[Constraint]) -> Iterator[Constraint]:
    seen: set[tuple[str, str, str, str, str]] = set()
    for c in constraints:
        key = (c.place, c.step, c.kind, c.path, repr(c.wrong))
        if key not in seen:
            seen.add(key)
            yield c
