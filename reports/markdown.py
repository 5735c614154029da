"""Renders a run as a short Markdown summary, for a pull request or $GITHUB_STEP_SUMMARY."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from reports.alike import alike
from reports.analysis import Analysis, PartAnalysis
from reports.grant import Grant, Standing
from reports.problem import problem
from reports.run import CaseRecord, Run
from reports.summary import Outcome, count, outcome, profile_name
from reports.text import visible

MOST: Final = 40
"""How many cases of a kind a summary lists."""

IDS: Final = 8
"""How many ids of cases that failed alike a summary lists."""

LONGEST: Final = 300
"""How many characters of a reason a summary shows."""

_SPECIAL: Final = re.compile(
    r"[&<>`*\[\]\\|~@#:/!^$\"]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|(?<=www)\.", re.IGNORECASE
)
_SYMBOLS: Final = {
    Outcome.PASS: "✅",
    Outcome.FAIL: "❌",
    Outcome.ERROR: "💥",
    Outcome.INCONCLUSIVE: "❔",
    Outcome.WAIVED: "⚠️",
    Outcome.NOT_APPLICABLE: "⚪",
}


def render(run: Run) -> str:
    """Return the summary; it is short, whatever the run."""
    analysis = Analysis(run)
    lines = [f"## OCPP conformance: {text(run.name or 'unnamed run')}", "", _headline(run), ""]
    for part in analysis.parts:
        lines += _part(part)
    attention = [case for case in run.cases if outcome(case).open]
    if attention:
        lines += [
            "### Needs attention",
            "",
            *_table("Case", "Step", "Reason"),
            *_rows(attention),
            "",
        ]
    if run.findings:
        lines += [f"{len(run.findings)} broken rules between the cases: see the report.", ""]
    if strangers := sum(refused.count for refused in run.refused):
        lines += [f"{strangers} attempts to connect were refused: see the report.", ""]
    still = [found for found in analysis.remarks if found.state == "open"]
    if analysis.remarks:
        lines += [f"{len(analysis.remarks)} remarks, {len(still)} of them to be reviewed.", ""]
    if analysis.lab:
        lines += [f"To do in the lab, which is no word against a system ({len(analysis.lab)}):", ""]
        lines += [f"- {text(r.case.id)}: {text(r.remark.text)}" for r in analysis.lab[:IDS]]
        lines += [""]
    lines += [f"{text(run.tool)}, catalogue {text(run.catalogue)}, {text(run.started)}", ""]
    return "\n".join(lines)


def text(untrusted: str, longest: int = LONGEST) -> str:
    """Return a text that neither Markdown nor HTML finds anything in."""
    shown = " ".join(visible(untrusted).split())
    if len(shown) > longest:
        shown = f"{shown[:longest]}…"
    return _SPECIAL.sub(lambda found: f"&#{ord(found[0])};", shown)


def code(untrusted: str, longest: int = LONGEST) -> str:
    """Return a text as code, in which nobody is mentioned and no link is made, either."""
    return f"<code>{text(untrusted, longest)}</code>" if untrusted.strip() else ""


def _headline(run: Run) -> str:
    counts = count(run.cases)
    told = ", ".join(f"{_SYMBOLS[o]} {counts[o]} {o.lower()}" for o in Outcome if counts[o])
    stopped = "" if run.complete else "**The run is incomplete and no evidence of conformance.** "
    return f"{stopped}{told or 'No case has ended.'}"


def _part(it: PartAnalysis) -> Iterator[str]:
    sut = it.part.sut
    yield f"### {text(it.part.title)}: {code(sut.name)}"
    yield ""
    yield from _table("Profile", "Mandatory", "Conditional", "By the programme's rule")
    for slug, grant in it.grants.items():
        cells = (_standing(grant.mandatory), _standing(grant.conditional), _ruling(grant))
        yield f"| {text(profile_name(slug))} | {' | '.join(cells)} |"
    yield ""
    differing = [fact for fact in it.identity if fact.differs]
    for fact in differing:
        told = ", ".join(code(p.value) for p in fact.presented)
        yield f"- {text(fact.name)}: declared {code(fact.declared)}, presented {told}"
    for seen in it.doubtful:
        declared = "declared" if seen.feature.declared else "not declared"
        clue = f"{seen.clues[0].text} ({seen.clues[0].case})"
        yield f"- {text(seen.feature.id)} is {declared}, but {code(clue)}"
    if differing or it.doubtful:
        yield ""


def _standing(standing: Standing) -> str:
    needed = standing.total - standing.not_applicable
    told = [f"{standing.passed} of {needed} passed"] if needed else []
    told += [f"{standing.failed} failed"] * bool(standing.failed)
    told += [f"{standing.inconclusive} inconclusive"] * bool(standing.inconclusive)
    told += [f"{standing.not_run} not run"] * bool(standing.not_run)
    return ", ".join(told)


def _ruling(grant: Grant) -> str:
    review = f", {grant.to_review} with remarks to review" if grant.to_review else ""
    return f"{grant.ruling}{review}"


def _table(*names: str) -> Iterator[str]:
    yield f"| {' | '.join(names)} |"
    yield f"|{'---|' * len(names)}"


def _rows(cases: Iterable[CaseRecord]) -> Iterator[str]:
    worst = list(Outcome)
    needy = sorted(cases, key=lambda case: worst.index(outcome(case)))
    groups = alike(needy, lambda case: (outcome(case), problem(case).reason))
    for group in groups[:MOST]:
        case, found = group[0], problem(group[0])
        single = len(group) == 1
        name = f"{case.id} {case.title}" if single else _ids(group)
        step = found.step if single else ""
        yield f"| {_SYMBOLS[outcome(case)]} {text(name)} | {text(step)} | {code(found.reason)} |"
    if left := sum(len(group) for group in groups[MOST:]):
        yield f"| and {left} more: see the report | | |"


def _ids(group: list[CaseRecord]) -> str:
    more = "" if len(group) <= IDS else " …"
    return f"{len(group)} cases: {', '.join(case.id for case in group[:IDS])}{more}"
