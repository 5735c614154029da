"""Prints, as JSON, how many requests with a fault a second a reference system is sent.

Run it as `python -m tests.benchmarks.refusals`. All single faults that the schemas know go over a
WebSocket on loopback to the reference system, a process of its own; each refusal is judged before
the next request is sent. `tool` and `system` are microseconds of processor time for one request
on either side, `mib` is the most memory that the tool had, `kib` what one case leaves in a journal.

`per_second` is what the clock says, so it wants a machine that does nothing else. The other two
say what the processor time allows on any: `in_turn` if either side only ever works while the other
waits, `at_once` if the slower one never waits. What is to be expected lies between.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from conformance import Csms, Frames, Station, Sut, Wrong
from conformance.cases import Case
from conformance.catalogue import own as ours
from conformance.operators.console import Streams
from conformance.session import Session
from conformance.sut import embedded
from conformance.sut_sections import Role, Version
from conformance.verdict import Verdict
from testcases.ocppj import broken

PAIRS: Final[tuple[tuple[Version, Role], ...]] = (
    ("1.6", "CS"),
    ("1.6", "CSMS"),
    ("2.0.1", "CS"),
    ("2.0.1", "CSMS"),
)
LEAST: Final = 10_000
TARGET: Final = 2_000


class Counting:
    """Sends every fault again and again until there are enough; counts them."""

    def __init__(self) -> None:
        self.sent = 0

    async def station(self, station: Station, frames: Frames, sut: Sut) -> None:
        """Send them to a station."""
        del station
        await frames.each_refused(1, self._wrongs(frames, sut))

    async def csms(self, csms: Csms, frames: Frames, sut: Sut) -> None:
        """Send them to a CSMS."""
        del csms
        await frames.each_refused(1, self._wrongs(frames, sut))

    def _wrongs(self, frames: Frames, sut: Sut) -> Iterator[Wrong]:
        while self.sent < LEAST:
            for sample in frames.faults():
                self.sent += 1
                yield broken.sampled(sut, sample)


def measured(version: Version, role: Role) -> dict[str, Any]:
    """Return the figures for one reference system."""
    sut = embedded(version, role, changes={"samples": {"exhaustive": True}})
    counting, session = Counting(), Session(sut, Streams(None, None))
    entry = ours(version)[f"OCPPJ_20_{role}"]
    scenario = counting.station if role == "CS" else counting.csms
    session.open()
    try:
        session.run(Case(entry, scenario))  # validators are made, modules are read
        counting.sent, other = 0, children()
        before, system = cpu(), sum(map(used, other))
        result = session.run(Case(entry, scenario))
        own, theirs = cpu() - before, sum(map(used, other)) - system
    finally:
        session.close()
    if result.verdict is not Verdict.PASS:
        raise RuntimeError(f"{result.verdict}: {result.reason}")
    return {
        "requests": counting.sent,
        "per_second": round(counting.sent / result.duration),
        "in_turn": round(counting.sent / (own + theirs)),
        "at_once": round(counting.sent / max(own, theirs)),
        "tool": round(1e6 * own / counting.sent),
        "system": round(1e6 * theirs / counting.sent),
        "kib": round(len(json.dumps(result.as_record())) / 1024),
    }


def cpu() -> float:
    """Return the processor time that this process has used, in seconds."""
    mine = resource.getrusage(resource.RUSAGE_SELF)
    return mine.ru_utime + mine.ru_stime


def children() -> list[int]:
    """Return the processes that this one has started."""
    tasks = Path("/proc/self/task").iterdir()
    return [int(pid) for task in tasks for pid in (task / "children").read_text().split()]


def used(pid: int) -> float:
    """Return the processor time that a process has used, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print the figures of all reference systems."""
    figures = {f"{version} {role}": measured(version, role) for version, role in PAIRS}
    mib = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    result = {"benchmark": "refusals", **figures, "mib": mib, "target": TARGET}
    sys.stdout.write(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
