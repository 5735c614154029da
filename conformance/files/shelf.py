"""What the running case offers for download and takes as upload, whatever server serves it."""

from __future__ import annotations

import errno
import hashlib
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

UNNAMED: Final = "unnamed"
"""What an upload is called that carries no name (HTTP)."""

LONGEST_NAME: Final = 80
MOST_UPLOADS: Final = 50
MOST_DOWNLOADS: Final = 500
MOST_EVENTS: Final = 200
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, kw_only=True)
class Download:
    """A file that was fetched; `at` is in seconds since the case began, `size` what was sent."""

    name: str
    protocol: str
    size: int
    whole: bool
    at: float


@dataclass(kw_only=True)
class Upload:
    """A file that came in; `stored` is its path in the folder of the results, if it is kept.

    `name` is what the sender calls it, and nothing to build a path from.
    """

    name: str
    protocol: str
    size: int
    sha256: str
    whole: bool
    at: float
    stored: str = ""


@dataclass(frozen=True)
class Event:
    """Something that happened at a server, in one line."""

    at: float
    text: str


@dataclass
class _Folder:
    """A place to upload to; one that refuses is there, but takes nothing."""

    refuses: bool


class RefusedError(PermissionError):
    """A file cannot be put there; the text says why."""

    def __init__(self, why: str) -> None:
        super().__init__(errno.EACCES, why)


class TooLargeError(OSError):
    """An upload is larger than the tool takes."""

    def __init__(self, limit: int) -> None:
        super().__init__(errno.EFBIG, f"more than the {limit} bytes that are taken")


class Incoming:
    """A file on its way in; it counts when it is finished, and only `whole` if all of it came."""

    def __init__(self, shelf: Shelf, upload: Upload, file: BinaryIO) -> None:
        self.name, self.closed = upload.name, False
        self._shelf, self._upload, self._file = shelf, upload, file
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> None:
        """Take more of the file; TooLargeError where the case's limit is passed."""
        try:
            self._shelf.charge(len(data))
        except TooLargeError as error:
            self._shelf.happened(f"{self._upload.protocol}: {self.name}: {error.strerror}")
            raise
        self._file.write(data)
        self._hash.update(data)
        self._upload.size += len(data)

    def finish(self, *, whole: bool) -> None:
        """End the file; doing so twice is no error, and the first time counts."""
        if self.closed:
            return
        self.closed = True
        self._file.close()
        self._upload.sha256 = self._hash.hexdigest()
        self._upload.whole = whole
        self._shelf.finished(self._upload)

    def close(self) -> None:
        """End a file that is given up."""
        self.finish(whole=False)


