from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.wire.frames import (
    ERROR_CODES,
    Call,
    CallError,
    CallResult,
    Finding,
    Frame,
    parse,
    serialize,
)
from conformance.wire.rules import Rules
from conformance.wire.schema import validator

BOTH = ("1.6", "2.0.1")


def rules(text: str | bytes, version: str = "2.0.1") -> list[str]:
    return [f.rule for f in parse(text, version)[1]]


def only(text: str | bytes, version: str = "2.0.1") -> Finding:
    (finding,) = parse(text, version)[1]
    return finding


@pytest.mark.parametrize("version", BOTH)
@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ('[2,"1","Heartbeat",{}]', Call("1", "Heartbeat", {})),
        (' [ 2 , "1" , "A" , { "a" : [1, 2.5] } ]\n', Call("1", "A", {"a": [1, 2.5]})),
        ('[3,"1",{"a":null}]', CallResult("1", {"a": None})),
        ('[4,"1","GenericError","",{}]', CallError("1", "GenericError", "", {})),
        ('[2,"' + "x" * 36 + '","A",{}]', Call("x" * 36, "A", {})),
        ('[2,"\\ud83d\\ude00","A",{"a":"\\u00e9"}]', Call("\U0001f600", "A", {"a": "é"})),
    ],
)
def test_a_correct_frame_is_read_without_a_finding(version: str, text: str, frame: Frame) -> None:
    assert parse(text, version) == (frame, ())


@pytest.mark.parametrize("version", BOTH)
@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "json"),
        ("hello", "json"),
        ('[2,"1","A",{}', "json"),
        ('[2,"1","A",{}] x', "json"),
        ('[2,"1","A",{}][]', "json"),
        ('[2,"1","A",{"a":1,}]', "json"),
        ("[2,'1','A',{}]", "json"),
        ('\ufeff[2,"1","A",{}]', "json"),
        ('[2,"1","A",{"a":"line\nbreak"}]', "json"),
        ('[2,"1","A",{"a":NaN}]', "number"),
        ('[2,"1","A",{"a":-Infinity}]', "number"),
        ("{}", "array"),
        ('"text"', "array"),
        ("[]", "message-type"),
        ('["2","1","A",{}]', "message-type"),
        ('[true,"1","A",{}]', "message-type"),
        ('[null,"1","A",{}]', "message-type"),
        ('[9,"1","A",{}]', "message-type"),
        ('[2.5,"1","A",{}]', "message-type"),
        ('[2,null,"A",{}]', "message-id-type"),
        ('[2,["1"],"A",{}]', "message-id-type"),
        ("[2]", "message-id-type"),
        ('[2,"1",7,{}]', "action-type"),
    ],
)
def test_what_cannot_be_used_is_told_and_not_returned(version: str, text: str, rule: str) -> None:
    frame, findings = parse(text, version)
    assert frame is None
    assert [f.rule for f in findings] == [rule]
    assert findings[0].fatal
    assert findings[0].where
    assert ("OCPP-J 1.6, 4." if version == "1.6" else "Part 4, 4.") in findings[0].text


@pytest.mark.parametrize("version", BOTH)
@pytest.mark.parametrize(
    ("text", "rule", "frame"),
    [
        ('[2,"1","A",{},0]', "element-count", Call("1", "A", {})),
        ('[2,"1","A"]', "element-count", Call("1", "A", {})),
        ('[3,"1",{},{}]', "element-count", CallResult("1", {})),
        ('[3,"1"]', "element-count", CallResult("1", {})),
        ('[4,"1","GenericError",""]', "element-count", CallError("1", "GenericError", "", {})),
        ('[4,"1","GenericError"]', "element-count", CallError("1", "GenericError", "", {})),
        ('[4,"1"]', "element-count", CallError("1", "", "", {})),
        ('[2,7,"A",{}]', "message-id-type", Call("7", "A", {})),
        ('[2,"' + "x" * 37 + '","A",{}]', "message-id-length", Call("x" * 37, "A", {})),
        ('[2,"1","A",[]]', "payload-type", Call("1", "A", {})),
        ('[3,"1","ok"]', "payload-type", CallResult("1", {})),
        ('[2,"1","A",{"a":1,"a":2}]', "duplicate-key", Call("1", "A", {"a": 2})),
        ('[2,"1","A",{"a":"\\ud800"}]', "surrogate", Call("1", "A", {"a": "\ufffd"})),
        ('[4,"1","Oops","",{}]', "error-code", CallError("1", "Oops", "", {})),
        ('[4,"1",5,"",{}]', "error-code", CallError("1", "", "", {})),
        (
            '[4,"1","GenericError",null,{}]',
            "error-description-type",
            CallError("1", "GenericError", "", {}),
        ),
        (
            '[4,"1","GenericError","",null]',
            "error-details-type",
            CallError("1", "GenericError", "", {}),
        ),
    ],
)
def test_a_damaged_frame_is_returned_with_its_finding(
    version: str, text: str, rule: str, frame: Frame
) -> None:
    found, findings = parse(text, version)
    assert found == frame
    assert [f.rule for f in findings] == [rule]
    assert findings[0].fatal
    assert findings[0].uid == frame.uid


