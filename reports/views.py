"""A run as a page shows it: cases by system and section, each with a place of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from markupsafe import Markup

from conformance.catalogue import OWN
from reports import diagram
from reports.alike import alike
from reports.analysis import Analysis, PartAnalysis
from reports.difference import Place, marked, places
from reports.failures import Cause, cause, page
from reports.grant import Grant, Obstacle, Standing
from reports.problem import SHOWN, Problem, problem
from reports.requirements import section
from reports.review import Reviewed, remark_id
from reports.run import CaseRecord, Finding
from reports.summary import Outcome, outcome, profile_name
from reports.wire import Label, labels

CODES: Final = {o: o.value[0].lower() for o in Outcome}
"""A letter for each outcome: class names are repeated for every case, so they are short."""

_PAGE_IDS: Final = (
    *(
        "top",
        "summary",
        "attention",
        "remarks",
        "lab",
        "findings",
        "cases",
        "timing",
        "requirements",
    ),
    *("causes", "refused"),
    *("q", "p", "h", "n", "o", "x", "all", "none"),
)
_MESSAGE: Final = re.compile(r"(\w+)\(")
BEGINNING: Final = 60
"""How many characters of a frame tell which one a step is about: its id is among them."""

_PURPOSE: Final = "sends on purpose: "
_SENDS: Final = re.compile(r"sends (\w+)\(")


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """A case as the page shows it; `anchor` is unique in the page, `number` counts cases."""

    case: CaseRecord
    anchor: str
    number: int
    reviews: Mapping[str, Reviewed]

    @property
    def outcome(self) -> Outcome:
        """How the case counts."""
        return outcome(self.case)

    @property
    def code(self) -> str:
        """The class name of the outcome."""
        return CODES[self.outcome]

    @property
    def sut(self) -> str:
        """What the system under test is called among the frames."""
        return "station" if self.case.role == "CS" else "CSMS"

    @cached_property
    def problem(self) -> Problem | None:
        """What is wrong and where, for a case that is."""
        return problem(self.case) if self.outcome.open or self.case.waived else None

    @cached_property
    def requirements(self) -> tuple[str, ...]:
        """The requirements; OCPP 1.6 has none, but a section on the message that is wrong."""
        told = self.case.requirements
        if told or self.problem is None or self.case.version != "1.6":
            return told
        frame, named = self.problem.frame, _MESSAGE.match(self.problem.expected)
        action = named[1] if named else self.labels[frame].action if frame is not None else ""
        return tuple(filter(None, [section(action)]))

    @cached_property
    def labels(self) -> list[Label]:
        """What each frame is about."""
        return labels(self.case.frames)

    @cached_property
    def steps(self) -> dict[int, str]:
        """The step that each frame belongs to."""
        return {s.frame: s.step for s in self.case.steps if s.frame is not None}

    @cached_property
    def sends(self) -> dict[int, int]:
        """The frame by which the tool did what a step says that it sends, by the step's place."""
        found: dict[int, int] = {}
        after = 0
        for place, step in enumerate(self.case.steps):
            if step.who != "tool" or not step.got.startswith("sends "):
                continue
            frames = range(after, len(self.case.frames))
            frame = next((index for index in frames if self._sent(index, step.got)), None)
            if frame is not None:
                found[place], after = frame, frame + 1
        return found

    def _sent(self, index: int, told: str) -> bool:
        """Tell whether a frame is what a step says that the tool sends."""
        frame, label, message = self.case.frames[index], self.labels[index], _SENDS.match(told)
        if frame.sender != "tool":
            return False
        if message is not None:
            return (label.kind, label.action) == ("call", message[1])
        begun = told.removeprefix(_PURPOSE)[:BEGINNING]
        return told.startswith(_PURPOSE) and frame.text.removeprefix("binary: ").startswith(begun)

    @cached_property
    def linked(self) -> frozenset[int]:
        """The frames that the step table links to."""
        return frozenset({*self.steps, *self.sends.values()})

    @cached_property
    def bad(self) -> frozenset[int]:
        """The frames that are wrong."""
        found = {i for i, frame in enumerate(self.case.frames) if frame.finding}
        found |= {s.frame for s in self.case.steps if s.ok is False and s.frame is not None}
        return frozenset(found)

    @cached_property
    def wrong(self) -> tuple[int | None, list[Place]]:
        """The frame in which the difference is, and where in its text."""
        if self.problem is None:
            return None, []
        frame = self.problem.frame
        if frame is None:
            frame = next((i for i in self.problem.last if self.case.frames[i].finding), None)
        return frame, places(self.case, frame)

    def pieces(self, index: int) -> list[tuple[str, bool]]:
        """Return the text of a frame in pieces, each with whether it is what is wrong."""
        text = self.case.frames[index].text
        frame, found = self.wrong
        return (
            marked(text, found, SHOWN // 2) if index == frame and found else marked(text, [], SHOWN)
        )

    @property
    def brief(self) -> bool:
        """Whether nothing went wrong that somebody would look into."""
        return self.outcome is Outcome.PASS

    @cached_property
    def cause(self) -> Cause | None:
        """The page about why the case has not passed, if there is one."""
        name = cause(self.case) if self.problem else ""
        return page(name) if name else None

    @property
    def remarks(self) -> list[Reviewed]:
        """The remarks on the system, with what was decided about them."""
        mine = (remark for remark in self.case.remarks if not remark.lab)
        return [self.reviews[remark_id(self.case, remark)] for remark in mine]

    @property
    def lab(self) -> list[str]:
        """What there is to do in the lab."""
        return [remark.text for remark in self.case.remarks if remark.lab]

    @property
    def rows(self) -> list[diagram.Row]:
        """The frames as a diagram shows them."""
        return [
            diagram.Row(
                index=i, frame=f, label=label, step=self.steps.get(i, ""), bad=i in self.bad
            )
            for i, (f, label) in enumerate(zip(self.case.frames, self.labels, strict=True))
        ]

    @property
    def diagram(self) -> Markup:
        """The sequence diagram."""
        return diagram.draw(f"Sequence diagram, {self.case.id}", self.sut, self.rows)


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """The cases of one section of the document; `key` names it among the page's filters."""

    name: str
    key: str
    cases: Sequence[CaseView]


@dataclass(frozen=True, kw_only=True)
class ProfileRow:
    """A certification profile as the summary shows it; without a slug for all other cases."""

    name: str
    grant: Grant | None
    rows: tuple[tuple[str, Standing], ...]

    @property
    def failing(self) -> list[Obstacle]:
        """The cases that failed, and so stand in the way."""
        return [o for o in self.grant.obstacles if o.fails] if self.grant else []

    @property
    def in_the_way(self) -> list[list[Obstacle]]:
        """The cases that were run and stand in the way, those together that say the same."""
        return alike((*self.failing, *self.unknown), lambda o: (o.fails, o.reason))

    @property
    def unknown(self) -> list[Obstacle]:
        """The cases that nobody can judge yet, without those that were not run."""
        told = self.grant.obstacles if self.grant else ()
        return [o for o in told if not o.fails and o.ran]

    @property
    def not_run(self) -> dict[str, list[Obstacle]]:
        """The cases that were not run, by the reason."""
        found: dict[str, list[Obstacle]] = {}
        for obstacle in self.grant.obstacles if self.grant else ():
            if not obstacle.fails and not obstacle.ran:
                found.setdefault(obstacle.why, []).append(obstacle)
        return found


@dataclass(frozen=True, kw_only=True)
class PartView:
    """The cases of one system under test, in the order of the document."""

    analysis: PartAnalysis
    number: int
    chapters: Sequence[Chapter]
    profiles: Sequence[ProfileRow]

    @property
    def cases(self) -> Iterator[CaseView]:
        """All cases."""
        return (c for chapter in self.chapters for c in chapter.cases)

    @cached_property
    def anchors(self) -> dict[str, str]:
        """The place of each case by its id."""
        return {view.case.id: view.anchor for view in self.cases}


def views(analysis: Analysis) -> list[PartView]:
    """Return the parts of a run, every case of it with an anchor of its own."""
    anchors, number = set(_PAGE_IDS), 0
    reviews = {found.id: found for found in analysis.every_remark}
    found: list[PartView] = []
    for part in analysis.parts:
        chapters: dict[str, list[CaseView]] = {}
        for case in sorted(part.part.cases, key=_place):
            number += 1
            anchor = _anchor(case.id, anchors)
            view = CaseView(case=case, anchor=anchor, number=number, reviews=reviews)
            chapters.setdefault(_chapter(case), []).append(view)
        first = sum(len(p.chapters) for p in found)
        named = [
            Chapter(name=name, key=str(first + place), cases=cases)
            for place, (name, cases) in enumerate(chapters.items())
        ]
        found.append(
            PartView(
                analysis=part, number=len(found) + 1, chapters=named, profiles=profile_rows(part)
            )
        )
    return found


def attention(cases: Iterable[CaseView]) -> list[list[CaseView]]:
    """Return the cases that need attention, failures first, those together that say the same."""
    worst = list(Outcome)
    needy = sorted((c for c in cases if c.outcome.open), key=lambda c: worst.index(c.outcome))
    return alike(needy, lambda c: (c.outcome, c.problem.reason if c.problem else ""))


def between(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Return what was wrong between the cases, that together that says the same."""
    return alike(findings, lambda f: (f.sut, f.text))


def profile_rows(analysis: PartAnalysis) -> list[ProfileRow]:
    """Return the profiles that have cases here, in the order of the documents."""
    rows = []
    for slug, grant in analysis.grants.items():
        kinds = (("mandatory", grant.mandatory), ("conditional", grant.conditional))
        rows.append(
            ProfileRow(
                name=profile_name(slug),
                grant=grant,
                rows=tuple((kind, standing) for kind, standing in kinds if standing.total),
            )
        )
    other = analysis.beyond
    if other.total:
        rows.append(ProfileRow(name="Beyond the programme", grant=None, rows=(("", other),)))
    return rows


def _place(case: CaseRecord) -> tuple[bool, bool, list[tuple[int, str]], list[tuple[int, str]]]:
    """Return a key by which our own cases come after those of the documents."""
    ours = bool(case.profiles.keys() & set(OWN))
    return not case.section, ours, _natural(case.section), _natural(case.id)


def _natural(text: str) -> list[tuple[int, str]]:
    """Return a key by which 2.10 comes after 2.9."""
    found = re.findall(r"([0-9]{1,9})|([^0-9]+|[0-9]+)", text)
    return [(int(digits), "") if digits else (-1, other) for digits, other in found]


def _chapter(case: CaseRecord) -> str:
    """Return the heading that a case stands under: "2.1" of section 2.1.3, or a block's name."""
    numbers = re.fullmatch(r"([0-9]+\.[0-9]+)(\.[0-9]+)*", case.section)
    return f"Section {numbers[1]}" if numbers else case.section or "Further cases"


def _anchor(identity: str, taken: set[str]) -> str:
    wanted = anchor = re.sub(r"[^A-Za-z0-9_.]", "-", identity) or "-"
    count = 1
    while anchor in taken:
        count += 1
        anchor = f"{wanted}-{count}"
    taken.add(anchor)
    return anchor
