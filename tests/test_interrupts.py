"""A run that is ended from outside: what had been judged stays, and nothing of ours does."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import uuid
from pathlib import Path

import pytest

from tests.running import COMMAND, LIMIT, cases, journal, run

MARK = "OCPP_TEST_MARK"
WORDS = ("demo", "--case", "TC_012_CS", "--case", "TC_066_CS", "--results", "out")
STUCK = ("--fault", "silent=GetCompositeSchedule")


def marked(mark: str) -> list[int]:
    """Return the processes that were started with this mark in their environment."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            environ = (folder / "environ").read_bytes() if folder.name.isdigit() else b""
        except OSError:
            continue
        if f"{MARK}={mark}".encode() in environ:
            found.append(int(folder.name))
    return found


def ended(pid: int) -> bool:
    """Wait until a process that is not our child has ended."""
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watched], [], [], LIMIT)[0])
    finally:
        os.close(watched)


IN_TURN: tuple[str, ...] = ("--in-turn",)
SIDE_BY_SIDE: tuple[str, ...] = ()


def interrupted(number: signal.Signals, folder: Path, how: tuple[str, ...]) -> tuple[int, str]:
    """Run two cases, send the signal while the second one waits; return exit code and output."""
    mark = uuid.uuid4().hex
    with subprocess.Popen(
        [COMMAND, *WORDS, *STUCK, *how],
        cwd=folder,
        env={**os.environ, MARK: mark},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        first = next(line for line in process.stdout if line.startswith("PASS"))
        assert "TC_012_CS" in first
        ours = marked(mark)
        assert len(ours) in {2, 2 if how else 3}, "the tool and its reference systems"
        process.send_signal(number)
        rest, _ = process.communicate(timeout=LIMIT)
    assert all(ended(pid) for pid in ours)
    return process.returncode, rest


@pytest.mark.parametrize("how", [IN_TURN, SIDE_BY_SIDE])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_run_keeps_what_had_ended(
    number: signal.Signals, how: tuple[str, ...], tmp_path: Path
) -> None:
    code, rest = interrupted(number, tmp_path, how)
    assert code == (-9 if number is signal.SIGKILL else 2)
    assert "Traceback" not in rest
    assert [line["kind"] for line in journal(tmp_path / "out")] == [*("start", "outline", "case")]
    assert {i: c["verdict"] for i, c in cases(tmp_path / "out").items()} == {"TC_012_CS": "PASS"}
    assert run("report", "out", folder=tmp_path).code == 0
    assert "incomplete" in (tmp_path / "out" / "report.html").read_text("utf-8").lower()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_orderly_end_says_where_the_report_is(number: signal.Signals, tmp_path: Path) -> None:
    _, rest = interrupted(number, tmp_path, SIDE_BY_SIDE)
    assert "OCPP conformance: 1 PASS" in rest
    assert "report: out/report.html" in rest
    assert (tmp_path / "out" / "junit.xml").exists()
