"""What the SUT answers to a CALL of the tool: correlated, spoiled for a proof, judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from conformance.link import Answer
from conformance.matching import mismatches
from conformance.message import Response
from conformance.tamper import Tamper
from conformance.verdict import Failed

if TYPE_CHECKING:
    from conformance.peer import Peer


class Reply(Mapping[str, Any]):
    """The payload of the SUT's answer to a CALL, and its place in the record."""

    def __init__(self, payload: Mapping[str, Any], place: str, at: float) -> None:
        self.payload, self.place, self.at = payload, place, at

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - any field of any message
        return self.payload[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.payload)

    def __len__(self) -> int:
        return len(self.payload)


def spoiled(tamper: Tamper | None, answer: Answer, place: str) -> Answer:
    """Return the answer as a proof wants it; a lost one is a TimeoutError."""
    if tamper is None:
        return answer
    if tamper.hits(place, "lost"):
        raise TimeoutError
    if tamper.hits(place, "callerror"):
        return Answer(error="InternalError", description="spoiled", at=answer.at)
    if tamper.hits(place, "field"):
        return Answer(payload=tamper.spoil(answer.payload), at=answer.at, frame=answer.frame)
    return answer


def judge(
    peer: Peer,
    step: int,
    action: str,
    expect: Response | None,
    answer: Answer,
    place: str,
    *,
    or_error: bool,
) -> None:
    """Require that an answer is a CALLRESULT that matches `expect`; `or_error`: or a CALLERROR."""
    pattern = expect.pattern() if expect is not None else {}
    wrong_kinds = ("lost",) if or_error else ("lost", "callerror")
    what = f"{action} answer{' or CALLERROR' if or_error else ''}"
    peer.record.constrain(place, step, what, pattern, *wrong_kinds)
    if answer.error and or_error:
        peer.note(step, f"{expect} or a CALLERROR", f"CALLERROR {answer.error}", ok=True)
        return
    if answer.error:
        peer.note(step, str(expect or "a CALLRESULT"), f"CALLERROR {answer.error}", ok=False)
        raise Failed(
            f"{action} was answered with CALLERROR {answer.error}"
            + (f": {answer.description}" if answer.description else ""),
            peer.record.number(step),
        )
    wrong = mismatches(pattern, answer.payload)
    if wrong:
        reason = "; ".join(f"{action}.{m}" for m in wrong)
        peer.note(step, str(expect), reason, ok=False, frame=answer.frame)
        raise Failed(reason, peer.record.number(step))
    got = f"answers {dict(answer.payload)}"
    peer.note(step, str(expect or "an answer"), got, ok=True, frame=answer.frame)
