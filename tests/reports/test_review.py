from __future__ import annotations

import os
import pty
import shutil
import subprocess
from pathlib import Path

import pytest

import reports
from conformance.journal import SEAL, seal
from reports.journal import JournalError, read
from reports.review import carry, decide, reviewed
from tests.reports.made import JOURNAL, OLD
from tests.running import COMMAND, LIMIT, run

ENDED = b"".join(JOURNAL.read_bytes().split(b'{"kind": "review"')[:1])


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Return the fixed journal before its reviews, sealed; its run has three remarks."""
    path = tmp_path / "journal.jsonl"
    path.write_bytes(ENDED)
    lines = ENDED.split(b"\n")[:-1]
    seal(path, len(lines), lines[-1][-34:-2].decode())
    return path


def names(journal: Path) -> list[str]:
    return [found.id for found in reviewed(read(journal))]


def states(journal: Path) -> list[str]:
    return [found.state for found in reviewed(read(journal))]


def test_a_decision_is_recorded_with_name_and_time(journal: Path) -> None:
    first, *_ = names(journal)
    decide(journal, [first], "accepted", by="A. Tester", comment="as ever")
    found = reviewed(read(journal))[0]
    assert found.review is not None
    assert (found.state, found.review.by, found.review.comment) == (
        *("accepted", "A. Tester", "as ever"),
    )
    assert found.review.at.endswith("Z")
    assert states(journal) == ["accepted", "open", "open"]


def test_the_last_decision_counts_and_all_are_kept(journal: Path) -> None:
    first, second, _ = names(journal)
    decide(journal, [first, second], "accepted", by="A")
    decide(journal, [first], "rejected", by="B")
    assert states(journal) == ["rejected", "accepted", "open"]
    assert [r.by for r in read(journal).reviews] == ["A", "A", "B"]


def test_a_reviewed_journal_is_whole_and_sealed(journal: Path) -> None:
    decide(journal, names(journal)[:1], "accepted", by="A")
    assert read(journal).complete
    lines = journal.read_bytes().split(b"\n")
    journal.write_bytes(b"\n".join(lines[:-2]) + b"\n")
    with pytest.raises(JournalError, match="was truncated"):
        read(journal)


def test_without_a_seal_none_is_made(journal: Path) -> None:
    (journal.parent / SEAL).unlink()
    decide(journal, names(journal)[:1], "accepted", by="A")
    assert not (journal.parent / SEAL).exists()
    assert states(journal)[0] == "accepted"


def test_a_journal_without_its_last_newline_gets_one(journal: Path) -> None:
    journal.write_bytes(journal.read_bytes().rstrip(b"\n"))
    decide(journal, names(journal)[:1], "accepted", by="A")
    assert states(journal)[0] == "accepted"


def test_an_unknown_remark_is_refused_and_nothing_recorded(journal: Path) -> None:
    before = journal.read_bytes()
    with pytest.raises(LookupError, match="there is no remark r0"):
        decide(journal, [*names(journal), "r0"], "accepted", by="A")
    assert journal.read_bytes() == before


def test_a_run_that_has_not_ended_or_is_old_cannot_be_reviewed(journal: Path) -> None:
    shutil.copy(OLD, journal)
    (journal.parent / SEAL).unlink()
    with pytest.raises(JournalError, match="is of format 1"):
        decide(journal, [], "accepted", by="A")
    journal.write_bytes(b"".join(JOURNAL.read_bytes().splitlines(keepends=True)[:2]))
    with pytest.raises(JournalError, match="has not come to its end"):
        decide(journal, [], "accepted", by="A")


def test_what_was_decided_before_is_taken_over_where_nothing_is(
    journal: Path, tmp_path: Path
) -> None:
    other = tmp_path / "later" / "journal.jsonl"
    other.parent.mkdir()
    other.write_bytes(ENDED)
    first, second, _ = names(journal)
    decide(journal, [first, second], "accepted", by="A", comment="fine")
    decide(other, [first], "rejected", by="B")
    (taken,) = carry(other, read(journal))
    assert (taken.remark, taken.by, taken.comment) == (second, "A", "fine")
    assert states(other) == ["rejected", "accepted", "open"]


# The command


def test_decisions_without_a_terminal_show_in_every_report_that_is_there(journal: Path) -> None:
    folder = journal.parent
    reports.write(folder, "html")
    first, second, _ = names(journal)
    words = ("--accept", first, "--reject", second, "--name", "A. Tester", "--comment", "<b>so")
    ran = run("review", ".", *words, folder=folder)
    assert ran.code == 0, ran.err
    assert ran.out.endswith("3 remarks: 1 open, 1 accepted, 1 rejected\n")
    page = (folder / "report.html").read_text("utf-8")
    assert page.count("A. Tester, 20") == 2
    assert "&lt;b&gt;so" in page
    assert '<b class="v f">rejected</b>' in page
    assert not (folder / "junit.xml").exists()


def test_a_list_steers_no_terminal(journal: Path) -> None:
    ran = run("review", ".", folder=journal.parent)
    assert ran.out.endswith("3 remarks: 3 open, 0 accepted, 0 rejected\n")
    assert "[U+0000][U+001B][2J" in ran.out
    assert "\x1b" not in ran.out


def test_a_decision_needs_a_name(journal: Path) -> None:
    ran = run("review", ".", "--accept", names(journal)[0], folder=journal.parent)
    assert (ran.code, states(journal)) == (2, ["open"] * 3)
    assert "--name is needed" in ran.err


@pytest.mark.parametrize("words", [("--accept", "r0", "--name", "A"), ("--from", ".")])
def test_what_cannot_be_done_is_told_in_a_line(journal: Path, words: tuple[str, ...]) -> None:
    journal.write_bytes(journal.read_bytes()[:-9])
    ran = run("review", ".", *words, folder=journal.parent)
    assert ran.code == 2
    assert "Traceback" not in ran.err
    assert "was truncated" in ran.err


def test_at_a_terminal_each_open_remark_is_asked_for(journal: Path) -> None:
    decide(journal, names(journal)[:1], "accepted", by="before")
    ours, theirs = pty.openpty()
    os.write(ours, b"x\nr\nnot like this\nA. Tester\ns\n")
    ran = subprocess.run(
        [COMMAND, "review", "."],
        cwd=journal.parent,
        stdin=theirs,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    os.close(ours)
    os.close(theirs)
    assert ran.returncode == 0, ran.stderr
    assert states(journal) == ["accepted", "rejected", "open"]
    last = read(journal).reviews[-1]
    assert (last.by, last.comment) == ("A. Tester", "not like this")


def test_quitting_keeps_what_was_decided(journal: Path) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, b"a\n\nq\n")
    ran = subprocess.run(
        [COMMAND, "review", ".", "--name", "A"],
        cwd=journal.parent,
        stdin=theirs,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    os.close(ours)
    os.close(theirs)
    assert ran.returncode == 0, ran.stderr
    assert states(journal) == ["accepted", "open", "open"]
