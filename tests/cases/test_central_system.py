"""What a case on a central system remarks on, and what shows only when several are run."""

from __future__ import annotations

import asyncio

import pytest

from conformance.cases import Result
from conformance.demo import secured
from conformance.inprocess import bench
from conformance.jumping import JumpingLoop
from conformance.prove import judge
from conformance.selection import implemented
from conformance.sut import Sut, embedded
from conformance.verdict import Verdict


def remarks(result: Result) -> list[str]:
    """Return the remarks on a case that has passed."""
    assert result.verdict is Verdict.PASS, result.reason
    return [remark.text for remark in result.record.transcript.remarks]


def in_a_row(sut: Sut, *cases: str) -> list[Result]:
    """Run several cases against one system."""

    async def run() -> list[Result]:
        table = bench(sut)
        await table.open()
        try:
            return [await table.run(implemented()[case]) for case in cases]
        finally:
            await table.close()

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(run())


@pytest.mark.parametrize(
    ("case", "options", "told"),
    [
        ("TC_019_1_CSMS", {}, []),
        (
            "TC_019_1_CSMS",
            {"empty_keys": True},
            ["an empty list of keys is sent; leaving it out asks for all keys, too"],
        ),
        ("TC_064_CSMS", {}, []),
        (
            "TC_064_CSMS",
            {"foreign": "Accepted"},
            ["a message of the vendor org.example is accepted"],
        ),
        (
            "TC_037_3_CSMS",
            {"stops_refused": True},
            ["the csms sent RemoteStopTransaction(transactionId=1)"],
        ),
    ],
)
def test_what_is_legal_but_worth_a_look(
    case: str, options: dict[str, str | float | bool], told: list[str]
) -> None:
    system = embedded("1.6", "CSMS", options=options)
    assert remarks(judge(system, implemented()[case])) == told


def test_a_transaction_id_that_is_used_again() -> None:
    twice = "TC_003_CSMS", "TC_003_CSMS"
    right = in_a_row(embedded("1.6", "CSMS"), *twice)
    assert [remarks(result) for result in right] == [[], []]
    wrong = in_a_row(embedded("1.6", "CSMS", faults=["reuses-transaction-id"]), *twice)
    told = "transactionId 1 was used before, unique ones are recommended"
    assert [remarks(result) for result in wrong] == [[], [told]]


@pytest.mark.parametrize("profile", range(4))
def test_cases_leave_nothing_behind_that_the_next_one_sees(profile: int) -> None:
    system = secured(embedded("1.6", "CSMS"), profile)
    ids = [
        i
        for i, c in implemented().items()
        if (c.entry.version, c.entry.role) == ("1.6", "CSMS")
        and not c.entry.unmet(system.features)
        and (not profile or "security" in c.entry.profiles)
    ]
    assert ids
    results = in_a_row(system, *ids, *reversed(ids))
    wrong = [f"{r.case.id}: {r.reason}" for r in results if r.verdict is not Verdict.PASS]
    assert wrong == []
