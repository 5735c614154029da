"""One system, all cases: what one of them leaves behind is nobody's trouble."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

import pytest

from conformance.cases import Case, Result
from conformance.inprocess import bench
from conformance.jumping import JumpingLoop
from conformance.record import Constraint
from conformance.sut import Sut
from conformance.tamper import Tamper
from conformance.verdict import Verdict
from tests.cases.freedom import FREEDOM, Variant, implemented_cases, systems

PAIRS = {
    pair: [c for c in implemented_cases() if (c.entry.version, c.entry.role) == pair]
    for pair in FREEDOM
}


def in_one_session(
    sut: Sut, cases: Sequence[Case], spoiled: Mapping[str, Constraint] = MappingProxyType({})
) -> list[Result]:
    """Run cases against one reference system, one after the other, some with a thing spoiled."""

    async def run() -> list[Result]:
        table = bench(sut)
        await table.open()
        try:
            return [
                await table.run(c, Tamper(spoiled[c.id]) if c.id in spoiled else None)
                for c in cases
            ]
        finally:
            await table.close()

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(run())


@pytest.mark.parametrize(
    ("pair", "name"),
    [
        pytest.param(pair, name, id=f"{'-'.join(pair)}-{name}")
        for pair, variants in FREEDOM.items()
        for name in list(variants)[:: max(1, len(variants) // 4)]  # alone, each has all variants
    ],
)
def test_all_cases_pass_forwards_and_backwards(pair: tuple[str, str], name: str) -> None:
    system = systems(*pair)[name]
    cases = PAIRS[pair]
    results = in_one_session(system, [*cases, *reversed(cases)])
    applies = {c.id: not c.entry.unmet(system.features) for c in cases}
    wrong = [
        f"{r.case.id} {r.verdict}: {r.reason}"
        for r in results
        if r.verdict is not (Verdict.PASS if applies[r.case.id] else Verdict.NOT_APPLICABLE)
    ]
    assert not wrong


@cache
def healthy(pair: tuple[str, str]) -> dict[Case, Result]:
    """Run all cases that apply to the reference system, in one session."""
    system = Variant().sut(*pair)
    cases = [c for c in PAIRS[pair] if not c.entry.unmet(system.features)]
    return dict(zip(cases, in_one_session(system, cases), strict=True))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("which", range(3))
@pytest.mark.parametrize("pair", FREEDOM, ids="-".join)
def test_one_failed_case_leaves_the_verdicts_of_the_others_alone(
    pair: tuple[str, str], which: int, share: float
) -> None:
    """Every third case ends where it is at a share of its way; the others do not notice."""
    right = healthy(pair)
    cases = list(right)
    there = {c.id: r.record.constraints for c, r in right.items()}
    chosen = {c.id: there[c.id][int(len(there[c.id]) * share)] for c in cases[which::3]}
    results = in_one_session(Variant().sut(*pair), cases, chosen)
    told = {r.case.id: f"{r.verdict}: {r.reason}" for r in results}
    assert [i for i, t in told.items() if i not in chosen and t != "PASS: "] == []
    remarked = {r.case.id for r in results if r.record.transcript.remarks}
    should = {c.id for c in cases if c.entry.level == "SHOULD"}
    passing = [i for i in chosen if told[i] == "PASS: "]
    assert [i for i in passing if i not in should & remarked] == []
