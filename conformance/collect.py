"""Cases as pytest items: collected from the catalogue's modules, reported with their record."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.cases import Case
from conformance.selection import every_case, testcases
from conformance.telling import failure
from conformance.verdict import Verdict

NO_CASES = {"__init__.py", "states.py"}


class CaseFailedError(AssertionError):
    """The SUT is wrong; an AssertionError, which reports call "failed" and not "broken"."""


class CaseNotJudgedError(Exception):
    """The case came to no judgement: INCONCLUSIVE, or an ERROR of the tool."""


class CaseFile(pytest.File):
    """One module of cases."""

    def collect(self) -> Iterator[CaseItem]:
        """Yield the cases of this module that the run is about."""
        from conformance.plugin import RUN  # noqa: PLC0415 - the plugin imports this module

        run, module = self.config.stash[RUN], dotted(self.path)
        for case in every_case():
            if case.scenario.__module__ == module and run.wants(case):
                yield CaseItem.from_parent(self, name=case.node, case=case)


class CaseItem(pytest.Item):
    """One case against one SUT; named after its function, keyed by its id."""

    def __init__(self, *, case: Case, **more: Any) -> None:  # noqa: ANN401 - pytest's own
        super().__init__(**more)
        self.case = case
        self.obj = case.scenario
        self.funcargs: dict[str, object] = {}  # allure-pytest reads it
        self.record: dict[str, Any] = {}
        self.between: list[str] = []
        self.extra_keyword_matches.update({case.id, *case.entry.title.lower().split()})
        self.add_marker(pytest.mark.ocpp_case(case.id))

    def runtest(self) -> None:
        """Run the case, and turn its verdict into pytest's outcome."""
        from conformance.plugin import RUN  # noqa: PLC0415

        judged = self.config.stash[RUN].judge(self.case)
        result, self.record, self.between = judged.result, judged.record, judged.between
        verdict, reason = result.verdict, result.reason
        self.user_properties += [
            ("ocpp_id", self.case.id),
            ("ocpp_title", self.case.entry.title),
            ("ocpp_verdict", str(verdict)),
            ("ocpp_reason", reason),
        ]
        if verdict is Verdict.NOT_APPLICABLE:
            pytest.skip(f"NOT APPLICABLE: {reason}")
        if result.waived:
            self.user_properties.append(("ocpp_waived", result.waived))
            pytest.xfail(f"waived: {result.waived} ({reason})")
        if verdict is Verdict.FAIL:
            raise CaseFailedError(f"{verdict}: {reason}")
        if verdict is Verdict.INCONCLUSIVE:
            self.add_marker(pytest.mark.ocpp_inconclusive(reason))
        if verdict is not Verdict.PASS:
            raise CaseNotJudgedError(f"{verdict}: {reason}")

    def repr_failure(
        self,
        excinfo: pytest.ExceptionInfo[BaseException],
        style: Any = None,  # noqa: ANN401 - pytest's own
    ) -> Any:  # noqa: ANN401
        """Show what a vendor needs: the reason and the steps, no Python."""
        if isinstance(excinfo.value, CaseFailedError | CaseNotJudgedError):
            return failure(self.record)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Say where the case is, and what it is called."""
        return self.path, None, f"{self.case.id} {self.case.entry.title}"


def collect(path: Path, parent: pytest.Collector) -> CaseFile | None:
    """Return the collector for a module of cases, or None for any other file."""
    if root() not in path.parents or path.name in NO_CASES:
        return None
    importlib.import_module(dotted(path))
    return CaseFile.from_parent(parent, path=path)


def root() -> Path:
    """Return the folder of the cases."""
    return Path(testcases().__path__[0])


def dotted(path: Path) -> str:
    """Return the name of the module of cases in this file."""
    return ".".join(("testcases", *path.relative_to(root()).with_suffix("").parts))


def ordered(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Return the items in the order of the catalogue, other tests first."""
    from conformance.catalogue import everything  # noqa: PLC0415

    place = {(entry.version, entry.id): n for n, entry in enumerate(everything())}

    def number(item: pytest.Item) -> int:
        case = item.case if isinstance(item, CaseItem) else None
        return place[case.entry.version, case.id] if case is not None else -1

    return sorted(items, key=number)
