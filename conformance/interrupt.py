"""SIGTERM ends a run like Ctrl-C, so that nothing that was started is left behind."""

from __future__ import annotations

import signal
import threading
from typing import Any


class Interrupt:
    """Takes SIGTERM from `arm` to `disarm`; only the main thread of a process can."""

    def __init__(self) -> None:
        self._former: Any = None
        self._armed = False

    def arm(self) -> None:
        """Raise KeyboardInterrupt at SIGTERM from now on."""
        if threading.current_thread() is threading.main_thread():
            self._former = signal.signal(signal.SIGTERM, _interrupted)
            self._armed = True

    def disarm(self) -> None:
        """Treat SIGTERM as before."""
        if self._armed:
            signal.signal(signal.SIGTERM, self._former)
            self._armed = False


def _interrupted(number: int, _: object) -> None:
    raise KeyboardInterrupt(signal.Signals(number).name)
