"""What people have decided about remarks: known by the remark, recorded in the journal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from reports.run import CaseRecord, Remark, Review, Run


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """A remark with its place, and the last decision about it, if there is one."""

    id: str
    case: CaseRecord
    remark: Remark
    review: Review | None

    @property
    def state(self) -> str:
        """What the decision is: "accepted", "rejected" or "open"."""
        return self.review.judgement if self.review else "open"


def remark_id(case: CaseRecord, remark: Remark) -> str:
    """Return a short name for a remark that is the same in every run that has it."""
    told = [case.sut, case.version, case.role, case.id, remark.step, remark.text]
    return f"r{hashlib.sha256(json.dumps(told).encode()).hexdigest()[:8]}"


def decisions(run: Run) -> Mapping[str, Review]:
    """Return the decision that counts for each remark: the last one."""
    return {review.remark: review for review in run.reviews}


def reviewed(run: Run) -> list[Reviewed]:
    """Return every remark of a run once, in the order of the cases."""
    decided = decisions(run)
    found: dict[str, Reviewed] = {}
    for case in run.cases:
        for remark in case.remarks:
            name = remark_id(case, remark)
            found.setdefault(
                name, Reviewed(id=name, case=case, remark=remark, review=decided.get(name))
            )
    return list(found.values())
