from __future__ import annotations

import re

import pytest

from reports.badge import GREEN, GREY, RED, YELLOW, render
from tests.reports.conftest import CASE, START, Reading


@pytest.mark.parametrize(
    ("verdicts", "value", "colour"),
    [
        (["PASS", "PASS", "NOT APPLICABLE"], "2 of 2 passed", GREEN),
        (["PASS", "FAIL", "ERROR"], "1 of 3 passed, 2 failed", RED),
        (["PASS", "INCONCLUSIVE"], "1 of 2 passed", YELLOW),
        (["NOT APPLICABLE"], "0 of 0 passed", YELLOW),
        ([], "0 of 0 passed", YELLOW),
    ],
)
def test_a_badge_tells_how_a_run_has_ended(
    reading: Reading, verdicts: list[str], value: str, colour: str
) -> None:
    found = render(reading(START, *({**CASE, "verdict": v} for v in verdicts)))
    assert f"<title>OCPP 1.6 charge point: {value}</title>" in found
    assert f'fill="{colour}"' in found


def test_an_incomplete_run_is_grey_and_a_broken_rule_red(reading: Reading) -> None:
    found = render(reading(START, CASE, end=False))
    assert "incomplete" in found
    assert GREY in found
    broken = {"kind": "finding", "at": "", "sut": "s", "text": "x"}
    assert RED in render(reading(START, CASE, broken))


def test_a_waived_fail_is_no_pass(reading: Reading) -> None:
    waived = {**CASE, "verdict": "FAIL", "waived": "known"}
    found = render(reading(START, CASE, waived))
    assert "1 of 2 passed" in found
    assert YELLOW in found


def test_its_width_is_that_of_its_texts(reading: Reading) -> None:
    found = render(reading(START, CASE))
    whole = int(re.findall(r'^<svg [^>]*width="(\d+)"', found)[0])
    assert whole == sum(int(n) + 12 for n in re.findall(r'textLength="(\d+)"', found))


def test_several_systems_share_a_badge(reading: Reading) -> None:
    suts = [{"name": name, "version": "1.6", "role": "CS"} for name in "ab"]
    assert ">OCPP conformance<" in render(reading({**START, "suts": suts}))
