"""What a CSMS has to know before a run, and the optional skill of operators to create it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol, TypeAlias, runtime_checkable


@dataclass(frozen=True, kw_only=True)
class StationFixture:
    """A station that may connect, with the password of security profiles 1 and 2."""

    station: str
    security_profile: int = 0
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class GroupFixture:
    """A group of tokens: on OCPP 1.6 the parentIdTag."""

    token: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class TokenFixture:
    """A token; `expires` (RFC 3339) is in the past for one that is Expired."""

    token: str
    kind: str
    status: Literal["Accepted", "Blocked", "Expired"]
    group: str | None = None
    expires: str | None = None


Fixture: TypeAlias = StationFixture | GroupFixture | TokenFixture

FIXTURES: Final[Mapping[str, type[Fixture]]] = {
    "Group": GroupFixture,
    "Token": TokenFixture,
    "Station": StationFixture,
}
"""The kinds by the names that templates and the HTTP contract give them, in a sensible order."""


def name_of(kind: type[Fixture]) -> str:
    """Return the name that templates and the HTTP contract give to a kind."""
    return next(name for name, known in FIXTURES.items() if known is kind)


@runtime_checkable
class Creator(Protocol):
    """An operator that can create what a CSMS has to know."""

    def creates(self, kind: type[Fixture]) -> bool:
        """Tell whether fixtures of this kind can be created."""

    async def create(self, fixture: Fixture) -> str:
        """Create one; return how that was done, or raise CannotActError."""
