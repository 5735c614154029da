"""Makes the fixed journal of the tests, and what each form makes of it.

`python -m tests.reports.made` writes them to data/, for review in the diff. The journal has what
the one of format 1 beside it has, and all that format 2 adds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from conformance.journal import line
from reports import FORMATS, renderer
from reports.journal import read
from reports.pdf_data import document

DATA = Path(__file__).parent / "data"
OLD, JOURNAL = DATA / "format-1.jsonl", DATA / "journal.jsonl"
HOSTILE = "</td><script>alert(9)</script> #link(\"x\")[y] =cmd|'/c calc'!A1 \u202e\x1b[31m\x00"

SUTS: Mapping[str, Mapping[str, Any]] = {
    "wallbox-16": {
        "operator": "http",
        "security_profile": 1,
        "features": ["16-REMOTE-TRIGGER", "16-LOCAL-LIST", "16-MAX-PERIODS-5"],
        "configured": {
            "connection.password": "***",
            "connection.port": 9000,
            "topology.connectors": 2,
            "values.id_token.token": "TAG001",
            "values.id_token.kind": "ISO14443",
            "values.measurands": ["Energy.Active.Import.Register", "Current.Import"],
            "limits.message_timeout": 30.0,
            "operator.kind": "http",
            "operator.url": HOSTILE,
        },
        "given": ["connection.password", "topology.connectors", "operator.kind"],
        "certificates": [
            {
                "name": "CSMS certificate",
                "sha256": "ab" * 32,
                "subject": "CN=csms.example",
                "until": "2027-01-01T00:00:00Z",
            }
        ],
    },
    "backend-201": {"operator": "console", "security_profile": 0, "configured": {}, "given": []},
}
OUTLINES: tuple[Mapping[str, Any], ...] = (
    {
        "sut": "wallbox-16",
        "version": "1.6",
        "role": "CS",
        "features": [
            ("16-LOCAL-LIST", "Local Auth List Management profile (1.6: 3.3)", "profile", True),
            ("16-RESERVATION", "Reservation profile (1.6: 3.3)", "profile", False),
            ("16-SMART-CHARGING", "Smart Charging profile (1.6: 3.3)", "profile", False),
            ("16-REMOTE-TRIGGER", "Remote Trigger profile (1.6: 3.3)", "profile", True),
            ("16-MAX-PERIODS-5", "ChargingScheduleMaxPeriods is 5 or more", "optional", True),
            ("16-CACHE", "Authorization cache (1.6: 3.5.1, 9.1.2)", "optional", False),
        ],
        "cases": [
            ("TC_001_CS", "2.1.1", {"core": "M"}, "", True, True),
            ("TC_002_CS", "2.1.2", {"core": "M"}, "", True, False),
            ("TC_008_1_CS", "2.3.2", {"core": "C"}, "needs 16-CACHE", True, False),
            ("TC_011_1_CS", "2.4.1", {"core": "M"}, "", True, True),
            ("TC_023_CS", "2.7.1", {"core": "M", "local-auth-list": "C"}, "", True, True),
            ("TC_040_1_CS", "2.9.1", {"core": "M"}, "", True, True),
            ("TC_042_1_CS", "2.13.1", {"local-auth-list": "M"}, "", False, False),
            ("TC_046_CS", "2.16.1", {"reservation": "M"}, "needs 16-RESERVATION", True, True),
            ("TC_053_CS", "2.17.1", {"remote-trigger": "C"}, "needs remote-trigger", True, True),
            ("TC_056_CS", "2.18.1", {"smart-charging": "M"}, "", True, True),
            ("TC_066_CS", "2.18.3", {"smart-charging": "C"}, "", True, True),
        ],
    },
    {
        "sut": "backend-201",
        "version": "2.0.1",
        "role": "CSMS",
        "features": [("core", "Core", "profile", True), ("C-30", HOSTILE, "optional", True)],
        "cases": [
            ("TC_B_01_CSMS", "B Provisioning", {"core": "M"}, "", True, True),
            ("TC_K_60_CSMS", "K Smart Charging", {"smart-charging": "C"}, "", True, True),
        ],
    },
)
BOOT = {"vendor": "Müller & Söhne <AG>", "model": "Wandladestation №2", "firmware": "3.1.0-rc.2"}
CASES: Mapping[str, Mapping[str, Any]] = {
    "TC_001_CS": {"presented": BOOT, "use_cases": ["B01"]},
    "TC_011_1_CS": {
        "presented": BOOT,
        "actions": [
            {
                "at": 0.061,
                "until": 0.305,
                "by": "http",
                "action": "PlugIn",
                "text": "Connect the EV to connector 1.",
                "values": {"evse": 1, "connector": 1},
                "outcome": "done",
            },
            {
                "at": 4.21,
                "until": 4.25,
                "by": "http",
                "action": "PlugOut",
                "text": HOSTILE,
                "values": {"evse": 1, "connector": 1},
                "outcome": "given up",
            },
        ],
    },
    "TC_040_1_CS": {
        "files": [
            {"kind": "download", "name": "fw.bin", "protocol": "HTTP", "size": 9, "at": 0.1},
            {
                "kind": "upload",
                "name": HOSTILE,
                "protocol": "FTP",
                "size": 2048,
                "sha256": "cd" * 32,
                "whole": False,
                "at": 0.2,
                "stored": "files/TC_040_1_CS/1-log",
            },
            {"kind": "refused", "at": 0.3, "text": "FTP: " + HOSTILE},
        ]
    },
    "TC_023_CS": {"presented": {**BOOT, "serial": HOSTILE}},
    "TC_B_01_CSMS": {"presented": {"server": "nginx/1.27 <b>"}},
}


REVIEWS = (
    {
        "kind": "review",
        "remark": "rf8d6eb4e",
        "judgement": "accepted",
        "comment": "Seen with every release.",
        "by": "A. Tester",
        "at": "2026-03-03T10:00:00Z",
    },
    {
        "kind": "review",
        "remark": "r57d7a46d",
        "judgement": "rejected",
        "comment": HOSTILE,
        "by": "B. <i>Tester</i>",
        "at": "2026-03-03T10:05:00Z",
    },
)


REFUSED = [
    {"sut": "wallbox-16", "kind": "a wrong password", "address": "192.0.2.7", "count": 4711},
    {"sut": "wallbox-16", "kind": HOSTILE, "address": "other addresses", "count": 1},
]


def records() -> Iterable[dict[str, Any]]:
    """Yield what the journal has, line by line."""
    for text in OLD.read_text("utf-8").rstrip("\n").split("\n"):
        record = json.loads(text)
        if record["kind"] == "start":
            more = {
                "format": 2,
                "place": "Laboratory 3, Zürich",
                "platform": "Linux, Python 3.11.7",
            }
            yield {**record, **more, "suts": [{**s, **SUTS[s["name"]]} for s in record["suts"]]}
            yield from map(_outline, OUTLINES)
        elif record["kind"] == "case":
            yield {**record, "actions": [], "presented": {}, **CASES.get(record["id"], {})}
        elif record["kind"] == "end":
            yield {**record, "refused": REFUSED}
        else:
            yield record
    yield from REVIEWS


def _outline(outline: Mapping[str, Any]) -> dict[str, Any]:
    marks = ("id", "name", "kind", "declared")
    features = [dict(zip(marks, feature, strict=True)) for feature in outline["features"]]
    names = ("id", "section", "profiles", "unmet", "implemented", "selected")
    cases = [
        {"title": f"Title of {c[0]}", "condition": "", "requirements": [f"{c[1][0]}01.FR.01"]}
        | dict(zip(names, c, strict=True))
        for c in outline["cases"]
    ]
    return {"kind": "outline", **outline, "features": features, "cases": cases}


def chained(found: Iterable[Mapping[str, Any]]) -> str:
    """Return records as the lines of a journal, with their sums."""
    lines, digest = [], ""
    for record in found:
        text, digest = line(record, digest)
        lines.append(text)
    return "".join(lines)


def goldens() -> dict[str, str]:
    """Return what each form makes of the fixed journal, by the name of its file."""
    run = read(JOURNAL)
    made = {FORMATS[form]: renderer(form)(run) for form in FORMATS if form != "pdf"}
    texts = {name: text for name, text in made.items() if isinstance(text, str)}
    page = re.sub(r"<(style|script)>.*?</\1>", r"<\1></\1>", texts["report.html"], flags=re.DOTALL)
    texts["report.html"] = re.sub(r"sha256-[^']*", "sha256-", page)
    texts["report-pdf.json"] = json.dumps(document(run), ensure_ascii=False, indent=1) + "\n"
    return texts


if __name__ == "__main__":
    JOURNAL.write_text(chained(records()), encoding="utf-8")
    for name, text in goldens().items():
        (DATA / name).write_text(text, encoding="utf-8", newline="\n")
