"""The catalogue: every case of the certification documents, loaded, checked and selected."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache, partial
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from conformance.conditions import Condition, ConditionError, parse
from conformance.features import ROLES, VERSIONS, derived_ids, feature_ids, with_groups, withdrawn

PROFILES: Final[Mapping[str, tuple[str, ...]]] = {
    "1.6": (
        "core",
        "firmware-management",
        "local-auth-list",
        "reservation",
        "smart-charging",
        "remote-trigger",
        "security",
    ),
    "2.0.1": (
        "core",
        "advanced-security",
        "local-authorization-list",
        "smart-charging",
        "advanced-device-management",
        "reservation",
        "advanced-user-interface",
        "iso15118",
    ),
}
"""The profiles of each version, in the order of the documents."""

LAYER: Final = "OCPP-J"
"""The profile of our own cases on the communication layer."""

SECURITY: Final = "own-security"
"""The profile of our own cases on security, beside those of the documents."""

OWN: Final = (LAYER, SECURITY)
"""The profiles of our own cases: no part of the programme."""

LEVELS: Final = ("MUST", "SHOULD")
_FOLDERS: Final = {"1.6": "ocpp16", "2.0.1": "ocpp201", LAYER: "ocppj", SECURITY: "ocppsec"}
_PREFIXES: Final = {LAYER: "OCPPJ", SECURITY: "SEC"}
_HEADINGS: Final = {LAYER: LAYER, SECURITY: "Security, our own"}
_DOCUMENTS: Final = {"1.6": "OCPP-J", "2.0.1": "Part 4"}
_ID: Final = re.compile(r"TC_[A-Z0-9_]*[0-9]_(CS|CSMS)")
_OWN_NEEDED: Final = frozenset({"title", "about", "role", "level", "stands_on"})
_NEEDED: Final = frozenset({"title", "section", "role", "profiles"})
_FIELDS: Final = _NEEDED | {"use_cases", "requirements", "condition"}

Fields: TypeAlias = Mapping[str, Any]


class CatalogueError(ValueError):
    """A catalogue file is damaged; the message names file, case, field and fault."""


class UnknownNameError(LookupError):
    """A selection names what does not exist; the message has the nearest that does."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        super().__init__(f"unknown {kind} '{name}'{_did_you_mean(name, known)}")


@dataclass(frozen=True)
class Entry:
    """A case as the documents tabulate it, implemented or not.

    `section` is the number of the section (1.6) or the letter and name of the block (2.0.1).
    `profiles` has M, mandatory, or C, conditional, for each profile that the case belongs to.
    `condition` is an expression over feature ids; empty where there is none. What a case at the
    `level` SHOULD finds wrong is a remark; it is MUST for all cases of the documents.
    """

    id: str
    title: str
    version: str
    role: str
    section: str
    use_cases: tuple[str, ...]
    requirements: tuple[str, ...]
    profiles: Mapping[str, str] = field(hash=False)
    condition: str
    level: str = "MUST"

    def unmet(self, features: AbstractSet[str]) -> str:
        """Say why the case does not apply to a system that declares `features`; empty if it does.

        It applies when the system has one of the case's profiles and meets the condition. Core
        and what our own cases are about are in every system. The profiles of 1.6 are part of the
        conditions.
        """
        declared = with_groups(features) | {"core", *OWN}
        if self.version == "2.0.1" and self.profiles and not self.profiles.keys() & declared:
            return f"needs {' or '.join(self.profiles)}; declared: none of them"
        unmet = parse(self.condition).unmet(declared)
        over = "16-OVER" if self.version == "1.6" else "OVER"
        return f"{unmet}; {over}.n is a run over security profile n" if over in unmet else unmet


@cache
def load(version: str) -> dict[str, Entry]:
    """Return the documents' cases of a version by their id, in their order.

    Raises CatalogueError when the file is damaged, UnknownNameError for another version.
    """
    if version not in VERSIONS:
        raise UnknownNameError("version", version, VERSIONS)
    file = _file(version)
    return read(file.read_text("utf-8"), version, str(file))


