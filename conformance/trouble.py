"""What ends a case from outside its steps, and waiting that heeds it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, NoReturn


class Trouble:
    """A broken rule, a lost connection or a fault of the tool: whoever waits is told at once.

    The first one counts; it is raised again by each later wait.
    """

    def __init__(self) -> None:
        self._end: asyncio.Future[NoReturn] = asyncio.get_running_loop().create_future()
        self._lost = False

    @property
    def there(self) -> bool:
        """Tell whether something has ended the case."""
        return self._end.done()

    @property
    def what(self) -> BaseException | None:
        """What has ended the case, if anything has."""
        return self._end.exception() if self._end.done() else None

    def end(self, end: BaseException, *, lost: bool = False) -> None:
        """End the case; `lost` says that it is for the loss of the connection."""
        self._lost = lost
        self._end.set_exception(end)
        self._end.exception()  # seen: raised by whoever waits next

    def tell(self) -> None:
        """Raise what has ended the case."""
        if self._end.done():
            self._end.result()

    async def answered(self, sending: asyncio.Future[Any], *, heed: bool = True) -> None:
        """Wait for an answer; one that has come before the connection was lost is still one."""
        try:
            await self.until({sending}, heed=heed)
        except BaseException:
            if not (self._lost and sending.done() and sending.exception() is None):
                raise

    async def until(
        self,
        what: Iterable[asyncio.Future[Any]],
        *,
        within: float | None = None,
        also: asyncio.Future[Any] | None = None,
        heed: bool = True,
    ) -> None:
        """Wait until all of `what` is done or `also` is, for `within` seconds at the most.

        Raises the exception of the first that fails, or the trouble, if it is to be heeded.
        """
        loop = asyncio.get_running_loop()
        deadline = None if within is None else loop.time() + within
        awaited = list(what)
        while True:
            for f in awaited:
                if f.done() and not f.cancelled() and (failure := f.exception()) is not None:
                    raise failure
            if heed:
                self.tell()
            left = {f for f in awaited if not f.done()}
            if not left or (also is not None and also.done()):
                return
            seconds = None if deadline is None else deadline - loop.time()
            if seconds is not None and seconds <= 0:
                return
            left |= {self._end} if heed else set()
            left |= {also} if also is not None else set()
            await asyncio.wait(left, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)


def seen(task: asyncio.Task[Any]) -> None:
    """Look at the outcome of a CALL that the case may have stopped waiting for."""
    if not task.cancelled():
        task.exception()
