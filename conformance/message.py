"""Base of the generated message classes: one class both sends and matches."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar

from conformance.matching import UNSET


@dataclass(frozen=True, kw_only=True)
class Message:
    """A request or response; a field left out is unconstrained, and is not sent."""

    action: ClassVar[str]

    def pattern(self) -> dict[str, Any]:
        """Return the fields that were given, in the spelling of the specification."""
        given = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: value for name, value in given.items() if value is not UNSET}

    def __str__(self) -> str:
        return f"{self.action}({', '.join(f'{k}={v!r}' for k, v in self.pattern().items())})"


@dataclass(frozen=True, kw_only=True)
class Request(Message):
    """The payload of a CALL."""


@dataclass(frozen=True, kw_only=True)
class Response(Message):
    """The payload of a CALLRESULT."""
