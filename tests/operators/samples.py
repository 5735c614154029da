"""One action of every kind, and a wish for a charging profile."""

from __future__ import annotations

from conformance.operators.actions import (
    Action,
    AskCompositeSchedule,
    AskDiagnostics,
    AskVariable,
    ParkingBay,
    PlugIn,
    PlugOut,
    PresentToken,
    ProfileWish,
    Reboot,
    RemoteStart,
    RemoteStop,
    SetProfile,
    UpdateFirmware,
)

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
STATION: tuple[Action, ...] = (
    PLUG_IN,
    PlugOut(evse=1, connector=2),
    PresentToken(token="TAG 1&2", kind="ISO14443", evse=1, connector=2),
    Reboot(),
    ParkingBay(occupied=True),
)
CSMS: tuple[Action, ...] = (
    RemoteStart(token="TAG1", kind="ISO14443", evse=1, profile=WISH),
    RemoteStop(transaction="42"),
    SetProfile(evse=0, profile=WISH),
    AskCompositeSchedule(evse=1, duration=300, unit="W"),
    AskVariable(component="OCPPCommCtrlr", variable="HeartbeatInterval"),
    UpdateFirmware(
        location="ftp://127.0.0.1:2121/fw.bin",
        retrieve_date="2026-03-01T12:00:00Z",
        retries=0,
        retry_interval=1,
    ),
    AskDiagnostics(location="http://127.0.0.1:8080/logs", retries=2),
)
EVERY = STATION + CSMS
