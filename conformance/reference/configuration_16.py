"""The configuration keys of the OCPP 1.6 charge point and their rules (section 9)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ocpp.v16.enums import ConfigurationStatus, Measurand

from conformance.reference.options_16 import StationOptions

MAX_STACK_LEVEL: Final = 10
MAX_PERIODS: Final = 24
MAX_PROFILES: Final = 20
MAX_LOCAL_LIST: Final = 100
_MEASURANDS: Final = frozenset(Measurand)
_ROTATIONS: Final = frozenset(
    {"NotApplicable", "Unknown", "RST", "RTS", "SRT", "STR", "TRS", "TSR"}
)
_REGISTER: Final = "Energy.Active.Import.Register"


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _boolean(text: str) -> bool:
    return text.lower() in {"true", "false"}


def _measurands(text: str) -> bool:
    return all(item.strip() in _MEASURANDS for item in text.split(",")) if text else True


def _rotations(text: str) -> bool:
    items = [item.strip().partition(".") for item in text.split(",")]
    return all(_number(index) and rotation in _ROTATIONS for index, _, rotation in items)


@dataclass
class _Key:
    value: str
    fits: Callable[[str], bool] | None = None  # None: read-only
    next_value: str | None = None  # waits for a reboot


class Configuration:
    """The keys with their values, which are texts."""

    def __init__(self, options: StationOptions) -> None:
        self._keys = _keys(options)
        self._reboot_required = frozenset(options.reboot_required)
        self._change = asyncio.Event()

    def text(self, key: str, default: str = "") -> str:
        """Return the value of `key`, `default` if the station does not have it."""
        return self._keys[key].value if key in self._keys else default

    def flag(self, key: str) -> bool:
        """Return the value of a boolean key; false if the station does not have it."""
        return self.text(key, "false").lower() == "true"

    def seconds(self, key: str) -> int:
        """Return the value of an integer key; 0 if the station does not have it."""
        return int(self.text(key, "0"))

    def items(self, key: str) -> list[str]:
        """Return the members of a comma-separated key."""
        return [item.strip() for item in self.text(key).split(",") if item.strip()]

    def put(self, key: str, value: str) -> None:
        """Set `key` whatever its rules are: the station itself does so."""
        self._keys[key].value = value
        change, self._change = self._change, asyncio.Event()
        change.set()

    async def pause(self, key: str, seconds: float | None = None) -> bool:
        """Wait `seconds`, or as many as `key` says, without an end for 0.

        Returns true when they have passed, false when the value of `key` changes meanwhile.
        """
        value = self.seconds(key)
        try:
            async with asyncio.timeout((value if seconds is None else seconds) or None):
                while self.seconds(key) == value:
                    await self._change.wait()
        except TimeoutError:
            return True
        return False

    def read(self, names: Iterable[str]) -> tuple[list[dict[str, Any]], list[str]]:
        """Return the entries of GetConfiguration.conf for `names`, all if empty, and the unknown.

        Names are compared without case, as they are CiStrings.
        """
        asked = list(names)
        known = {key.lower(): key for key in self._keys}
        wanted = [known[n.lower()] for n in asked if n.lower() in known] if asked else self._keys
        entries = [
            {"key": key, "readonly": not self._keys[key].fits, "value": self._keys[key].value}
            for key in wanted
        ]
        return entries, [name for name in asked if name.lower() not in known]

    def change(self, name: str, value: str) -> ConfigurationStatus:
        """Do what ChangeConfiguration asks for (section 5.3)."""
        spelled = {key.lower(): key for key in self._keys}.get(name.lower())
        if spelled is None:
            return ConfigurationStatus.not_supported
        key = self._keys[spelled]
        if not key.fits or not key.fits(value):
            return ConfigurationStatus.rejected
        if spelled in self._reboot_required:
            key.next_value = value
            return ConfigurationStatus.reboot_required
        self.put(spelled, value)
        return ConfigurationStatus.accepted

    def rebooted(self) -> None:
        """Put into force what has been waiting for a reboot."""
        for key in self._keys.values():
            if key.next_value is not None:
                key.value, key.next_value = key.next_value, None


def _keys(options: StationOptions) -> dict[str, _Key]:
    keys = _core(options)
    by_profile: Mapping[str, dict[str, _Key]] = {
        "LocalAuthListManagement": {
            "LocalAuthListEnabled": _Key("true", _boolean),
            "LocalAuthListMaxLength": _Key(str(MAX_LOCAL_LIST)),
            "SendLocalListMaxLength": _Key(str(MAX_LOCAL_LIST)),
        },
        "Reservation": {"ReserveConnectorZeroSupported": _Key("false")},
        "SmartCharging": {
            "ChargeProfileMaxStackLevel": _Key(str(MAX_STACK_LEVEL)),
            "ChargingScheduleAllowedChargingRateUnit": _Key(
                ",".join({"A": "Current", "W": "Power"}[unit] for unit in options.rate_units)
            ),
            "ChargingScheduleMaxPeriods": _Key(str(MAX_PERIODS)),
            "ConnectorSwitch3to1PhaseSupported": _Key("false"),
            "MaxChargingProfilesInstalled": _Key(str(MAX_PROFILES)),
        },
    }
    for profile in options.profiles:
        keys |= by_profile.get(profile, {})
    if options.cache:
        keys["AuthorizationCacheEnabled"] = _Key("true", _boolean)
    if options.minimum_status_duration:
        keys["MinimumStatusDuration"] = _Key("0", _number)
    return keys


def _core(options: StationOptions) -> dict[str, _Key]:
    def switch(value: bool, *, writable: bool = True) -> _Key:
        return _Key(str(value).lower(), _boolean if writable else None)

    detachable = not options.fixed_cable
    rotation = ",".join(f"{number}.RST" for number in range(options.connectors + 1))
    return {
        "AllowOfflineTxForUnknownId": switch(value=False),
        "AuthorizeRemoteTxRequests": switch(
            options.authorize_remote, writable=options.authorize_remote_writable
        ),
        "ClockAlignedDataInterval": _Key("0", _number),
        "ConnectionTimeOut": _Key(str(options.connection_timeout), _number),
        "ConnectorPhaseRotation": _Key(rotation, _rotations),
        "ConnectorPhaseRotationMaxLength": _Key(str(options.connectors + 1)),
        "GetConfigurationMaxKeys": _Key("100"),
        "HeartbeatInterval": _Key(str(options.heartbeat_interval), _number),
        "LocalAuthorizeOffline": switch(value=True),
        "LocalPreAuthorize": switch(options.local_pre_authorize),
        "MeterValuesAlignedData": _Key(_REGISTER, _measurands),
        "MeterValuesSampledData": _Key(_REGISTER, _measurands),
        "MeterValueSampleInterval": _Key(str(options.meter_interval), _number),
        "NumberOfConnectors": _Key(str(options.connectors)),
        "ResetRetries": _Key("0", _number),
        "StopTransactionOnEVSideDisconnect": switch(
            options.stop_without_ev, writable=options.stop_without_ev_writable
        ),
        "StopTransactionOnInvalidId": switch(value=True),
        "StopTxnAlignedData": _Key("", _measurands),
        "StopTxnSampledData": _Key("", _measurands),
        "SupportedFeatureProfiles": _Key(",".join(options.profiles)),
        "TransactionMessageAttempts": _Key("3", _number),
        "TransactionMessageRetryInterval": _Key("10", _number),
        # With a fixed cable always false (errata 3.84).
        "UnlockConnectorOnEVSideDisconnect": switch(
            options.unlock_without_ev and detachable,
            writable=options.unlock_without_ev_writable and detachable,
        ),
    }
