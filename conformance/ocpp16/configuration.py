"""The standard configuration keys of OCPP 1.6 (section 9, with the errata), and what fits them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from conformance.matching import Matcher

Access: TypeAlias = Literal["R", "RW", "R or RW"]
Kind: TypeAlias = Literal["boolean", "integer", "list", "text"]
Entries: TypeAlias = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Key:
    """A standard key; `required` holds for a charge point with the feature profile `profile`."""

    name: str
    kind: Kind
    access: Access = "RW"
    required: bool = True
    profile: str = "Core"

    def allows(self, *, readonly: bool) -> bool:
        """Tell whether the key may be told to be read-only, or not to be."""
        return self.access in {"R or RW", "R" if readonly else "RW"}

    def same(self, one: str, other: str) -> bool:
        """Tell whether two values mean the same."""
        return self._meaning(one) == self._meaning(other)

    def fits(self, value: str) -> bool:
        """Tell whether a value is of the key's type."""
        if self.kind == "integer":
            return value.removeprefix("-").isdecimal()
        return self.kind in {"list", "text"} or value.lower() in {"true", "false"}

    def _meaning(self, value: str) -> object:
        if self.kind == "list":
            return sorted(items(value))
        if self.kind == "integer" and self.fits(value):
            return int(value)
        return value if self.kind == "text" else value.strip().lower()


FEATURES: Final[Mapping[str, str]] = {
    "FirmwareManagement": "16-FIRMWARE",
    "LocalAuthListManagement": "16-LOCAL-LIST",
    "Reservation": "16-RESERVATION",
    "SmartCharging": "16-SMART-CHARGING",
    "RemoteTrigger": "16-REMOTE-TRIGGER",
}
"""The feature that a user declares for each feature profile that a charge point lists."""


def _local_list(name: str, kind: Kind, access: Access) -> Key:
    return Key(name, kind, access, profile="LocalAuthListManagement")


def _smart(name: str, kind: Kind, *, required: bool = True) -> Key:
    return Key(name, kind, "R", required, "SmartCharging")


def _security(name: str, kind: Kind, access: Access = "RW") -> Key:
    return Key(name, kind, access, required=False, profile="Security")


def _optional(name: str, kind: Kind, access: Access = "RW") -> Key:
    return Key(name, kind, access, required=False)


_ALL: Final = (
    _optional("AllowOfflineTxForUnknownId", "boolean"),
    _optional("AuthorizationCacheEnabled", "boolean"),
    Key("AuthorizeRemoteTxRequests", "boolean", "R or RW"),
    _optional("BlinkRepeat", "integer"),
    Key("ClockAlignedDataInterval", "integer"),
    Key("ConnectionTimeOut", "integer"),
    Key("ConnectorPhaseRotation", "list"),
    _optional("ConnectorPhaseRotationMaxLength", "integer", "R"),
    Key("GetConfigurationMaxKeys", "integer", "R"),
    Key("HeartbeatInterval", "integer"),
    _optional("LightIntensity", "integer"),
    Key("LocalAuthorizeOffline", "boolean"),
    Key("LocalPreAuthorize", "boolean"),
    _optional("MaxEnergyOnInvalidId", "integer"),
    _optional("MessageTimeout", "integer"),  # erratum 3.83
    Key("MeterValuesAlignedData", "list"),
    _optional("MeterValuesAlignedDataMaxLength", "integer", "R"),
    Key("MeterValuesSampledData", "list"),
    _optional("MeterValuesSampledDataMaxLength", "integer", "R"),
    Key("MeterValueSampleInterval", "integer"),
    _optional("MinimumStatusDuration", "integer"),
    Key("NumberOfConnectors", "integer", "R"),
    Key("ResetRetries", "integer"),
    _optional("StopTransactionMaxMeterValues", "integer", "R"),  # erratum 3.91
    _optional("StopTransactionOnEVSideDisconnect", "boolean", "R or RW"),  # erratum 3.80
    Key("StopTransactionOnInvalidId", "boolean"),
    Key("StopTxnAlignedData", "list"),
    _optional("StopTxnAlignedDataMaxLength", "integer", "R"),
    Key("StopTxnSampledData", "list"),
    _optional("StopTxnSampledDataMaxLength", "integer", "R"),
    Key("SupportedFeatureProfiles", "list", "R"),
    _optional("SupportedFeatureProfilesMaxLength", "integer", "R"),  # useless: erratum 3.81
    Key("TransactionMessageAttempts", "integer"),
    Key("TransactionMessageRetryInterval", "integer"),
    Key("UnlockConnectorOnEVSideDisconnect", "boolean", "R or RW"),  # erratum 3.84
    _optional("WebSocketPingInterval", "integer"),
    _local_list("LocalAuthListEnabled", "boolean", "RW"),
    _local_list("LocalAuthListMaxLength", "integer", "R"),
    _local_list("SendLocalListMaxLength", "integer", "R"),
    Key("ReserveConnectorZeroSupported", "boolean", "R", required=False, profile="Reservation"),
    _smart("ChargeProfileMaxStackLevel", "integer"),
    _smart("ChargingScheduleAllowedChargingRateUnit", "list"),
    _smart("ChargingScheduleMaxPeriods", "integer"),
    _smart("ConnectorSwitch3to1PhaseSupported", "boolean", required=False),
    _smart("MaxChargingProfilesInstalled", "integer"),
    # Erratum 3.90.
    Key("SupportedFileTransferProtocols", "list", "R", False, "FirmwareManagement"),
    # Security whitepaper, 7; AuthorizationKey is write-only.
    _security("AdditionalRootCertificateCheck", "boolean", "R"),
    _security("AuthorizationKey", "text"),
    _security("CertificateSignedMaxChainSize", "integer", "R"),
    _security("CertificateStoreMaxLength", "integer", "R"),
    _security("CpoName", "text"),
    _security("SecurityProfile", "integer"),
)
KEYS: Final[Mapping[str, Key]] = {key.name: key for key in _ALL}


