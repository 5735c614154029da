"""Reads the journal of a run: tolerant of a run that was killed, strict about damage."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from conformance.journal import FORMAT, SEAL
from reports import parse
from reports.errors import JournalError
from reports.fields import Fields, short
from reports.run import CaseRecord, Finding, Outline, Refused, Review, Run, SutInfo

__all__ = ["FORMATS", "JournalError", "read", "read_bytes", "records"]

FORMATS: Final = range(1, FORMAT + 1)
"""The formats of a journal that this reader understands; the first one has no sums."""

_SUM: Final = re.compile(rb', "sum": "([0-9a-f]{32})"}$')


@dataclass
class _Reading:
    """What has been read so far of one journal."""

    header: Fields | None = None
    format: int = 0
    suts: tuple[SutInfo, ...] = ()
    ended: str = ""
    sum: str = ""
    sums: list[str] = field(default_factory=list)
    cases: list[CaseRecord] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    refused: tuple[Refused, ...] = ()
    outlines: dict[tuple[str, str, str], Outline] = field(default_factory=dict)
    reviews: list[Review] = field(default_factory=list)
    resumed: list[str] = field(default_factory=list)

    def take(self, line: bytes, place: str) -> None:
        """Take one line; ValueError where it is no JSON."""
        fields = Fields(json.loads(line.decode()), place)
        if self.header is None:
            self._check_kind(fields, place)
        if self.format > 1:
            self._check_sum(line, place)
        self._record(fields, place)

    def _check_kind(self, fields: Fields, place: str) -> None:
        """Require the header of a journal of ours, in a format that can be read."""
        if not fields.has("kind"):
            raise JournalError(f"{place}: this is no journal of ocpp-conformance")
        if fields.text("kind") == "start":
            form = fields.maybe("format", int, "a whole number")
            if form not in FORMATS:
                raise JournalError(
                    f"{place}: the journal has format {form}, this tool reads format"
                    f" {FORMATS[0]} to {FORMATS[-1]}; render it with the version of the tool"
                    " that wrote it"
                )
            self.format = int(form or 0)

    def _check_sum(self, line: bytes, place: str) -> None:
        """Require the line to be what was written after the line before it."""
        found = _SUM.search(line)
        text = line[: found.start()] + b"}" if found else b""
        digest = hashlib.sha256(self.sum.encode() + text).hexdigest()[:32]
        if found is None or found[1].decode() != digest:
            raise JournalError(
                f"{place}: the journal was edited: this line, or what stood before it, is not"
                " as the run has written it"
            )
        self.sum = digest
        self.sums.append(digest)

    def _record(self, fields: Fields, place: str) -> None:
        kind = fields.text("kind")
        if (kind == "start") != (self.header is None):
            raise JournalError(f"{place}: expected the record 'start' once, as the first line")
        if self.ended and (kind != "review" or self.format == 1):
            raise JournalError(f"{place}: the journal goes on after its end")
        match kind:
            case "start":
                self.header = fields
                self.suts = tuple(parse.sut(s) for s in fields.items("suts"))
            case "outline":
                key, outline = parse.outline(fields)
                self.outlines[key] = outline
            case "case":
                self.cases.append(parse.case(fields))
            case "finding":
                sut = fields.text("sut", "")
                self.findings.append(
                    Finding(at=fields.text("at", ""), sut=sut, text=fields.text("text"))
                )
            case "resume":
                self.resumed.append(fields.text("resumed"))
            case "end":
                self._end(fields, place)
            case "review":
                self.reviews.append(parse.review(fields))
            case _:
                raise JournalError(f"{place}: unknown kind of record {short(kind)}")

    def _end(self, fields: Fields, place: str) -> None:
        counts: Mapping[str, Any] = fields.take(
            "counts", "an object", lambda v: v if isinstance(v, dict) else None
        )
        found = Counter(str(c.verdict) for c in self.cases)
        for verdict in parse.VERDICTS:
            if counts.get(verdict, 0) != found[verdict]:
                raise JournalError(
                    f"{place}: the footer counts {short(counts.get(verdict, 0))} x {verdict},"
                    f" but the journal has {found[verdict]}: cases are missing or were added"
                )
        self.ended = fields.text("ended")
        self.refused = tuple(parse.refused(f) for f in fields.items("refused"))


def read(path: Path) -> Run:
    """Read a journal; a run that was killed gives a Run that is not complete.

    Only a last line that was not written to its end is forgiven, and only where no seal says
    that the run had ended. Raises JournalError for everything else that is wrong, with file and
    line, and OSError if there is no such file.
    """
    seal = path.parent / SEAL
    return read_bytes(path.read_bytes(), str(path), seal.read_bytes() if seal.exists() else None)


def read_bytes(text: bytes, name: str, seal: bytes | None) -> Run:
    """Read a journal from memory, with its seal if it has one; `name` stands in messages."""
    lines = text.split(b"\n")
    reading = _Reading()
    cut_off = False
    for number, line in enumerate(lines, start=1):
        place = f"{name}:{number}"
        last = number == len(lines)  # what follows the last newline: nothing, if all is well
        if last and not line:
            break
        try:
            reading.take(line, place)
        except JournalError:
            raise
        except (ValueError, RecursionError) as fault:
            if not last or reading.ended:
                raise JournalError(f"{place}: {_damage(fault, number)}") from fault
            cut_off = True
    if reading.header is None:
        raise JournalError(f"{name}: there is no run in this journal")
    if seal is not None:
        _check_seal(name, reading, seal)
    return _run(reading, reading.header, cut_off=cut_off)


def records(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a journal that has been read, as they are."""
    lines = path.read_bytes().removesuffix(b"\n").split(b"\n")
    return [json.loads(line) for line in lines]


def _damage(fault: Exception, number: int) -> str:
    if number == 1:
        return f"this is no journal of ocpp-conformance ({fault})"
    return f"this line is damaged ({fault})"


def _check_seal(name: str, reading: _Reading, text: bytes) -> None:
    """Require what the run had written at its end: a tail that is gone leaves no other trace.

    Without a seal the journal was copied alone, or the run was killed.
    """
    try:
        seal = Fields(json.loads(text), SEAL)
        records, digest = int(seal.number("records")), seal.text("sum")
    except (ValueError, RecursionError) as fault:
        raise JournalError(f"{name}: {SEAL} beside it is damaged ({fault})") from fault
    if len(reading.sums) < records:
        raise JournalError(
            f"{name}: the journal was truncated: it has {len(reading.sums)} of the {records}"
            " records that it had when the run ended"
        )
    if not records > 0 or reading.sums[records - 1] != digest:
        raise JournalError(f"{name}: the journal is another than the one that {SEAL} belongs to")


def _run(reading: _Reading, header: Fields, *, cut_off: bool) -> Run:
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
        refused=reading.refused,
        format=reading.format,
        place=header.text("place", ""),
        platform=header.text("platform", ""),
        outlines=reading.outlines,
        reviews=tuple(reading.reviews),
        resumed=tuple(reading.resumed),
        anonymised=header.flag("anonymised"),
    )
