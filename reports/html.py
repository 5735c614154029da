"""Renders a run as one self-contained HTML page that asks for nothing outside itself."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reports import plot, tables
from reports.analysis import Analysis
from reports.failures import Cause, as_html
from reports.grant import Ruling
from reports.pics import Holding
from reports.run import Run
from reports.summary import Outcome, outcome, profile_name
from reports.text import content, finalize
from reports.views import CODES, CaseView, attention, between, views

SYMBOLS: Final = {
    Outcome.PASS: "✓",
    Outcome.FAIL: "✗",
    Outcome.ERROR: "!",
    Outcome.INCONCLUSIVE: "?",
    Outcome.WAIVED: "~",
    Outcome.NOT_APPLICABLE: "–",  # noqa: RUF001 - a dash is meant
}
RULINGS: Final = {
    Ruling.GRANTED: "p",
    Ruling.REFUSED: "f",
    Ruling.OPEN: "i",
    Ruling.UNDECLARED: "n",
    Ruling.OUTSIDE: "n",
}
HOLDINGS: Final = {
    Holding.CONFIRMED: "p",
    Holding.CONTRADICTED: "f",
    Holding.UNDECLARED: "i",
    Holding.UNSEEN: "n",
    Holding.ABSENT: "n",
}
JUDGEMENTS: Final = {"accepted": "p", "rejected": "f", "open": "i"}
OPERATORS: Final = {
    "console": "a person at the terminal",
    "http": "a rig or simulator over HTTP",
    "command": "a program, run for each action",
    "python": "a class of the user's",
    "embedded": "the embedded reference system itself",
}


def render(run: Run) -> str:
    """Return the page; the same run gives the same text, byte by byte."""
    analysis = Analysis(run)
    parts = views(analysis)
    cases = [c for part in parts for c in part.cases]
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            run=run,
            parts=parts,
            cases=cases,
            counts={o: n for o in Outcome if (n := sum(c.outcome is o for c in cases))},
            attention=attention(cases),
            needy=sum(c.outcome.open for c in cases),
            between=between(run.findings),
            remarks=analysis.remarks,
            lab=analysis.lab,
            causes=_causes(cases),
            anchors={(c.case.sut, c.case.id): c.anchor for c in cases},
            profiles=list(dict.fromkeys(s for c in cases for s in c.case.profiles or ("",))),
            duration=_between(run.started, run.ended),
            **page_parts(script=True),
        )
    )


def _causes(cases: list[CaseView]) -> list[tuple[Cause, list[CaseView]]]:
    """Return the pages that cases lead to, each with its cases, the commonest first."""
    found: dict[str, tuple[Cause, list[CaseView]]] = {}
    for case in cases:
        if case.cause is not None:
            found.setdefault(case.cause.name, (case.cause, []))[1].append(case)
    return sorted(found.values(), key=lambda pair: -len(pair[1]))


def page_parts(*, script: bool) -> dict[str, Any]:
    """Return the style of a page, and its script if it has one, with the hashes that allow them."""
    names = {"style": "report.css", **({"script": "report.js"} if script else {})}
    texts = {kind: _resource(name) for kind, name in names.items()}
    return {
        **{kind: Markup(text) for kind, text in texts.items()},  # noqa: S704 - package data
        **{f"{kind}_hash": _hash(text) for kind, text in texts.items()},
    }


def _between(started: str, ended: str) -> float | None:
    try:
        return (datetime.fromisoformat(ended) - datetime.fromisoformat(started)).total_seconds()
    except (ValueError, TypeError):
        return None


def _seconds(value: float) -> str:
    """Return a duration as people read it: 1.23 s, 4 min 05 s, 2 h 03 min."""
    minute, hour = 60, 3600
    if value < minute:
        return f"{value:.2f} s"
    if value < hour:
        return f"{int(value // minute)} min {int(value % minute):02} s"
    return f"{int(value // hour)} h {int(value % hour // minute):02} min"


def milliseconds(value: float) -> str:
    """Return a measured time: with three digits that count, in ms below a second."""
    if value < 1:
        return f"{value * 1000:.{1 if value < 0.1 else 0}f} ms"  # noqa: PLR2004 - 100 ms
    return f"{value:.2f} s"


def shown(value: Any) -> str:  # noqa: ANN401 - any value of a declaration
    """Return a configured value as people write it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _resource(name: str) -> str:
    text = (files("reports") / "templates" / name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")  # the hash is taken over what a browser makes of it


def _hash(text: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def environment() -> Environment:
    """Return what finds, fills and escapes the templates."""
    made = Environment(
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
        "rulings": RULINGS,
        "holdings": HOLDINGS,
        "judgements": JUDGEMENTS,
        "operators": OPERATORS,
        "profile_name": profile_name,
        "steps": tables.steps,
        "unpaired": tables.unpaired,
        "frames": tables.frames,
        "last_frames": tables.last_frames,
        "outcome": outcome,
        "plot": plot,
        "shown": shown,
    }
    made.globals.update(words)
    made.filters.update(cause=as_html, text=content, seconds=_seconds, ms=milliseconds)
    return made
