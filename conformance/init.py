"""Writes the commented sut.toml that a user begins with."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Collection, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Final

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from conformance import templates
from conformance.features import Feature, features
from conformance.sut_files import Files
from conformance.sut_operators import (
    CommandSettings,
    ConsoleSettings,
    EmbeddedSettings,
    HttpSettings,
    HttpTemplateSettings,
    PythonSettings,
)
from conformance.sut_sections import (
    Connection,
    Identity,
    Limits,
    Samples,
    Secret,
    Section,
    Topology,
)
from conformance.sut_tls import Tls
from conformance.sut_values import Values

WIDTH: Final = 96
KINDS: Final = {
    "profile": "profiles, as a whole",
    "optional": "optional features",
    "question": "questions to the vendor: declared is yes",
    "hardware": "hardware",
    "subtype": "subtypes of the product",
}
_URL: Final = 'url = "http://127.0.0.1:8080"'
OPERATORS: Final[Mapping[type[Section], tuple[str, ...]]] = {
    ConsoleSettings: ("console",),
    HttpSettings: ("http", _URL),
    HttpTemplateSettings: ("http-template", 'template = "csms.toml"', _URL),
    CommandSettings: ("command", 'program = ["./rig.py"]'),
    PythonSettings: ("python", 'class = "rig:Rig"'),
    EmbeddedSettings: ("embedded",),
}


def template(role: str, version: str, operator: str = "console", file: str = "csms.toml") -> str:
    """Return a sut.toml for a system of this role and version that says what every key means.

    Keys with a default stand in it as comments, and so do the operators of other kinds than
    `operator`; `file` is the template of an http-template. Raises LookupError for an unknown pair.
    """
    sections: tuple[tuple[str, type[Section], Mapping[str, object]], ...] = (
        ("sut", Identity, {"name": "my system", "version": version, "role": role}),
        ("connection", Connection, _connection(role)),
        ("tls", Tls, {}),
        ("topology", Topology, {}),
        ("values", Values, {}),
        ("files", Files, {}),
        ("limits", Limits, {}),
        ("samples", Samples, {}),
    )
    lines = [*_opening(role, version), *_features(features(version, role).values())]
    for name, model, given in sections:
        lines += ["", *_section(name, model, given, role, version)]
    lines += ["", *_operators(operator, file), "", *_waivers(role, version)]
    return "\n".join(lines) + "\n"


def written(role: str, version: str, operator: str, output: Path) -> dict[Path, str]:
    """Return the files to begin with: a sut.toml, and the template of a known CSMS.

    `operator` is a kind of operator or such a CSMS; LookupError for any other.
    """
    kinds = [kind for kind, *_ in OPERATORS.values()]
    if operator in kinds:
        return {output: template(role, version, operator)}
    known = templates.names(version) if role == "CSMS" else []
    if operator not in known:
        choice = ", ".join([*kinds, *known])
        raise LookupError(f"{operator} is no operator for OCPP {version}, {role}: {choice}")
    beside = output.parent / templates.file(operator, version).name
    return {
        output: template(role, version, "http-template", beside.name),
        beside: templates.text(operator, version),
    }


def _opening(role: str, version: str) -> list[str]:
    what = {"CS": "a station under test", "CSMS": "a central system under test"}[role]
    text = (
        f"The declaration of {what}, OCPP {version}, for ocpp-conformance. "
        "A line that begins with # is a comment; a key in a comment shows its default. "
        "Durations are in seconds."
    )
    return [*_comment(text), ""]


def _features(known: Collection[Feature]) -> Iterator[str]:
    width = max(len(feature.id) for feature in known) + 3
    yield from _comment(
        "What the system has of what is optional. Take out the # before each feature that it "
        "has: the cases about the others are NOT APPLICABLE."
    )
    yield "features = ["
    for kind, group in groupby(known, key=lambda feature: feature.kind):
        yield f"    # --- {KINDS[kind]} ---"
        for feature in group:
            yield f"    # {_toml(feature.id) + ',':<{width}} # {feature.name}"
    yield "]"


def _connection(role: str) -> dict[str, object]:
    if role == "CS":
        return {"host": "0.0.0.0"}  # noqa: S104 - a station is another machine
    return {"url": "ws://127.0.0.1:9000/ocpp"}


def _section(
    name: str, model: type[Section], given: Mapping[str, object], role: str, version: str
) -> Iterator[str]:
    yield f"[{name}]"
    for field, info in model.model_fields.items():
        if not model.only(field).fits(version, role):
            continue
        yield from _comment(info.description or field)
        if field in given:
            yield f"{field} = {_toml(given[field])}"
        elif info.default is None:
            yield f"# {field} = {_example(field)}"
        else:
            yield f"# {field} = {_toml(_plain(info.default, version))}"


_EXAMPLES: Final = {
    "silence": "30.0",
    "folder": '"pki/ecdsa"',
    "certificate": '"pki/ecdsa/server.pem"',
    "private_key": '"pki/ecdsa/server.key"',
    "trusted": '"pki/ecdsa/root.pem"',
    "authority": '"pki/ecdsa/ca.pem"',
    "authority_key": '"pki/ecdsa/ca.key"',
    "maker": '"pki/ecdsa/manufacturer-root.pem"',
    "maker_key": '"pki/ecdsa/manufacturer-root.key"',
    "maker_crl": '"pki/ecdsa/manufacturer-crl.pem"',
    "revoked_signer": '"pki/ecdsa/bad/firmware-revoked.pem"',
    "signer": '"pki/ecdsa/firmware.pem"',
    "signer_key": '"pki/ecdsa/firmware.key"',
    "crl": '"pki/ecdsa/crl.pem"',
    "password": '{env = "OCPP_PASSWORD"}',
    "local_limit": "32",
    "unsupported_priority": '"AlwaysFront"',
    "unsupported_state": '"Faulted"',
    "protocols": '["HTTP"]',
    "passive_ports": "[50000, 50009]",
    "firmware": '"firmware.bin"',
    "corrupt_firmware": '"not-firmware.bin"',
}


def _example(field: str) -> str:
    """Return what a key without a default may look like."""
    return _EXAMPLES.get(field, "1")


def _operators(chosen: str, file: str) -> Iterator[str]:
    yield "[operator]"
    yield from _comment(
        "who acts on the system: plugs in, presents tokens, switches off and on, or uses the "
        "CSMS; one of the following kinds"
    )
    for model, (kind, *needed) in OPERATORS.items():
        active = kind == chosen
        yield f"{'' if active else '# '}kind = {_toml(kind)}  # {_first(model)}"
        for line in needed:
            told = f"{line.replace('csms.toml', file)}  # {_said(model, line.split()[0])}"
            yield told if active else f"#   {told}"
        for field, info in model.model_fields.items():
            if field in ("kind", "cannot") or info.default is PydanticUndefined:
                continue
            shown = '{env = "RIG_TOKEN"}' if info.default is None else _toml(info.default)
            yield f"#   {field} = {shown}  # {info.description}"
    info = ConsoleSettings.model_fields["cannot"]
    yield from _comment(str(info.description))
    yield '# cannot = ["ParkingBay"]'


def _first(model: type[BaseModel]) -> str:
    text = (model.__doc__ or "").splitlines()[0]
    return text[0].lower() + text[1:].rstrip(".")


def _said(model: type[BaseModel], name: str) -> str:
    found = (f for n, f in model.model_fields.items() if name in (n, f.alias))
    return str(next(found).description)


def _waivers(role: str, version: str) -> list[str]:
    case = {"1.6": f"TC_010_{role}", "2.0.1": f"TC_B_01_{role}"}[version]
    text = (
        "A failure that is known and accepted: it is reported as waived, and it is red when the "
        "case passes after all. One [[waivers]] for each."
    )
    keys = [f'# case = "{case}"', '# step = "3"', '# reason = "fixed in firmware 1.8"']
    return [*_comment(text), "# [[waivers]]", *keys]


def _plain(value: object, version: str) -> object:
    """Return a default as a user would write it: OCPP 1.6 tokens have no kind."""
    if isinstance(value, BaseModel):
        plain = value.model_dump(mode="json", exclude_none=True)
        return plain["token"] if version == "1.6" and "token" in plain else plain
    if isinstance(value, tuple):
        return [_plain(element, version) for element in value]
    return value


def _toml(value: object) -> str:
    """Return a value in TOML's spelling; JSON's strings and numbers are TOML's."""
    if isinstance(value, Mapping):
        inner = ", ".join(f"{name} = {_toml(element)}" for name, element in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, Secret):
        raise TypeError("a secret has no default that could be shown")
    return json.dumps(value)


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="# ", subsequent_indent="# ")
