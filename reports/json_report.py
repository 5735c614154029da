"""Renders a run as one JSON document: the whole journal and its counts.

The form of the document is in `report.schema.json` beside this module (JSON Schema 2020-12);
`format` changes when a field changes its meaning or goes away.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from reports.run import CaseRecord, Run
from reports.summary import Counts, Outcome, Part, count, outcome, parts

FORMAT: Final = 2
"""The format of the document."""

_LONE: Final = re.compile("[\ud800-\udfff]")


def render(run: Run) -> str:
    """Return the document; times are RFC 3339, durations are in seconds."""
    document = {
        "format": FORMAT,
        "tool": run.tool,
        "catalogue": run.catalogue,
        "name": run.name,
        "place": run.place,
        "platform": run.platform,
        "started": run.started,
        "ended": run.ended or None,
        "complete": run.complete,
        "counts": _counts(count(run.cases)),
        "suts": [_part(part) for part in parts(run)],
        "cases": [_case(case) for case in run.cases],
        "findings": [asdict(finding) for finding in run.findings],
        "reviews": [asdict(review) for review in run.reviews],
    }
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return _LONE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def _counts(counts: Counts) -> Mapping[str, int]:
    return {o.value: counts[o] for o in Outcome}


def _part(part: Part) -> dict[str, Any]:
    return {
        **asdict(part.sut),
        "counts": _counts(part.counts),
        "profiles": [
            {
                "profile": p.slug,
                "name": p.name,
                "mandatory": _counts(p.mandatory),
                "conditional": _counts(p.conditional),
            }
            for p in part.profiles
        ],
    }


def _case(case: CaseRecord) -> dict[str, Any]:
    return {**asdict(case), "outcome": outcome(case).value}