@cache
def own(version: str) -> dict[str, Entry]:
    """Return our own cases of a version by their id.

    An id stands for the same rule in every version that has it. Raises CatalogueError.
    """
    found: dict[str, Entry] = {}
    for profile in OWN:
        file = _file(profile)
        found |= read(file.read_text("utf-8"), version, str(file), partial(own_entry, profile))
    return found


def of_version(version: str) -> list[Entry]:
    """Return all cases of a version: the documents', in their order, then our own."""
    return [*load(version).values(), *own(version).values()]


def everything() -> list[Entry]:
    """Return the cases of all versions, in the order of the documents."""
    return [entry for version in VERSIONS for entry in of_version(version)]


@cache
def revision() -> str:
    """Return 12 hexadecimal digits that change with every change of the catalogue."""
    whole = hashlib.sha256()
    for file in map(_file, (*VERSIONS, *OWN)):
        # A checkout with other line ends has the same catalogue.
        whole.update(file.read_bytes().replace(b"\r\n", b"\n"))
    return whole.hexdigest()[:12]


def select(
    entries: Iterable[Entry],
    *,
    ids: Sequence[str] = (),
    profiles: Sequence[str] = (),
    versions: Sequence[str] = (),
    roles: Sequence[str] = (),
) -> list[Entry]:
    """Return the entries that meet every criterion given, in their own order.

    A criterion is met by any of its values; an empty one by everything. Raises
    UnknownNameError for an id that is not among the entries, or a value that does not exist.
    """
    entries = list(entries)
    slugs = dict.fromkeys(slug for version in VERSIONS for slug in PROFILES[version])
    slugs |= dict.fromkeys(OWN)
    _known("case", ids, [entry.id for entry in entries])
    _known("profile", profiles, slugs)
    _known("version", versions, VERSIONS)
    _known("role", roles, ROLES)
    return [
        entry
        for entry in entries
        if (not ids or entry.id in ids)
        and (not profiles or entry.profiles.keys() & set(profiles))
        and (not versions or entry.version in versions)
        and (not roles or entry.role in roles)
    ]


Build: TypeAlias = Callable[[str, str, Any], Entry | None]


