"""Reads the journal of a run: tolerant of a run that was killed, strict about damage."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, TypeVar

from conformance.verdict import Verdict

FORMAT: Final = 1
"""The format of a journal that this reader understands."""

SHOWN: Final = 60
"""How many characters of a wrong value an error shows."""

Sender: TypeAlias = Literal["sut", "tool", "event"]
T = TypeVar("T")


class JournalError(ValueError):
    """A journal is damaged or of another format; the message names file, line and fault."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SutInfo:
    """What a run says of one system under test; `sha256` is the hash of its declaration."""

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
class Remark:
    """Something legal that is worth a look."""

    step: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A broken rule of the protocol between two cases, so that no case is to blame."""

    at: str
    sut: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseRecord:
    """One run of one case. `duration` and `waits` are in seconds.

    `waits` is the part of the duration that the scenario itself asks for; `profiles` has M
    (mandatory) or C (conditional) for each certification profile; `waived` is the user's reason
    for excusing a FAIL; `step` is where the case ended if it did not pass.
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
    sut: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A whole run. `ended` is empty and `complete` false when the journal has no footer.

    `cut_off` says that the last line was not written to its end; what it said is lost.
    Times are RFC 3339, UTC.
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

    @property
    def complete(self) -> bool:
        """Whether the run came to its end."""
        return bool(self.ended)


class _Fields:
    """One object of the journal, whose fields are taken out with their type checked."""

    def __init__(self, values: object, place: str) -> None:
        if not isinstance(values, dict):
            raise JournalError(f"{place}: expected an object, got {_short(values)}")
        self._values: dict[str, Any] = values
        self._place = place

    def take(
        self, key: str, meaning: str, fits: Callable[[Any], T | None], default: T | None = None
    ) -> T:
        """Return what `fits` makes of the field; a field without a default must be there."""
        if key not in self._values and default is not None:
            return default
        if key not in self._values:
            raise JournalError(f"{self._place}: '{key}' is missing")
        found = fits(self._values[key])
        if found is None:
            raise JournalError(
                f"{self._place}: '{key}' must be {meaning}, but is {_short(self._values[key])}"
            )
        return found

    def text(self, key: str, default: str | None = None) -> str:
        return self.take(key, "a text", _text, default)

    def number(self, key: str, default: float | None = None) -> float:
        return self.take(key, "a number", _number, default)

    def texts(self, key: str) -> tuple[str, ...]:
        return self.take(key, "a list of texts", _texts, ())

    def mapping(self, key: str) -> Mapping[str, str]:
        return self.take(key, "an object of texts", _mapping, {})

    def one_of(self, key: str, allowed: Mapping[str, T]) -> T:
        """Return what the text of the field stands for in `allowed`."""
        return self.take(key, " or ".join(allowed), lambda v: allowed.get(v) if _text(v) else None)

    def maybe(self, key: str, kind: type[T], meaning: str) -> T | None:
        """Return a field that may be null or missing."""
        if self._values.get(key) is None:
            return None
        return self.take(key, f"{meaning} or null", lambda v: v if type(v) is kind else None)

    def items(self, key: str) -> Iterator[_Fields]:
        """Yield the objects of a list; none if the field is missing."""
        values: list[Any] = self.take(key, "a list", lambda v: v if type(v) is list else None, [])
        for index, value in enumerate(values):
            yield _Fields(value, f"{self._place}: {key}[{index}]")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number and isfinite(value) else None  # type: ignore[arg-type]


def _texts(value: object) -> tuple[str, ...] | None:
    fits = isinstance(value, list) and all(isinstance(v, str) for v in value)
    return tuple(value) if fits else None  # type: ignore[arg-type]


def _mapping(value: object) -> Mapping[str, str] | None:
    fits = isinstance(value, dict) and all(isinstance(v, str) for v in value.values())
    return value if fits else None  # type: ignore[return-value]


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


_VERDICTS: Final = {str(v): v for v in Verdict}
_SENDERS: Final[Mapping[str, Sender]] = {"sut": "sut", "tool": "tool", "event": "event"}


def _sut(fields: _Fields) -> SutInfo:
    optional = ("station", "vendor", "model", "firmware", "serial", "sha256")
    return SutInfo(
        name=fields.text("name"),
        version=fields.text("version"),
        role=fields.text("role"),
        features=fields.texts("features"),
        **{key: fields.maybe(key, str, "a text") or "" for key in optional},
    )


def _frame(fields: _Fields) -> Frame:
    return Frame(
        at=fields.number("at"),
        sender=fields.one_of("sender", _SENDERS),
        connection=fields.maybe("connection", int, "a whole number") or 0,
        text=fields.text("text"),
        finding=fields.text("finding", ""),
    )


