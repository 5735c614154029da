"""A Node script as a system under test: installed by name, started, told, surely ended."""

from __future__ import annotations

import fcntl
import os
import select
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

HERE = Path(__file__).parent
START_LIMIT = 20.0
INSTALL_LIMIT = 300.0
INSTALL = ("install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error")
COMPLAINT = "complaint: "


class NotInstalledError(Exception):
    """Node, npm or the packages are missing; the text says what to do."""


def installed(folder: Path = HERE) -> None:
    """Make sure that node is there, and in `folder` what its package.json names."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise NotInstalledError(
                f"{program} is not installed: the tests with packages of npm need it;"
                " OCPP_INTEROP=skip leaves them out"
            )
    with (folder / "package.json").open(encoding="utf-8") as names:
        fcntl.flock(names, fcntl.LOCK_EX)  # of several processes one installs
        wanted = names.read()
        mark = folder / "node_modules" / ".installed"
        if mark.exists() and mark.read_text(encoding="utf-8") == wanted:
            return
        _install(folder)
        mark.write_text(wanted, encoding="utf-8")


def _install(folder: Path) -> None:
    done = subprocess.run(
        ["npm", *INSTALL],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=INSTALL_LIMIT,
        check=False,
    )
    if done.returncode != 0:
        raise NotInstalledError(
            f"npm {' '.join(INSTALL)} failed in {folder}:\n{done.stderr[-2000:]}"
        )


class System:
    """A running script of this directory; `port` is where its HTTP server listens on loopback.

    It is in a process group of its own, which is ended as a whole; it also ends itself when
    this process is gone, since its standard input ends then.
    """

    def __init__(self, script: str, *arguments: str) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__
        self._process = subprocess.Popen(
            ["node", script, *arguments],
            cwd=HERE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,
        )
        self.port = 0

    def __enter__(self) -> Self:
        try:
            self.port = self._announced()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def tell(self, line: str) -> None:
        """Write one line to the script."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()

    def complaints(self) -> list[str]:
        """Return what the system found wrong in the tool's frames, and errors of the script."""
        size = os.fstat(self._errors.fileno()).st_size
        return os.pread(self._errors.fileno(), size, 0).decode("utf-8", "replace").splitlines()

    def _announced(self) -> int:
        output = self._process.stdout
        assert output is not None
        ready, _, _ = select.select([output], [], [], START_LIMIT)
        line = output.readline() if ready else b""
        if not line.strip().isdigit():
            told = "\n".join(self.complaints())
            raise RuntimeError(f"{self._process.args!r} announced no port: {line!r}\n{told}")
        return int(line)

    def _end(self) -> None:
        with suppress(ProcessLookupError):  # it may have ended by itself, with all it started
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._errors):
            if pipe is not None:
                pipe.close()
