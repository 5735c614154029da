"""Checks the payload of every message against the official JSON schemas."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any, Final, Literal, TypeAlias

import jsonschema_rs

Direction: TypeAlias = Literal["Request", "Response"]
Schema: TypeAlias = dict[str, Any]

_FOLDERS: Final = {"1.6": "v16", "2.0.1": "v201"}

# Draft 6 for every file: the classic files of 1.6 say draft 4, for which 300.0 is no integer,
# though JSON itself knows one kind of number only.
_DRAFT: Final = "http://json-schema.org/draft-06/schema#"

# What a code stands for is OCPP-J 1.6, table 7, and OCPP 2.0.1 part 4, 4.3. The two spellings
# that are odd in 1.6 are kept on purpose by its errata sheet (5.1 and 5.2). An incomplete
# payload is ProtocolError in 1.6; in 2.0.1 that code is about the structure of the payload.
_CODES: Final[dict[str, dict[str, str]]] = {
    "1.6": {
        "required": "ProtocolError",
        "additionalProperties": "FormationViolation",
        "payload": "FormationViolation",
        "type": "TypeConstraintViolation",
        "minItems": "OccurenceConstraintViolation",
        "maxItems": "OccurenceConstraintViolation",
    },
    "2.0.1": {
        "required": "OccurrenceConstraintViolation",
        "additionalProperties": "ProtocolError",
        "payload": "FormatViolation",
        "type": "TypeConstraintViolation",
        "minItems": "OccurrenceConstraintViolation",
        "maxItems": "OccurrenceConstraintViolation",
    },
}
_VALUE_IS_WRONG: Final = "PropertyConstraintViolation"

# Values of these fields may be a password, or an address with one in it.
_SECRETS: Final[dict[str, frozenset[str]]] = {
    "ChangeConfiguration": frozenset({"value"}),
    "GetConfiguration": frozenset({"value"}),
    "GetDiagnostics": frozenset({"location"}),
    "GetLog": frozenset({"remoteLocation"}),
    "GetVariables": frozenset({"attributeValue"}),
    "NotifyReport": frozenset({"value"}),
    "PublishFirmware": frozenset({"location"}),
    "PublishFirmwareStatusNotification": frozenset({"location"}),
    "SetNetworkProfile": frozenset({"apnPassword", "key", "ocppCsmsUrl", "password"}),
    "SetVariables": frozenset({"attributeValue"}),
    "SignedUpdateFirmware": frozenset({"location"}),
    "UpdateFirmware": frozenset({"location"}),
}

_SHOWN: Final = 40
_MOST: Final = 100  # violations that are told of one payload
_LARGE: Final = 5_000  # values; to look for all violations takes time with the square of them


@dataclass(frozen=True)
class Violation:
    """One place where a payload breaks its schema.

    `path` is like "eventData[0].component.name", "" for the payload itself; `keyword` is the
    schema's ("required", "enum", ...), or "action" or "payload" where no schema gets to speak;
    `error_code` is the CALLERROR code of the OCPP version that fits best. The
    specifications leave the receiver some choice of code: it is what the tool answers, not what
    it may demand.
    """

    path: str
    keyword: str
    message: str
    error_code: str

    def __str__(self) -> str:
        return f"{self.path} {self.message}" if self.path else f"the payload {self.message}"


class Validator:
    """The schemas of one OCPP version; each is compiled when its action is first checked."""

    def __init__(self, version: str) -> None:
        self.version = version
        self._actions = frozenset(actions(version))
        self._compiled: dict[tuple[str, Direction], _Compiled] = {}

    def knows(self, action: str) -> bool:
        """Tell whether the version has this action, its security extension included."""
        return action in self._actions

    def check_request(self, action: str, payload: object) -> list[Violation]:
        """Return what is wrong with the payload of a CALL; nothing, if it is valid."""
        return self._check(action, "Request", payload)

    def check_response(self, action: str, payload: object) -> list[Violation]:
        """Return what is wrong with the payload of a CALLRESULT; nothing, if it is valid."""
        return self._check(action, "Response", payload)

    def _check(self, action: str, direction: Direction, payload: object) -> list[Violation]:
        if not self.knows(action):
            said = f"belongs to {_shown(action)}, no action of OCPP {self.version}"
            return [Violation("", "action", said, "NotImplemented")]
        try:
            compiled = self._compiled[action, direction]
        except KeyError:
            compiled = _Compiled(self.version, action, direction)
            self._compiled[action, direction] = compiled
        return compiled.check(payload)


@cache
def validator(version: str) -> Validator:
    """Return the validator of "1.6" or "2.0.1", always the same one."""
    return Validator(version)


@cache
def actions(version: str) -> tuple[str, ...]:
    """Return the actions of a version ("1.6" or "2.0.1") in alphabetical order."""
    names = (entry.name for entry in _folder(version).iterdir())
    end = "Response.json"
    return tuple(sorted(n.removesuffix(end) for n in names if n.endswith(end)))


def schema(version: str, action: str, direction: Direction) -> Schema:
    """Return the official schema with our corrections; raise ValueError for an unknown action."""
    if action not in actions(version):  # the name goes into a file name below
        raise ValueError(f"OCPP {version} has no action {_shown(action)}")
    plain = version == "1.6" and direction == "Request"
    name = f"{action}.json" if plain else f"{action}{direction}.json"
    found: Schema = json.loads((_folder(version) / name).read_text(encoding="utf-8-sig"))
    found["$schema"] = _DRAFT
    # Without it, a surplus field of an empty message would be found, but not named.
    found.setdefault("properties", {})
    _correct(version, action, direction, found)
    return found


def _folder(version: str) -> Any:  # noqa: ANN401 - Traversable has moved between versions
    if version not in _FOLDERS:
        raise ValueError(f"OCPP {version} is not one of {', '.join(_FOLDERS)}")
    return files("ocpp") / _FOLDERS[version] / "schemas"


def _correct(version: str, action: str, direction: Direction, found: Schema) -> None:
    """Put right where the files that `ocpp` ships differ from the published documents."""
    if version == "1.6" and action in {"MeterValues", "StopTransaction"}:
        for values in _units(found):
            # The wrong spelling is legal as well as the right one (OCPP-J 1.6 errata, 2.1).
            # Hertz is no value of UnitOfMeasure, yet named as the unit of Frequency (errata of
            # OCPP 1.6 on Measurand); one of the two shipped files allows it, so both do.
            values += [u for u in ("Celcius", "Celsius", "Hertz") if u not in values]
    if (version, action, direction) == ("2.0.1", "Get15118EVCertificate", "Response"):
        # Edition 3, Get15118EVCertificateResponse: a longer one is a matter of FieldLength.
        found["properties"]["exiResponse"]["maxLength"] = 5600


def _units(found: object) -> Iterator[list[str]]:
    if isinstance(found, Mapping):
        for name, sub in found.items():
            if name == "unit":
                yield sub["enum"]
            else:
                yield from _units(sub)


class _Compiled:
    """The schema of one action in one direction."""

    def __init__(self, version: str, action: str, direction: Direction) -> None:
        self._codes = _CODES[version]
        self._secrets = _SECRETS.get(action, frozenset())
        self._schema = jsonschema_rs.validator_for(
            schema(version, action, direction), validate_formats=True, offline=True
        )

    def check(self, payload: object) -> list[Violation]:
        if isinstance(payload, Mapping) and not isinstance(payload, dict):
            payload = dict(payload)
        try:
            if self._schema.is_valid(payload):
                return []
            errors = self._errors(payload)
        except ValueError:  # a Python object, or half a surrogate pair: frames bring neither
            return [self._violation("", "payload", "is not a JSON value")]
        return list(islice((v for e in errors for v in self._violations(e)), _MOST))

    def _errors(self, payload: object) -> Iterable[jsonschema_rs.ValidationError]:
        if not _large(payload):
            return self._schema.iter_errors(payload)
        try:
            self._schema.validate(payload)
        except jsonschema_rs.ValidationError as first:
            return [first]
        return []

    def _violations(self, error: jsonschema_rs.ValidationError) -> Iterator[Violation]:
        keyword, place = error.kind.name, list(error.instance_path)
        facts = error.kind.as_dict()
        path = _path(place)
        if keyword == "additionalProperties":
            for name in facts["unexpected"]:
                yield self._violation(_path([*place, name]), keyword, "is not a field here")
        elif keyword == "required":
            yield self._violation(_path([*place, facts["property"]]), keyword, "is missing")
        elif not place and keyword == "type":
            yield self._violation(path, "payload", f"is {_shown(error.instance)}, not an object")
        else:
            yield self._violation(path, keyword, self._said(error, facts))

    def _said(self, error: jsonschema_rs.ValidationError, facts: Mapping[str, Any]) -> str:
        names = [p for p in error.instance_path if isinstance(p, str)]
        secret = bool(names) and names[-1] in self._secrets
        shown = "(not shown)" if secret else _shown(error.instance)
        return _SENTENCES.get(error.kind.name, _other)(facts, error.instance, shown)

    def _violation(self, path: str, keyword: str, said: str) -> Violation:
        return Violation(path, keyword, said, self._codes.get(keyword, _VALUE_IS_WRONG))


_Sentence: TypeAlias = Callable[[Mapping[str, Any], Any, str], str]
_Facts: TypeAlias = Mapping[str, Any]


def _type(facts: _Facts, _: object, shown: str) -> str:
    wanted = " or ".join(facts["types"])
    return f"is {shown}, not {'an' if wanted[0] in 'aeiou' else 'a'} {wanted}"


def _enum(facts: _Facts, _: object, shown: str) -> str:
    options = facts["options"]
    more = f" or {len(options) - 5} others" if len(options) > 5 else ""  # noqa: PLR2004 - room
    return f"is {shown}, not one of {', '.join(options[:5])}{more}"


def _format(facts: _Facts, _: object, shown: str) -> str:
    wanted = "an RFC 3339 date-time with offset" if facts["format"] == "date-time" else "a URI"
    return f"is {shown}, not {wanted}"


def _other(_facts: _Facts, _value: object, shown: str) -> str:
    return f"is {shown}, which the schema does not allow"


_SENTENCES: Final[dict[str, _Sentence]] = {
    "type": _type,
    "enum": _enum,
    "format": _format,
    "maxLength": lambda f, v, s: f"has {len(v)} characters, {f['limit']} are allowed: {s}",
    "minItems": lambda f, v, _: f"has {len(v)} elements, at least {f['limit']} are required",
    "maxItems": lambda f, v, _: f"has {len(v)} elements, {f['limit']} are allowed",
    "minimum": lambda f, _, s: f"is {s}, less than {f['limit']}",
    "maximum": lambda f, _, s: f"is {s}, more than {f['limit']}",
    "multipleOf": lambda f, _, s: f"is {s}, not a multiple of {f['multiple_of']}",
}


def _large(payload: object) -> bool:
    count, level = 0, [payload] if isinstance(payload, dict | list) else []
    while level and count <= _LARGE:
        node = level.pop()
        inner = list(node.values() if isinstance(node, dict) else node)
        count += len(inner)
        level += [child for child in inner if isinstance(child, dict | list)]
    return count > _LARGE


def _path(parts: list[str | int]) -> str:
    steps = (f"[{p}]" if isinstance(p, int) else f".{_name(p)}" for p in parts)
    return "".join(steps).removeprefix(".")


def _name(name: str) -> str:
    """Return a field's name as it can stand in a path, whatever the peer called it."""
    return name if len(name) <= _SHOWN and name.isprintable() else _shown(name)


def _shown(value: object) -> str:
    """Return a value as JSON, short and safe to print; of an object or a list only its kind."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, str):
        cut = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
        return json.dumps(cut, ensure_ascii=not cut.isprintable())
    text = str(value).lower() if isinstance(value, bool) else str(value)
    text = "null" if value is None else text
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
