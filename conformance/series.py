"""Thousands of frames that have to be refused, one after the other, with a small record."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from conformance.link import Answer
from conformance.trouble import seen
from conformance.verdict import Failed
from conformance.wire.connection import Closed
from conformance.wire.frames import Call

if TYPE_CHECKING:
    from conformance.peer import Peer

TOLD: Final = 5
"""So many wrong answers stand in the reason of a verdict; the steps have them all."""

SILENT: Final = 10
"""After so many requests without any answer no more are sent: each costs a time limit."""

WHOLE: Final = 200
"""The frames of so many wrong answers are kept."""


class Refusable(Protocol):
    """A CALL that is wrong, and how it has to be refused."""

    @property
    def frame(self) -> str | bytes | Sequence[object]:
        """The elements of the CALL."""

    @property
    def codes(self) -> Sequence[str]:
        """The CALLERROR codes that say what is wrong."""

    @property
    def odd(self) -> Sequence[str]:
        """The codes that say less."""

    @property
    def dropped(self) -> str:
        """Why there need be no answer, if that is so."""

    @property
    def kind(self) -> str:
        """The kind of fault."""

    @property
    def name(self) -> str:
        """Which request it is, and what is wrong with it."""


@dataclass(frozen=True)
class _Made:
    """A wrong CALL as it goes over the wire."""

    wrong: Refusable
    uid: str
    text: str


class _Ahead:
    """Makes each CALL while the SUT has the one before it."""

    def __init__(self, frames: Iterable[Refusable]) -> None:
        self._frames = iter(frames)
        self._next: _Made | None = None

    def take(self) -> _Made | None:
        """Return the next one, None after the last."""
        self.make()
        made, self._next = self._next, None
        return made

    def make(self) -> None:
        """Make the next one, if it is not there."""
        wrong = next(self._frames, None) if self._next is None else None
        if wrong is not None:
            uid = str(uuid.uuid4())
            self._next = _Made(wrong, uid, _written([wrong.frame[0], uid, *wrong.frame[2:]]))


_written = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


@dataclass
class Series:
    """Sends frames that are wrong and counts how they are refused.

    The first of each kind is left to `refused`, which leaves everything in the record; of the
    others only those that are not refused stay there.
    """

    peer: Peer
    refused: Callable[[int, Any], Awaitable[None]]

    def __post_init__(self) -> None:
        self._kinds: Counter[str] = Counter()
        self._odd: Counter[str] = Counter()
        self._wrong: list[str] = []
        self._silent = 0
        self._at = ""

    async def run(self, step: int, frames: Iterable[Refusable]) -> None:
        """Send them all; fail `step` + 1 if one was not refused as it has to be."""
        going = asyncio.create_task(self._send(step, frames))
        going.add_done_callback(seen)
        try:
            await self.peer.until({going})
        except Failed as failure:
            reason = str(failure).removeprefix(f"step {failure.step}: ")
            self._wrong.append(f"{self._at}: {reason}")
        except Closed as closed:
            self._wrong.append(f"{self._at}: no answer: {closed}")
        finally:
            going.cancel()
        self._judge(step + 1)

    async def _send(self, step: int, frames: Iterable[Refusable]) -> None:
        await self.peer.operator.done()
        ahead = _Ahead(frames)
        while self._silent < SILENT and (made := ahead.take()) is not None:
            wrong = made.wrong
            self._at = wrong.name
            self._kinds[wrong.kind] += 1
            self.peer.inbox.sweep(step)
            if self._kinds[wrong.kind] == 1:
                await self._whole(step, wrong)
            else:
                await self._counted(step + 1, made, ahead)

    async def _whole(self, step: int, wrong: Refusable) -> None:
        try:
            await self.refused(step, wrong)
        except Failed as failure:
            if self.peer.trouble is not None:
                raise
            reason = str(failure).removeprefix(f"step {failure.step}: ")
            self._wrong.append(f"{wrong.name}: {reason}")

    async def _counted(self, step: int, made: _Made, ahead: _Ahead) -> None:
        wrong, calls = made.wrong, [Call(made.uid, "", {})]
        peer, frames = self.peer, self.peer.record.transcript.frames
        peer.last_step, before = step, len(frames)
        limit = peer.sut.silence if wrong.dropped else peer.sut.limits.message_timeout
        try:
            asked = peer.link.provoke(made.text, calls, timeout=limit, meanwhile=ahead.make)
            told = self._told(wrong, await asked)
        except TimeoutError:
            self._silent += 1
            told = "" if wrong.dropped else f"no CALLERROR in {limit:g} s"
        if told:
            self._wrong.append(f"{wrong.name}: {told}")
            codes = " or ".join(wrong.codes)
            peer.note(step, f"a CALLERROR, {codes}", self._wrong[-1], ok=False)
        if len(frames) == before + 2 and (not told or len(self._wrong) > WHOLE):
            del frames[before:]  # the request and its answer, and nothing that came between

    def _told(self, wrong: Refusable, answer: Answer) -> str:
        """Return what is wrong with an answer; its other elements the rules have looked at."""
        if not answer.error:
            return "expected a CALLERROR, got a CALLRESULT"
        if answer.error in wrong.codes:
            return ""
        if answer.error in wrong.odd:
            self._odd[answer.error] += 1
            return ""
        return f"expected {' or '.join(wrong.codes)}, got {answer.error}"

    def _judge(self, step: int) -> None:
        peer, sent = self.peer, self._kinds.total()
        kinds = ", ".join(f"{many} {kind}" for kind, many in sorted(self._kinds.items()))
        sent_text = f"{sent} requests ({kinds})"
        for code, many in sorted(self._odd.items()):
            peer.remark(step, f"{many} times {code}, which says little of what is wrong")
        if self._silent:
            stopped = "; no more were sent" if self._silent >= SILENT else ""
            peer.remark(step, f"{self._silent} requests got no answer{stopped}")
        if self._wrong:
            many, told = len(self._wrong), "; ".join(self._wrong[:TOLD])
            more = f"; and {many - TOLD} more" if many > TOLD else ""
            peer.fail(step, f"{many} of {sent_text} not refused as required: {told}{more}")
        peer.note(step, "a CALLERROR for each", f"refuses {sent_text}", ok=True)
