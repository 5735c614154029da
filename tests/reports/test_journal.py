from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.verdict import Verdict
from reports.journal import JournalError, Run, read
from tests.reports.conftest import CASE, JOURNAL, START, Reading

LINES = JOURNAL.read_bytes().splitlines(keepends=True)


def written(tmp_path: Path, *lines: bytes) -> Path:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"".join(lines))
    return path


def line(record: dict[str, Any]) -> bytes:
    return json.dumps(record).encode() + b"\n"


def test_the_fixed_journal_is_read_in_full(run: Run) -> None:
    assert run.complete
    assert run.ended == "2026-03-02T09:02:11Z"
    assert {c.verdict for c in run.cases} == set(Verdict)
    assert run.suts[0].vendor == "Müller & Söhne <AG>"
    assert run.suts[0].features == ("C-30", "C-44", "AQ-6")
    case = run.cases[1]
    assert (case.step, case.profiles, case.requirements) == (
        "1/Charging.7",
        {"core": "M"},
        ("F01.FR.03", "F01.FR.05"),
    )
    assert (case.steps[7].ok, case.steps[7].frame, case.frames[6].sender) == (False, 6, "sut")
    assert case.remarks[0].step == "1/Charging.4"
    assert run.findings[0].sut == "wallbox-16"


def test_a_journal_without_its_footer_is_an_incomplete_run(tmp_path: Path) -> None:
    found = read(written(tmp_path, *LINES[:4]))
    assert not found.complete
    assert not found.cut_off
    assert len(found.cases) == 3


@pytest.mark.parametrize("length", [1, 20, 300])
def test_a_last_line_that_was_cut_off_is_forgiven(tmp_path: Path, length: int) -> None:
    found = read(written(tmp_path, *LINES[:3], LINES[3][:length]))
    assert found.cut_off
    assert not found.complete
    assert len(found.cases) == 2


def test_a_cut_within_a_character_is_forgiven(tmp_path: Path) -> None:
    cut = LINES[1].index("ü".encode()) + 1
    assert read(written(tmp_path, LINES[0], LINES[1][:cut])).cut_off


def test_a_last_line_without_its_newline_counts(tmp_path: Path) -> None:
    assert read(written(tmp_path, *LINES[:-1], LINES[-1].rstrip())).complete


def test_a_cut_off_line_in_the_middle_is_damage(tmp_path: Path) -> None:
    path = written(tmp_path, LINES[0], LINES[1], LINES[2][:50], b"\n", LINES[3])
    with pytest.raises(JournalError, match=r"journal\.jsonl:3: this line is damaged"):
        read(path)


def test_bytes_that_are_no_utf_8_are_damage(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r":2: this line is damaged"):
        read(written(tmp_path, LINES[0], b"\xff\n", LINES[2]))


def test_a_line_too_deep_to_parse_is_damage(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r":2: this line is damaged"):
        read(written(tmp_path, LINES[0], b"[" * 100_000 + b"\n"))


def test_a_missing_line_is_found_by_the_footer(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r":\d+: the footer counts 4 x PASS, but .* has 3"):
        read(written(tmp_path, LINES[0], *LINES[2:]))


@pytest.mark.parametrize("rest", [LINES[1], LINES[1][:30], b"{}"])
def test_nothing_may_follow_the_footer(tmp_path: Path, rest: bytes) -> None:
    with pytest.raises(JournalError, match=rf":{len(LINES) + 1}: "):
        read(written(tmp_path, *LINES, rest))


@pytest.mark.parametrize("lines", [(), (b'{"kind": "sta',)])
def test_a_journal_without_a_header_has_no_run(tmp_path: Path, lines: tuple[bytes, ...]) -> None:
    with pytest.raises(JournalError, match="there is no run in this journal"):
        read(written(tmp_path, *lines))


@pytest.mark.parametrize("lines", [LINES[1:3], (LINES[0], LINES[0])])
def test_the_header_is_the_first_line_and_only_that(
    tmp_path: Path, lines: tuple[bytes, ...]
) -> None:
    with pytest.raises(JournalError, match="expected the record 'start' once, as the first line"):
        read(written(tmp_path, *lines))


def test_another_format_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="has format 2, this tool reads format 1; render it"):
        read(written(tmp_path, line({**START, "format": 2})))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"verdict": "OK"}, "'verdict' must be PASS or FAIL or .*, but is 'OK'"),
        ({"duration": "1"}, "'duration' must be a number, but is '1'"),
        ({"duration": True}, "'duration' must be a number"),
        ({"duration": float("nan")}, "'duration' must be a number, but is nan"),
        ({"title": None}, "'title' must be a text, but is None"),
        ({"requirements": [1]}, "'requirements' must be a list of texts"),
        ({"profiles": {"core": 1}}, "'profiles' must be an object of texts"),
        ({"frames": {}}, "'frames' must be a list"),
        ({"frames": [7]}, r"frames\[0\]: expected an object, got 7"),
        ({"frames": [{"at": 0, "sender": "me", "text": ""}]}, r"frames\[0\]: 'sender' must be sut"),
        ({"steps": [{"at": 0, "ok": 1}]}, r"steps\[0\]: 'ok' must be true, false or null"),
        ({"steps": [{"at": 0, "frame": 0}]}, r"steps\[0\]: 'frame' must be the index of one of 0"),
        ({"kind": "cases"}, "unknown kind of record 'cases'"),
    ],
)
def test_a_wrong_field_is_named_with_its_line(
    tmp_path: Path, wrong: dict[str, object], message: str
) -> None:
    with pytest.raises(JournalError, match=rf"journal\.jsonl:2: .*{message}"):
        read(written(tmp_path, line(START), line({**CASE, **wrong}), b"\n"))


def test_a_missing_field_is_named(tmp_path: Path) -> None:
    case = {k: v for k, v in CASE.items() if k != "title"}
    with pytest.raises(JournalError, match=r":2: 'title' is missing"):
        read(written(tmp_path, line(START), line(case)))


def test_what_a_sut_does_not_declare_may_be_null(reading: Reading) -> None:
    found = reading({**START, "suts": [{**START["suts"][0], "vendor": None}]}, CASE)
    assert found.suts[0].vendor == ""


def test_a_missing_file_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "journal.jsonl")
