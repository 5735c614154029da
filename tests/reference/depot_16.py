"""Files on a network of the test's own, and what a charge point is asked about them."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.reference.files_16 import MARK
from conformance.reference.transfer import TransferError, nothing

if TYPE_CHECKING:
    from tests.reference.bench_16 import Bench

FIRMWARE = "ftp://lab/fw.bin"
LOGS = "ftp://lab/logs"
RESPONDER, LIST = "http://lab/ocsp", "http://lab/crl"


def image(version: str, *, right: bool = True) -> bytes:
    body = b"what is to be installed"
    digest = hashlib.sha256(body if right else b"").hexdigest()
    return b"\n".join([MARK, version.encode(), digest.encode(), b"", body])


@dataclass
class Depot:
    """What lies where, what came, and when each was tried; `failing` counts down."""

    files: dict[str, bytes] = field(default_factory=lambda: {FIRMWARE: image("2.0")})
    uploads: dict[str, bytes] = field(default_factory=dict)
    tried: list[float] = field(default_factory=list)
    answers: Callable[[bytes], bytes] = lambda _: b""
    failing: int = 0
    seconds: float = 0.0  # that it takes

    async def download(self, url: str, began: Callable[[], None] = nothing) -> bytes:
        await self._try()
        if url not in self.files:
            raise TransferError("no such file")
        began()
        await asyncio.sleep(self.seconds)
        return self.files[url]

    async def ask(self, url: str, question: bytes, kind: str) -> bytes:
        assert (url, kind) == (RESPONDER, "application/ocsp-request")
        await self._try()
        return self.answers(question)

    async def upload(self, url: str, name: str, content: bytes) -> None:
        await self._try()
        await asyncio.sleep(self.seconds)
        if not url.startswith(LOGS):
            raise TransferError("no such folder")
        self.uploads[name] = content

    async def _try(self) -> None:
        self.tried.append(round(asyncio.get_running_loop().time(), 1))
        if self.failing:
            self.failing -= 1
            raise TransferError("not now")


async def update(
    bench: Bench, location: str = FIRMWARE, after: float = 0.0, **retries: int
) -> None:
    """Have firmware updated, `after` seconds from now."""
    bench.forget()
    await bench.request(
        "UpdateFirmware", location=location, retrieve_date=bench.later(after), **retries
    )


def told(bench: Bench, action: str = "FirmwareStatusNotification") -> list[str]:
    """Return what was told of a firmware, or of diagnostics."""
    return [c["status"] for c in bench.calls(action)]


async def uploaded(bench: Bench, location: str = LOGS, **fields: object) -> str | None:
    """Ask for diagnostics; return the name that the answer has."""
    bench.forget()
    answer = await bench.request("GetDiagnostics", location=location, **fields)
    name: str | None = answer.file_name
    return name


def uploading(bench: Bench) -> list[str]:
    return told(bench, "DiagnosticsStatusNotification")
