"""The closed set of things a case can ask an operator to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, kw_only=True)
class PlugIn:
    """Connect the EV to a connector (on 1.6, `evse` and `connector` are both the connectorId).

    `halfway` puts the plug in so far only that the connector cannot be locked.
    """

    evse: int
    connector: int
    halfway: bool = False


@dataclass(frozen=True, kw_only=True)
class PlugOut:
    """Take the cable out again, at the EV and at the station."""

    evse: int
    connector: int


@dataclass(frozen=True, kw_only=True)
class UnplugEv:
    """Take the cable out at the EV only; at the station it stays."""

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
class Power:
    """Switch the station's power off, or on again."""

    on: bool


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Bring a connector into a fault, or out of it; evse 0, connector 0 is the whole station."""

    faulted: bool
    evse: int
    connector: int


@dataclass(frozen=True, kw_only=True)
class UnlockFailure:
    """Make the unlocking of connectors fail, or work again."""

    failing: bool


@dataclass(frozen=True, kw_only=True)
class ListRefusal:
    """Make the station refuse the local authorization lists that it is sent, or take them again."""

    refusing: bool


@dataclass(frozen=True, kw_only=True)
class ExternalLimit:
    """Limit charging from outside OCPP, in A per phase; None takes the limit away."""

    limit: float | None


@dataclass(frozen=True, kw_only=True)
class ParkingBay:
    """Drive the EV into the parking bay, or out of it."""

    occupied: bool


@dataclass(frozen=True, kw_only=True)
class SetSecurityProfile:
    """Set the station's security profile other than over OCPP, where it cannot be lowered."""

    profile: int


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
    """Make the CSMS set a charging profile on `evse` (1.6: connectorId; 0 is the station).

    A TxProfile is for the transaction `transaction` (1.6: the number, as text).
    """

    evse: int
    profile: ProfileWish
    transaction: str | None = None


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


@dataclass(frozen=True, kw_only=True)
class Unlock:
    """Make the CSMS unlock a connector (1.6: both are the connectorId)."""

    evse: int
    connector: int


@dataclass(frozen=True, kw_only=True)
class Reset:
    """Make the CSMS reset the station; `kind` is "Hard" or "Soft" (2.0.1: Immediate or OnIdle)."""

    kind: str


@dataclass(frozen=True, kw_only=True)
class ChangeAvailability:
    """Make the CSMS take an EVSE (1.6: connectorId; 0 is the station) out of service, or back."""

    evse: int
    operative: bool


@dataclass(frozen=True, kw_only=True)
class AskConfiguration:
    """Make the CSMS read configuration keys of OCPP 1.6; no keys: all that there are."""

    keys: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ChangeConfiguration:
    """Make the CSMS set a configuration key of OCPP 1.6."""

    key: str
    value: str


@dataclass(frozen=True, kw_only=True)
class ClearCache:
    """Make the CSMS clear the station's authorization cache."""


@dataclass(frozen=True, kw_only=True)
class TransferData:
    """Make the CSMS send a DataTransfer; None leaves a field out."""

    vendor: str
    message: str | None = None
    data: str | None = None


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """Make the CSMS ask for a message, of one EVSE (1.6: connectorId) unless that is None.

    `extended` stands for the ExtendedTriggerMessage of 1.6's security extension.
    """

    message: str
    evse: int | None = None
    extended: bool = False


@dataclass(frozen=True, kw_only=True)
class AskLocalListVersion:
    """Make the CSMS ask for the version of the local authorization list."""


@dataclass(frozen=True, kw_only=True)
class SendLocalList:
    """Make the CSMS send a local authorization list; the version is its own choice.

    `update` is "Full" or "Differential". `tokens`, all of the idToken type `kind`, are to be in
    the list with what the CSMS knows of them; those in `removed` are to be taken out of it.
    """

    update: str
    tokens: tuple[str, ...]
    kind: str
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reserve:
    """Make the CSMS reserve `evse` (1.6: connectorId; 0 is any) for a token; the id is its own.

    The reservation ends `expires_in` seconds from now; `group` is the token's group (1.6: the
    parentIdTag), which may use it too.
    """

    evse: int
    token: str
    kind: str
    expires_in: int
    group: str | None = None


@dataclass(frozen=True, kw_only=True)
class CancelReservation:
    """Make the CSMS cancel the reservation with the id `reservation`, known to it or not."""

    reservation: int


@dataclass(frozen=True, kw_only=True)
class ClearProfile:
    """Make the CSMS clear one charging profile by its id, those that meet what is given, or all."""

    profile: int | None = None
    evse: int | None = None
    purpose: str | None = None
    stack_level: int | None = None


@dataclass(frozen=True, kw_only=True)
class AskLog:
    """Make the CSMS ask for a log (`log` is "SecurityLog", ...), to be uploaded to `location`."""

    log: str
    location: str
    retries: int | None = None
    retry_interval: int | None = None


@dataclass(frozen=True, kw_only=True)
class UpdateSignedFirmware:
    """Make the CSMS have signed firmware installed (1.6: SignedUpdateFirmware).

    `signature` is in base64, `certificate` the PEM text of the signing certificate.
    """

    location: str
    retrieve_date: str
    signature: str
    certificate: str


@dataclass(frozen=True, kw_only=True)
class AskCertificates:
    """Make the CSMS ask which root certificates of a kind are installed."""

    kind: str


@dataclass(frozen=True, kw_only=True)
class InstallCertificate:
    """Make the CSMS install a root certificate, given as PEM text."""

    kind: str
    certificate: str


@dataclass(frozen=True, kw_only=True)
class DeleteCertificate:
    """Make the CSMS delete a root certificate, given as PEM text; the CSMS finds its hash data."""

    kind: str
    certificate: str


StationAction: TypeAlias = (
    PlugIn
    | PlugOut
    | UnplugEv
    | PresentToken
    | Reboot
    | Power
    | Fault
    | UnlockFailure
    | ListRefusal
    | ExternalLimit
    | ParkingBay
    | SetSecurityProfile
)
CsmsIntent: TypeAlias = (
    RemoteStart
    | RemoteStop
    | SetProfile
    | AskCompositeSchedule
    | AskVariable
    | UpdateFirmware
    | AskDiagnostics
    | Unlock
    | Reset
    | ChangeAvailability
    | AskConfiguration
    | ChangeConfiguration
    | ClearCache
    | TransferData
    | Trigger
    | AskLocalListVersion
    | SendLocalList
    | Reserve
    | CancelReservation
    | ClearProfile
    | AskLog
    | UpdateSignedFirmware
    | AskCertificates
    | InstallCertificate
    | DeleteCertificate
)
Action: TypeAlias = StationAction | CsmsIntent
