"""Frames sent on purpose: what has to be refused, ignored or understood, and what is told of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance import ID, Frames, Station, Wrong
from conformance.ocpp16.messages import GetConfiguration
from conformance.verdict import Verdict
from tests.engine.stage import case, declared, failed, on_bench, passed, run
from tests.miniatures.miniature import Miniature, Payload

CALL = [2, ID, "Odd", {}]
WRONG = Wrong(frame=CALL, codes=("ProtocolError",), odd=("GenericError",))
CONFIGURATION: Payload = {"configurationKey": []}


def answers(*rest: object, kind: int = 4, own_id: str = "") -> Miniature:
    """Return a station that answers the odd CALL in such a way."""

    async def answer(it: Miniature, uid: str, _: Payload) -> None:
        it.frame(kind, own_id or uid, *rest)

    return Miniature(declared(), {"Odd": answer, "GetConfiguration": CONFIGURATION})


async def refused(frames: Frames) -> None:
    """A CALL has to be refused."""
    await frames.refused(1, WRONG)


async def refused_then_asked(station: Station, frames: Frames) -> None:
    """Afterwards the station is as it was."""
    await frames.refused(1, WRONG)
    await station.call(3, GetConfiguration.req(), expect=GetConfiguration.conf())


def test_the_right_refusal_passes_and_is_no_fault_of_anybody() -> None:
    result = passed(run(answers("ProtocolError", "no such thing", {}), refused_then_asked))
    assert not result.record.transcript.remarks
    assert [f.finding for f in result.record.transcript.frames if f.finding] == []


def test_what_is_sent_on_purpose_is_in_the_record() -> None:
    result = passed(run(answers("ProtocolError", "", {}), refused))
    (first, *_) = [e for e in result.record.transcript.entries if e.step == "1"]
    assert first.who == "tool"
    assert first.got.startswith('sends, on purpose: [2,"')


def test_a_code_that_says_less_is_a_remark() -> None:
    result = passed(run(answers("GenericError", "", {}), refused))
    (remark,) = result.record.transcript.remarks
    assert remark.text == "GenericError says less of what is wrong than ProtocolError"


@pytest.mark.parametrize(
    ("it", "reason"),
    [
        (
            answers("NotSupported", "", {}),
            "the answer's code: expected 'ProtocolError' or 'GenericError', got 'NotSupported'",
        ),
        (
            answers({}, kind=3),
            "the answer's type: expected 'CALLERROR', got 'CALLRESULT'",
        ),
    ],
    ids=["another code", "a CALLRESULT"],
)
def test_another_answer_fails(it: Miniature, reason: str) -> None:
    failed(run(it, refused), 2, reason)


def test_no_answer_fails() -> None:
    async def silent(_: Miniature, __: str, ___: Payload) -> None:
        return

    failed(run(Miniature(declared(), {"Odd": silent}), refused), 2, "no CALLERROR in 4 s")


def test_no_answer_is_a_remark_where_the_text_allows_it() -> None:
    async def silent(_: Miniature, __: str, ___: Payload) -> None:
        return

    async def dropped(frames: Frames) -> None:
        """It may be dropped."""
        await frames.refused(1, replace(WRONG, dropped="it may be dropped"))

    result = passed(run(Miniature(declared(), {"Odd": silent}), dropped))
    (remark,) = result.record.transcript.remarks
    assert remark.text == "no answer, which is allowed, but helps nobody: it may be dropped"


def test_an_answer_with_another_id_fails() -> None:
    result = run(answers("ProtocolError", "", {}, own_id="another"), refused)
    assert result.verdict is Verdict.FAIL
    assert "an answer to a CALL that was never sent" in result.reason


def test_a_description_of_256_characters_fails_on_201() -> None:
    async def answer(it: Miniature, uid: str, _: Payload) -> None:
        it.frame(4, uid, "ProtocolError", "x" * 256, {})

    result = run(Miniature(declared("2.0.1"), {"Odd": answer}), refused)
    assert result.verdict is Verdict.FAIL
    assert "256 characters, where 255 are allowed" in result.reason


# What has to be ignored


async def ignored(station: Station, frames: Frames) -> None:
    """An answer to nothing."""
    await frames.ignored(1, [3, ID, {}])
    await station.call(3, GetConfiguration.req(), expect=GetConfiguration.conf())


def test_what_is_ignored_passes() -> None:
    passed(run(Miniature(declared(), {"GetConfiguration": CONFIGURATION}), ignored))


async def asked(frames: Frames) -> None:
    """A CALL that is to be ignored."""
    await frames.ignored(1, CALL)


def test_what_has_to_be_ignored_and_is_answered_fails() -> None:
    failed(
        run(answers("GenericError", "", {}), asked),
        2,
        "expected no answer, got a CALLERROR GenericError",
    )


# What has to be understood


async def understood(frames: Frames) -> None:
    """A CALL in fragments is answered."""
    await frames.answered(
        1,
        [2, ID, "GetConfiguration", {}],
        action="GetConfiguration",
        expect=GetConfiguration.conf(configurationKey=[]),
        fragments=3,
    )


def test_what_is_understood_passes() -> None:
    passed(run(Miniature(declared(), {"GetConfiguration": CONFIGURATION}), understood))


def test_what_is_refused_instead_fails() -> None:
    failed(
        run(Miniature(declared()), understood),
        2,
        "GetConfiguration was answered with CALLERROR NotImplemented",
    )


def test_an_answer_that_breaks_its_schema_fails() -> None:
    it = Miniature(declared(), {"GetConfiguration": {"configurationKey": 1}})
    result = run(it, understood)
    assert result.verdict is Verdict.FAIL
    assert "schema of the GetConfiguration response: type" in result.reason


# A SHOULD


@pytest.mark.parametrize(("level", "verdict"), [("MUST", Verdict.FAIL), ("SHOULD", Verdict.PASS)])
def test_what_a_should_finds_is_a_remark(level: str, verdict: Verdict) -> None:
    wanted = case(refused)
    wanted = replace(wanted, entry=replace(wanted.entry, level=level))
    it = answers("NotSupported", "", {})
    result = on_bench(it, lambda bench: bench.run(wanted))
    assert result.verdict is verdict
    remarks = [(r.step, r.text) for r in result.record.transcript.remarks]
    expected = "the answer's code: expected 'ProtocolError' or 'GenericError', got 'NotSupported'"
    assert remarks == ([("2", expected)] if level == "SHOULD" else [])


def test_a_broken_rule_fails_a_should_all_the_same() -> None:
    wanted = case(refused)
    wanted = replace(wanted, entry=replace(wanted.entry, level="SHOULD"))
    result = on_bench(answers("NoSuchCode", "", {}), lambda bench: bench.run(wanted))
    assert result.verdict is Verdict.FAIL
