"""Try the connection to a SUT, and say in words what is there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from conformance.bench import Bench
from conformance.operators import Streams, build
from conformance.record import Record
from conformance.sut import Sut
from conformance.transport import Dialing, Listening, Transport
from conformance.verdict import Inconclusive


def check(sut: Sut, say: Callable[[str], object]) -> tuple[bool, str]:
    """Connect to the SUT (or wait for it); return whether it worked, and a line to print."""
    return asyncio.run(_check(sut, say))


async def _check(sut: Sut, say: Callable[[str], object]) -> tuple[bool, str]:
    transport: Transport = Listening(sut) if sut.role == "CS" else Dialing(sut)
    if sut.operator.kind == "embedded":
        return True, "an embedded reference system needs no connection"
    bench = Bench(sut, transport, lambda url: build(sut, Streams(None, None), url))
    try:
        await bench.open()
        if sut.role == "CS":
            limit = sut.limits.connect_timeout
            say(f"put {transport.url}/{sut.station} into the device; waiting {limit:g} s for it")
        await bench.prepare(Record(asyncio.get_running_loop().time))
    except Inconclusive as problem:
        return False, str(problem)
    except OSError as problem:
        where = f"{sut.connection.host}:{sut.connection.port}"
        return False, f"cannot listen on {where}: {problem.strerror}; is it in use?"
    else:
        return True, f"connected: {transport.url} as {sut.station}, accepted and idle"
    finally:
        await bench.close()
