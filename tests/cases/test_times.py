"""Stations that do not take over the time of their CSMS, or take another one, are found."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from conformance.clock import elsewhere
from conformance.jumping import JumpingLoop
from conformance.matching import instant
from conformance.prove import judge
from conformance.reference.core_201 import Core
from conformance.reference.equipment_16 import Clock
from conformance.sut import embedded
from conformance.verdict import Verdict
from tests.cases.freedom import implemented_cases, label
from tests.cases.test_one_session import in_one_session

CASES = {label(case): case for case in implemented_cases()}
CLOCKS = [("1.6", Clock, "set"), ("2.0.1", Core, "set_clock")]


@pytest.mark.parametrize(("version", "clock", "setting"), CLOCKS)
def test_a_clock_that_stays_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
    version: Any,  # noqa: ANN401
    clock: type[Any],
    setting: str,
) -> None:
    monkeypatch.setattr(clock, setting, lambda *_: None)
    result = judge(embedded(version, "CS"), CASES[f"OCPPJ_92_CS-{version}"])
    assert result.verdict is Verdict.PASS  # it is recommended only
    told = [r.text for r in result.record.transcript.remarks if r.step == "3"]
    assert any("timestamp: expected now + 3600 s" in text for text in told), told


@pytest.mark.parametrize(("version", "clock", "setting"), CLOCKS)
def test_an_offset_that_nobody_reads(
    monkeypatch: pytest.MonkeyPatch,
    version: Any,  # noqa: ANN401
    clock: type[Any],
    setting: str,
) -> None:
    right = getattr(clock, setting)
    monkeypatch.setattr(clock, setting, lambda self, text: right(self, f"{text[:19]}Z"))
    result = judge(embedded(version, "CS"), CASES[f"OCPPJ_93_CS-{version}"])
    assert (result.verdict, result.step) == (Verdict.FAIL, "3")
    assert "timestamp: expected now" in result.reason


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_the_right_time_is_told_when_a_case_is_over(version: Any) -> None:  # noqa: ANN401
    first, then = CASES[f"OCPPJ_92_CS-{version}"], CASES[f"OCPPJ_46_CS-{version}"]
    results = in_one_session(embedded(version, "CS"), [first, then])
    assert [r.verdict for r in results] == [Verdict.PASS, Verdict.PASS]
    assert results[0].record.transcript.remarks == []
    answers = [f.text for f in results[0].record.transcript.frames if "currentTime" in f.text]
    assert "+00:00" in answers[0]
    assert answers[-1].endswith('Z"}]')


def test_the_time_elsewhere_is_the_same_instant() -> None:
    loop = JumpingLoop()

    async def told() -> tuple[datetime | None, str]:
        text = elsewhere(60, -3)
        return instant(text), text

    try:
        moment, text = loop.run_until_complete(told())
        wall = loop.wall_clock()
    finally:
        loop.close()
    assert text.endswith("-03:00")
    assert moment is not None
    assert abs((moment.astimezone(UTC) - wall).total_seconds() - 60) < 2


@pytest.mark.parametrize("digits", range(10))
def test_the_time_elsewhere_has_so_many_digits(digits: int) -> None:
    text = elsewhere(-60, 5.5, digits=digits)
    seconds, _, fraction = text.removesuffix("+05:30").partition(".")
    assert (len(seconds), len(fraction)) == (19, digits)
    moment = instant(text)
    assert moment is not None
    assert abs((datetime.now(UTC) - moment).total_seconds() - 60) < 5


def test_digits_that_nobody_reads_right(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Clock.set

    def wrong(self: Clock, text: str) -> None:
        whole, _, digits = text.partition(".")
        right(self, f"{whole}Z")
        self.offset += float(digits[:9] or 0) if digits[:9].isdigit() else 0.0

    monkeypatch.setattr(Clock, "set", wrong)
    result = judge(embedded("1.6", "CS"), CASES["OCPPJ_85_CS-1.6"])
    assert result.verdict is Verdict.FAIL
