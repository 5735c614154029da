"""The seam between the tool and whoever acts on the system under test."""

from __future__ import annotations

from typing import Protocol

from conformance.operators.actions import Action


class CannotActError(Exception):
    """The operator could not do what it was asked; the case is INCONCLUSIVE, never FAIL."""


class Operator(Protocol):
    """Carries out physical and back-office actions.

    `perform` returns when the action is done, or handed over, and may return for the report how
    that was: what was sent and what was answered, without what is secret. It raises
    CannotActError with a text for the report when it cannot be done. It is cancelled when the
    awaited message has come first, or when the action's own time limit is over.
    """

    name: str

    def supports(self, kind: type[Action]) -> bool:
        """Tell whether this operator can carry out actions of `kind`, before anything is sent."""

    async def perform(self, action: Action) -> str | None:
        """Carry out one action."""

    async def close(self) -> None:
        """Give back whatever the operator holds."""
