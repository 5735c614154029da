"""What takes back what an operator has done."""

from __future__ import annotations

from conformance.operators.actions import (
    Action,
    ExternalLimit,
    Fault,
    ListRefusal,
    ParkingBay,
    PlugIn,
    PlugOut,
    Power,
    UnlockFailure,
)


def reverse(action: Action) -> Action | None:
    """Return the action that takes `action` back, or None where there is nothing to take back."""
    back: Action | None = None
    match action:
        case PlugIn(evse=evse, connector=connector):
            back = PlugOut(evse=evse, connector=connector)
        case Power(on=False):
            back = Power(on=True)
        case Fault(faulted=True, evse=evse, connector=connector):
            back = Fault(faulted=False, evse=evse, connector=connector)
        case UnlockFailure(failing=True):
            back = UnlockFailure(failing=False)
        case ListRefusal(refusing=True):
            back = ListRefusal(refusing=False)
        case ExternalLimit() if action.limit is not None:
            back = ExternalLimit(limit=None)
        case ParkingBay(occupied=True):
            back = ParkingBay(occupied=False)
    return back
