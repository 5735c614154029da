"""A conformance run inside pytest: the SUTs, the selection, the results."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import pytest

from conformance import demo
from conformance.cases import Case, Result
from conformance.catalogue import everything, select
from conformance.collect import CaseItem, ordered
from conformance.operators import CannotActError, Streams
from conformance.results import Results
from conformance.session import Session
from conformance.sut import Sut, SutFileError, load
from conformance.verdict import Verdict

Key = tuple[str, str]


class RunError(Exception):
    """What the user has asked for cannot be run; the text says why."""


class Run:
    """One run: a session for each declared SUT, opened when its first case is due."""

    def __init__(self, suts: list[Sut], wanted: set[str], directory: Path, name: str) -> None:
        self.suts: dict[Key, Sut] = {(s.version, s.role): s for s in suts}
        self.strict = False
        self.directory, self.name = directory, name
        self._wanted = wanted
        self._sessions: dict[Key, Session] = {}
        self._results: Results | None = None
        self._worker = False

    @classmethod
    def configured(cls, config: pytest.Config) -> Self:
        """Build the run that pytest's options ask for; every wrong one is a RunError."""
        option = config.getoption
        try:
            suts = [_declared(p) for p in option("--ocpp-sut")]
            chosen = select(
                everything(), ids=option("--ocpp-case"), profiles=option("--ocpp-profile")
            )
        except (SutFileError, LookupError) as error:
            raise RunError(str(error)) from error
        if len({(s.version, s.role) for s in suts}) < len(suts):
            raise RunError("two declarations are for the same version and role")
        name = option("--ocpp-name") or "-".join(s.name for s in suts)
        directory = option("--ocpp-results") or _directory(name)
        run = cls(suts, {e.id for e in chosen}, Path(directory), name)
        run.strict = bool(option("--ocpp-strict"))
        run._worker = hasattr(config, "workerinput")
        return run

    def wants(self, case: Case) -> bool:
        """Tell whether a case is one of this run's."""
        return case.id in self._wanted and (case.entry.version, case.entry.role) in self.suts

    def judge(self, case: Case) -> tuple[Result, list[str]]:
        """Run one case; return its result and what was found between the cases before it."""
        session = self._session((case.entry.version, case.entry.role))
        result = session.run(case)
        between, session.bench.between = session.bench.between, []
        return self._weigh(result, session.sut), between

    def _weigh(self, result: Result, sut: Sut) -> Result:
        if self.strict and result.verdict is Verdict.PASS and result.record.transcript.remarks:
            first = result.record.transcript.remarks[0]
            return replace(result, verdict=Verdict.FAIL, reason=f"remark: {first.text}")
        waiver = next((w for w in sut.waivers if w.case == result.case.id), None)
        if waiver is None:
            return result
        if result.verdict is Verdict.PASS:
            return replace(
                result, verdict=Verdict.FAIL, reason=f"passes, but is waived: {waiver.reason}"
            )
        if result.verdict is Verdict.FAIL and result.step == waiver.step:
            return replace(result, waived=waiver.reason)
        return result

    def _session(self, key: Key) -> Session:
        if key not in self._sessions:
            session = Session(self.suts[key], _terminal())
            self._sessions[key] = session
            try:
                session.open()
            except (OSError, CannotActError) as problem:
                pytest.exit(f"{self.suts[key].name}: {problem}", returncode=2)
            if session.sut.role == "CS" and session.sut.operator.kind != "embedded":
                told = f"waiting for {session.sut.station} on {session.url}/{session.sut.station}"
                print(f"\n{told}", file=sys.__stderr__)
        return self._sessions[key]

    # pytest's hooks; this object is a plugin of its own

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Put the cases into the order of the catalogue."""
        items[:] = ordered(items)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Any:  # noqa: ANN401
        """Hand the record of a case on with its report, to this process or another."""
        report = yield
        if isinstance(item, CaseItem) and report.when == "call":
            report.ocpp = {"record": item.record, "between": item.between}
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write an ended case into the journal."""
        told = getattr(report, "ocpp", None)
        if told is None or self._worker or not told["record"]:
            return
        if self._results is None:
            self._results = Results(self.directory, self.name, list(self.suts.values()))
        self._results.case(told["record"], told["between"])

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """End the sessions, then the journal, then write the reports."""
        left = {key: s.bench.between for key, s in self._sessions.items() if s.is_open}
        for opened in self._sessions.values():
            opened.close()
        self._sessions.clear()
        if self._results is None:
            return
        for key, between in left.items():
            self._results.found(self.suts[key].name, between)
        self._results.end()
        if self._results.findings and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say how many cases came to which verdict, and where the report is."""
        if self._results is None:
            return
        counts = self._results.journal.counts
        told = ", ".join(f"{counts[v]} {v}" for v in map(str, Verdict) if v in counts)
        terminalreporter.write_sep("=", f"OCPP conformance: {told}")
        terminalreporter.write_line(f"report: {self.directory / 'report.html'}")

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:  # noqa: ANN401
        """Keep all cases of one SUT on one worker: it has one connection."""
        from conformance.scheduling import by_sut  # noqa: PLC0415 - only under xdist

        return by_sut(config, log)


def _directory(name: str) -> Path:
    plain = re.sub(r"[^\w.-]+", "-", name).strip("-") or "run"
    return Path("results") / f"{datetime.now().astimezone():%Y-%m-%dT%H%M%S}-{plain}"


def _declared(name: str) -> Sut:
    if name.startswith(demo.PREFIX):
        return demo.declared(name)
    return load(Path(name), os.environ)


def _terminal() -> Streams:
    """Return the terminal itself: pytest has taken the standard streams."""
    stdin = sys.__stdin__
    if stdin is None or stdin.closed or not stdin.isatty():
        return Streams(None, None)
    return Streams(
        Path("/dev/tty").open(encoding="utf-8"),
        Path("/dev/tty").open("w", encoding="utf-8"),
    )
