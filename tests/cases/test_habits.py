"""Conforming systems of other makes pass: what no option of a reference system has."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from conformance import inprocess
from conformance.cases import Case, Result
from conformance.demo import reference_for
from conformance.prove import judge
from conformance.reference import link_16, link_201
from conformance.sut import Sut
from conformance.verdict import Verdict
from tests.cases.freedom import Variant, implemented_cases, label
from tests.cases.habits import (
    Booting,
    Chatty,
    Curious,
    Dropping,
    Habit,
    Slow,
    Trimming,
    judged,
)

LAYER = [case for case in implemented_cases() if case.id.startswith("OCPPJ")]
SECURITY = [
    case
    for case in implemented_cases()
    if case.entry.section.startswith(("2.24", "3.21", "Security"))
]
HABITS: dict[str, tuple[type[Habit], ...]] = {
    "CS": (Chatty, Slow, Booting, Dropping),
    "CSMS": (Curious, Slow, Dropping),
}
# In these the reference system boots by itself, or leaves before an answer that is late is out.
OUT_OF_PLACE: dict[str, set[type[Habit]]] = {
    "OCPPJ_33_CS": {Booting},
    "OCPPJ_36_CS": {Booting},
    "OCPPJ_58_CS": {Slow},
}
FIRST, AGAIN = 30.0, 10.0


def habits(case: Case) -> list[type[Habit]]:
    """Return the habits that a system of this role and version may have."""
    found = [h for h in HABITS[case.entry.role] if h not in OUT_OF_PLACE.get(case.id, ())]
    return [h for h in found if h is not Dropping or case.entry.version != "1.6"]


def told(result: Result) -> tuple[Verdict, str]:
    return result.verdict, result.reason


@pytest.mark.parametrize("case", LAYER, ids=label)
def test_a_habit_changes_no_verdict(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    sut = reference_for(case.entry)
    results = {h.__name__: judged(sut, case, h, monkeypatch) for h in habits(case)}
    wrong = {name: told(r) for name, r in results.items() if r.verdict is not Verdict.PASS}
    assert wrong == {}


def over(case: Case, profile: int) -> Sut:
    """Return a reference system over a security profile."""
    return Variant(security_profile=profile).sut(case.entry.version, case.entry.role)


@pytest.mark.parametrize(
    ("case", "profile"),
    [
        pytest.param(case, profile, id=f"{case.id}-{profile}")
        for case in SECURITY
        for profile in (1, 2, 3)
        if not case.entry.unmet(over(case, profile).features)
    ],
)
def test_no_habit_of_speaking_changes_a_verdict_on_security(
    case: Case, profile: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    habit = Chatty if case.entry.role == "CS" else Curious
    assert told(judged(over(case, profile), case, habit, monkeypatch)) == (Verdict.PASS, "")


class LetsOff(inprocess.InProcess):
    """Waits half a minute before it connects again, and twice as long after each refusal."""

    wait = 0.0

    async def _dial_in(self) -> Any:  # noqa: ANN401 - a wire of either side
        await asyncio.sleep(self.wait)
        self.wait = 2 * self.wait + AGAIN if self.wait else FIRST
        wire = await super()._dial_in()
        self.wait = FIRST
        return wire


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
@pytest.mark.parametrize("name", ["50", "51", "52", "67", "70", "71", "72"])
def test_a_station_may_let_off_from_a_csms_that_refuses_it(
    name: str, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How long it waits is longer than the limit that is declared for a connection."""
    (case,) = (c for c in LAYER if (c.id, c.entry.version) == (f"OCPPJ_{name}_CS", version))
    limits = {"message_timeout": 30, "connect_timeout": 60}
    monkeypatch.setattr(inprocess, "InProcess", LetsOff)
    result = judge(reference_for(case.entry).changed({"limits": limits}), case)
    assert told(result) == (Verdict.PASS, "")


@pytest.mark.parametrize(
    "case", [c for c in LAYER if c.id in {"OCPPJ_03_CS", "OCPPJ_03_CSMS"}], ids=label
)
def test_a_message_type_that_is_no_number_may_be_ignored(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OCPP-J 1.6, 4.1.3: a number that is not in the table, or none at all."""

    def none_owed(document: Any, *_: object) -> str | None:  # noqa: ANN401 - any document
        return "" if isinstance(document[0], str) else None

    monkeypatch.setattr(link_16, "refusal_owed", none_owed)
    monkeypatch.setattr(link_201, "refusal_owed", none_owed)
    result = judge(reference_for(case.entry), case)
    assert told(result) == (Verdict.PASS, "")
    (remark,) = result.record.transcript.remarks
    assert "no answer, which is allowed" in remark.text


@pytest.mark.parametrize("case", [c for c in LAYER if c.id.startswith("OCPPJ_41_")], ids=label)
def test_an_id_whose_spaces_are_cut_off_is_another_one(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = judged(reference_for(case.entry), case, Trimming, monkeypatch)
    assert (result.verdict, result.step) == (Verdict.FAIL, "2"), result.reason
