"""The options of the 1.6 charge point that are about keys, lists, triggers and meters show."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.reference.options_16 import StationOptions
from tests.reference.bench_16 import Bench, settle
from tests.reference.registry_16 import station, value_of


@station("aligned_interval", "20")
async def aligned_interval(bench: Bench) -> None:
    await settle(61)
    assert bench.times("MeterValues") == pytest.approx([20, 20, 40, 40, 60, 60], abs=0.1)


async def measured(bench: Bench, connector: int = 1) -> list[dict[str, Any]]:
    """Return the values that a trigger brings."""
    bench.forget()
    await bench.request("TriggerMessage", requested_message="MeterValues", connector_id=connector)
    (message,) = bench.calls("MeterValues")
    return [v for m in message["meterValue"] for v in m["sampledValue"]]


@station("sampled_measurands", "Voltage,Current.Import.L2,Temperature,Frequency")
async def sampled_measurands(bench: Bench) -> None:
    assert [(v["measurand"], v.get("phase"), v.get("unit")) for v in await measured(bench)] == [
        ("Voltage", "L1-N", "V"),
        ("Voltage", "L2-N", "V"),
        ("Voltage", "L3-N", "V"),
        ("Current.Import", "L2", "A"),
        ("Temperature", None, "Celsius"),
        ("Frequency", None, None),
    ]


@station("aligned_measurands", "Power.Offered,Voltage.L1")
async def aligned_measurands(bench: Bench) -> None:
    await bench.configure("ClockAlignedDataInterval", "5")
    await settle(5)
    values = bench.calls("MeterValues")[0]["meterValue"][0]["sampledValue"]
    assert [v["measurand"] for v in values] == ["Power.Offered", "Voltage"]


@station("main_meter", "true")
async def main_meter(bench: Bench) -> None:
    await bench.charge(1)
    await bench.charge(2)
    await bench.configure("ClockAlignedDataInterval", "1800")
    await settle(1800)
    by_connector = {
        m["connectorId"]: (m["meterValue"][0]["sampledValue"][0], m.get("transactionId"))
        for m in bench.calls("MeterValues")
    }
    assert [(n, v["location"], t) for n, (v, t) in by_connector.items()] == [
        (0, "Inlet", None),
        (1, "Outlet", 1),
        (2, "Outlet", 2),
    ]
    energy = {n: float(v["value"]) for n, (v, _) in by_connector.items()}
    assert energy[0] == energy[1] + energy[2] > 0
    bench.forget()
    await bench.request("TriggerMessage", requested_message="MeterValues")
    assert [m["connectorId"] for m in bench.calls("MeterValues")] == [0, 1, 2]


@station("kilo", "true")
async def kilo(bench: Bench) -> None:
    await bench.configure("MeterValuesSampledData", "Power.Active.Import,Voltage")
    await bench.charge()
    power, voltage, *_ = await measured(bench)
    assert (power["value"], power["unit"], voltage["unit"]) == ("11.0000", "kW", "V")


@station("omit_meter_defaults", "true")
async def omit_meter_defaults(bench: Bench) -> None:
    assert await measured(bench) == [{"value": "0.0000", "context": "Trigger"}]


@station("value_for_each_measurand", "true")
async def value_for_each_measurand(bench: Bench) -> None:
    await bench.configure("MeterValuesSampledData", "Power.Active.Import,Power.Offered")
    await measured(bench)
    values = bench.calls("MeterValues")[0]["meterValue"]
    assert [len(m["sampledValue"]) for m in values] == [1, 1]


@station("meter_at_ends", "true")
async def meter_at_ends(bench: Bench) -> None:
    await bench.configure("MeterValueSampleInterval", "10")
    await bench.charge()
    await settle(10)
    await bench.plug_out()
    contexts = [
        m["meterValue"][0]["sampledValue"][0]["context"] for m in bench.calls("MeterValues")
    ]
    assert contexts == ["Transaction.Begin", "Sample.Periodic", "Transaction.End"]


@station("extra_sample", "true")
async def extra_sample(bench: Bench) -> None:
    await bench.configure("MeterValueSampleInterval", "30")
    await bench.charge()
    begin = bench.times("StartTransaction")[0]
    await settle(65)
    times = [at - begin for at in bench.times("MeterValues")]
    assert times == pytest.approx([10, 30, 60], abs=0.1)


@station("small_keys", "true")
async def small_keys(bench: Bench) -> None:
    answer = await bench.request("GetConfiguration", key=["ResetRetries"])
    assert answer.configuration_key[0]["key"] == "resetretries"


@station("omit_empty_values", "true")
async def omit_empty_values(bench: Bench) -> None:
    answer = await bench.request("GetConfiguration", key=["StopTxnSampledData", "ResetRetries"])
    assert [entry.get("value") for entry in answer.configuration_key] == [None, "0"]


@station("max_keys", "2")
async def max_keys(bench: Bench) -> None:
    assert await value_of(bench, "GetConfigurationMaxKeys") == "2"
    for keys in (["ResetRetries"] * 2, ["ResetRetries"] * 3):
        await bench.wires[-1].send(
            json.dumps([2, str(len(keys)), "GetConfiguration", {"key": keys}])
        )
    await settle()
    answers = bench.answers("GetConfiguration")
    assert len(answers[1]["configurationKey"]) == 2
    assert answers[2] == "OccurenceConstraintViolation"


@station("optional_keys", "false")
async def no_optional_keys(bench: Bench) -> None:
    answer = await bench.request("GetConfiguration", key=["LightIntensity", "BlinkRepeat"])
    assert answer.unknown_key == ["LightIntensity", "BlinkRepeat"]


@station("local_list_length", "7")
async def local_list_length(bench: Bench) -> None:
    assert await value_of(bench, "LocalAuthListMaxLength") == "7"


@station("send_list_length", "7")
async def send_list_length(bench: Bench) -> None:
    assert await value_of(bench, "SendLocalListMaxLength") == "7"


@station("errors_for_refusals", "true")
async def errors_for_refusals(bench: Bench) -> None:
    await bench.configure("LocalAuthListEnabled", "false")
    for action, payload, code in (
        ("ChangeConfiguration", {"key": "ResetRetries", "value": "-1"},
         "PropertyConstraintViolation"),
        ("GetLocalListVersion", {}, "NotSupported"),
        ("TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": 9},
         "PropertyConstraintViolation"),
    ):  # fmt: skip
        await bench.wires[-1].send(json.dumps([2, action, action, payload]))
        await settle()
        assert bench.answers(action)[-1] == code


@station("unsupported", "NotImplemented")
async def an_action_that_nobody_knows(bench: Bench) -> None:
    bench.station.controller.all.options = StationOptions(
        profiles=("Core",), unsupported="NotImplemented"
    )
    await bench.wires[-1].send('[2,"1","GetLocalListVersion",{}]')
    await settle()
    assert bench.answers("GetLocalListVersion") == ["NotImplemented"]


@station("foreign", "Rejected")
async def foreign(bench: Bench) -> None:
    assert (await bench.request("DataTransfer", vendor_id="Elsewhere")).status == "Rejected"


@station("boots_when_triggered", "true")
async def boots_when_triggered(bench: Bench) -> None:
    bench.forget()
    answer = await bench.request("TriggerMessage", requested_message="BootNotification")
    assert answer.status == "Accepted"
    assert bench.actions() == ["BootNotification"]


@station("no_firmware_trigger", "true")
async def no_firmware_trigger(bench: Bench) -> None:
    bench.station.controller.all.options = StationOptions(
        profiles=("Core", "FirmwareManagement"), no_firmware_trigger=True
    )
    for message, status in (
        ("FirmwareStatusNotification", "NotImplemented"),
        ("DiagnosticsStatusNotification", "Accepted"),
    ):
        answer = await bench.request("TriggerMessage", requested_message=message)
        assert answer.status == status
