"""The tool's own reference system, as a process that is driven over HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from typing import Final

from conformance.operators.actions import Action
from conformance.operators.base import CannotActError, Operator
from conformance.operators.fixtures import Fixture
from conformance.operators.http import HttpOperator, Orders, csms_orders, station_orders
from conformance.sut import Sut
from conformance.sut_operators import EmbeddedSettings

GRACE: Final = 3.0
LINE_LIMIT: Final = 1 << 20
PASSWORD: Final = "OCPP_REFERENCE_PASSWORD"  # noqa: S105 - the variable that holds it


class EmbeddedSystem:
    """Starts a reference system, performs actions on it, and ends it.

    `url` is where a reference station finds the tool; None for a reference CSMS, whose own
    address is in `system_url` once `start` has returned.
    """

    name = "embedded"

    def __init__(self, sut: Sut, url: str | None) -> None:
        self._sut, self._url = sut, url
        self.system_url = ""
        self._process: asyncio.subprocess.Process | None = None
        self._base = ""  # where the reference system takes orders, once it runs
        self._errors: deque[str] = deque(maxlen=30)
        self._drains: list[asyncio.Task[None]] = []

    def command(self) -> list[str]:
        """Return the command line of the reference system."""
        sut, settings = self._sut, self._sut.operator
        kind = "station" if sut.role == "CS" else "csms"
        words = [sys.executable, "-m", "conformance.reference", kind]
        words += ["--version", sut.version, "--until-stdin-closes"]
        if sut.role == "CS":
            words += ["--url", self._url or "", "--id", sut.station]
        if isinstance(settings, EmbeddedSettings):
            for name, value in settings.options.items():
                told = str(value).lower() if isinstance(value, bool) else str(value)
                words += ["--option", f"{name}={told}"]
            words += [word for fault in settings.faults for word in ("--fault", fault)]
        return words + self._certificates()

    def _certificates(self) -> list[str]:
        """Return its own side of TLS: the other one of what the declaration has for the tool."""
        sut, profile = self._sut, self._sut.connection.security_profile
        if sut.role == "CSMS":
            return _of_csms(sut, profile)
        files = sut.document.tls.files("CSMS")
        words = ["--security-profile", str(profile)] if profile else []
        if files.maker is not None:
            words += ["--maker", str(files.maker)]
        if profile > 2:  # noqa: PLR2004
            words += ["--certificate", str(files.certificate), "--key", str(files.private_key)]
        if profile >= 2:  # noqa: PLR2004 - the first one over TLS
            words += ["--trusted", str(files.trusted)]
        return words

    def _environment(self) -> dict[str, str] | None:
        """Return the process's environment: a command line would show the password to anyone."""
        password = self._sut.connection.password
        if password is None:
            return None
        return {**os.environ, PASSWORD: os.fsdecode(password.reveal())}

    async def start(self) -> None:
        """Start the process and wait until it says that it is ready.

        Raises CannotActError, with the end of what the process wrote, when it does not.
        """
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self.command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                limit=LINE_LIMIT,
                env=self._environment(),
            )
        except OSError as error:
            raise CannotActError(f"the reference system cannot be started: {error}") from error
        try:
            await self._ready(self._process)
        except BaseException:
            await self.close()
            raise

    async def _ready(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None  # noqa: S101 - for the type checker: it is a pipe
        assert process.stderr is not None  # noqa: S101
        self._drains = [asyncio.create_task(self._drain(process.stderr))]
        limit = self._sut.limits.connect_timeout
        try:
            async with asyncio.timeout(limit):
                line = await process.stdout.readline()
                if not line:
                    await process.wait()
                    await self._drains[0]
        except TimeoutError as error:
            told = f"the reference system is not ready after {limit:g} s"
            raise CannotActError(told + self._told()) from error
        self._drains.append(asyncio.create_task(self._drain(process.stdout)))
        self._base, self.system_url = self._addresses(line)

    def _addresses(self, line: bytes) -> tuple[str, str]:
        if not line:
            raise CannotActError(f"the reference system ended at once{self._told()}")
        try:
            said = json.loads(line)
            return str(said["operator"]), str(said.get("url") or "")
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            told = f"the reference system did not say where it is, but {line[:200]!r}"
            raise CannotActError(told + self._told()) from error

    async def _drain(self, stream: asyncio.StreamReader) -> None:
        """Keep a pipe empty, so that the process never waits for us, and its last lines."""
        while data := await stream.read(4096):
            self._errors.extend(data.decode("utf-8", "replace").splitlines())

    def _told(self) -> str:
        process = self._process
        code = process.returncode if process else None
        ending = "" if code is None else f" (exit code {code})"
        return ending + "".join(f"\n  {line}" for line in self._errors)

    def at(self, station: str) -> Operator:
        """Return the operator for one station of a reference CSMS, which others use, too."""
        return _AtStation(self, station)

    def supports(self, kind: type[Action]) -> bool:
        """Tell whether the reference system can do actions of this kind."""
        return kind in self._orders(self._sut.station)

    async def perform(self, action: Action) -> str:
        """Carry out one action; a system that has ended says so, with its last words."""
        return await self.perform_at(self._sut.station, action)

    async def perform_at(self, station: str, action: Action) -> str:
        """Carry out one action at this station; return what was sent and what was answered."""
        if not self._base or self._process is None:
            raise CannotActError("the reference system has not been started")
        limit = self._sut.limits.operator_timeout
        try:
            http = HttpOperator(self._base, self._orders(station), timeout=limit)
            return await http.perform(action)
        except CannotActError as error:
            if self._process.returncode is None:
                raise
            raise CannotActError(f"the reference system has ended{self._told()}") from error

    async def create(self, fixture: Fixture) -> str:
        """Tell a reference CSMS what it has to know; raises CannotActError."""
        limit = self._sut.limits.operator_timeout
        orders = self._orders(self._sut.station)
        return await HttpOperator(self._base, orders, timeout=limit).create(fixture)

    def _orders(self, station: str) -> Orders:
        if self._sut.role == "CS":
            return station_orders()
        return csms_orders(self._sut.version, station)

    async def close(self) -> None:
        """End the process: by closing its input, then by a signal, then surely."""
        process, self._process, self._base = self._process, None, ""
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        for end in (process.terminate, process.kill):
            if await _ended(process):
                break
            end()
        await process.wait()
        await _finished(self._drains)


def _of_csms(sut: Sut, profile: int) -> list[str]:
    """Return the words for a CSMS: it has all it needs for the next security profile, too."""
    words = ["--security-profile", str(profile)] if profile else []
    words += [word for station in sut.stations for word in ("--station", station)]
    for name, path in sut.document.tls.of_reference().items():
        words += [f"--{name.replace('_', '-')}", path]
    return words


class _AtStation:
    """A reference CSMS as the operator for one of its stations."""

    name = EmbeddedSystem.name

    def __init__(self, system: EmbeddedSystem, station: str) -> None:
        self._system, self._station = system, station

    def supports(self, kind: type[Action]) -> bool:
        """Tell whether the reference system can do actions of this kind."""
        return self._system.supports(kind)

    async def perform(self, action: Action) -> str:
        """Carry out one action at this station."""
        return await self._system.perform_at(self._station, action)

    def creates(self, kind: type[Fixture]) -> bool:  # noqa: ARG002 - it has all of them
        """Tell that a reference CSMS takes each kind of fixture."""
        return True

    async def create(self, fixture: Fixture) -> str:
        """Tell the reference CSMS what it has to know."""
        return await self._system.create(fixture)

    async def close(self) -> None:
        """Leave the system running: others use it."""


async def _ended(process: asyncio.subprocess.Process) -> bool:
    try:
        async with asyncio.timeout(GRACE):
            await process.wait()
    except TimeoutError:
        return False
    return True


async def _finished(drains: Sequence[asyncio.Task[None]]) -> None:
    """End the readers; a grandchild may hold a pipe open for longer than we care."""
    if drains:
        await asyncio.wait(drains, timeout=GRACE)
    for drain in drains:
        drain.cancel()
    await asyncio.gather(*drains, return_exceptions=True)
