"""Several systems at a time: each has its threads, and their cases are told in their order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import CancelledError, Future

from conformance.cases import Case
from conformance.judged import Judged
from conformance.session import Session

Key = tuple[str, str]


class _Lane:
    """Cases that are judged one after the other over one session, in a thread."""

    def __init__(self, session: Session, judge: Callable[[Case, Session], Judged]) -> None:
        self.session, self._judge = session, judge
        self._cases: list[tuple[Case, Future[Judged]]] = []
        self._thread = threading.Thread(target=self._run, name="ocpp-lane", daemon=True)

    def add(self, case: Case) -> Future[Judged]:
        """Judge a case after those before it."""
        future: Future[Judged] = Future()
        self._cases.append((case, future))
        return future

    def begin(self) -> None:
        """Begin with the first case."""
        self._thread.start()

    def stop(self) -> None:
        """Begin no further case, and give the one that is under way up."""
        for _, future in self._cases:
            future.cancel()
        self.session.interrupt()

    def join(self) -> None:
        """Return when nothing is under way."""
        self._thread.join()

    def _run(self) -> None:
        for case, future in self._cases:
            if not future.set_running_or_notify_cancel():
                continue
            try:
                judged = self._judge(case, self.session)
            except BaseException as end:  # noqa: BLE001 - told to whoever asks for the result
                future.set_exception(end)
            else:
                future.set_result(judged)


class Abreast:
    """Judges the cases of every system in lanes of its own.

    A system has as many lanes as it has sessions; the cases are dealt to them by turns, so that
    the same one always goes over the same lane.
    """

    def __init__(
        self,
        sessions: Mapping[Key, Iterable[Session]],
        judge: Callable[[Case, Session], Judged],
        cases: Iterable[Case],
    ) -> None:
        self._judge = judge
        self._lanes = {key: [_Lane(s, judge) for s in mine] for key, mine in sessions.items()}
        self._futures: dict[Case, deque[Future[Judged]]] = {}
        dealt = dict.fromkeys(self._lanes, 0)
        for case in cases:
            key = case.entry.version, case.entry.role
            lane = self._lanes[key][dealt[key] % len(self._lanes[key])]
            dealt[key] += 1
            self._futures.setdefault(case, deque()).append(lane.add(case))
        for lane in self._all():
            lane.begin()

    def judged(self, case: Case) -> Judged:
        """Return what a case came to, when it has; one that is asked for again is judged again."""
        futures = self._futures[case]
        if futures:
            try:
                return futures.popleft().result()
            except CancelledError:
                raise KeyboardInterrupt from None
        lane = self._lanes[case.entry.version, case.entry.role][0]
        lane.join()
        return self._judge(case, lane.session)

    def stop(self) -> None:
        """Begin no further case, give up those that are under way, and return when they have."""
        for lane in self._all():
            lane.stop()
        for lane in self._all():
            lane.join()

    def _all(self) -> list[_Lane]:
        return [lane for lanes in self._lanes.values() for lane in lanes]
