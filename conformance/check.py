"""Try the connection to a SUT, and say in words what is there."""

from __future__ import annotations

from collections.abc import Callable

from conformance.operators import Streams
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
        session.prepare()
    except Inconclusive as problem:
        return False, str(problem)
    else:
        return True, f"connected: {session.url} as {sut.station}, accepted and idle"
    finally:
        session.close()
