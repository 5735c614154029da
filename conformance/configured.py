"""What a case finds configured, so that what it changes can be set back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.message import Request
from conformance.ocpp16.messages import ChangeConfiguration


class Configured:
    """The configuration keys of a 1.6 charge point as a case has first read them.

    Keys are compared without case. A key that the case changes without having read it cannot
    be set back: a case reads first what it changes.
    """

    def __init__(self) -> None:
        self._first: dict[str, str] = {}
        self._changed: set[str] = set()

    def learn(self, request: Request, reply: Mapping[str, Any]) -> Request | None:
        """Learn from an answer; return what sets a key back that has just been changed."""
        if request.action == "GetConfiguration":
            for entry in reply.get("configurationKey") or ():
                self._first.setdefault(entry["key"].lower(), str(entry.get("value", "")))
        if request.action != "ChangeConfiguration":
            return None
        key = str(request.pattern()["key"])
        applied = reply.get("status") in {"Accepted", "RebootRequired"}
        if not applied or key.lower() in self._changed or key.lower() not in self._first:
            return None
        self._changed.add(key.lower())
        return ChangeConfiguration.req(key=key, value=self._first[key.lower()])
