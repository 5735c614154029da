"""Compares two runs: two firmware versions, or today and the last release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from reports.analysis import Analysis, PartAnalysis
from reports.grant import Ruling
from reports.html import shown
from reports.problem import problem
from reports.run import CaseRecord, Run, Step
from reports.summary import Outcome, outcome, profile_name
from reports.timing import Measure
from reports.wire import Label, labels

FEWEST: Final = 5
"""With fewer samples on one side a time is not compared."""

FACTOR: Final = 1.5
LEAST: Final = 0.01
"""What a median has to change by at the least, as a factor and in seconds."""

_RANKS: Final[Mapping[Outcome, int]] = {
    Outcome.PASS: 0,
    Outcome.NOT_APPLICABLE: 1,
    Outcome.WAIVED: 2,
    Outcome.INCONCLUSIVE: 3,
    Outcome.ERROR: 3,
    Outcome.FAIL: 4,
}


@dataclass(frozen=True, kw_only=True)
class Verdicts:
    """A case whose outcome has changed; a side that did not run it has none."""

    case: str
    title: str
    before: Outcome | None
    after: Outcome | None
    reason: str

    @property
    def worse(self) -> bool:
        """Whether this speaks against the second run: only where both have run the case."""
        if self.before is None or self.after is None:
            return False
        return _RANKS[self.after] > _RANKS[self.before]

    @property
    def passing(self) -> bool:
        """Whether the case passes now and did not before."""
        return self.after is Outcome.PASS and self.before is not None


@dataclass(frozen=True, kw_only=True)
class Change:
    """Something that is another than it was; empty where there was nothing."""

    what: str
    before: str
    after: str
    worse: bool = False


@dataclass(frozen=True, kw_only=True)
class Steps:
    """A case of the same outcome in which other steps, or other messages, came up."""

    case: str
    title: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, kw_only=True)
class Slower:
    """A time that has changed beyond noise; medians in seconds."""

    name: str
    before: float
    after: float

    @property
    def worse(self) -> bool:
        """Whether it takes longer now."""
        return self.after > self.before


@dataclass(frozen=True, kw_only=True)
class PartComparison:
    """What has changed of one system under test."""

    title: str
    names: tuple[str, str]
    verdicts: tuple[Verdicts, ...]
    steps: tuple[Steps, ...]
    timing: tuple[Slower, ...]
    declaration: tuple[Change, ...]
    rulings: tuple[Change, ...]
    remarks: tuple[Change, ...]
    compared: int

    @property
    def worse(self) -> bool:
        """Whether anything got worse."""
        worse = [v.worse for v in self.verdicts] + [t.worse for t in self.timing]
        return any(worse) or any(ruling.worse for ruling in self.rulings)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What has changed from one run to another; `notes` say what limits it."""

    before: Run
    after: Run
    parts: tuple[PartComparison, ...]
    notes: tuple[str, ...]

    @property
    def worse(self) -> bool:
        """Whether anything got worse."""
        return any(part.worse for part in self.parts)


def compare(before: Run, after: Run, *, timing: bool = True) -> Comparison:
    """Compare two runs; systems are the same by version and role, and by name if need be.

    Without `timing` no time is compared.
    """
    pairs, alone = _pairs(Analysis(before).parts, Analysis(after).parts)
    notes = [f"only in one of the runs: {title}" for title in alone]
    if before.catalogue != after.catalogue:
        notes.append(f"the catalogues differ: {before.catalogue}, {after.catalogue}")
    if before.tool != after.tool:
        notes.append(f"the tools differ: {before.tool}, {after.tool}")
    notes += [f"{run.name or 'a run'} is incomplete" for run in (before, after) if not run.complete]
    return Comparison(
        before=before,
        after=after,
        parts=tuple(_part(one, other, timing=timing) for one, other in pairs),
        notes=tuple(notes),
    )


def _pairs(
    before: Iterable[PartAnalysis], after: Iterable[PartAnalysis]
) -> tuple[list[tuple[PartAnalysis, PartAnalysis]], list[str]]:
    """Return the systems that are in both runs, and what is in one of them only."""
    left, pairs, alone = list(before), [], []
    for part in after:
        same = [p for p in left if (p.part.title) == part.part.title]
        named = [p for p in same if p.part.sut.name == part.part.sut.name] or same
        if named:
            left.remove(named[0])
            pairs.append((named[0], part))
        else:
            alone.append(f"{part.part.title}, {part.part.sut.name}")
    return pairs, [*alone, *(f"{p.part.title}, {p.part.sut.name}" for p in left)]


def _part(before: PartAnalysis, after: PartAnalysis, *, timing: bool) -> PartComparison:
    old = {case.id: case for case in before.part.cases}
    new = {case.id: case for case in after.part.cases}
    both = [(old[id_], new[id_]) for id_ in new if id_ in old]
    return PartComparison(
        title=after.part.title,
        names=(before.part.sut.name, after.part.sut.name),
        verdicts=tuple(_verdicts(old, new)),
        steps=tuple(_steps(both)),
        timing=tuple(_timing(before, after)) if timing else (),
        declaration=tuple(_declaration(before, after)),
        rulings=tuple(_rulings(before, after)),
        remarks=tuple(_remarks(both)),
        compared=len(both),
    )


def _verdicts(old: Mapping[str, CaseRecord], new: Mapping[str, CaseRecord]) -> Iterator[Verdicts]:
    for id_ in [*new, *(id_ for id_ in old if id_ not in new)]:
        before = outcome(old[id_]) if id_ in old else None
        after = outcome(new[id_]) if id_ in new else None
        if before is not after:
            case = new.get(id_) or old[id_]
            yield Verdicts(
                case=id_,
                title=case.title,
                before=before,
                after=after,
                reason=_reason(case) if after is not None and after is not Outcome.PASS else "",
            )


