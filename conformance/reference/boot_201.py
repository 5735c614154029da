"""The boot of the reference charging station: BootNotification until accepted (B01 to B03)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from ocpp.exceptions import OCPPError

from conformance.reference.core_201 import Core
from conformance.reference.link_201 import LOG, Link, make_request

_TOO_EARLY = 0.1  # what part of the interval the faulty station waits


class Boot:
    """Asks the CSMS for acceptance, as long as it takes.

    `reason` is the BootReason, but for a BootNotification that the CSMS asks for. `not_before` is
    the loop time before which none may be sent, whatever happens to the connection (B02.FR.04,
    B03.FR.02).
    """

    def __init__(self, core: Core) -> None:
        self.reason = "PowerUp"
        self.not_before = 0.0
        self._core = core
        self._asked = asyncio.Event()
        self._triggered = False

    def begin(self, reason: str) -> None:
        """Forget everything of the time before a boot for `reason`."""
        self.reason = reason
        self._triggered = False
        self.not_before = 0.0
        self._asked.clear()
        self._core.registration = ""

    def ask_again(self) -> None:
        """Send BootNotification before its time, since the CSMS has asked for it (B02.FR.04)."""
        self._triggered = True
        self._asked.set()

    async def accepted(self, link: Link) -> bool:
        """Return True once accepted; False to close the connection until the next attempt is due.

        Raises ConnectionError when the connection is gone.
        """
        while True:
            await self._until_due()
            if await self._attempt(link):
                return True
            if self._core.registration == "Rejected":
                if self._core.options.closes_when_rejected:
                    return False
                if self._core.faulty("sends-while-rejected"):
                    await self._try(link, make_request("Heartbeat"), lambda _: None)

    async def _until_due(self) -> None:
        """Wait until the next BootNotification is due, or asked for."""
        delay = self.not_before - asyncio.get_running_loop().time()
        if delay > 0:
            try:
                async with asyncio.timeout(delay):
                    await self._asked.wait()
            except TimeoutError:
                LOG.debug("the interval is over")
        self._asked.clear()

    async def _attempt(self, link: Link) -> bool:
        options = self._core.options
        self._wait(options.boot_retry)
        request = make_request(
            "BootNotification",
            charging_station={
                "model": options.model,
                "vendor_name": options.vendor,
                "serial_number": options.serial,
                "firmware_version": options.firmware,
            },
            reason="Triggered" if self._triggered else self.reason,
        )
        self._triggered = False
        await self._try(link, request, self._heard)
        return self._core.registration == "Accepted"

    async def _try(self, link: Link, request: Any, heard: Callable[[Any], None]) -> None:  # noqa: ANN401
        try:
            await link.ask(request, heard)
        except (TimeoutError, OCPPError) as error:
            LOG.info("%s failed: %s", type(request).__name__, error)

    def _heard(self, response: Any) -> None:  # noqa: ANN401
        self._core.registration = response.status
        self._core.set_clock(response.current_time)
        if response.status == "Accepted":
            self._core.outbox.online = True
            if response.interval:
                self._core.heartbeats_every(response.interval)  # B01.FR.04
            return
        # Interval 0: the station's own, lest it floods the CSMS (B02.FR.07, B03.FR.05).
        interval = response.interval or self._core.options.boot_retry
        early = self._core.faulty("ignores-retry-interval")
        self._wait(interval * _TOO_EARLY if early else interval)

    def _wait(self, seconds: float) -> None:
        self.not_before = asyncio.get_running_loop().time() + seconds
