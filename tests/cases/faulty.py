"""Cases against reference systems with a fault, and the reviewed verdicts of these in files."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from conformance.cases import Case, Result
from conformance.demo import known_faults, reference_for
from conformance.prove import judge
from conformance.reference import answer_faults, reading_faults
from conformance.reference.connection_faults import CSMS, STATION
from conformance.reference.hearing_faults import HEARING
from conformance.reference.socket_faults import SOCKET
from conformance.reference.wire_faults import WIRE
from conformance.verdict import Verdict

RED = {Verdict.FAIL, Verdict.INCONCLUSIVE}
SAMPLE = {
    ("1.6", "CS"): ("TC_001_CS", "TC_010_CS", "TC_019_CS", "TC_048_1_CS", "TC_056_CS"),
    ("1.6", "CSMS"): ("TC_003_CSMS", "TC_010_CSMS", "TC_021_CSMS", "TC_023_1_CSMS"),
    ("2.0.1", "CS"): ("TC_B_01_CS", "TC_B_02_CS", "TC_C_02_CS", "TC_F_01_CS", "TC_K_01_CS"),
    ("2.0.1", "CSMS"): ("TC_B_01_CSMS", "TC_C_02_CSMS", "TC_F_01_CSMS", "TC_K_01_CSMS"),
}
"""A few cases that stand for the others."""

LAYER = {
    *answer_faults.ANSWERS,
    *answer_faults.OF_STATIONS,
    *reading_faults.READINGS,
    *reading_faults.OF_STATIONS,
    *reading_faults.OF_STATIONS_16,
    *SOCKET,
    *HEARING,
    *STATION,
    *CSMS,
}
"""The faults of the layer below the messages that show in few cases."""

EXPECTED = Path(__file__).parent / "faults"
STRICT = "under --strict"
# A precondition that the fault has spoiled, or nothing to judge; anything else would be a FAIL.
EXPLAINED = re.compile(
    r"step (before/|\w+: asked for .* through the operator, but no )"
    r"|\w+ was set to \S+, and is |the station is not idle: "
    r"|the CSMS does not accept CP001: (InternalError|Rejected)|no answer to \w+ at the start"
    r"|no connection from CP01 on .*\(a TLS handshake failed|memory: TLS failed: alert"
    r"|step \w+: \w+ came before step \w+ waited for it and had to get the default answer"
)


class Fault(NamedTuple):
    """One wrong system."""

    name: str
    version: str
    role: str

    @property
    def pinned(self) -> Path:
        """The file with the reviewed verdicts of all cases on it."""
        return EXPECTED / f"{self.name}_{self.version}_{self.role}.txt"


class Line(NamedTuple):
    """A reviewed verdict: what a case says, and where."""

    case: str
    verdict: str
    step: str
    strict: bool


def named_faults() -> list[Fault]:
    """Return every fault of one kind of system; not those of every frame, or with an argument."""
    shared = {"answers-twice", "text-after-answer", "unknown-result", "clock-1970"}
    parametrized = {"wrong-type", "late-answer", "silent", "wrong-csr", "cuts-texts"}
    return [
        Fault(name, version, role)
        for name, (_, pairs) in sorted(known_faults().items())
        for version, role in sorted(pairs)
        if name not in shared | parametrized | WIRE.keys()
    ]


def reviewed(fault: Fault) -> list[Line]:
    """Return the reviewed verdicts on a wrong system."""
    lines = [line.split(" ", maxsplit=4) for line in fault.pinned.read_text("utf-8").splitlines()]
    return [Line(case, verdict, step, bool(rest)) for case, verdict, _, step, *rest in lines]


def with_fault(case: Case, fault: str) -> Result:
    """Run one case against the reference system with one fault."""
    result = judge(reference_for(case.entry, [fault]), case)
    assert result.verdict is not Verdict.ERROR, result.traceback or result.reason
    return result


@cache
def healthy(case: Case) -> Result:
    """Run one case against the reference system as it is."""
    return judge(reference_for(case.entry), case)


def said(case: Case, result: Result) -> str:
    """Return what a case says of a wrong system in a line, "" if it says nothing."""
    if result.verdict is Verdict.INCONCLUSIVE:
        assert EXPLAINED.match(result.reason), f"{case.id}: {result.reason}"
    if result.verdict in RED:
        return f"{case.id} {result.verdict} at {result.step or '-'}"
    strict = result.strictly()
    if strict is result or healthy(case).strictly().verdict is not Verdict.PASS:
        return ""
    return f"{case.id} {strict.verdict} at {strict.step or '-'} {STRICT}"
