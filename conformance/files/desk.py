"""Files as a case sees them: addresses to send to the SUT, and what became of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from conformance.files.images import dummy, spoiled
from conformance.files.service import SCHEMES, FileService
from conformance.files.shelf import UNNAMED, Download, Upload, safe
from conformance.matching import Matcher, mismatches
from conformance.reference.transfer import TransferError
from conformance.tamper import hit
from conformance.verdict import Inconclusive
from conformance.wire.connection import Closed

if TYPE_CHECKING:
    from conformance.peer import Peer

Moved = TypeVar("Moved", Upload, Download)
T = TypeVar("T")
SOME: Final = Matcher("some bytes", lambda v: v > 0, wrong=0)
DUMMY_VERSION: Final = "2.0"
LOCAL: Final = "127.0.0.1"
_TOLD: Final = 3  # so many of what the servers have refused
_VARIABLE: Final = {"name": "FileTransferProtocols"}
_QUESTIONS: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "1.6": ("GetConfiguration", {"key": ["SupportedFileTransferProtocols"]}),
    "2.0.1": (
        "GetVariables",
        {"getVariableData": [{"component": {"name": "OCPPCommCtrlr"}, "variable": _VARIABLE}]},
    ),
}


class FilesDesk:
    """The file servers during one case.

    A server is opened when its first address is asked for. What the SUT does with the addresses
    is in the record of the case, with the time, the size and the SHA-256 of each upload.
    """

    def __init__(self, service: FileService, peer: Peer) -> None:
        self._service, self._peer = service, peer
        self._offered = self._taken = ""  # what a case waits for

    # Addresses

    async def firmware(self) -> str:
        """Return where the firmware lies: the user's, or a dummy for the tool's own systems."""
        elsewhere = self._peer.sut.values.firmware_location
        if elsewhere:
            return elsewhere
        return await self.offer(self._name(), self._image())

    def image(self) -> bytes:
        """Return the firmware itself."""
        image = self._image()
        return image.read_bytes() if isinstance(image, Path) else image

    async def corrupt(self) -> str:
        """Return where an image lies that must not be installed."""
        image = self._peer.sut.files.corrupt_firmware or spoiled(self._image())
        return await self.offer(f"corrupt-{self._name()}", image)

    async def missing(self) -> str:
        """Return an address at which there is no file, on a server that is there."""
        return await self._address(f"/{self._service.shelf.case}/missing-{self._name()}")

    async def upload_location(self) -> str:
        """Return the folder to upload to."""
        elsewhere = self._peer.sut.values.log_location
        if elsewhere:
            return elsewhere
        self._taken = "logs"
        return await self._address(self._service.shelf.take(self._taken))

    async def refusing_location(self) -> str:
        """Return a folder that takes nothing."""
        return await self._address(self._service.shelf.take("refused", refuses=True))

    async def offer(self, name: str, content: bytes | Path) -> str:
        """Offer any file (a signature, a list); return where it lies."""
        self._offered = name
        return await self._address(self._service.shelf.offer(name, content))

    async def told_at(self) -> str:
        """Return http://host:port of what is told about revoked certificates."""
        return await self._opened(self._service.public(self._seen_at()), "HTTP")

    # What became of them

    @property
    def lookups(self) -> list[str]:
        """The paths at which it was asked in this case what is revoked."""
        return [event.text for event in self._service.shelf.lookups]

    async def expect_download(self, step: int | str) -> None:
        """Require that what was offered last has been fetched, all of it."""
        if not self._offered:
            self._peer.note(step, "the file fetched", "it lies elsewhere: this is not seen")
            return
        name, shelf = self._offered, self._service.shelf
        fetched = await self._moved(lambda: [d for d in shelf.downloads if d.name == name])
        self._judge(step, f"download of {name}", {"whole": True}, fetched)

    async def expect_upload(self, step: int | str, *, name: str) -> None:
        """Require that one file has come to the upload location, all of it, called `name`.

        Names are compared without case, as they are CiStrings.
        """
        if not self._taken:
            self._peer.note(step, "a file uploaded", "it went elsewhere: this is not seen")
            return
        shelf, right = self._service.shelf, _called(name)
        came = await self._moved(lambda: shelf.uploads, lambda u: right.accepts(u.name))
        self._judge(step, "upload", {"name": right, "whole": True, "size": SOME}, came)
        if came is not None and came.name == UNNAMED:
            self._peer.remark(step, f"the upload was not called {name}: it carried no name")
        names = {u.name for u in shelf.uploads if u.whole}
        self._peer.check(step, "a single file was uploaded", ok=len(names) == 1)

    # What the tool does as a charge point

    async def fetch(self, url: str) -> bytes | None:
        """Download what lies at `url`; None, with a remark, where that cannot be done."""
        return await self._carried(self._service.carrier.download(url), f"download from {url}")

    async def send(self, url: str, name: str, content: bytes) -> None:
        """Upload a file to the folder `url`; where that cannot be done, it is remarked on."""
        upload = self._service.carrier.upload(url, name, content)
        await self._carried(upload, f"upload of {name} to {url}")

    # The machinery

    def _name(self) -> str:
        """Return what an image is called: a station may look at the ending."""
        files = self._peer.sut.files
        image = files.firmware or files.corrupt_firmware
        return safe(image.name) if image is not None else "firmware.bin"

    def _image(self) -> bytes | Path:
        sut = self._peer.sut
        if sut.files.firmware is not None:
            return sut.files.firmware
        if sut.role == "CS" and sut.operator.kind != "embedded":
            raise Inconclusive("sut.toml names no firmware image (files.firmware)")
        return dummy(DUMMY_VERSION)

    async def _address(self, path: str) -> str:
        protocol = await self._protocol()
        opening = self._service.address(protocol, path, self._seen_at())
        url = await self._opened(opening, protocol)
        self._peer.record.note("", "tool", "", f"serves {path} over {protocol}")
        return url

    async def _opened(self, opening: Coroutine[Any, Any, str], protocol: str) -> str:
        try:
            return await opening
        except OSError as problem:
            why = problem.strerror or str(problem)
            raise Inconclusive(f"no {protocol} server can be opened: {why}") from problem

    def _seen_at(self) -> str:
        connection = self._peer.link.connection
        return (connection.handshake.local if connection is not None else "") or LOCAL

    async def _protocol(self) -> str:
        """Return the protocol to use: what the user declares, else what the station says."""
        declared = self._peer.sut.files.protocols
        if declared is not None:
            return declared[0]
        if self._service.supported is None:
            self._service.supported = await self._asked()
        known = [p for p in SCHEMES if p in self._service.supported]
        if not known:
            told = ", ".join(self._service.supported)
            raise Inconclusive(
                f"the station supports only {told} for file transfer, the tool {', '.join(SCHEMES)}"
            )
        return known[0]

    async def _asked(self) -> tuple[str, ...]:
        """Ask a station what it can (1.6: errata 3.90); who says nothing can be given anything."""
        peer = self._peer
        if peer.sut.role == "CSMS":
            return tuple(SCHEMES)  # the tool is the station
        action, question = _QUESTIONS[peer.version]
        limit = peer.sut.limits.message_timeout
        try:
            answer = await peer.link.request(action, question, timeout=limit)
        except (TimeoutError, Closed) as silent:
            raise Inconclusive(f"no answer to {action} about file transfer: {silent}") from silent
        value = _told(answer.payload)
        return tuple(word.strip().upper() for word in value.split(",")) if value else tuple(SCHEMES)

    async def _carried(self, moving: Coroutine[Any, Any, T], what: str) -> T | None:
        peer = self._peer
        task = asyncio.create_task(moving)
        try:
            await peer.until({task}, within=peer.sut.limits.long_operation)
            if task.done():
                peer.record.note("", "tool", "", what)
                return task.result()
            peer.remark("", f"{what}: not done in {peer.sut.limits.long_operation:g} s")
        except TransferError as error:
            peer.remark("", f"{what}: {error}")
        finally:
            task.cancel()
        return None

    async def _moved(
        self,
        known: Callable[[], Sequence[Moved]],
        wanted: Callable[[Moved], bool] = lambda _: True,
    ) -> Moved | None:
        """Wait for a whole file that is wanted; return it, or the last of the others."""
        waiting = asyncio.create_task(
            self._service.until(lambda: any(m.whole and wanted(m) for m in known()))
        )
        try:
            await self._peer.until({waiting}, within=self._peer.sut.limits.message_timeout)
        finally:
            waiting.cancel()
        moved = sorted(known(), key=lambda m: (m.whole and wanted(m), m.whole))
        return moved[-1] if moved else None

    def _judge(
        self,
        step: int | str,
        what: str,
        pattern: Mapping[str, Any],
        moved: Upload | Download | None,
    ) -> None:
        peer = self._peer
        place, tamper = peer.record.place(step), peer.tamper
        peer.record.constrain(place, step, what, pattern, "lost")
        if moved is None or hit(tamper, place, "lost"):
            refused = [event.text for event in self._service.shelf.events][-_TOLD:]
            more = f"; the server has refused: {'; '.join(refused)}" if refused else ""
            peer.fail(step, f"no {what} was seen{more}")
        seen: Mapping[str, Any] = asdict(moved)
        if hit(tamper, place, "field"):
            seen = tamper.spoil(seen)
        wrong = mismatches(pattern, seen)
        if wrong:
            peer.fail(step, "; ".join(f"{what}: {m}" for m in wrong))
        told = ", ".join(f"{name} {value}" for name, value in seen.items() if name != "at")
        peer.note(step, what, told, ok=True)


def _called(name: str) -> Matcher:
    """Accept this name, in any case, or that the protocol has carried none."""
    wanted = {name.lower(), UNNAMED}
    return Matcher(repr(name), lambda given: str(given).lower() in wanted)


def _told(payload: Mapping[str, Any]) -> str:
    """Return the value in an answer to one of the questions; nothing where there is none."""
    listed = payload.get("configurationKey") or payload.get("getVariableResult") or [{}]
    return str(listed[0].get("value") or listed[0].get("attributeValue") or "")
