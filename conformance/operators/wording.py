"""What an action is called: in a sentence for people, and on a command line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

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


def sentence(action: Action) -> str:
    """Say what a person has to do."""
    return _SENTENCES[type(action)](action)


def _place(evse: int, connector: int) -> str:
    if connector == 0:
        return "the whole station" if evse == 0 else f"EVSE {evse}"
    return f"connector {connector}" if evse == connector else f"connector {connector}, EVSE {evse}"


def _plug_in(action: PlugIn) -> str:
    where = _place(action.evse, action.connector)
    if action.halfway:
        return f"Put the plug only halfway into {where}, so that it cannot be locked."
    return f"Connect the EV to {where}."


def _fault(action: Fault) -> str:
    where = _place(action.evse, action.connector)
    return f"Bring {where} into a fault." if action.faulted else f"Remove the fault of {where}."


def _limit(action: ExternalLimit) -> str:
    if action.limit is None:
        return "Take the external charging limit away."
    return f"Limit charging to {action.limit:g} A from outside OCPP."


def _profile(wish: Mapping[str, Any]) -> str:
    return f"the charging profile {', '.join(f'{k} {v}' for k, v in wish.items())}"


def _start(action: RemoteStart) -> str:
    profile = f" and {_profile(asdict(action.profile))}" if action.profile else ""
    told = f"Start a transaction remotely on {action.evse} with the token {action.token}"
    return f"{told} ({action.kind}){profile}."


def _set_profile(action: SetProfile) -> str:
    told = f"Set on {action.evse} {_profile(asdict(action.profile))}"
    return told + (f", for transaction {action.transaction}." if action.transaction else ".")


def _retries(action: UpdateFirmware | AskDiagnostics | AskLog) -> str:
    told = "" if action.retries is None else f", with {action.retries} retries"
    pause = action.retry_interval
    return told + ("" if pause is None else f", every {pause} s")


def _where(evse: int | None) -> str:
    return "" if evse is None else f" of {evse}"


def _transfer(action: TransferData) -> str:
    message = "" if action.message is None else f", message {action.message}"
    data = "" if action.data is None else f", data {action.data!r}"
    return f"Send a DataTransfer of vendor {action.vendor}{message}{data}."


def _configuration(action: AskConfiguration) -> str:
    keys = ", ".join(action.keys)
    return f"Read the configuration key {keys}." if keys else "Read all configuration keys."


def _local_list(action: SendLocalList) -> str:
    told = f"Send a {action.update} local authorization list"
    tokens = f" with {', '.join(action.tokens)}" if action.tokens else ", empty"
    if action.removed:
        tokens = f"{tokens if action.tokens else ''} without {', '.join(action.removed)}"
    return f"{told}{tokens} ({action.kind})." if action.kind else f"{told}{tokens}."


def _reserve(action: Reserve) -> str:
    where = str(action.evse) if action.evse else "the station (connector 0)"
    group = "" if action.group is None else f", group {action.group}"
    token = f"the token {action.token} ({action.kind}{group})"
    return f"Reserve {where} for {token}, for {action.expires_in} s from now."


def _clear(action: ClearProfile) -> str:
    told = {name: value for name, value in asdict(action).items() if value is not None}
    if not told:
        return "Clear all charging profiles, naming none."
    words = ", ".join(f"{name} {value}" for name, value in told.items())
    return f"Clear the charging profile with {words}, and name nothing else."


def _signed(action: UpdateSignedFirmware) -> str:
    told = f"Have signed firmware installed from {action.location}, from {action.retrieve_date} on"
    return (
        f"{told}, with the signature {action.signature} and the certificate\n{action.certificate}"
    )


def _period(action: AskDiagnostics) -> str:
    begin = f" from {action.start_time}" if action.start_time else ""
    return begin + (f" up to {action.stop_time}" if action.stop_time else "")


_SENTENCES: Final[Mapping[type[Action], Callable[[Any], str]]] = {
    PlugIn: _plug_in,
    PlugOut: lambda a: f"Take the cable out of {_place(a.evse, a.connector)}, at both ends.",
    UnplugEv: lambda a: (
        f"Take the cable of {_place(a.evse, a.connector)} out at the EV, and only there."
    ),
    PresentToken: lambda a: (
        f"Present the token {a.token} ({a.kind}) for {_place(a.evse, a.connector)}."
    ),
    Reboot: lambda _: "Switch the station off and on again.",
    Power: lambda a: f"Switch the power of the station {'on' if a.on else 'off'}.",
    Fault: _fault,
    UnlockFailure: lambda a: (
        f"Make the unlocking of connectors {'fail' if a.failing else 'work again'}."
    ),
    ListRefusal: lambda a: (
        f"Make the station {'refuse local lists' if a.refusing else 'take local lists again'}."
    ),
    ExternalLimit: _limit,
    ParkingBay: lambda a: f"Drive the EV {'into' if a.occupied else 'out of'} the parking bay.",
    SetSecurityProfile: lambda a: f"Set the security profile of the station to {a.profile}.",
    RemoteStart: _start,
    RemoteStop: lambda a: f"Stop the transaction {a.transaction} remotely.",
    SetProfile: _set_profile,
    AskCompositeSchedule: lambda a: (
        f"Ask for the composite schedule of {a.evse} for {a.duration} s in {a.unit}."
    ),
    AskVariable: lambda a: f"Read the variable {a.component}.{a.variable}.",
    UpdateFirmware: lambda a: (
        f"Have the firmware updated from {a.location}, from {a.retrieve_date} on{_retries(a)}."
    ),
    AskDiagnostics: lambda a: f"Ask for diagnostics{_period(a)}, to {a.location}{_retries(a)}.",
    Unlock: lambda a: f"Unlock {_place(a.evse, a.connector)}.",
    Reset: lambda a: f"Reset the station ({a.kind}).",
    ChangeAvailability: lambda a: (
        f"Set {a.evse or 'the station'} {'operative' if a.operative else 'inoperative'}."
    ),
    AskConfiguration: _configuration,
    ChangeConfiguration: lambda a: f"Set the configuration key {a.key} to {a.value!r}.",
    ClearCache: lambda _: "Clear the authorization cache of the station.",
    TransferData: _transfer,
    Trigger: lambda a: (
        f"Trigger {a.message}{_where(a.evse)}{' by ExtendedTriggerMessage' if a.extended else ''}."
    ),
    AskLocalListVersion: lambda _: "Ask for the version of the local authorization list.",
    SendLocalList: _local_list,
    Reserve: _reserve,
    CancelReservation: lambda a: f"Cancel the reservation {a.reservation}.",
    ClearProfile: _clear,
    AskLog: lambda a: f"Ask for the {a.log}, to {a.location}{_retries(a)}.",
    UpdateSignedFirmware: _signed,
    AskCertificates: lambda a: f"Ask for the installed certificates of kind {a.kind}.",
    InstallCertificate: lambda a: f"Install as {a.kind} the certificate\n{a.certificate}",
    DeleteCertificate: lambda a: f"Delete the {a.kind}\n{a.certificate}",
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
        elif isinstance(value, tuple):
            yield from ((f"{prefix}{kebab(name)}", str(element)) for element in value)
        elif value is not None:
            told = str(value).lower() if isinstance(value, bool) else str(value)
            yield f"{prefix}{kebab(name)}", told
