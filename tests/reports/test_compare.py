from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pytest
from playwright.sync_api import Browser

from reports import pages
from reports.compare import Change, Comparison, PartComparison, compare
from reports.compare_text import as_json, as_text
from reports.review import remark_id
from reports.run import Run
from tests.interop.node import installed
from tests.reports.conftest import CASE, CHROMIUM, START, Reading
from tests.reports.made import JOURNAL, OLD, chained
from tests.reports.test_accessible import FOUND, HERE
from tests.reports.test_html import Page
from tests.running import run as command

SUT = START["suts"][0]
Cases: TypeAlias = list[dict[str, Any]]
Both: TypeAlias = Callable[..., PartComparison]
Scheme: TypeAlias = Literal["light", "dark"]


def case(verdict: str = "PASS", identity: str = "TC_001_CS", **more: object) -> dict[str, Any]:
    return {**CASE, "verdict": verdict, "id": identity, "title": identity, **more}


@pytest.fixture
def both(reading: Reading) -> Both:
    """Return what compares two runs of the given cases."""

    def both(
        before: list[dict[str, Any]], after: list[dict[str, Any]], **sut: object
    ) -> PartComparison:
        one = reading(START, *before)
        other = reading({**START, "suts": [{**SUT, **sut}]}, *after)
        return compare(one, other).parts[0]

    return both


# Verdicts


@pytest.mark.parametrize(
    ("before", "after", "worse"),
    [
        ("PASS", "FAIL", True),
        ("PASS", "INCONCLUSIVE", True),
        ("PASS", "ERROR", True),
        ("PASS", "NOT APPLICABLE", True),
        ("INCONCLUSIVE", "FAIL", True),
        ("FAIL", "PASS", False),
        ("FAIL", "INCONCLUSIVE", False),
        ("INCONCLUSIVE", "ERROR", False),
        ("NOT APPLICABLE", "PASS", False),
    ],
)
def test_a_verdict_that_changes_is_better_or_worse(
    both: Both, before: str, after: str, worse: bool
) -> None:
    found = both([case(before)], [case(after, reason="why", step="3")])
    (change,) = found.verdicts
    assert (change.worse, found.worse) == (worse, worse)
    assert change.passing == (after == "PASS")
    assert change.reason == ("" if after == "PASS" else "step 3: why")


def test_a_waived_fail_is_worse_than_a_pass_and_better_than_a_fail(both: Both) -> None:
    waived = case("FAIL", waived="known")
    assert both([case()], [waived]).worse
    assert not both([case("FAIL")], [waived]).worse


def test_what_one_run_alone_has_is_told_and_makes_nothing_worse(both: Both) -> None:
    found = both([case(identity="a")], [case("FAIL", identity="b")])
    assert [(v.case, v.before, v.after) for v in found.verdicts] == [
        ("b", None, "FAIL"),
        ("a", "PASS", None),
    ]
    assert not found.worse
    assert not any(v.passing for v in found.verdicts)


def test_the_same_run_has_no_difference(run: Run) -> None:
    found = compare(run, run)
    assert not found.worse
    for part in found.parts:
        assert not any(
            (part.verdicts, part.steps, part.timing, part.declaration, part.rulings, part.remarks)
        )
    assert "9 cases compared, no difference" in as_text(found)


# Steps


def frame(action: str, **payload: object) -> dict[str, Any]:
    text = json.dumps([2, "1", action, payload])
    return {"at": 0, "sender": "sut", "connection": 1, "text": text}


def step(number: str, frame: int | None = None, got: str = "x(1)") -> dict[str, Any]:
    return {"at": 0, "step": number, "who": "station", "got": got, "ok": True, "frame": frame}


def test_steps_that_were_taken_otherwise_are_told(both: Both) -> None:
    frames = [frame("StatusNotification", status="Charging"), frame("Heartbeat")]
    skipped = step("5", got="does not apply: no reason")
    before = case(frames=frames, steps=[step("1", 0), skipped, step("7", 1)])
    after = case(
        frames=[frame("StatusNotification", status="SuspendedEV"), *frames[1:]],
        steps=[step("1", 0), step("5", 1), step("before/Booted", 1), step("9", 1)],
    )
    (found,) = both([before], [after]).steps
    assert found.changes == (
        Change(
            what="step 1",
            before="station: StatusNotification Charging",
            after="station: StatusNotification SuspendedEV",
        ),
        Change(what="step 5", before="does not apply: no reason", after="station: Heartbeat"),
        Change(what="step 7", before="station: Heartbeat", after=""),
        Change(what="step 9", before="", after="station: Heartbeat"),
    )


def test_values_that_differ_from_run_to_run_are_no_change(both: Both) -> None:
    one, other = (
        case(
            frames=[frame("StartTransaction", timestamp=time)],
            steps=[step("1", 0), step("2", got=f"answers {{'transactionId': '{time}'}}")],
        )
        for time in ("2026", "2027")
    )
    assert both([one], [other]).steps == ()


