"""Recorded traffic of stations of other makers, read with the rules of the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from conformance.wire.frames import Finding, parse
from conformance.wire.rules import Rules
from conformance.wire.schema import validator

TRACES = Path(__file__).parent.parent / "fixtures" / "traces"


class Found(NamedTuple):
    """A finding with the recording, the line in it and the side that sent the frame."""

    trace: str
    line: int
    sender: str
    finding: Finding


def findings() -> Iterator[Found]:
    """Yield every finding over all recordings, in their order."""
    for path in sorted(TRACES.glob("*.jsonl")):
        yield from _read(path)


def _read(path: Path) -> Iterator[Found]:
    # The framing of 2.1 is that of 2.0.1 for the messages in these recordings.
    version = "1.6" if "-1.6" in path.name else "2.0.1"
    rules = Rules(version, None if "-2.1" in path.name else validator(version))
    for number, text in enumerate(path.read_text().splitlines(), 1):
        line = json.loads(text)
        at = datetime.fromisoformat(line["t"]).timestamp()
        if "event" in line:
            if line["event"].startswith("CONNECT"):
                rules = rules.next_connection()
            continue
        raw = json.dumps(line["frame"], ensure_ascii=False)
        frame, found = parse(raw, version)
        if frame is not None:
            passed = rules.received if line["from"] == "station" else rules.sent
            found = (*found, *passed(frame, at))
        yield from (Found(path.name, number, line["from"], f) for f in found)
