from __future__ import annotations

import json

import pytest

from reports.difference import marked, places
from reports.run import CaseRecord
from tests.reports.conftest import CASE, START, Reading

TEXT = '[2,"a","X",{"status" : "Bad","list":[{"n":1},{"n":2,"s":"x,]\\""}],"o":{"k":null}}]'


def case(reading: Reading, reason: str, text: str = TEXT, finding: str = "") -> CaseRecord:
    frame = {"at": 0, "sender": "sut", "connection": 1, "text": text, "finding": finding}
    return reading(
        START, {**CASE, "verdict": "FAIL", "reason": reason, "step": "3", "frames": [frame]}
    ).cases[0]


def told(reading: Reading, reason: str, text: str = TEXT, finding: str = "") -> list[str]:
    found = places(case(reading, reason, text, finding), 0)
    return [text[start:end] for start, end in found]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("status", '"Bad"'),
        ("list[1].n", "2"),
        ("list[1].s", '"x,]\\""'),
        ("list", '[{"n":1},{"n":2,"s":"x,]\\""}]'),
        ("o.k", "null"),
        ("o.missing", '{"k":null}'),
        ("list[7].n", None),
        ("missing", json.dumps),
    ],
)
def test_the_place_of_a_field(reading: Reading, path: str, place: object) -> None:
    whole = TEXT[11:-1]
    wanted = [] if place is None else [whole if place is json.dumps else place]
    assert told(reading, f"X.{path}: expected 'a', got 'b'") == wanted


def test_several_fields_have_their_places_in_order(reading: Reading) -> None:
    reason = "X.o.k: expected 1, got None; X.status: expected 'a', got 'Bad'"
    assert told(reading, reason) == told(reading, f"step 3: {reason}") == ['"Bad"', "null"]


def test_a_field_of_an_answer(reading: Reading) -> None:
    text = '[3,"a",{"status":"Rejected"}]'
    assert told(reading, "X.status: expected 'Accepted', got 'Rejected'", text) == ['"Rejected"']


@pytest.mark.parametrize(
    ("finding", "place"),
    [
        ("status is 'Bad', not one of 'Good' (schema of the X request: enum)", ['"Bad"']),
        ("list[1].n is 2, more than 1 (schema)", ["2"]),
        ("an answer to a CALL that was never sent", []),
    ],
)
def test_a_broken_rule_names_its_place(reading: Reading, finding: str, place: list[str]) -> None:
    assert told(reading, "the station broke a rule", TEXT, finding) == place


@pytest.mark.parametrize(
    "text", ["", "no JSON", "[" * 5000, "[" * 150 + "]" * 150, '{"a":1}', "[3]"]
)
def test_text_that_is_no_message_has_no_places(reading: Reading, text: str) -> None:
    assert told(reading, "X.status: expected 'a', got 'b'", text) == []


def test_no_frame_has_no_place(reading: Reading) -> None:
    assert places(case(reading, "X.status: expected 1, got 2"), None) == []


def test_a_text_in_pieces_is_the_whole_text() -> None:
    assert marked("abcdef", [(1, 2), (3, 5)], 10) == [
        *(("a", False), ("b", True), ("c", False), ("de", True), ("f", False))
    ]
    assert marked("abc", [], 10) == [("abc", False)]


def test_of_a_long_text_what_is_near_the_marks_stays() -> None:
    text = "a" * 100 + "X" + "b" * 100 + "Y" + "c" * 100
    assert marked(text, [(100, 101), (201, 202)], 5) == [
        ("… aaaaa", False),
        ("X", True),
        ("bbbbb … bbbbb", False),
        ("Y", True),
        ("ccccc … and 95 characters more", False),
    ]
