from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema_rs
import pytest

from reports.json_report import render
from reports.run import Run
from tests.reports.conftest import CASE, START, Reading

SCHEMA = json.loads((files("reports") / "report.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def document(run: Run) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(render(run))
    return document


def test_the_document_is_as_its_schema_says(document: dict[str, Any]) -> None:
    jsonschema_rs.validator_for(SCHEMA).validate(document)


def test_the_schema_refuses_what_it_does_not_know(document: dict[str, Any]) -> None:
    assert not jsonschema_rs.is_valid(SCHEMA, {**document, "more": 1})
    assert not jsonschema_rs.is_valid(SCHEMA, {**document, "format": 1})


def test_counts_are_by_outcome(document: dict[str, Any]) -> None:
    assert document["counts"] == {
        "PASS": 4,
        "FAIL": 3,
        "ERROR": 1,
        "INCONCLUSIVE": 1,
        "WAIVED": 1,
        "NOT APPLICABLE": 1,
    }
    core = document["suts"][0]["profiles"][0]
    assert (core["profile"], core["mandatory"]["FAIL"], core["conditional"]["FAIL"]) == (
        "core",
        2,
        0,
    )


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
    jsonschema_rs.validator_for(SCHEMA).validate(document)


def test_a_lone_surrogate_can_be_written(reading: Reading) -> None:
    text = render(reading(START, {**CASE, "reason": "\ud83d!\ud83d\ude00"}))
    assert text.encode()
    assert json.loads(text)["cases"][0]["reason"] == "\ud83d!😀"
