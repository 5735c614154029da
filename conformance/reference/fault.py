"""What there is to say of one way of being wrong."""

from __future__ import annotations

from dataclasses import dataclass

BOTH = ("station", "csms")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One way of being wrong; `argument` says what follows the "=", if anything does."""

    text: str
    roles: tuple[str, ...] = BOTH
    versions: tuple[str, ...] = ("1.6", "2.0.1")
    argument: str = ""
    unseen: tuple[tuple[str, str], ...] = ()  # versions and roles in which nothing shows it

    @property
    def systems(self) -> set[tuple[str, str]]:
        """The versions and roles that can have it."""
        return {(v, r) for v in self.versions for r in self.roles} - set(self.unseen)
