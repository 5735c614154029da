"""The variables that the reference charging station has, with their initial values.

Names, data types and what is mandatory: OCPP 2.0.1 Part 2, appendix 3, and chapter 2 of the
referenced components and variables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import ceil

from conformance.reference.device_model_201 import Variable
from conformance.reference.options_201 import TX_POINTS, StationOptions201

MEASURANDS = ("Energy.Active.Import.Register", "Power.Active.Import")
PERIODS_PER_SCHEDULE = 24
STACK_LEVELS = 10
VOLTAGE = 230
MAX_CURRENT = 32
_RW = "ReadWrite"


def station_variables(
    options: StationOptions201,
    *,
    clock: Callable[[], str],
    availability: Callable[[int, int], str],
    profiles: Callable[[], str],
) -> list[Variable]:
    """Return all variables.

    `clock` gives the station's time, `availability(evse, connector)` the AvailabilityState (0, 0
    is the station), `profiles` the number of charging profiles installed.
    """
    found = [
        *_communication(options),
        *_transactions(options),
        *_authorization(options),
        *_clock_and_security(clock),
        *_device_data(options),
        *_metering(options),
        *_smart_charging(options, profiles),
        *_hardware(options, availability),
    ]
    for variable in found:
        variable.reboot = variable.name in options.reboot_required
        if "takes-negative-numbers" in options.faults:
            variable.low = None
    return found


def _integer(component: str, name: str, value: int, **more: object) -> Variable:
    return Variable(
        component=component,
        name=name,
        value=str(value),
        kind="integer",
        **more,  # type: ignore[arg-type]
    )


def _boolean(component: str, name: str, value: bool, mutability: str = "ReadOnly") -> Variable:
    text = "true" if value else "false"
    return Variable(
        component=component, name=name, value=text, kind="boolean", mutability=mutability
    )


def _list(
    component: str, name: str, value: tuple[str, ...], choices: tuple[str, ...], mutability: str
) -> Variable:
    return Variable(
        component=component,
        name=name,
        value=",".join(value),
        kind="MemberList",
        choices=choices,
        mutability=mutability,
    )


def _communication(options: StationOptions201) -> Iterator[Variable]:
    here = "OCPPCommCtrlr"
    seconds = {"unit": "s", "low": 0}
    yield _integer(here, "OfflineThreshold", 60, mutability=_RW, **seconds)
    yield _integer(
        here, "HeartbeatInterval", options.heartbeat_interval, mutability=_RW, unit="s", low=1
    )
    yield _integer(
        here, "MessageTimeout", options.message_timeout, instance="Default", unit="s", low=1
    )
    event = {"instance": "TransactionEvent", "mutability": _RW, "low": 0}
    yield _integer(here, "MessageAttempts", options.message_attempts, **event)
    yield _integer(here, "MessageAttemptInterval", options.message_attempt_interval, **event)
    yield _integer(here, "RetryBackOffRepeatTimes", 6, mutability=_RW, low=0)
    longest = ceil(options.reconnect_wait)
    yield _integer(here, "RetryBackOffRandomRange", longest, mutability=_RW, **seconds)
    yield _integer(here, "RetryBackOffWaitMinimum", 0, mutability=_RW, **seconds)
    yield _integer(here, "NetworkProfileConnectionAttempts", 3, mutability=_RW, low=1)
    yield _integer(here, "ResetRetries", 1, mutability=_RW, low=0)
    yield _integer(here, "WebSocketPingInterval", 60, mutability=_RW, **seconds)
    yield Variable(
        component=here,
        name="NetworkConfigurationPriority",
        value="0",
        kind="SequenceList",
        choices=("0",),
        mutability=_RW,
    )
    yield Variable(component=here, name="ActiveNetworkProfile", value="0")
    yield _list(here, "FileTransferProtocols", ("HTTP",), ("HTTP",), "ReadOnly")
    yield _boolean(here, "UnlockOnEVSideDisconnect", True, _RW)


def _transactions(options: StationOptions201) -> Iterator[Variable]:
    here, mutability = "TxCtrlr", options.tx_mutability
    yield _list(here, "TxStartPoint", options.tx_start, TX_POINTS, mutability)
    yield _list(here, "TxStopPoint", options.tx_stop, TX_POINTS, mutability)
    yield _integer(
        here, "EVConnectionTimeOut", options.connection_timeout, mutability=_RW, unit="s", low=0
    )
    yield _boolean(here, "StopTxOnInvalidId", True, _RW)
    yield _boolean(here, "StopTxOnEVSideDisconnect", True, _RW)


def _authorization(options: StationOptions201) -> Iterator[Variable]:
    here = "AuthCtrlr"
    yield _boolean(here, "Enabled", options.auth_enabled, options.auth_mutability)
    yield _boolean(
        here, "AuthorizeRemoteStart", options.authorize_remote, options.authorize_remote_mutability
    )
    yield _boolean(here, "LocalAuthorizeOffline", True, _RW)
    yield _boolean(here, "LocalPreAuthorize", False, _RW)
    yield _boolean(here, "OfflineTxForUnknownIdEnabled", False, _RW)
    yield _boolean(here, "DisableRemoteAuthorization", False, _RW)
    if options.cache:
        yield _boolean("AuthCacheCtrlr", "Available", True)
        yield _boolean("AuthCacheCtrlr", "Enabled", True, _RW)


def _clock_and_security(clock: Callable[[], str]) -> Iterator[Variable]:
    yield Variable(component="ClockCtrlr", name="DateTime", value="", kind="dateTime", now=clock)
    yield Variable(
        component="ClockCtrlr",
        name="TimeSource",
        value="Heartbeat",
        kind="SequenceList",
        choices=("Heartbeat",),
        mutability=_RW,
    )
    here = "SecurityCtrlr"
    yield _integer(here, "SecurityProfile", 1)
    yield _integer(here, "CertificateEntries", 0)
    yield Variable(component=here, name="OrganizationName", value="Reference", mutability=_RW)
    yield Variable(component=here, name="BasicAuthPassword", value="", mutability="WriteOnly")


def _device_data(options: StationOptions201) -> Iterator[Variable]:
    here = "DeviceDataCtrlr"
    for request in ("GetReport", "GetVariables", "SetVariables"):
        yield _integer(here, "ItemsPerMessage", options.items_per_message, instance=request)
        yield _integer(here, "BytesPerMessage", 65536, instance=request)


def _metering(options: StationOptions201) -> Iterator[Variable]:
    here, energy = "SampledDataCtrlr", MEASURANDS[:1]
    yield _boolean(here, "Enabled", True)
    for moment in ("TxStartedMeasurands", "TxUpdatedMeasurands", "TxEndedMeasurands"):
        yield _list(here, moment, energy, MEASURANDS, _RW)
    seconds = {"mutability": _RW, "unit": "s", "low": 0}
    yield _integer(here, "TxUpdatedInterval", options.meter_interval, **seconds)
    yield _integer(here, "TxEndedInterval", 0, **seconds)
    here = "AlignedDataCtrlr"
    yield _boolean(here, "Enabled", True)
    yield _list(here, "Measurands", energy, MEASURANDS, _RW)
    yield _list(here, "TxEndedMeasurands", energy, MEASURANDS, _RW)
    yield _integer(here, "Interval", 0, **seconds)
    yield _integer(here, "TxEndedInterval", 0, **seconds)


def _smart_charging(options: StationOptions201, profiles: Callable[[], str]) -> Iterator[Variable]:
    here = "SmartChargingCtrlr"
    yield _boolean(here, "Enabled", True)
    yield _boolean(here, "Available", True)
    yield _integer(here, "Entries", 0, instance="ChargingProfiles", now=profiles)
    yield _integer(here, "PeriodsPerSchedule", PERIODS_PER_SCHEDULE)
    yield _integer(here, "ProfileStackLevel", STACK_LEVELS)
    yield _list(here, "RateUnit", options.rate_units, options.rate_units, "ReadOnly")
    yield Variable(
        component=here, name="LimitChangeSignificance", value="1", kind="decimal", mutability=_RW
    )


def _hardware(
    options: StationOptions201, availability: Callable[[int, int], str]
) -> Iterator[Variable]:
    yield Variable(component="ChargingStation", name="Model", value=options.model)
    yield Variable(component="ChargingStation", name="VendorName", value=options.vendor)
    evses = range(1, options.evses + 1)
    connectors = range(1, options.connectors + 1)
    places = [(e, c) for e in evses for c in (0, *connectors)]
    for place in ((0, 0), *places):
        yield from _part(options, place, availability)
    for evse in evses:
        power = VOLTAGE * MAX_CURRENT * options.phases
        yield Variable(
            component="EVSE",
            name="Power",
            value="0",
            kind="decimal",
            place=(evse, 0),
            unit="W",
            high=power,
        )


def _part(
    options: StationOptions201, place: tuple[int, int], availability: Callable[[int, int], str]
) -> Iterator[Variable]:
    evse, connector = place
    name = "Connector" if connector else "EVSE" if evse else "ChargingStation"
    yield Variable(
        component=name,
        name="AvailabilityState",
        value="",
        kind="OptionList",
        choices=("Available", "Occupied", "Reserved", "Unavailable", "Faulted"),
        place=place,
        now=lambda: availability(evse, connector),
    )
    available = _boolean(name, "Available", True)
    available.place = place
    yield available
    yield _integer(name, "SupplyPhases", options.phases, place=place)
    if connector:
        yield Variable(component=name, name="ConnectorType", value="cType2", place=place)
