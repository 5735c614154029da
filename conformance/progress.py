"""What a user sees of a run as it goes on: one line a case, and a summary at the end."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

WORDS = {"PASS": {"green": True}, "NOT APPLICABLE": {"yellow": True}}


class Progress:
    """Replaces pytest's dots by the verdicts."""

    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        self._terminal = terminal
        self._counts: Counter[tuple[str, ...]] = Counter()

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Keep pytest's own progress quiet; its counts stay."""
        category = "" if report.when != "call" and report.passed else str(report.outcome)
        return category, "", ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Print a line for a case that has ended."""
        told: dict[str, Any] | None = getattr(report, "ocpp", None)
        if told is None or not told["record"]:
            return
        record = told["record"]
        verdict = "waived" if record["waived"] else record["verdict"]
        for profile, status in (record["profiles"] or {"-": ""}).items():
            self._counts[record["version"], record["role"], profile, status, verdict] += 1
        colour = WORDS.get(verdict, {"red": True})
        self._terminal.write(f"{verdict:15}", **colour)
        self._terminal.write_line(
            f"{record['id']:13} {record['duration']:7.2f} s  {record['title']}"
        )
        self._terminal.flush()  # a log that is written to a file is followed, too

    @pytest.hookimpl(tryfirst=True)
    def pytest_terminal_summary(self) -> None:
        """Print the counts by version, role and profile."""
        groups = sorted({key[:4] for key in self._counts})
        if not groups:
            return
        self._terminal.write_sep("=", "by version, role and profile")
        for group in groups:
            version, role, profile, status = group
            told = ", ".join(
                f"{n} {key[4]}" for key, n in sorted(self._counts.items()) if key[:4] == group
            )
            kind = {"M": "mandatory", "C": "conditional"}.get(status, "")
            self._terminal.write_line(f"OCPP {version:6}{role:5} {profile:26}{kind:12} {told}")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Take the place of the dots, where there is a terminal reporter."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal is not None:
        config.pluginmanager.register(Progress(terminal), "ocpp_conformance_progress")
