"""Renders a run as one self-contained HTML page that asks for nothing outside itself."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reports import diagram
from reports.problem import Problem, clipped, problem
from reports.run import CaseRecord, Remark, Run, Step
from reports.summary import Outcome, Part, outcome, parts, profile_name
from reports.text import content, finalize
from reports.wire import Label, labels

SYMBOLS: Final = {
    Outcome.PASS: "✓",
    Outcome.FAIL: "✗",
    Outcome.ERROR: "!",
    Outcome.INCONCLUSIVE: "?",
    Outcome.WAIVED: "~",
    Outcome.NOT_APPLICABLE: "–",  # noqa: RUF001 - a dash is meant
}
CODES: Final = {o: o.value[0].lower() for o in Outcome}
"""A letter for each outcome: class names are repeated for every case, so they are short."""

LONGEST: Final = 200
"""How many characters the step table shows of a message that stands in full below it."""

_PAGE_IDS: Final = ("top", "summary", "attention", "remarks", "findings", "cases")


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """A case as the page shows it; `anchor` is unique in the page, `number` counts cases."""

    case: CaseRecord
    anchor: str
    number: int

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
    def labels(self) -> list[Label]:
        """What each frame is about."""
        return labels(self.case.frames)

    @cached_property
    def steps(self) -> dict[int, str]:
        """The step that each frame belongs to."""
        return {s.frame: s.step for s in self.case.steps if s.frame is not None}

    @cached_property
    def bad(self) -> frozenset[int]:
        """The frames that are wrong."""
        found = {i for i, frame in enumerate(self.case.frames) if frame.finding}
        found |= {s.frame for s in self.case.steps if s.ok is False and s.frame is not None}
        return frozenset(found)

    @property
    def diagram(self) -> Markup:
        """The sequence diagram."""
        case = self.case
        rows = [
            diagram.Row(
                index=i, frame=f, label=label, step=self.steps.get(i, ""), bad=i in self.bad
            )
            for i, (f, label) in enumerate(zip(case.frames, self.labels, strict=True))
        ]
        return diagram.draw(f"Sequence diagram, {case.id}", self.sut, rows)


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """The cases of one section of the document."""

    name: str
    cases: Sequence[CaseView]


@dataclass(frozen=True, kw_only=True)
class PartView:
    """The cases of one system under test, in the order of the document."""

    part: Part
    number: int
    chapters: Sequence[Chapter]

    @property
    def cases(self) -> Iterator[CaseView]:
        """All cases."""
        return (c for chapter in self.chapters for c in chapter.cases)


def render(run: Run) -> str:
    """Return the page; the same run gives the same text, byte by byte."""
    views = _views(run)
    cases = [c for part in views for c in part.cases]
    style, script = _resource("report.css"), _resource("report.js")
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            run=run,
            parts=views,
            cases=cases,
            counts={o: n for o in Outcome if (n := sum(c.outcome is o for c in cases))},
            attention=[c for c in cases if c.outcome.open],
            remarks=_with_remarks(cases),
            profiles=list(dict.fromkeys(p.slug for v in views for p in v.part.profiles)),
            duration=_between(run.started, run.ended),
            style=Markup(style),  # noqa: S704 - package data
            script=Markup(script),  # noqa: S704 - package data
            style_hash=_hash(style),
            script_hash=_hash(script),
        )
    )


def _views(run: Run) -> list[PartView]:
    anchors, number = set(_PAGE_IDS), 0
    views: list[PartView] = []
    for part in parts(run):
        chapters: dict[str, list[CaseView]] = {}
        for case in sorted(part.cases, key=_place):
            number += 1
            view = CaseView(case=case, anchor=_anchor(case.id, anchors), number=number)
            chapters.setdefault(_chapter(case), []).append(view)
        named = [Chapter(name=name, cases=cases) for name, cases in chapters.items()]
        views.append(PartView(part=part, number=len(views) + 1, chapters=named))
    return views


def _with_remarks(cases: Iterable[CaseView]) -> list[tuple[CaseView, tuple[Remark, ...]]]:
    return [(c, c.case.remarks) for c in cases if c.case.remarks]


def _place(case: CaseRecord) -> tuple[bool, list[tuple[int, str]], list[tuple[int, str]]]:
    return not case.section, _natural(case.section), _natural(case.id)


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


def _between(started: str, ended: str) -> float | None:
    try:
        return (datetime.fromisoformat(ended) - datetime.fromisoformat(started)).total_seconds()
    except (ValueError, TypeError):
        return None


def _came(step: Step) -> str:
    """Return what came at a step; a long message that was right stands in full in its frame."""
    if step.ok is False or step.frame is None or len(step.got) <= LONGEST:
        return step.got
    return step.got[:LONGEST] + " …"


def _seconds(value: float) -> str:
    """Return a duration as people read it: 1.23 s, 4 min 05 s, 2 h 03 min."""
    minute, hour = 60, 3600
    if value < minute:
        return f"{value:.2f} s"
    if value < hour:
        return f"{int(value // minute)} min {int(value % minute):02} s"
    return f"{int(value // hour)} h {int(value % hour // minute):02} min"


def _resource(name: str) -> str:
    text = (files("reports") / "templates" / name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")  # the hash is taken over what a browser makes of it


def _hash(text: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words: dict[str, Any] = {
        "Outcome": Outcome,
        "symbols": SYMBOLS,
        "codes": CODES,
        "profile_name": profile_name,
        "came": _came,
        "clipped": clipped,
    }
    environment.globals.update(words)
    environment.filters.update(text=content, seconds=_seconds)
    return environment
