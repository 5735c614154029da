"""The tables of sut.toml, and what may stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, InstanceOf, ValidationInfo
from pydantic.functional_serializers import PlainSerializer

from conformance.sut_stations import identities, patterns

if TYPE_CHECKING:
    from conformance.ocpp201.messages import IdTokenType

Version: TypeAlias = Literal["1.6", "2.0.1"]
Role: TypeAlias = Literal["CS", "CSMS"]
Seconds: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]
PositiveSeconds: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False)]
# TOML has arrays only; strict mode would insist on Python's tuples and sets.
Texts: TypeAlias = Annotated[tuple[str, ...], Field(strict=False)]
Stations: TypeAlias = Annotated[
    Texts,
    BeforeValidator(identities),
    PlainSerializer(patterns, return_type=list[str], when_used="json"),
]


@dataclass(frozen=True)
class Only:
    """Marks a key that means something for some versions or roles only."""

    version: Version | None = None
    role: Role | None = None

    def fits(self, version: str, role: str) -> bool:
        """Tell whether the key means something for a system of this version and role."""
        return self.version in (None, version) and self.role in (None, role)

    def __str__(self) -> str:
        return " ".join(
            part
            for part in (
                self.version and f"OCPP {self.version}",
                self.role and f"role {self.role}",
            )
            if part
        )


def key(
    default: object,
    text: str,
    *,
    version: Version | None = None,
    role: Role | None = None,
    **limits: Any,  # noqa: ANN401 - pydantic's constraints, handed through
) -> Any:  # noqa: ANN401 - stands where a default of any type stands
    """Describe one key: its default (... for none), its meaning, and whom it concerns."""
    extra = {"only": Only(version, role)}
    return Field(default, description=text, json_schema_extra=extra, **limits)  # type: ignore[arg-type]


class Section(BaseModel):
    """A table of sut.toml: no unknown keys, no silent conversions, never changed."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, hide_input_in_errors=True, populate_by_name=True
    )

    @classmethod
    def only(cls, name: str) -> Only:
        """Return for which versions and roles the key `name` means something."""
        extra = cls.model_fields[name].json_schema_extra
        found = extra.get("only") if isinstance(extra, dict) else None
        return found if isinstance(found, Only) else Only()


@dataclass(frozen=True)
class Origin:
    """Where secrets come from: the environment's variables, and the folder of sut.toml."""

    environ: Mapping[str, str]
    folder: Path


class Secret:
    """A password or token that shows itself only to those who ask for it."""

    __slots__ = ("_raw",)

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def reveal(self) -> bytes:
        """Return the bytes as they go on the wire."""
        return self._raw

    def __repr__(self) -> str:
        return "Secret(***)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._raw == other._raw

    def __hash__(self) -> int:
        return hash(self._raw)


FORMS = 'a text, {env = "NAME"}, {file = "path"} or {text = "..."}, with encoding = "hex"'


def _secret(value: object, info: ValidationInfo) -> object:
    if isinstance(value, Secret):
        return value
    if isinstance(value, str):
        return Secret(value.encode())
    if not isinstance(value, dict):
        raise ValueError(f"expected {FORMS}")  # noqa: TRY004 - pydantic collects ValueErrors
    places = {"env", "file", "text"} & value.keys()
    if len(places) != 1 or value.keys() - places - {"encoding"}:
        raise ValueError(f"expected {FORMS}")
    place = places.pop()
    if not isinstance(value[place], str):
        raise ValueError(f"expected a text after {place} =")  # noqa: TRY004
    text = _read_secret(place, value[place], info.context)
    return Secret(_decoded(text, value.get("encoding", "text")))


def _read_secret(place: str, value: str, origin: Origin | None) -> str:
    if place == "text":
        return value
    if origin is None:
        raise ValueError("expected a text here, where no environment and no folder are known")
    if place == "env":
        if not origin.environ.get(value):
            raise ValueError(f"expected the environment variable {value}, found it not set")
        return origin.environ[value]
    try:
        # An editor ends a file with a newline; a password does not end with one.
        return (origin.folder / value).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ValueError(f"expected the file {value} to be readable, found {reason}") from error


def _decoded(text: str, encoding: object) -> bytes:
    if encoding == "text":
        return text.encode()
    if encoding != "hex":
        raise ValueError('expected encoding = "text" or "hex"')
    try:
        return bytes.fromhex(text)
    except ValueError:
        # Without the cause: its text quotes a part of the secret.
        raise ValueError("expected hexadecimal digits, two for each byte") from None


SecretField: TypeAlias = Annotated[
    InstanceOf[Secret],
    BeforeValidator(_secret),
    PlainSerializer(lambda _: "***", return_type=str, when_used="json"),
]


TokenKind: TypeAlias = Literal[
    "Central",
    "eMAID",
    "ISO14443",
    "ISO15693",
    "KeyCode",
    "Local",
    "MacAddress",
    "NoAuthorization",
]


