"""The table [values] of sut.toml: what the specification calls the configured values."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from conformance.sut_sections import GroupField, Seconds, Section, Texts, Token, TokenField, key

WholeSeconds: TypeAlias = Annotated[int, Field(ge=0)]
"""A duration that goes over the wire, where it is a whole number."""

ShortText: TypeAlias = Annotated[str, Field(min_length=1, max_length=20)]
"""A text that every version has room for."""

TxStartPoint: TypeAlias = Literal[
    "ParkingBayOccupancy",
    "EVConnected",
    "Authorized",
    "DataSigned",
    "PowerPathClosed",
    "EnergyTransfer",
]
TxStopPoint: TypeAlias = Literal[
    "ParkingBayOccupancy", "EVConnected", "Authorized", "PowerPathClosed", "EnergyTransfer"
]
MessagePriority: TypeAlias = Literal["AlwaysFront", "InFront", "NormalCycle"]
MessageState: TypeAlias = Literal["Charging", "Faulted", "Idle", "Unavailable"]
_ENERGY = "Energy.Active.Import.Register"


def _rfid(token: str) -> Token:
    return Token(token=token)


def _group(token: str) -> Token:
    return Token(token=token, kind="Central")


class MonitoredVariable(Section):
    """A variable of the device model that a monitor is set on, and the value that triggers it."""

    component: str = "EVSE"
    variable: str = "Power"
    evse: Annotated[int, Field(ge=1)] | None = None
    value: float = 1.0


class Values(Section):
    """What a case sends, presents or waits for, where the specification leaves it open.

    Durations are in seconds, limits in `charging_rate_unit`. A token is a text (then of kind
    ISO14443, a group Central) or {token = "...", kind = "..."}; OCPP 1.6 has no kinds.
    """

    id_token: TokenField = key(_rfid("0A1B2C3D"), "a token that is valid")
    id_token2: TokenField = key(_rfid("0A1B2C3E"), "a second valid token, another group's")
    invalid_token: TokenField = key(_rfid("DEADBEEF"), "a token that nobody knows")
    blocked_token: TokenField = key(_rfid("B10CCED0"), "a token that is blocked")
    expired_token: TokenField = key(_rfid("E0E0E0E0"), "a token that has expired")
    group_member_token: TokenField = key(
        _rfid("0A1B2C3F"), "a valid token of the same group as id_token"
    )
    group: GroupField = key(_group("GROUP1"), "the group (parent) of the tokens of one group")
    master_pass_token: TokenField = key(
        _rfid("0A0A0A0A"), "a token of the master pass group", version="2.0.1"
    )
    master_pass_group: GroupField = key(
        _group("MASTERGROUP"), "the master pass group", version="2.0.1"
    )

    station_vendor: ShortText = key(
        "ocpp-conformance", "who makes the station that the tool plays", role="CSMS"
    )
    station_model: ShortText = key(
        "test-charger", "the model of the station that the tool plays", role="CSMS"
    )
    evse: Annotated[int, Field(ge=1)] = key(1, "the EVSE that is used", version="2.0.1")
    connector: Annotated[int, Field(ge=1)] = key(1, "the connector that is used")
    connector_type: str = key("cType2", "the type of that connector", version="2.0.1")
    authorize_by: Literal["local", "remote"] = key(
        "local",
        'how a case authorizes if it may choose: "local" (a token at the station) or "remote"',
    )

    heartbeat_interval: Annotated[int, Field(ge=1)] = key(
        60, "the interval between Heartbeats that the tool sets", role="CS"
    )
    retry_interval: Annotated[int, Field(ge=1)] = key(
        30, "the interval after which a BootNotification is to be repeated"
    )
    transaction_duration: Seconds = key(5.0, "how long a transaction lasts at least", role="CS")
    connection_timeout: Annotated[int, Field(ge=1)] = key(
        30, "how long a station waits for the cable after an authorization"
    )
    reservation_duration: Annotated[int, Field(ge=1)] = key(
        60, "how long a reservation lasts if nobody uses it"
    )
    offline_duration: Seconds = key(
        10.0, "how long the tool stays away when a case takes a station offline", role="CS"
    )
    offline_threshold: WholeSeconds = key(
        5, "after how long offline a station reports its connectors", version="2.0.1", role="CS"
    )
    message_attempts: Annotated[int, Field(ge=1)] = key(
        3, "how often a transaction message is sent at most", role="CS"
    )
    message_attempt_interval: Annotated[int, Field(ge=1)] = key(
        5, "the wait between these attempts, times the number of the attempt", role="CS"
    )
    ping_interval: WholeSeconds = key(
        10, "WebSocketPingInterval that a case sets, at least", role="CS"
    )
    backoff_minimum: WholeSeconds = key(
        5, "RetryBackOffWaitMinimum of the station", version="2.0.1", role="CS"
    )
    backoff_random: WholeSeconds = key(
        2, "RetryBackOffRandomRange of the station", version="2.0.1", role="CS"
    )
    backoff_repeat: WholeSeconds = key(
        2, "RetryBackOffRepeatTimes of the station", version="2.0.1", role="CS"
    )

    charging_rate_unit: Literal["A", "W"] = key("A", "the unit of charging limits")
    number_phases: Annotated[int, Field(ge=1, le=3)] = key(3, "the phases that are charged on")
    stack_level: Annotated[int, Field(ge=0)] = key(0, "the stack level of charging profiles")
    schedule_duration: Annotated[int, Field(ge=1)] = key(300, "the length of charging schedules")
    local_limit: Annotated[float, Field(gt=0)] | None = key(
        None, "the station's own limit, if it has one", role="CS"
    )
    charging_limit_source: Literal["EMS", "Other", "SO", "CSO"] = key(
        "EMS", "where an external charging limit comes from", version="2.0.1"
    )

    tx_start_points: Annotated[tuple[TxStartPoint, ...], Field(strict=False, min_length=1)] = key(
        ("EVConnected",), "TxCtrlr.TxStartPoint of the station", version="2.0.1", role="CS"
    )
    tx_stop_points: Annotated[tuple[TxStopPoint, ...], Field(strict=False, min_length=1)] = key(
        ("EVConnected",), "TxCtrlr.TxStopPoint of the station", version="2.0.1", role="CS"
    )
    meter_interval: Annotated[int, Field(ge=1)] = key(
        10, "the interval between sampled meter values"
    )
    meter_measurands: Texts = key((_ENERGY,), "the measurands of sampled meter values")
    started_measurands: Texts = key(
        (_ENERGY,), "the measurands at the start of a transaction", version="2.0.1"
    )
    ended_measurands: Texts = key(
        (_ENERGY,), "the measurands at the end of a transaction", version="2.0.1"
    )
    aligned_interval: Annotated[int, Field(ge=1)] = key(
        60, "the interval between clock-aligned meter values"
    )
    aligned_measurands: Texts = key((_ENERGY,), "the measurands of clock-aligned meter values")

    monitor: MonitoredVariable = key(
        MonitoredVariable(), "the variable that monitors are set on", version="2.0.1"
    )
    monitor_severity: Annotated[int, Field(ge=0, le=9)] = key(
        4, "the severity of monitors, 0 (danger) to 9 (debug)", version="2.0.1"
    )
    hardwired_monitor: Annotated[int, Field(ge=0)] | None = key(
        None, "the id of a hard-wired monitor", version="2.0.1", role="CS"
    )
    preconfigured_monitor: Annotated[int, Field(ge=0)] | None = key(
        None, "the id of a pre-configured monitor", version="2.0.1", role="CS"
    )

    message_priority: MessagePriority = key(
        "NormalCycle", "a display message's priority", version="2.0.1"
    )
    message_state: MessageState = key("Idle", "a display message's state", version="2.0.1")
    message_format: Literal["ASCII", "HTML", "URI", "UTF8"] = key(
        "UTF8", "a display message's format", version="2.0.1"
    )
    message_language: str = key("en", "a display message's language", version="2.0.1")
    unsupported_priority: MessagePriority | None = key(
        None, "a priority that the station does not know", version="2.0.1", role="CS"
    )
    unsupported_state: MessageState | None = key(
        None, "a state that the station does not know", version="2.0.1", role="CS"
    )

    vendor_id: str = key("org.example", "a vendorId for DataTransfer")
    customer_identifier: str = key(
        "CUSTOMER1", "a customer whose data the station may hold", version="2.0.1"
    )
    configuration_slot: Annotated[int, Field(ge=0)] = key(
        1, "the network profile slot in use", version="2.0.1"
    )
    configuration_slot2: Annotated[int, Field(ge=0)] = key(
        2, "a network profile slot that is free", version="2.0.1"
    )
    network_interface: str = key("Wired0", "the interface of network profiles", version="2.0.1")
    log_type: Literal["DiagnosticsLog", "SecurityLog"] = key(
        "DiagnosticsLog", "the log that is asked for"
    )
    log_location: str = key("", "where a log is uploaded to, if not to the tool")
    firmware_location: str = key("", "where the firmware for an update lies, if not with the tool")
    firmware_padding: Literal["PSS", "PKCS1v15"] = key(
        "PSS", "the padding of RSA with which the tool signs firmware", version="1.6"
    )
    firmware_signature: str = key("", "the base64 signature of that firmware", role="CS")
    firmware_certificate: str = key(
        "", "the PEM file with the certificate that signed that firmware", role="CS"
    )
    certificate_wait: Annotated[int, Field(ge=1)] = key(
        5, "CertSigningWaitMinimum of the station", version="2.0.1", role="CS"
    )
    certificate_repeat: Annotated[int, Field(ge=0)] = key(
        2, "CertSigningRepeatTimes of the station", version="2.0.1", role="CS"
    )
