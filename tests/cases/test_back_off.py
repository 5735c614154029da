"""Stations that connect again too early or too late are found."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from conformance.inprocess import InProcess
from conformance.prove import judge
from conformance.reference.charging_station_201 import ChargingStation201
from conformance.reference.device_model_201 import DeviceModel
from conformance.sut import embedded
from conformance.verdict import Verdict
from conformance.wire.tls import TlsSeen
from tests.cases.freedom import implemented_cases

CASES = {case.id: case for case in implemented_cases()}


@pytest.mark.parametrize(
    ("wait", "after"),
    [
        (lambda failed: 2.1 * 2**failed, None),
        (lambda _: 2.0, "it came after 4.0 s"),
        (lambda _: 0.2, "it came after 3."),
        (lambda failed: 2.5 * 2**failed, "it came after 7.5 s"),
        (lambda failed: 4.0 * 2**failed, "it came after 4.0 s"),
    ],
)
def test_a_back_off_of_its_own(
    monkeypatch: pytest.MonkeyPatch, wait: Callable[[int], float], after: str | None
) -> None:
    monkeypatch.setattr(ChargingStation201, "_back_off", lambda _, failed: wait(failed))
    result = judge(embedded("2.0.1", "CS"), CASES["OCPPJ_99_CS"])
    assert result.verdict is (Verdict.FAIL if after else Verdict.PASS), result.reason
    assert (after or "") in result.reason


@pytest.mark.parametrize("slow", [0.0, 0.8])
def test_slow_handshakes_are_no_back_off(monkeypatch: pytest.MonkeyPatch, slow: float) -> None:
    dial = InProcess._dial_in

    async def slowly(it: InProcess) -> object:
        began = asyncio.get_running_loop().time()
        await asyncio.sleep(slow)
        it.access.handshakes.append(TlsSeen(began=began, took=slow))
        return await dial(it)

    monkeypatch.setattr(InProcess, "_dial_in", slowly)
    result = judge(embedded("2.0.1", "CS"), CASES["OCPPJ_99_CS"])
    assert result.verdict is Verdict.PASS, result.reason


@pytest.mark.parametrize("minimum", [1, 7])
def test_any_minimum_is_right(minimum: int) -> None:
    changes = {"values": {"backoff_minimum": minimum}}
    result = judge(embedded("2.0.1", "CS", changes=changes), CASES["OCPPJ_99_CS"])
    assert result.verdict is Verdict.PASS, result.reason
    assert not result.record.transcript.remarks


@pytest.mark.parametrize("missing", ["WaitMinimum", "RandomRange", "RepeatTimes"])
def test_a_station_without_the_variables_is_not_judged_by_them(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    answer = DeviceModel.answer_get

    def unknown(self: DeviceModel, data: dict[str, Any]) -> dict[str, Any]:
        found = answer(self, data)
        if data["variable"]["name"] != f"RetryBackOff{missing}":
            return found
        named = {name: data[name] for name in ("component", "variable")}
        return {"attribute_status": "UnknownVariable", **named}

    monkeypatch.setattr(DeviceModel, "answer_get", unknown)
    result = judge(embedded("2.0.1", "CS"), CASES["OCPPJ_99_CS"])
    assert result.verdict is Verdict.INCONCLUSIVE
    assert result.reason == (
        f"the station does not have OCPPCommCtrlr.RetryBackOff{missing} (Part 4, 8)"
    )


@pytest.mark.parametrize(
    ("longest", "told"),
    [
        (0.1, "31 times in 3 s"),
        (0.5, "7 times in 3 s"),
        (1.5, ""),
        (30, ""),
    ],
)
def test_a_charge_point_that_never_lets_off_is_remarked_on(longest: float, told: str) -> None:
    options = {"reconnect_wait": min(0.5, longest), "reconnect_longest": longest}
    result = judge(embedded("1.6", "CS", options=options), CASES["OCPPJ_37_CS"])
    assert result.verdict is Verdict.PASS, result.reason
    remarks = [remark.text for remark in result.record.transcript.remarks]
    assert [told in remark for remark in remarks] == [True] * bool(told)
