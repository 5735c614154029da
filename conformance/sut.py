"""What a user declares about one system under test: sut.toml, read, checked and asked."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import quote

from pydantic import ValidationError

from conformance.catalogue import load as load_catalogue
from conformance.declaration import (
    certificates,
    configured,
    fingerprint,
    given,
    secrets_of,
)
from conformance.features import feature_ids, over, with_groups
from conformance.sut_checks import SEVERAL_EVSES, contradictions
from conformance.sut_document import Document
from conformance.sut_errors import (
    Place,
    Problem,
    SutFileError,
    UnreadableSutError,
    from_pydantic,
)
from conformance.sut_files import Files
from conformance.sut_operators import AnyOperator, HttpTemplateSettings
from conformance.sut_reference import reference_tables
from conformance.sut_sections import Connection, Evse, Limits, Origin, Role, Version, Waiver
from conformance.sut_tls import TlsFiles
from conformance.sut_values import Values

if TYPE_CHECKING:
    from conformance.ocpp201.messages import IdTokenType

__all__ = ["Sut", "SutFileError", "embedded", "from_tables", "load"]

KILO: Final = 1000
PHASE_VOLTAGE: Final = 230


@dataclass(frozen=True)
class Sut:
    """The declaration a run is made against: identity, connection, topology, values, limits.

    The specification's configured values are in `values`; those that nearly every case needs
    have names of their own here. All durations are in seconds.
    """

    document: Document
    file: str = ""

    @property
    def name(self) -> str:
        """What reports call the system."""
        return self.document.sut.name

    @property
    def version(self) -> Version:
        """The OCPP version, "1.6" or "2.0.1"."""
        return self.document.sut.version

    @property
    def role(self) -> Role:
        """What the system is: "CS" or "CSMS"."""
        return self.document.sut.role

    @property
    def vendor(self) -> str:
        """Who makes the system; empty when not declared."""
        return self.document.sut.vendor

    @property
    def model(self) -> str:
        """The system's model; empty when not declared."""
        return self.document.sut.model

    @property
    def connection(self) -> Connection:
        """How the tool and the system find each other."""
        return self.document.connection

    @property
    def tls(self) -> TlsFiles:
        """The certificates and keys of the tool's side."""
        return self.document.tls.files(self.role)

    @property
    def values(self) -> Values:
        """Every configured value."""
        return self.document.values

    @property
    def files(self) -> Files:
        """What is fetched from the tool and uploaded to it."""
        return self.document.files

    @property
    def limits(self) -> Limits:
        """The time limits, in seconds."""
        return self.document.limits

    @property
    def silence(self) -> float:
        """For how long a message that must not come is waited for, in seconds."""
        limits = self.limits
        return limits.message_timeout if limits.silence is None else limits.silence

    @property
    def operator(self) -> AnyOperator:
        """Who acts on the system."""
        return self.document.operator

    @property
    def waivers(self) -> tuple[Waiver, ...]:
        """The failures that the user accepts."""
        return self.document.waivers

    @property
    def features(self) -> frozenset[str]:
        """The ids of the declared features, with their groups (C-40 for C-40.1)."""
        several = {SEVERAL_EVSES} if len(self.document.topology.evses) > 1 else set()
        connected = over(self.version, self.connection.security_profile)
        return with_groups({*self.document.features, *several}) | connected

    def declares(self, feature: str) -> bool:
        """Tell whether the system declares the feature with this id."""
        return feature in self.features

    @property
    def stations(self) -> tuple[str, ...]:
        """The identities of the stations: one, unless a CSMS declares several."""
        return self.connection.stations or (self.connection.station,)

    @property
    def station(self) -> str:
        """The identity of the (first) station."""
        return self.stations[0]

    def at(self, station: str) -> Sut:
        """Return the declaration as it is for one of the stations."""
        key = {"stations": (station,)} if self.connection.stations else {"station": station}
        connection = self.connection.model_copy(update=key)
        return replace(self, document=self.document.model_copy(update={"connection": connection}))

    def url(self, station: str | None = None) -> str:
        """Return the address at which the CSMS awaits a station, its identity included."""
        return f"{self.connection.url.rstrip('/')}/{quote(station or self.station, safe='')}"

    @property
    def evse(self) -> int:
        """The EVSE that cases use; on OCPP 1.6, which has none, the connectorId."""
        return self.connector if self.version == "1.6" else self.values.evse

    @property
    def connector(self) -> int:
        """The connector that cases use."""
        return self.values.connector

    @property
    def evses(self) -> tuple[Evse, ...]:
        """Every EVSE with its connectors; on OCPP 1.6 one for each connectorId."""
        if self.version == "1.6":
            numbers = range(1, self.document.topology.connectors + 1)
            return tuple(Evse(id=n, connectors=(n,)) for n in numbers)
        return self.document.topology.evses

    @property
    def connectors(self) -> tuple[int, ...]:
        """All connectorIds (1.6), or the connectors of the EVSE that cases use (2.0.1)."""
        if self.version == "1.6":
            return tuple(evse.id for evse in self.evses)
        return next(evse.connectors for evse in self.evses if evse.id == self.evse)

    @property
    def places(self) -> tuple[tuple[int, int], ...]:
        """Every pair of EVSE and connector; on OCPP 1.6 both are the connectorId."""
        return tuple((evse.id, connector) for evse in self.evses for connector in evse.connectors)

    @property
    def id_tag(self) -> str:
        """The valid token, as OCPP 1.6 writes it."""
        return self.values.id_token.id_tag

    @property
    def id_token(self) -> IdTokenType:
        """The valid token, as OCPP 2.0.1 writes it."""
        return self.values.id_token.id_token

    @property
    def heartbeat_interval(self) -> int:
        """The interval between Heartbeats, in seconds."""
        return self.values.heartbeat_interval

    @property
    def retry_interval(self) -> int:
        """The interval between BootNotifications that are not accepted, in seconds."""
        return self.values.retry_interval

    @property
    def charging_rate_unit(self) -> Literal["A", "W"]:
        """The unit of charging limits, "A" or "W"."""
        return self.values.charging_rate_unit

    @property
    def number_phases(self) -> int:
        """The phases that are charged on, 1 to 3."""
        return self.values.number_phases

    def charging_limit(self, amperes: float) -> float:
        """Return a limit that the documents give in A, in the configured unit.

        In W a 2.0.1 station gets 230 W for each ampere and phase (erratum 6.2.69 of Part 6);
        elsewhere the documents' watts are the amperes times 1000.
        """
        if self.charging_rate_unit == "A":
            return amperes
        if (self.version, self.role) == ("2.0.1", "CS"):
            return amperes * PHASE_VOLTAGE * self.number_phases
        return amperes * KILO

    def declaration(self) -> dict[str, Any]:
        """Return what a journal says of the system, with the hash of the whole declaration.

        Secrets are in neither; the hash is over all other keys, defaults included.
        """
        document = self.document
        return {
            **document.sut.model_dump(mode="json"),
            "station": self.station,
            "features": sorted(set(document.features)),
            "operator": document.operator.kind,
            "security_profile": document.connection.security_profile,
            "configured": configured(document),
            "given": given(document),
            "certificates": certificates(self.tls),
            "waivers": [waiver.model_dump(mode="json") for waiver in document.waivers],
            "sha256": fingerprint(document),
        }

    @property
    def secrets(self) -> frozenset[str]:
        """What must stand in no journal, report or log."""
        return secrets_of(self.document)

    def changed(self, changes: Mapping[str, object]) -> Sut:
        """Return a copy with some tables' keys changed, checked anew.

        `changes` is {"values": {"connector": 2}, "features": [...]}; unknown keys are errors.
        """
        tables = self.document.model_dump(exclude_unset=True, by_alias=True)
        return replace(from_tables(_merged(tables, changes), {}), file=self.file)


