"""What a run may choose of the OCPP 2.0.1 reference systems, read from name=value words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import TypeVar

from conformance.reference.faults_201 import CSMS_FAULTS_201, STATION_FAULTS_201

TX_POINTS = (
    "ParkingBayOccupancy",
    "EVConnected",
    "Authorized",
    "DataSigned",
    "PowerPathClosed",
    "EnergyTransfer",
)
_MUTABILITY = ("ReadWrite", "ReadOnly")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "status_by": ("StatusNotification", "NotifyEvent"),
    "tx_start": TX_POINTS,
    "tx_stop": TX_POINTS,
    "tx_mutability": _MUTABILITY,
    "authorize_remote_mutability": _MUTABILITY,
    "auth_mutability": _MUTABILITY,
    "event_order": ("status-first", "transaction-first"),
    "boot_order": ("status-first", "security-first"),
    "trigger": ("Accepted", "NotImplemented"),
    "security_event": ("auto", "StartupOfTheDevice", "ResetOrReboot"),
    "rate_units": ("A", "W"),
    "boot_status": ("Accepted", "Pending", "Rejected"),
    "invalid_answer": ("Invalid", "Unknown"),
    "blocked_answer": ("Blocked", "Invalid"),
    "expired_answer": ("Expired", "Invalid"),
    "after_boot": ("GetBaseReport", "SetVariables"),
}


@dataclass(frozen=True, kw_only=True)
class StationOptions201:
    """The legal freedom of the charging station; times are in seconds, lists comma-separated.

    `tx_start` and `tx_stop` are the initial TxStartPoint and TxStopPoint. `report_pages` is how
    many messages a report is cut into, as far as it has that many parts. `reboot_required` names
    variables that take effect after the next boot only. `start_button` starts without a token
    (use case C02). `boot_after_reconnect` boots for every connection;
    `backs_off_by_attempts` has as many attempts before the longest wait as
    RetryBackOffRepeatTimes, not as many doublings. `items_per_message` is how many variables one
    request may be about. `cable_lock` refuses a plug before authorization. `hangs_up` ends a
    connection on which an answer does not come in
    `message_timeout` (Part 2, 3.2).
    """

    vendor: str = "Reference"
    model: str = "CS201"
    serial: str = "CS201-0001"
    firmware: str = "1.0"
    evses: int = 2
    connectors: int = 1
    status_by: str = "StatusNotification"
    tx_start: tuple[str, ...] = ("EVConnected", "Authorized")
    tx_stop: tuple[str, ...] = ("EVConnected",)
    tx_mutability: str = "ReadWrite"
    authorize_remote: bool = True
    authorize_remote_mutability: str = "ReadWrite"
    auth_enabled: bool = True
    auth_mutability: str = "ReadWrite"
    cache: bool = False
    event_order: str = "status-first"
    boot_order: str = "status-first"
    report_pages: int = 1
    items_per_message: int = 20
    start_button: bool = False
    closes_when_rejected: bool = False
    trigger: str = "Accepted"
    parking_sensor: bool = True
    parking_evse: int = 1
    heartbeat_at_boot: bool = False
    security_event: str = "auto"
    rate_units: tuple[str, ...] = ("A", "W")
    phases: int = 3
    cable_lock: bool = False
    reboot_required: tuple[str, ...] = ()
    connection_timeout: int = 60
    meter_interval: int = 0
    heartbeat_interval: int = 300
    message_timeout: int = 30
    hangs_up: bool = False
    message_attempts: int = 3
    message_attempt_interval: int = 10
    boot_seconds: float = 0.1
    boot_retry: float = 10.0
    reconnect_wait: float = 0.5
    offers: tuple[str, ...] = ()
    compresses: bool = False
    boot_after_reconnect: bool = False
    backs_off_by_attempts: bool = False
    faults: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class CsmsOptions201:
    """The legal freedom of the CSMS; tokens are comma-separated, compared without case.

    `group` is the groupIdToken of the valid tokens, if they have one.
    `boot_status` is the sequence of answers to BootNotification of a station, the last one for
    good. `after_boot` names the requests that are sent right behind an accepting answer, so that
    they cross the station's first messages. `omit_three_phases` leaves numberPhases out where it
    would be 3, the value that a station assumes anyway (K01.FR.49).
    """

    valid: tuple[str, ...] = ("TAG001", "TAG002")
    blocked: tuple[str, ...] = ("BLOCKED01",)
    expired: tuple[str, ...] = ("EXPIRED01",)
    group: str = ""
    invalid_answer: str = "Invalid"
    blocked_answer: str = "Blocked"
    expired_answer: str = "Expired"
    boot_status: tuple[str, ...] = ("Accepted",)
    interval: int = 300
    after_boot: tuple[str, ...] = ()
    omit_three_phases: bool = False
    message_timeout: int = 30
    faults: frozenset[str] = frozenset()


Options = TypeVar("Options", StationOptions201, CsmsOptions201)


def station_options(given: Mapping[str, str], faults: Iterable[str] = ()) -> StationOptions201:
    """Read the station's options; raise ValueError that names a wrong one and its neighbour."""
    return _read(StationOptions201(), given, faults, STATION_FAULTS_201)


def csms_options(given: Mapping[str, str], faults: Iterable[str] = ()) -> CsmsOptions201:
    """Read the CSMS's options; raise ValueError that names a wrong one and its neighbour."""
    return _read(CsmsOptions201(), given, faults, CSMS_FAULTS_201)


def _read(
    default: Options,
    given: Mapping[str, str],
    faults: Iterable[str],
    known_faults: Mapping[str, str],
) -> Options:
    names = {f.name for f in fields(default)} - {"faults"}
    values: dict[str, object] = {}
    for word, text in given.items():
        name = word.replace("-", "_")
        if name not in names:
            raise ValueError(f"unknown option {word!r}{_nearest(name, names)}")
        values[name] = _value(name, text, getattr(default, name))
    chosen = frozenset(faults)
    for fault in sorted(chosen - known_faults.keys()):
        raise ValueError(f"unknown fault {fault!r}{_nearest(fault, known_faults)}")
    return type(default)(**values, faults=chosen)  # type: ignore[arg-type]


def _nearest(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, sorted(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(sorted(known))}"


def _value(name: str, text: str, default: object) -> object:
    if isinstance(default, bool):
        if text not in {"true", "false"}:
            raise ValueError(f"option {name}: expected true or false, got {text!r}")
        return text == "true"
    if isinstance(default, int | float):
        return _number(name, text, default)
    if isinstance(default, tuple):
        parts = tuple(part.strip() for part in text.split(",") if part.strip())
        return tuple(_chosen(name, part) for part in parts)
    return _chosen(name, text)


def _number(name: str, text: str, default: float) -> float:
    try:
        number = type(default)(text)
    except ValueError:
        raise ValueError(f"option {name}: expected a number, got {text!r}") from None
    if number < 0:
        raise ValueError(f"option {name}: expected no negative number, got {text!r}")
    return number


def _chosen(name: str, text: str) -> str:
    choices = _CHOICES.get(name)
    if choices and text not in choices:
        raise ValueError(f"option {name}: expected {' or '.join(choices)}, got {text!r}")
    return text
