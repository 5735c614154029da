"""What came from the SUT: a CALL of its own, or the answer to one of the tool."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False)
class Received(Mapping[str, Any]):
    """A CALL of the SUT, read like its payload.

    `at` and `answered_at` are in seconds of the event loop's clock; `epoch` counts connections;
    `frame` is the frame's place in the case's record, `answer` what it was answered with; `legal`
    says why it may come though no step waits for it; `size` is the length of its frame.
    """

    uid: str
    action: str
    payload: Mapping[str, Any]
    at: float
    epoch: int
    frame: int | None = None
    answered_at: float | None = None
    answer: Mapping[str, Any] = field(default_factory=dict)
    place: str = ""
    legal: str = ""
    size: int = 0

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - any field of any message
        return self.payload[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.payload)

    def __len__(self) -> int:
        return len(self.payload)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the SUT answered to a CALL of the tool: a payload, or the code of a CALLERROR."""

    payload: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    description: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    uid: str = ""
    at: float = 0.0
    frame: int | None = None
