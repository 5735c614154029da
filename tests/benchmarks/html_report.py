"""Measures the reports of a whole catalogue: prints seconds, bytes and peak memory as JSON.

Run it as `python -m tests.benchmarks.html_report`; the journal is synthetic: 858 cases, 7 rows
of the step table and 14 frames each, the frames of the sizes that real stations send.
CPU seconds count on a machine that others use, too.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reports import pdf
from reports.html import render
from reports.journal import read
from tests.reports.made import chained

CASES = (("1.6", "CS", 92), ("1.6", "CSMS", 92), ("2.0.1", "CS", 400), ("2.0.1", "CSMS", 274))
REASON = "StopTransaction.reason: expected 'EVDisconnected', got 'Local'"
TIME = "2026-03-01T10:20:30.000Z"
METER = [
    {"value": "6.0", "context": "Sample.Periodic", "measurand": measurand, "unit": unit}
    for measurand, unit in (("Energy.Active.Import.Register", "Wh"), ("Current.Import", "A"))
]
PLUGGED = {
    "at": 0.1,
    "until": 0.4,
    "by": "http",
    "action": "PlugIn",
    "text": "Connect the EV to connector 1.",
    "outcome": "done",
}
EXCHANGES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "BootNotification",
        {"chargePointVendor": "Vendor", "chargePointModel": "Model", "firmwareVersion": "1.0.0"},
        {"currentTime": TIME, "interval": 300, "status": "Accepted"},
    ),
    (
        "StatusNotification",
        {"connectorId": 1, "errorCode": "NoError", "status": "Available", "timestamp": TIME},
        {},
    ),
    ("Authorize", {"idTag": "TAG001"}, {"idTagInfo": {"status": "Accepted"}}),
    (
        "StartTransaction",
        {"connectorId": 1, "idTag": "TAG001", "meterStart": 0, "timestamp": TIME},
        {"transactionId": 17, "idTagInfo": {"status": "Accepted"}},
    ),
    (
        "MeterValues",
        {
            "connectorId": 1,
            "transactionId": 17,
            "meterValue": [{"timestamp": TIME, "sampledValue": METER}],
        },
        {},
    ),
    ("Heartbeat", {}, {"currentTime": TIME}),
    (
        "StopTransaction",
        {"transactionId": 17, "meterStop": 900, "timestamp": TIME, "reason": "Local"},
        {"idTagInfo": {"status": "Accepted"}},
    ),
]


def _frames(number: int) -> Iterator[dict[str, Any]]:
    for turn, (action, request, answer) in enumerate(EXCHANGES):
        identity = f"{number:08x}-5a10-4f7e-9d6b-0123456789{turn:02x}"
        for sender, message in (
            ("sut", [2, identity, action, request]),
            ("tool", [3, identity, answer]),
        ):
            text = json.dumps(message, separators=(",", ":"))
            yield {"at": turn * 0.25, "sender": sender, "connection": 1, "text": text}


def _steps(failed: bool) -> Iterator[dict[str, Any]]:
    for turn, (action, request, _) in enumerate(EXCHANGES):
        wrong = failed and turn == len(EXCHANGES) - 1
        required = ", ".join(f"{key}={value!r}" for key, value in list(request.items())[:2])
        yield {
            "at": turn * 0.25,
            "step": f"{turn * 2 + 1}",
            "who": "station",
            "expected": f"{action}({required})",
            "got": REASON if wrong else f"sends {action} {request}",
            "ok": not wrong,
            "frame": turn * 2,
        }


def journal() -> Iterator[dict[str, Any]]:
    """Yield the records of the run."""
    suts = [
        {"name": f"sut {version} {role}", "version": version, "role": role}
        for version, role, _ in CASES
    ]
    yield {
        "kind": "start",
        "format": 2,
        "tool": "ocpp-conformance",
        "catalogue": "benchmark",
        "started": "2026-03-01T10:00:00Z",
        "name": "benchmark",
        "suts": suts,
    }
    cases = list(_cases())
    for sut in suts:
        mine = [case for case in cases if case["sut"] == sut["name"]]
        facts = ("id", "title", "section", "profiles", "condition", "requirements")
        known = [{**{k: c[k] for k in facts}, "implemented": True, "selected": True} for c in mine]
        yield {**sut, "kind": "outline", "sut": sut["name"], "features": [], "cases": known}
    yield from cases
    counts = Counter(case["verdict"] for case in cases)
    yield {"kind": "end", "ended": "2026-03-01T10:40:00Z", "counts": counts}


def _cases() -> Iterator[dict[str, Any]]:
    number = 0
    for version, role, cases in CASES:
        for _ in range(cases):
            number += 1
            failed = number % 20 == 0
            yield {
                "kind": "case",
                "id": f"TC_{number:03}_{role}",
                "title": "Regular Charging Session - Identification First",
                "purpose": "The transaction begins after the driver has identified and plugged in.",
                "version": version,
                "role": role,
                "section": f"2.{number // 12 + 1}.{number % 12 + 1}",
                "profiles": {"core": "M"} if number % 3 else {"smart-charging": "C"},
                "condition": "C-44 or not AQ-6",
                "requirements": ["B01.FR.01", "B01.FR.05", "E02.FR.09"],
                "verdict": "FAIL" if failed else "PASS",
                "reason": REASON * failed,
                "step": "13" * failed,
                "started": TIME,
                "duration": 1.75,
                "waits": 0.25,
                "steps": list(_steps(failed)),
                "frames": list(_frames(number)),
                "actions": [PLUGGED],
                "presented": {"vendor": "Vendor", "model": "Model", "firmware": "1.0.0"},
                "remarks": [{"step": "5", "text": "An extra Heartbeat."}] * (number % 10 == 0),
                "sut": f"sut {version} {role}",
            }


def measure(directory: Path) -> dict[str, float]:
    """Write the journal, read it, render it, write the page; the first of these is not timed."""
    path = directory / "journal.jsonl"
    path.write_text(chained(journal()), encoding="utf-8")
    begun, used = time.perf_counter(), time.process_time()
    run = read(path)
    was_read = time.perf_counter()
    page = render(run).encode()
    (directory / "report.html").write_bytes(page)
    ended, cpu = time.perf_counter(), time.process_time() - used
    return {
        "cases": len(run.cases),
        "frames": sum(len(c.frames) for c in run.cases),
        "journal_bytes": path.stat().st_size,
        "seconds": round(ended - begun, 3),
        "cpu_seconds": round(cpu, 3),
        "seconds_reading": round(was_read - begun, 3),
        "bytes": len(page),
        "peak_rss_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def measure_pdf(directory: Path) -> dict[str, float]:
    """Render the journal that is there as a PDF; its memory is that of typst's own process."""
    path = directory / "journal.jsonl"
    begun, used = time.perf_counter(), _cpu()
    made = pdf.render(read(path))
    ended, cpu = time.perf_counter(), _cpu() - used
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {
        "pdf_seconds": round(ended - begun, 3),
        "pdf_cpu_seconds": round(cpu, 3),
        "pdf_bytes": len(made),
        "pdf_peak_rss_bytes": peak * 1024,
        "pdf_identical": pdf.render(read(path)) == made,
    }


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        found = {**measure(Path(scratch)), **measure_pdf(Path(scratch))}
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
