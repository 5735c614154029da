"""An operator that is a person at a terminal."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, TextIO

from conformance.operators.actions import Action
from conformance.operators.base import CannotActError
from conformance.operators.wording import sentence

if sys.platform != "win32":
    import termios

CLEAR_LINE: Final = "\r\x1b[2K"
SAVE, RESTORE = "\x1b7", "\x1b8"  # the place of the cursor
LINE_ABOVE: Final = "\x1b[1A\r\x1b[2K"
ASK: Final = "    Enter = done, s = could not do it: "


@dataclass(frozen=True)
class Streams:
    """The terminal a person sits at: where is read, and where is written; None for none."""

    reader: TextIO | None
    writer: TextIO | None


class ConsoleOperator:
    """Prompts a person; the prompt goes away when what the case waited for has come.

    A CSMS knows many stations, so `station` is named to its operator; the time that is left of
    `limit` seconds is shown above the prompt. Needs a terminal that asyncio can watch: not a
    Windows console.
    """

    name = "console"

    def __init__(self, streams: Streams, station: str = "", limit: float | None = None) -> None:
        self._limit = limit
        self._at = f"[{station}] " if station else ""
        self._reader, self._writer = streams.reader, streams.writer
        self._turn = asyncio.Lock()

    def supports(self, kind: type[Action]) -> bool:  # noqa: ARG002 - a person can do anything
        """Tell that a person can be asked for anything, if there is one."""
        return self._reader is not None and self._writer is not None

    async def perform(self, action: Action) -> None:
        """Ask for one action and return on Enter; raises CannotActError on `s`."""
        reader, writer = self._reader, self._writer
        if reader is None or writer is None or reader.closed or not reader.isatty():
            raise CannotActError(
                f"nobody can be asked, there is no terminal: {sentence(action)}"
                " (choose another [operator] in sut.toml for unattended runs)"
            )
        async with self._turn:
            await self._ask(action, reader, writer)

    async def close(self) -> None:
        """Give back nothing: the streams belong to whoever handed them over."""

    async def _ask(self, action: Action, reader: TextIO, writer: TextIO) -> None:
        _forget_typed_ahead(reader.fileno())
        _write(writer, f"\n>>> {self._at}{sentence(action)}\n")
        try:
            async with _lines(reader.fileno()) as lines, _time_left(writer, self._limit):
                _write(writer, ASK)
                while True:
                    answer = (await lines.get()).strip()
                    if not answer:
                        return
                    if answer.lower().split()[0] in ("s", "c"):
                        break
                    _write(writer, ASK)
        except asyncio.CancelledError:
            _write(writer, (CLEAR_LINE if writer.isatty() else "\n") + "    No longer needed.\n")
            raise
        reason = answer[1:].strip(" :,")
        told = f"the operator could not do it: {sentence(action)}"
        raise CannotActError(told + (f" ({reason})" if reason else ""))


def _write(writer: TextIO, text: str) -> None:
    writer.write(text)
    writer.flush()


def _forget_typed_ahead(descriptor: int) -> None:
    """Drop what was typed before the prompt: it cannot have been meant for it."""
    if sys.platform != "win32":
        termios.tcflush(descriptor, termios.TCIFLUSH)


@asynccontextmanager
async def _lines(descriptor: int) -> AsyncIterator[asyncio.Queue[str]]:
    """Watch a terminal without a thread, so that a cancelled prompt leaves nothing behind."""
    loop, lines = asyncio.get_running_loop(), _Lines()

    def ready() -> None:
        try:
            data = os.read(descriptor, 1024)
        except OSError:
            data = b""
        if not data:
            loop.remove_reader(descriptor)
            data = b"s the terminal was closed\n"
        lines.feed(data)

    try:
        loop.add_reader(descriptor, ready)
    except NotImplementedError as error:
        raise CannotActError("this terminal cannot be watched; choose another operator") from error
    try:
        yield lines.queue
    finally:
        loop.remove_reader(descriptor)


@asynccontextmanager
async def _time_left(writer: TextIO, limit: float | None) -> AsyncIterator[None]:
    """Show the time left in a line of its own, and keep it right while something is typed below."""
    if limit is None:
        yield
        return
    loop = asyncio.get_running_loop()
    end = loop.time() + limit
    _write(writer, f"    time left: {_minutes(limit)}\n")

    async def count_down() -> None:
        while (left := end - loop.time()) > 0:
            await asyncio.sleep(left % 1 or 1)
            told = f"    time left: {_minutes(max(0.0, end - loop.time()))}"
            _write(writer, f"{SAVE}{LINE_ABOVE}{told}{RESTORE}")

    counting = asyncio.create_task(count_down()) if writer.isatty() else None
    try:
        yield
    finally:
        if counting is not None:
            counting.cancel()
            await asyncio.gather(counting, return_exceptions=True)


def _minutes(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"


class _Lines:
    """Cuts what is typed into lines."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[str] = asyncio.Queue()
        self._rest = b""

    def feed(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).replace(b"\r", b"\n").split(b"\n")
        for line in lines:
            self.queue.put_nowait(line.decode("utf-8", "replace"))
