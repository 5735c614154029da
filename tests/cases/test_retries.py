"""Stations that try a refused transaction message again in a wrong way are found."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.prove import judge
from conformance.reference import outbox_16, outbox_201
from conformance.sut import embedded
from conformance.verdict import Verdict
from tests.cases.freedom import implemented_cases

CASES = {case.id: case for case in implemented_cases()}
STATIONS = [
    ("OCPPJ_90_CS", "1.6", outbox_16.Outbox, "StopTransaction"),
    ("OCPPJ_91_CS", "2.0.1", outbox_201.Outbox, "TransactionEvent"),
]


@pytest.mark.parametrize(("case", "version", "outbox", "action"), STATIONS)
@pytest.mark.parametrize(
    ("retries", "step", "why"),
    [
        ((1, 0.0), "5", "{}"),
        ((3, 0.0), "5", "at least 1 s (-0.5) are required"),
        ((9, 0.3), "5", "at least 1 s (-0.5) are required"),
        ((5, 1.0), "7", "{}"),
    ],
)
def test_a_message_is_sent_again_as_often_and_as_late_as_configured(
    monkeypatch: pytest.MonkeyPatch,
    case: str,
    version: Any,  # noqa: ANN401
    outbox: type[Any],
    action: str,
    retries: tuple[int, float],
    step: str,
    why: str,
) -> None:
    made = outbox.__init__

    def wrong(self: Any, _: Any, **more: Any) -> None:  # noqa: ANN401
        made(self, lambda: retries, **more)

    monkeypatch.setattr(outbox, "__init__", wrong)
    result = judge(embedded(version, "CS"), CASES[case])
    told = [result.reason, *(f"step {r.step}: {r.text}" for r in result.record.transcript.remarks)]
    assert result.verdict is (Verdict.FAIL if version == "2.0.1" else Verdict.PASS)
    assert any(f"step {step}" in t and why.format(action) in t for t in told), told
