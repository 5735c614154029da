"""What a system was declared to be, and what it said it was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from reports.run import CaseRecord, SutInfo

_DECLARED: Final = (
    ("vendor", "Vendor"),
    ("model", "Model"),
    ("firmware", "Firmware"),
    ("serial", "Serial number"),
)
_MORE: Final = (
    ("box serial", "Serial number of the box"),
    ("meter type", "Meter type"),
    ("meter serial", "Serial number of the meter"),
    ("iccid", "ICCID"),
    ("imsi", "IMSI"),
    ("server", "Server software"),
    ("certificate", "Certificate (SHA-256)"),
)


@dataclass(frozen=True, kw_only=True)
class Presented:
    """A value that the system gave, and the case in which it was first known."""

    value: str
    case: str


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One property: what was declared, what was presented, and whether that contradicts.

    Several values were presented where the system changed during the run, as by an update.
    """

    name: str
    declared: str
    presented: tuple[Presented, ...]
    differs: bool


def identity(sut: SutInfo, cases: Iterable[CaseRecord]) -> tuple[Fact, ...]:
    """Compare declaration and presentation; a property that nobody names is left out."""
    seen: dict[str, dict[str, str]] = {}
    for case in cases:
        for key, value in case.presented.items():
            seen.setdefault(key, {}).setdefault(value, case.id)
    told = [*_DECLARED, *_MORE]
    told += [(key, key) for key in seen if key not in dict(told)]
    facts = [_fact(sut, key, name, seen) for key, name in told]
    return tuple(f for f in facts if f.declared or f.presented)


def _fact(sut: SutInfo, key: str, name: str, seen: dict[str, dict[str, str]]) -> Fact:
    declared = str(getattr(sut, key)) if key in dict(_DECLARED) else ""
    values = seen.get(key, {})
    # A 1.6 charge point may give its serial number in either of two fields.
    also = set(seen.get("box serial", ())) if key == "serial" else set()
    differs = bool(declared and values) and any(v != declared for v in values)
    return Fact(
        name=name,
        declared=declared,
        presented=tuple(Presented(value=v, case=c) for v, c in values.items()),
        differs=differs and declared not in also,
    )
