"""The shelf over FTP: pyftpdlib on a thread of its own, with paths that are on no disk."""

from __future__ import annotations

import asyncio
import errno
import hmac
import logging
import socket
import stat
import sys
import threading
import time
import warnings
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final

from conformance.files.service import Account
from conformance.files.shelf import Incoming, Shelf

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of asyncore, on Python 3.11
    from pyftpdlib.authorizers import AuthenticationFailed
    from pyftpdlib.filesystems import AbstractedFS
    from pyftpdlib.handlers import DTPHandler, FTPHandler
    from pyftpdlib.ioloop import IOLoop
    from pyftpdlib.servers import FTPServer

IDLE: Final = 60
"""Seconds for which a client may do nothing."""

MOST_CLIENTS: Final = 30
_TICK: Final = 0.1
_LOGGER: Final = logging.getLogger("pyftpdlib")
_EVERYTHING: Final = "elrafmwd"  # whether a path may be written is the shelf's decision


class _Outgoing:
    """A file on its way out, as pyftpdlib wants files."""

    def __init__(self, path: str, content: bytes | Path) -> None:
        self.name, self.closed = path, False
        self._file: BinaryIO = (
            BytesIO(content) if isinstance(content, bytes) else content.open("rb")
        )

    def read(self, size: int) -> bytes:
        return self._file.read(size)

    def seek(self, position: int) -> None:
        self._file.seek(position)

    def close(self) -> None:
        self.closed = True
        self._file.close()


class _Paths(AbstractedFS):
    """The shelf as a file system: a path of the client is a path of the shelf, and nothing else."""

    cmd_channel: _Control

    @property
    def _shelf(self) -> Shelf:
        return self.cmd_channel.shelf

    def ftp2fs(self, ftppath: str) -> str:
        return str(self.ftpnorm(ftppath))

    def fs2ftp(self, fspath: str) -> str:
        return fspath

    def validpath(self, _: str) -> bool:
        return True

    def realpath(self, path: str) -> str:
        return path

    def open(self, filename: str, mode: str) -> _Outgoing | Incoming:
        try:
            if mode == "rb":
                return _Outgoing(filename, self._shelf.find(filename))
            if mode == "wb":
                return self._shelf.receive(filename, "FTP")
        except OSError as refused:
            self._shelf.happened(f"FTP: {filename}: {refused.strerror}")
            raise
        raise PermissionError(errno.EACCES, "a file is uploaded as a whole, from its beginning")

    def mkstemp(
        self,
        suffix: str = "",
        prefix: str = "",
        dir: str = "",  # noqa: A002 - pyftpdlib's name
        mode: str = "wb",
    ) -> _Outgoing | Incoming:
        return self.open(f"{dir}/{prefix}{int(time.time())}{suffix}", mode)

    def chdir(self, path: str) -> None:
        if not self.isdir(path):
            self._shelf.happened(f"FTP: {path}: no such folder")
            raise FileNotFoundError(errno.ENOENT, "no such folder")
        self.cwd = path

    def listdir(self, path: str) -> list[str]:
        return self._shelf.names(path)

    def stat(self, path: str) -> Any:  # noqa: ANN401 - what os.stat returns, as far as it is used
        size = self._shelf.size(path)
        kind = stat.S_IFDIR | 0o755 if size is None else stat.S_IFREG | 0o644
        return _Stat(kind, size or 0)

    lstat = stat

    def isfile(self, path: str) -> bool:
        return self.lexists(path) and not self.isdir(path)

    def isdir(self, path: str) -> bool:
        return self._shelf.is_folder(path)

    def islink(self, _: str) -> bool:
        return False

    def lexists(self, path: str) -> bool:
        try:
            self._shelf.size(path)
        except FileNotFoundError:
            return False
        return True

    def getsize(self, path: str) -> int:
        return self._shelf.size(path) or 0

    def getmtime(self, path: str) -> float:
        return float(self.stat(path).st_mtime)

    def rename(self, src: str, dst: str) -> None:
        self._shelf.renamed(src, dst)

    def mkdir(self, path: str) -> None:
        self._refuse(path)

    def rmdir(self, path: str) -> None:
        self._refuse(path)

    def remove(self, path: str) -> None:
        self._refuse(path)

    def chmod(self, path: str, _: int) -> None:
        self._refuse(path)

    def utime(self, path: str, _: float) -> None:
        self._refuse(path)

    def _refuse(self, path: str) -> None:
        if self.lexists(path):
            raise PermissionError(errno.EACCES, "what is here stays as it is")
        raise FileNotFoundError(errno.ENOENT, "no such file")


class _Stat:
    st_nlink, st_uid, st_gid, st_dev, st_ino = 1, 0, 0, 0, 0

    def __init__(self, mode: int, size: int) -> None:
        self.st_mode, self.st_size = mode, size
        self.st_mtime = self.st_ctime = time.time()


