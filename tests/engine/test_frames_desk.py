"""Frames sent on purpose: what has to be refused, ignored or understood, and what is told of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance import ID, Frames, Operator, Station, Wrong, now
from conformance.ocpp16.messages import Authorize, GetConfiguration
from conformance.verdict import Verdict
from tests.engine.stage import case, declared, failed, on_bench, passed, run
from tests.miniatures.miniature import Miniature, Payload, calls, reports

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
    assert first.got.startswith('sends on purpose: [2,"')


def test_a_code_that_says_less_is_a_remark() -> None:
    result = passed(run(answers("GenericError", "", {}), refused))
    (remark,) = result.record.transcript.remarks
    assert remark.text == "GenericError says less of what is wrong than ProtocolError"


@pytest.mark.parametrize(
    ("it", "reason"),
    [
        (
            answers("NotSupported", "", {}),
            "the answer's code: NotSupported, where ProtocolError is due",
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


LONG = "x" * 37


async def refused_with_a_long_id(frames: Frames) -> None:
    """An id that is too long is refused."""
    await frames.refused(1, replace(WRONG, frame=[2, LONG, "Odd", {}], too_long=True))


@pytest.mark.parametrize("uid", [LONG, "-1"])
def test_an_id_that_is_too_long_may_be_repeated_or_not(uid: str) -> None:
    result = passed(run(answers("ProtocolError", "", {}, own_id=uid), refused_with_a_long_id))
    assert not result.record.transcript.remarks


def test_another_id_that_is_too_long_fails() -> None:
    it = answers("ProtocolError", "", {}, own_id=f"{LONG}x")
    result = run(it, refused_with_a_long_id)
    assert result.verdict is Verdict.FAIL
    assert "at most 36 characters, this one has 38" in result.reason


# What has to be ignored


async def ignored(station: Station, frames: Frames) -> None:
    """An answer to nothing."""
    await frames.ignored(1, [3, ID, {}])
    await station.call(3, GetConfiguration.req(), expect=GetConfiguration.conf())


def test_what_is_ignored_passes() -> None:
    passed(run(Miniature(declared(), {"GetConfiguration": CONFIGURATION}), ignored))


async def ignored_for_a_while(frames: Frames) -> None:
    """An answer to nothing, and not much time to see it."""
    await frames.ignored(1, [3, ID, {}], during=0.25)


def test_it_is_waited_for_an_answer_for_as_long_as_was_said() -> None:
    result = passed(run(Miniature(declared()), ignored_for_a_while))
    assert result.duration == pytest.approx(0.25, abs=0.1)


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
    expected = "the answer's code: NotSupported, where ProtocolError is due"
    assert remarks == ([("2", expected)] if level == "SHOULD" else [])


def test_a_broken_rule_fails_a_should_all_the_same() -> None:
    wanted = case(refused)
    wanted = replace(wanted, entry=replace(wanted.entry, level="SHOULD"))
    result = on_bench(answers("NoSuchCode", "", {}), lambda bench: bench.run(wanted))
    assert result.verdict is Verdict.FAIL


# Answers that wait


async def crossed(frames: Frames, station: Station, operator: Operator) -> None:
    """A request of the station is answered later than one of the tool."""
    await operator.plug_in(1)
    held = await station.expect(1, Authorize.req(), hold=True)
    await frames.answered(2, [2, ID, "GetConfiguration", {}], action="GetConfiguration")
    await frames.reply(4, held, Authorize.conf(idTagInfo={"status": "Blocked"}), after=1.0)


async def refused_by_the_tool(frames: Frames, station: Station, operator: Operator) -> None:
    """A request of the station gets a CALLERROR."""
    await operator.plug_in(1)
    held = await station.expect(1, Authorize.req(), hold=True)
    await frames.refuse(2, held, "InternalError")


async def forgotten(station: Station, operator: Operator) -> None:
    """A request of the station is held, and the case ends."""
    await operator.plug_in(1)
    await station.expect(1, Authorize.req(), hold=True)


def plugging() -> Miniature:
    """Return a station that asks for an authorization when the cable is in."""
    deeds = {"PlugIn": calls("Authorize", idTag="TAG001"), "PlugOut": reports("Available")}
    return Miniature(declared(), {"GetConfiguration": CONFIGURATION}, deeds)


def answer_to_authorize(it: Miniature) -> list[tuple[float, list[object]]]:
    """Return when and how the third request of a station was answered."""
    return [(at, frame) for at, frame in it.got if frame[1] == "id4" and frame[0] != 2]


def test_an_answer_that_is_held_comes_after_what_is_sent_meanwhile() -> None:
    it = plugging()
    passed(run(it, crossed))
    kinds = [frame[:1] for _, frame in it.got]
    ((at, frame),) = answer_to_authorize(it)
    assert frame[2] == {"idTagInfo": {"status": "Blocked"}}
    (asked,) = [when for when, f in it.got if f[0] == 2 and f[2] == "GetConfiguration"]
    assert at - asked >= 1.0, kinds


def test_a_request_that_is_held_can_be_refused() -> None:
    it = plugging()
    passed(run(it, refused_by_the_tool))
    ((_, frame),) = answer_to_authorize(it)
    assert frame[:3] == [4, "id4", "InternalError"]


async def refused_with_details(frames: Frames, station: Station, operator: Operator) -> None:
    """A request of the station gets a CALLERROR without a word, but with details."""
    await operator.plug_in(1)
    held = await station.expect(1, Authorize.req(), hold=True)
    await frames.refuse(2, held, "GenericError", "", {"seen": [1]})


def test_a_refusal_can_have_details_and_no_description() -> None:
    it = plugging()
    passed(run(it, refused_with_details))
    ((_, frame),) = answer_to_authorize(it)
    assert frame == [4, "id4", "GenericError", "", {"seen": [1]}]


async def misanswered(frames: Frames, station: Station, operator: Operator) -> None:
    """A request of the station gets an answer that its schema does not allow."""
    await operator.plug_in(1)
    held = await station.expect(1, Authorize.req(), hold=True)
    await frames.misanswer(2, held, {"idTagInfo": {"status": "Perhaps"}})


def test_an_answer_can_be_wrong_on_purpose() -> None:
    it = plugging()
    result = passed(run(it, misanswered))
    ((_, frame),) = answer_to_authorize(it)
    assert frame == [3, "id4", {"idTagInfo": {"status": "Perhaps"}}]
    (told,) = [e.got for e in result.record.transcript.entries if e.step == "2"]
    assert told == ("answers with {'idTagInfo': {'status': 'Perhaps'}}, which is wrong on purpose")


def test_what_is_held_at_the_end_is_answered() -> None:
    it = plugging()
    passed(run(it, forgotten))
    ((_, frame),) = answer_to_authorize(it)
    assert frame[0] == 3


# Connections


async def closed(frames: Frames, station: Station) -> None:
    """The connection is closed, and there is another one."""
    await frames.closed(1)
    await station.expect_connection(3)


def test_a_station_that_closes_and_does_not_come_back_fails() -> None:
    failed(run(Miniature(declared()), closed), 3, "no connection in 10 s")


BOOTING: dict[str, Payload] = {
    "BootNotification": {"status": "Accepted", "currentTime": now(), "interval": 300},
    "StatusNotification": {},
}


async def turned_away(frames: Frames) -> None:
    """A CSMS takes no connection over a version that is none."""
    await frames.turned_away(1, "ocpp0.1")


def test_a_csms_that_takes_any_version_fails() -> None:
    failed(
        run(Miniature(declared("1.6", "CSMS"), BOOTING), turned_away),
        2,
        "expected no connection, but the CSMS chooses ocpp0.1",
    )


# Samples


async def sampled(frames: Frames) -> None:
    """Random requests with a fault are refused."""
    for sample in frames.faults():
        call = [2, ID, sample.action, sample.payload]
        await frames.refused(1, Wrong(frame=call, codes=("NotImplemented",)))


def test_samples_are_as_many_as_declared_and_the_seed_is_told() -> None:
    it = Miniature(declared().changed({"samples": {"count": 30, "seed": 7}}))
    result = passed(run(it, sampled))
    sent = [frame[2:] for _, frame in it.got if frame[0] == 2]
    assert len(sent) == 30
    assert len({action for action, _ in sent}) == 26, "every action that a station can be sent"
    assert any(e.got == "30 samples, made from seed 7" for e in result.record.transcript.entries)

    again = Miniature(it.sut)
    passed(run(again, sampled))
    assert [frame[2:] for _, frame in again.got if frame[0] == 2] == sent


@pytest.mark.parametrize(("size", "letters"), [(36, "aZ\"'\\/{}[]"), (9, "0123456789"), (2, "ab")])
def test_an_id_has_every_letter_that_fits(size: int, letters: str) -> None:
    async def ids(frames: Frames) -> None:
        """Ids are made."""
        made.extend(frames.new_id(size, letters) for _ in range(20))

    made: list[str] = []
    passed(run(Miniature(declared()), ids))
    assert {len(uid) for uid in made} == {size}
    assert all(set(uid) <= set(letters) for uid in made)
    if size >= len(letters):
        assert all(set(uid) == set(letters) for uid in made)
    assert len(set(made)) > 1
