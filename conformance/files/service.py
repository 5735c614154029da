"""The file servers of one session: begun when a case needs one, ended with the session."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

from conformance.files.shelf import Shelf
from conformance.reference.transfer import Carrier
from conformance.sut import Sut

SCHEMES: Final = {"FTP": "ftp", "HTTP": "http"}


@dataclass(frozen=True)
class Account:
    """Who may fetch and upload in this run; the password shows in no log."""

    user: str
    password: str = field(repr=False)


class FileServer(Protocol):
    """One listening server."""

    port: int

    async def close(self) -> None:
        """Stop, and cut the connections there are."""


Opener: TypeAlias = Callable[[str, Sut, Shelf, Account | None], Awaitable[FileServer]]
"""Opens a server for a protocol ("FTP", "HTTP"); raises OSError where it cannot listen."""


class FileService:
    """The shelf of the running case, and the servers in front of it.

    Uploads are kept in `folder`, or only counted where that is None. `on_fault` is told of
    faults of the servers themselves. `carrier` is how the tool, as a charge point, moves files.
    """

    def __init__(self, sut: Sut, folder: Path | None, opener: Opener, carrier: Carrier) -> None:
        self._sut, self._opener, self.carrier = sut, opener, carrier
        self._servers: dict[str, FileServer] = {}
        self._opening = asyncio.Lock()
        self._change = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.on_fault: Callable[[BaseException], None] = lambda _: None
        self.supported: tuple[str, ...] | None = None  # what the SUT says, once it was asked
        self.shelf = Shelf(folder, sut.files.size_limit, self._changed, self._broke)
        self.account = Account("ocpp", secrets.token_hex(8)) if sut.files.credentials else None

    def begin(self, case: str, clock: Callable[[], float]) -> None:
        """Clear the shelf for a case."""
        self._loop = asyncio.get_running_loop()
        self.shelf.begin(case, clock)

    def end(self) -> None:
        """Serve nothing any more, until the next case."""
        self.shelf.end()

    async def open(self) -> None:
        """Open what has to be there before a case needs it; OSError says why it cannot be."""
        if self._sut.document.tls.revocation:
            await self._open("HTTP")

    async def address(self, protocol: str, path: str, seen_at: str) -> str:
        """Return the URL of a path, for a system that finds the tool at the host `seen_at`.

        The server is opened if it is not yet there; OSError says why it cannot be.
        """
        login = f"{self.account.user}:{self.account.password}@" if self.account else ""
        return f"{SCHEMES[protocol]}://{login}{await self._place(protocol, seen_at)}{path}"

    async def public(self, seen_at: str) -> str:
        """Return http://host:port of what anybody may ask, as `address` does."""
        return f"http://{await self._place('HTTP', seen_at)}"

    async def _place(self, protocol: str, seen_at: str) -> str:
        await self._open(protocol)
        host = self._sut.files.host or seen_at
        shown = f"[{host}]" if ":" in host else host
        return f"{shown}:{self._servers[protocol].port}"

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until `condition` holds, looking at it whenever a file has come or gone."""
        while not condition():
            self._change.clear()
            await self._change.wait()

    def record(self) -> list[dict[str, Any]]:
        """Return what came and went during the last case, for the journal."""
        shelf = self.shelf
        moved = [("upload", asdict(u)) for u in shelf.uploads]
        moved += [("download", asdict(d)) for d in shelf.downloads]
        moved += [("refused", asdict(e)) for e in shelf.events]
        moved += [("looked up", asdict(e)) for e in shelf.lookups]
        lines = [{"kind": k, **what, "at": round(what["at"], 6)} for k, what in moved]
        return sorted(lines, key=lambda line: line["at"])

    @property
    def secrets(self) -> frozenset[str]:
        """Return what nobody may read."""
        return frozenset({self.account.password} if self.account else ())

    async def close(self) -> None:
        """End every server."""
        servers, self._servers = list(self._servers.values()), {}
        for server in servers:
            await server.close()

    async def _open(self, protocol: str) -> None:
        async with self._opening:
            if protocol not in self._servers:
                opened = await self._opener(protocol, self._sut, self.shelf, self.account)
                self._servers[protocol] = opened

    # What the shelf tells, from whatever thread

    def _changed(self) -> None:
        self._tell(self._change.set)

    def _broke(self, bug: BaseException) -> None:
        self._tell(lambda: self.on_fault(bug))

    def _tell(self, what: Callable[[], object]) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(what)
