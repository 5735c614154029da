"""Stations give up a request that is never answered: right ones pass, wrong ones do not."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.prove import judge
from conformance.reference import link_16, link_201, outbox_16, outbox_201
from conformance.sut import embedded
from conformance.verdict import Verdict
from tests.cases.freedom import implemented_cases

CASES = {case.id: case for case in implemented_cases()}
STATIONS = [("OCPPJ_97_CS", "1.6"), ("OCPPJ_98_CS", "2.0.1")]
LINKS: dict[str, type[Any]] = {"1.6": link_16.Link, "2.0.1": link_201.Link}
OUTBOXES: dict[str, type[Any]] = {"1.6": outbox_16.Outbox, "2.0.1": outbox_201.Outbox}


def told(case: str, version: Any, **options: Any) -> tuple[Verdict, list[str]]:  # noqa: ANN401
    """Return the verdict, and the reason and the remarks."""
    result = judge(embedded(version, "CS", options=options), CASES[case])
    remarks = (f"step {r.step}: {r.text}" for r in result.record.transcript.remarks)
    return result.verdict, [t for t in (result.reason, *remarks) if t]


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Make the stations give an answer up after so many seconds, whatever they say."""
    for link in LINKS.values():
        made = link.__init__

        def wrong(
            self: Any,  # noqa: ANN401
            *given: Any,  # noqa: ANN401
            timeout: object,
            made: Any = made,  # noqa: ANN401
            **more: Any,  # noqa: ANN401
        ) -> None:
            assert timeout
            made(self, *given, timeout=request.param, **more)

        monkeypatch.setattr(link, "__init__", wrong)


@pytest.mark.parametrize(("case", "version"), STATIONS)
@pytest.mark.parametrize("seconds", [2, 40])
def test_any_timeout_is_right(case: str, version: str, seconds: int) -> None:
    assert told(case, version, message_timeout=seconds) == (Verdict.PASS, [])


@pytest.mark.parametrize(("case", "version"), STATIONS)
def test_the_connection_may_be_given_up(case: str, version: str) -> None:
    assert told(case, version, hangs_up=True) == (Verdict.PASS, [])


def test_a_charge_point_need_not_tell_its_timeout() -> None:
    assert told("OCPPJ_97_CS", "1.6", optional_keys=False) == (Verdict.PASS, [])


@pytest.mark.parametrize(("case", "version"), STATIONS)
@pytest.mark.parametrize("patient", [100_000], indirect=True)
@pytest.mark.usefixtures("patient")
def test_a_station_that_waits_for_ever_fails(case: str, version: str) -> None:
    verdict, why = told(case, version)
    assert verdict is Verdict.FAIL
    assert why[0].startswith("step 5: no "), why


@pytest.mark.parametrize(("case", "version"), STATIONS)
def test_a_station_that_forgets_what_was_not_answered_fails(
    monkeypatch: pytest.MonkeyPatch, case: str, version: str
) -> None:
    made = OUTBOXES[version].__init__

    def wrong(self: Any, _: Any, **more: Any) -> None:  # noqa: ANN401
        made(self, lambda: (1, 0.0), **more)

    monkeypatch.setattr(OUTBOXES[version], "__init__", wrong)
    verdict, why = told(case, version)
    assert verdict is Verdict.FAIL
    lost = "TransactionEvent.seqNo: expected 3" if version == "2.0.1" else "no StopTransaction"
    assert why[0].startswith(f"step 5: {lost}"), why


@pytest.mark.parametrize("patient", [6], indirect=True)
@pytest.mark.usefixtures("patient")
def test_sending_again_before_the_timeout_that_was_told() -> None:
    verdict, why = told("OCPPJ_97_CS", "1.6")
    assert verdict is Verdict.PASS
    assert why == ["step 5: sent again after 7.0 s, and MessageTimeout is 10 s (OCPP-J 1.6, 4.1.1)"]
    verdict, why = told("OCPPJ_98_CS", "2.0.1")
    assert verdict is Verdict.FAIL
    assert "expected no TransactionEvent" in why[0], why


@pytest.mark.parametrize("patient", [1], indirect=True)
@pytest.mark.usefixtures("patient")
def test_another_request_at_once_breaks_the_rule_of_one_request_at_a_time() -> None:
    verdict, why = told("OCPPJ_98_CS", "2.0.1")
    assert verdict is Verdict.FAIL
    assert "4.1.1" in why[0], why