def load(path: Path | str, environ: Mapping[str, str]) -> Sut:
    """Read and check a sut.toml; `environ` holds the variables that secrets may come from.

    Raises SutFileError, whose text lists every problem with file, line and key.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except FileNotFoundError as error:
        told = "there is no such file; ocpp-conformance init writes one"
        raise UnreadableSutError(str(path), told) from error
    except OSError as error:
        raise UnreadableSutError(str(path), f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UnreadableSutError(str(path), f"is not UTF-8 text: {error.reason}") from error
    except tomllib.TOMLDecodeError as error:
        raise UnreadableSutError(str(path), f"is not TOML: {error}") from error
    sut = from_tables(tables, environ, file=str(path), text=text)
    if isinstance(sut.operator, HttpTemplateSettings):
        from conformance.operators import read_template  # noqa: PLC0415 - it builds on this module

        read_template(sut, sut.operator)
    return sut


def from_tables(
    tables: Mapping[str, Any], environ: Mapping[str, str], *, file: str = "sut.toml", text: str = ""
) -> Sut:
    """Check a declaration that is in memory already; errors as those of `load`."""
    origin = Origin(environ, Path(file).parent)
    try:
        document, problems = Document.model_validate(tables, context=origin), []
    except ValidationError as error:
        problems = from_pydantic(error, Document)
        unknown = _unknown(problems)
        partial = _well_formed(tables, unknown, origin)
        found = _contradictions(partial, unknown) if partial else []
        raise SutFileError(file, [*problems, *found], text) from None
    if problems := _contradictions(document, ()):
        raise SutFileError(file, problems, text)
    return Sut(document, file)


def _unknown(problems: Iterable[Problem]) -> list[Place]:
    """Return the keys whose values cannot be relied on: a section's key, not what is inside."""
    return [problem.place[:2] for problem in problems]


