"""A bench on an event loop of its own thread, so that the SUT is served between cases."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import Any, TypeVar

from conformance.bench import Bench
from conformance.cases import Case, Result
from conformance.files.servers import file_service
from conformance.operators import (
    CannotActError,
    EmbeddedSystem,
    Operator,
    Streams,
    Without,
    build,
)
from conformance.operators.actions import Action
from conformance.pki.folder import LabFolder
from conformance.record import Record
from conformance.redact import hide
from conformance.secure import UnusableFilesError
from conformance.sut import Sut
from conformance.transport import Dialing, Listening, Transport

T = TypeVar("T")
GRACE = 10.0  # seconds for what is interrupted; a reference system that hangs takes most of it


class LoopThread:
    """An event loop that never stands still while a session lasts."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._lock = threading.Lock()
        self._current: Future[Any] | None = None
        self._interrupted = False
        self._running: set[asyncio.Task[Any]] = set()
        self._thread.start()

    def call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine there and wait for it; Ctrl-C and `interrupt` cancel it."""
        with self._lock:
            if self._interrupted:
                coroutine.close()
                raise CancelledError
            kept = self._kept(coroutine)
            self._current = future = asyncio.run_coroutine_threadsafe(kept, self._loop)
        return self._result(future)

    def interrupt(self) -> None:
        """Cancel what another thread waits for, with CancelledError, and all that it asks for."""
        with self._lock:
            self._interrupted = True
            if self._current is not None:
                self._current.cancel()

    def finish(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run the last coroutine there, when what was cancelled has cleaned up after itself."""
        return self._result(asyncio.run_coroutine_threadsafe(self._last(coroutine), self._loop))

    async def _kept(self, coroutine: Coroutine[Any, Any, T]) -> T:
        running = asyncio.current_task()
        assert running is not None  # noqa: S101 - for the type checker
        self._running.add(running)
        try:
            return await coroutine
        finally:
            self._running.discard(running)

    async def _last(self, coroutine: Coroutine[Any, Any, T]) -> T:
        if self._running:
            await asyncio.wait(self._running, timeout=GRACE)
        return await coroutine

    def _result(self, future: Future[T]) -> T:
        try:
            return future.result()
        except KeyboardInterrupt:
            future.cancel()
            raise

    def close(self) -> None:
        """Stop the loop and wait for the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Nobody:
    """The operator of a session that could not be opened."""

    name = "nobody"

    def supports(self, _: type[Action]) -> bool:
        """Tell that nothing can be done."""
        return False

    async def perform(self, action: Action) -> None:
        """Do nothing, and say so."""
        raise CannotActError(f"nobody is there for {action}")

    async def close(self) -> None:
        """End nothing."""


def _why(problem: OSError) -> str:
    """Return the system's own words: asyncio wraps them into an address."""
    return os.strerror(problem.errno) if problem.errno else str(problem)