def read(text: str, version: str, source: str, build: Build | None = None) -> dict[str, Entry]:
    """Read the text of a catalogue file; `source` stands in the messages of CatalogueError.

    `build` makes the entry of a version out of id, version and table: None where it has none.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise CatalogueError(f"{source}: {fault}") from fault
    entries = {}
    for id_, fields in tables.items():
        try:
            entry = (build or _entry)(id_, version, fields)
        except _FieldError as fault:
            raise CatalogueError(f"{source}: {id_}: {fault}") from fault
        if entry is not None:
            entries[id_] = entry
    return entries


class _FieldError(ValueError):
    """A field of an entry is wrong."""

    def __init__(self, name: str, fault: str) -> None:
        super().__init__(f"{name}: {fault}")


def _entry(id_: str, version: str, fields: Any) -> Entry:  # noqa: ANN401 - as it stands in the file
    role = _role(id_, fields)
    condition = _text(fields, "condition")
    return Entry(
        id=id_,
        title=_text(fields, "title"),
        version=version,
        role=role,
        section=_text(fields, "section"),
        use_cases=_texts(fields, "use_cases"),
        requirements=_texts(fields, "requirements"),
        profiles=_profiles(fields["profiles"], version, condition),
        condition=_condition(condition, version, role),
    )


def own_entry(profile: str, id_: str, version: str, fields: Any) -> Entry | None:  # noqa: ANN401
    """Make an entry of our own catalogue, None where it does not stand on the version."""
    prefix = _PREFIXES[profile]
    form = (
        re.compile(rf"{prefix}_[0-9]{{2,3}}_(CS|CSMS)"),
        f"{prefix}_<number>_CS or {prefix}_<number>_CSMS",
    )
    role = _role(id_, fields, _OWN_NEEDED, _OWN_NEEDED | {"condition"}, form)
    stands_on = _by_version(fields, "stands_on", set(VERSIONS))
    if fields["level"] not in LEVELS:
        raise _FieldError("level", f"expected MUST or SHOULD, not {fields['level']!r}")
    conditions = _by_version(fields, "condition", stands_on.keys())
    if version not in stands_on:
        return None
    condition = _text(conditions, version)
    return Entry(
        id=id_,
        title=_text(fields, "title"),
        version=version,
        role=role,
        section=f"{_HEADINGS[profile]}: {_text(fields, 'about')}",
        use_cases=(),
        requirements=tuple(_cited(r, version) for r in _texts(stands_on, version)),
        profiles=MappingProxyType({profile: "C" if condition else "M"}),
        condition=_condition(condition, version, role),
        level=fields["level"],
    )


def _by_version(fields: Fields, name: str, versions: AbstractSet[str]) -> Fields:
    """Return what a field says by version; the features of a condition are those of one."""
    found = fields.get(name, {})
    if not isinstance(found, dict) or found.keys() - versions or (name in fields and not found):
        raise _FieldError(name, f"expected a table by version, not {found!r}")
    return found


def _cited(place: str, version: str) -> str:
    """Return a section as a requirement: "4.1.1" is one of the document on JSON."""
    return f"{_DOCUMENTS[version]}: {place}" if place[:1].isdigit() else place


_TC_FORM: Final = _ID, "TC_<name>_CS or TC_<name>_CSMS"


def _role(
    id_: str,
    fields: Any,  # noqa: ANN401 - as it stands in the file
    needed: AbstractSet[str] = _NEEDED,
    known: AbstractSet[str] = _FIELDS,
    form: tuple[re.Pattern[str], str] = _TC_FORM,
) -> str:
    if not isinstance(fields, dict):
        raise _FieldError("entry", f"expected a table, not {fields!r}")
    if unknown := fields.keys() - known:
        name = min(unknown)
        raise _FieldError(name, f"unknown field{_did_you_mean(name, known)}")
    if missing := needed - fields.keys():
        raise _FieldError(min(missing), "missing")
    named = form[0].fullmatch(id_)
    if named is None:
        raise _FieldError("id", f"expected {form[1]}")
    if fields["role"] != named[1]:
        raise _FieldError("role", f"expected '{named[1]}', as in the id, not {fields['role']!r}")
    return named[1]


def _text(fields: Fields, name: str) -> str:
    # Only `condition` may be left out; its absence was checked with the others'.
    value = fields.get(name, "")
    if not isinstance(value, str) or (name in fields and not value.strip()):
        raise _FieldError(name, f"expected a text, not {value!r}")
    return value


def _texts(fields: Fields, name: str) -> tuple[str, ...]:
    values = fields.get(name, [])
    if not isinstance(values, list) or not all(isinstance(v, str) and v for v in values):
        raise _FieldError(name, f"expected a list of texts, not {values!r}")
    return tuple(values)


def _profiles(value: object, version: str, condition: str) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise _FieldError("profiles", f"expected a table, not {value!r}")
    for slug, status in value.items():
        if slug not in PROFILES[version]:
            hint = _did_you_mean(slug, PROFILES[version])
            raise _FieldError("profiles", f"unknown profile '{slug}'{hint}")
        if status not in ("M", "C"):
            raise _FieldError("profiles", f"expected M or C for {slug}, not {status!r}")
        if status == "C" and not condition:
            raise _FieldError("condition", f"missing, though {slug} is conditional")
    return MappingProxyType(value)


def _condition(text: str, version: str, role: str) -> str:
    if not text:
        return text
    try:
        condition = parse(text)
    except ConditionError as fault:
        raise _FieldError("condition", str(fault)) from fault
    _cites_known(condition, version, role)
    return text


def _cites_known(condition: Condition, version: str, role: str) -> None:
    known = feature_ids(version, role) | derived_ids(version, role)
    for id_ in sorted(condition.features() - known):
        replaced = withdrawn(version, role).get(id_)
        hint = f", withdrawn for {replaced}" if replaced else _did_you_mean(id_, known)
        raise _FieldError("condition", f"unknown feature '{id_}'{hint}")


def _file(of: str) -> Traversable:
    """Return the catalogue of the documents' cases of a version, or of a profile of our own."""
    return resources.files("testcases") / _FOLDERS[of] / "catalogue.toml"


def _known(kind: str, asked: Sequence[str], known: Iterable[str]) -> None:
    known = list(known)
    for name in asked:
        if name not in known:
            raise UnknownNameError(kind, name, known)


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1, cutoff=0.5)
    return f"; did you mean '{near[0]}'?" if near else ""
