"""Which actions of the operator a case needs, read off its source as its plan is."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, Final, get_args

from conformance.cases import Case
from conformance.desk import OperatorDesk
from conformance.operators.actions import Action
from conformance.operators.base import Operator
from conformance.source import tree
from conformance.states import State

KINDS: Final[Mapping[str, type[Action]]] = {kind.__name__: kind for kind in get_args(Action)}
FOLLOWED: Final = "testcases"
_BRANCHES: Final = (ast.If, ast.IfExp, ast.While, ast.Match, ast.ExceptHandler, ast.BoolOp)
_ENDS: Final = (ast.Return, ast.Raise)


@dataclass(frozen=True)
class Needs:
    """The actions that every run of a case asks for, and those that only some runs do."""

    always: tuple[type[Action], ...] = ()
    sometimes: tuple[type[Action], ...] = ()

    def missing(self, operator: Operator) -> list[str]:
        """Return the names of what is always needed and the operator cannot do."""
        return [kind.__name__ for kind in self.always if not operator.supports(kind)]


@cache
def needs(case: Case) -> Needs:
    """Return what a case needs, its states included."""
    reader = _Reader()
    for needed in case.before:
        reader.state(needed, sure=True)
    reader.function(case.scenario, sure=True)
    always = [KINDS[name] for name in reader.found if reader.found[name]]
    sometimes = [KINDS[name] for name in reader.found if not reader.found[name]]
    return Needs(tuple(always), tuple(sometimes))


@cache
def verbs() -> Mapping[str, tuple[str, ...]]:
    """Return the actions that each verb of the operator's desk begins."""
    found = {}
    for name, method in inspect.getmembers(OperatorDesk, inspect.iscoroutinefunction):
        used = (n.id for n in ast.walk(tree(method)) if isinstance(n, ast.Name))
        found[name] = tuple(dict.fromkeys(name for name in used if name in KINDS))
    return found


class _Reader:
    """Goes through a case and all that it calls; `found` says what is sure to be asked for."""

    def __init__(self) -> None:
        self.found: dict[str, bool] = {}
        self._seen: set[tuple[object, bool]] = set()

    def state(self, state: State, *, sure: bool) -> None:
        for needed in state.needs:
            self.state(needed, sure=sure)
        self.function(state.scenario, sure=sure)

    def function(self, function: Callable[..., Any], *, sure: bool) -> None:
        if (function, sure) in self._seen or not isinstance(function, FunctionType):
            return
        self._seen.add((function, sure))
        names = {**function.__globals__, **inspect.getclosurevars(function).nonlocals}
        definition = tree(function).body[0]
        if isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef):
            self._block(definition.body, names, sure=sure)

    def _block(
        self, statements: Iterable[ast.stmt], names: Mapping[str, object], *, sure: bool
    ) -> None:
        for statement in statements:
            self._node(statement, names, sure=sure)
            # What follows a way out is not sure to be reached.
            sure = sure and not _leads_out(statement)

    def _node(self, node: ast.AST, names: Mapping[str, object], *, sure: bool) -> None:
        if isinstance(node, ast.Call):
            self._call(node, names, sure=sure)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.With | ast.AsyncWith):
            for item in getattr(node, "items", ()):
                self._node(item, names, sure=sure)
            self._block(node.body, names, sure=sure)
            return
        inside = sure and not isinstance(node, _BRANCHES)
        for child in ast.iter_child_nodes(node):
            self._node(child, names, sure=inside)

    def _call(self, call: ast.Call, names: Mapping[str, object], *, sure: bool) -> None:
        if isinstance(call.func, ast.Attribute):
            owner = ast.unparse(call.func.value)
            if owner == "operator" or owner.endswith(".operator"):
                for name in verbs().get(call.func.attr, ()):
                    self.found[name] = self.found.get(name, False) or sure
        for used in (call.func, *call.args):
            self._follow(_resolved(used, names), sure=sure)

    def _follow(self, what: object, *, sure: bool) -> None:
        if isinstance(what, State):
            self.state(what, sure=sure)
        elif isinstance(what, FunctionType) and what.__module__.startswith(FOLLOWED):
            self.function(what, sure=sure)


def _leads_out(statement: ast.AST) -> bool:
    """Tell whether a return or raise of this function, not of one inside it, is in there."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return False
    return isinstance(statement, _ENDS) or any(map(_leads_out, ast.iter_child_nodes(statement)))


def _resolved(node: ast.expr, names: Mapping[str, object]) -> object:
    """Return what a name, or a name in a module, stands for."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        module = names.get(node.value.id)
        return getattr(module, node.attr, None) if isinstance(module, ModuleType) else None
    return None


def report(operator: Operator, cases: Iterable[Case]) -> Iterator[str]:
    """Say which of the actions that these cases need the operator can do, and what that leaves out.

    What it refuses when it is asked, such as an HTTP interface that answers 404, shows in a run.
    """
    users: dict[type[Action], list[str]] = {}
    some: dict[type[Action], list[str]] = {}
    for case in cases:
        found = needs(case)
        for table, kinds in ((users, found.always), (some, found.sometimes)):
            for kind in kinds:
                table.setdefault(kind, []).append(case.id)
    asked = [kind for kind in KINDS.values() if kind in users or kind in some]
    can = [kind.__name__ for kind in asked if operator.supports(kind)]
    yield f"operator {operator.name}: can do {len(can)} of {len(asked)} actions that the cases need"
    for kind in asked:
        if operator.supports(kind):
            continue
        lost = ", ".join(users.get(kind, []))
        told = f"  cannot do {kind.__name__}"
        yield told + (f": INCONCLUSIVE will be {lost}" if lost else "")
        if kind in some:
            yield f"{told}, which these may need: {', '.join(some[kind])}"
