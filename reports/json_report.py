"""Renders a run as one JSON document: the whole journal, and all that is read out of it.

The form of the document is in `report.schema.json` beside this module (JSON Schema 2020-12).
`format` changes when a field changes its meaning or goes away; fields may be added without that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from reports.analysis import Analysis, PartAnalysis
from reports.grant import Grant, Standing
from reports.review import Reviewed
from reports.run import CaseRecord, Remark, Run
from reports.summary import Counts, Outcome, count, outcome, profile_name
from reports.timing import Measure

FORMAT: Final = 2
"""The format of the document."""

_LONE: Final = re.compile("[\ud800-\udfff]")


def render(run: Run) -> str:
    """Return the document; times are RFC 3339, durations are in seconds."""
    text = json.dumps(document(run), ensure_ascii=False, indent=1)
    return _LONE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def document(run: Run) -> dict[str, Any]:
    """Return what the document says."""
    analysis = Analysis(run)
    return {
        "format": FORMAT,
        "tool": run.tool,
        "catalogue": run.catalogue,
        "name": run.name,
        "place": run.place,
        "platform": run.platform,
        "started": run.started,
        "ended": run.ended or None,
        "complete": run.complete,
        "anonymised": run.anonymised,
        "counts": _counts(count(run.cases)),
        "suts": [_part(part) for part in analysis.parts],
        "cases": [_case(case) for case in run.cases],
        "findings": [asdict(finding) for finding in run.findings],
        "refused": [asdict(refused) for refused in run.refused],
        "remarks": [_remark(found) for found in analysis.every_remark],
        "reviews": [asdict(review) for review in run.reviews],
    }


def _counts(counts: Counts) -> Mapping[str, int]:
    return {o.value: counts[o] for o in Outcome}


def _part(it: PartAnalysis) -> dict[str, Any]:
    return {
        **asdict(it.part.sut),
        "counts": _counts(it.part.counts),
        "identity": [asdict(fact) for fact in it.identity],
        "profiles": [_profile(grant) for grant in it.grants.values()],
        "beyond": _standing(it.beyond),
        "features_seen": [
            {
                **asdict(seen.feature),
                "holding": seen.holding.value,
                "clues": [asdict(clue) for clue in seen.clues],
            }
            for seen in it.pics
        ],
        "requirements": [
            {
                "id": r.id,
                "name": r.name,
                "covered": r.covered,
                "cases": [case.id for case in r.cases],
                "others": list(r.others),
            }
            for r in it.requirements
        ],
        "timing": {
            "spans": [_measure(m) for m in it.timing.spans],
            "answers": [_measure(m) for m in it.timing.answers],
        },
    }


def _profile(grant: Grant) -> dict[str, Any]:
    return {
        "profile": grant.slug,
        "name": profile_name(grant.slug),
        "ruling": grant.ruling.value,
        "mandatory": _standing(grant.mandatory),
        "conditional": _standing(grant.conditional),
        "obstacles": [asdict(obstacle) for obstacle in grant.obstacles],
        "to_review": grant.to_review,
    }


def _standing(standing: Standing) -> dict[str, int]:
    return {**asdict(standing), "total": standing.total}


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "name": measure.name,
        "samples": len(measure.samples),
        "median": round(measure.median, 6),
        "p95": round(measure.p95, 6),
        "worst": round(measure.worst.seconds, 6),
        "worst_case": measure.worst.case,
    }


def _remark(found: Reviewed) -> dict[str, Any]:
    case, remark = found.case, found.remark
    return {
        "id": found.id,
        "sut": case.sut,
        "case": case.id,
        "step": remark.step,
        "text": remark.text,
        "state": found.state,
        **_lab(remark),
    }


def _lab(remark: Remark) -> dict[str, bool]:
    return {"lab": True} if remark.lab else {}


def _case(case: CaseRecord) -> dict[str, Any]:
    remarks = [{"step": r.step, "text": r.text, **_lab(r)} for r in case.remarks]
    return {**asdict(case), "remarks": remarks, "outcome": outcome(case).value}
