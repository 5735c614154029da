"""Writes the message classes of each OCPP version from the official schemas.

Run it as `python -m conformance.generate` after an update of the schemas.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from conformance.wire.schema import Direction, Schema, actions, schema

FILES: Final = {
    "1.6": Path(__file__).parent / "ocpp16" / "messages.py",
    "2.0.1": Path(__file__).parent / "ocpp201" / "messages.py",
}

# The classic schemas of 1.6 nest types without naming them: the names that chapter 7 of the
# specification gives to them. "Owner.field" goes before "field"; the owner is a message or a type.
_NAMES_16: Final = {
    "chargingProfile": "ChargingProfile",
    "chargingProfileKind": "ChargingProfileKindType",
    "chargingProfilePurpose": "ChargingProfilePurposeType",
    "chargingRateUnit": "ChargingRateUnitType",
    "chargingSchedule": "ChargingSchedule",
    "chargingSchedulePeriod": "ChargingSchedulePeriod",
    "configurationKey": "KeyValue",
    "context": "ReadingContext",
    "csChargingProfiles": "ChargingProfile",
    "errorCode": "ChargePointErrorCode",
    "format": "ValueFormat",
    "idTagInfo": "IdTagInfo",
    "localAuthorizationList": "AuthorizationData",
    "location": "Location",
    "measurand": "Measurand",
    "meterValue": "MeterValue",
    "phase": "Phase",
    "reason": "Reason",
    "recurrencyKind": "RecurrencyKindType",
    "requestedMessage": "MessageTrigger",
    "sampledValue": "SampledValue",
    "transactionData": "MeterValue",
    "unit": "UnitOfMeasure",
    "updateType": "UpdateType",
    "BootNotification.conf.status": "RegistrationStatus",
    "CancelReservation.conf.status": "CancelReservationStatus",
    "ChangeAvailability.conf.status": "AvailabilityStatus",
    "ChangeAvailability.req.type": "AvailabilityType",
    "ChangeConfiguration.conf.status": "ConfigurationStatus",
    "ClearCache.conf.status": "ClearCacheStatus",
    "ClearChargingProfile.conf.status": "ClearChargingProfileStatus",
    "DataTransfer.conf.status": "DataTransferStatus",
    "DiagnosticsStatusNotification.req.status": "DiagnosticsStatus",
    "FirmwareStatusNotification.req.status": "FirmwareStatus",
    "GetCompositeSchedule.conf.status": "GetCompositeScheduleStatus",
    "IdTagInfo.status": "AuthorizationStatus",
    "RemoteStartTransaction.conf.status": "RemoteStartStopStatus",
    "RemoteStopTransaction.conf.status": "RemoteStartStopStatus",
    "ReserveNow.conf.status": "ReservationStatus",
    "Reset.conf.status": "ResetStatus",
    "Reset.req.type": "ResetType",
    "SendLocalList.conf.status": "UpdateStatus",
    "SetChargingProfile.conf.status": "ChargingProfileStatus",
    "StatusNotification.req.status": "ChargePointStatus",
    "TriggerMessage.conf.status": "TriggerMessageStatus",
    "UnlockConnector.conf.status": "UnlockStatus",
}

_NOTES: Final = {
    "UnitOfMeasure": (
        '"Celcius" is the schemas\' own spelling, "Celsius" the documents\': both are legal',
        "(OCPP-J 1.6 errata, 2.1). Hertz is in one schema only, though Frequency is in it.",
    ),
    "Texts": ("Not a Sequence: a str is one, of strings.",),
}

# What every message has already: a field with such a name gets an underscore in Python
# (Get15118EVCertificateRequest.action is the only one), and loses it again on the wire.
_TAKEN: Final = frozenset({"action", "pattern"})
_RESPELLING: Final = (
    "",
    "    def pattern(self) -> dict[str, Any]:",
    '        """Return the fields that were given, in the spelling of the specification."""',
    '        return {name.removesuffix("_"): value for name, value in super().pattern().items()}',
)

_SCALARS: Final = {"boolean": "bool", "integer": "int", "number": "float", "string": "str"}
_ALIASES: Final = {
    "CustomDataType": "Mapping[str, Any]",  # the one object that may have any other field
    "Texts": "list[str] | list[Pattern[str]] | tuple[Pattern[str], ...]",
}
_WIDTH: Final = 100


@dataclass
class _Version:
    """The named types of one version, as they are met in the schemas."""

    number: str
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    objects: dict[str, dict[str, str]] = field(default_factory=dict)
    aliases: set[str] = field(default_factory=set)

    def fields(self, owner: str, found: Schema, definitions: Schema) -> dict[str, str]:
        """Return the fields of an object and their types, as Python has them."""
        return {
            name: f"Pattern[{self._type(owner, name, sub, definitions)}]"
            for name, sub in found.get("properties", {}).items()
        }

    def _type(self, owner: str, name: str, found: Schema, definitions: Schema) -> str:
        if "$ref" in found:
            defined = found["$ref"].removeprefix("#/definitions/")
            return self._named(defined, definitions[defined], definitions)
        if "enum" in found or found.get("type") == "object":
            return self._named(self._name(owner, name), found, definitions)
        if found.get("type") == "array":
            item = self._type(owner, name, found["items"], definitions)
            return self._alias("Texts") if item == "str" else f"Sequence[Pattern[{item}]]"
        return _SCALARS[found["type"]] if "type" in found else "Any"

    def _named(self, name: str, found: Schema, definitions: Schema) -> str:
        if name in _ALIASES:
            return self._alias(name)
        if "enum" in found:
            same = self.enums.setdefault(name, tuple(found["enum"])) == tuple(found["enum"])
        else:
            fields = self.fields(name, found, definitions)
            same = self.objects.setdefault(name, fields) == fields
        if not same:
            raise ValueError(f"OCPP {self.number}: two different types are called {name}")
        return name

    def _name(self, owner: str, name: str) -> str:
        try:
            return _NAMES_16.get(f"{owner}.{name}") or _NAMES_16[name]
        except KeyError:
            raise ValueError(f"no name for the type of {owner}.{name}: add it here") from None

    def _alias(self, name: str) -> str:
        self.aliases.add(name)
        return name


def render(version: str) -> str:
    """Return the source of the messages module of "1.6" or "2.0.1"."""
    types = _Version(version)
    messages = [line for action in actions(version) for line in _messages(types, action)]
    clash = set(types.enums) & set(types.objects)
    if clash:
        raise ValueError(f"OCPP {version}: an enum and an object are both called {clash}")
    aliases = sorted([*types.aliases, *types.enums])
    lines = [
        *_head(types),
        *(line for name in aliases for line in _alias_lines(types, name)),
        *(line for name in sorted(types.objects) for line in _object(name, types.objects[name])),
        *messages,
        *_table(version, "REQUESTS", "Request"),
        *_table(version, "RESPONSES", "Response"),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the messages module of every version."""
    for version, path in FILES.items():
        path.write_text(render(version), encoding="utf-8")


