from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.journal import SEAL, seal
from conformance.verdict import Verdict
from reports import html, json_report, junit
from reports.journal import JournalError, read
from reports.run import Run
from tests.reports.conftest import CASE, START, Reading
from tests.reports.made import JOURNAL, OLD, chained

ALL_LINES = JOURNAL.read_bytes().splitlines(keepends=True)
LINES = ALL_LINES[:-2]  # what the run itself has written; reviews follow
OLD_LINES = OLD.read_bytes().splitlines(keepends=True)
FIRST = 3  # the line of the first case: after the header and the outlines of two systems


def written(tmp_path: Path, *lines: bytes) -> Path:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"".join(lines))
    return path


def sealed(tmp_path: Path, *lines: bytes) -> Path:
    """Write a journal with the seal of the fixed one."""
    seal(tmp_path / "journal.jsonl", len(LINES), json.loads(LINES[-1])["sum"])
    return written(tmp_path, *lines)


def broken(tmp_path: Path, *records: dict[str, Any]) -> Path:
    """Write records with right sums, whatever else is wrong with them."""
    return written(tmp_path, chained(records).encode())


def test_the_fixed_journal_is_read_in_full(run: Run) -> None:
    assert run.complete
    assert (run.format, run.ended) == (2, "2026-03-02T09:02:11Z")
    assert (run.place, run.platform) == ("Laboratory 3, Zürich", "Linux, Python 3.11.7")
    assert {c.verdict for c in run.cases} == set(Verdict)
    sut = run.suts[0]
    assert (sut.vendor, sut.operator, sut.security_profile) == ("Müller & Söhne <AG>", "http", 1)
    assert sut.features == ("16-REMOTE-TRIGGER", "16-LOCAL-LIST", "16-MAX-PERIODS-5")
    assert sut.configured["topology.connectors"] == 2
    assert sut.given == ("connection.password", "topology.connectors", "operator.kind")
    assert sut.certificates[0].subject == "CN=csms.example"
    case = run.cases[1]
    assert (case.step, case.profiles, case.requirements) == (
        "1/Charging.7",
        {"core": "M"},
        ("F01.FR.03", "F01.FR.05"),
    )
    assert (case.steps[7].ok, case.steps[7].frame, case.frames[6].sender) == (False, 6, "sut")
    assert [(a.action, a.outcome) for a in case.actions] == [
        ("PlugIn", "done"),
        ("PlugOut", "given up"),
    ]
    assert case.presented["firmware"] == "3.1.0-rc.2"
    assert case.remarks[0].step == "1/Charging.4"
    assert run.findings[0].sut == "wallbox-16"
    outline = run.outlines["wallbox-16", "1.6", "CS"]
    assert [f.id for f in outline.features if not f.declared] == [
        *("16-RESERVATION", "16-SMART-CHARGING", "16-CACHE")
    ]
    assert [c.id for c in outline.cases if not c.selected] == [
        *("TC_002_CS", "TC_008_1_CS", "TC_042_1_CS")
    ]


def test_a_journal_of_the_first_format_is_still_read_and_rendered() -> None:
    old, new = read(OLD), read(JOURNAL)
    assert (old.format, old.outlines, old.cases[1].actions) == (1, {}, ())
    assert [c.id for c in old.cases] == [c.id for c in new.cases]
    for render in (html.render, json_report.render, junit.render):
        assert all(c.id in render(old) for c in old.cases)


def test_a_journal_without_its_footer_is_an_incomplete_run(tmp_path: Path) -> None:
    found = read(written(tmp_path, *LINES[: FIRST + 3]))
    assert not found.complete
    assert not found.cut_off
    assert len(found.cases) == 3


@pytest.mark.parametrize("length", [1, 20, 300])
def test_a_last_line_that_was_cut_off_is_forgiven(tmp_path: Path, length: int) -> None:
    found = read(written(tmp_path, *LINES[: FIRST + 2], LINES[FIRST + 2][:length]))
    assert found.cut_off
    assert not found.complete
    assert len(found.cases) == 2


