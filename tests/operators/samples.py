"""One action of every kind, and a wish for a charging profile."""

from __future__ import annotations

from conformance.operators.actions import (
    Action,
    AskCertificates,
    AskCompositeSchedule,
    AskConfiguration,
    AskDiagnostics,
    AskLocalListVersion,
    AskLog,
    AskVariable,
    CancelReservation,
    ChangeAvailability,
    ChangeConfiguration,
    ClearCache,
    ClearProfile,
    DeleteCertificate,
    ExternalLimit,
    Fault,
    InstallCertificate,
    ListRefusal,
    ParkingBay,
    PlugIn,
    PlugOut,
    Power,
    PresentToken,
    ProfileWish,
    Reboot,
    RemoteStart,
    RemoteStop,
    Reserve,
    Reset,
    SendLocalList,
    SetProfile,
    SetSecurityProfile,
    TransferData,
    Trigger,
    Unlock,
    UnlockFailure,
    UnplugEv,
    UpdateFirmware,
    UpdateSignedFirmware,
)

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
PLUG_IN = PlugIn(evse=1, connector=2)
WISH = ProfileWish(
    purpose="TxProfile",
    kind="Relative",
    stack_level=0,
    unit="A",
    limit=6,
    duration=300,
    number_phases=3,
)
PRESENT = PresentToken(token="TAG 1&2", kind="ISO14443", evse=1, connector=2)
REBOOT = Reboot()
PARK = ParkingBay(occupied=True)
STATION: tuple[Action, ...] = (
    PLUG_IN,
    PlugOut(evse=1, connector=2),
    UnplugEv(evse=1, connector=2),
    PRESENT,
    REBOOT,
    Power(on=False),
    Fault(faulted=True, evse=1, connector=2),
    UnlockFailure(failing=True),
    ListRefusal(refusing=True),
    ExternalLimit(limit=10),
    PARK,
    SetSecurityProfile(profile=1),
)
STOP = RemoteStop(transaction="42")
SET_PROFILE = SetProfile(evse=0, profile=WISH)
CSMS: tuple[Action, ...] = (
    RemoteStart(token="TAG1", kind="ISO14443", evse=1, profile=WISH),
    STOP,
    SET_PROFILE,
    AskCompositeSchedule(evse=1, duration=300, unit="W"),
    AskVariable(component="OCPPCommCtrlr", variable="HeartbeatInterval"),
    UpdateFirmware(
        location="ftp://127.0.0.1:2121/fw.bin",
        retrieve_date="2026-03-01T12:00:00Z",
        retries=0,
        retry_interval=1,
    ),
    AskDiagnostics(location="http://127.0.0.1:8080/logs", retries=2),
    Unlock(evse=1, connector=1),
    Reset(kind="Hard"),
    ChangeAvailability(evse=1, operative=False),
    AskConfiguration(keys=("SupportedFeatureProfiles", "HeartbeatInterval")),
    ChangeConfiguration(key="MeterValueSampleInterval", value="60"),
    ClearCache(),
    TransferData(vendor="org.example", message="m", data="d"),
    Trigger(message="MeterValues", evse=1),
    AskLocalListVersion(),
    SendLocalList(update="Full", tokens=("TAG1", "TAG2"), kind="ISO14443"),
    Reserve(evse=1, token="TAG1", kind="ISO14443", expires_in=60, group="GROUP1"),
    CancelReservation(reservation=7),
    ClearProfile(evse=1, purpose="TxDefaultProfile", stack_level=1),
    AskLog(log="SecurityLog", location="http://127.0.0.1:8080/logs"),
    UpdateSignedFirmware(
        location="http://127.0.0.1:8080/fw.bin",
        retrieve_date="2026-03-01T12:00:00Z",
        signature="c2lnbmVk",
        certificate=PEM,
    ),
    AskCertificates(kind="ManufacturerRootCertificate"),
    InstallCertificate(kind="ManufacturerRootCertificate", certificate=PEM),
    DeleteCertificate(kind="ManufacturerRootCertificate", certificate=PEM),
)
EVERY = STATION + CSMS
