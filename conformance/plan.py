"""The plan of a case, read off its source: step numbers are constants there."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from conformance.source import tree

ANSWERED = {
    *("expect", "expect_pages", "expect_optional", "expect_every", "expect_samples"),
    "expect_boot",
    *("call", "connect"),
}
PROVOKING = {  # frames that are sent on purpose, and what has to become of them
    "refused": "refuses it",
    "ignored": "ignores it",
    "answered": "answers",
    "pinged": "answers with a pong",
    "closed": "closes, too",
    "turned_away": "takes no connection",
}
ALONE = {
    "execute",
    "expect_none",
    "expect_connection",
    "expect_admission",
    "expect_refusal",
    "expect_available",
    "expect_download",
    "expect_upload",
    "match",
    "check",
    "reply",
    "refuse",
}
OURS = {"execute", "reply", "refuse"}  # what the tool does


@dataclass(frozen=True)
class PlannedStep:
    """One row of a case's step table; `who` is "sut", "tool" or "operator"."""

    number: str
    who: str
    text: str


@cache
def plan(scenario: Callable[..., Any]) -> tuple[PlannedStep, ...]:
    """Return the steps of a scenario in the order of its source."""
    calls = [n for n in ast.walk(tree(scenario)) if isinstance(n, ast.Call)]
    calls.sort(key=lambda n: (n.lineno, n.col_offset))
    return tuple(step for call in calls for step in _steps(call))


def numbers(scenario: Callable[..., Any]) -> set[str]:
    """Return the numbers of the steps that a passing run must have taken or skipped."""
    return {s.number for s in plan(scenario) if s.number}


def _steps(call: ast.Call) -> Iterator[PlannedStep]:
    if not isinstance(call.func, ast.Attribute):
        return
    verb, owner = call.func.attr, ast.unparse(call.func.value)
    if owner == "operator":
        yield PlannedStep("", "operator", ast.unparse(call))
        return
    first = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else None
    if first is None or verb not in ANSWERED | ALONE | PROVOKING.keys():
        return
    rest = ", ".join(ast.unparse(a) for a in call.args[1:])
    words = {k.arg: ast.unparse(k.value) for k in call.keywords if k.arg}
    if verb == "call":
        yield PlannedStep(str(first), "tool", f"sends {rest}")
        yield PlannedStep(_next(first), "sut", words.get("expect", "answers"))
    elif verb == "connect":
        yield PlannedStep(str(first), "tool", f"connects, offering {rest}")
        yield PlannedStep(_next(first), "sut", f"chooses {words['chosen']}")
    elif verb in PROVOKING:
        yield PlannedStep(str(first), "tool", f"sends {rest or 'a ping'}")
        yield PlannedStep(_next(first), "sut", words.get("expect", PROVOKING[verb]))
    elif verb in ANSWERED:
        yield PlannedStep(str(first), "sut", f"sends {rest or 'BootNotification'}")
        if "hold" not in words:
            yield PlannedStep(_next(first), "tool", words.get("reply", "the default answer"))
    else:
        who = "tool" if verb in OURS else "sut"
        yield PlannedStep(str(first), who, f"{verb.replace('_', ' ')} {rest}")


def _next(first: object) -> str:
    return str(first + 1) if isinstance(first, int) else str(first)
