"""The shelf without sockets: for runs in memory, on a clock that jumps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from conformance.files.addresses import Addresses, All, public
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
        self._public: Addresses = All(())

    async def open(
        self, protocol: str, sut: Sut, shelf: Shelf, account: Account | None
    ) -> MemoryServer:
        """Serve a shelf from now on."""
        if protocol == "HTTP":
            self._public = public(sut)
        self._shelf, self._account = shelf, account
        return MemoryServer()

    async def download(self, url: str, began: Callable[[], None] = nothing) -> bytes:
        """Return what lies at `url`; raise TransferError."""
        if self._public.has(urlsplit(url).path):
            return self._told("GET", url)
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

    async def ask(self, url: str, question: bytes, kind: str) -> bytes:
        """Return the answer to a question at `url`; raise TransferError."""
        del kind
        return self._told("POST", url, question)

    def _told(self, method: str, url: str, question: bytes = b"") -> bytes:
        parts = urlsplit(url)
        page = self._public.page(method, unquote(parts.path), question)
        if self._shelf is None or parts.port != PORT or page is None:
            raise TransferError("nobody tells anything there")
        self._shelf.looked_up(parts.path)
        return page.data

    def _at(self, url: str) -> tuple[Shelf, str, str]:
        parts = urlsplit(url)
        if self._shelf is None or parts.port != PORT:
            raise TransferError("nobody listens there")
        login = (parts.username, parts.password)
        if self._account is not None and login != (self._account.user, self._account.password):
            raise TransferError("wrong user or password")
        return self._shelf, unquote(parts.path), parts.scheme.upper()
