from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest

from reports.junit import render
from reports.run import Run
from tests.reports.conftest import CASE, START, Reading

GOLDEN = Path(__file__).parent / "data" / "junit.xml"


@pytest.fixture(scope="module")
def root(run: Run) -> Element:
    return fromstring(render(run))  # noqa: S314 - our own text


def one(root: Element, name: str) -> Element:
    found = root.find(f".//testcase[@name='{name}']")
    assert found is not None
    return found


def child(element: Element, tag: str) -> Element:
    found = element.find(tag)
    assert found is not None
    return found


def counts(element: Element) -> list[str | None]:
    return [element.get(key) for key in ("tests", "failures", "errors", "skipped")]


def single(reading: Reading, **case: object) -> Element:
    text = render(reading(START, {**CASE, **case}))
    return one(fromstring(text), "TC_001_CS")  # noqa: S314 - our own text


def test_the_document_is_as_it_was(run: Run) -> None:
    assert render(run) == GOLDEN.read_text(encoding="utf-8")


def test_counts_are_right(root: Element) -> None:
    assert [s.get("name") for s in root] == [
        "OCPP 1.6 charge point, wallbox-16",
        "OCPP 2.0.1 CSMS, backend-201",
    ]
    assert [counts(s) for s in root] == [["9", "3", "1", "2"], ["2", "1", "0", "0"]]
    assert counts(root) == ["11", "4", "1", "2"]


@pytest.mark.parametrize(
    ("name", "tag", "kind"),
    [
        ("TC_011_1_CS", "failure", "FAIL"),
        ("TC_046_CS", "failure", "INCONCLUSIVE"),
        ("TC_066_CS", "error", "ERROR"),
        ("TC_053_CS", "skipped", "not applicable"),
        ("TC_040_1_CS", "skipped", "waived"),
    ],
)
def test_each_verdict_has_its_element(root: Element, name: str, tag: str, kind: str) -> None:
    results = [c for c in one(root, name) if c.tag in {"failure", "error", "skipped"}]
    assert [(c.tag, c.get("type")) for c in results] == [(tag, kind)]


def test_a_pass_has_no_result(root: Element) -> None:
    assert [c.tag for c in one(root, "TC_001_CS")] == ["properties", "system-out"]


def test_properties_say_which_case_it_was(root: Element) -> None:
    properties = {
        p.get("name"): p.get("value") for p in child(one(root, "TC_011_1_CS"), "properties")
    }
    assert properties == {
        "case": "TC_011_1_CS",
        "title": "Remote Start Charging Session \N{EN DASH} Remote Start First",
        "version": "1.6",
        "role": "CS",
        "verdict": "FAIL",
        "section": "2.4.1",
        "profiles": "core: M",
        "requirements": "F01.FR.03, F01.FR.05",
        "step": "1/Charging.7",
    }
    assert one(root, "TC_011_1_CS").get("classname") == "ocpp16.CS"
    assert one(root, "TC_K_60_CSMS").get("classname") == "ocpp201.CSMS"
    assert one(root, "TC_011_1_CS").get("time") == "4.250"


def test_a_failure_can_be_understood_where_it_is_shown(root: Element) -> None:
    failure = child(one(root, "TC_011_1_CS"), "failure")
    assert (failure.get("message") or "").startswith("step 1/Charging.7: StatusNotification.status")
    text = failure.text or ""
    assert "expected: StatusNotification(connectorId=1" in text
    assert "requirements: F01.FR.03, F01.FR.05" in text
    assert '"info":"RCD tripped"' in text
    assert len(text.splitlines()) < 15


def test_reasons_and_tracebacks_are_there(root: Element) -> None:
    assert child(one(root, "TC_053_CS"), "skipped").get("message") == (
        "needs remote-trigger, which is not declared"
    )
    waived = child(one(root, "TC_040_1_CS"), "skipped")
    assert (waived.get("message") or "").startswith("Known fault 4711")
    assert "got 'Rejected'" in (waived.text or "")
    assert "KeyError: 'chargingSchedule'" in (child(one(root, "TC_066_CS"), "error").text or "")


def test_what_xml_forbids_is_shown(root: Element) -> None:
    out = child(one(root, "TC_023_CS"), "system-out").text or ""
    assert out.endswith("<img src=x onerror=alert(1)> [U+0000][U+001B][2J ]]> &amp; [U+FFFE]")


@pytest.mark.parametrize("code", [*range(0x20), 0x7F, 0x85, 0xD800, 0xFFFE, 0xFFFF])
def test_any_character_gives_a_document_that_can_be_read(reading: Reading, code: int) -> None:
    odd = f"a{chr(code)}b"
    element = single(reading, verdict="FAIL", title=odd, reason=odd, step=odd)
    assert (child(element, "failure").get("message") or "").endswith("b")


def test_a_waived_case_that_passes_is_red(reading: Reading) -> None:
    failure = child(single(reading, waived="known"), "failure")
    assert failure.get("type") == "WAIVER"


def test_a_waived_error_is_an_error(reading: Reading) -> None:
    assert child(single(reading, verdict="ERROR", waived="known"), "error").get("type") == "ERROR"


def test_an_incomplete_run_is_never_green(reading: Reading) -> None:
    root = fromstring(render(reading(START, CASE, end=False)))  # noqa: S314 - our own text
    assert counts(root) == ["2", "0", "1", "0"]
    message = child(one(root, "complete"), "error").get("message")
    assert message == "the run was stopped before its end, after 1 cases"


def test_two_systems_of_one_kind_do_not_share_names(reading: Reading) -> None:
    suts = [{"name": name, "version": "1.6", "role": "CS"} for name in ("a", "b.c")]
    found = reading({**START, "suts": suts}, {**CASE, "sut": "a"}, {**CASE, "sut": "b.c"})
    root = fromstring(render(found))  # noqa: S314 - our own text
    assert [c.get("classname") for c in root.iter("testcase")] == ["ocpp16.CS.a", "ocpp16.CS.b_c"]


def test_rules_broken_between_cases_are_told(root: Element) -> None:
    out = child(root[0], "system-out").text or ""
    assert "2026-03-02T09:01:07Z between the cases: a CALLRESULT for the unknown" in out
