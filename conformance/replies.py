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
    """The payload of the SUT's answer to a CALL, and its place in the record.

    `error` is the code of the CALLERROR that the case has allowed and the SUT has sent; the
    payload is empty then.
    """

    def __init__(self, payload: Mapping[str, Any], place: str, at: float, error: str = "") -> None:
        self.payload, self.place, self.at, self.error = payload, place, at, error
        self.answered_at: float | None = None  # it is the answer

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
    or_error: bool | tuple[str, ...],
) -> None:
    """Require that an answer is a CALLRESULT that matches `expect`, or a CALLERROR that may be."""
    pattern = expect.pattern() if expect is not None else {}
    codes = or_error if isinstance(or_error, tuple) else ()
    errors = [f"CALLERROR {code}" for code in codes] or ["CALLERROR"] * bool(or_error)
    what = " or ".join((f"{action} answer", *errors))
    wrong_kinds = ("lost",) if or_error is True else ("lost", "callerror")
    peer.record.constrain(place, step, what, pattern, *wrong_kinds)
    if answer.error and (answer.error in codes or or_error is True):
        peer.note(step, what, f"CALLERROR {answer.error}", ok=True, frame=answer.frame)
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