above_zero: Any = Matcher(
    "a whole number above 0", lambda v: isinstance(v, str) and v.isdecimal() and int(v) > 0
)


def items(value: str) -> list[str]:
    """Return the members of a comma-separated list."""
    return [item.strip() for item in value.split(",") if item.strip()]


def entry(reported: Entries, name: str) -> Mapping[str, Any] | None:
    """Return what a GetConfiguration.conf reports of a key; names are compared without case."""
    return next((e for e in reported if str(e.get("key")).lower() == name.lower()), None)


def value(reported: Entries, name: str) -> str:
    """Return the reported value of a key, empty where there is none."""
    found = entry(reported, name)
    return str(found.get("value", "")) if found is not None else ""


def standard(profiles: Collection[str]) -> Any:  # noqa: ANN401 - stands where a list could stand
    """Accept the entries in which each required key of `profiles` has the right accessibility."""
    required = [k for k in _ALL if k.required and k.profile in profiles]

    def problems(reported: Entries) -> Iterator[str]:
        for key in required:
            found = entry(reported, key.name)
            if found is None:
                yield f"{key.name} is missing"
            elif not key.allows(readonly=found.get("readonly") is True):
                yield f"{key.name} has to be {key.access}"

    def all_but(key: Key) -> list[dict[str, Any]]:
        return [_told(k) for k in required if k is not key]

    fixed = [k for k in required if k.access != "R or RW"]
    wrong = [all_but(k) for k in required]
    wrong += [[*all_but(k), {**_told(k), "readonly": k.access == "RW"}] for k in fixed]
    return Matcher(
        ", ".join(f"{key.name} {key.access}" for key in required),
        lambda v: isinstance(v, list) and not list(problems(v)),
        wrong="spoiled",
        also_wrong=tuple(wrong),
        tell=lambda v: "; ".join(problems(v)) if isinstance(v, list) else f"no list: {v!r}",
    )


def named(keys: Collection[str]) -> Any:  # noqa: ANN401 - stands where a list could stand
    """Accept entries of which there is one for each of `keys`."""

    def missing(reported: Entries) -> list[str]:
        return [key for key in keys if entry(reported, key) is None]

    def all_but(lost: str) -> list[dict[str, Any]]:
        return [{"key": key, "readonly": False} for key in keys if key != lost]

    return Matcher(
        "an entry for each key that was asked for",
        lambda v: isinstance(v, list) and not missing(v),
        wrong=[],
        also_wrong=tuple(all_but(key) for key in keys),
        tell=lambda v: (
            f"not answered: {', '.join(missing(v))}" if isinstance(v, list) else f"no list: {v!r}"
        ),
    )


def oddities(reported: Entries) -> Iterator[str]:
    """Yield what is odd about reported keys, though it is no failure."""
    for key in _ALL:
        found = entry(reported, key.name)
        if found is None:
            continue
        if not key.required and not key.allows(readonly=found.get("readonly") is True):
            yield f"{key.name} should be {key.access}"
        if "value" in found and not key.fits(str(found["value"])):
            yield f"{key.name} should be of type {key.kind}, not {found['value']!r}"


def undeclared(profiles: Collection[str], features: Collection[str]) -> Iterator[str]:
    """Yield where the listed feature profiles are not those that the user declares."""
    for profile, feature in FEATURES.items():
        if profile in profiles and feature not in features:
            yield f"the charge point lists {profile}, but {feature} is not declared"
        elif feature in features and profile not in profiles:
            yield f"{feature} is declared, but the charge point does not list {profile}"


def _told(key: Key) -> dict[str, Any]:
    return {"key": key.name, "readonly": key.access == "R", "value": ""}
