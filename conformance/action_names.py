"""The names of all that an operator can be asked for, as sut.toml may say them."""

from __future__ import annotations

from typing import Literal, TypeAlias

ActionName: TypeAlias = Literal[
    "PlugIn",
    "PlugOut",
    "UnplugEv",
    "PresentToken",
    "Reboot",
    "Power",
    "Fault",
    "UnlockFailure",
    "ListRefusal",
    "ExternalLimit",
    "ParkingBay",
    "RemoteStart",
    "RemoteStop",
    "SetProfile",
    "AskCompositeSchedule",
    "AskVariable",
    "UpdateFirmware",
    "AskDiagnostics",
    "Unlock",
    "Reset",
    "ChangeAvailability",
    "AskConfiguration",
    "ChangeConfiguration",
    "ClearCache",
    "TransferData",
    "Trigger",
    "AskLocalListVersion",
    "SendLocalList",
    "Reserve",
    "CancelReservation",
    "ClearProfile",
    "AskLog",
    "UpdateSignedFirmware",
    "AskCertificates",
    "InstallCertificate",
    "DeleteCertificate",
]
