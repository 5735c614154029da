"""Cases as pytest items: collected from the catalogue's modules, reported with their record."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.cases import Case
from conformance.selection import implemented, testcases
from conformance.verdict import Verdict


class CaseFailedError(Exception):
    """Carries a verdict other than PASS through pytest; its text is all that a user reads."""


class CaseFile(pytest.File):
    """One module of cases."""

    def collect(self) -> Iterator[CaseItem]:
        """Yield the cases of this module that the run is about."""
        from conformance.plugin import RUN  # noqa: PLC0415 - the plugin imports this module

        run = self.config.stash[RUN]
        module = self.extra_module()
        for case in implemented().values():
            if case.scenario.__module__ == module and run.wants(case):
                name = getattr(case.scenario, "__name__", case.id)
                yield CaseItem.from_parent(self, name=name, case=case)

    def extra_module(self) -> str:
        """Return the dotted name of the module that this file holds."""
        root = Path(testcases().__file__ or "").parent
        return ".".join(("testcases", *self.path.relative_to(root).with_suffix("").parts))


class CaseItem(pytest.Item):
    """One case against one SUT; named after its function, keyed by its id."""

    def __init__(self, *, case: Case, **more: Any) -> None:  # noqa: ANN401 - pytest's own
        super().__init__(**more)
        self.case = case
        self.obj = case.scenario
        self.record: dict[str, Any] = {}
        self.between: list[str] = []
        self.extra_keyword_matches.update({case.id, *case.entry.title.lower().split()})
        self.add_marker(pytest.mark.ocpp_case(case.id))

    def runtest(self) -> None:
        """Run the case, and turn its verdict into pytest's outcome."""
        from conformance.plugin import RUN  # noqa: PLC0415

        run = self.config.stash[RUN]
        result, self.between = run.judge(self.case)
        self.record = result.as_record()
        self.user_properties += [
            ("ocpp_id", self.case.id),
            ("ocpp_title", self.case.entry.title),
            ("ocpp_verdict", str(result.verdict)),
            ("ocpp_reason", result.reason),
        ]
        if result.verdict is Verdict.NOT_APPLICABLE:
            pytest.skip(f"NOT APPLICABLE: {result.reason}")
        if result.waived:
            pytest.xfail(f"waived: {result.waived} ({result.reason})")
        if result.verdict is not Verdict.PASS:
            raise CaseFailedError(f"{result.verdict}: {result.reason}")

    def repr_failure(
        self,
        excinfo: pytest.ExceptionInfo[BaseException],
        style: Any = None,  # noqa: ANN401 - pytest's own
    ) -> Any:  # noqa: ANN401
        """Show what a vendor needs: the reason and the steps, no Python."""
        if not isinstance(excinfo.value, CaseFailedError):
            return super().repr_failure(excinfo, style)
        from conformance.telling import failure  # noqa: PLC0415

        return failure(self.record)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Say where the case is, and what it is called."""
        return self.path, None, f"{self.case.id} {self.case.entry.title}"


def collect(path: Path, parent: pytest.Collector) -> CaseFile | None:
    """Return the collector for a module of cases, or None for any other file."""
    root = Path(testcases().__file__ or "").parent
    if root not in path.parents or path.name in {"__init__.py", "states.py"}:
        return None
    importlib.import_module(".".join(("testcases", *path.relative_to(root).with_suffix("").parts)))
    return CaseFile.from_parent(parent, path=path)


def ordered(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Return the items in the order of the catalogue, other tests first."""
    from conformance.catalogue import everything  # noqa: PLC0415

    place = {entry.id: n for n, entry in enumerate(everything())}
    return sorted(items, key=lambda i: place[i.case.id] if isinstance(i, CaseItem) else -1)
