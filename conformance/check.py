"""Try the connection to a SUT, and say in words what is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from conformance.cases import Case
from conformance.files.needs import lacking
from conformance.needs import report
from conformance.operators import Streams
from conformance.selection import every_case
from conformance.session import Session
from conformance.sut import Sut
from conformance.verdict import Inconclusive


def check(sut: Sut, say: Callable[[str], object]) -> tuple[bool, str]:
    """Connect to the SUT (or wait for it); return whether it worked, and a line to print."""
    session = Session(sut, Streams(None, None))
    try:
        session.open()
        if sut.role == "CS" and sut.operator.kind != "embedded" and not session.bench.broken:
            limit = sut.limits.connect_timeout
            say(f"put {session.url}/{sut.station} into the device; waiting {limit:g} s for it")
        for line in report(session.bench.operator, _cases(sut)):
            say(line)
        for line in lacking(sut, _cases(sut)):
            say(line)
        for station in sut.stations:
            session.prepare(station)
    except Inconclusive as problem:
        return False, str(problem)
    else:
        return True, f"connected: {session.url} as {_named(sut.stations)}, accepted and idle"
    finally:
        session.close()


def _cases(sut: Sut) -> list[Case]:
    """Return the cases that apply to the system."""
    found = every_case()
    mine = [c for c in found if (c.entry.version, c.entry.role) == (sut.version, sut.role)]
    return [case for case in mine if not case.entry.unmet(sut.features)]


def _named(stations: Sequence[str]) -> str:
    if len(stations) == 1:
        return stations[0]
    return f"each of {len(stations)} stations, {stations[0]} to {stations[-1]}"
