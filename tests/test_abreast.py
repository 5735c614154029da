"""Systems that are judged side by side: in their order, and none keeps another waiting."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from typing import cast

import pytest

from conformance.abreast import Abreast, Key
from conformance.cases import Case
from conformance.judged import Judged, failed
from conformance.selection import every_case
from conformance.session import LoopThread, Session

STATION, OFFICE = ("1.6", "CS"), ("1.6", "CSMS")
OF_STATION = [c for c in every_case() if (c.entry.version, c.entry.role) == STATION][:6]
OF_OFFICE = [c for c in every_case() if (c.entry.version, c.entry.role) == OFFICE][:3]
LIMIT = 60.0


@dataclass
class Lane:
    """A session that is only told apart, and whether it was interrupted."""

    name: str
    interrupted: threading.Event = field(default_factory=threading.Event)

    def interrupt(self) -> None:
        self.interrupted.set()


class Judge:
    """Notes who has judged what; the cases that are `held` wait to be let go, or interrupted."""

    def __init__(self, *held: Case) -> None:
        self.judged: list[tuple[str, str]] = []
        self.held, self.began, self.let_go = held, threading.Event(), threading.Event()

    def __call__(self, case: Case, session: Session) -> Judged:
        lane = cast("Lane", session)
        if case in self.held:
            self.began.set()
            assert self.let_go.wait(LIMIT)
            if lane.interrupted.is_set():
                raise CancelledError
        self.judged.append((lane.name, case.id))
        return failed(case, lane.name, RuntimeError("no verdict"))


def abreast(judge: Judge, lanes: dict[Key, list[Lane]], cases: Iterable[Case]) -> Abreast:
    return Abreast(cast("dict[Key, list[Session]]", lanes), judge, cases)


def ids(cases: Iterable[Case]) -> list[str]:
    return [case.id for case in cases]


def test_each_system_is_judged_whatever_another_does() -> None:
    judge = Judge(OF_STATION[0])
    lanes = {STATION: [Lane("a")], OFFICE: [Lane("b")]}
    all_ = abreast(judge, lanes, [*OF_STATION, *OF_OFFICE])
    assert [all_.judged(case).result.case for case in OF_OFFICE] == OF_OFFICE
    assert judge.judged == [("b", id_) for id_ in ids(OF_OFFICE)]
    judge.let_go.set()
    assert [all_.judged(case).result.sut for case in OF_STATION] == ["a"] * len(OF_STATION)
    assert [id_ for lane, id_ in judge.judged if lane == "a"] == ids(OF_STATION)


def test_the_cases_of_one_system_are_dealt_to_its_lanes_in_their_order() -> None:
    judge = Judge()
    all_ = abreast(judge, {STATION: [Lane("a"), Lane("b")]}, OF_STATION)
    told = [all_.judged(case).result.sut for case in OF_STATION]
    assert told == ["a", "b", "a", "b", "a", "b"]
    for lane, dealt in (("a", OF_STATION[::2]), ("b", OF_STATION[1::2])):
        assert [id_ for name, id_ in judge.judged if name == lane] == ids(dealt)


def test_a_case_that_is_asked_for_again_is_judged_again() -> None:
    judge = Judge()
    all_ = abreast(judge, {STATION: [Lane("a")]}, OF_STATION)
    first = all_.judged(OF_STATION[1])
    assert all_.judged(OF_STATION[1]) is not first
    assert judge.judged == [("a", id_) for id_ in (*ids(OF_STATION), OF_STATION[1].id)]


def test_what_goes_wrong_is_told_to_whoever_asks_and_stops_nothing() -> None:
    class Broken(Judge):
        def __call__(self, case: Case, session: Session) -> Judged:
            if case is OF_STATION[0]:
                raise OSError("no room")
            return super().__call__(case, session)

    all_ = abreast(Broken(), {STATION: [Lane("a")]}, OF_STATION)
    with pytest.raises(OSError, match="no room"):
        all_.judged(OF_STATION[0])
    assert all_.judged(OF_STATION[1]).result.case is OF_STATION[1]


def test_a_stop_gives_up_what_is_under_way_and_begins_nothing_more() -> None:
    judge, lane = Judge(OF_STATION[1]), Lane("a")
    all_ = abreast(judge, {STATION: [lane]}, OF_STATION)
    assert judge.began.wait(LIMIT)

    def free() -> None:
        assert lane.interrupted.wait(LIMIT)
        judge.let_go.set()

    freeing = threading.Thread(target=free)
    freeing.start()
    all_.stop()
    freeing.join()
    assert judge.judged == [("a", OF_STATION[0].id)]
    for case in OF_STATION[1:]:
        with pytest.raises(KeyboardInterrupt):
            all_.judged(case)


def test_an_interrupted_loop_gives_up_and_still_finishes() -> None:
    loop, began = LoopThread(), threading.Event()

    async def for_ever() -> None:
        began.set()
        await asyncio.Event().wait()

    async def last() -> str:
        return "done"

    def interrupt() -> None:
        assert began.wait(LIMIT)
        loop.interrupt()

    interrupting = threading.Thread(target=interrupt)
    interrupting.start()
    with pytest.raises(CancelledError):
        loop.call(for_ever())
    interrupting.join()
    with pytest.raises(CancelledError):
        loop.call(last())
    assert loop.finish(last()) == "done"
    loop.close()
