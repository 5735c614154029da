"""What an action is called: in a sentence for people, and on a command line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

from conformance.operators.actions import (
    Action,
    AskCompositeSchedule,
    AskDiagnostics,
    AskVariable,
    ParkingBay,
    PlugIn,
    PlugOut,
    PresentToken,
    Reboot,
    RemoteStart,
    RemoteStop,
    SetProfile,
    UpdateFirmware,
)


def sentence(action: Action) -> str:
    """Say what a person has to do."""
    return _SENTENCES[type(action)](action)


def _place(evse: int, connector: int) -> str:
    return f"connector {connector}" if evse == connector else f"connector {connector}, EVSE {evse}"


def _profile(wish: Mapping[str, Any]) -> str:
    return f"the charging profile {', '.join(f'{k} {v}' for k, v in wish.items())}"


def _start(action: RemoteStart) -> str:
    profile = f" and {_profile(asdict(action.profile))}" if action.profile else ""
    told = f"Start a transaction remotely on {action.evse} with the token {action.token}"
    return f"{told} ({action.kind}){profile}."


def _retries(action: UpdateFirmware | AskDiagnostics) -> str:
    told = "" if action.retries is None else f", with {action.retries} retries"
    pause = action.retry_interval
    return told + ("" if pause is None else f", every {pause} s")


def _period(action: AskDiagnostics) -> str:
    begin = f" from {action.start_time}" if action.start_time else ""
    return begin + (f" up to {action.stop_time}" if action.stop_time else "")


_SENTENCES: Final[Mapping[type[Action], Callable[[Any], str]]] = {
    PlugIn: lambda a: f"Connect the EV to {_place(a.evse, a.connector)}.",
    PlugOut: lambda a: f"Take the cable out of {_place(a.evse, a.connector)}, at both ends.",
    PresentToken: lambda a: (
        f"Present the token {a.token} ({a.kind}) for {_place(a.evse, a.connector)}."
    ),
    Reboot: lambda _: "Switch the station off and on again.",
    ParkingBay: lambda a: f"Drive the EV {'into' if a.occupied else 'out of'} the parking bay.",
    RemoteStart: _start,
    RemoteStop: lambda a: f"Stop the transaction {a.transaction} remotely.",
    SetProfile: lambda a: f"Set on {a.evse} {_profile(asdict(a.profile))}.",
    AskCompositeSchedule: lambda a: (
        f"Ask for the composite schedule of {a.evse} for {a.duration} s in {a.unit}."
    ),
    AskVariable: lambda a: f"Read the variable {a.component}.{a.variable}.",
    UpdateFirmware: lambda a: (
        f"Have the firmware updated from {a.location}, from {a.retrieve_date} on{_retries(a)}."
    ),
    AskDiagnostics: lambda a: f"Ask for diagnostics{_period(a)}, to {a.location}{_retries(a)}.",
}


def kebab(name: str) -> str:
    """Return a name as command lines write it: PlugIn and plug_in become plug-in."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).replace("_", "-").lower()


def arguments(action: Action) -> list[str]:
    """Return an action as a command line: its name, then --key value for each value."""
    pairs = _flat(asdict(action))
    return [kebab(type(action).__name__), *(word for pair in pairs for word in pair)]


def _flat(values: Mapping[str, Any], prefix: str = "--") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{kebab(name)}-")
        elif value is not None:
            told = str(value).lower() if isinstance(value, bool) else str(value)
            yield f"{prefix}{kebab(name)}", told