class _Data(DTPHandler):
    """A data connection; the shelf knows of its end before the client does."""

    file_obj: _Outgoing | Incoming | None
    timeout = IDLE

    def recv(self, buffer_size: int) -> bytes:
        """Read; pyftpdlib would take a connection that is reset for one that has ended well."""
        with suppress(BlockingIOError):
            self.socket.recv(1, socket.MSG_PEEK)
        data: bytes = super().recv(buffer_size)
        return data

    def close(self) -> None:
        if not self._closed:
            self._tell()
        super().close()

    def _tell(self) -> None:
        file, shelf = self.file_obj, self.cmd_channel.shelf
        if isinstance(file, Incoming):
            file.finish(whole=self.transfer_finished)
        elif isinstance(file, _Outgoing):
            shelf.fetched(file.name, "FTP", self.tot_bytes_sent, whole=self.transfer_finished)


class _Control(FTPHandler):
    """A control connection."""

    banner = "ocpp-conformance"
    timeout = IDLE
    dtp_handler = _Data
    abstracted_fs = _Paths
    auth_failed_timeout = 1
    use_sendfile = False  # the shelf's files are not all on a disk
    shelf: Shelf

    def on_login_failed(self, username: str, password: str) -> None:
        del password
        self.shelf.happened(f"FTP: a login as {username!r} with wrong credentials")

    def log_exception(self, instance: object) -> None:
        """Take a fault: a client that went away is none, anything else is the tool's."""
        del instance
        bug = sys.exc_info()[1]
        if bug is not None and not isinstance(bug, ConnectionError):
            self.shelf.broke(bug)


class _Door:
    """Who is let in, as pyftpdlib asks for it."""

    def __init__(self, account: Account | None) -> None:
        self._account = account

    def validate_authentication(self, username: str, password: str, _: object) -> None:
        account = self._account
        if account is None:
            return
        right = hmac.compare_digest(username.encode(), account.user.encode())
        if not (right and hmac.compare_digest(password.encode(), account.password.encode())):
            raise AuthenticationFailed("wrong user or password")

    def get_home_dir(self, _: str) -> str:
        return "/"

    def has_perm(self, *_: object) -> bool:
        return True

    def get_perms(self, _: str) -> str:
        return _EVERYTHING

    def get_msg_login(self, _: str) -> str:
        return "Welcome."

    def get_msg_quit(self, _: str) -> str:
        return "Goodbye."

    def impersonate_user(self, *_: str) -> None:
        """Stay who we are."""

    def terminate_impersonation(self, _: str) -> None:
        """Stay who we are."""


class _Server(FTPServer):
    """When there are too many clients, goes on without who has waited longest at the login."""

    def _accept_new_cons(self) -> bool:
        clients = [c for c in self.ioloop.socket_map.values() if isinstance(c, _Control)]
        if len(clients) <= MOST_CLIENTS:
            return True
        longest = next((c for c in clients[:-1] if not c.authenticated), None)  # the last is new
        if longest is not None:
            longest.close()
        return longest is not None


class FtpServer:
    """Listens from the start on; `port` 0 takes any free one. Raises OSError where it cannot.

    `advertised` is what PASV tells, where that is not the address that the client has called.
    """

    def __init__(
        self,
        shelf: Shelf,
        account: Account | None,
        *,
        host: str,
        port: int = 0,
        passive: range | None = None,
        advertised: str | None = None,
        idle: float = IDLE,
    ) -> None:
        _silence()
        data = type("Data", (_Data,), {"timeout": idle})
        settings = {
            "shelf": shelf,
            "authorizer": _Door(account),
            "passive_ports": passive,
            "masquerade_address": advertised,
            "dtp_handler": data,
            "timeout": idle,
        }
        self._ioloop = IOLoop()
        try:
            handler = type("Control", (_Control,), settings)
            server = _Server((host, port), handler, ioloop=self._ioloop)
        except OSError:
            self._ioloop.close()
            raise
        self.port: int = server.address[1]
        self._ending = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._ended = self._loop.create_future()
        self._thread = threading.Thread(target=self._serve, name="ocpp-ftp", daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        try:
            while not self._ending.is_set():
                self._ioloop.loop(timeout=_TICK, blocking=False)
        finally:
            self._ioloop.close()
            self._loop.call_soon_threadsafe(self._ended.set_result, None)

    async def close(self) -> None:
        """Stop listening, cut the connections, and wait for the thread to end."""
        self._ending.set()
        await self._ended
        self._thread.join()


def _silence() -> None:
    """Keep pyftpdlib's log away from the user's terminal: what matters is on the shelf."""
    if not _LOGGER.handlers:
        _LOGGER.addHandler(logging.NullHandler())
        _LOGGER.propagate = False
