"""Whose values a central system's request has: those it was asked for, or its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

from conformance.matching import leaves, mismatches
from conformance.operators.actions import Action

# The last part of a field's path, and the value of an intent that it stands for.
_ASKED: Final[Mapping[str, tuple[str, ...]]] = {
    "connectorId": ("connector", "evse"),
    "evseId": ("evse",),
    "idTag": ("token", "tokens", "removed"),
    "idToken": ("token", "tokens", "removed"),
    "parentIdTag": ("group",),
    "groupIdToken": ("group",),
    "transactionId": ("transaction",),
    "reservationId": ("reservation",),
    "key": ("key", "keys"),
    "value": ("value",),
    "type": ("kind", "operative"),
    "operationalStatus": ("operative",),
    "requestedMessage": ("message",),
    "updateType": ("update",),
    "id": ("profile", "profile_id"),
    "chargingProfileId": ("profile", "profile_id"),
    "chargingProfilePurpose": ("purpose",),
    "chargingProfileKind": ("kind",),
    "stackLevel": ("stack_level",),
    "chargingRateUnit": ("unit",),
    "duration": ("duration",),
    "limit": ("limit",),
    "numberPhases": ("number_phases",),
    "vendorId": ("vendor",),
    "messageId": ("message",),
    "data": ("data",),
    "location": ("location",),
    "remoteLocation": ("location",),
    "retries": ("retries",),
    "retryInterval": ("retry_interval",),
    "retrieveDate": ("retrieve_date",),
    "retrieveDateTime": ("retrieve_date",),
    "logType": ("log",),
    "signature": ("signature",),
    "signingCertificate": ("certificate",),
    "certificate": ("certificate",),
    "certificateType": ("kind",),
}
_OPERATIVE: Final = {True: "Operative", False: "Inoperative"}


def told(action: Action, name: str, payload: Mapping[str, Any]) -> str:
    """Say which fields of a request are as asked for, which are not, and which are its own."""
    asked: dict[str, set[Any]] = {}
    for field, value in _values(asdict(action)):
        asked.setdefault(field, set()).add(value)
    same, other, own = [], [], []
    for path, value in leaves(payload):
        wishes = _wishes(path, asked)
        if not wishes:
            own.append(path)
        elif any(_same(wish, value) for wish in wishes):
            same.append(path)
        else:
            other.append(f"{path} ({' or '.join(sorted(map(str, wishes)))} was)")
    groups = (
        ("as asked for", same),
        ("not what was asked for", other),
        ("its own choice", own),
    )
    words = "; ".join(f"{what}: {', '.join(paths)}" for what, paths in groups if paths)
    return f"{name} {words}" if words else f"{name} has no fields"


def _values(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what an intent says, those of a profile like the others."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _values(value)
        elif isinstance(value, tuple):
            yield from ((name, element) for element in value)
        elif name == "operative":
            yield name, _OPERATIVE[value]
        elif value is not None:
            yield name, value


def _wishes(path: str, asked: Mapping[str, set[Any]]) -> set[Any]:
    last = path.rpartition(".")[2].partition("[")[0]
    return {wish for field in _ASKED.get(last, ()) for wish in asked.get(field, ())}


def _same(wish: object, value: object) -> bool:
    return not mismatches(wish, value) or str(wish).lower() == str(value).lower()
