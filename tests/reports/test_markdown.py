from __future__ import annotations

import pytest

from reports.markdown import MOST, code, render, text
from reports.run import Run
from tests.reports.conftest import CASE, START, Reading


def test_a_summary_says_what_stands_in_the_way(run: Run) -> None:
    found = render(run)
    assert found.startswith("## OCPP conformance: Wallbox M2, release candidate 3\n")
    assert "| Core | 1 of 5 passed, 3 failed, 1 not run |  | would not be granted" in found
    assert (
        "- Firmware: declared <code>3.1.0-rc.3</code>, presented <code>3.1.0-rc.2</code>" in found
    )
    assert "- 16-SMART-CHARGING is not declared, but <code>GetCompositeSchedule" in found
    assert "3 remarks, 1 of them to be reviewed." in found


def test_an_incomplete_run_says_so_first(reading: Reading) -> None:
    assert "**The run is incomplete" in render(reading(START, CASE, end=False))
    assert "No case has ended." in render(reading(START))


def test_a_summary_says_how_the_system_was_left(reading: Reading) -> None:
    remarks = [{"step": "1", "text": "odd"}, {"step": "", "text": "left raised", "lab": True}]
    found = render(reading(START, {**CASE, "remarks": remarks}))
    assert f"against a system (1):\n\n- {CASE['id']}: left raised\n" in found
    assert "1 remarks, 1 of them to be reviewed." in found
    assert "odd" not in found


def test_a_summary_is_short_whatever_the_run(reading: Reading) -> None:
    cases = (
        {**CASE, "id": f"TC_{n}_CS", "verdict": "FAIL", "reason": f"{n}" + "x" * 999}
        for n in range(90)
    )
    found = render(reading(START, *cases))
    assert f"and {90 - MOST} more: see the report" in found
    assert len(found) < 30_000


@pytest.mark.parametrize(
    ("untrusted", "safe"),
    [
        ("a_b snake_case", "a_b snake_case"),
        ("_emphasis_", "&#95;emphasis&#95;"),
        ("a | b\nc", "a &#124; b c"),
        ("@you #1", "&#64;you &#35;1"),
        ("https://x", "https&#58;&#47;&#47;x"),
        ("www.x", "www&#46;x"),
        ("<b>&amp;", "&#60;b&#62;&#38;amp;"),
        ("\x1b", "&#91;U+001B&#93;"),
    ],
)
def test_nothing_in_a_text_means_anything(untrusted: str, safe: str) -> None:
    assert text(untrusted) == safe


def test_a_long_text_is_cut() -> None:
    assert text("x" * 400) == "x" * 300 + "…"
    assert code("  ") == ""