def _reason(case: CaseRecord) -> str:
    found = problem(case)
    return f"step {found.step}: {found.reason}" if found.step else found.reason


def _steps(both: Iterable[tuple[CaseRecord, CaseRecord]]) -> Iterator[Steps]:
    for before, after in both:
        if outcome(before) is not outcome(after):
            continue
        changes = [*_failures(before, after), *_taken(before, after)]
        if changes:
            yield Steps(case=after.id, title=after.title, changes=tuple(changes))


def _failures(before: CaseRecord, after: CaseRecord) -> Iterator[Change]:
    """Yield how a case ends otherwise that has not passed in either run."""
    if outcome(after) in {Outcome.PASS, Outcome.NOT_APPLICABLE}:
        return
    one, other = problem(before), problem(after)
    if one.step != other.step:
        yield Change(what="ends at step", before=one.step, after=other.step)


def _taken(before: CaseRecord, after: CaseRecord) -> Iterator[Change]:
    """Yield the steps that were taken otherwise, or in one of the runs only."""
    old, new = _by_step(before), _by_step(after)
    for step in [*old, *(step for step in new if step not in old)]:
        one, other = old.get(step, ""), new.get(step, "")
        if one != other:
            yield Change(what=f"step {step}", before=one, after=other)


def _by_step(case: CaseRecord) -> dict[str, str]:
    """Return what happened at each numbered step: which message came, or that it was skipped."""
    names = labels(case.frames)
    found: dict[str, list[str]] = {}
    for step in case.steps:
        if step.step.rpartition(".")[2].isdigit():
            found.setdefault(step.step, []).append(_happened(step, names))
    return {step: "; ".join(told) for step, told in found.items()}


def _happened(step: Step, names: Sequence[Label]) -> str:
    """Return what a step was about without the values that differ from run to run."""
    if step.got.startswith("does not apply"):
        return step.got
    if step.frame is not None:
        return f"{step.who}: {names[step.frame]}"
    return f"{step.who}: {step.got.partition('(')[0].partition(' {')[0]}"


def _timing(before: PartAnalysis, after: PartAnalysis) -> Iterator[Slower]:
    old = {m.name: m for m in (*before.timing.spans, *before.timing.answers)}
    for measure in (*after.timing.spans, *after.timing.answers):
        other = old.get(measure.name)
        if other is not None and _beyond_noise(other, measure):
            yield Slower(name=measure.name, before=other.median, after=measure.median)


def _beyond_noise(one: Measure, other: Measure) -> bool:
    """Tell whether the middle halves do not overlap and the medians are far enough apart."""
    if min(len(one.samples), len(other.samples)) < FEWEST:
        return False
    low, high = sorted((one, other), key=lambda m: m.median)
    apart = _quarter(low, 3) < _quarter(high, 1)
    far = high.median - low.median > LEAST and high.median > FACTOR * low.median
    return apart and far


def _quarter(measure: Measure, number: int) -> float:
    return measure.samples[(len(measure.samples) - 1) * number // 4].seconds


def _declaration(before: PartAnalysis, after: PartAnalysis) -> Iterator[Change]:
    one, other = before.part.sut, after.part.sut
    for name in ("station", "vendor", "model", "firmware", "serial", "operator"):
        yield from _change(name, getattr(one, name), getattr(other, name))
    yield from _change("security profile", one.security_profile, other.security_profile)
    for feature in sorted({*one.features} ^ {*other.features}):
        was, now = ("declared", "") if feature in one.features else ("", "declared")
        yield Change(what=f"feature {feature}", before=was, after=now)
    for key in dict.fromkeys([*one.configured, *other.configured]):
        yield from _change(key, one.configured.get(key), other.configured.get(key))
    told = {fact.name: fact for fact in before.identity}
    for fact in after.identity:
        old = told[fact.name].presented if fact.name in told else ()
        sides = ("; ".join(p.value for p in side) for side in (old, fact.presented))
        yield from _change(f"presented: {fact.name}", *sides)


def _change(what: str, before: object, after: object) -> Iterator[Change]:
    if before != after:
        was, now = ("" if value is None else shown(value) for value in (before, after))
        yield Change(what=what, before=was, after=now)


def _rulings(before: PartAnalysis, after: PartAnalysis) -> Iterator[Change]:
    known = before.outline.cases and after.outline.cases  # else a ruling is about the run alone
    for slug, grant in after.grants.items():
        old = before.grants.get(slug)
        if old is not None and old.ruling is not grant.ruling:
            lost = old.ruling is Ruling.GRANTED and grant.ruling is Ruling.REFUSED
            yield Change(
                what=profile_name(slug),
                before=old.ruling.value,
                after=grant.ruling.value,
                worse=bool(known and lost),
            )


def _remarks(both: Iterable[tuple[CaseRecord, CaseRecord]]) -> Iterator[Change]:
    for before, after in both:
        old = dict.fromkeys(_remark(before))
        new = dict.fromkeys(_remark(after))
        yield from (Change(what=after.id, before=text, after="") for text in old if text not in new)
        yield from (Change(what=after.id, before="", after=text) for text in new if text not in old)


def _remark(case: CaseRecord) -> Iterator[str]:
    mine = (r for r in case.remarks if not r.lab)  # what is left in the lab is new each time
    yield from (f"step {r.step}: {r.text}" if r.step else r.text for r in mine)