@pytest.mark.parametrize("version", BOTH)
@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('[2,"1","A",null]', "payload-null"),
        ('[2.0,"1","A",{}]', "message-type"),
        (b'[2,"1","A",{}]', "binary"),
        ('[2,"1","A",{"a":1e999}]', "number"),
        ('[2,"1","A",{"a":' + "9" * 5000 + "}]", "number"),
        ('[2,"1","A",{"customData":{"vendorId":"v","x":1,"x":2}}]', "duplicate-key"),
        ('[4,"1","GenericError","",{"x":1,"x":2}]', "duplicate-key"),
    ],
)
def test_what_is_unwise_but_not_forbidden_is_no_fault_and_owes_nothing(
    version: str, text: str | bytes, rule: str
) -> None:
    frame, (finding,) = parse(text, version)
    assert frame is not None
    assert (finding.rule, finding.fatal, finding.answer) == (rule, False, "")


def test_a_number_that_no_double_holds_becomes_one_that_can_be_sent() -> None:
    frame, _ = parse('[3,"1",{"a":-1e999}]', "2.0.1")
    assert frame is not None
    assert json.loads(serialize(frame))[2]["a"] == -1.7976931348623157e308


@pytest.mark.parametrize("levels", [201, 900, 5_000, 100_000])
def test_nesting_has_a_limit_which_is_the_tools_own(levels: int) -> None:
    inner = '{"x":' * levels + "1" + "}" * levels
    frame, (finding,) = parse(f'[2,"1","A",{inner}]', "2.0.1")
    assert (frame, finding.rule, finding.fatal) == (None, "nesting", False)


def test_nesting_up_to_the_limit_is_read_checked_and_written() -> None:
    inner = '{"x":' * 199 + '"\\ud800"' + "}" * 199
    frame, _ = parse(f'[2,"1","Heartbeat",{inner}]', "2.0.1")
    assert isinstance(frame, Call)
    assert Rules("2.0.1", validator("2.0.1")).received(frame, 0.0)
    assert parse(serialize(frame), "2.0.1")[0] == frame


def test_a_long_flat_message_is_not_deep() -> None:
    assert rules('[3,"1",{"list":[' + ",".join(["{}"] * 10_000) + "]}]") == []


def test_bytes_that_are_no_utf_8_are_told_with_their_place_and_the_id_before_them() -> None:
    finding = only(b'[2,"id-1","A",{"a":"\xff"}]')
    assert (finding.rule, finding.where, finding.uid) == ("utf-8", "byte 20", "id-1")


def test_text_that_python_cannot_encode_is_told() -> None:
    frame, (finding,) = parse('[2,"1","A",{"a":"\ud800"}]', "2.0.1")
    assert (frame, finding.rule) == (Call("1", "A", {"a": "\ufffd"}), "utf-8")


def test_the_place_of_a_doubled_name_is_given() -> None:
    text = '[2,"1","A",{"list":[{},{"b":{"c":1,"d":2,"c":3}}]}]'
    assert only(text).where == "payload.list[1].b.c"


def test_the_place_of_half_a_surrogate_pair_is_given() -> None:
    assert only('[3,"1",{"list":["fine","\\udc00"]}]').where == "payload.list[1]"


def test_escaped_backslashes_are_no_surrogates() -> None:
    assert rules('[3,"1",{"a":"\\\\ud800"}]') == []


@pytest.mark.parametrize(
    ("text", "on_16", "on_201"),
    [
        ("hello", "", "RpcFrameworkError"),
        ('[2,"1","A",{', "FormationViolation", "RpcFrameworkError"),
        ('[3,"1",{', "", ""),
        ('[4,"1",{', "", ""),
        ('[2,null,"A",{}]', "", "RpcFrameworkError"),
        ("[3,null,{}]", "", ""),
        ('[2,"1",null,{}]', "FormationViolation", "RpcFrameworkError"),
        ('[2,"1","A",{},0]', "FormationViolation", "RpcFrameworkError"),
        ('[2,"' + "x" * 37 + '","A",{}]', "FormationViolation", "RpcFrameworkError"),
        ('[3,"1",{},0]', "", ""),
        ('[7,"1","A",{}]', "", "MessageTypeNotSupported"),
        ('[2,"1","A",[]]', "FormationViolation", "FormatViolation"),
        ('[3,"1",[]]', "", ""),
        ('[2,"1","A",{"a":1,"a":2}]', "FormationViolation", "FormatViolation"),
        ('[3,"1",{"a":1,"a":2}]', "", ""),
    ],
)
def test_the_answer_that_is_owed(text: str, on_16: str, on_201: str) -> None:
    assert only(text, "1.6").answer == on_16
    assert only(text, "2.0.1").answer == on_201


