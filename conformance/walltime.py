"""What time it is: by the machine, or by an event loop whose clock jumps."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the current time in UTC.

    A loop that has a clock of its own has a `wall_clock` too, so that what is an hour later for
    its timers is an hour later for everybody.
    """
    try:
        own = getattr(asyncio.get_running_loop(), "wall_clock", None)
    except RuntimeError:  # outside of any loop
        own = None
    if own is None:
        return datetime.now(UTC)
    told: datetime = own()
    return told
