"""What a run left behind, as its journal tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from conformance.verdict import Verdict

Sender: TypeAlias = Literal["sut", "tool", "event"]
Judgement: TypeAlias = Literal["accepted", "rejected"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Certificate:
    """A certificate that was used; `sha256` is over its DER form."""

    name: str
    sha256: str
    subject: str = ""
    until: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Feature:
    """A feature that the system could declare; `kind` is the catalogue's."""

    id: str
    name: str
    kind: str
    declared: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalogued:
    """A case of the catalogue as it stood when the run was made.

    `unmet` says why it does not apply to the system; `implemented`, whether the tool had it;
    `selected`, whether it was among the cases that the user had chosen.
    """

    id: str
    title: str
    section: str
    profiles: Mapping[str, str]
    condition: str
    requirements: tuple[str, ...]
    unmet: str
    implemented: bool
    selected: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Outline:
    """All that could have been judged of one system; empty in journals of format 1."""

    features: tuple[Feature, ...] = ()
    cases: tuple[Catalogued, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SutInfo:
    """What a run says of one system under test; `sha256` is the hash of its declaration.

    `configured` has every configured value by its dotted key, `given` the keys that the user
    has set; `operator` is the kind of operator that acted.
    """

    name: str
    version: str
    role: str
    station: str = ""
    vendor: str = ""
    model: str = ""
    firmware: str = ""
    serial: str = ""
    features: tuple[str, ...] = ()
    sha256: str = ""
    operator: str = ""
    security_profile: int | None = None
    configured: Mapping[str, Any] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    certificates: tuple[Certificate, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One line of a transcript; `at` is in seconds since the case began.

    `step` is the document's number, after the state that it belongs to ("1/Booted.5"), or
    "post", "cleanup" or nothing. `frame` is an index into the frames of the case.
    """

    at: float
    step: str
    who: str
    expected: str
    got: str
    ok: bool | None
    frame: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """A frame as it passed, or an event of the connection; `at` as in Step.

    `finding` says which rule of the protocol the frame breaks, if any.
    """

    at: float
    sender: Sender
    connection: int
    text: str
    finding: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """What the operator `by` was asked to do from `at` to `until`, and how it ended."""

    at: float
    until: float
    by: str
    action: str
    text: str
    outcome: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """A file that was uploaded or downloaded, or what a file server of the tool refused.

    `kind` is "upload", "download" or "refused", `stored` the path of an upload within the
    results, if it was kept, `text` what was refused.
    """

    at: float
    kind: str
    name: str = ""
    protocol: str = ""
    size: int = 0
    whole: bool = True
    sha256: str = ""
    stored: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """Something legal that is worth a look; with `lab` no word against the system."""

    step: str
    text: str
    lab: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """What a person has decided about a remark, known by its `remark` (see `reports.review`)."""

    remark: str
    judgement: Judgement
    comment: str
    by: str
    at: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A broken rule of the protocol between two cases, so that no case is to blame."""

    at: str
    sut: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """How many attempts of one kind to connect, from one address, were refused in the run."""

    sut: str
    kind: str
    address: str
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseRecord:
    """One run of one case. `duration` and `waits` are in seconds.

    `waits` is the part of the duration that the scenario itself asks for; `profiles` has M
    (mandatory) or C (conditional) for each certification profile; `waived` is the user's reason
    for excusing a FAIL; `step` is where the case ended if it did not pass; `presented` is what
    the system had said of itself by then.
    """

    id: str
    title: str
    purpose: str
    version: str
    role: str
    section: str
    profiles: Mapping[str, str]
    condition: str
    requirements: tuple[str, ...]
    use_cases: tuple[str, ...]
    verdict: Verdict
    reason: str
    step: str
    started: str
    duration: float
    waits: float
    waived: str
    traceback: str
    steps: tuple[Step, ...]
    frames: tuple[Frame, ...]
    remarks: tuple[Remark, ...]
    actions: tuple[Action, ...]
    presented: Mapping[str, str]
    files: tuple[Moved, ...]
    sut: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A whole run. `ended` is empty and `complete` false when the journal has no footer.

    `cut_off` says that the last line was not written to its end; what it said is lost. `outlines`
    are by name, version and role of the system. `anonymised` says that ids, addresses and tokens
    are not the real ones. `resumed` says when a run that was killed has gone on. Times are RFC
    3339, UTC.
    """

    name: str
    tool: str
    catalogue: str
    started: str
    ended: str
    cut_off: bool
    suts: tuple[SutInfo, ...]
    cases: tuple[CaseRecord, ...]
    findings: tuple[Finding, ...]
    refused: tuple[Refused, ...] = ()
    format: int = 1
    place: str = ""
    platform: str = ""
    outlines: Mapping[tuple[str, str, str], Outline] = field(default_factory=dict)
    reviews: tuple[Review, ...] = ()
    anonymised: bool = False
    resumed: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the run came to its end."""
        return bool(self.ended)