def _head(types: _Version) -> Iterator[str]:
    yield f'"""OCPP {types.number} messages. Generated by conformance.generate; do not edit."""'
    yield ""
    yield "from __future__ import annotations"
    yield ""
    used = "Mapping, Sequence" if "CustomDataType" in types.aliases else "Sequence"
    yield f"from collections.abc import {used}"
    yield "from dataclasses import dataclass"
    anything = "Any, " if "CustomDataType" in types.aliases else ""
    yield f"from typing import {anything}Literal, TypeAlias, TypedDict"
    yield ""
    yield "from conformance.matching import UNSET, Pattern"
    yield "from conformance.message import Request, Response"
    yield ""


def _alias_lines(types: _Version, name: str) -> Iterator[str]:
    for note in _NOTES.get(name, ()):
        yield f"# {note}"
    if name in _ALIASES:
        yield f"{name}: TypeAlias = {_ALIASES[name]}"
        return
    values = [f'"{value}"' for value in types.enums[name]]
    line = f"{name}: TypeAlias = Literal[{', '.join(values)}]"
    if len(line) <= _WIDTH:
        yield line
    else:
        yield f"{name}: TypeAlias = Literal["
        yield from (f"    {value}," for value in values)
        yield "]"


def _object(name: str, fields: dict[str, str]) -> Iterator[str]:
    yield from ("", "", f"class {name}(TypedDict, total=False):")
    yield from (f"    {field_name}: {kind}" for field_name, kind in fields.items())


def _messages(types: _Version, action: str) -> Iterator[str]:
    if types.number == "1.6":
        yield from ("", "", f"class {action}:")
        yield from (f"    {line}" for line in _message(types, action, "Request", "req"))
        yield ""
        yield from (f"    {line}" for line in _message(types, action, "Response", "conf"))
    else:
        for direction in ("Request", "Response"):
            yield from ("", "")
            yield from _message(types, action, direction, f"{action}{direction}")


def _message(types: _Version, action: str, direction: Direction, name: str) -> Iterator[str]:
    found = schema(types.number, action, direction)
    owner = f"{action}.{name}"
    yield "@dataclass(frozen=True, kw_only=True)"
    yield f"class {name}({direction}):"
    yield f'    action = "{action}"'
    fields = types.fields(owner, found, found.get("definitions", {}))
    for field_name, kind in fields.items():
        yield f"    {field_name}{'_' * (field_name in _TAKEN)}: {kind} = UNSET"
    if _TAKEN & set(fields):
        yield from _RESPELLING


def _table(version: str, name: str, direction: Direction) -> Iterator[str]:
    member = {"Request": ".req", "Response": ".conf"}[direction] if version == "1.6" else direction
    yield from (["", ""] if direction == "Request" else [""])
    yield f"{name}: dict[str, type[{direction}]] = {{"
    yield from (f'    "{action}": {action}{member},' for action in actions(version))
    yield "}"


if __name__ == "__main__":
    main()
