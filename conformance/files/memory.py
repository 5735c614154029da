"""The shelf without sockets: for runs in memory, on a clock that jumps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from conformance.files.service import Account
from conformance.files.shelf import Shelf
from conformance.reference.transfer import TransferError, nothing
from conformance.sut import Sut

PORT = 1  # nobody listens there


class MemoryServer:
    """Listens nowhere."""

    port = PORT

    async def close(self) -> None:
        """End nothing."""


class MemoryFiles:
    """Servers for one shelf, and the way to them, for both sides of a run in memory.

    `open` is an Opener; `download` and `upload` are what a Carrier does over a network.
    """

    def __init__(self) -> None:
        self._shelf: Shelf | None = None
        self._account: Account | None = None

    async def open(
        self, protocol: str, sut: Sut, shelf: Shelf, account: Account | None
    ) -> MemoryServer:
        """Serve a shelf from now on."""
        del protocol, sut
        self._shelf, self._account = shelf, account
        return MemoryServer()

    async def download(self, url: str, began: Callable[[], None] = nothing) -> bytes:
        """Return what lies at `url`; raise TransferError."""
        shelf, path, protocol = self._at(url)
        try:
            found = shelf.find(path)
        except OSError as error:
            raise TransferError(str(error.strerror)) from error
        began()
        content = found.read_bytes() if isinstance(found, Path) else found
        shelf.fetched(path, protocol, len(content), whole=True)
        return content

    async def upload(self, url: str, name: str, content: bytes) -> None:
        """Put a file into the folder `url`; raise TransferError."""
        shelf, path, protocol = self._at(url)
        try:
            incoming = shelf.receive(f"{path}/{name}", protocol)
            try:
                incoming.write(content)
                incoming.finish(whole=True)
            finally:
                incoming.close()
        except OSError as error:
            raise TransferError(str(error.strerror)) from error

    def _at(self, url: str) -> tuple[Shelf, str, str]:
        parts = urlsplit(url)
        if self._shelf is None or parts.port != PORT:
            raise TransferError("nobody listens there")
        login = (parts.username, parts.password)
        if self._account is not None and login != (self._account.user, self._account.password):
            raise TransferError("wrong user or password")
        return self._shelf, unquote(parts.path), parts.scheme.upper()
