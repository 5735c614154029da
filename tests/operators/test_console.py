from __future__ import annotations

import asyncio
import io
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TextIO

import pytest

from conformance.operators.base import CannotActError
from conformance.operators.console import ConsoleOperator, Streams
from conformance.operators.wording import sentence
from tests.operators import samples


@dataclass
class Terminal:
    """A real pseudo terminal: the tool's side as streams, the person's as a descriptor."""

    person: int
    reader: TextIO
    writer: TextIO

    @property
    def streams(self) -> Streams:
        return Streams(self.reader, self.writer)

    def types(self, text: str) -> None:
        os.write(self.person, text.encode())

    async def shows(self, text: str) -> str:
        """Wait until the terminal shows `text`; return all that it has shown since the last."""
        loop, found, seen = asyncio.get_running_loop(), asyncio.Event(), bytearray()

        def ready() -> None:
            with suppress(OSError):
                seen.extend(os.read(self.person, 1024))
            if text.encode() in seen:
                found.set()

        loop.add_reader(self.person, ready)
        try:
            async with asyncio.timeout(10):
                await found.wait()
        finally:
            loop.remove_reader(self.person)
        return seen.decode()


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    person, tool = pty.openpty()
    reader = os.fdopen(os.dup(tool), "r", encoding="utf-8")
    writer = os.fdopen(tool, "w", encoding="utf-8")
    yield Terminal(person, reader, writer)
    for close in (reader.close, writer.close, lambda: os.close(person)):
        with suppress(OSError):
            close()


def converse(terminal: Terminal, *typed: str, station: str = "") -> str:
    """Perform one action while a person types each text after a prompt; return what was shown."""
    operator = ConsoleOperator(terminal.streams, station)

    async def scenario() -> str:
        task = asyncio.create_task(operator.perform(samples.PLUG_IN))
        shown = ""
        for text in typed:
            shown += await terminal.shows("could not do it: ")
            terminal.types(text)
        await task
        await operator.close()
        return shown

    return asyncio.run(scenario())


def test_enter_means_done(terminal: Terminal) -> None:
    assert ">>> Connect the EV to connector 2, EVSE 1." in converse(terminal, "\n")


def test_the_operator_of_many_stations_is_told_which(terminal: Terminal) -> None:
    assert ">>> [CP 03] Connect the EV" in converse(terminal, "\n", station="CP 03")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("s\n", "could not do it: Connect the EV"),
        ("C no cable here\n", r"\(no cable here\)"),
    ],
)
def test_a_letter_means_that_it_could_not_be_done(
    terminal: Terminal, typed: str, told: str
) -> None:
    with pytest.raises(CannotActError, match=told):
        converse(terminal, typed)


def test_anything_else_is_asked_again(terminal: Terminal) -> None:
    assert converse(terminal, "what?\n", "\n").count("could not do it: ") == 2


def test_what_was_typed_before_the_prompt_is_no_answer(terminal: Terminal) -> None:
    terminal.types("s\ns\n")
    converse(terminal, "\n")


def test_the_prompt_goes_away_when_it_is_not_needed_any_more(terminal: Terminal) -> None:
    operator = ConsoleOperator(terminal.streams)

    async def scenario() -> None:
        task = asyncio.create_task(operator.perform(samples.PLUG_IN))
        await terminal.shows("could not do it: ")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert "\x1b[2K    No longer needed." in await terminal.shows("needed.")
        # The next prompt works as if there had been none before.
        task = asyncio.create_task(operator.perform(samples.PLUG_IN))
        await terminal.shows("could not do it: ")
        terminal.types("\n")
        await task

    asyncio.run(scenario())


def test_the_time_that_is_left_is_shown_above_what_is_typed(terminal: Terminal) -> None:
    operator = ConsoleOperator(terminal.streams, limit=62.4)

    async def scenario() -> None:
        task = asyncio.create_task(operator.perform(samples.PLUG_IN))
        assert "    time left: 1:02\r\n    Enter = done" in await terminal.shows("do it: ")
        assert "\x1b[1A\r\x1b[2K    time left: 1:02\x1b8" in await terminal.shows("1:02\x1b8")
        assert "\x1b7\x1b[1A\r\x1b[2K    time left: 1:01\x1b8" in await terminal.shows("1:01\x1b8")
        terminal.types("\n")
        await task

    asyncio.run(scenario())


def test_two_actions_are_asked_for_one_after_the_other(terminal: Terminal) -> None:
    operator = ConsoleOperator(terminal.streams)

    async def scenario() -> None:
        tasks = [asyncio.create_task(operator.perform(a)) for a in samples.STATION[:2]]
        assert "Take" not in await terminal.shows("could not do it: ")
        terminal.types("\n")
        assert "Take the cable out" in await terminal.shows("could not do it: ")
        terminal.types("\n")
        await asyncio.gather(*tasks)

    asyncio.run(scenario())


def test_a_terminal_that_is_closed_is_told(terminal: Terminal) -> None:
    operator = ConsoleOperator(terminal.streams)

    async def scenario() -> None:
        task = asyncio.create_task(operator.perform(samples.PLUG_IN))
        await terminal.shows("could not do it: ")
        os.close(terminal.person)
        await task

    with pytest.raises(CannotActError, match="the terminal was closed"):
        asyncio.run(scenario())


@pytest.mark.parametrize(
    "streams",
    [
        lambda: Streams(None, None),
        lambda: Streams(io.StringIO("\n"), io.StringIO()),
    ],
)
def test_without_a_terminal_nobody_is_asked(streams: Callable[[], Streams]) -> None:
    with pytest.raises(CannotActError, match="there is no terminal: Connect the EV"):
        asyncio.run(ConsoleOperator(streams()).perform(samples.PLUG_IN))


def test_a_process_with_its_input_closed_is_not_held_up() -> None:
    program = (
        "import asyncio, sys\n"
        "from conformance.operators.console import ConsoleOperator, Streams\n"
        "from conformance.operators.actions import Reboot\n"
        "asyncio.run(ConsoleOperator(Streams(sys.stdin, sys.stderr)).perform(Reboot()))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 1
    assert "CannotActError: nobody can be asked" in ended.stderr


def test_every_action_has_a_sentence_for_people() -> None:
    told = [sentence(action) for action in samples.EVERY]
    assert len(set(told)) == len(samples.EVERY)
    assert all(text.endswith((".", "-----\n")) for text in told)
