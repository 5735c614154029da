"""Systems that are wrong about ids and answers, where the texts only advise: a remark."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.prove import judge
from conformance.reference import framing
from conformance.sut import embedded
from conformance.verdict import Verdict
from tests.cases.freedom import implemented_cases

CASES = {(case.id, case.entry.version): case for case in implemented_cases()}
PAIRS = [(version, role) for version in ("1.6", "2.0.1") for role in ("CS", "CSMS")]


def remarks(case: str, version: Any, faults: tuple[str, ...] = ()) -> list[str]:  # noqa: ANN401
    """Return what a case that passes has to remark on."""
    system = embedded(version, CASES[case, version].entry.role, faults=faults)  # type: ignore[arg-type]
    result = judge(system, CASES[case, version])
    assert result.verdict is Verdict.PASS, result.reason
    return [f"{r.step}: {r.text}" for r in result.record.transcript.remarks]


@pytest.mark.parametrize(("version", "role"), PAIRS)
def test_an_id_that_is_too_long_and_taken(
    monkeypatch: pytest.MonkeyPatch, version: str, role: str
) -> None:
    monkeypatch.setattr(framing, "_MAX_ID", 100)
    (told,) = remarks(f"OCPPJ_31_{role}", version)
    assert told == "2: the answer's type: expected 'CALLERROR', got 'CALLRESULT'"


@pytest.mark.parametrize(("version", "role"), PAIRS)
def test_a_request_again_that_is_refused(
    monkeypatch: pytest.MonkeyPatch, version: str, role: str
) -> None:
    known: set[str] = set()
    owed = framing.refusal_owed

    def refused(document: Any, *rest: Any) -> str | None:  # noqa: ANN401
        if document[0] == 2 and document[1] in known:
            return f'[4,"{document[1]}","GenericError","again",{{}}]'
        known.add(document[1])
        return owed(document, *rest)

    for link in ("link_16", "link_201"):
        monkeypatch.setattr(f"conformance.reference.{link}.refusal_owed", refused)
    (told,) = remarks(f"OCPPJ_32_{role}", version)
    assert told.startswith("4: ")
    assert "GenericError" in told


def test_a_central_system_that_takes_any_answer() -> None:
    told = remarks("OCPPJ_33_CSMS", "1.6", ("takes-any-answer",))
    assert any(text.startswith("4: expected no GetConfiguration(), but") for text in told)