def _well_formed(
    tables: Mapping[str, Any], unknown: Iterable[Place], origin: Origin
) -> Document | None:
    """Return the declaration without the keys that are wrong, if that can be read."""
    kept = {k: dict(v) if isinstance(v, dict) else v for k, v in tables.items()}
    for section, *names in unknown:
        table = kept.get(str(section))
        if names and isinstance(table, dict) and section != "operator":
            table.pop(str(names[0]), None)
        else:
            kept.pop(str(section), None)
    if isinstance(kept.get("sut"), dict):
        kept["sut"].setdefault("name", "?")
    try:
        return Document.model_validate(kept, context=origin)
    except ValidationError:
        return None


def _contradictions(document: Document, unknown: Iterable[Place]) -> list[Problem]:
    version, role = document.sut.version, document.sut.role
    # Only waivers name cases; a run that has none needs no catalogue.
    known = load_catalogue(version).values() if document.waivers else ()
    cases = [case.id for case in known if case.role == role]
    found = contradictions(document, feature_ids(version, role), cases)
    return [c.problem for c in found if not c.moot(tuple(unknown))]


def _merged(tables: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(tables)
    for name, change in changes.items():
        table = both.get(name)
        together = isinstance(table, dict) and isinstance(change, Mapping)
        both[name] = {**table, **change} if together else change  # type: ignore[dict-item]
    return both


def embedded(
    version: Version,
    role: Role,
    *,
    name: str = "reference",
    options: Mapping[str, str | float | bool] | None = None,
    faults: Iterable[str] = (),
    changes: Mapping[str, object] | None = None,
) -> Sut:
    """Return the declaration of the tool's own reference system, with short times.

    `options` and `faults` are the reference system's; `changes` are other keys, as in
    `Sut.changed`.
    """
    tables = reference_tables(version, role, name, dict(options or {}))
    tables["operator"]["faults"] = list(faults)
    return from_tables(_merged(tables, changes or {}), {})
