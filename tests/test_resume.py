"""A run that was killed goes on: the same verdicts as in one piece, or it is refused."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from conformance.journal import Journal
from conformance.resume import ResumeError, unfinished
from conformance.sut import Sut, embedded
from reports.journal import read
from tests.running import COMMAND, LIMIT, cases, journal, run

SUT = embedded("1.6", "CS")
WORDS = ("run", "--sut", "embedded:1.6:CS")


def killed(folder: Path) -> None:
    """Run two cases, and kill the tool while the second one waits for meter values."""
    words = [str(COMMAND), *WORDS, "--case", "TC_012_CS", "--case", "TC_036_CS", "--results", "out"]
    with subprocess.Popen(
        words, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        next(line for line in process.stdout if line.startswith("PASS"))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=LIMIT)


def test_a_killed_run_goes_on(tmp_path: Path) -> None:
    killed(tmp_path)
    assert set(cases(tmp_path / "out")) == {"TC_012_CS"}
    assert run(*WORDS, "--resume", "out", folder=tmp_path).code == 0
    kinds = [line["kind"] for line in journal(tmp_path / "out")]
    assert kinds == ["start", "outline", "case", "resume", "case", "end"]
    verdicts = {i: c["verdict"] for i, c in cases(tmp_path / "out").items()}
    assert verdicts == {"TC_012_CS": "PASS", "TC_036_CS": "PASS"}
    assert read(tmp_path / "out" / "journal.jsonl").complete
    assert "stopped before its end, and went on" in (tmp_path / "out/report.html").read_text(
        "utf-8"
    )
    again = run(*WORDS, "--resume", "out", folder=tmp_path)
    assert again.code == 2
    assert "has come to its end" in again.err


def test_what_a_resumed_run_is_about_is_not_chosen_again(tmp_path: Path) -> None:
    told = run(*WORDS, "--resume", "out", "--case", "TC_012_CS", folder=tmp_path)
    assert told.code == 2
    assert "--resume takes no --results, --case" in told.err


def ended_case(ident: str, verdict: str) -> dict[str, Any]:
    """Return the record of a case, as short as a journal may have it."""
    about = {"id": ident, "title": "A case", "version": "1.6", "role": "CS", "sut": "it"}
    lists: dict[str, list[Any]] = {
        name: [] for name in ("requirements", "use_cases", "steps", "frames", "remarks", "actions")
    }
    return {"kind": "case", **about, **lists, "profiles": {}, "verdict": verdict}


def left(folder: Path, *verdicts: str, sut: Sut = SUT, tail: str = "") -> Path:
    """Leave the journal of a run that was stopped after these verdicts."""
    made = Journal(folder / "journal.jsonl")
    with made:
        made.start("it", [sut.declaration()], "the lab")
        for number, verdict in enumerate(verdicts):
            made.case(ended_case(f"TC_{number:03}_CS", verdict))
    with made.path.open("a", encoding="utf-8") as file:
        file.write(tail)
    return made.path


def test_what_is_left_of_a_run(tmp_path: Path) -> None:
    left(tmp_path, "PASS", "NOT APPLICABLE")
    found = unfinished(tmp_path, [SUT])
    assert (found.name, found.place, found.red) == ("it", "the lab", False)
    assert found.ended == {("1.6", "TC_000_CS"), ("1.6", "TC_001_CS")}


@pytest.mark.parametrize("verdict", ["FAIL", "INCONCLUSIVE", "ERROR"])
def test_what_was_red_stays_red(verdict: str, tmp_path: Path) -> None:
    left(tmp_path, "PASS", verdict)
    assert unfinished(tmp_path, [SUT]).red


@pytest.mark.parametrize("tail", ["", '{"kind": "case", "id": "TC_0'])
def test_the_journal_goes_on_behind_what_is_whole(tail: str, tmp_path: Path) -> None:
    path = left(tmp_path, "PASS", tail=tail)
    with Journal(path, resumes=True) as journal:
        journal.case(ended_case("TC_009_CS", "FAIL"))
        journal.end()
    found = read(path)
    assert [str(c.verdict) for c in found.cases] == ["PASS", "FAIL"]
    assert found.complete
    assert len(found.resumed) == 1


def test_a_line_that_lacks_its_newline_only_is_kept(tmp_path: Path) -> None:
    path = left(tmp_path, "PASS")
    path.write_bytes(path.read_bytes()[:-1])
    with Journal(path, resumes=True) as journal:
        journal.end()
    assert [c.id for c in read(path).cases] == ["TC_000_CS"]


def edited(path: Path) -> None:
    path.write_text(path.read_text("utf-8").replace("TC_000_CS", "TC_999_CS"), "utf-8")


def ended(path: Path) -> None:
    with Journal(path, resumes=True) as journal:
        journal.end()


def gone(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [(edited, "was edited"), (ended, "has come to its end"), (gone, "cannot be resumed")],
)
def test_a_run_that_cannot_go_on(spoil: Any, told: str, tmp_path: Path) -> None:  # noqa: ANN401
    spoil(left(tmp_path, "PASS"))
    with pytest.raises(ResumeError, match=told):
        unfinished(tmp_path, [SUT])


def test_a_run_of_another_declaration(tmp_path: Path) -> None:
    left(tmp_path, "PASS")
    with pytest.raises(ResumeError, match="another declaration"):
        unfinished(tmp_path, [embedded("1.6", "CS", changes={"values": {"connector": 2}})])


def test_a_run_of_another_version_of_the_tool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left(tmp_path, "PASS")
    monkeypatch.setattr("conformance.resume.revision", lambda: "another")
    with pytest.raises(ResumeError, match="start a new run"):
        unfinished(tmp_path, [SUT])
