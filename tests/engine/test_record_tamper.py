"""What a case requires is recorded; spoiling it makes the case fail there."""

from __future__ import annotations

from typing import Any

import pytest

from conformance import Operator, Station
from conformance.cases import Result
from conformance.matching import MISSING, about_now, one_of, present
from conformance.ocpp16.messages import Authorize, GetConfiguration, Heartbeat, StatusNotification
from conformance.record import Constraint, Record
from conformance.tamper import Tamper, spoiled
from conformance.verdict import Verdict
from tests.engine.stage import declared, passed, run, told
from tests.miniatures.miniature import Miniature, calls, in_turn, reports, soon


def record() -> Record:
    """Return a record on a clock that stands still."""
    return Record(lambda: 1.5)


def test_steps_are_numbered_within_their_state() -> None:
    kept = record()
    kept.prefix = "1/Booted."
    kept.note(5, "tool", "", "x")
    kept.note("", "tool", "", "y")
    assert [e.step for e in kept.transcript.entries] == ["1/Booted.5", "1/Booted"]
    assert kept.taken == {"1/Booted.5"}
    assert kept.transcript.entries[0].at == 1.5


def test_places_are_counted() -> None:
    kept = record()
    assert [kept.place(5), kept.place(5), kept.place(7)] == ["5#1", "5#2", "7#1"]


def test_every_leaf_is_a_constraint() -> None:
    kept = record()
    pattern = {"idTag": "T", "info": {"status": one_of("A", "B")}, "at": present}
    kept.constrain("5#1", 5, "Authorize", pattern, "lost", "time")
    assert [str(c) for c in kept.constraints] == [
        "5#1 lost",
        "5#1 time",
        "5#1 idTag = 'spoiled'",
        "5#1 info.status = 'spoiled'",
        "5#1 at = absent",
    ]
    assert {c.step for c in kept.constraints} == {"5"}


def test_the_inventory_is_the_same_in_every_run() -> None:
    kept = record()
    kept.constrain("1#1", 1, "X", {"at": about_now(within=2)})
    kept.list("2026-11-23T12:00:00.123Z of 3f2b0c1e-1111-4222-8333-123456789abc")
    assert kept.inventory == ["1 X {'at': now ± 2 s}", "<time> of <uuid>"]


@pytest.mark.parametrize(
    ("path", "wrong", "result"),
    [
        ("a", 9, {"a": 9, "b": [{"c": 2}, {"d": 3}]}),
        ("b[0].c", 9, {"a": 1, "b": [{"c": 9}, {"d": 3}]}),
        ("b[1]", MISSING, {"a": 1, "b": [{"c": 2}]}),
        ("a", MISSING, {"b": [{"c": 2}, {"d": 3}]}),
        ("nothing", MISSING, {"a": 1, "b": [{"c": 2}, {"d": 3}]}),
        ("new.x", 9, {"a": 1, "b": [{"c": 2}, {"d": 3}], "new": {"x": 9}}),
    ],
)
def test_one_field_is_spoiled(path: str, wrong: object, result: dict[str, Any]) -> None:
    payload = {"a": 1, "b": [{"c": 2}, {"d": 3}]}
    assert spoiled(payload, path, wrong) == result
    assert payload == {"a": 1, "b": [{"c": 2}, {"d": 3}]}, "the original is left alone"


def test_a_tamper_hits_its_place_and_its_kind() -> None:
    tamper = Tamper(Constraint(place="5#1", step="5", kind="lost"))
    assert not tamper.hits("5#2", "lost")
    assert not tamper.hits("5#1", "field")
    assert not tamper.used
    assert tamper.hits("5#1", "lost", "field")
    assert tamper.used


# Over a case


async def scenario(station: Station, operator: Operator) -> None:
    """A case with a constraint of each kind."""
    await station.call(
        1, GetConfiguration.req(key=["X"]), expect=GetConfiguration.conf(unknownKey=["X"])
    )
    await operator.plug_in(1)
    first = await station.expect(3, StatusNotification.req(connectorId=1, status="Preparing"))
    await station.expect(5, Authorize.req(idTag="TAG001"), delay=2, since=first)
    await station.expect_none(7, Heartbeat.req(), during=3)


def judged(tamper: Tamper | None = None) -> Result:
    """Run the case against a station that is right."""
    it = Miniature(
        declared(),
        {"GetConfiguration": {"unknownKey": ["X"]}},
        {
            "PlugIn": in_turn(reports("Preparing"), soon(2, calls("Authorize", idTag="TAG001"))),
            "PlugOut": reports("Available"),
        },
    )
    return run(it, scenario, tamper=tamper)


def test_what_the_case_requires() -> None:
    assert [str(c) for c in passed(judged()).record.constraints] == [
        "2#1 lost",
        "2#1 callerror",
        "2#1 unknownKey[0] = 'spoiled'",
        "3#1 lost",
        "3#1 connectorId = 1001",
        "3#1 status = 'spoiled'",
        "5#1 lost",
        "5#1 time",
        "5#1 idTag = 'spoiled'",
        "7#1 none",
    ]


@pytest.mark.parametrize("constraint", judged().record.constraints, ids=str)
def test_every_constraint_bites(constraint: Constraint) -> None:
    tamper = Tamper(constraint)
    result = judged(tamper)
    assert tamper.used
    assert (result.verdict, result.step) == (Verdict.FAIL, constraint.step), told(result)
