"""What shows of the faults of a 1.6 charge point that are about keys, lists and meters."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from tests.reference.bench_16 import Bench, reserve, settle
from tests.reference.registry_16 import value_of

Scene: TypeAlias = Callable[[Bench], Awaitable[object]]


async def _a_key(bench: Bench) -> object:
    answer = await bench.request("GetConfiguration", key=[])
    return "ResetRetries" in {entry["key"] for entry in answer.configuration_key}


async def _a_change(bench: Bench) -> object:
    status = await bench.configure("HeartbeatInterval", "77")
    return status, await value_of(bench, "HeartbeatInterval")


async def _an_unknown_key(bench: Bench) -> object:
    return await bench.configure("Colour", "green")


async def _a_wrong_value(bench: Bench) -> object:
    return await bench.configure("ResetRetries", "-1")


async def _send(bench: Bench, version: int, kind: str) -> str:
    answer = await bench.request("SendLocalList", list_version=version, update_type=kind)
    return str(answer.status)


async def _an_old_list(bench: Bench) -> object:
    await _send(bench, 3, "Full")
    return await _send(bench, 2, "Differential")


async def _an_empty_list(bench: Bench) -> object:
    return (await bench.request("GetLocalListVersion")).list_version


async def _a_new_list(bench: Bench) -> object:
    return await _send(bench, 3, "Full")


async def _a_broken_list(bench: Bench) -> object:
    await bench.act("state", refused_local_auth_list="true")
    return await _send(bench, 3, "Full")


async def _a_disabled_list(bench: Bench) -> object:
    await bench.configure("LocalAuthListEnabled", "false")
    return await _an_empty_list(bench)


async def _an_occupied_connector(bench: Bench) -> object:
    await bench.plug_in()
    return await reserve(bench)


async def _meter_values_of_nothing(bench: Bench) -> object:
    fields = {"requested_message": "MeterValues", "connector_id": 9}
    return (await bench.request("TriggerMessage", **fields)).status


async def _data_of_nobody(bench: Bench) -> object:
    return (await bench.request("DataTransfer", vendor_id="nobody")).status


async def _a_free_connector(bench: Bench) -> object:
    return (await bench.request("UnlockConnector", connector_id=1)).status


async def _a_trigger(bench: Bench) -> object:
    bench.forget()
    answer = await bench.request("TriggerMessage", requested_message="Heartbeat")
    return answer.status, bench.actions()


async def _contexts(bench: Bench) -> object:
    await bench.configure("MeterValueSampleInterval", "360")
    await bench.charge()
    await settle(800)
    values = [m["meterValue"][0]["sampledValue"][0] for m in bench.calls("MeterValues")]
    rising = float(values[0]["value"]) < float(values[1]["value"])
    return len(values), values[0]["context"], rising


def _pings(seconds: str) -> Scene:
    """Count the pings of three minutes, with a ping interval that has been set."""

    async def scene(bench: Bench) -> object:
        await bench.configure("WebSocketPingInterval", seconds)
        await settle(1)
        noted = sum(text == "ping" for _, _, text in bench.texts)
        await settle(180)
        return sum(text == "ping" for _, _, text in bench.texts) - noted

    return scene


async def _the_clock(bench: Bench) -> object:
    await bench.configure("ClockAlignedDataInterval", "60")
    await settle(60)
    return bench.calls("MeterValues")[0]["meterValue"][0]["timestamp"][11:19]


RIGHT = (2, "Sample.Periodic", True)
SCENES: dict[str, tuple[Scene, object, object]] = {
    "forgets-a-key": (_a_key, True, False),
    "ignores-changes": (_a_change, ("Accepted", "77"), ("Accepted", "300")),
    "takes-any-key": (_an_unknown_key, "NotSupported", "Accepted"),
    "takes-any-value": (_a_wrong_value, "Rejected", "Accepted"),
    "takes-old-list": (_an_old_list, "VersionMismatch", "Accepted"),
    "counts-empty-list": (_an_empty_list, 0, 1),
    "counts-disabled-list": (_a_disabled_list, -1, 0),
    "takes-broken-list": (_a_broken_list, "Failed", "Accepted"),
    "refuses-every-list": (_a_new_list, "Accepted", "Failed"),
    "reserves-anything": (_an_occupied_connector, "Occupied", "Accepted"),
    "triggers-anything": (_meter_values_of_nothing, "Rejected", "Accepted"),
    "takes-any-vendor": (_data_of_nobody, "UnknownVendorId", "Accepted"),
    "claims-jammed-locks": (_a_free_connector, "Unlocked", "UnlockFailed"),
    "ignores-triggers": (_a_trigger, ("Accepted", ["Heartbeat"]), ("Accepted", [])),
    "other-meter-context": (_contexts, RIGHT, (2, "Other", True)),
    "meter-counts-down": (_contexts, RIGHT, (2, "Sample.Periodic", False)),
    "samples-too-often": (_contexts, RIGHT, (6, "Sample.Periodic", True)),
    "ignores-ping-interval": (_pings("30"), 6, 3),
    "pings-though-off": (_pings("0"), 0, 3),
    "off-the-clock": (_the_clock, "12:01:00", "12:01:01"),
}
