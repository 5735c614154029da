"""What two runs differ in, for a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from reports.compare import Comparison, PartComparison, Slower, Verdicts
from reports.html import milliseconds
from reports.run import Run
from reports.text import clipped, visible

FORMAT: Final = 1
"""The format of the JSON document."""

LONGEST: Final = 160
MOST: Final = 40
"""How many lines of a kind a terminal gets."""


def as_text(found: Comparison) -> str:
    """Return the differences as lines; what a system sent steers no terminal."""
    lines = [f"before: {_named(found.before)}", f"after:  {_named(found.after)}"]
    lines += [f"note: {note}" for note in found.notes]
    for part in found.parts:
        lines += ["", f"{part.title}: {part.names[1]}", *_part(part)]
    lines += ["", "something got worse" if found.worse else "nothing got worse"]
    return "\n".join(visible(clipped(line, LONGEST)) for line in lines)


def _named(run: Run) -> str:
    return f"{run.name or 'unnamed run'}, {run.started}"


def _part(part: PartComparison) -> Iterator[str]:
    kinds = {
        "newly failing": [v for v in part.verdicts if v.worse],
        "newly passing": [v for v in part.verdicts if v.passing],
    }
    told = [v for kind in kinds.values() for v in kind]
    kinds["other changes of a verdict"] = [v for v in part.verdicts if v not in told]
    for kind, verdicts in kinds.items():
        yield from _section(kind, [_verdict(v) for v in verdicts])
    steps = [
        f"{s.case}: {c.what}: {_from_to(c.before, c.after)}" for s in part.steps for c in s.changes
    ]
    yield from _section("changed steps", steps)
    yield from _section("changed timing", [_slower(slower) for slower in part.timing])
    for kind, changes in (
        ("by the programme's rule", part.rulings),
        ("changed declaration", part.declaration),
        ("changed remarks", part.remarks),
    ):
        yield from _section(kind, [f"{c.what}: {_from_to(c.before, c.after)}" for c in changes])
    if not any((part.verdicts, part.steps, part.timing, part.rulings, part.declaration)):
        yield f"  {part.compared} cases compared, no difference"


def _section(kind: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield f"  {kind} ({len(lines)})"
        yield from (f"    {line}" for line in lines[:MOST])
        if len(lines) > MOST:
            yield f"    and {len(lines) - MOST} more"


def _verdict(v: Verdicts) -> str:
    told = f"{v.case:14} {v.before or 'not run'} -> {v.after or 'not run'}"
    return f"{told}: {v.reason}" if v.reason else told


def _slower(slower: Slower) -> str:
    word = "slower" if slower.worse else "faster"
    times = f"{milliseconds(slower.before)} -> {milliseconds(slower.after)}"
    return f"{slower.name}: {times} ({word})"


def _from_to(before: str, after: str) -> str:
    return f"{before or '(nothing)'} -> {after or '(nothing)'}"


def as_json(found: Comparison) -> str:
    """Return the differences as a document; its fields are those of `reports.compare`."""
    document = {
        "format": FORMAT,
        "worse": found.worse,
        "notes": list(found.notes),
        **{side: _run(run) for side, run in (("before", found.before), ("after", found.after))},
        "parts": [_as_dict(part) for part in found.parts],
    }
    return json.dumps(document, indent=1) + "\n"


def _run(run: Run) -> dict[str, Any]:
    names = ("name", "tool", "catalogue", "started", "complete")
    return {name: getattr(run, name) for name in names}


def _as_dict(part: PartComparison) -> dict[str, Any]:
    return {
        **asdict(part),
        "worse": part.worse,
        "verdicts": [{**asdict(v), "worse": v.worse} for v in part.verdicts],
        "timing": [{**asdict(slower), "worse": slower.worse} for slower in part.timing],
    }