def test_a_cut_within_a_character_is_forgiven(tmp_path: Path) -> None:
    cut = OLD_LINES[1].index("ü".encode()) + 1
    assert read(written(tmp_path, OLD_LINES[0], OLD_LINES[1][:cut])).cut_off


@pytest.mark.parametrize("lines", [LINES, OLD_LINES])
def test_a_last_line_without_its_newline_counts(tmp_path: Path, lines: list[bytes]) -> None:
    assert read(written(tmp_path, *lines[:-1], lines[-1].rstrip())).complete


# Changed


@pytest.mark.parametrize("kept", [FIRST, len(LINES) - 1])
def test_a_journal_that_is_shorter_than_its_seal_was_truncated(tmp_path: Path, kept: int) -> None:
    path = sealed(tmp_path, *LINES[:kept])
    with pytest.raises(JournalError, match=rf"was truncated: it has {kept} of the {len(LINES)}"):
        read(path)


def test_a_cut_within_the_last_line_is_a_truncation_too(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="was truncated"):
        read(sealed(tmp_path, *LINES[:-1], LINES[-1][:10]))


def test_a_journal_with_its_seal_is_whole(tmp_path: Path) -> None:
    assert read(sealed(tmp_path, *LINES)).complete


def test_the_seal_of_another_run_is_told(tmp_path: Path) -> None:
    seal(tmp_path / "journal.jsonl", len(LINES), "0" * 32)
    with pytest.raises(JournalError, match=r"another than the one that journal\.seal belongs to"):
        read(written(tmp_path, *LINES))


@pytest.mark.parametrize("text", ["", "{}", '{"records": "1", "sum": ""}', "[" * 100_000])
def test_a_damaged_seal_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / SEAL).write_text(text)
    with pytest.raises(JournalError, match=r"journal\.seal"):
        read(written(tmp_path, *LINES))


@pytest.mark.parametrize(
    ("before", "after"),
    [(b'"PASS"', b'"FAIL"'), (b'"duration": 32.4117', b'"duration": 2.4117'), (b": ", b":  ")],
)
def test_an_edited_line_is_told(tmp_path: Path, before: bytes, after: bytes) -> None:
    line = LINES[FIRST].replace(before, after, 1)
    with pytest.raises(JournalError, match=rf"jsonl:{FIRST + 1}: the journal was edited"):
        read(written(tmp_path, *LINES[:FIRST], line, *LINES[FIRST + 1 :]))


@pytest.mark.parametrize(
    "lines",
    [
        [*LINES[:FIRST], *LINES[FIRST + 1 :]],
        [*LINES[: FIRST + 1], LINES[FIRST], *LINES[FIRST + 1 :]],
        [*LINES[:FIRST], LINES[FIRST + 1], LINES[FIRST], *LINES[FIRST + 2 :]],
    ],
    ids=["taken away", "added", "swapped"],
)
def test_a_line_taken_away_added_or_moved_is_told(tmp_path: Path, lines: list[bytes]) -> None:
    with pytest.raises(JournalError, match="the journal was edited"):
        read(written(tmp_path, *lines))


def test_a_line_without_a_sum_is_told(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=":2: the journal was edited"):
        read(written(tmp_path, LINES[0], b'{"kind": "finding", "text": "no harm"}\n'))


# Damaged


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


def test_a_missing_line_of_the_first_format_is_found_by_the_footer(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r":\d+: the footer counts 4 x PASS, but .* has 3"):
        read(written(tmp_path, OLD_LINES[0], *OLD_LINES[2:]))


@pytest.mark.parametrize("rest", [LINES[1], LINES[1][:30], b"{}"])
def test_nothing_but_reviews_may_follow_the_footer(tmp_path: Path, rest: bytes) -> None:
    with pytest.raises(JournalError, match=rf":{len(LINES) + 1}: "):
        read(written(tmp_path, *LINES, rest))


