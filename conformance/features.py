"""The features that a system under test can declare, per version and role."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Literal, TypeAlias, get_args

Kind: TypeAlias = Literal["profile", "optional", "question", "hardware", "subtype"]

VERSIONS: Final = ("1.6", "2.0.1")
ROLES: Final = ("CS", "CSMS")


@dataclass(frozen=True)
class Feature:
    """A feature of the certification documents, or one of ours where they name none.

    `kind`: "profile", a certification or feature profile as a whole; "optional", an optional
    feature; "question", of the PICS, declared by a yes; "hardware"; "subtype", of product.
    """

    id: str
    name: str
    kind: Kind
    version: str
    role: str


def features(version: str, role: str) -> dict[str, Feature]:
    """Return every feature of a version and role by its id, in the order of the documents."""
    known: dict[str, Feature] = {}
    for kind in get_args(Kind):
        names = _tables(version, role).get(kind, {})
        known |= {id_: Feature(id_, name, kind, version, role) for id_, name in names.items()}
    return known


@cache
def feature_ids(version: str, role: str) -> frozenset[str]:
    """Return the ids of all features of a version and role."""
    tables = _tables(version, role)
    return frozenset(id_ for kind in get_args(Kind) for id_ in tables.get(kind, {}))


def derived_ids(version: str, role: str) -> frozenset[str]:
    """Return the ids that nobody declares: they follow from the connection of a run."""
    return frozenset(_tables(version, role).get("connection", {}))


def over(version: str, profile: int) -> frozenset[str]:
    """Return what follows from a connection of the security profile `profile`, 0 to 3."""
    if not profile:
        return frozenset()
    if version != "1.6":
        return frozenset({f"OVER.{profile}"})
    return frozenset({f"16-OVER.{profile}", "16-SECURITY", f"16-SECURITY.{profile}"})


def withdrawn(version: str, role: str) -> dict[str, str]:
    """Return the ids that older editions had, with what to declare now, or an empty text."""
    return dict(_tables(version, role).get("withdrawn", {}))


def with_groups(declared: AbstractSet[str]) -> frozenset[str]:
    """Add the group of every declared member: who declares C-40.1 has C-40."""
    return frozenset(declared) | {id_.partition(".")[0] for id_ in declared}


@cache
def _tables(version: str, role: str) -> Mapping[str, Mapping[str, str]]:
    try:
        found: Mapping[str, Mapping[str, str]] = _document()[version][role]
    except KeyError:
        raise LookupError(f"no features are known of role {role} in OCPP {version}") from None
    return found


@cache
def _document() -> Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]]:
    return tomllib.loads(
        resources.files("conformance").joinpath("features.toml").read_text("utf-8")
    )
