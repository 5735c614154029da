from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema_rs
import pytest

from reports.journal import read
from reports.json_report import render
from reports.run import Run
from tests.reports.conftest import CASE, START, Reading
from tests.reports.made import OLD

SCHEMA = json.loads((files("reports") / "report.schema.json").read_text(encoding="utf-8"))


def strict(schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """Return a schema that knows all fields: what is published lets fields be added."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties": False} if "properties" in schema else {}
    return {**{k: strict(v) for k, v in schema.items()}, **closed}


def valid(document: object) -> None:
    for schema in (SCHEMA, strict(SCHEMA)):
        jsonschema_rs.validator_for(schema).validate(document)


@pytest.fixture(scope="module")
def document(run: Run) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(render(run))
    return document


def test_the_document_is_as_its_schema_says(document: dict[str, Any]) -> None:
    valid(document)


def test_a_journal_of_the_first_format_gives_a_document_too() -> None:
    valid(json.loads(render(read(OLD))))


def test_the_schema_lets_fields_be_added_and_none_be_taken_away(document: dict[str, Any]) -> None:
    assert jsonschema_rs.is_valid(SCHEMA, {**document, "more": 1})
    assert not jsonschema_rs.is_valid(strict(SCHEMA), {**document, "more": 1})
    assert not jsonschema_rs.is_valid(SCHEMA, {**document, "format": 1})
    for field in document:
        assert not jsonschema_rs.is_valid(SCHEMA, {k: document[k] for k in document if k != field})


def test_counts_are_by_outcome(document: dict[str, Any]) -> None:
    assert document["counts"] == {
        "PASS": 4,
        "FAIL": 3,
        "ERROR": 1,
        "INCONCLUSIVE": 1,
        "WAIVED": 1,
        "NOT APPLICABLE": 1,
    }


def test_each_profile_has_its_ruling(document: dict[str, Any]) -> None:
    core = document["suts"][0]["profiles"][0]
    assert (core["profile"], core["ruling"]) == ("core", "would not be granted")
    assert core["mandatory"] == {
        "passed": 1,
        "failed": 3,
        "inconclusive": 0,
        "not_run": 1,
        "not_applicable": 0,
        "total": 5,
    }
    assert [o["case"] for o in core["obstacles"]] == [
        *("TC_011_1_CS", "TC_023_CS", "TC_040_1_CS", "TC_002_CS")
    ]


def test_what_is_read_out_of_the_run_is_there(document: dict[str, Any]) -> None:
    sut = document["suts"][0]
    assert [f["name"] for f in sut["identity"] if f["differs"]] == ["Firmware", "Serial number"]
    assert [
        f["id"] for f in sut["features_seen"] if f["holding"] == "works, but is not declared"
    ] == ["16-SMART-CHARGING"]
    assert {r["name"] for r in sut["requirements"] if r["covered"]} >= {"BootNotification"}
    assert sut["timing"]["spans"][0] == {
        "name": "Connection to accepted",
        "samples": 1,
        "median": 0.031,
        "p95": 0.031,
        "worst": 0.031,
        "worst_case": "TC_001_CS",
    }
    first, *_ = document["remarks"]
    assert (first["case"], first["state"]) == ("TC_001_CS", "accepted")


def test_texts_are_kept_as_they_came(run: Run, document: dict[str, Any]) -> None:
    frames = [f["text"] for c in document["cases"] for f in c["frames"]]
    assert frames == [f.text for c in run.cases for f in c.frames]
    assert any("\x00" in f for f in frames)


def test_a_waiver_changes_the_outcome_and_not_the_verdict(document: dict[str, Any]) -> None:
    case = next(c for c in document["cases"] if c["id"] == "TC_040_1_CS")
    assert (case["verdict"], case["outcome"]) == ("FAIL", "WAIVED")


def test_an_incomplete_run_has_no_end(reading: Reading) -> None:
    document = json.loads(render(reading(START, CASE, end=False)))
    assert (document["complete"], document["ended"]) == (False, None)
    valid(document)


def test_a_lone_surrogate_can_be_written(reading: Reading) -> None:
    text = render(reading(START, {**CASE, "reason": "\ud83d!\ud83d\ude00"}))
    assert text.encode()
    assert json.loads(text)["cases"][0]["reason"] == "\ud83d!😀"


def test_a_remark_on_the_lab_is_told_from_one_on_the_system(reading: Reading) -> None:
    remarks = [{"step": "1", "text": "odd"}, {"step": "", "text": "left raised", "lab": True}]
    found = json.loads(render(reading(START, {**CASE, "remarks": remarks})))
    valid(found)
    assert found["cases"][0]["remarks"] == remarks
    assert [r.get("lab", False) for r in found["remarks"]] == [False, True]
