from __future__ import annotations

from reports.run import Run
from reports.summary import Counts, Outcome, count, parts, profile_name, profiles
from tests.reports.conftest import CASE, START, Reading


def shown(counts: Counts) -> dict[str, int]:
    return {str(o): n for o, n in counts.by_outcome.items()}


def test_a_waived_fail_counts_as_waived_only(run: Run) -> None:
    assert shown(count(run.cases)) == {
        "PASS": 4,
        "FAIL": 3,
        "ERROR": 1,
        "INCONCLUSIVE": 1,
        "WAIVED": 1,
        "NOT APPLICABLE": 1,
    }
    assert count(run.cases).total == len(run.cases)
    assert count(run.cases).open == 5


def test_nothing_but_a_fail_can_be_waived(reading: Reading) -> None:
    waived = {"waived": "known"}
    found = reading(
        START,
        {**CASE, "verdict": "ERROR", **waived},
        {**CASE, "verdict": "INCONCLUSIVE", **waived},
        {**CASE, "verdict": "PASS", **waived},
    )
    assert shown(count(found.cases)) == {"PASS": 1, "ERROR": 1, "INCONCLUSIVE": 1}


def test_profiles_keep_mandatory_and_conditional_apart(run: Run) -> None:
    station = parts(run)[0]
    found = {p.slug: (shown(p.mandatory), shown(p.conditional)) for p in station.profiles}
    assert found == {
        "core": ({"PASS": 1, "FAIL": 2, "WAIVED": 1}, {}),
        "local-auth-list": ({}, {"FAIL": 1}),
        "reservation": ({"INCONCLUSIVE": 1}, {}),
        "smart-charging": ({"PASS": 1}, {"ERROR": 1}),
        "remote-trigger": ({}, {"NOT APPLICABLE": 1}),
        "": ({}, {"PASS": 1}),
    }
    assert station.profiles[-1].name == "Beyond the programme"


def test_profiles_stand_in_the_order_of_the_documents(reading: Reading) -> None:
    slugs = ("remote-trigger", "something-new", "core")
    found = reading(START, *({**CASE, "profiles": {s: "C"}} for s in slugs))
    assert [p.slug for p in profiles("1.6", found.cases)] == [
        "core",
        "remote-trigger",
        "something-new",
    ]


def test_versions_and_roles_are_parts_of_their_own(run: Run) -> None:
    assert [(p.title, p.counts.total) for p in parts(run)] == [
        ("OCPP 1.6 charge point", 9),
        ("OCPP 2.0.1 CSMS", 2),
    ]


def test_a_case_of_an_unknown_system_is_not_lost(reading: Reading) -> None:
    found = parts(reading(START, {**CASE, "sut": "x", "version": "2.1", "role": "LC"}))
    assert [(p.sut.name, p.title, p.counts.total) for p in found] == [
        ("s", "OCPP 1.6 charge point", 0),
        ("x", "OCPP 2.1 LC", 1),
    ]


def test_outcomes_that_nobody_had_are_zero(run: Run) -> None:
    assert parts(run)[1].counts[Outcome.ERROR] == 0


def test_profiles_are_called_what_people_call_them() -> None:
    assert profile_name("smart-charging") == "Smart Charging"
    assert profile_name("iso15118") == "ISO 15118 Support"
