"""Many requests that have to be refused, one after the other: counted, judged, told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from conformance import ID, Frames, Wrong
from conformance.series import SILENT, TOLD
from conformance.verdict import Verdict
from tests.engine.stage import declared, failed, passed, run
from tests.miniatures.miniature import Miniature, Payload, silence

MANY = 300


def wrong(n: int, *, kind: str = "type", dropped: str = "") -> Wrong:
    """Return the request with the number `n`."""
    return Wrong(
        frame=[2, ID, "Odd", {"n": n}],
        codes=("ProtocolError",),
        odd=("GenericError",),
        dropped=dropped,
        name=f"Odd.n{n}",
        kind=kind,
    )


async def all_refused(frames: Frames) -> None:
    """Each of the requests has to be refused."""
    await frames.each_refused(1, (wrong(n) for n in range(MANY)))


def station(**answers: object) -> Miniature:
    """Return a station that refuses the odd CALLs, but those with a number of its own choice."""

    async def answer(it: Miniature, uid: str, payload: Payload) -> None:
        told = answers.get(f"n{payload['n']}", "ProtocolError")
        if isinstance(told, str):
            it.frame(4, uid, told, "", {})
        else:
            it.frame(3, uid, told)

    return Miniature(declared(), {"Odd": answer})


def test_what_is_refused_as_required_is_counted_and_leaves_one_of_each_kind() -> None:
    it = station()
    result = passed(run(it, all_refused))
    record = result.record.transcript
    assert len([frame for _, frame in it.got if frame[0] == 2]) == MANY
    assert len([f for f in record.frames if f.sender == "sut"]) == 1
    assert len(record.entries) < 10
    assert record.entries[-1].got == f"refuses {MANY} requests ({MANY} type)"
    assert not record.remarks


def test_each_kind_leaves_its_first() -> None:
    async def two_kinds(frames: Frames) -> None:
        """Requests of two kinds."""
        await frames.each_refused(1, (wrong(n, kind=f"kind {n % 2}") for n in range(40)))

    result = passed(run(station(), two_kinds))
    frames = [f.text for f in result.record.transcript.frames if f.sender == "tool"]
    assert [text[-7:] for text in frames] == ['"n":0}]', '"n":1}]']


def test_each_is_made_while_the_system_has_the_one_before() -> None:
    made: list[int] = []
    ahead: list[int] = []

    def making() -> Iterator[Wrong]:
        for n in range(10):
            made.append(n)
            yield wrong(n)

    async def one_by_one(frames: Frames) -> None:
        """Requests that are made as they are needed."""
        await frames.each_refused(1, making())

    async def answer(it: Miniature, uid: str, payload: Payload) -> None:
        ahead.append(made[-1] - payload["n"])
        it.frame(4, uid, "ProtocolError", "", {})

    passed(run(Miniature(declared(), {"Odd": answer}), one_by_one))
    assert made == list(range(10))
    assert ahead == [0, *[1] * 8, 0]  # the first is one that stays in the record as a whole


def test_every_wrong_answer_is_named_and_kept() -> None:
    result = run(station(n0={}, n70={}, n170="NotSupported"), all_refused)
    told = "Odd.n0: the answer's type: expected 'CALLERROR', got 'CALLRESULT'"
    told += "; Odd.n70: expected a CALLERROR, got a CALLRESULT"
    told += "; Odd.n170: expected ProtocolError, got NotSupported"
    failed(result, 2, f"3 of {MANY} requests ({MANY} type) not refused as required: {told}")
    frames = [f.text for f in result.record.transcript.frames if f.sender == "tool"]
    assert [text[text.index('"n"') :] for text in frames] == ['"n":0}]', '"n":70}]', '"n":170}]']


def test_the_reason_names_some_and_the_steps_name_all() -> None:
    result = run(station(**{f"n{n}": {} for n in range(20, 40)}), all_refused)
    assert result.reason.endswith(f"and {20 - TOLD} more")
    bad = [e for e in result.record.transcript.entries if e.got.startswith("Odd.n")]
    assert (len(bad), {e.ok for e in bad}) == (20, {False})


def test_a_code_that_says_little_is_one_remark() -> None:
    result = passed(run(station(n5="GenericError", n6="GenericError"), all_refused))
    (remark,) = result.record.transcript.remarks
    assert remark.text == "2 times GenericError, which says little of what is wrong"


def test_a_connection_that_drops_is_blamed_on_the_request_before() -> None:
    async def answer(it: Miniature, uid: str, payload: Payload) -> None:
        if payload["n"] == 7:
            await it.drop()
        else:
            it.frame(4, uid, "ProtocolError", "", {})

    result = run(Miniature(declared(), {"Odd": answer}), all_refused)
    assert result.verdict is Verdict.FAIL
    assert "1 of 8 requests (8 type) not refused as required: Odd.n7: " in result.reason


@pytest.mark.parametrize("dropped", ["", "it is allowed"])
def test_a_system_that_never_answers_is_not_asked_for_ever(dropped: str) -> None:
    async def asked(frames: Frames) -> None:
        """Requests that are dropped."""
        await frames.each_refused(1, (wrong(n, dropped=dropped) for n in range(MANY)))

    it = Miniature(declared(), {"Odd": silence})
    result = run(it, asked)
    assert result.verdict is (Verdict.PASS if dropped else Verdict.FAIL)
    assert len(it.got) <= SILENT + 5
    assert f"{SILENT} requests got no answer; no more were sent" in [
        r.text for r in result.record.transcript.remarks
    ]