@pytest.mark.parametrize(
    ("text", "uid"),
    [
        ("hello", ""),
        ('[2,"a-1","A",{', "a-1"),
        ('[2,"a\\u002d1","A",{', "a-1"),
        ('[2,"' + "x" * 37 + '","A",{', ""),
        ('[2,"\\ud800","A",{', ""),
        ('[2,"a\\x","A",{}]', ""),
        ('[9,"a-1"]', "a-1"),
        ("[9,12]", ""),
    ],
)
def test_the_id_of_a_broken_message_is_read_where_it_can_be(text: str, uid: str) -> None:
    assert only(text).uid == uid


def test_every_code_of_the_table_is_taken() -> None:
    for version in BOTH:
        for code in ERROR_CODES[version]:
            assert rules(f'[4,"1","{code}","",{{}}]', version) == []


@pytest.mark.parametrize("code", ["RpcFrameworkError", "MessageTypeNotSupported", "notSupported"])
def test_a_code_of_another_version_is_a_fault(code: str) -> None:
    assert only(f'[4,"1","{code}","",{{}}]', "1.6").fatal


@pytest.mark.parametrize("code", ["FormationViolation", "OccurenceConstraintViolation"])
def test_the_spelling_of_1_6_is_a_fault_in_2_0_1(code: str) -> None:
    assert only(f'[4,"1","{code}","",{{}}]', "2.0.1").rule == "error-code"


@pytest.mark.parametrize("code", ["FormatViolation", "OccurrenceConstraintViolation"])
def test_the_spelling_that_the_errata_call_right_is_a_remark_in_1_6(code: str) -> None:
    finding = only(f'[4,"1","{code}","",{{}}]', "1.6")
    assert (finding.rule, finding.fatal) == ("error-code", False)


@pytest.mark.parametrize(("version", "fatal"), [("1.6", False), ("2.0.1", True)])
def test_a_long_error_description_is_a_fault_where_there_is_a_limit(
    version: str, fatal: bool
) -> None:
    assert rules(f'[4,"1","GenericError","{"é" * 255}",{{}}]', version) == []
    finding = only(f'[4,"1","GenericError","{"é" * 256}",{{}}]', version)
    assert (finding.rule, finding.fatal) == ("error-description-length", fatal)
    assert "256" in finding.text


def test_several_faults_of_one_frame_are_all_told() -> None:
    text = f'[4,"{"x" * 37}","Oops","{"d" * 256}",[],1]'
    assert rules(text) == [
        "message-id-length",
        "element-count",
        "error-code",
        "error-description-length",
        "error-details-type",
    ]


@pytest.mark.parametrize(
    ("frame", "text"),
    [
        (Call("1", "A", {"é": 8.1, "i": 6}), '[2,"1","A",{"é":8.1,"i":6}]'),
        (CallResult("1", {}), '[3,"1",{}]'),
        (CallError("-1", "RpcFrameworkError", "", {}), '[4,"-1","RpcFrameworkError","",{}]'),
    ],
)
def test_a_frame_is_written_as_short_as_can_be(frame: Frame, text: str) -> None:
    assert serialize(frame) == text


def test_what_json_cannot_say_is_never_sent() -> None:
    with pytest.raises(ValueError, match="JSON"):
        serialize(CallResult("1", {"a": float("nan")}))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
SURROGATES = st.text(st.characters(categories=None, min_codepoint=0xD7F0, max_codepoint=0xE010))


@settings(deadline=None)
@given(st.text() | SURROGATES | st.binary(), st.sampled_from(BOTH))
def test_no_input_makes_it_raise(data: str | bytes, version: str) -> None:
    frame, findings = parse(data, version)
    assert frame is not None or findings


@settings(deadline=None)
@given(st.lists(JSON, max_size=6), st.sampled_from(BOTH))
def test_no_array_makes_it_raise_and_what_is_read_can_be_written(
    document: list[object], v: str
) -> None:
    frame, findings = parse(json.dumps(document), v)
    assert frame is not None or findings
    if frame is not None:
        assert parse(serialize(frame), v)[0] == frame


@settings(deadline=None)
@given(st.sampled_from([2, 3, 4]), st.text(), JSON, JSON, JSON, st.integers(0, 200))
def test_no_truncated_frame_makes_it_raise(
    kind: int, uid: str, a: object, b: object, c: object, end: int
) -> None:
    text = json.dumps([kind, uid, a, b, c], ensure_ascii=False)[:end]
    for version in BOTH:
        parse(text, version)
        parse(text.encode(errors="surrogatepass"), version)


@settings(deadline=None)
@given(st.text(max_size=36), st.text(), st.dictionaries(st.text(), st.integers() | st.text()))
def test_what_is_written_is_read_again(uid: str, action: str, payload: dict[str, object]) -> None:
    frame = Call(uid, action, payload)
    assert parse(serialize(frame), "2.0.1") == (frame, ())
