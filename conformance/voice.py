"""What a run says to its user besides pytest's output: to the standard error, the terminal."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from conformance.operators import Streams


class Voice:
    """Writes to the standard error itself, which pytest captures down to the descriptor."""

    def __init__(self, capture: Any = None) -> None:  # noqa: ANN401 - pytest's own, and private
        self._capture = capture
        self._descriptor = -1

    def say(self, text: str) -> None:
        """Write a line; from another thread than pytest's only after `stay`."""
        if self._descriptor >= 0:
            os.write(self._descriptor, f"{text}\n".encode())
            return
        with self._uncaptured():
            if sys.__stderr__ is not None:
                sys.__stderr__.write(f"{text}\n")
                sys.__stderr__.flush()

    def stay(self) -> None:
        """Keep a way to the standard error that needs nothing of pytest's."""
        with self._uncaptured():
            if sys.__stderr__ is not None:
                self._descriptor = os.dup(sys.__stderr__.fileno())

    def close(self) -> None:
        """Give that way up."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _uncaptured(self) -> Any:  # noqa: ANN401 - pytest's own
        return self._capture.global_and_fixture_disabled() if self._capture else nullcontext()


def terminal() -> Streams:
    """Return the terminal itself, if there is one."""
    stdin = sys.__stdin__
    if stdin is None or stdin.closed or not stdin.isatty():
        return Streams(None, None)
    return Streams(
        Path("/dev/tty").open(encoding="utf-8"),
        Path("/dev/tty").open("w", encoding="utf-8"),
    )
