"""What an operator has done is taken back by what a reverse action says."""

from __future__ import annotations

import pytest

from conformance.operators.actions import (
    Action,
    ExternalLimit,
    Fault,
    ListRefusal,
    ParkingBay,
    PlugIn,
    PlugOut,
    Power,
    PresentToken,
    Reboot,
    UnlockFailure,
)
from conformance.operators.reverse import reverse


@pytest.mark.parametrize(
    ("action", "back"),
    [
        (PlugIn(evse=1, connector=2, halfway=True), PlugOut(evse=1, connector=2)),
        (Power(on=False), Power(on=True)),
        (Fault(faulted=True, evse=0, connector=0), Fault(faulted=False, evse=0, connector=0)),
        (UnlockFailure(failing=True), UnlockFailure(failing=False)),
        (ListRefusal(refusing=True), ListRefusal(refusing=False)),
        (ExternalLimit(limit=0), ExternalLimit(limit=None)),
        (ParkingBay(occupied=True), ParkingBay(occupied=False)),
    ],
)
def test_what_is_taken_back(action: Action, back: Action) -> None:
    assert reverse(action) == back
    assert reverse(back) is None


@pytest.mark.parametrize(
    "action", [Reboot(), PresentToken(token="T", kind="ISO14443", evse=1, connector=1)]
)
def test_what_leaves_nothing_behind(action: Action) -> None:
    assert reverse(action) is None
