"""One action of every kind, and a wish for a charging profile."""

from __future__ import annotations

from conformance.operators.actions import (
    Action,
    AskCompositeSchedule,
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
)
EVERY = STATION + CSMS
