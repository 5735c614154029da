"""Catalogued cases: the decorator, and what one run of one case comes to."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from conformance.catalogue import Entry, load, own
from conformance.record import Record
from conformance.redact import hide, secrets_in
from conformance.states import Scenario, State
from conformance.verdict import Remark, Verdict

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

F = TypeVar("F", bound=Scenario)
VERSIONS = {"ocpp16": "1.6", "ocpp201": "2.0.1"}


@dataclass(frozen=True, eq=False)
class Case:
    """A catalogued case with its scenario and the states it begins from.

    One that `judges_tls` begins where no version or suite of TLS is in common, too.
    """

    entry: Entry
    scenario: Scenario
    before: tuple[State, ...] = ()
    judges_tls: bool = False

    @property
    def id(self) -> str:
        """The id in the documents."""
        return self.entry.id

    @property
    def node(self) -> str:
        """The name of its function, with the version where one function is for several."""
        name = getattr(self.scenario, "__name__", self.id)
        return f"{name}[{self.entry.version}]" if self.entry.id in _shared() else name

    @property
    def purpose(self) -> str:
        """What the case is for, in our own words."""
        return inspect.getdoc(self.scenario) or ""


def case(
    identity: str, *, before: tuple[State, ...] = (), judges_tls: bool = False
) -> Callable[[F], F]:
    """Declare a catalogued case; an id that is not in the catalogue is a LookupError."""

    def declare(scenario: F) -> F:
        entries = _entries(scenario.__module__.split(".")[1], identity)
        scenario.__dict__["cases"] = tuple(
            Case(entry, scenario, before, judges_tls) for entry in entries
        )
        return scenario

    return declare


def cases_of(scenario: object) -> tuple[Case, ...]:
    """Return what `case` attached to a function: a case for each version that it is for."""
    found = getattr(scenario, "__dict__", {}).get("cases", ())
    return found if isinstance(found, tuple) else ()


def _entries(folder: str, identity: str) -> list[Entry]:
    catalogues = [load(VERSIONS[folder])] if folder in VERSIONS else _owns()
    entries = [catalogue[identity] for catalogue in catalogues if identity in catalogue]
    if not entries:
        of = f"OCPP {VERSIONS[folder]}" if folder in VERSIONS else "our own cases"
        raise LookupError(f"{identity} is not in the catalogue of {of}")
    return entries


def _owns() -> list[dict[str, Entry]]:
    return [own(version) for version in VERSIONS.values()]


def _shared() -> set[str]:
    return {id_ for catalogue in _owns() for id_ in catalogue}


@dataclass(frozen=True, kw_only=True)
class Result:
    """The outcome of one run of one case; `duration` is in seconds, `started` RFC 3339."""

    case: Case
    verdict: Verdict
    reason: str
    record: Record
    step: str = ""
    started: str = ""
    duration: float = 0.0
    traceback: str = ""
    sut: str = ""
    waived: str = ""
    presented: Mapping[str, str] = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()
    files: list[dict[str, Any]] = field(default_factory=list)

    def strictly(self) -> Result:
        """Return the result where a remark on the system fails a case that passed."""
        against = (r for r in self.record.transcript.remarks if not r.lab)
        if self.verdict is not Verdict.PASS or (first := next(against, None)) is None:
            return self
        return replace(self, verdict=Verdict.FAIL, reason=f"remark: {first.text}", step=first.step)

    def as_record(self) -> dict[str, Any]:
        """Return the journal's line of this case; nothing secret is in it."""
        frames = self.record.transcript.frames
        secrets = set().union(self.secrets, *(secrets_in(f.text) for f in frames))
        shown: dict[str, Any] = hide(self._as_it_is(), secrets)
        return shown

    def _as_it_is(self) -> dict[str, Any]:
        entry, transcript = self.case.entry, self.record.transcript
        return {
            "kind": "case",
            "id": entry.id,
            "title": entry.title,
            "purpose": self.case.purpose,
            "version": entry.version,
            "role": entry.role,
            "section": entry.section,
            "profiles": dict(entry.profiles),
            "condition": entry.condition,
            "level": entry.level,
            "requirements": list(entry.requirements),
            "use_cases": list(entry.use_cases),
            "verdict": str(self.verdict),
            "reason": self.reason,
            "step": self.step,
            "started": self.started,
            "duration": round(self.duration, 4),
            "waits": round(self.record.waits, 4),
            "waived": self.waived,
            "traceback": self.traceback,
            "steps": [_timed(e) for e in transcript.entries],
            "frames": [_timed(f) for f in transcript.frames],
            "remarks": [_remark(r) for r in transcript.remarks],
            "actions": [_timed(a) for a in transcript.actions],
            "presented": dict(self.presented),
            "files": self.files,
            "sut": self.sut,
        }


def _remark(remark: Remark) -> dict[str, Any]:
    told = {"step": remark.step, "text": remark.text}
    return {**told, "lab": True} if remark.lab else told


def _timed(line: DataclassInstance) -> dict[str, Any]:
    """Return a line of the transcript with its times to the microsecond."""
    times = {key: round(getattr(line, key), 6) for key in ("at", "until") if hasattr(line, key)}
    return {**asdict(line), **times}