def test_a_case_that_fails_elsewhere_is_told(both: Both) -> None:
    found = both([case("FAIL", step="3", reason="a")], [case("FAIL", step="5", reason="b")])
    assert found.steps[0].changes == (Change(what="ends at step", before="3", after="5"),)
    assert not found.worse


# Timing


def resets(*seconds: float) -> list[dict[str, Any]]:
    """Return a case with answers to Reset that took so long."""
    frames = []
    for number, took in enumerate(seconds):
        call = {"sender": "tool", "text": json.dumps([2, str(number), "Reset", {}])}
        answer = {"sender": "sut", "text": json.dumps([3, str(number), {}])}
        frames += [{"at": number, "connection": 1, **call}]
        frames += [{"at": number + took, "connection": 1, **answer}]
    return [case(frames=frames)]


FAST = (0.02, 0.021, 0.022, 0.023, 0.024)


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        (FAST, (0.1, 0.11, 0.12, 0.13, 0.14), True),
        (FAST, (0.025, 0.026, 0.027, 0.028, 0.029), False),  # less than half
        ((0.002,) * 5, (0.008,) * 5, False),  # less than 10 ms
        ((0.02, 0.02, 0.1, 0.5, 0.5), (0.1, 0.2, 0.3, 0.5, 0.6), False),  # they overlap
        (FAST[:4], (0.1, 0.11, 0.12, 0.13), False),  # too few
    ],
)
def test_a_time_has_to_change_beyond_noise(
    both: Both, before: tuple[float, ...], after: tuple[float, ...], changed: bool
) -> None:
    slower, faster = both(resets(*before), resets(*after)), both(resets(*after), resets(*before))
    assert bool(slower.timing) == bool(faster.timing) == slower.worse == changed
    assert not faster.worse


def test_times_can_be_left_out(reading: Reading) -> None:
    one, other = reading(START, *resets(*FAST)), reading(START, *resets(1, 1, 1, 1, 1))
    assert compare(one, other).worse
    assert not compare(one, other, timing=False).worse


# Declaration


def test_what_is_declared_otherwise_is_told(both: Both) -> None:
    found = both(
        [case(presented={"model": "M"})],
        [case(presented={"model": "N"})],
        firmware="2",
        features=["C-30"],
        configured={"limits.deviation": 4.0},
        security_profile=2,
    )
    assert [(c.what, c.before, c.after) for c in found.declaration] == [
        ("firmware", "", "2"),
        ("security profile", "", "2"),
        ("feature C-30", "", "declared"),
        ("limits.deviation", "", "4.0"),
        ("presented: Model", "M", "N"),
    ]
    assert not found.worse


def test_a_profile_that_is_no_longer_granted_is_worse(reading: Reading) -> None:
    known = {"id": "TC_001_CS", "profiles": {"core": "M"}, "implemented": True, "selected": True}
    outline = {"kind": "outline", "sut": "s", "version": "1.6", "role": "CS", "cases": [known]}
    remarked = case(remarks=[{"step": "1", "text": "odd"}])
    one = reading(START, outline, remarked)
    name = remark_id(one.cases[0], one.cases[0].remarks[0])
    review = {"kind": "review", "remark": name, "judgement": "rejected", "by": "x", "at": "y"}
    found = compare(one, reading(START, outline, remarked, reviews=[review]))
    assert [(c.what, c.before, c.after, c.worse) for c in found.parts[0].rulings] == [
        ("Core", "would be granted", "would not be granted", True)
    ]
    assert found.worse
    assert not compare(reading(START, outline, remarked), reading(START, outline)).worse


def test_remarks_that_come_and_go_are_told(both: Both) -> None:
    old, new = ({"step": "1", "text": text} for text in ("old", "new"))
    found = both([case(remarks=[old])], [case(remarks=[new])])
    assert [(c.what, c.before, c.after) for c in found.remarks] == [
        ("TC_001_CS", "step 1: old", ""),
        ("TC_001_CS", "", "step 1: new"),
    ]
    assert not found.worse


# Which with which


def test_systems_are_matched_by_version_role_and_then_by_name(reading: Reading) -> None:
    def suts(*names: str) -> dict[str, Any]:
        return {**START, "suts": [{**SUT, "name": name} for name in names]}

    one = reading(suts("a", "b"), case(sut="a"), case(sut="b"))
    other = reading(suts("b", "c"), case("FAIL", sut="b"), case(sut="c"))
    found = compare(one, other)
    assert [part.names for part in found.parts] == [("b", "b"), ("a", "c")]
    assert [part.worse for part in found.parts] == [True, False]
    later = reading({**START, "suts": [{**SUT, "version": "2.0.1"}]})
    assert compare(one, later).notes[0] == "only in one of the runs: OCPP 2.0.1 charging station, s"