def test_a_case_after_the_footer_is_damage_even_with_its_sum(tmp_path: Path) -> None:
    end = {"kind": "end", "ended": "2026-03-02T09:05:00Z", "counts": {}}
    with pytest.raises(JournalError, match=":3: the journal goes on after its end"):
        read(broken(tmp_path, START, end, CASE))


# Foreign


@pytest.mark.parametrize("lines", [(), (b"\n",)])
def test_an_empty_journal_has_no_run(tmp_path: Path, lines: tuple[bytes, ...]) -> None:
    with pytest.raises(JournalError, match=r"there is no run|no journal of ocpp"):
        read(written(tmp_path, *lines))


@pytest.mark.parametrize(
    "text",
    [
        b'{"pytest_version": "9", "$report_type": "SessionStart"}\n{}\n',
        b"<?xml version='1.0'?>\n<testsuites/>\n",
        b"2026-03-02 09:00 started\n2026-03-02 09:01 ended\n",
        b"\x89PNG\r\n\x1a\n",
    ],
)
def test_a_file_of_another_kind_is_no_journal(tmp_path: Path, text: bytes) -> None:
    with pytest.raises(JournalError, match=r"journal\.jsonl:1: this is no journal of ocpp-conf"):
        read(written(tmp_path, text))


@pytest.mark.parametrize("records", [(CASE, CASE), (START, START)])
def test_the_header_is_the_first_line_and_only_that(
    tmp_path: Path, records: tuple[dict[str, Any], ...]
) -> None:
    with pytest.raises(JournalError, match="expected the record 'start' once, as the first line"):
        read(broken(tmp_path, *records))


@pytest.mark.parametrize("form", [0, 3, None])
def test_another_format_is_refused_with_what_to_do(tmp_path: Path, form: int | None) -> None:
    with pytest.raises(JournalError, match=rf"has format {form}, this tool reads format 1 to 2;"):
        read(broken(tmp_path, {**START, "format": form}))


# Wrong


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
        ({"presented": {"model": 1}}, "'presented' must be an object of texts"),
        ({"frames": {}}, "'frames' must be a list"),
        ({"frames": [7]}, r"frames\[0\]: expected an object, got 7"),
        ({"frames": [{"at": 0, "sender": "me", "text": ""}]}, r"frames\[0\]: 'sender' must be sut"),
        ({"actions": [{"at": 0}]}, r"actions\[0\]: 'until' is missing"),
        ({"steps": [{"at": 0, "ok": 1}]}, r"steps\[0\]: 'ok' must be true, false or null"),
        ({"steps": [{"at": 0, "frame": 0}]}, r"steps\[0\]: 'frame' must be the index of one of 0"),
        ({"kind": "cases"}, "unknown kind of record 'cases'"),
    ],
)
def test_a_wrong_field_is_named_with_its_line(
    tmp_path: Path, wrong: dict[str, object], message: str
) -> None:
    with pytest.raises(JournalError, match=rf"journal\.jsonl:2: .*{message}"):
        read(broken(tmp_path, START, {**CASE, **wrong}))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"configured": []}, "'configured' must be an object"),
        ({"security_profile": "1"}, "'security_profile' must be a whole number or null"),
        ({"certificates": [{"name": "x"}]}, r"certificates\[0\]: 'sha256' is missing"),
    ],
)
def test_a_wrong_declaration_is_named(
    tmp_path: Path, wrong: dict[str, object], message: str
) -> None:
    suts = [{**START["suts"][0], **wrong}]
    with pytest.raises(JournalError, match=rf"jsonl:1: suts\[0\]: {message}"):
        read(broken(tmp_path, {**START, "suts": suts}))


def test_a_missing_field_is_named(tmp_path: Path) -> None:
    case = {k: v for k, v in CASE.items() if k != "title"}
    with pytest.raises(JournalError, match=r":2: 'title' is missing"):
        read(broken(tmp_path, START, case))


def test_what_a_sut_does_not_declare_may_be_null(reading: Reading) -> None:
    found = reading({**START, "suts": [{**START["suts"][0], "vendor": None}]}, CASE)
    assert found.suts[0].vendor == ""


def test_a_missing_file_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "journal.jsonl")
