"""Which requirement is covered by which case, and which one by none of this run.

OCPP 2.0.1 has ids of requirements. OCPP 1.6 has none: there the sections of the specification
stand for them, and a case covers the sections of the messages that it has checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from conformance.verdict import Verdict
from reports.exchange import Exchange, Told
from reports.run import CaseRecord, Outline, SutInfo

SECTIONS: Final[Mapping[str, str]] = {
    "Authorize": "4.1",
    "BootNotification": "4.2",
    "DataTransfer": "4.3, 5.6",
    "DiagnosticsStatusNotification": "4.4",
    "FirmwareStatusNotification": "4.5",
    "Heartbeat": "4.6",
    "MeterValues": "4.7",
    "StartTransaction": "4.8",
    "StatusNotification": "4.9",
    "StopTransaction": "4.10",
    "CancelReservation": "5.1",
    "ChangeAvailability": "5.2",
    "ChangeConfiguration": "5.3",
    "ClearCache": "5.4",
    "ClearChargingProfile": "5.5",
    "GetCompositeSchedule": "5.7",
    "GetConfiguration": "5.8",
    "GetDiagnostics": "5.9",
    "GetLocalListVersion": "5.10",
    "RemoteStartTransaction": "5.11",
    "RemoteStopTransaction": "5.12",
    "ReserveNow": "5.13",
    "Reset": "5.14",
    "SendLocalList": "5.15",
    "SetChargingProfile": "5.16",
    "TriggerMessage": "5.17",
    "UnlockConnector": "5.18",
    "UpdateFirmware": "5.19",
    "CertificateSigned": "security 5.1",
    "DeleteCertificate": "security 5.3",
    "ExtendedTriggerMessage": "security 5.5",
    "GetInstalledCertificateIds": "security 5.7",
    "GetLog": "security 5.9",
    "InstallCertificate": "security 5.11",
    "LogStatusNotification": "security 5.13",
    "SecurityEventNotification": "security 5.15",
    "SignCertificate": "security 5.17",
    "SignedFirmwareStatusNotification": "security 5.19",
    "SignedUpdateFirmware": "security 5.21",
}
"""OCPP 1.6 edition 2, and its security whitepaper edition 3: the section of each operation."""

_JUDGED: Final = frozenset({Verdict.PASS, Verdict.FAIL})


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """A requirement id or a section, the cases of the run about it, and others of the catalogue.

    `name` is the operation of a section. `covered` says that a case of the run has judged it.
    """

    id: str
    name: str
    cases: tuple[CaseRecord, ...]
    others: tuple[str, ...]

    @property
    def covered(self) -> bool:
        """Whether a case of the run has come to a judgement on it."""
        return any(case.verdict in _JUDGED for case in self.cases)


def section(action: str) -> str:
    """Return where OCPP 1.6 says what a message is, or nothing for an unknown one."""
    place = SECTIONS.get(action, "")
    whitepaper = place.startswith("security ")
    document = "OCPP 1.6 security whitepaper" if whitepaper else "OCPP 1.6"
    return f"{document}, {place.removeprefix('security ')} ({action})" if place else ""


def requirements(sut: SutInfo, outline: Outline, cases: Sequence[Told]) -> tuple[Requirement, ...]:
    """Return every requirement that the catalogue names for this system, in their order."""
    if sut.version == "1.6":
        return _sections(cases)
    return _ids(outline, [case for case, _ in cases])


def _ids(outline: Outline, cases: Sequence[CaseRecord]) -> tuple[Requirement, ...]:
    ran: dict[str, list[CaseRecord]] = {}
    for case in cases:
        for id_ in case.requirements:
            ran.setdefault(id_, []).append(case)
    done = {case.id for case in cases}
    others: dict[str, list[str]] = {}
    for known in outline.cases:
        for id_ in known.requirements if known.id not in done else ():
            others.setdefault(id_, []).append(known.id)
    return tuple(
        Requirement(
            id=id_, name="", cases=tuple(ran.get(id_, ())), others=tuple(others.get(id_, ()))
        )
        for id_ in sorted({*ran, *others}, key=_natural)
    )


def _sections(cases: Sequence[Told]) -> tuple[Requirement, ...]:
    ran: dict[str, list[CaseRecord]] = {}
    for case, exchanged in cases:
        for action in _checked(case, exchanged):
            ran.setdefault(action, []).append(case)
    return tuple(
        Requirement(id=section, name=action, cases=tuple(ran.get(action, ())), others=())
        for action, section in SECTIONS.items()
    )


def _checked(case: CaseRecord, exchanged: Iterable[Exchange]) -> set[str]:
    """Return the actions of the messages that steps of the case itself have judged."""
    steps = {s.frame for s in case.steps if s.ok is not None and not s.step.startswith("before")}
    found = {e.action for e in exchanged if e.call in steps or e.answer in steps}
    return found & SECTIONS.keys()


def _natural(text: str) -> list[tuple[int, str]]:
    """Return a key by which B2 comes before B10."""
    found = re.findall(r"([0-9]{1,9})|([^0-9]+|[0-9]+)", text)
    return [(int(digits), "") if digits else (-1, other) for digits, other in found]
