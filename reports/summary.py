"""Counts the outcomes of a run: by version and role, by profile, mandatory apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from conformance.catalogue import LAYER, PROFILES, SECURITY
from conformance.verdict import Verdict
from reports.run import CaseRecord, Run, SutInfo


class Outcome(StrEnum):
    """How a case counts: its verdict, or that the user has waived its FAIL."""

    PASS = "PASS"  # noqa: S105 - a verdict, no password
    FAIL = "FAIL"
    ERROR = "ERROR"
    INCONCLUSIVE = "INCONCLUSIVE"
    WAIVED = "WAIVED"
    NOT_APPLICABLE = "NOT APPLICABLE"

    @property
    def open(self) -> bool:
        """Whether somebody has to do something about it."""
        return self in {Outcome.FAIL, Outcome.ERROR, Outcome.INCONCLUSIVE}


NAMES: Final[Mapping[str, str]] = {
    "local-auth-list": "Local Auth List Management",
    "local-authorization-list": "Local Authorization List Management",
    "advanced-user-interface": "Advanced User Interface",
    "iso15118": "ISO 15118 Support",
    LAYER: "OCPP-J, our own cases",
    SECURITY: "Security, our own cases",
}
ROLES: Final[Mapping[tuple[str, str], str]] = {
    ("1.6", "CS"): "charge point",
    ("1.6", "CSMS"): "central system",
    ("2.0.1", "CS"): "charging station",
    ("2.0.1", "CSMS"): "CSMS",
}


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many cases ended how."""

    by_outcome: Mapping[Outcome, int]

    @property
    def total(self) -> int:
        """All cases."""
        return sum(self.by_outcome.values())

    @property
    def open(self) -> int:
        """The cases that somebody has to do something about."""
        return sum(n for outcome, n in self.by_outcome.items() if outcome.open)

    def __getitem__(self, outcome: Outcome) -> int:
        return self.by_outcome.get(outcome, 0)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The cases of one certification profile; `slug` is empty for cases without a profile."""

    slug: str
    name: str
    mandatory: Counts
    conditional: Counts


@dataclass(frozen=True, kw_only=True)
class Part:
    """The cases of a run that are about one system under test."""

    sut: SutInfo
    role_name: str
    counts: Counts
    profiles: tuple[Profile, ...]
    cases: tuple[CaseRecord, ...]

    @property
    def title(self) -> str:
        """What the part is about: version and role."""
        return f"OCPP {self.sut.version} {self.role_name}"


def outcome(case: CaseRecord) -> Outcome:
    """Return how the case counts."""
    if case.waived and case.verdict is Verdict.FAIL:  # nothing else can be excused
        return Outcome.WAIVED
    return Outcome(str(case.verdict))


def count(cases: Iterable[CaseRecord]) -> Counts:
    """Count the outcomes, in the order of Outcome."""
    found = Counter(outcome(c) for c in cases)
    return Counts(by_outcome={o: found[o] for o in Outcome if found[o]})


def profile_name(slug: str) -> str:
    """Return how a profile is called where people read it."""
    return NAMES.get(slug) or slug.replace("-", " ").title()


def profiles(version: str, cases: Iterable[CaseRecord]) -> tuple[Profile, ...]:
    """Count by profile, in the order of the documents; a case counts in each of its profiles."""
    cases = tuple(cases)
    slugs = dict.fromkeys(PROFILES.get(version, ()))
    slugs |= dict.fromkeys(slug for c in cases for slug in c.profiles)
    found = [_profile(s, profile_name(s), [c for c in cases if s in c.profiles]) for s in slugs]
    rest = [c for c in cases if not c.profiles]
    if rest:
        found.append(_profile("", "Beyond the programme", rest))
    return tuple(p for p in found if p.mandatory.total or p.conditional.total)


def _profile(slug: str, name: str, cases: Iterable[CaseRecord]) -> Profile:
    cases = tuple(cases)
    return Profile(
        slug=slug,
        name=name,
        mandatory=count(c for c in cases if c.profiles.get(slug) == "M"),
        conditional=count(c for c in cases if c.profiles.get(slug) != "M"),
    )


def parts(run: Run) -> tuple[Part, ...]:
    """Split a run by system under test, in the order of the header.

    Two declarations of one system (two versions) are two parts. A case of a system that the
    header does not name gets a part of its own, so that no case is ever left out.
    """
    cases: dict[tuple[str, str, str], list[CaseRecord]] = {}
    known = {(s.name, s.version, s.role): s for s in run.suts}
    for case in run.cases:
        cases.setdefault((case.sut, case.version, case.role), []).append(case)
    return tuple(
        _part(known.get(key) or SutInfo(name=key[0], version=key[1], role=key[2]), cases.get(key))
        for key in [*known, *(k for k in cases if k not in known)]
    )


def _part(sut: SutInfo, cases: Iterable[CaseRecord] | None) -> Part:
    cases = tuple(cases or ())
    return Part(
        sut=sut,
        role_name=ROLES.get((sut.version, sut.role), sut.role),
        counts=count(cases),
        profiles=profiles(sut.version, cases),
        cases=cases,
    )