class Shelf:
    """Offers and folders of the running case, each below "/<case>/"; used from any thread.

    What comes in is kept in `folder`/<case>, under names that are safe anywhere, or only counted
    where there is no folder. `limit` is what one case takes, in bytes, all files together.
    `changed` is called, from whatever thread, whenever something was fetched or came in, and
    `broke` with a fault of a server's own.
    """

    def __init__(
        self,
        folder: Path | None,
        limit: int,
        changed: Callable[[], None],
        broke: Callable[[BaseException], None],
    ) -> None:
        self.case = ""
        self.downloads: list[Download] = []
        self.uploads: list[Upload] = []
        self.events: list[Event] = []
        self.lookups: list[Event] = []
        self.broke = broke
        self._folder, self._limit, self._changed = folder, limit, changed
        self._offers: dict[str, bytes | Path] = {}
        self._folders: dict[str, _Folder] = {}
        self._taken = self._begun = 0
        self._clock: Callable[[], float] = lambda: 0.0
        self._lock = threading.RLock()

    def begin(self, case: str, clock: Callable[[], float]) -> None:
        """Clear the shelf for a case; `clock` gives seconds since it began."""
        with self._lock:
            self.case, self._clock = case, clock
            self.downloads, self.uploads, self.events, self.lookups = [], [], [], []
            self._offers, self._folders = {}, {}
            self._taken = self._begun = 0

    def end(self) -> None:
        """Offer and take nothing any more; what has come stays known until the next case."""
        with self._lock:
            self.case = ""

    # What a case puts there

    def offer(self, name: str, content: bytes | Path) -> str:
        """Offer a file; return its path, which begins with a slash."""
        with self._lock:
            self._offers[name] = content
            return f"/{self.case}/{name}"

    def take(self, name: str, *, refuses: bool = False) -> str:
        """Take uploads to a folder, or refuse them there; return its path."""
        with self._lock:
            self._folders[name] = _Folder(refuses)
            return f"/{self.case}/{name}"

    # What servers ask

    def find(self, path: str) -> bytes | Path:
        """Return what is offered at `path`; raise FileNotFoundError."""
        with self._lock:
            parts = _parts(path)
            if len(parts) == 2 and parts[0] == self.case and parts[1] in self._offers:  # noqa: PLR2004
                return self._offers[parts[1]]
        raise FileNotFoundError(errno.ENOENT, "no such file")

    def is_folder(self, path: str) -> bool:
        """Tell whether `path` is a folder: the root, the case's, or one that takes uploads."""
        with self._lock:
            parts = _parts(path)
            if not parts:
                return True
            known = len(parts) == 1 or (len(parts) == 2 and parts[1] in self._folders)  # noqa: PLR2004
            return known and parts[0] == self.case

    def names(self, path: str) -> list[str]:
        """Return what is in a folder; raise FileNotFoundError where there is none."""
        if not self.is_folder(path):
            raise FileNotFoundError(errno.ENOENT, "no such folder")
        with self._lock:
            parts = _parts(path)
            if not parts:
                return [self.case] if self.case else []
            if len(parts) == 1:
                return sorted({*self._offers, *self._folders})
            return sorted({u.name for u in self.uploads if u.whole})

    def size(self, path: str) -> int | None:
        """Return the size of what is at `path`, None for a folder; raise FileNotFoundError."""
        if self.is_folder(path):
            return None
        with self._lock:
            *folder, name = _parts(path) or [""]
            if len(folder) == 2 and self.is_folder("/".join(folder)):  # noqa: PLR2004
                for upload in reversed(self.uploads):
                    if upload.whole and upload.name == name:
                        return upload.size
        found = self.find(path)
        return len(found) if isinstance(found, bytes) else found.stat().st_size

    def receive(self, path: str, protocol: str) -> Incoming:
        """Begin to take a file; raise FileNotFoundError or RefusedError where it cannot be."""
        with self._lock:
            *folder, name = _parts(path) or [""]
            nameless = name in {"", ".", ".."}
            if nameless or len(folder) != 2 or not self.is_folder("/".join(folder)):  # noqa: PLR2004
                raise FileNotFoundError(errno.ENOENT, "no such folder")
            if self._folders[folder[1]].refuses:
                raise RefusedError("uploads are refused here")
            if self._begun >= MOST_UPLOADS:
                raise RefusedError("too many files")
            self._begun += 1
            upload = Upload(
                name=name, protocol=protocol, size=0, sha256="", whole=False, at=self._clock()
            )
            return Incoming(self, upload, self._open(upload))

    def _open(self, upload: Upload) -> BinaryIO:
        if self._folder is None:
            return BytesIO()
        folder = self._folder / safe(self.case)
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{self._begun}-{safe(upload.name)}"
        upload.stored = f"{self._folder.name}/{folder.name}/{file.name}"
        return file.open("xb")

    # What servers tell

    def announced(self, size: int) -> None:
        """Refuse at once what says of itself that it is too large."""
        if self._taken + size > self._limit:
            raise TooLargeError(self._limit)

    def charge(self, size: int) -> None:
        """Count what comes in against the limit of the case."""
        with self._lock:
            if self._taken + size > self._limit:
                raise TooLargeError(self._limit)
            self._taken += size

    def finished(self, upload: Upload) -> None:
        """Take note of an upload that has ended."""
        with self._lock:
            upload.at = self._clock()
            self.uploads.append(upload)
        self._changed()

    def renamed(self, old: str, new: str) -> None:
        """Give an upload that has come the name that its sender wants it to have at last."""
        with self._lock:
            *folder, name = _parts(old) or [""]
            *target, wanted = _parts(new) or [""]
            found = [u for u in self.uploads if u.name == name and u.whole]
            if folder != target or not found or not self.is_folder("/".join(folder)):
                raise FileNotFoundError(errno.ENOENT, "no such file")
            found[-1].name = wanted
        self._changed()

    def fetched(self, path: str, protocol: str, size: int, *, whole: bool) -> None:
        """Take note of a download that has ended."""
        with self._lock:
            name = PurePosixPath(path).name
            done = Download(name=name, protocol=protocol, size=size, whole=whole, at=self._clock())
            if len(self.downloads) >= MOST_DOWNLOADS:  # the last one may be the whole one
                self.downloads.pop()
            self.downloads.append(done)
        self._changed()

    def looked_up(self, path: str) -> None:
        """Take note that somebody has asked at `path` what is revoked."""
        with self._lock:
            if self.case and len(self.lookups) < MOST_EVENTS:
                self.lookups.append(Event(self._clock(), path))

    def happened(self, text: str) -> None:
        """Take note of something that was refused."""
        with self._lock:
            if len(self.events) < MOST_EVENTS:
                self.events.append(Event(self._clock(), text))


def _parts(path: str) -> list[str]:
    """Return the names in a path; "." and ".." are names that nothing has."""
    return [part for part in path.split("/") if part]


def safe(name: str) -> str:
    """Return a name that is one on every file system, and that leads nowhere else."""
    plain = _UNSAFE.sub("_", name.replace("\\", "/").rpartition("/")[2]).lstrip(".")
    return plain[-LONGEST_NAME:].lstrip(".") or "file"
