"""What a case needs of its operator is read off its source, and known before anything is sent."""

from __future__ import annotations

from typing import get_args

import pytest

from conformance import Csms, Operator, Station, Sut, state
from conformance.cases import Case
from conformance.catalogue import load
from conformance.needs import Needs, needs, report, verbs
from conformance.operators.actions import (
    Action,
    ParkingBay,
    PlugIn,
    PlugOut,
    PresentToken,
    Reboot,
    RemoteStart,
    RemoteStop,
    SetProfile,
    Trigger,
)
from conformance.selection import implemented
from conformance.states import Scenario, State


def case(scenario: Scenario, *before: State) -> Case:
    return Case(load("1.6")["TC_010_CSMS"], scenario, before)


def names(found: Needs) -> tuple[list[str], list[str]]:
    return [k.__name__ for k in found.always], [k.__name__ for k in found.sometimes]


@state("Cabled")
async def cabled(operator: Operator) -> None:
    """The cable is in."""
    await operator.plug_in(1)


@state("Cabled and known", needs=(cabled,))
async def known(operator: Operator, sut: Sut) -> None:
    """The driver is known."""
    await operator.present_token(sut.values.id_token)


def test_every_verb_of_the_desk_has_its_action() -> None:
    assert {name for found in verbs().values() for name in found} == {
        kind.__name__ for kind in get_args(Action)
    }
    assert verbs()["ask_for_remote_start"] == ("RemoteStart",)
    assert verbs()["drive_in"] == verbs()["drive_out"] == ("ParkingBay",)


async def straight(csms: Csms, operator: Operator, sut: Sut) -> None:
    """Every run asks for both."""
    await operator.ask_for_remote_start(sut.values.id_token, sut.connector)
    for _ in range(2):
        await csms.operator.ask_for_remote_stop(1)


async def branching(operator: Operator, sut: Sut) -> None:
    """Only some runs ask, but all do at the end."""
    if sut.connector:
        await operator.plug_in(1)
    while sut.connector:
        await operator.plug_out(1)
    await operator.drive_in() if sut.evse else await operator.reboot()
    await operator.plug_in(1)


async def leaving(operator: Operator, sut: Sut) -> None:
    """What comes after a way out is not sure to come."""

    def inside() -> int:
        return 1

    await operator.plug_in(inside())
    if sut.connector:
        return
    await operator.plug_out(1)


async def executing(station: Station) -> None:
    """States are looked into."""
    await station.execute(1, known)


@pytest.mark.parametrize(
    ("found", "always", "sometimes"),
    [
        (case(straight), [RemoteStart, RemoteStop], []),
        (case(branching), [PlugIn], [PlugOut, ParkingBay, Reboot]),
        (case(leaving), [PlugIn], [PlugOut]),
        (case(executing), [PlugIn, PresentToken], []),
        (case(straight, known), [PlugIn, PresentToken, RemoteStart, RemoteStop], []),
    ],
    ids=["straight", "branching", "leaving", "executing", "before"],
)
def test_needs_are_read_off_the_source(
    found: Case, always: list[type], sometimes: list[type]
) -> None:
    assert needs(found) == Needs(tuple(always), tuple(sometimes))


@pytest.mark.parametrize(
    ("case", "always", "sometimes"),
    [
        ("TC_001_CS", ["Reboot"], []),
        ("TC_003_CS", ["PlugIn", "PresentToken"], []),
        ("TC_010_CSMS", ["RemoteStart"], []),
        ("TC_F_02_CS", [], ["ParkingBay", "PlugIn"]),
        ("TC_001_CSMS", [], []),
    ],
)
def test_needs_of_real_cases(case: str, always: list[str], sometimes: list[str]) -> None:
    assert names(needs(implemented()[case])) == (always, sometimes)


class Partly:
    """An operator that can do some of it."""

    name = "partly"

    def __init__(self, *kinds: type[Action]) -> None:
        self._kinds = kinds

    def supports(self, kind: type[Action]) -> bool:
        """Tell what it was made with."""
        return kind in self._kinds

    async def perform(self, action: Action) -> None:
        """Do nothing."""

    async def close(self) -> None:
        """Do nothing."""


def test_what_an_operator_cannot_do_is_told_with_the_cases_that_it_leaves_out() -> None:
    cases = [implemented()[i] for i in ("TC_010_CSMS", "TC_012_CSMS", "TC_056_CSMS")]
    assert list(report(Partly(RemoteStart, Trigger), cases)) == [
        "operator partly: can do 1 of 3 actions that the cases need",
        "  cannot do RemoteStop: INCONCLUSIVE will be TC_012_CSMS",
        "  cannot do SetProfile: INCONCLUSIVE will be TC_056_CSMS",
    ]
    some = [implemented()[i] for i in ("TC_F_01_CS", "TC_F_02_CS")]
    assert list(report(Partly(ParkingBay), some)) == [
        "operator partly: can do 1 of 2 actions that the cases need",
        "  cannot do PlugIn: INCONCLUSIVE will be TC_F_01_CS",
        "  cannot do PlugIn, which these may need: TC_F_02_CS",
    ]
    assert list(report(Partly(RemoteStart, RemoteStop, SetProfile), cases)) == [
        "operator partly: can do 3 of 3 actions that the cases need"
    ]
