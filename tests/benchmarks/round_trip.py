"""Prints, as JSON, how long a station waits for the answer to a message that a step expects.

Run it as `python -m tests.benchmarks.round_trip`. A station in a process of its own sends
Heartbeats over a WebSocket on loopback; each is a step of a case: parsed, checked by its schema,
claimed, recorded and answered. Times are in microseconds, as the station sees them.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect

from conformance import Station
from conformance.bench import Bench
from conformance.cases import Case
from conformance.catalogue import load
from conformance.ocpp16.messages import Heartbeat, TriggerMessage
from conformance.operators.actions import Action
from conformance.sut import embedded
from conformance.transport import SUBPROTOCOLS, Listening
from conformance.verdict import Verdict

COUNT = 3000
WARM = 200
VERSION: Final = "1.6"


class Nobody:
    """The operator of a case in which nothing has to be done."""

    name = "nobody"

    def supports(self, kind: type[Action]) -> bool:
        """Tell that nothing is possible."""
        del kind
        return False

    async def perform(self, action: Action) -> None:
        """Do nothing."""

    async def close(self) -> None:
        """End nothing."""


async def beats(station: Station) -> None:
    """Let the station begin; expect and answer its Heartbeats."""
    await station.call(1, TriggerMessage.req(requestedMessage="Heartbeat"))
    for _ in range(COUNT):
        await station.expect(3, Heartbeat.req())


async def judged() -> dict[str, Any]:
    """Run the case against the station in the other process; return the figures."""
    sut = embedded(VERSION, "CS", changes={"topology": {"connectors": 1}})
    bench = Bench(sut, Listening(sut), lambda _: Nobody())
    await bench.open()
    words = ("-m", "tests.benchmarks.round_trip", f"{bench.transport.url}/{sut.station}")
    other = await asyncio.create_subprocess_exec(
        sys.executable, *words, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        result = await bench.run(Case(load(VERSION)["TC_001_CS"], beats))
        told, _ = await other.communicate(b"")  # the end of its input lets it go
    finally:
        await bench.close()
    if result.verdict is not Verdict.PASS:
        raise RuntimeError(f"{result.verdict}: {result.reason}")
    return {"benchmark": "round_trip", "message": "Heartbeat 1.6", **json.loads(told)}


async def station(url: str) -> dict[str, Any]:
    """Boot, send the Heartbeats one after the other; return how long the answers took."""
    async with connect(url, subprotocols=[SUBPROTOCOLS[VERSION]], proxy=None) as socket:  # type: ignore[list-item]
        boot = {"chargePointVendor": "benchmark", "chargePointModel": "benchmark"}
        await _call(socket, "boot", "BootNotification", boot)
        for connector in (0, 1):
            status = {"connectorId": connector, "errorCode": "NoError", "status": "Available"}
            await _call(socket, f"status-{connector}", "StatusNotification", status)
        asked = json.loads(await socket.recv())
        while asked[2] != "TriggerMessage":  # of its settings it knows none
            await socket.send(json.dumps([4, asked[1], "NotSupported", "", {}]))
            asked = json.loads(await socket.recv())
        await socket.send(json.dumps([3, asked[1], {"status": "Accepted"}]))
        times = [await _call(socket, f"beat-{n}", "Heartbeat", {}) for n in range(COUNT)]
        await asyncio.to_thread(sys.stdin.read)  # the case has to end before the connection does
    times = sorted(times[WARM:])
    return {
        "round_trips": len(times),
        "median_us": round(statistics.median(times)),
        "p99_us": round(times[int(len(times) * 0.99)]),
    }


async def _call(socket: ClientConnection, uid: str, action: str, payload: dict[str, Any]) -> float:
    text = json.dumps([2, uid, action, payload])
    begun = time.perf_counter()
    await socket.send(text)
    while json.loads(await socket.recv())[1] != uid:
        pass
    return 1e6 * (time.perf_counter() - begun)


def main() -> None:
    """Print the figures, or be the station whose URL is given."""
    figures = asyncio.run(station(sys.argv[1]) if sys.argv[1:] else judged())
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
