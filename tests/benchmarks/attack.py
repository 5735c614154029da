"""Measures what floods cost the tool: prints seconds, messages a second and peak memory as JSON.

Run it as `python -m tests.benchmarks.attack`; a hostile station of its own process sends as fast
as it can while a case runs, and reads what it gets.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import sys
import threading
import time
from collections.abc import Iterator

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from conformance.selection import implemented
from tests.misbehaving import declared, opened

BOOT = '[2,"boot","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]'
STATUS = (
    '[2,"s{0}","StatusNotification",'
    '{{"connectorId":{0},"errorCode":"NoError","status":"Available"}}]'
)
LARGE = 4 * 2**20 - 200
FLOODS = ("50,000 Heartbeats", "50,000 answers to nothing", "100 messages of 4 MiB")


def messages(flood: str) -> Iterator[str]:
    """Yield the messages of a flood."""
    if flood == FLOODS[0]:
        yield from (f'[2,"h{n}","Heartbeat",{{}}]' for n in range(50_000))
    elif flood == FLOODS[1]:
        yield from (f'[3,"n{n}",{{}}]' for n in range(50_000))
    else:
        data = "x" * LARGE
        for number in range(100):
            yield f'[2,"d{number}","DataTransfer",{{"vendorId":"x","data":"{data}"}}]'


def station(url: str, flood: str) -> None:
    """Boot, and send a flood; what is answered is read and thrown away."""
    protocols = [Subprotocol("ocpp1.6")]
    with connect(url, subprotocols=protocols, proxy=None, compression=None, max_size=None) as ws:
        threading.Thread(target=drained, args=(ws,), daemon=True).start()
        for text in (BOOT, *(STATUS.format(connector) for connector in range(3))):
            ws.send(text)
            time.sleep(0.2)
        try:
            for text in messages(flood):
                ws.send(text)
        except ConnectionClosed:
            return


def drained(ws: ClientConnection) -> None:
    """Read until the end."""
    for _ in ws:
        pass


def measured(flood: str) -> None:
    """Print what one flood costs; in a process of its own, for its peak."""
    sut = declared(limit=20, connect_timeout=10)
    with opened(sut) as session:
        before = peak()
        url = f"{session.url}/{sut.station}"
        attacker = multiprocessing.Process(target=station, args=(url, flood))
        attacker.start()
        began = time.perf_counter()
        result = session.run(implemented()["TC_067_CS"])
        attacker.join()
        most = peak()
        seconds = time.perf_counter() - began
        frames = result.record.transcript.frames
        told = {
            "flood": flood,
            "seconds": round(seconds, 1),
            "messages a second": round(
                int(flood.split(maxsplit=1)[0].replace(",", "")) / seconds, 1
            ),
            "peak MB before": before,
            "peak MB": most,
            "frames kept": len(frames),
            "MB of text kept": round(sum(len(f.text) for f in frames) / 2**20, 1),
            "verdict": str(result.verdict),
        }
        sys.stdout.write(f"{json.dumps(told)}\n")


def peak() -> int:
    """Return the most memory this process has had, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    for name in FLOODS:
        process = multiprocessing.get_context("spawn").Process(target=measured, args=(name,))
        process.start()
        process.join()
