"""What the documents want configured before every case: 1.3 of the test cases of OCPP 1.6."""

from __future__ import annotations

from typing import Any, Final

from conformance.link import Link
from conformance.ocpp16.configuration import KEYS, entry
from conformance.record import Record
from conformance.sut import Sut
from conformance.wire.connection import Closed
from conformance.wire.schema import validator

NAME: Final = "MinimumStatusDuration"
WANTED: Final = "0"
WHERE: Final = "test cases of OCPP 1.6, 1.3"
_SET: Final = {
    "Accepted": "is 0 for this run",
    "RebootRequired": "is 0 for this run, from the next reboot on",
}


class General:
    """Lets a charge point report a status at once, for the length of a run.

    MinimumStatusDuration is read once, before the first case, and set if it has to be; a charge
    point that does not have it, or does not change it, is tested all the same.
    """

    def __init__(self, sut: Sut, link: Link) -> None:
        self._sut, self._link = sut, link
        self._looked = False
        self._first = ""  # what it was, where it has been changed

    async def reach(self, record: Record) -> None:
        """Make it 0, if it is there and anything else; what was done is told in `record`."""
        if self._looked or (self._sut.version, self._sut.role) != ("1.6", "CS"):
            return
        self._looked = True
        told = await self._ask("GetConfiguration", {"key": [NAME]})
        found = entry(told.get("configurationKey") or (), NAME) or {}
        value = str(found.get("value") or WANTED)
        if KEYS[NAME].same(value, WANTED):
            return
        status = "read-only" if found["readonly"] else await self._set(WANTED)
        if status in _SET:
            self._first = value
        done = _SET.get(status, f"cannot be set to 0 ({status}): a status may be reported late")
        record.remark("", f"{NAME} is {value}, and {done} ({WHERE})", lab=True)

    async def restore(self) -> None:
        """Put the value back that was there."""
        if self._first:
            first, self._first = self._first, ""
            await self._set(first)

    async def _set(self, value: str) -> str:
        told = await self._ask("ChangeConfiguration", {"key": NAME, "value": value})
        return str(told.get("status", "no answer"))

    async def _ask(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Return what a charge point answers, nothing where that is of no use."""
        limit = self._sut.limits.message_timeout
        try:
            answer = await self._link.request(action, payload, timeout=limit)
        except (TimeoutError, Closed):
            return {}
        wrong = answer.error or validator(self._sut.version).check_response(action, answer.payload)
        return {} if wrong else dict(answer.payload)
