"""What a printed report says, as the lists and texts that its template lays out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from reports.analysis import Analysis, PartAnalysis
from reports.grant import Obstacle, Ruling, Standing
from reports.html import HOLDINGS, JUDGEMENTS, OPERATORS, RULINGS, SYMBOLS, milliseconds, shown
from reports.pics import Holding, Seen
from reports.review import Reviewed
from reports.run import Action, Finding, Moved, Run, Step
from reports.stages import Line as StageLine
from reports.stages import stages
from reports.summary import Outcome, count, profile_name
from reports.tables import paired
from reports.text import clipped, visible
from reports.timing import Measure
from reports.views import CODES, CaseView, PartView, attention, between, views

LONGEST: Final = 1500
"""How many characters of one text are printed."""

Line: TypeAlias = tuple[str, str, str, str, str]  # number, who, what, when, code of the verdict
STEP: Final = 400
"""How many characters of a step that was right are printed."""


def document(run: Run) -> dict[str, Any]:
    """Return what the template needs; every text is visible and not too long."""
    analysis = Analysis(run)
    parts = views(analysis)
    cases = [case for part in parts for case in part.cases]
    told: dict[str, Any] = _shown(
        {
            **_cover(run, parts, cases),
            "suts": [_sut(part) for part in parts],
            "attention": [_attention(group) for group in attention(cases)],
            "findings": [_between(group) for group in between(run.findings)],
            "refused": [
                f"{r.count} × {r.kind} from {r.address} ({r.sut})"  # noqa: RUF001 - times is meant
                for r in run.refused
            ],
            "remarks": [_remark(found) for found in analysis.remarks],
            "lab": [(found.case.id, found.remark.text) for found in analysis.lab],
            "timing": list(_timing(parts)),
            "requirements": list(_requirements(parts)),
            "parts": [_part(part) for part in parts],
        }
    )
    return told


def _shown(value: Any) -> Any:  # noqa: ANN401 - any part of the data
    if isinstance(value, str):
        return visible(clipped(value, LONGEST))
    if isinstance(value, dict):
        return {key: _shown(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(item) for item in value]
    return value


def _cover(run: Run, parts: list[PartView], cases: list[CaseView]) -> dict[str, Any]:
    attention = sum(case.outcome.open for case in cases)
    counts = count(run.cases)
    need = "needs" if attention == 1 else "need"
    headline = f"{attention} of {len(cases)} cases {need} attention"
    well = "No case needs attention" if cases else "No case has ended"
    stopped = "The run was stopped before its end: this is no evidence of conformance."
    facts = [
        ("Started", run.started),
        ("Ended", run.ended or "the run did not come to its end"),
        ("Place", run.place),
        ("Tool", f"{run.tool} on {run.platform}" if run.platform else run.tool),
        ("Catalogue", run.catalogue),
        ("Systems under test", str(len(parts))),
        ("Anonymised", "Ids, addresses and tokens were replaced" if run.anonymised else ""),
    ]
    return {
        "title": run.name or "Unnamed run",
        "tool": run.tool or "ocpp-conformance",
        "footer": f"{run.tool}, {run.started}",
        "headline": headline if attention else well,
        "incomplete": "" if run.complete else stopped,
        "code": "f" if attention or not run.complete else "p",
        "counts": [(CODES[o], f"{SYMBOLS[o]} {counts[o]} {o.value}") for o in Outcome if counts[o]],
        "facts": [fact for fact in facts if fact[1]],
    }


def _sut(view: PartView) -> dict[str, Any]:
    it, sut = view.analysis, view.analysis.part.sut
    known = (("Vendor", sut.vendor), ("Model", sut.model), ("Firmware", sut.firmware))
    told = (*known, ("Serial number", sut.serial))
    operator = f"{sut.operator}: {OPERATORS.get(sut.operator, 'the user')}" if sut.operator else ""
    profile = "" if sut.security_profile is None else str(sut.security_profile)
    facts = [
        ("System under test", sut.name),
        ("Station", sut.station),
        ("Security profile", profile),
        ("Operator", operator),
        ("Declaration", f"sha256 {sut.sha256}" if sut.sha256 else "", "mono"),
        *((c.name, f"{c.subject}, until {c.until}, {c.sha256}") for c in sut.certificates),
    ]
    return {
        "title": it.part.title,
        "cover": [("System under test", sut.name), *(fact for fact in told if fact[1])],
        "facts": [fact for fact in facts if fact[1]],
        "identity": [
            (f.name, f.declared, "; ".join(p.value for p in f.presented), f.differs)
            for f in it.identity
        ],
        "profiles": [
            {"name": row.name, "rows": [(kind, _numbers(s)) for kind, s in row.rows]}
            for row in view.profiles
        ],
        "rulings": list(_rulings(view)),
        "rule": _rule(it),
        "obstacles": list(_obstacles(view)),
        "doubts": [(s.feature.id, _doubt(s)) for s in it.doubtful],
        "features": [_feature(s) for s in it.pics if s.feature.declared],
        "configured": [
            (key, shown(sut.configured[key])) for key in sut.given if key in sut.configured
        ],
    }


def _numbers(s: Standing) -> list[int]:
    return [s.total, s.passed, s.failed, s.inconclusive, s.not_run, s.not_applicable]


def _rulings(view: PartView) -> Iterator[tuple[str, str, str, str]]:
    for row in view.profiles:
        if row.grant is None:
            continue
        told = []
        if row.grant.ruling is Ruling.GRANTED and not view.analysis.core_stands:
            told.append("but Core is needed too")
        if row.grant.to_review and row.grant.ruling is not Ruling.REFUSED:
            told.append(f"cases with remarks to review: {row.grant.to_review}")
        yield row.name, row.grant.ruling.value, RULINGS[row.grant.ruling], "; ".join(told)


def _rule(it: PartAnalysis) -> str:
    told = (
        "A profile is granted when every mandatory case of it has passed, and every conditional"
        " case that the declared features ask for; every product needs Core. A waiver does not"
        " count, and a case that was not run has not passed."
    )
    if it.part.sut.version == "1.6":
        told += (
            " The documents of OCPP 1.6 have no list of mandatory cases: mandatory is here what"
            " needs no optional feature besides the profile."
        )
    return told


def _obstacles(view: PartView) -> Iterator[dict[str, Any]]:
    for row in view.profiles:
        if row.grant is None or not row.grant.obstacles or row.grant.ruling is Ruling.UNDECLARED:
            continue
        yield {
            "name": row.name,
            "cases": [_obstacle(group) for group in row.in_the_way],
            "not_run": [
                (f"{len(cases)} not run: {why}", ", ".join(o.case for o in cases))
                for why, cases in row.not_run.items()
            ],
        }


def _obstacle(group: list[Obstacle]) -> tuple[str, str, str, str]:
    o = group[0]
    code, sign = ("f", "✗") if o.fails else ("i", "?")
    if len(group) == 1:
        return code, f"{sign} {o.case}", o.title, o.why
    return code, f"{sign} {len(group)} cases", ", ".join(o.case for o in group), o.reason


def _doubt(seen: Seen) -> str:
    declared = "declared, but" if seen.feature.declared else "not declared, but"
    return f"{seen.feature.name}: {declared} {_clues(seen)}"


def _feature(seen: Seen) -> tuple[str, str, str, str, str]:
    told = "" if seen.holding is Holding.ABSENT else seen.holding.value
    return seen.feature.id, seen.feature.name, told, _clues(seen), HOLDINGS[seen.holding]


def _clues(seen: Seen) -> str:
    return "; ".join(f"{clue.text} ({clue.case})" for clue in seen.clues)


def _attention(group: list[CaseView]) -> tuple[str, str, str, str, str]:
    view = group[0]
    problem = view.problem
    told = problem.reason if problem else ""
    if len(group) > 1:
        ids = ", ".join(view.case.id for view in group)
        return view.code, view.outcome.value, f"{len(group)} cases", ids, told
    step = f"Step {problem.step}: " if problem and problem.step else ""
    return view.code, view.outcome.value, view.case.id, view.case.title, f"{step}{told}"


def _between(group: list[Finding]) -> tuple[str, str]:
    first, last = group[0], group[-1]
    when = first.at if len(group) == 1 else f"{first.at} to {last.at}, {len(group)} times"
    return f"{when} {first.sut}".strip(), first.text


def _remark(found: Reviewed) -> tuple[str, str, str, str, str]:
    step = f"Step {found.remark.step}: " if found.remark.step else ""
    review = found.review
    by = f"{review.by}, {review.at}: {review.comment}".removesuffix(": ") if review else ""
    return JUDGEMENTS[found.state], found.state, found.case.id, f"{step}{found.remark.text}", by


def _timing(parts: list[PartView]) -> Iterator[dict[str, Any]]:
    for view in parts:
        times = view.analysis.timing
        named = (("Span", times.spans), ("Answer to", times.answers))
        tables = [{"name": n, "rows": [_measure(m) for m in rows]} for n, rows in named if rows]
        if tables:
            yield {"title": _title(view), "tables": tables}


def _measure(m: Measure) -> tuple[str, ...]:
    figures = (m.median, m.p95, m.worst.seconds)
    return m.name, str(len(m.samples)), *map(milliseconds, figures), m.worst.case


def _requirements(parts: list[PartView]) -> Iterator[dict[str, Any]]:
    for view in parts:
        rows = view.analysis.requirements
        if rows:
            kind = "sections" if view.analysis.part.sut.version == "1.6" else "requirements"
            left = [f"{r.id} {r.name}".strip() for r in rows if not r.covered]
            covered = f"{len(rows) - len(left)} of {len(rows)} {kind} were judged by a case."
            yield {"title": _title(view), "covered": covered, "uncovered": ", ".join(left)}


def _title(view: PartView) -> str:
    return f"{view.analysis.part.title}, {view.analysis.part.sut.name}"


def _part(view: PartView) -> dict[str, Any]:
    chapters = [{"name": c.name, "cases": [_case(case) for case in c.cases]} for c in view.chapters]
    return {"title": f"Cases: {view.analysis.part.title}", "chapters": chapters}


def _case(view: CaseView) -> dict[str, Any]:
    case = view.case
    status = {"M": "mandatory", "C": "conditional"}
    told = [f"{profile_name(p)} ({status.get(s, s)})" for p, s in case.profiles.items()]
    facts = [case.section and f"Section {case.section}", ", ".join(told), case.condition]
    facts += [", ".join(case.requirements), case.started, f"{case.duration:.2f} s"]
    return {
        "code": view.code,
        "outcome": f"{SYMBOLS[view.outcome]} {view.outcome.value}",
        "id": case.id,
        "title": case.title,
        "purpose": case.purpose or "",
        "facts": " · ".join(fact for fact in facts if fact),
        "glance": _glance(view) if view.problem else None,
        "remarks": [f"{r.remark.step} {r.remark.text} ({r.state})".strip() for r in view.remarks],
        "lab": view.lab,
        "groups": _groups(view),
        "files": [_file(moved) for moved in case.files],
    }


def _glance(view: CaseView) -> dict[str, Any]:
    problem, case = view.problem, view.case
    assert problem is not None  # noqa: S101 - for the type checker
    facts = [
        ("Step", problem.step),
        ("Reason", problem.reason or "no reason was recorded"),
        ("Waived", case.waived),
        ("Expected", problem.expected, "mono"),
        ("Got", problem.got, "mono"),
        ("Requirements", ", ".join(view.requirements)),
        ("Often", view.cause.title if view.cause else ""),
    ]
    frames = []
    for index in problem.last:
        frame = case.frames[index]
        sender = {"tool": "tool", "sut": view.sut}.get(frame.sender, "connection")
        head = f"#{index + 1}  {frame.at:.3f} s  {sender}  {view.labels[index]}"
        frames.append((f"{head}  {frame.finding}".rstrip(), view.pieces(index)))
    return {
        "code": view.code,
        "facts": [fact for fact in facts if fact[1]],
        "frames": frames,
        "trace": case.traceback,
    }


def _groups(view: CaseView) -> list[tuple[str, list[Line]]]:
    """Return the stages of a case, each with its heading and its lines."""
    actions = paired(view)
    return [
        (
            f"{stage.title} {stage.reached}" if stage.is_precondition else stage.title,
            [
                _line(line, actions.get(line.place))
                for line in stage.lines
                # How an operator was asked is told on the page.
                if line.step.who != "operator" or not actions or line.place in actions
            ],
        )
        for stage in stages(view.case)
    ]


def _line(line: StageLine, action: Action | None) -> Line:
    step = line.step
    text = f"{action.text} ({action.outcome})" if action else f"{line.prefix}{_step(step)}"
    code = {True: "p", False: "f", None: ""}[step.ok]
    return line.number, step.who, text, f"{step.at:.3f}\xa0s", code


def _step(step: Step) -> str:
    """Return what a step was about: there are no frames on paper, so it is told at some length."""
    right = step.ok and step.expected
    return clipped(step.expected if right else step.got, LONGEST if step.ok is False else STEP)


def _file(moved: Moved) -> str:
    if moved.kind == "refused":
        return f"{moved.at:.3f} s refused: {moved.text}"
    whole = "" if moved.whole else ", not all of it"
    return (
        f"{moved.at:.3f} s {moved.kind} of {moved.name}, {moved.size} bytes{whole} {moved.sha256}"
    )
