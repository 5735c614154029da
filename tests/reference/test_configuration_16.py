"""The configuration keys of the 1.6 charge point and their rules."""

from __future__ import annotations

import pytest

from conformance.reference.configuration_16 import Configuration
from conformance.reference.options_16 import StationOptions
from tests.reference.bench_16 import Bench, run, settle

KEYS = {
    "BlinkRepeat", "ConnectorPhaseRotationMaxLength", "LightIntensity", "MaxEnergyOnInvalidId",
    "MessageTimeout", "MeterValuesAlignedDataMaxLength", "MeterValuesSampledDataMaxLength",
    "StopTxnAlignedDataMaxLength", "StopTxnSampledDataMaxLength", "StopTransactionMaxMeterValues",
    "AllowOfflineTxForUnknownId", "AuthorizationCacheEnabled", "MinimumStatusDuration",
    "ReserveConnectorZeroSupported", "WebSocketPingInterval", "ConnectorSwitch3to1PhaseSupported",
    "SupportedFileTransferProtocols", "AdditionalRootCertificateCheck", "AuthorizationKey",
    "CertificateSignedMaxChainSize", "CertificateStoreMaxLength", "CpoName", "SecurityProfile",
}  # fmt: skip
REQUIRED = {
    "AuthorizeRemoteTxRequests", "ClockAlignedDataInterval", "ConnectionTimeOut",
    "ConnectorPhaseRotation", "GetConfigurationMaxKeys", "HeartbeatInterval",
    "LocalAuthorizeOffline", "LocalPreAuthorize", "MeterValuesAlignedData",
    "MeterValuesSampledData", "MeterValueSampleInterval", "NumberOfConnectors", "ResetRetries",
    "StopTransactionOnEVSideDisconnect", "StopTransactionOnInvalidId", "StopTxnAlignedData",
    "StopTxnSampledData", "SupportedFeatureProfiles", "TransactionMessageAttempts",
    "TransactionMessageRetryInterval", "UnlockConnectorOnEVSideDisconnect",
    "LocalAuthListEnabled", "LocalAuthListMaxLength", "SendLocalListMaxLength",
    "ChargeProfileMaxStackLevel", "ChargingScheduleAllowedChargingRateUnit",
    "ChargingScheduleMaxPeriods", "MaxChargingProfilesInstalled",
}  # fmt: skip


def test_all_required_keys_are_there() -> None:
    known, unknown = Configuration(StationOptions()).read([])
    assert {entry["key"] for entry in known} >= REQUIRED
    assert unknown == []


def test_optional_keys_are_there_too() -> None:
    known, _ = Configuration(StationOptions()).read([])
    assert {entry["key"] for entry in known} == REQUIRED | KEYS


def test_names_are_compared_without_case_and_unknown_ones_come_back() -> None:
    known, unknown = Configuration(StationOptions()).read(["heartbeatINTERVAL", "Colour"])
    assert known == [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}]
    assert unknown == ["Colour"]


@pytest.mark.parametrize(
    ("key", "value", "status"),
    [
        ("HeartbeatInterval", "60", "Accepted"),
        ("heartbeatinterval", "60", "Accepted"),
        ("HeartbeatInterval", "-1", "Rejected"),
        ("HeartbeatInterval", "soon", "Rejected"),
        ("LocalPreAuthorize", "yes", "Rejected"),
        ("LocalPreAuthorize", "True", "Accepted"),
        ("MeterValuesSampledData", "Voltage,Current.Import", "Accepted"),
        ("MeterValuesSampledData", "Warmth", "Rejected"),
        ("MeterValuesSampledData", "SoC", "Rejected"),  # it has no such meter
        ("MeterValuesSampledData", "Voltage.L2, Voltage.L3", "Accepted"),
        ("MeterValuesSampledData", "Voltage.N", "Rejected"),
        ("MeterValuesSampledData", "Voltage,Voltage", "Rejected"),
        ("MeterValuesSampledData", "Voltage,", "Rejected"),
        ("StopTxnAlignedData", "", "Accepted"),
        ("LightIntensity", "101", "Rejected"),
        ("MessageTimeout", "0", "Rejected"),
        ("WebSocketPingInterval", "-1", "Rejected"),
        ("ResetRetries", "2147483648", "Rejected"),
        ("ClockAlignedDataInterval", "86401", "Rejected"),
        ("ConnectorPhaseRotation", "3.RST", "Rejected"),
        ("ConnectorPhaseRotation", "0.RST,1.RTS,2.SRT", "Accepted"),
        ("SupportedFeatureProfiles", "Core", "Rejected"),
        ("ConnectorPhaseRotation", "0.RST,1.Unknown", "Accepted"),
        ("ConnectorPhaseRotation", "RST", "Rejected"),
        ("NumberOfConnectors", "5", "Rejected"),
        ("Colour", "green", "NotSupported"),
        ("ResetRetries", "3", "RebootRequired"),
    ],
)
def test_a_change_is_answered_by_the_rules(key: str, value: str, status: str) -> None:
    configuration = Configuration(StationOptions(reboot_required=("ResetRetries",)))
    assert configuration.change(key, value) == status


def test_what_needs_a_reboot_is_in_force_after_it() -> None:
    configuration = Configuration(StationOptions(reboot_required=("ResetRetries",)))
    configuration.change("ResetRetries", "3")
    assert configuration.text("ResetRetries") == "0"
    configuration.rebooted()
    assert configuration.text("ResetRetries") == "3"


def test_keys_of_what_is_not_supported_are_not_there() -> None:
    options = StationOptions(profiles=("Core",), cache=False, minimum_status_duration=False)
    configuration = Configuration(options)
    for key in (
        "LocalAuthListEnabled",
        "MaxChargingProfilesInstalled",
        "AuthorizationCacheEnabled",
        "MinimumStatusDuration",
    ):
        assert configuration.change(key, "1") == "NotSupported"


def test_a_new_heartbeat_interval_counts_at_once() -> None:
    async def test(bench: Bench) -> None:
        await settle(50)
        await bench.configure("HeartbeatInterval", "20")
        await settle(50)
        assert bench.times("Heartbeat") == [71.0, 91.0]

    run(Bench, test)


@pytest.mark.parametrize(("interval", "pings"), [("30", 3), ("0", 0)])
def test_the_other_side_is_pinged_as_often_as_configured(interval: str, pings: int) -> None:
    async def test(bench: Bench) -> None:
        await bench.configure("WebSocketPingInterval", interval)
        await settle(100)
        assert [text for _, _, text in bench.texts].count("ping") == pings

    run(Bench, test)


def test_a_status_has_to_last() -> None:
    async def test(bench: Bench) -> None:
        await bench.configure("MinimumStatusDuration", "10")
        bench.forget()
        await bench.plug_in()
        await bench.plug_out()
        await settle(30)
        assert bench.actions() == []
        await bench.plug_in()
        await settle(8)
        assert bench.actions() == []
        await settle(5)
        assert bench.actions() == ["Preparing(1)"]

    run(Bench, test)
