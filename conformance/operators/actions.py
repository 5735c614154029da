"""The closed set of things a case can ask an operator to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, kw_only=True)
class PlugIn:
    """Connect the EV to a connector (on 1.6, `evse` and `connector` are both the connectorId)."""

    evse: int
    connector: int


@dataclass(frozen=True, kw_only=True)
class PlugOut:
    """Take the cable out again, at the EV and at the station."""

    evse: int
    connector: int


@dataclass(frozen=True, kw_only=True)
class PresentToken:
    """Present an identification at the station; `kind` is the idToken type ("ISO14443", ...)."""

    token: str
    kind: str
    evse: int
    connector: int


@dataclass(frozen=True, kw_only=True)
class Reboot:
    """Switch the station off and on."""


@dataclass(frozen=True, kw_only=True)
class ParkingBay:
    """Drive the EV into the parking bay, or out of it."""

    occupied: bool


@dataclass(frozen=True, kw_only=True)
class ProfileWish:
    """What a charging profile that the CSMS sends is to say; the CSMS chooses the rest.

    `limit` is in `unit` ("A" or "W"), `duration` in seconds. `valid` asks for validFrom now and
    validTo now + duration; `profile_id` is a suggestion.
    """

    purpose: str
    kind: str
    stack_level: int
    unit: str
    limit: float
    duration: int
    number_phases: int
    profile_id: int = 1
    valid: bool = False


@dataclass(frozen=True, kw_only=True)
class RemoteStart:
    """Make the CSMS start a transaction remotely, with a charging profile if one is wished."""

    token: str
    kind: str
    evse: int
    profile: ProfileWish | None = None


@dataclass(frozen=True, kw_only=True)
class RemoteStop:
    """Make the CSMS stop the transaction `transaction` (1.6: the number, as text)."""

    transaction: str


@dataclass(frozen=True, kw_only=True)
class SetProfile:
    """Make the CSMS set a charging profile on `evse` (1.6: connectorId; 0 is the station)."""

    evse: int
    profile: ProfileWish


@dataclass(frozen=True, kw_only=True)
class AskCompositeSchedule:
    """Make the CSMS ask for the composite schedule of the next `duration` seconds."""

    evse: int
    duration: int
    unit: str


@dataclass(frozen=True, kw_only=True)
class AskVariable:
    """Make the CSMS read one variable of the device model."""

    component: str
    variable: str


@dataclass(frozen=True, kw_only=True)
class UpdateFirmware:
    """Make the CSMS have the firmware updated from `location`, from `retrieve_date` (RFC 3339) on.

    `retries` and `retry_interval` (in seconds) are left out of the request where they are None.
    """

    location: str
    retrieve_date: str
    retries: int | None = None
    retry_interval: int | None = None


@dataclass(frozen=True, kw_only=True)
class AskDiagnostics:
    """Make the CSMS ask for diagnostics, to be uploaded to the folder `location`.

    `start_time` and `stop_time` (RFC 3339) bound what is to be in it; None leaves a field out.
    """

    location: str
    retries: int | None = None
    retry_interval: int | None = None
    start_time: str | None = None
    stop_time: str | None = None


StationAction: TypeAlias = PlugIn | PlugOut | PresentToken | Reboot | ParkingBay
CsmsIntent: TypeAlias = (
    RemoteStart
    | RemoteStop
    | SetProfile
    | AskCompositeSchedule
    | AskVariable
    | UpdateFirmware
    | AskDiagnostics
)
Action: TypeAlias = StationAction | CsmsIntent