def test_what_limits_a_comparison_is_noted(reading: Reading) -> None:
    one = reading(START, case())
    other = reading({**START, "catalogue": "2", "tool": "x"}, case(), end=False)
    assert compare(one, other).notes == (
        "the catalogues differ: 1, 2",
        "the tools differ: ocpp-conformance 0.1.0, x",
        "small is incomplete",
    )


# What is said of it


@pytest.fixture
def changed(reading: Reading, run: Run) -> Comparison:
    """Return the comparison of the fixed run with one in which much is otherwise."""
    lines = [json.loads(line) for line in JOURNAL.read_bytes().split(b"\n")[:-3]]
    for record in lines:
        record.pop("sum")
        if record.get("id") == "TC_056_CS":
            record |= {"verdict": "FAIL", "reason": "<script>alert(1)</script>\x1b[31m"}
        if record.get("id") == "TC_K_60_CSMS":
            record |= {"verdict": "PASS", "reason": ""}
    return compare(run, reading(*lines, end=False))


def test_a_terminal_gets_lines_that_steer_nothing(changed: Comparison) -> None:
    text = as_text(changed)
    assert "  newly failing (1)\n    TC_056_CS      PASS -> FAIL: " in text
    assert "<script>alert(1)</script>[U+001B][31m" in text
    assert "  newly passing (1)\n    TC_K_60_CSMS   FAIL -> PASS\n" in text
    assert text.endswith("something got worse")
    assert "\x1b" not in text


def test_json_has_everything(changed: Comparison) -> None:
    found = json.loads(as_json(changed))
    assert (found["format"], found["worse"]) == (1, True)
    (verdict,) = found["parts"][0]["verdicts"]
    assert (verdict["case"], verdict["before"], verdict["after"], verdict["worse"]) == (
        *("TC_056_CS", "PASS", "FAIL", True),
    )


def test_a_page_shows_it_and_nothing_of_it_is_markup(changed: Comparison) -> None:
    text = pages.comparison(changed, ["a%20b/report.html", ""])
    page = Page(text)
    assert "script" not in {tag for tag, _ in page.elements}
    assert "&lt;script&gt;alert(1)&lt;/script&gt;[U+001B][31m" in text
    assert "Newly failing" in text
    assert 'href="a%20b/report.html"' in text
    assert "script-src" not in text


@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_can_be_used_by_everybody(
    browser: Browser, changed: Comparison, tmp_path: Path, scheme: Scheme
) -> None:
    installed(HERE)
    (tmp_path / "x.html").write_text(pages.comparison(changed, ["a", "b"]), encoding="utf-8")
    page = browser.new_page(color_scheme=scheme)
    page.goto((tmp_path / "x.html").as_uri())
    page.evaluate((HERE / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8"))
    assert page.evaluate(FOUND) == []
    page.close()


# The command


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """Return a folder with two results, of which the second is worse, and one incomplete."""
    records = {
        "a": [START, case(), {"kind": "end", "ended": "x", "counts": {"PASS": 1}}],
        "b": [START, case("FAIL"), {"kind": "end", "ended": "x", "counts": {"FAIL": 1}}],
        "c": [START, case()],
    }
    for name, lines in records.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "journal.jsonl").write_text(chained(lines))
    (tmp_path / "old").mkdir()
    shutil.copy(OLD, tmp_path / "old" / "journal.jsonl")
    return tmp_path


def test_the_command_ends_with_1_if_something_got_worse(folders: Path) -> None:
    worse, better = (
        command("compare", *names, folder=folders) for names in (("a", "b"), ("b", "a"))
    )
    assert (worse.code, worse.out.splitlines()[-1]) == (1, "something got worse")
    assert (better.code, better.out.splitlines()[-1]) == (0, "nothing got worse")
    assert command("compare", "old", "a", folder=folders).code == 0


def test_the_command_writes_a_page_with_links_to_reports_that_are_there(folders: Path) -> None:
    (folders / "b" / "report.html").write_text("")
    (folders / "pages").mkdir()
    ran = command("compare", "a", "b", "--html", "pages/x.html", "--json", folder=folders)
    assert json.loads(ran.out)["worse"]
    page = (folders / "pages" / "x.html").read_text("utf-8")
    assert 'href="../b/report.html#TC_001_CS"' in page
    assert "../a/" not in page


def test_an_incomplete_run_is_compared_only_where_that_is_asked_for(folders: Path) -> None:
    ran = command("compare", "a", "c", folder=folders)
    assert (ran.code, "has not come to its end" in ran.err) == (2, True)
    ran = command("compare", "a", "c", "--incomplete", folder=folders)
    assert (ran.code, "small is incomplete" in ran.out) == (0, True)