def _step(fields: _Fields, frames: int) -> Step:
    frame = fields.maybe("frame", int, "a whole number")
    if frame is not None and not 0 <= frame < frames:
        fields.take("frame", f"the index of one of {frames} frames", lambda _: None)
    return Step(
        at=fields.number("at"),
        step=fields.text("step", ""),
        who=fields.text("who", ""),
        expected=fields.text("expected", ""),
        got=fields.text("got", ""),
        ok=fields.maybe("ok", bool, "true, false"),
        frame=frame,
    )


def _case(fields: _Fields) -> CaseRecord:
    frames = tuple(_frame(f) for f in fields.items("frames"))
    return CaseRecord(
        id=fields.text("id"),
        title=fields.text("title"),
        purpose=fields.text("purpose", ""),
        version=fields.text("version"),
        role=fields.text("role"),
        section=fields.text("section", ""),
        profiles=fields.mapping("profiles"),
        condition=fields.text("condition", ""),
        requirements=fields.texts("requirements"),
        verdict=fields.one_of("verdict", _VERDICTS),
        reason=fields.text("reason", ""),
        step=fields.text("step", ""),
        started=fields.text("started", ""),
        duration=fields.number("duration", 0.0),
        waits=fields.number("waits", 0.0),
        waived=fields.text("waived", ""),
        traceback=fields.text("traceback", ""),
        steps=tuple(_step(s, len(frames)) for s in fields.items("steps")),
        frames=frames,
        remarks=tuple(
            Remark(step=r.text("step", ""), text=r.text("text")) for r in fields.items("remarks")
        ),
        sut=fields.text("sut", ""),
    )


@dataclass
class _Reading:
    """What has been read so far of one journal."""

    header: _Fields | None = None
    suts: tuple[SutInfo, ...] = ()
    ended: str = ""
    cases: list[CaseRecord] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def record(self, fields: _Fields, place: str) -> None:
        """Take one line."""
        kind = fields.text("kind")
        if (kind == "start") != (self.header is None):
            raise JournalError(f"{place}: expected the record 'start' once, as the first line")
        if self.ended:
            raise JournalError(f"{place}: the journal goes on after its end")
        match kind:
            case "start":
                self._start(fields, place)
            case "case":
                self.cases.append(_case(fields))
            case "finding":
                sut = fields.text("sut", "")
                self.findings.append(
                    Finding(at=fields.text("at", ""), sut=sut, text=fields.text("text"))
                )
            case "end":
                self._end(fields, place)
            case _:
                raise JournalError(f"{place}: unknown kind of record {_short(kind)}")

    def _start(self, fields: _Fields, place: str) -> None:
        form = fields.maybe("format", int, "a whole number")
        if form != FORMAT:
            raise JournalError(
                f"{place}: the journal has format {form}, this tool reads format {FORMAT};"
                " render it with the version of the tool that wrote it"
            )
        self.header = fields
        self.suts = tuple(_sut(s) for s in fields.items("suts"))

    def _end(self, fields: _Fields, place: str) -> None:
        counts: Mapping[str, Any] = fields.take(
            "counts", "an object", lambda v: v if isinstance(v, dict) else None
        )
        found = Counter(str(c.verdict) for c in self.cases)
        for verdict in _VERDICTS:
            if counts.get(verdict, 0) != found[verdict]:
                raise JournalError(
                    f"{place}: the footer counts {_short(counts.get(verdict, 0))} x {verdict},"
                    f" but the journal has {found[verdict]}: cases are missing or were added"
                )
        self.ended = fields.text("ended")


def read(path: Path) -> Run:
    """Read a journal; a run that was killed gives a Run that is not complete.

    Only a last line that was not written to its end is forgiven. Raises JournalError for
    everything else that is wrong, with file and line, and OSError if there is no such file.
    """
    lines = path.read_bytes().split(b"\n")
    reading = _Reading()
    cut_off = False
    for number, line in enumerate(lines, start=1):
        place = f"{path}:{number}"
        last = number == len(lines)  # what follows the last newline: nothing, if all is well
        if last and not line:
            break
        try:
            values = json.loads(line.decode())
        except (ValueError, RecursionError) as fault:
            if not last or reading.ended:
                raise JournalError(f"{place}: this line is damaged ({fault})") from fault
            cut_off = True
        else:
            reading.record(_Fields(values, place), place)
    if reading.header is None:
        raise JournalError(f"{path}: there is no run in this journal")
    header = reading.header
    return Run(
        name=header.text("name", ""),
        tool=header.text("tool", ""),
        catalogue=header.text("catalogue", ""),
        started=header.text("started", ""),
        ended=reading.ended,
        cut_off=cut_off,
        suts=reading.suts,
        cases=tuple(reading.cases),
        findings=tuple(reading.findings),
    )
