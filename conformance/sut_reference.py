"""What the tool's own reference systems are and can, as the tables of a sut.toml."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from conformance.reference.options_16 import CsmsOptions, StationOptions
from conformance.reference.options_201 import StationOptions201

Options: TypeAlias = Mapping[str, str | float | bool]

_FEATURES: Final = {
    ("1.6", "CS"): ("16-LOCAL-STOP",),
    ("1.6", "CSMS"): (),
    ("2.0.1", "CS"): (
        *("core", "smart-charging", "C-09.1", "C-09.2", "C-09.3", "C-09.4", "C-09.5", "C-09.6"),
        *("C-10.1", "C-10.2", "C-10.3", "C-10.4", "C-10.5", "C-06.2", "C-12.1", "C-30", "C-36"),
        *("C-48.1", "C-48.2", "C-51", "C-52", "C-70", "C-40.1", "C-40.2", "C-40.3", "C-40.4"),
        *("C-40.5", "C-02", "C-29", "C-58", "SC-2.1", "SC-2.2", "AQ-9", "HFS-1", "HFS-3", "HFS-7"),
    ),
    ("2.0.1", "CSMS"): ("core", "smart-charging", "C-30", "C-31", "C-35", "C-36", "C-37", "C-45"),
}
# What a feature profile brings with it, on an OCPP 1.6 charge point.
_OF_PROFILES: Final = {
    "FirmwareManagement": ("16-FIRMWARE",),
    "LocalAuthListManagement": ("16-LOCAL-LIST", "16-LOCAL-LIST-DISABLE"),
    "Reservation": ("16-RESERVATION",),
    "SmartCharging": ("16-SMART-CHARGING",),
    "RemoteTrigger": ("16-REMOTE-TRIGGER",),
}
# What options take from or give to an OCPP 1.6 charge point. `has(name)` is a boolean option.
_OF_OPTIONS: Final[Mapping[str, Callable[[Callable[[str], bool]], bool]]] = {
    "16-STOP-ON-DISCONNECT": lambda has: has("stop_without_ev") or has("stop_without_ev_writable"),
    "16-SUSPEND-ON-DISCONNECT": lambda has: has("stop_without_ev_writable"),
    "16-BACKUP-POWER": lambda has: has("power_reserve"),
    "16-OFFLINE-UNKNOWN": lambda has: has("unknown_offline"),
    "16-FIXED-CABLE": lambda has: has("fixed_cable"),
    "16-RESERVE-0": lambda has: has("reserve_zero"),
    "16-PING-INTERVAL": lambda has: has("optional_keys"),
    "16-CACHE": lambda has: has("cache"),
    "16-SECURITY.1": lambda has: has("security"),
    "16-SECURITY.2": lambda has: has("security"),
    "16-SECURITY.3": lambda has: has("security"),
    "16-AUTHORIZE-REMOTE": lambda has: has("authorize_remote") or has("authorize_remote_writable"),
}
# The same of a central system.
_OF_CSMS_PROFILES: Final = {
    "FirmwareManagement": ("16-FIRMWARE",),
    "LocalAuthListManagement": ("16-LOCAL-LIST",),
    "Reservation": ("16-RESERVATION",),
    "SmartCharging": ("16-SMART-CHARGING",),
    "RemoteTrigger": ("16-REMOTE-TRIGGER",),
}
_OF_CSMS_OPTIONS: Final[Mapping[str, Callable[[Callable[[str], bool]], bool]]] = {
    "16-UNKNOWN-CONNECTOR": lambda has: has("unknown_connectors"),
    "16-SECURITY.1": lambda has: has("security"),
    "16-SECURITY.2": lambda has: has("security"),
    "16-SECURITY.3": lambda has: has("security"),
}
_GROUP: Final = {"group_member_token": "TAG003", "group": "GROUP1"}
_GROUPS: Final = {
    "valid": "TAG001,TAG002,TAG003",
    "parents": "TAG001:GROUP1,TAG003:GROUP1",
}
# From which value on a number is a feature.
_FROM: Final = {"16-MAX-PROFILES-3": ("max_profiles", 3), "16-MAX-PERIODS-5": ("max_periods", 5)}
_TOKENS: Final = {
    "id_token": "TAG001",
    "id_token2": "TAG002",
    "invalid_token": "INVALID01",
    "blocked_token": "BLOCKED01",
    "expired_token": "EXPIRED01",
}


def reference_tables(version: str, role: str, name: str, options: Options) -> dict[str, Any]:
    """Return the tables that declare a reference system with these options; times are short."""
    station = role == "CS"
    if (version, role) == ("1.6", "CS"):
        # Optional, and ten seconds of waiting in the one case that is about it.
        options = {"minimum_status_duration": False, "reconnect_longest": 1.0, **options}
    if station:  # longer than any answer of the tool takes, and waited for in few cases only
        options = {"message_timeout": 10, "boot_retry": 1.0, **options}
    if (version, role) == ("1.6", "CSMS"):
        options = {"boot_interval": 1, **_GROUPS, **options}
    values: dict[str, Any] = {**_TOKENS, "retry_interval": 1}
    if version == "1.6":
        values |= {"connection_timeout": 1, "reservation_duration": 1}
    if (version, role) == ("1.6", "CSMS"):
        values |= _GROUP
    if station:
        values |= {"heartbeat_interval": 1, "transaction_duration": 0, "offline_duration": 0.5}
        values |= {"message_attempt_interval": 1}
        values |= {"ping_interval": 1}
        values |= {"meter_interval": 1, "aligned_interval": 2}
    if station and version == "2.0.1":
        values["backoff_minimum"] = 1
        values["tx_start_points"] = _words(options.get("tx_start", "EVConnected,Authorized"))
        values["tx_stop_points"] = _words(options.get("tx_stop", "EVConnected"))
    return {
        "sut": {
            "name": name,
            "version": version,
            "role": role,
            **_identity(version, role, options),
        },
        # A port of the system's choice, so that several runs do not disturb each other.
        "connection": {"host": "127.0.0.1", "port": 0} if station else {},
        "topology": _topology(version, options) if station else {},
        "features": _features(version, role, options),
        "values": values,
        "files": {"firmware_version": "2.0"} if station else {},
        "limits": {"message_timeout": 5, "silence": 0.5, "deviation": 0.5},
        "operator": {"kind": "embedded", "options": dict(options)},
    }


def _identity(version: str, role: str, options: Options) -> dict[str, str]:
    """Return what a reference system says of itself: a CSMS is this tool."""
    if role == "CSMS":
        return {"vendor": "ocpp-conformance", "model": "reference"}
    usual = StationOptions() if version == "1.6" else StationOptions201()
    return {key: str(options.get(key, getattr(usual, key))) for key in ("vendor", "model")}


def _features(version: str, role: str, options: Options) -> list[str]:
    always = _FEATURES[version, role]
    if version != "1.6":
        return list(always)
    usual = StationOptions() if role == "CS" else CsmsOptions()

    def value(option: str) -> str:
        return str(options.get(option, getattr(usual, option)))

    def has(option: str) -> bool:
        return value(option).lower() == "true"

    profiles = _words(options.get("profiles", ",".join(usual.profiles)))
    table = _OF_PROFILES if role == "CS" else _OF_CSMS_PROFILES
    of_profiles = (f for profile in profiles for f in table.get(profile, ()))
    of_options = _OF_OPTIONS if role == "CS" else _OF_CSMS_OPTIONS
    numbers = _FROM if role == "CS" else {}
    of_numbers = (f for f, (option, least) in numbers.items() if int(value(option)) >= least)
    return [
        *always,
        *of_profiles,
        *(f for f, there in of_options.items() if there(has)),
        *of_numbers,
    ]


def _words(value: object) -> list[str]:
    return [word.strip() for word in str(value).split(",")]


def _topology(version: str, options: Options) -> dict[str, Any]:
    if version == "1.6":
        return {"connectors": int(options.get("connectors", 2))}
    connectors = list(range(1, int(options.get("connectors", 1)) + 1))
    evses = range(1, int(options.get("evses", 2)) + 1)
    return {"evses": [{"id": evse, "connectors": connectors} for evse in evses]}
