"""The suite against independent systems, over real sockets; every verdict is pinned."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from conformance.cases import Case, Result
from conformance.operators import Streams
from conformance.selection import every_case
from conformance.session import Session
from conformance.sut import Sut, load
from conformance.verdict import Verdict
from tests.interop.node import HERE, NotInstalledError, System, installed

GREEN = (Verdict.PASS, Verdict.NOT_APPLICABLE)
SKIP, WRITE = "skip", "write"


@dataclass(frozen=True)
class Independent:
    """A script and its arguments; `name` is that of its declaration and of its verdicts."""

    name: str
    script: str
    arguments: tuple[str, ...] = ()


SYSTEMS = (
    Independent("rpc-1.6-CS", "station_16.mjs"),
    Independent("rpc-1.6-CSMS", "csms.mjs"),
    Independent("rpc-2.0.1-CS", "station_201.mjs"),
    Independent("rpc-2.0.1-CSMS", "csms.mjs"),
    Independent("typed-1.6-CSMS", "csms.mjs", ("typed",)),
    Independent("typed-2.0.1-CS", "station_201.mjs", ("typed",)),
    Independent("typed-2.0.1-CSMS", "csms.mjs", ("typed",)),
    Independent("nodered-1.6-CSMS", "nodered.mjs"),
    Independent("cli-1.6-CS", "simulator.mjs", ("ocpp1.6", "TAG001")),
)


@pytest.fixture(scope="session")
def packages() -> None:
    if os.environ.get("OCPP_INTEROP") == SKIP:
        pytest.skip("OCPP_INTEROP=skip")
    try:
        installed()
    except NotInstalledError as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.mark.usefixtures("packages")
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_an_independent_system_gets_the_pinned_verdicts(system: Independent) -> None:
    with System(system.script, *system.arguments) as running, session(system, running) as opened:
        documented, ours = cases(opened.sut)
        results = [opened.run(case) for case in documented]
        between, complaints = opened.bench.between, running.complaints()
        # What is sent wrong on purpose is complained about, and rightly so.
        results += [opened.run(case) for case in ours]
    if os.environ.get("OCPP_INTEROP") == WRITE:
        write(system, results)
    if different := differences(system, results):
        pytest.fail(different, pytrace=False)
    assert (between, complaints) == ([], [])


def cases(sut: Sut) -> tuple[list[Case], list[Case]]:
    """Return the implemented cases for this version and role: the documents', and our own."""
    pair = sut.version, sut.role
    every = [c for c in every_case() if (c.entry.version, c.entry.role) == pair]
    documented = [c for c in every if c.id.startswith("TC_")]
    return documented, [c for c in every if c not in documented]


@contextmanager
def session(system: Independent, running: System) -> Iterator[Session]:
    """Open a session with the running system; a station is told where the tool listens."""
    sut = load(HERE / "declared" / f"{system.name}.toml", {})
    base = f"127.0.0.1:{running.port}"
    # A console is what is declared by saying nothing; a template stays one.
    kind = "http" if sut.operator.kind == "console" else sut.operator.kind
    changes: dict[str, object] = {"operator": {"kind": kind, "url": f"http://{base}"}}
    if sut.role == "CSMS":
        changes["connection"] = {"url": f"ws://{base}/ocpp"}
    opened = Session(sut.changed(changes), Streams(None, None))
    try:
        opened.open()
        if sut.role == "CS":
            running.tell(opened.url)
        yield opened
    finally:
        opened.close()


# The verdicts


def differences(system: Independent, results: list[Result]) -> str:
    """Return what is not as pinned, one case after the other, with reason and last frames."""
    expected = pinned(system)
    found = {r.case.id: r for r in results}
    lines = [f"{gone}: pinned, but there is no such case" for gone in expected.keys() - found]
    for case, result in found.items():
        known = expected.get(case)
        if known is None:
            lines.append(f"{case}: {result.verdict}, not pinned yet\n{told(result)}")
        elif known["verdict"] != result.verdict or known.get("step", "") != result.step:
            wanted = f"{known['verdict']} {known.get('step', '')}".strip()
            lines.append(f"{case}: {wanted} is pinned\n{told(result)}")
        elif result.verdict not in GREEN and not known.get("why"):
            lines.append(f"{case}: {result.verdict} without an explanation\n{told(result)}")
    return "\n".join(lines)


def told(result: Result) -> str:
    """Return a result's verdict and reason, its entries and its last frames."""
    transcript = result.record.transcript
    entries = (f"    {e.at:6.2f} {e.step}: {e.expected} | {e.got}" for e in transcript.entries)
    frames = (f"    {f.at:6.2f} {f.sender} {f.text}" for f in transcript.frames)
    head = f"  {result.verdict} {result.step}: {result.reason}"
    return "\n".join([head, result.traceback, *entries, *frames])


def pinned(system: Independent) -> dict[str, dict[str, str]]:
    """Return {case: {"verdict", "step", "why"}}; step and why only where it is no PASS."""
    path = HERE / "expected" / f"{system.name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write(system: Independent, results: list[Result]) -> None:
    """Pin what was found; the explanations that are there already are kept."""
    before = pinned(system)
    tables = []
    for result in results:
        step, why = result.step, before.get(result.case.id, {}).get("why", "")
        table = {"verdict": str(result.verdict)}
        if result.verdict is not Verdict.PASS:
            table |= {"step": step, "why": why}
        lines = "".join(f'{key} = "{value}"\n' for key, value in table.items() if value)
        tables.append(f"[{result.case.id}]\n{lines}")
    path = HERE / "expected" / f"{system.name}.toml"
    path.write_text("\n".join(tables), encoding="utf-8")
