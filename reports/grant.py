"""The programme's rule for a certification profile, applied to what a run has shown.

A profile is granted when every mandatory case of it has passed, and every conditional one whose
condition the declared features meet (OCPP 2.0.1 Part 5, 4.1); every product needs Core as well.
A case that has not been run has not passed. No waiver and no rejected remark is known to it.
Our own cases on the communication layer are no profile of the programme, and it rules nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from conformance.catalogue import OWN
from conformance.verdict import Verdict
from reports.run import CaseRecord, Catalogued, Outline

CORE: Final = "core"
_STEP: Final = re.compile(r"^step \S+: ")
States: TypeAlias = Mapping[str, str]  # of the remarks of a case, by its id: the worst of them


class Ruling(StrEnum):
    """Whether a profile would be granted."""

    GRANTED = "would be granted"
    REFUSED = "would not be granted"
    OPEN = "cannot be told yet"
    UNDECLARED = "is not declared"
    OUTSIDE = "is not of the programme"


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """A case that stands in the way: it fails, or nobody knows yet; `ran` says it was run."""

    case: str
    title: str
    status: str
    why: str
    fails: bool
    ran: bool

    @property
    def reason(self) -> str:
        """Why, without the step."""
        return _STEP.sub("", self.why)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How the cases of one kind, mandatory or conditional, stand."""

    passed: int = 0
    failed: int = 0
    inconclusive: int = 0
    not_run: int = 0
    not_applicable: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.passed + self.failed + self.inconclusive + self.not_run + self.not_applicable


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What the rule says of one profile; `to_review` counts cases with undecided remarks."""

    slug: str
    ruling: Ruling
    mandatory: Standing
    conditional: Standing
    obstacles: tuple[Obstacle, ...]
    to_review: int


def grants(
    slugs: Iterable[str],
    outline: Outline,
    cases: Iterable[CaseRecord],
    remarks: States,
    *,
    complete: bool,
) -> dict[str, Grant]:
    """Return the ruling on each profile of the programme, by its slug."""
    by_id = {case.id: case for case in cases}
    known = outline.cases or tuple(_as_catalogued(case) for case in by_id.values())
    return {
        slug: _grant(slug, [c for c in known if slug in c.profiles], by_id, remarks, complete)
        for slug in slugs
    }


def _grant(
    slug: str,
    known: list[Catalogued],
    ran: Mapping[str, CaseRecord],
    remarks: States,
    complete: bool,
) -> Grant:
    found = [(c, *_status(c, ran.get(c.id), remarks.get(c.id, ""))) for c in known]
    outside = slug in OWN
    obstacles = tuple(
        Obstacle(
            case=c.id,
            title=c.title,
            status=c.profiles[slug],
            why=why,
            fails=kind == "failed",
            ran=kind != "not_run",
        )
        for c, kind, why in found
        if kind not in {"passed", "not_applicable"} and not outside
    )
    ruling = _ruling(obstacles, _needed(slug, found), complete=complete)
    return Grant(
        slug=slug,
        ruling=Ruling.OUTSIDE if outside else ruling,
        mandatory=_standing(kind for c, kind, _ in found if c.profiles[slug] == "M"),
        conditional=_standing(kind for c, kind, _ in found if c.profiles[slug] != "M"),
        obstacles=tuple(sorted(obstacles, key=lambda o: not o.fails)),
        to_review=sum(remarks.get(c.id) == "open" for c in known),
    )


def standing(cases: Iterable[CaseRecord]) -> Standing:
    """Count cases that belong to no profile."""
    return _standing(_status(_as_catalogued(case), case, "")[0] for case in cases)


def _standing(kinds: Iterable[str]) -> Standing:
    return Standing(**Counter(kinds))


def _needed(slug: str, found: Iterable[tuple[Catalogued, str, str]]) -> list[str]:
    """Return how the mandatory cases stand, or all where none is mandatory.

    A conditional case may be about a system that does not have the profile.
    """
    kinds = [(known.profiles[slug], kind) for known, kind, _ in found]
    return [kind for status, kind in kinds if status == "M"] or [kind for _, kind in kinds]


def _ruling(obstacles: tuple[Obstacle, ...], kinds: list[str], *, complete: bool) -> Ruling:
    if all(kind == "not_applicable" for kind in kinds):
        return Ruling.UNDECLARED
    if any(o.fails for o in obstacles):
        return Ruling.REFUSED
    return Ruling.OPEN if obstacles or not complete else Ruling.GRANTED


def _status(known: Catalogued, ran: CaseRecord | None, remarks: str) -> tuple[str, str]:
    """Return how a case counts, and why it stands in the way if it does."""
    if ran is None:
        return ("not_applicable", "") if known.unmet else ("not_run", _why_not(known))
    match ran.verdict:
        case Verdict.NOT_APPLICABLE:
            return "not_applicable", ""
        case Verdict.FAIL:
            return "failed", f"waived: {ran.waived}" if ran.waived else ran.reason
        case Verdict.PASS if remarks == "rejected":
            return "failed", "a remark on it was rejected in the review"
        case Verdict.PASS:
            return "passed", ""
    return "inconclusive", f"{ran.verdict}: {ran.reason}"


def _why_not(known: Catalogued) -> str:
    if not known.implemented:
        return "this tool does not have the case yet"
    return "not among the cases of this run" if not known.selected else "not reached in this run"


def _as_catalogued(case: CaseRecord) -> Catalogued:
    return Catalogued(
        id=case.id,
        title=case.title,
        section=case.section,
        profiles=case.profiles,
        condition=case.condition,
        requirements=case.requirements,
        unmet="",
        implemented=True,
        selected=True,
    )
