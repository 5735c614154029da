"""A conformance run inside pytest: the SUTs, the selection, the sessions, the verdicts."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any, Self

import pytest

from conformance import allure_steps, demo, html_rows
from conformance.abreast import Abreast
from conformance.cases import Case, Result, cases_of
from conformance.catalogue import Entry, everything, select
from conformance.collect import CaseItem, ordered
from conformance.declared import declared_ids
from conformance.interrupt import Interrupt
from conformance.judged import Judged, failed, judged
from conformance.results import Results, fresh_directory
from conformance.resume import ResumeError, Unfinished, unfinished
from conformance.selection import ShadowedError, own
from conformance.session import Session
from conformance.sut import Sut, SutFileError, load
from conformance.sut_stations import assigned
from conformance.verdict import Verdict
from conformance.voice import Voice, terminal

Key = tuple[str, str]
BETWEEN = "ocpp_between"
REFUSED = "ocpp_refused"
RESULTS = "ocpp_results"


class RunError(Exception):
    """What the user has asked for cannot be run; the text says why."""


class Run:
    """One run: a session for each declared SUT, opened when its first case is due.

    It is a plugin of pytest's. Under xdist the workers judge, and the controller alone writes.
    """

    def __init__(self, suts: list[Sut], wanted: set[str], name: str) -> None:
        self.suts: dict[Key, Sut] = {(s.version, s.role): s for s in suts}
        self.name = name or "-".join(s.name for s in suts)
        self.directory: Path | None = None
        self.strict, self.place = False, ""
        self.stations: dict[Key, str] = {
            (sut.version, c): s for sut in suts for c, s in _stations(sut, wanted).items()
        }
        self._wanted = wanted
        self.resumed: Unfinished | None = None
        self.side_by_side = False
        self._sessions: dict[Key, list[Session]] = {}
        self._abreast: Abreast | None = None
        self._opening = Lock()
        self._results: Results | None = None
        self._worker = False
        self._voice = Voice()
        self._interrupt = Interrupt()

    @classmethod
    def configured(cls, config: pytest.Config) -> Self:
        """Build the run that pytest's options ask for; every wrong one is a RunError."""
        option = config.getoption
        try:
            for package in ("testcases", "reports"):
                own(package)
            profile = option("--ocpp-security-profile")
            asked = {"count": option("--ocpp-samples"), "seed": option("--ocpp-seed")}
            asked["exhaustive"] = option("--ocpp-exhaustive") or None
            samples = {"samples": {k: v for k, v in asked.items() if v is not None}}
            declared = [_declared(p, profile) for p in option("--ocpp-sut")]
            suts = [sut.changed(samples) for sut in declared] if samples["samples"] else declared
            wanted = _chosen(suts, option("--ocpp-case"), option("--ocpp-profile"))
            former = option("--ocpp-resume")
            resumed = unfinished(Path(former), suts) if former else None
        except (SutFileError, LookupError, ShadowedError, ResumeError) as error:
            raise RunError(str(error)) from error
        if len({(s.version, s.role) for s in suts}) < len(suts):
            raise RunError("two declarations are for the same version and role")
        people = sum(sut.operator.kind == "console" for sut in suts)
        if people > 1 and option("--ocpp-side-by-side"):
            raise RunError("one person cannot act on several systems side by side")
        run = cls(suts, set(resumed.wanted) if resumed else wanted, option("--ocpp-name"))
        run.resumed = resumed
        if former or option("--ocpp-results"):
            run.directory = Path(former or option("--ocpp-results"))
        run.strict = bool(option("--ocpp-strict"))
        run.side_by_side = bool(option("--ocpp-side-by-side"))
        run.place = str(option("--ocpp-place"))
        run._worker = hasattr(config, "workerinput")
        if run._worker:
            run.directory = Path(config.workerinput[RESULTS])  # type: ignore[attr-defined] # xdist's
        run._voice = Voice(config.pluginmanager.get_plugin("capturemanager"))
        return run

    def wants(self, case: Case) -> bool:
        """Tell whether a case is one of this run's."""
        entry = case.entry
        if self.resumed is not None and (entry.version, case.id) in self.resumed.ended:
            return False
        return case.id in self._wanted and (entry.version, entry.role) in self.suts

    def judge(self, case: Case) -> Judged:
        """Run one case, or wait for the one that is run side by side with others."""
        if self._abreast is not None:
            return self._abreast.judged(case)
        sut = self.suts[case.entry.version, case.entry.role]
        sessions = self._sessions.setdefault((sut.version, sut.role), [])
        try:
            sessions += [] if sessions else [self._session(sut)]
        except Exception as bug:  # noqa: BLE001 - a fault of the tool is an ERROR, with its place
            return failed(case, sut.name, bug)
        return self._judge(case, sessions[0])

    def _judge(self, case: Case, session: Session) -> Judged:
        sut = self.suts[case.entry.version, case.entry.role]
        try:
            self._open(session)
            result = session.run(case, self.stations.get((sut.version, case.id), ""))
        except CancelledError:
            raise
        except Exception as bug:  # noqa: BLE001 - a fault of the tool is an ERROR, with its place
            return failed(case, sut.name, bug)
        return judged(self._weigh(result, sut), session.between())

    def _judge_and_tell(self, case: Case, session: Session) -> Judged:
        """Judge a case in a thread: what has ended is in the journal, whenever it is shown."""
        ended = self._judge(case, session)
        if self._results is not None:
            self._results.case(ended.record, ended.between)
        return ended

    def _weigh(self, result: Result, sut: Sut) -> Result:
        if self.strict and (strict := result.strictly()) is not result:
            return strict
        waiver = next((w for w in sut.waivers if w.case == result.case.id), None)
        if waiver is None:
            return result
        if result.verdict is Verdict.PASS:
            told = f"passes, but is waived: {waiver.reason}"
            return replace(result, verdict=Verdict.FAIL, reason=told)
        if result.verdict is Verdict.FAIL and result.step == waiver.step:
            return replace(result, waived=waiver.reason)
        return result

    def _session(self, sut: Sut) -> Session:
        uploads = self.directory.absolute() / "files" if self.directory else None
        return Session(sut, terminal(), uploads)

    def _open(self, session: Session) -> None:
        if session.is_open:
            return
        with self._opening:  # a reference system that starts takes a processor for itself
            session.open()
        sut = session.sut
        if sut.role == "CS" and sut.operator.kind != "embedded" and not session.bench.broken:
            self._voice.say(f"waiting for {sut.station} on {session.url}/{sut.station}")

    def _begin(self, items: list[pytest.Item]) -> None:
        """Begin with the cases of all systems."""
        cases = [item.case for item in items if isinstance(item, CaseItem)]
        many = Counter((case.entry.version, case.entry.role) for case in cases)
        for key, count in many.items():
            lanes = min(demo.lanes(self.suts[key]), count)
            self._sessions[key] = [self._session(self.suts[key]) for _ in range(lanes)]
        self._voice.stay()
        self._abreast = Abreast(self._sessions, self._judge_and_tell, cases)

    # pytest's hooks

    def pytest_sessionstart(self) -> None:
        """Let SIGTERM end the run as Ctrl-C does: what we have started is ended, too."""
        self._interrupt.arm()

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(self, obj: object) -> list[pytest.Item] | None:
        """Leave the cases to our own collector, where pytest's finds their modules, too."""
        return [] if cases_of(obj) else None

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Put the cases into the order of the catalogue."""
        items[:] = ordered(items)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Begin the journal before the first case does."""
        several = bool(getattr(session.config.option, "dist", "no") not in {"no", None})
        goes_on = self.resumed is not None
        any_case = bool(session.items) or several or goes_on
        if self._worker or session.config.option.collectonly or not any_case:
            return
        with _writable():
            suts, directory = list(self.suts.values()), self._results_directory()
            self._results = Results(
                directory, self.name, suts, self._wanted, self.place, resumes=goes_on
            )
        if self.side_by_side and not several:
            self._begin(session.items)

    def _results_directory(self) -> Path:
        self.directory = self.directory or fresh_directory(self.name)
        return self.directory

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:  # noqa: ANN401
        """Hand the record of a case on with its report, to this process or another."""
        report = yield
        if not isinstance(item, CaseItem) or call.when != "call" or not item.record:
            return report
        report.ocpp = {"record": item.record, "between": item.between}
        if item.record["verdict"] == Verdict.ERROR:
            report.when = "setup"  # what fails there is an error, to pytest and to all reports
        else:
            report.sections.clear()  # log lines of libraries say nothing about a SUT
        allure_steps.replay(item.config, item.record)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write an ended case into the journal, before anyone is told of it."""
        told = getattr(report, "ocpp", None)
        if told is not None and self._results is not None and self._abreast is None:
            self._results.case(told["record"], told["between"])

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """End the sessions, then the journal, then write the reports."""
        if self._abreast is not None:
            self._abreast.stop()
        left: dict[str, list[str]] = {}
        refused: dict[str, list[dict[str, Any]]] = {}
        for opened in [s for sessions in self._sessions.values() for s in sessions]:
            left.setdefault(opened.sut.name, []).extend(opened.between())
            refused.setdefault(opened.sut.name, []).extend(opened.refused())
            opened.close()
        self._sessions.clear()
        self._voice.close()
        if self._worker:
            told = {BETWEEN: left, REFUSED: refused}
            session.config.workeroutput.update(told)  # type: ignore[attr-defined] # xdist's
        self._found(left, refused)
        if self._results is not None:
            if self.resumed is not None and exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
                session.exitstatus = exitstatus = pytest.ExitCode.OK  # it lacked its end only
            orderly = exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
            self._results.end(complete=orderly and not (session.shouldfail or session.shouldstop))
            red = self._results.findings or (self.resumed is not None and self.resumed.red)
            if red and exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if not self._worker:
            allure_steps.finish(session.config, [s.declaration() for s in self.suts.values()])
        self._interrupt.disarm()

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say how many cases came to which verdict, and where the report is."""
        if self._results is None or self.directory is None:
            return
        counts = self._results.journal.counts
        told = ", ".join(f"{counts[v]} {v}" for v in map(str, Verdict) if v in counts)
        terminalreporter.write_sep("=", f"OCPP conformance: {told or 'no case has ended'}")
        if self._results.findings:
            terminalreporter.write_line(
                f"{self._results.findings} broken rules between the cases: see the report"
            )
        strangers = sum(count["count"] for count in self._results.refused)
        if strangers:
            terminalreporter.write_line(f"{strangers} attempts to connect were refused: see report")
        terminalreporter.write_line(f"report: {self.directory / 'report.html'}")

    def _found(
        self, between: dict[str, list[str]], refused: dict[str, list[dict[str, Any]]]
    ) -> None:
        if self._results is not None:
            for sut, texts in between.items():
                self._results.found(sut, texts)
            for sut, counts in refused.items():
                self._results.strangers(sut, counts)

    # The hooks of other plugins, where they are installed

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:  # noqa: ANN401
        """Keep all cases of one station on one worker: it has one connection."""
        from conformance.scheduling import by_station  # noqa: PLC0415 - only under xdist

        return by_station(config, log, self.stations)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:  # noqa: ANN401 - xdist is untyped
        """Tell a worker where the results are: what is uploaded to it goes there."""
        with _writable():
            node.workerinput[RESULTS] = str(self._results_directory().absolute())

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401 - xdist is untyped
        """Take what a worker found after its last case."""
        told = getattr(node, "workeroutput", {})
        self._found(told.get(BETWEEN, {}), told.get(REFUSED, {}))

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_header(self, cells: list[str]) -> None:
        """Add our columns to pytest-html's table."""
        html_rows.header(cells)

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_row(self, report: Any, cells: list[str]) -> None:  # noqa: ANN401
        """Fill our columns of one row."""
        html_rows.row(getattr(report, "ocpp", None), cells)

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_html(self, report: Any, data: list[str]) -> None:  # noqa: ANN401
        """Show steps and frames below a row."""
        html_rows.details(getattr(report, "ocpp", None), data)