class Session:
    """One SUT for the length of a run; a CSMS has a bench for each of its stations."""

    def __init__(self, sut: Sut, streams: Streams, folder: Path | None = None) -> None:
        """Keep what a SUT uploads in `folder`, if there is one."""
        self._lab = LabFolder()
        self.sut = self._lab.beside(sut)
        self._files = file_service(self.sut, folder)
        self._streams = streams
        self._thread = LoopThread()
        self._benches: dict[str, Bench] = {}
        self._bench: Bench | None = None  # the one that is used now
        self._system: EmbeddedSystem | None = None  # the reference CSMS, one for all stations
        self._unreachable = ""

    @property
    def url(self) -> str:
        """Where the tool waits for the station, or where the CSMS is."""
        return self.bench.transport.url

    @property
    def is_open(self) -> bool:
        """Tell whether the session has been opened."""
        return self._bench is not None

    @property
    def bench(self) -> Bench:
        """The bench that is used now; the session must be open."""
        if self._bench is None:
            raise RuntimeError("the session is not open")
        return self._bench

    def open(self) -> None:
        """Listen, start what is embedded, and be ready for the first case.

        Where that cannot be done, the bench says why, and every case becomes INCONCLUSIVE.
        """
        try:
            self._thread.call(self._open())
        except UnusableFilesError as problem:
            self._give_up(str(problem))
        except OSError as problem:
            connection = self.sut.connection
            self._give_up(
                f"cannot listen on {connection.host}:{connection.port}: {_why(problem)}"
                " (is another program using the port, and is the address this machine's?)"
            )
        except CannotActError as problem:
            self._give_up(str(problem))

    def prepare(self, station: str = "") -> None:
        """Reach what every case begins from; raise Inconclusive where that fails."""
        self._thread.call(self._prepare(station or self.sut.station))

    def run(self, case: Case, station: str = "") -> Result:
        """Run one case; for a CSMS as the station that is named, else as the first."""
        return self._thread.call(self._run(case, station or self.sut.station))

    def between(self) -> list[str]:
        """Take the broken rules that no case can be blamed for and nobody has taken yet."""
        found: list[str] = []
        for bench in self._benches.values():
            texts, bench.between = bench.between, []
            secrets = bench.sut.secrets | bench.files.secrets | bench.transport.access.secrets
            found += hide(texts, secrets)
        return found

    def refused(self) -> list[dict[str, Any]]:
        """Return how many attempts to connect were refused, by kind and address."""
        return [count for bench in self._benches.values() for count in bench.door.attempts.counts()]

    def interrupt(self) -> None:
        """Give up what another thread has this session do; it gets CancelledError."""
        self._thread.interrupt()

    def close(self) -> None:
        """End everything that the session began."""
        self._thread.finish(self._close())
        self._thread.close()
        self._lab.close()

    async def _run(self, case: Case, station: str) -> Result:
        return await (await self._turn_to(station)).run(case)

    async def _prepare(self, station: str) -> None:
        await (await self._turn_to(station)).prepare(Record(time.monotonic))

    async def _close(self) -> None:
        for bench in self._benches.values():
            await bench.close()
        await self._files.close()
        if self._system is not None:
            await self._system.close()

    async def _turn_to(self, station: str) -> Bench:
        """Return the bench of a station; the one before it has left, as it has nothing to do."""
        bench = self.bench
        if station != bench.sut.station:
            if isinstance(bench.transport, Dialing):
                self._unreachable = self._unreachable or bench.transport.unreachable
            await bench.link.close()
            bench = self._bench = self._benches.get(station) or await self._bench_for(station)
            bench.broken = bench.broken or self._unreachable
        return bench

    def _give_up(self, why: str) -> None:
        if self._bench is None:
            self._bench = Bench(self.sut, Dialing(self.sut), lambda _: Nobody(), self._files)
        if not hasattr(self._bench, "operator"):
            self._bench.operator = Nobody()
        self._benches[self.sut.station] = self._bench
        self._bench.broken = self._unreachable = why

    async def _open(self) -> None:
        sut = self.sut
        try:
            await self._files.open()
        except OSError as problem:
            told = f"no HTTP server can be opened for tls.revocation: {_why(problem)}"
            raise CannotActError(told) from problem
        if sut.role == "CSMS" and sut.operator.kind == "embedded":
            # The CSMS is ours: it has to run before it can be called.
            system = EmbeddedSystem(sut, None)
            await system.start()
            self._system = system
        self._bench = await self._bench_for(sut.station)
        if isinstance(self._bench.operator, EmbeddedSystem):
            await self._bench.operator.start()
            self._bench.operator = self._able(self._bench.operator)

    async def _bench_for(self, station: str) -> Bench:
        sut = self.sut if self.sut.role == "CS" else self.sut.at(station)
        url = self._system.system_url if self._system is not None else ""
        transport: Transport = Listening(sut) if sut.role == "CS" else Dialing(sut, url)
        bench = Bench(sut, transport, lambda url: self._operator(sut, url), self._files)
        self._bench = self._bench or bench
        await bench.open()
        self._benches[station] = bench
        return bench

    def _able(self, operator: Operator) -> Operator:
        cannot = self.sut.operator.cannot
        return Without(operator, cannot) if cannot else operator

    def _operator(self, sut: Sut, url: str) -> Operator:
        if self._system is not None:
            return self._able(self._system.at(sut.station))
        return build(sut, self._streams, url)