class Token(Section):
    """An identification: what a driver presents, or what stands for a group."""

    token: Annotated[str, Field(max_length=36)] = key(..., "the token itself")
    kind: TokenKind = "ISO14443"

    @property
    def id_tag(self) -> str:
        """The idTag of OCPP 1.6."""
        return self.token

    @property
    def id_token(self) -> IdTokenType:
        """The IdTokenType of OCPP 2.0.1: {"idToken": ..., "type": ...}."""
        return {"idToken": self.token, "type": self.kind}


def _token(value: object) -> object:
    return {"token": value} if isinstance(value, str) else value


def _group(value: object) -> object:
    return {"token": value, "kind": "Central"} if isinstance(value, str) else value


TokenField: TypeAlias = Annotated[Token, BeforeValidator(_token)]
GroupField: TypeAlias = Annotated[Token, BeforeValidator(_group)]


class Identity(Section):
    """[sut]: which system this is."""

    name: str = key(..., "what reports call this system", min_length=1)
    version: Version = key(..., 'the OCPP version: "1.6" or "2.0.1"')
    role: Role = key(..., 'what the system is: "CS" (a station) or "CSMS" (a central system)')
    vendor: str = key("", "who makes it, as a station's BootNotification says it")
    model: str = key("", "its model, as a station's BootNotification says it")
    firmware: str = key("", "the firmware or software version under test")
    serial: str = key("", "the serial number of the tested sample")


class Connection(Section):
    """[connection]: how the tool and the system find each other."""

    host: str = key(
        "127.0.0.1",
        'the address the tool listens on; "0.0.0.0" for every interface',
        role="CS",
        min_length=1,
    )
    port: Annotated[int, Field(ge=0, le=65535)] = key(
        9000, "the port the tool listens on; 0 lets the system choose one", role="CS"
    )
    path: str = key(
        "/ocpp",
        "the path before the station's identity: ws://host:port/ocpp/CP01",
        role="CS",
        pattern="^(/[^?#]*)?$",
    )
    url: str = key("", "where the CSMS waits, without the station's identity", role="CSMS")
    upgraded_url: str = key(
        "",
        "where the CSMS waits with TLS, if that is elsewhere than without (TC_083)",
        version="1.6",
        role="CSMS",
    )
    station: str = key("CP01", "the identity of the station", min_length=1, max_length=255)
    stations: Stations = key(
        (),
        'several stations that the CSMS knows, in place of one: a list, or "CP{01..20}"',
        role="CSMS",
    )
    security_profile: Literal[0, 1, 2, 3] = key(
        0,
        "0: no authentication (for labs), 1: HTTP basic authentication, 2: that over TLS, "
        "3: TLS with certificates on both sides",
    )
    password: SecretField | None = key(
        None, f"the password of profiles 1 and 2: {FORMS}", repr=False
    )


class Evse(Section):
    """One EVSE and its connectors."""

    id: Annotated[int, Field(ge=1)] = key(..., "the number of the EVSE, from 1")
    connectors: Annotated[
        tuple[Annotated[int, Field(ge=1)], ...], Field(strict=False, min_length=1)
    ] = key(..., "the numbers of its connectors, such as [1, 2]")


class Topology(Section):
    """[topology]: the places at which the system charges (a CSMS: what it knows of them)."""

    connectors: Annotated[int, Field(ge=1)] = key(
        1, "how many connectors the charge point has", version="1.6"
    )
    evses: Annotated[tuple[Evse, ...], Field(strict=False, min_length=1)] = key(
        (Evse(id=1, connectors=(1,)),), "every EVSE with its connectors", version="2.0.1"
    )


class Limits(Section):
    """[limits]: for how long the tool waits, in seconds."""

    message_timeout: PositiveSeconds = key(30.0, "for an expected message or an answer")
    connect_timeout: PositiveSeconds = key(60.0, "for a connection, or for its return")
    silence: PositiveSeconds | None = key(
        None, "for a message that must not come (default: message_timeout)"
    )
    longest_pause: PositiveSeconds = key(
        60.0, "for an interval that the other side chose, at the most", role="CSMS"
    )
    operator_timeout: PositiveSeconds = key(300.0, "for the operator to carry out one action")
    long_operation: PositiveSeconds = key(
        600.0, "for a reboot, a firmware update, an upload and the like"
    )
    deviation: Seconds = key(4.0, "by how much a measured interval may miss the configured one")


class Samples(Section):
    """[samples]: which requests with a fault a case sends that samples them."""

    count: Annotated[int, Field(ge=1, le=100_000)] = key(10, "requests with a fault, each random")
    seed: int = key(1, "the same seed makes the same requests")
    exhaustive: bool = key(False, "every fault of every request, none at random")


class Waiver(Section):
    """[[waivers]]: a failure that is known and accepted; a waived case that passes is red."""

    case: str = key(..., "the id of the case", min_length=1)
    step: str = key(..., "the step at which it fails", min_length=1)
    reason: str = key(..., "why this is accepted", min_length=1)
