from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.conditions import Condition, ConditionError, parse

IDS = ["C-44", "AQ-6", "C-06.1", "16-SECURITY.2", "iso15118"]


def truth(condition: Condition, features: frozenset[str]) -> bool:
    """Judge by Python's own operators."""
    words = str(condition).replace("(", " ( ").replace(")", " ) ").split()
    kept = [w if w in ("(", ")", "and", "or", "not") else str(w in features) for w in words]
    return bool(eval(" ".join(kept)))  # noqa: S307 - of True, False, and, or, not


def texts() -> st.SearchStrategy[str]:
    words = st.sampled_from(["{} and {}", "{} AND {}", "{} or {}", "{}  Or {}"])

    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        wrapped = inner.map("({})".format)
        return st.one_of(
            st.builds(str.format, words, inner, inner),
            st.builds(str.format, words, wrapped, wrapped),
            inner.map("not ({})".format),
            inner.map("NOT {}".format),
        )

    return st.recursive(st.sampled_from(IDS), larger, max_leaves=12)


def sets() -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(IDS))


@given(texts())
def test_what_is_written_reads_back_the_same(text: str) -> None:
    condition = parse(text)

    assert parse(str(condition)) == condition


@given(texts(), sets())
def test_a_condition_holds_where_its_truth_table_says(text: str, features: frozenset[str]) -> None:
    condition = parse(text)

    assert condition.holds(features) == truth(condition, features)


@given(texts(), sets())
def test_only_an_unmet_condition_has_an_explanation(text: str, features: frozenset[str]) -> None:
    condition = parse(text)

    assert bool(condition.unmet(features)) != condition.holds(features)


@given(texts(), sets())
def test_features_that_are_not_named_decide_nothing(text: str, features: frozenset[str]) -> None:
    condition = parse(text)

    assert condition.holds(features) == condition.holds(features & condition.features())


@given(st.text(alphabet="CAB-4.()andortN \t%", max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ConditionError):
        condition = parse(text)

        assert parse(str(condition)) == condition


@pytest.mark.parametrize("text", ["", "  ", "\t\n"])
def test_a_blank_text_always_holds(text: str) -> None:
    condition = parse(text)

    assert condition.holds(frozenset())
    assert condition.unmet(frozenset()) == ""
    assert condition.features() == set()
    assert str(condition) == ""


@pytest.mark.parametrize(
    ("text", "features", "holds"),
    [
        ("A or B and C", {"A"}, True),
        ("(A or B) and C", {"A"}, False),
        ("not A and B", {"B"}, True),
        ("not (A and B)", {"B"}, True),
        ("not A or B", {"A", "B"}, True),
        ("not not A", {"A"}, True),
        ("C-06", {"C-06.1"}, False),
        ("c-06", {"C-06"}, False),
    ],
)
def test_and_binds_tighter_than_or_and_not_tightest(
    text: str, features: set[str], holds: bool
) -> None:
    assert parse(text).holds(features) is holds


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("A OR (B or C)", "A or B or C"),
        ("(A and B) or C", "A and B or C"),
        ("(A or B) AND Not (C)", "(A or B) and not C"),
        ("not(A and B)", "not (A and B)"),
        ("not not (A)", "not not A"),
    ],
)
def test_it_is_written_with_no_more_parentheses_than_needed(text: str, written: str) -> None:
    assert str(parse(text)) == written


@pytest.mark.parametrize(
    ("text", "features", "sentence"),
    [
        ("C-44 or not AQ-6", {"AQ-6", "C-13"}, "needs C-44 or not AQ-6; declared: AQ-6"),
        ("C-49 and (C-30 or C-31)", {"C-49"}, "needs C-30 or C-31; declared: none of them"),
        ("C-49 and C-53", set(), "needs C-49 and C-53; declared: none of them"),
        ("A and (B or C) and not D", {"D"}, "needs A and (B or C) and not D; declared: D"),
        ("not A", {"A"}, "needs not A; declared: A"),
        ("A", {"A"}, ""),
    ],
)
def test_the_explanation_names_what_decides(text: str, features: set[str], sentence: str) -> None:
    assert parse(text).unmet(features) == sentence


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("A B", "expected and, or, or the end, not 'B', at character 3 of 'A B'"),
        ("A or", "expected a feature id, not the end, at character 5 of 'A or'"),
        ("and", "expected a feature id, not 'and', at character 1 of 'and'"),
        ("(A", "expected and, or, or a closing parenthesis, not the end, at character 3 of '(A'"),
        ("A)", "expected and, or, or the end, not ')', at character 2 of 'A)'"),
        ("()", "expected a feature id, not ')', at character 2 of '()'"),
        ("A or  > 1", "'>' has no meaning, at character 7 of 'A or  > 1'"),
        ("C-36-(or) C-39", "expected and, or, or the end, not '(', at character 6 of"),
    ],
)
def test_a_fault_is_told_with_its_place(text: str, fault: str) -> None:
    with pytest.raises(ConditionError) as raised:
        parse(text)

    assert str(raised.value).startswith(fault)


def test_the_features_are_all_that_are_named() -> None:
    assert parse("C-44 or not (AQ-6 and C-44)").features() == {"C-44", "AQ-6"}
