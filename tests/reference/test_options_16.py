"""Every option of the 1.6 reference systems shows."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from conformance.reference.options_16 import CsmsOptions, StationOptions
from conformance.reference.wire import read_options
from tests.reference import (
    csms_options_16,
    energy_options_16,
    files_options_16,
    power_options_16,
    securing_16,
    session_options_16,
    settings_options_16,
)
from tests.reference.bench_16 import Bench, run, settle
from tests.reference.registry_16 import (
    CSMS,
    CSMS_OF,
    ERRS,
    STATION,
    STATION_OF,
    csms,
    station,
    value_of,
)

assert csms_options_16
assert session_options_16  # the tests of further options, which these register
assert settings_options_16
assert files_options_16
assert power_options_16
assert energy_options_16
assert securing_16


# What a state folder does is in test_memory_16, what is offered in test_offer.
ELSEWHERE = {"state", "offers", "compresses"}


@pytest.mark.parametrize(
    "name", [f.name for f in fields(StationOptions) if f.name not in ELSEWHERE]
)
def test_each_option_of_the_station(name: str) -> None:
    value, test = STATION[name]
    options = {"boot_interval": "0"} | CSMS_OF.get(name, {})
    run(
        lambda: Bench({name: value} | STATION_OF.get(name, {}), options),
        test,
        errors_expected=name in ERRS,
    )


@pytest.mark.parametrize("name", [f.name for f in fields(CsmsOptions)])
def test_each_option_of_the_central_system(name: str) -> None:
    value, test = CSMS[name]
    run(lambda: Bench(csms={name: value}), test)


def in_boot(name: str, field: str) -> None:
    @station(name, "Own")
    async def test(bench: Bench) -> None:
        assert bench.calls("BootNotification")[0][field] == "Own"


in_boot("vendor", "chargePointVendor")
in_boot("model", "chargePointModel")
in_boot("serial", "chargePointSerialNumber")
in_boot("firmware", "firmwareVersion")


@station("connectors", "3")
async def three_connectors(bench: Bench) -> None:
    assert [s["connectorId"] for s in bench.calls("StatusNotification")] == [0, 1, 2, 3]


@station("profiles", "Core,SmartCharging")
async def fewer_profiles(bench: Bench) -> None:
    await bench.wires[-1].send('[2,"1","GetLocalListVersion",{}]')
    await settle()
    assert bench.answers("GetLocalListVersion") == ["NotSupported"]
    assert await value_of(bench, "SupportedFeatureProfiles") == "Core,SmartCharging"


@station("authorize_remote", "false")
async def no_authorization_of_remote_starts(bench: Bench) -> None:
    await bench.plug_in()
    bench.forget()
    await bench.request("RemoteStartTransaction", id_tag="TAG001", connector_id=1)
    assert bench.actions() == ["StartTransaction", "Charging(1)"]


@station("authorize_remote_writable", "false")
async def remote_authorization_is_fixed(bench: Bench) -> None:
    assert await bench.configure("AuthorizeRemoteTxRequests", "false") == "Rejected"


@station("preparing_first", "true")
async def preparing_before_authorize(bench: Bench) -> None:
    bench.forget()
    await bench.present()
    assert sorted(bench.actions()) == ["Authorize", "Preparing(1)"]
    assert bench.actions()[0] == "Preparing(1)"
    await bench.present("NOBODY", connector=2)
    assert bench.actions()[2:] == ["Preparing(2)", "Authorize", "Available(2)"]


@station("status_before_start", "true")
async def charging_before_start(bench: Bench) -> None:
    await bench.charge()
    assert bench.actions()[-2:] == ["Charging(1)", "StartTransaction"]


@station("status_before_stop", "true")
async def finishing_before_stop(bench: Bench) -> None:
    await bench.charge()
    await bench.request("RemoteStopTransaction", transaction_id=1)
    assert bench.actions()[-2:] == ["Finishing(1)", "StopTransaction"]


@station("suspended_first", "true")
async def suspended_before_charging(bench: Bench) -> None:
    await bench.charge()
    assert bench.actions()[-3:] == ["StartTransaction", "SuspendedEVSE(1)", "Charging(1)"]


@station("suspended_last", "EVSE")
async def suspended_before_the_stop(bench: Bench) -> None:
    await bench.charge()
    await bench.request("RemoteStopTransaction", transaction_id=1)
    assert bench.actions()[-3:] == ["SuspendedEVSE(1)", "StopTransaction", "Finishing(1)"]


@station("heartbeat_after_boot", "true")
async def heartbeat_after_boot(bench: Bench) -> None:
    assert bench.actions()[:2] == ["BootNotification", "Heartbeat"]
    await settle(300)
    assert bench.times("Heartbeat") == [0.0, 300.0]


@station("boot_after_reconnect", "true")
async def boot_after_reconnect(bench: Bench) -> None:
    bench.forget()
    await bench.cut()
    assert bench.actions() == ["BootNotification"]


@station("omit_local_reason", "true")
async def no_reason_for_local(bench: Bench) -> None:
    await bench.charge()
    await bench.present()
    assert "reason" not in bench.calls("StopTransaction")[0]


@station("minimum_status_duration", "false")
async def no_minimum_status_duration(bench: Bench) -> None:
    assert await bench.configure("MinimumStatusDuration", "10") == "NotSupported"


@station("status_duration", "10")
async def status_duration(bench: Bench) -> None:
    assert await value_of(bench, "MinimumStatusDuration") == "10"


@station("local_pre_authorize", "true")
async def local_pre_authorize(bench: Bench) -> None:
    assert await value_of(bench, "LocalPreAuthorize") == "true"


@station("cache", "false")
async def no_cache(bench: Bench) -> None:
    assert (await bench.request("ClearCache")).status == "Rejected"


@station("reboot_required", "ResetRetries,HeartbeatInterval")
async def reboot_required(bench: Bench) -> None:
    assert await bench.configure("ResetRetries", "2") == "RebootRequired"
    assert await value_of(bench, "ResetRetries") == "0"
    await bench.act("reboot")
    assert await value_of(bench, "ResetRetries") == "2"


@station("local_limit", "20")
async def local_limit(bench: Bench) -> None:
    assert await limit_of(bench) == ("A", 20.0)


@station("rate_unit", "W")
async def rate_unit(bench: Bench) -> None:
    assert await limit_of(bench) == ("W", 32 * 230 * 3)


@station("rate_units", "A")
async def rate_units(bench: Bench) -> None:
    assert await value_of(bench, "ChargingScheduleAllowedChargingRateUnit") == "Current"


@station("phases", "1")
async def phases(bench: Bench) -> None:
    assert await limit_of(bench, charging_rate_unit="W") == ("W", 32 * 230)


@station("voltage", "400")
async def voltage(bench: Bench) -> None:
    assert await limit_of(bench, charging_rate_unit="W") == ("W", 32 * 400 * 3)


@station("connection_timeout", "7")
async def connection_timeout(bench: Bench) -> None:
    await bench.present()
    await settle(8)
    assert bench.actions()[-1] == "Available(1)"


@station("heartbeat_interval", "17")
async def heartbeat_interval(bench: Bench) -> None:
    # An interval of 0 leaves it to the station; another one replaces it.
    assert await value_of(bench, "HeartbeatInterval") == "17"


@station("meter_interval", "30")
async def meter_interval(bench: Bench) -> None:
    await bench.charge()
    await settle(61)
    assert len(bench.calls("MeterValues")) == 2


@station("message_timeout", "3")
async def message_timeout(bench: Bench) -> None:
    assert bench.station.controller.all.link is not None
    assert bench.station.controller.all.link._response_timeout == 3


@station("boot_seconds", "50")
async def boot_seconds(bench: Bench) -> None:
    bench.forget()
    await bench.act("reboot")
    assert bench.actions() == []
    await settle(50)
    assert bench.actions()[0] == "BootNotification"


@station("boot_retry", "90")
async def boot_retry(bench: Bench) -> None:
    bench.csms._options = CsmsOptions(boot_status=("Rejected", "Accepted"), boot_interval=0)
    bench.csms._boots.clear()
    await bench.act("reboot")
    bench.forget()
    await settle(85)
    assert bench.actions() == []
    await settle(10)
    assert bench.actions()[0] == "BootNotification"


@station("reconnect_wait", "40")
async def reconnect_wait(bench: Bench) -> None:
    await bench.cut()
    assert len(bench.wires) == 1
    await settle(45)
    assert len(bench.wires) == 2


async def limit_of(bench: Bench, **fields: object) -> tuple[str, float]:
    answer = await bench.request("GetCompositeSchedule", connector_id=1, duration=9, **fields)
    schedule = answer.charging_schedule
    return schedule["charging_rate_unit"], schedule["charging_schedule_period"][0]["limit"]


async def status_of(bench: Bench, token: str) -> dict[str, Any]:
    await bench.present(token)
    info: dict[str, Any] = bench.answers("Authorize", "csms")[-1]["idTagInfo"]
    return info


def knows(name: str, token: str, expected: dict[str, Any]) -> None:
    @csms(name, token)
    async def test(bench: Bench) -> None:
        assert await status_of(bench, token.partition(":")[0].lower()) == expected


knows("valid", "MINE", {"status": "Accepted"})
knows("blocked", "MINE", {"status": "Blocked"})
knows("expired", "MINE", {"status": "Expired", "expiryDate": "2020-01-01T00:00:00.000Z"})
knows("parents", "TAG001:GROUP", {"status": "Accepted", "parentIdTag": "GROUP"})


@csms("boot_interval", "25")
async def boot_interval(bench: Bench) -> None:
    assert bench.answers("BootNotification", "csms")[0]["interval"] == 25


@csms("boot_status", "Rejected")
async def boot_status(bench: Bench) -> None:
    await settle(1000)
    statuses = [answer["status"] for answer in bench.answers("BootNotification", "csms")]
    assert statuses == ["Rejected"] * 4


@csms("after_boot", "GetConfiguration,GetLocalListVersion")
async def after_boot(bench: Bench) -> None:
    assert bench.actions("csms") == ["GetConfiguration", "GetLocalListVersion"]
    frames = [(who, f[2]) for _, who, f in bench.frames if f[0] == 2]
    assert frames.index(("csms", "GetConfiguration")) < len(frames) - 2  # crosses the statuses


@csms("omit_three_phases", "true")
async def omit_three_phases(bench: Bench) -> None:
    wish = {"purpose": "TxDefaultProfile", "kind": "Relative", "stack_level": 0, "unit": "A",
            "limit": 6.0, "duration": 300}  # fmt: skip
    for phases in (3, 1):
        body = {"evse": 1, "profile": wish | {"number_phases": phases}}
        assert await bench.wish("SetChargingProfile", **body) == 200
    periods = [
        call["csChargingProfiles"]["chargingSchedule"]["chargingSchedulePeriod"][0]
        for call in bench.calls("SetChargingProfile", "csms")
    ]
    assert periods == [{"startPeriod": 0, "limit": 6.0},
                       {"startPeriod": 0, "limit": 6.0, "numberPhases": 1}]  # fmt: skip


@csms("message_timeout", "4")
async def csms_message_timeout(bench: Bench) -> None:
    assert bench.link._response_timeout == 4


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"colour": "green"}, "unknown option 'colour'"),
        ({"cache": "maybe"}, "option cache: 'maybe' is neither true nor false"),
        ({"connectors": "two"}, "option connectors: 'two' is no number"),
    ],
)
def test_a_wrong_option_is_named(given: dict[str, str], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        read_options(StationOptions, given)


def test_a_dash_in_a_name_is_an_underscore() -> None:
    assert read_options(StationOptions, {"rate-unit": "W"}).rate_unit == "W"
