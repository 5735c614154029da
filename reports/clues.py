"""Which messages and settings speak for a feature: the tables behind `reports.pics`.

The ids are those of `conformance/features.toml`; the sections stand there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

Verdict: TypeAlias = bool | None  # speaks for the feature, against it, or says nothing
Setting: TypeAlias = tuple[str, Callable[[str], Verdict]]

ACTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "1.6": {
        "GetLocalListVersion": "16-LOCAL-LIST",
        "SendLocalList": "16-LOCAL-LIST",
        "UpdateFirmware": "16-FIRMWARE",
        "GetDiagnostics": "16-FIRMWARE",
        "FirmwareStatusNotification": "16-FIRMWARE",
        "DiagnosticsStatusNotification": "16-FIRMWARE",
        "ReserveNow": "16-RESERVATION",
        "CancelReservation": "16-RESERVATION",
        "SetChargingProfile": "16-SMART-CHARGING",
        "ClearChargingProfile": "16-SMART-CHARGING",
        "GetCompositeSchedule": "16-SMART-CHARGING",
        "TriggerMessage": "16-REMOTE-TRIGGER",
        "ExtendedTriggerMessage": "16-SECURITY",
        "CertificateSigned": "16-SECURITY",
        "SignCertificate": "16-SECURITY",
        "InstallCertificate": "16-SECURITY",
        "DeleteCertificate": "16-SECURITY",
        "GetInstalledCertificateIds": "16-SECURITY",
        "GetLog": "16-SECURITY",
        "LogStatusNotification": "16-SECURITY",
        "SignedUpdateFirmware": "16-SECURITY",
        "SignedFirmwareStatusNotification": "16-SECURITY",
        "SecurityEventNotification": "16-SECURITY",
    },
    "2.0.1": {
        "SendLocalList": "local-authorization-list",
        "GetLocalListVersion": "local-authorization-list",
        "SetChargingProfile": "smart-charging",
        "GetChargingProfiles": "smart-charging",
        "ReportChargingProfiles": "smart-charging",
        "ClearChargingProfile": "smart-charging",
        "GetCompositeSchedule": "smart-charging",
        "ReserveNow": "reservation",
        "CancelReservation": "reservation",
        "ReservationStatusUpdate": "reservation",
        "SetDisplayMessage": "advanced-user-interface",
        "GetDisplayMessages": "advanced-user-interface",
        "ClearDisplayMessage": "advanced-user-interface",
        "NotifyDisplayMessages": "advanced-user-interface",
        "CostUpdated": "advanced-user-interface",
        "SetMonitoringBase": "advanced-device-management",
        "SetMonitoringLevel": "advanced-device-management",
        "SetVariableMonitoring": "advanced-device-management",
        "GetMonitoringReport": "advanced-device-management",
        "ClearVariableMonitoring": "advanced-device-management",
        "NotifyMonitoringReport": "advanced-device-management",
        "NotifyEVChargingNeeds": "iso15118",
        "NotifyEVChargingSchedule": "iso15118",
        "Get15118EVCertificate": "iso15118",
        "TriggerMessage": "C-29",
        "CustomerInformation": "C-14",
    },
}
"""By version and action: the feature that an action belongs to."""


def _true(value: str) -> Verdict:
    return {"true": True, "false": False}.get(value.strip().lower())


def _can_be(value: str) -> Verdict:
    return True if _true(value) else None  # false may only be how it is set just now


def _can_be_not(value: str) -> Verdict:
    return True if _true(value) is False else None


def _there(_: str) -> Verdict:
    return True


def _at_least(least: int) -> Callable[[str], Verdict]:
    return lambda value: int(value) >= least if value.strip().isdecimal() else None


def _lists(word: str) -> Callable[[str], Verdict]:
    return lambda value: word in (part.strip() for part in value.split(","))


def _may_list(word: str) -> Callable[[str], Verdict]:
    return lambda value: True if _lists(word)(value) else None


def _security(profile: int) -> Callable[[str], Verdict]:
    return lambda value: True if value.strip() == str(profile) else None


KEYS: Final[Mapping[str, tuple[Setting, ...]]] = {
    "SupportedFeatureProfiles": (
        ("16-LOCAL-LIST", _lists("LocalAuthListManagement")),
        ("16-FIRMWARE", _lists("FirmwareManagement")),
        ("16-RESERVATION", _lists("Reservation")),
        ("16-SMART-CHARGING", _lists("SmartCharging")),
        ("16-REMOTE-TRIGGER", _lists("RemoteTrigger")),
    ),
    "LocalAuthListEnabled": (("16-LOCAL-LIST-DISABLE", _can_be_not),),
    "AuthorizationCacheEnabled": (("16-CACHE", _there),),
    "AllowOfflineTxForUnknownId": (("16-OFFLINE-UNKNOWN", _there),),
    "AuthorizeRemoteTxRequests": (("16-AUTHORIZE-REMOTE", _can_be),),
    "StopTransactionOnEVSideDisconnect": (("16-STOP-ON-DISCONNECT", _can_be),),
    "ReserveConnectorZeroSupported": (("16-RESERVE-0", _true),),
    "ChargingScheduleMaxPeriods": (("16-MAX-PERIODS-5", _at_least(5)),),
    "MaxChargingProfilesInstalled": (("16-MAX-PROFILES-3", _at_least(3)),),
    "SecurityProfile": tuple((f"16-SECURITY.{n}", _security(n)) for n in (1, 2, 3)),
}
"""OCPP 1.6: what the value of a configuration key says of features."""

_START: Final = ("EVConnected", "Authorized", "DataSigned", "PowerPathClosed", "EnergyTransfer")
_STOP: Final = ("EVConnected", "Authorized", "PowerPathClosed", "EnergyTransfer")
VARIABLES: Final[Mapping[str, tuple[Setting, ...]]] = {
    "SmartChargingCtrlr.Available": (("smart-charging", _true),),
    "ReservationCtrlr.Available": (("reservation", _true),),
    "LocalAuthListCtrlr.Available": (("local-authorization-list", _true),),
    "DisplayMessageCtrlr.Available": (("advanced-user-interface", _true),),
    "MonitoringCtrlr.Available": (("advanced-device-management", _true),),
    "ISO15118Ctrlr.Available": (("iso15118", _true),),
    "AuthCacheCtrlr.Available": (("C-49", _true),),
    "AuthCacheCtrlr.LifeTime": (("C-53", _there),),
    "AuthCacheCtrlr.Policy": (("C-54", _there),),
    "AuthCacheCtrlr.DisablePostAuthorize": (("C-59", _there),),
    "AuthCtrlr.OfflineTxForUnknownIdEnabled": (("C-02", _there),),
    "AuthCtrlr.DisableRemoteAuthorization": (("C-58", _there),),
    "TxCtrlr.MaxEnergyOnInvalidId": (("C-03", _there),),
    "TxCtrlr.TxStartPoint": tuple(
        (f"C-09.{n}", _may_list(word)) for n, word in enumerate(_START, 1)
    ),
    "TxCtrlr.TxStopPoint": tuple((f"C-10.{n}", _may_list(word)) for n, word in enumerate(_STOP, 1)),
    "OCPPCommCtrlr.QueueAllMessages": (("C-21", _there),),
    "ClockCtrlr.TimeOffset": (("C-25", _there),),
    "ClockCtrlr.TimeZone": (("C-26", _there),),
    "SampledDataCtrlr.SignReadings": (("C-42", _there),),
    "SampledDataCtrlr.TxStartedMeasurands": (("C-40.1", _there),),
    "SampledDataCtrlr.TxUpdatedMeasurands": (("C-40.2", _there),),
    "SampledDataCtrlr.TxEndedMeasurands": (("C-40.3", _there),),
    "AlignedDataCtrlr.Measurands": (("C-40.4", _there),),
    "AlignedDataCtrlr.TxEndedMeasurands": (("C-40.5", _there),),
    "SmartChargingCtrlr.RateUnit": (("SC-2.1", _may_list("A")), ("SC-2.2", _may_list("W"))),
    "ReservationCtrlr.NonEvseSpecific": (("R-2", _true),),
    "LocalAuthListCtrlr.DisablePostAuthorize": (("LA-3", _there),),
}
"""OCPP 2.0.1: what the actual value of a variable says of features."""
