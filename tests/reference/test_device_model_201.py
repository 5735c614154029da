"""Reading, setting and reporting the variables of the 2.0.1 station."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reference.bench_201 import Bench, run


def of(component: str, variable: str, **more: object) -> dict[str, Any]:
    return {"component": {"name": component}, "variable": {"name": variable}} | more


async def get(bench: Bench, component: str, variable: str, **more: object) -> dict[str, Any]:
    data = of(component, variable, **more)
    response = await bench.request("GetVariables", get_variable_data=[data])
    assert response.get_variable_result[0]["component"] == data["component"]
    return dict(response.get_variable_result[0])


@pytest.mark.parametrize(
    ("component", "variable", "status", "value"),
    [
        ("OCPPCommCtrlr", "OfflineThreshold", "Accepted", "60"),
        ("ocppcommctrlr", "offlinethreshold", "Accepted", "60"),
        ("TxCtrlr", "TxStartPoint", "Accepted", "EVConnected,Authorized"),
        ("SecurityCtrlr", "BasicAuthPassword", "Rejected", None),
        ("NoCtrlr", "OfflineThreshold", "UnknownComponent", None),
        ("OCPPCommCtrlr", "Nothing", "UnknownVariable", None),
        ("OCPPCommCtrlr", "MessageTimeout", "UnknownVariable", None),
    ],
)
def test_get(component: str, variable: str, status: str, value: str | None) -> None:
    async def test(bench: Bench) -> None:
        result = await get(bench, component, variable)
        assert (result["attribute_status"], result.get("attribute_value")) == (status, value)
        assert result["attribute_type"] == "Actual"

    run(Bench, test)


def test_get_an_instance_and_an_attribute_that_is_not_there() -> None:
    async def test(bench: Bench) -> None:
        data = of("OCPPCommCtrlr", "MessageTimeout") | {
            "variable": {"name": "MessageTimeout", "instance": "Default"}
        }
        response = await bench.request("GetVariables", get_variable_data=[data])
        assert response.get_variable_result[0]["attribute_value"] == "30"
        result = await get(bench, "OCPPCommCtrlr", "OfflineThreshold", attribute_type="Target")
        assert result["attribute_status"] == "NotSupportedAttributeType"
        assert result["attribute_type"] == "Target"

    run(Bench, test)


@pytest.mark.parametrize(
    ("component", "variable", "value", "status"),
    [
        ("OCPPCommCtrlr", "OfflineThreshold", "300", "Accepted"),
        ("OCPPCommCtrlr", "OfflineThreshold", "-1", "Rejected"),
        ("OCPPCommCtrlr", "OfflineThreshold", "many", "Rejected"),
        ("OCPPCommCtrlr", "OfflineThreshold", "1.5", "Rejected"),
        ("OCPPCommCtrlr", "OfflineThreshold", "NaN", "Rejected"),
        ("AuthCtrlr", "AuthorizeRemoteStart", "maybe", "Rejected"),
        ("TxCtrlr", "TxStartPoint", "Authorized", "Accepted"),
        ("TxCtrlr", "TxStartPoint", "Authorized,Nonsense", "Rejected"),
        ("DeviceDataCtrlr", "Nothing", "1", "UnknownVariable"),
        ("NoCtrlr", "Nothing", "1", "UnknownComponent"),
        ("SmartChargingCtrlr", "RateUnit", "A", "Rejected"),
    ],
)
def test_set(component: str, variable: str, value: str, status: str) -> None:
    async def test(bench: Bench) -> None:
        before = (await get(bench, component, variable)).get("attribute_value")
        assert await bench.set(component, variable, value) == status
        after = (await get(bench, component, variable)).get("attribute_value")
        assert after == (value if status == "Accepted" else before)

    run(Bench, test)


def test_what_needs_a_reboot_takes_effect_after_it() -> None:
    async def test(bench: Bench) -> None:
        assert await bench.set("TxCtrlr", "TxStartPoint", "EnergyTransfer") == "RebootRequired"
        assert (await get(bench, "TxCtrlr", "TxStartPoint"))["attribute_value"] == "Authorized"
        await bench.act("reboot")
        value = (await get(bench, "TxCtrlr", "TxStartPoint"))["attribute_value"]
        assert value == "EnergyTransfer"

    run(lambda: Bench({"reboot_required": "TxStartPoint", "tx_start": "Authorized"}), test)


def test_read_only_points() -> None:
    async def test(bench: Bench) -> None:
        assert await bench.set("TxCtrlr", "TxStopPoint", "Authorized") == "Rejected"

    run(lambda: Bench({"tx_mutability": "ReadOnly"}), test)


def test_too_many_items_are_a_callerror() -> None:
    async def test(bench: Bench) -> None:
        data = [of("OCPPCommCtrlr", "OfflineThreshold")] * 21
        with pytest.raises(Exception, match="more than 20"):
            await bench.request("GetVariables", get_variable_data=data)
        assert [f[2] for _, s, f in bench.frames if f[0] == 4] == ["OccurrenceConstraintViolation"]
        bench.errors.clear()

    run(Bench, test)


@pytest.mark.parametrize("base", ["FullInventory", "ConfigurationInventory", "SummaryInventory"])
def test_base_reports(base: str) -> None:
    async def test(bench: Bench) -> None:
        await bench.request("GetBaseReport", request_id=3, report_base=base)
        pages = bench.calls("station", "NotifyReport")
        assert {p["requestId"] for p in pages} == {3}
        assert [p["seqNo"] for p in pages] == [0, 1, 2, 3]
        assert [p.get("tbc", False) for p in pages] == [True, True, True, False]
        data = [d for p in pages for d in p["reportData"]]
        mutable = {d["variableAttribute"][0]["mutability"] for d in data}
        assert ("ReadOnly" in mutable) == (base != "ConfigurationInventory")
        names = {(d["component"]["name"], d["variable"]["name"]) for d in data}
        assert (("OCPPCommCtrlr", "OfflineThreshold") in names) == (base != "SummaryInventory")
        assert (("Connector", "AvailabilityState") in names) == (base != "ConfigurationInventory")
        assert all(d["variableCharacteristics"]["dataType"] for d in data)

    run(lambda: Bench({"report_pages": "4"}), test)


def test_a_report_of_what_is_asked_for() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        wanted = [
            {"component": {"name": "Connector", "evse": {"id": 1, "connector_id": 1}}},
            of("OCPPCommCtrlr", "MessageAttempts"),
        ]
        answer = await bench.request("GetReport", request_id=4, component_variable=wanted)
        assert answer.status == "Accepted"
        data = bench.calls("station", "NotifyReport")[0]["reportData"]
        assert {(d["component"]["name"], d["variable"]["name"]) for d in data} == {
            ("Connector", "AvailabilityState"),
            ("Connector", "Available"),
            ("Connector", "SupplyPhases"),
            ("Connector", "ConnectorType"),
            ("OCPPCommCtrlr", "MessageAttempts"),
        }
        states = [d for d in data if d["variable"]["name"] == "AvailabilityState"]
        assert [d["variableAttribute"][0]["value"] for d in states] == ["Occupied"]
        nothing = await bench.request("GetReport", request_id=5, component_criteria=["Problem"])
        assert nothing.status == "EmptyResultSet"
        assert len(bench.calls("station", "NotifyReport")) == 1

    run(Bench, test)


def test_other_request_id_in_report() -> None:
    async def test(bench: Bench) -> None:
        await bench.request("GetBaseReport", request_id=3, report_base="SummaryInventory")
        assert bench.calls("station", "NotifyReport")[0]["requestId"] == 4

    run(lambda: Bench(station_faults=["other-request-id-in-report"]), test)
