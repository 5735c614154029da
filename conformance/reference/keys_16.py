"""Every standard configuration key of OCPP 1.6 (section 9, with the errata) and what fits it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from conformance.reference.certificates import MAX_ROOTS
from conformance.reference.measurands_16 import measured
from conformance.reference.options_16 import StationOptions

MAX_MEASURANDS: Final = 10
MAX_METER_VALUES: Final = 60
MAX_CHAIN: Final = 10_000
LONGEST_NAME: Final = 64  # of an organization in a certificate (RFC 5280, appendix A)
_LARGEST: Final = 2**31 - 1
_ROTATIONS: Final = frozenset(
    {"NotApplicable", "Unknown", "RST", "RTS", "SRT", "STR", "TRS", "TSR"}
)
_QUANTITIES: Final = {"A": "Current", "W": "Power"}


@dataclass
class Key:
    """A key: its value, what fits it (None: it is read-only), and a value for after a reboot.

    The value of a `secret` one cannot be read.
    """

    value: str
    fits: Callable[[str], bool] | None = None
    next_value: str | None = None
    secret: bool = False


def _number(value: int, lowest: int = 0, highest: int = _LARGEST) -> Key:
    def fits(text: str) -> bool:
        return text.isascii() and text.isdigit() and lowest <= int(text) <= highest

    return Key(str(value), fits)


def _boolean(text: str) -> bool:
    return text.lower() in {"true", "false"}


def _switch(value: bool, *, writable: bool = True) -> Key:
    return Key(str(value).lower(), _boolean if writable else None)


def _list(value: str, fits: Callable[[str], bool], longest: int) -> Key:
    """Return a comma-separated key of at most `longest` different members that fit."""

    def all_fit(text: str) -> bool:
        members = [member.strip() for member in text.split(",")] if text.strip() else []
        return (
            len(members) <= longest
            and len(set(members)) == len(members)
            and all(map(fits, members))
        )

    return Key(value, all_fit)


def standard_keys(options: StationOptions) -> dict[str, Key]:
    """Return the keys of a station that leaves the factory."""
    keys = {**_core(options), **_metering(options)}
    by_profile: Mapping[str, dict[str, Key]] = {
        "LocalAuthListManagement": {
            "LocalAuthListEnabled": _switch(value=True),
            "LocalAuthListMaxLength": Key(str(options.local_list_length)),
            "SendLocalListMaxLength": Key(str(options.send_list_length)),
        },
        "FirmwareManagement": {
            "SupportedFileTransferProtocols": Key(",".join(options.transfer_protocols)),
        },
        "Reservation": {"ReserveConnectorZeroSupported": Key(str(options.reserve_zero).lower())},
        "SmartCharging": {
            "ChargeProfileMaxStackLevel": Key(str(options.max_stack_level)),
            "ChargingScheduleAllowedChargingRateUnit": Key(
                ",".join(_QUANTITIES[unit] for unit in options.rate_units)
            ),
            "ChargingScheduleMaxPeriods": Key(str(options.max_periods)),
            "ConnectorSwitch3to1PhaseSupported": Key("false"),
            "MaxChargingProfilesInstalled": Key(str(options.max_profiles)),
        },
    }
    for profile in options.profiles:
        keys |= by_profile.get(profile, {})
    if options.optional_keys:
        keys |= _optional(options)
    else:
        keys.pop("SupportedFileTransferProtocols", None)
    if options.security:
        keys |= _security(options)
    if options.unknown_offline:
        keys["AllowOfflineTxForUnknownId"] = _switch(value=False)
    if options.cache:
        keys["AuthorizationCacheEnabled"] = _switch(value=True)
    if options.minimum_status_duration:
        keys["MinimumStatusDuration"] = _number(options.status_duration)
    return keys


def _security(options: StationOptions) -> dict[str, Key]:
    """Return the keys of the security whitepaper, 7; the station itself judges two of them."""
    return {
        "AdditionalRootCertificateCheck": Key(str(options.root_check).lower()),
        "AuthorizationKey": Key("", lambda _: True, secret=True),
        "CertificateSignedMaxChainSize": Key(str(MAX_CHAIN)),
        "CertificateStoreMaxLength": Key(str(MAX_ROOTS)),
        "CpoName": Key(options.cpo_name, lambda text: len(text) <= LONGEST_NAME),
        "SecurityProfile": Key("0", lambda _: True),
    }


def _core(options: StationOptions) -> dict[str, Key]:
    detachable = not options.fixed_cable
    connectors = range(options.connectors + 1)
    rotation = ",".join(
        f"{number}.{'RST' if options.phases > 1 else 'NotApplicable'}" for number in connectors
    )

    def rotates(member: str) -> bool:
        number, _, order = member.partition(".")
        return number in map(str, connectors) and order in _ROTATIONS

    return {
        "AuthorizeRemoteTxRequests": _switch(
            options.authorize_remote, writable=options.authorize_remote_writable
        ),
        "ConnectionTimeOut": _number(options.connection_timeout),
        "ConnectorPhaseRotation": _list(rotation, rotates, len(connectors)),
        "GetConfigurationMaxKeys": Key(str(options.max_keys)),
        "HeartbeatInterval": _number(options.heartbeat_interval),
        "LocalAuthorizeOffline": _switch(value=True),
        "LocalPreAuthorize": _switch(options.local_pre_authorize),
        "NumberOfConnectors": Key(str(options.connectors)),
        "ResetRetries": _number(0),
        "StopTransactionOnEVSideDisconnect": _switch(
            options.stop_without_ev, writable=options.stop_without_ev_writable
        ),
        "StopTransactionOnInvalidId": _switch(value=True),
        "SupportedFeatureProfiles": Key(",".join(options.profiles)),
        "TransactionMessageAttempts": _number(3),
        "TransactionMessageRetryInterval": _number(10),
        # With a fixed cable always false (errata 3.84).
        "UnlockConnectorOnEVSideDisconnect": _switch(
            options.unlock_without_ev and detachable,
            writable=options.unlock_without_ev_writable and detachable,
        ),
    }


def _metering(options: StationOptions) -> dict[str, Key]:
    def measurands(value: str) -> Key:
        return _list(value, lambda member: measured(member, options.phases), MAX_MEASURANDS)

    return {
        "ClockAlignedDataInterval": _number(options.aligned_interval, highest=24 * 60 * 60),
        "MeterValuesAlignedData": measurands(",".join(options.aligned_measurands)),
        "MeterValuesSampledData": measurands(",".join(options.sampled_measurands)),
        "MeterValueSampleInterval": _number(options.meter_interval),
        "StopTxnAlignedData": measurands(""),
        "StopTxnSampledData": measurands(""),
    }


def _optional(options: StationOptions) -> dict[str, Key]:
    longest = Key(str(MAX_MEASURANDS))
    lists = (
        "MeterValuesAlignedData",
        "MeterValuesSampledData",
        "StopTxnAlignedData",
        "StopTxnSampledData",
    )
    return {
        "BlinkRepeat": _number(3, highest=100),
        "ConnectorPhaseRotationMaxLength": Key(str(options.connectors + 1)),
        "LightIntensity": _number(80, highest=100),
        "MaxEnergyOnInvalidId": _number(0),
        "MessageTimeout": Key(f"{options.message_timeout:g}", _number(1, lowest=1).fits),
        **{f"{name}MaxLength": longest for name in lists},
        "WebSocketPingInterval": _number(60),
        "StopTransactionMaxMeterValues": Key(str(MAX_METER_VALUES)),
    }
