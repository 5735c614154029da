"""A shelf with real servers in front of it, on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from conformance.files.addresses import Addresses
from conformance.files.ftp import FtpServer
from conformance.files.http import HttpServer
from conformance.files.service import Account, FileServer
from conformance.files.shelf import Shelf

CASE = "TC_045_1_CS"
ACCOUNT = Account("ocpp", "hush4711")
LIMIT = 200_000


@dataclass
class Served:
    """A server of one kind with its shelf; `bugs` are faults of the server's own."""

    protocol: str
    shelf: Shelf
    server: FileServer
    folder: Path
    bugs: list[BaseException] = field(default_factory=list)

    def url(self, path: str, login: str = "ocpp:hush4711@") -> str:
        return f"{self.protocol.lower()}://{login}127.0.0.1:{self.server.port}{path}"

    @property
    def files(self) -> list[Path]:
        """Every file that there is, wherever it is below the test's folder."""
        return [p for p in sorted(self.folder.rglob("*")) if p.is_file()]

    @property
    def kept(self) -> list[bytes]:
        """What is in them."""
        return [p.read_bytes() for p in self.files]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for what another thread does; bounded by the test."""
        while not condition():  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.005)


@asynccontextmanager
async def serving(
    protocol: str,
    folder: Path,
    *,
    account: Account | None = ACCOUNT,
    idle: float = 10.0,
    public: Addresses | None = None,
) -> AsyncIterator[Served]:
    """Serve an empty shelf; no fault of the server may be left unseen."""
    bugs: list[BaseException] = []
    shelf = Shelf(folder / "files", LIMIT, lambda: None, bugs.append)
    shelf.begin(CASE, lambda: 1.5)
    server: FileServer
    if protocol == "HTTP":
        server = http = HttpServer(shelf, account, idle=idle, public=public)
        await http.open("127.0.0.1")
    else:
        server = FtpServer(shelf, account, host="127.0.0.1", idle=idle)
    try:
        yield Served(protocol, shelf, server, folder, bugs)
    finally:
        await server.close()
    assert not bugs, bugs


def run(test: Callable[[], Awaitable[None]]) -> None:
    """Run a test that must not take long."""

    async def bounded() -> None:
        async with asyncio.timeout(20):
            await test()

    asyncio.run(bounded())
