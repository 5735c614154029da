"""What the HTTP file server tells anybody at any time, beside the shelf of the running case."""

from __future__ import annotations

from typing import Protocol


class Page(Protocol):
    """What an address says: a media type, and the bytes."""

    @property
    def kind(self) -> str:
        """The media type."""

    @property
    def data(self) -> bytes:
        """The bytes."""


class Addresses(Protocol):
    """Addresses that are not the shelf's."""

    def has(self, path: str) -> bool:
        """Tell whether a path is one of these."""

    def page(self, method: str, path: str, body: bytes) -> Page | None:
        """Return what is told there; None for a method that the address does not take."""
