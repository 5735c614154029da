"""How fast a system was, measured at the wire, without the tool's own share.

A frame of the system has the time at which it came in, one of the tool that at which it went
out. Where the system had to wait for an answer of the tool in between, that time is taken off.
Spans in which an operator acted, or in which the tool kept the system from connecting, are no
measure of it and left out; so are CALLERRORs: a request may be refused before anybody has looked
at what it asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from typing import Final, TypeAlias

from reports.exchange import Exchange, Told, at_path
from reports.run import CaseRecord, Frame


class Span(StrEnum):
    """What is measured besides the answers, as a reader calls it."""

    BOOT = "Connection to accepted"
    START = "Remote start to transaction"
    RESET = "Reset to back online"
    RECONNECT = "Connection lost to connected again"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """One measured time in seconds, and the case that it is from."""

    seconds: float
    case: str


@dataclass(frozen=True, kw_only=True)
class Measure:
    """The samples of one kind, the fastest first; all times are in seconds."""

    name: str
    samples: Sequence[Sample]

    @property
    def median(self) -> float:
        """Half of the samples are not slower; of an even number, the upper one counts."""
        return self.samples[len(self.samples) // 2].seconds

    @property
    def p95(self) -> float:
        """95 of 100 samples are not slower."""
        return self.samples[ceil(0.95 * len(self.samples)) - 1].seconds

    @property
    def worst(self) -> Sample:
        """The slowest one."""
        return self.samples[-1]


@dataclass(frozen=True, kw_only=True)
class Timing:
    """The answers by action, and the spans."""

    answers: tuple[Measure, ...]
    spans: tuple[Measure, ...]


Stretch: TypeAlias = tuple[float, float, Span]  # from, to, and what it is
_STARTS: Final = ("RemoteStartTransaction", "RequestStartTransaction")
_ACCEPTED: Final = "Accepted"


def timing(cases: Iterable[Told]) -> Timing:
    """Measure all that the cases show."""
    answers: dict[str, list[Sample]] = {}
    spans: dict[str, list[Sample]] = {}
    for case, found in cases:
        for exchange in found:
            if exchange.sender == "tool" and exchange.took is not None and not exchange.error:
                sample = Sample(seconds=max(0.0, exchange.took), case=case.id)
                answers.setdefault(exchange.action, []).append(sample)
        for span, seconds in _spans(case, found):
            spans.setdefault(span, []).append(Sample(seconds=max(0.0, seconds), case=case.id))
    return Timing(
        answers=_measures(answers, sorted(answers)), spans=_measures(spans, [str(s) for s in Span])
    )


def _measures(samples: Mapping[str, list[Sample]], names: Iterable[str]) -> tuple[Measure, ...]:
    return tuple(
        Measure(name=name, samples=sorted(samples[name], key=lambda s: s.seconds))
        for name in names
        if name in samples
    )


def _spans(case: CaseRecord, found: Sequence[Exchange]) -> Iterator[tuple[Span, float]]:
    for begin, end, span in (
        *_boots(case.frames, found),
        *_starts(found),
        *_resets(found),
        *_reconnections(case.frames),
    ):
        acted = any(a.at < end and a.until > begin for a in case.actions)
        if not acted:
            yield span, end - begin - _share(found, begin, end)


def _share(found: Sequence[Exchange], begin: float, end: float) -> float:
    """Return for how long the system waited for answers of the tool between two moments."""
    waits = [
        (max(begin, e.sent), min(end, e.answered))
        for e in found
        if e.sender == "sut" and e.answered is not None and e.sent < end and e.answered > begin
    ]
    total, reached = 0.0, begin
    for start, stop in sorted(waits):
        total += max(0.0, stop - max(start, reached))
        reached = max(reached, stop)
    return total


def _boots(frames: Sequence[Frame], found: Sequence[Exchange]) -> Iterator[Stretch]:
    """Yield from a connection to the first BootNotification's acceptance, if it was at once."""
    opened = [f.at for f in frames if _event(f, "connected")]
    boots = [e for e in found if e.sender == "sut" and e.action == "BootNotification"]
    for number, at in enumerate(opened):
        until = opened[number + 1] if number + 1 < len(opened) else float("inf")
        first = next((b for b in boots if at <= b.sent < until), None)
        if first and first.answered is not None and first.reply.get("status") == _ACCEPTED:
            yield at, first.answered, Span.BOOT


def _starts(found: Sequence[Exchange]) -> Iterator[Stretch]:
    for start in found:
        if start.action not in _STARTS or start.reply.get("status") != _ACCEPTED:
            continue
        begun = next((e.sent for e in found if e.sent > start.sent and _begins(e, start)), None)
        if begun is not None:
            yield start.sent, begun, Span.START


def _begins(exchange: Exchange, start: Exchange) -> bool:
    """Tell whether a message begins the transaction that was asked for."""
    if exchange.sender != "sut" or start.sender != "tool":
        return False
    if exchange.action == "StartTransaction":
        return exchange.payload.get("idTag") == start.payload.get("idTag")
    wanted = start.payload.get("remoteStartId")
    told = at_path(exchange.payload, "transactionInfo", "remoteStartId")
    return exchange.action == "TransactionEvent" and wanted is not None and told == wanted


def _resets(found: Sequence[Exchange]) -> Iterator[Stretch]:
    for reset in found:
        accepted = reset.reply.get("status") == _ACCEPTED
        if reset.sender == "tool" and reset.action == "Reset" and accepted:
            back = next((e for e in found if _boot_after(e, reset)), None)
            if back is not None and reset.answered is not None:
                yield reset.answered, back.sent, Span.RESET


def _boot_after(exchange: Exchange, reset: Exchange) -> bool:
    boots = exchange.sender == "sut" and exchange.action == "BootNotification"
    return boots and reset.answered is not None and exchange.sent > reset.answered


def _reconnections(frames: Sequence[Frame]) -> Iterator[Stretch]:
    """Yield from a loss that the tool has caused, or the system, to the next connection."""
    lost: float | None = None
    for frame in frames:
        if _event(frame, "disconnected") or _event(frame, "cut by the tool"):
            lost = frame.at if "replaced by a new" not in frame.text else None
        elif _event(frame, "refuse") or _event(frame, "a connection was refused"):
            lost = None
        elif _event(frame, "connected") and lost is not None:
            yield lost, frame.at, Span.RECONNECT
            lost = None


def _event(frame: Frame, begins: str) -> bool:
    return frame.sender == "event" and frame.text.startswith(begins)
