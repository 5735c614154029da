"""What one run of a case leaves behind: transcript, constraints, inventory."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.bounds import ROWS, Room
from conformance.matching import leaves, wrongs_for
from conformance.verdict import ActionRecord, Entry, FrameRecord, Remark, Transcript

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

VOLATILE = [
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)"), "<time>"),
    (re.compile(r"(?<=://)\w+:[0-9a-f]{16}(?=@)"), "<login>"),
    (re.compile(r"(?<!\d)20\d{12}(?!\d)"), "<time>"),
    (re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"), "<uuid>"),
]


@dataclass(frozen=True, kw_only=True)
class Constraint:
    """One thing that a case requires, and so one way in which the SUT could be wrong.

    `place` names the message: the step that claimed it and how many messages that step had
    claimed before ("5#1"). `kind` is "field", "lost", "callerror", "time" or "none"; `path` and
    `wrong` say which field to spoil, and with what. `step` is where the case must then fail.
    """

    place: str
    step: str
    kind: str
    path: str = ""
    wrong: object = None

    def __str__(self) -> str:
        what = f"{self.path} = {self.wrong!r}" if self.kind == "field" else self.kind
        return f"{self.place} {what}"


@dataclass
class Record:
    """The growing record of one run; `clock` gives seconds since the case began."""

    clock: Callable[[], float]
    transcript: Transcript = field(default_factory=Transcript)
    prefix: str = ""
    taken: set[str] = field(default_factory=set)
    constraints: list[Constraint] = field(default_factory=list)
    inventory: list[str] = field(default_factory=list)
    waits: float = 0.0
    _claims: Counter[str] = field(default_factory=Counter)
    _frames: Room = field(default_factory=Room)
    _lines: Room = field(default_factory=Room)

    def number(self, step: object) -> str:
        """Return the full number of `step` within the state that is being executed."""
        return f"{self.prefix}{step}"

    def place(self, step: object) -> str:
        """Return a name for the next message that `step` claims."""
        number = self.number(step)
        self._claims[number] += 1
        return f"{number}#{self._claims[number]}"

    def note(
        self,
        step: object,
        who: str,
        expected: str,
        got: str,
        *,
        ok: bool | None = None,
        frame: int | None = None,
    ) -> None:
        """Append a line to the transcript."""
        number = self.number(step) if step != "" else self.prefix.rstrip(".")
        if step != "":
            self.taken.add(number)
        fitting = self._lines.fit(got, len(self.transcript.entries))
        if fitting is None:
            return
        self.transcript.entries.append(
            Entry(
                at=self.clock(),
                step=number,
                who=who,
                expected=expected,
                got=fitting,
                ok=ok,
                frame=frame,
            )
        )

    def remark(self, step: object, text: str, *, lab: bool = False) -> None:
        """Append a remark; on the `lab` it is no word against the system under test."""
        fitting = self._lines.fit(text, len(self.transcript.remarks))
        if fitting is not None:
            number = self.number(step) if step else ""
            self.transcript.remarks.append(Remark(step=number, text=fitting, lab=lab))

    def remark_once(self, text: str) -> None:
        """Append a remark on the whole case, unless it is there."""
        if all(remark.text != text for remark in self.transcript.remarks):
            self.remark("", text)

    def frame(
        self, sender: str, text: str, *, finding: str, connection: int, ago: float = 0.0
    ) -> int | None:
        """Append a frame or an event that passed `ago` seconds ago; return its place, if any."""
        rows = len(self.transcript.frames)
        fitting = self._frames.fit(text, rows)
        if fitting is None:
            return None
        if rows == ROWS - 1:
            sender, fitting, finding = "event", f"the record has {ROWS} frames: it ends here", ""
        self.transcript.frames.append(
            FrameRecord(
                at=max(0.0, self.clock() - ago),
                sender=sender,
                connection=connection,
                text=fitting,
                finding=finding,
            )
        )
        return len(self.transcript.frames) - 1

    def acted(
        self, began: float, by: str, text: str, action: DataclassInstance, outcome: str
    ) -> None:
        """Append what the operator `by` was asked to do since `began`, and how it ended."""
        self.transcript.actions.append(
            ActionRecord(
                at=began,
                until=self.clock(),
                by=by,
                action=type(action).__name__,
                text=text,
                values=asdict(action),
                outcome=outcome,
            )
        )

    def constrain(
        self, place: str, step: object, what: str, pattern: Mapping[str, Any], *kinds: str
    ) -> None:
        """Record what `step` requires of the message at `place`."""
        number = self.number(step)
        for kind in kinds:
            self.constraints.append(Constraint(place=place, step=number, kind=kind))
        for path, leaf in leaves(pattern):
            self.constraints.extend(
                Constraint(place=place, step=number, kind="field", path=path, wrong=wrong)
                for wrong in wrongs_for(leaf)
            )
        self.list(f"{number} {what} {pattern!r}")

    def list(self, line: str) -> None:
        """Append a line to the inventory, without what differs from run to run."""
        for volatile, name in VOLATILE:
            line = volatile.sub(name, line)
        self.inventory.append(line)
