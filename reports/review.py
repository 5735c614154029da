"""What people have decided about remarks: known by the remark, recorded in the journal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from conformance.journal import SEAL, line, seal
from reports.errors import JournalError
from reports.journal import read
from reports.run import CaseRecord, Judgement, Remark, Review, Run


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


def decide(
    journal: Path, remarks: Iterable[str], judgement: Judgement, *, by: str, comment: str = ""
) -> list[Review]:
    """Record one decision about remarks in the journal of a run that has ended.

    Raises JournalError for a journal that cannot be read, that has not ended or that is of the
    first format, LookupError for a remark that the run does not have; then nothing is recorded.
    """
    known = {found.id for found in reviewed(_ended(journal))}
    remarks = list(remarks)
    for remark in remarks:
        if remark not in known:
            raise LookupError(f"there is no remark {remark} in {journal}")
    at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    made = [
        Review(remark=remark, judgement=judgement, comment=comment, by=by, at=at)
        for remark in remarks
    ]
    _append(journal, made)
    return made


def carry(journal: Path, before: Run) -> list[Review]:
    """Take over what was decided in another run about the same remarks, and return it.

    Who decided, and when, stays; what has been decided in this run stays, too. Errors as those
    of `decide`.
    """
    known = decisions(before)
    taken = [
        known[found.id]
        for found in reviewed(_ended(journal))
        if found.review is None and found.id in known
    ]
    _append(journal, taken)
    return taken


def _ended(journal: Path) -> Run:
    run = read(journal)
    if not run.complete or run.format == 1:
        why = "has not come to its end" if not run.complete else "is of format 1, without sums"
        raise JournalError(f"{journal}: the run {why}: its remarks cannot be reviewed")
    return run


def _append(journal: Path, reviews: Iterable[Review]) -> None:
    """Write more lines at the end, and the seal anew if there is one."""
    text = journal.read_bytes()
    lines = text.removesuffix(b"\n").split(b"\n")
    records, digest = len(lines), str(json.loads(lines[-1])["sum"])
    with journal.open("ab") as file:
        file.write(b"" if text.endswith(b"\n") else b"\n")
        for review in reviews:
            added, digest = line({"kind": "review", **asdict(review)}, digest)
            file.write(added.encode())
            records += 1
    if (journal.parent / SEAL).exists():
        seal(journal, records, digest)
