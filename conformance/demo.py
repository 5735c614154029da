"""The reference systems as systems under test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from secrets import token_hex

from conformance.catalogue import Entry, everything, select
from conformance.declared import declared_ids
from conformance.sut import Sut, embedded
from conformance.sut_reference import Options

PREFIX = "embedded:"
BASIC = (1, 2)  # the security profiles with a password
STATIONS = "CP{001..999}"  # one for each case
# A case waits for one of the intervals that the central system asks for: minutes, by default.
OPTIONS: Mapping[tuple[str, str], Options] = {("1.6", "CSMS"): {"boot_interval": 2}}
# What a reference system is instead for the cases that exclude what it usually is.
OTHERWISE: Mapping[tuple[str, str], Sequence[Options]] = {
    ("1.6", "CS"): [
        {"fixed_cable": True},
        {"power_reserve": True},
        {"profiles": "Core,SmartCharging,RemoteTrigger"},
    ]
}
LANES = 3  # stations of each version that are judged at a time, a process each
PAIRS = (("1.6", "CS"), ("1.6", "CSMS"), ("2.0.1", "CS"), ("2.0.1", "CSMS"))


def suts(
    versions: Sequence[str],
    roles: Sequence[str],
    cases: Sequence[str],
    profiles: Sequence[str],
    faults: Sequence[str],
) -> list[str]:
    """Return the names of the reference systems that a demo needs, for --ocpp-sut.

    Raises LookupError where a name is unknown, or nothing is left to run.
    """
    chosen = select(everything(), ids=cases, profiles=profiles, versions=versions, roles=roles)
    ready = declared_ids()
    asked = {(e.version, e.role) for e in chosen if e.id in ready}
    pairs = [p for p in PAIRS if p in asked]
    if not pairs:
        raise LookupError("no implemented case is both of this selection and for these systems")
    for fault in faults:
        _check(fault, pairs)
    return [
        ":".join((f"{PREFIX}{v}", r, *(f for f in faults if _known(f, v, r)))) for v, r in pairs
    ]


def declared(name: str) -> Sut:
    """Return the declaration of the reference system "embedded:1.6:CS:fault:fault"."""
    version, role, *faults = name.removeprefix(PREFIX).split(":")
    if (version, role) not in PAIRS:
        raise LookupError(f"there is no reference system {name}; try embedded:1.6:CS")
    return _reference(version, role, tuple(faults))


def reference_for(entry: Entry, faults: Sequence[str] = ()) -> Sut:
    """Return the declaration of the reference system that a case applies to."""
    usual = _reference(entry.version, entry.role, tuple(faults))
    others = _others(usual, entry, tuple(faults))
    return next((sut for sut in chain([usual], others) if not entry.unmet(sut.features)), usual)


def _others(usual: Sut, entry: Entry, faults: tuple[str, ...]) -> Iterator[Sut]:
    for options in OTHERWISE.get((entry.version, entry.role), ()):
        yield _reference(entry.version, entry.role, faults, tuple(options.items()))
    for profile in (1, 2, 3):
        yield secured(usual, profile)


def secured(sut: Sut, profile: int) -> Sut:
    """Return the declaration of an embedded system over a security profile."""
    changes: dict[str, object] = {"security_profile": profile}
    if profile in BASIC:
        changes["password"] = token_hex(10)  # of 20 bytes, as OCPP has them; nobody needs it
    return sut.changed({"connection": changes})


def lanes(sut: Sut) -> int:
    """Return how many copies of a system can be judged at a time: of any but our own, it alone.

    The cases of a CSMS take little time.
    """
    ours = sut.operator.kind == "embedded" and sut.connection.port == 0
    return LANES if ours and sut.role == "CS" else 1


@lru_cache(maxsize=100)
def _reference(
    version: str,
    role: str,
    faults: tuple[str, ...],
    options: tuple[tuple[str, str | float | bool], ...] = (),
) -> Sut:
    kind = "station" if role == "CS" else "csms"
    several = {} if role == "CS" else {"connection": {"stations": STATIONS}}
    return embedded(
        "1.6" if version == "1.6" else "2.0.1",
        "CS" if role == "CS" else "CSMS",
        name=f"reference {kind} {version}",
        faults=faults,
        options={**OPTIONS.get((version, role), {}), **dict(options)},
        changes=several,
    )


def fault_list() -> str:
    """Return the faults that the reference systems know, a line each."""
    rows = []
    for name, (text, pairs) in sorted(known_faults().items()):
        where = ", ".join(f"{v} {r}" for v, r in PAIRS if (v, r) in pairs)
        rows.append(f"{name:32} {text}  [{where}]")
    return "\n".join(rows)


def _known(fault: str, version: str, role: str) -> bool:
    found = known_faults().get(fault.split("=", maxsplit=1)[0])
    return found is not None and (version, role) in found[1]


def _check(fault: str, pairs: Iterable[tuple[str, str]]) -> None:
    if not any(_known(fault, v, r) for v, r in pairs):
        raise LookupError(f"no fault {fault!r} for this selection; see demo --list-faults")


def known_faults() -> dict[str, tuple[str, set[tuple[str, str]]]]:
    """Return the text of every fault, and the versions and roles that have it."""
    from conformance.reference.faults import FAULTS  # noqa: PLC0415 - only where faults count
    from conformance.reference.faults_201 import (  # noqa: PLC0415
        CSMS_FAULTS_201,
        STATION_FAULTS_201,
    )

    found: dict[str, tuple[str, set[tuple[str, str]]]] = {}
    for name, fault in FAULTS.items():
        found[name] = (fault.text, {(v, _role(r)) for v, r in fault.systems})
    for role, faults in (("CS", STATION_FAULTS_201), ("CSMS", CSMS_FAULTS_201)):
        for name, text in faults.items():
            known = found.setdefault(name, (text, set()))
            known[1].add(("2.0.1", role))
    return found


def _role(kind: str) -> str:
    return {"station": "CS", "csms": "CSMS"}.get(kind, kind)
