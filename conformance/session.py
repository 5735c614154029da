"""A bench on an event loop of its own thread, so that the SUT is served between cases."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

from conformance.bench import Bench
from conformance.cases import Case, Result
from conformance.operators import (
    CannotActError,
    EmbeddedSystem,
    Operator,
    Streams,
    Without,
    build,
)
from conformance.operators.actions import Action
from conformance.record import Record
from conformance.sut import Sut
from conformance.transport import Dialing, Listening, Transport

T = TypeVar("T")


class LoopThread:
    """An event loop that never stands still while a session lasts."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine there and wait for it; Ctrl-C cancels it."""
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
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
    """One SUT for the length of a run."""

    def __init__(self, sut: Sut, streams: Streams) -> None:
        self.sut = sut
        self._streams = streams
        self._thread = LoopThread()
        self._bench: Bench | None = None

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
        """The bench; the session must be open."""
        if self._bench is None:
            raise RuntimeError("the session is not open")
        return self._bench

    def open(self) -> None:
        """Listen, start what is embedded, and be ready for the first case.

        Where that cannot be done, the bench says why, and every case becomes INCONCLUSIVE.
        """
        try:
            self._thread.call(self._open())
        except OSError as problem:
            connection = self.sut.connection
            self._give_up(
                f"cannot listen on {connection.host}:{connection.port}: {_why(problem)}"
                " (is another program using the port, and is the address this machine's?)"
            )
        except CannotActError as problem:
            self._give_up(str(problem))

    def prepare(self) -> None:
        """Reach what every case begins from; raise Inconclusive where that fails."""
        self._thread.call(self.bench.prepare(Record(time.monotonic)))

    def run(self, case: Case) -> Result:
        """Run one case."""
        return self._thread.call(self.bench.run(case))

    def close(self) -> None:
        """End everything that the session began."""
        if self._bench is not None:
            self._thread.call(self._bench.close())
        self._thread.close()

    def _give_up(self, why: str) -> None:
        if self._bench is None:
            self._bench = Bench(self.sut, Dialing(self.sut), lambda _: Nobody())
        if not hasattr(self._bench, "operator"):
            self._bench.operator = Nobody()
        self._bench.broken = why

    async def _open(self) -> None:
        sut = self.sut
        transport: Transport
        if sut.role == "CS":
            transport = Listening(sut)
        elif sut.operator.kind == "embedded":
            # The CSMS is ours: it has to run before it can be called.
            system = EmbeddedSystem(sut, None)
            await system.start()
            able = self._able(system)
            self._bench = Bench(sut, Dialing(sut, system.system_url), lambda _: able)
            await self._bench.open()
            return
        else:
            transport = Dialing(sut)
        self._bench = Bench(sut, transport, self._operator)
        await self._bench.open()
        if isinstance(self._bench.operator, EmbeddedSystem):
            await self._bench.operator.start()
            self._bench.operator = self._able(self._bench.operator)

    def _able(self, system: EmbeddedSystem) -> Operator:
        cannot = self.sut.operator.cannot
        return Without(system, cannot) if cannot else system

    def _operator(self, url: str) -> Operator:
        return build(self.sut, self._streams, url)
