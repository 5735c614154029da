"""An operator that is a program, run once for each action."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

from conformance.operators.actions import Action
from conformance.operators.base import CannotActError
from conformance.operators.wording import arguments

CANNOT: Final = 3
GRACE: Final = 1.0
TAIL: Final = 1000


class CommandOperator:
    """Runs `program action --key value ... --version V --station ID`.

    Exit code 0 is done, 3 is "cannot do this", any other a failure; the end of what the program
    wrote stands in the message. It runs in `folder`, without input, and is ended with all that
    it started when it is no longer needed.
    """

    name = "command"

    def __init__(self, program: Sequence[str], folder: Path, context: Sequence[str] = ()) -> None:
        self._program, self._folder, self._context = tuple(program), folder, tuple(context)

    def supports(self, kind: type[Action]) -> bool:  # noqa: ARG002 - only the program knows
        """Tell that the program can be asked for anything; it says itself what it cannot do."""
        return True

    async def perform(self, action: Action) -> str:
        """Run the program for one action; raises CannotActError unless it ends with 0.

        Returns the command line and the end of what the program wrote.
        """
        words = arguments(action)
        with tempfile.TemporaryFile() as output:
            # A file, no pipe: a process that the program leaves behind may keep a pipe open.
            code = await self._run([*self._program, *words, *self._context], output)
            told = f"{self._program[0]} {' '.join(words)}"
            if code == 0:
                return f"{told}: exit code 0{_tail(output)}"
            how = "says that it cannot do this" if code == CANNOT else f"ended with {_ending(code)}"
            raise CannotActError(f"{told}: {how}{_tail(output)}")

    async def close(self) -> None:
        """Give back nothing: no program outlives its action."""

    async def _run(self, command: Sequence[str], output: IO[bytes]) -> int:
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self._folder,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise CannotActError(f"{command[0]} cannot be started: {reason}") from error
        try:
            return await process.wait()
        except asyncio.CancelledError:
            await _end(process)
            raise


async def _end(process: asyncio.subprocess.Process) -> None:
    """End a program and everything in its process group: kindly, then surely."""
    try:
        _signal(process.pid, signal.SIGTERM)
        async with asyncio.timeout(GRACE):
            await process.wait()
    except TimeoutError:
        pass  # what follows ends it surely
    finally:
        # Its children may be deaf to SIGTERM even where it was not.
        _signal(process.pid, signal.SIGKILL)
        await process.wait()


def _signal(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return  # nobody is left in the group


def _ending(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {-code}"


def _tail(output: IO[bytes]) -> str:
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - TAIL))
    text = output.read().decode("utf-8", "replace").strip()
    return f"\n{text}" if text else ""