@contextmanager
def _writable() -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        told = f"the results cannot be written: {problem.filename}: {problem.strerror}"
        raise pytest.UsageError(told) from problem


def _chosen(suts: list[Sut], ids: list[str], profiles: list[str]) -> set[str]:
    """Return the ids of the cases to run; LookupError where the user asks for what is not there."""
    mine = {(s.version, s.role) for s in suts}
    told = ", ".join(f"{s.name} (OCPP {s.version}, {s.role})" for s in suts)
    selected = select(everything(), ids=ids, profiles=profiles)
    ready = declared_ids()
    found = {e.id for e in selected if (e.version, e.role) in mine and e.id in ready}
    for entry in selected if ids else ():
        if entry.id not in ready:
            raise LookupError(f"{entry.id} ({entry.title}) is not implemented yet")
        if entry.id not in found:
            raise LookupError(f"{_about(entry)}, which is not the role of {told}")
    if not found:
        raise LookupError(f"no implemented case of this selection is for {told}")
    return found


def _stations(sut: Sut, wanted: set[str]) -> dict[str, str]:
    """Return the station that each case uses; those that do not apply need none of their own."""
    mine = [e for e in everything() if (e.version, e.role) == (sut.version, sut.role)]
    cases = [e.id for e in mine if e.id in wanted and not e.unmet(sut.features)]
    return assigned(cases, sut.stations)


def _about(entry: Entry) -> str:
    return f"{entry.id} is about OCPP {entry.version}, role {entry.role}"


def _declared(name: str, security_profile: str | None) -> Sut:
    ours = name.startswith(demo.PREFIX)
    sut = demo.declared(name) if ours else load(Path(name), os.environ)
    if security_profile is None:
        return sut
    if ours:
        return demo.secured(sut, int(security_profile))
    return sut.changed({"connection": {"security_profile": int(security_profile)}})
