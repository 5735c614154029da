"""The general precondition on MinimumStatusDuration: set once for a run, and put back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from conformance import Station
from conformance.cases import Case
from conformance.verdict import Verdict
from tests.engine.stage import case, declared, on_bench
from tests.miniatures.miniature import Miniature, Payload

NAME = "MinimumStatusDuration"


async def nothing(station: Station) -> None:
    """Nothing is asked for."""
    station.remark("", *())


def catalogued() -> Case:
    """Return a case that is in a catalogue."""
    wanted = case(nothing)
    return replace(wanted, entry=replace(wanted.entry, profiles={"core": "M"}))


def told(value: str, *, readonly: bool = False) -> Payload:
    """Return what a charge point tells of the key."""
    return {"configurationKey": [{"key": NAME, "readonly": readonly, "value": value}]}


def played(
    read: Payload | None, status: str = "Accepted"
) -> tuple[list[Mapping[str, Any]], list[str]]:
    """Return what was asked for in a run of two cases, and what was remarked on."""
    answers: dict[str, Any] = {"ChangeConfiguration": {"status": status}}
    if read is not None:
        answers["GetConfiguration"] = read
    it = Miniature(declared(), answers)

    async def play(bench: Any) -> list[str]:  # noqa: ANN401
        results = [await bench.run(catalogued()) for _ in range(2)]
        assert [r.verdict for r in results] == [Verdict.PASS] * 2
        assert [len(r.record.transcript.remarks) for r in results[1:]] == [0]
        return [remark.text for remark in results[0].record.transcript.remarks]

    remarks = on_bench(it, play)
    return [frame[3] for _, frame in it.got if frame[0] == 2], remarks


READ = {"key": [NAME]}


def change(value: str) -> dict[str, str]:
    """Return the request that sets the key."""
    return {"key": NAME, "value": value}


def test_another_value_is_0_for_the_run_and_put_back() -> None:
    asked, remarks = played(told("10"))
    assert asked == [READ, change("0"), change("10")]
    assert remarks == [f"{NAME} is 10, and is 0 for this run (test cases of OCPP 1.6, 1.3)"]


@pytest.mark.parametrize(
    "read",
    [
        told("0"),
        told("00"),
        {"unknownKey": [NAME]},
        {"configurationKey": [{"key": NAME, "readonly": False}]},
        told(""),
        None,
    ],
    ids=["0", "00", "unknown", "no value", "empty", "a CALLERROR"],
)
def test_where_there_is_nothing_to_do_nothing_is_done(read: Payload | None) -> None:
    assert played(read) == ([READ], [])


def test_a_key_that_cannot_be_changed_is_worth_a_remark() -> None:
    asked, remarks = played(told("10", readonly=True))
    assert asked == [READ]
    assert "cannot be set to 0 (read-only): a status may be reported late" in remarks[0]
    asked, remarks = played(told("10"), status="Rejected")
    assert asked == [READ, change("0")]
    assert "cannot be set to 0 (Rejected)" in remarks[0]


def test_a_reboot_puts_it_into_force() -> None:
    asked, remarks = played(told("10"), status="RebootRequired")
    assert asked == [READ, change("0"), change("10")]
    assert "is 0 for this run, from the next reboot on" in remarks[0]


def test_what_a_charge_point_never_answers_is_left_alone() -> None:
    async def silent(it: Miniature, uid: str, payload: Payload) -> None:
        del it, uid, payload

    it = Miniature(declared(), {"GetConfiguration": silent})
    result = on_bench(it, lambda bench: bench.run(catalogued()))
    assert result.verdict is Verdict.PASS


def test_an_answer_that_is_not_valid_is_left_alone() -> None:
    asked, remarks = played({"configurationKey": "spoiled"})
    assert (asked, remarks) == ([READ], [])


@pytest.mark.parametrize(("version", "role"), [("2.0.1", "CS"), ("1.6", "CSMS")])
def test_others_have_no_such_key(version: str, role: str) -> None:
    boot = {"status": "Accepted", "currentTime": "2026-11-30T16:00:00Z", "interval": 300}
    it = Miniature(
        declared(version, role),  # type: ignore[arg-type]
        {"BootNotification": boot, "StatusNotification": {}},
    )
    on_bench(it, lambda bench: bench.run(catalogued()))
    assert not [frame for _, frame in it.got if frame[0] == 2 and "key" in frame[3]]
