"""Runs scenarios of a few lines against miniatures, on a clock that jumps."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from conformance.bench import Bench
from conformance.cases import Case, Result
from conformance.catalogue import Entry
from conformance.files.service import FileService
from conformance.jumping import JumpingLoop
from conformance.states import Scenario, State
from conformance.sut import Sut, embedded
from conformance.sut_sections import Role, Version
from conformance.tamper import Tamper
from conformance.verdict import Verdict
from tests.miniatures.miniature import Miniature

T = TypeVar("T")
TIMES = {"message_timeout": 4, "connect_timeout": 10, "operator_timeout": 60, "deviation": 0.5}


def declared(version: Version = "1.6", role: Role = "CS", **limits: float) -> Sut:
    """Return a declaration with two connectors (1.6) or EVSEs, and round time limits."""
    return embedded(version, role, changes={"limits": {**TIMES, **limits}})


def case(scenario: Scenario, *before: State, condition: str = "") -> Case:
    """Return a case that is in no catalogue."""
    entry = Entry(
        id="TC_0_CS",
        title="",
        version="1.6",
        role="CS",
        section="",
        use_cases=(),
        requirements=(),
        profiles={},
        condition=condition,
    )
    return Case(entry, scenario, before)


def on_bench(it: Miniature, play: Callable[[Bench], Awaitable[T]]) -> T:
    """Do something on an open bench; whatever goes wrong in the background fails the test."""
    wrong: list[Mapping[str, Any]] = []

    async def run() -> T:
        asyncio.get_running_loop().set_exception_handler(lambda _, told: wrong.append(told))
        files = FileService(it.sut, None, it.files.open, it.files)
        bench = Bench(it.sut, it, lambda _: it, files)
        await bench.open()
        try:
            return await play(bench)
        finally:
            await bench.close()

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        played = runner.run(run())
        gc.collect(1)  # an exception that nobody has looked at is told when its task goes
    assert not wrong, wrong
    assert not it.bugs, it.bugs
    return played


def run(it: Miniature, scenario: Scenario, *before: State, tamper: Tamper | None = None) -> Result:
    """Run one case against a miniature."""
    return on_bench(it, lambda bench: bench.run(case(scenario, *before), tamper))


def run_all(it: Miniature, *scenarios: Scenario) -> list[Result]:
    """Run several cases, one after the other, in one session."""

    async def play(bench: Bench) -> list[Result]:
        return [await bench.run(case(scenario)) for scenario in scenarios]

    return on_bench(it, play)


def passed(result: Result) -> Result:
    """Require that a case has passed; show why it has not."""
    assert (result.verdict, result.reason) == (Verdict.PASS, ""), told(result)
    return result


def failed(result: Result, step: object, reason: str) -> Result:
    """Require a FAIL at a step for a reason."""
    assert (result.verdict, result.reason) == (Verdict.FAIL, f"step {step}: {reason}"), told(result)
    assert result.step == str(step)
    return result


def inconclusive(result: Result, reason: str) -> Result:
    """Require INCONCLUSIVE for a reason."""
    assert (result.verdict, result.reason) == (Verdict.INCONCLUSIVE, reason), told(result)
    return result


def transcript(result: Result) -> list[str]:
    """Return the lines of a transcript: who, what was expected, what came."""
    return [f"{e.step} {e.who}: {e.expected} | {e.got}" for e in result.record.transcript.entries]


def told(result: Result) -> str:
    """Return what a developer wants to see of a result that is not as it should be."""
    return "\n".join([f"{result.verdict}: {result.reason}", result.traceback, *transcript(result)])
