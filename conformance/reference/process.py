"""The shell around a reference system: arguments, WebSocket, operator over HTTP, announce line.

    python -m conformance.reference station --version 1.6 --url ws://127.0.0.1:9000/ocpp --id CP01
    python -m conformance.reference csms --version 1.6 --port 0

The version's module (`SYSTEMS`) supplies two functions; the options are texts from --option, the
faults from --fault ("name" or "name=argument"), without those of `faults.SHARED`, which the shell
itself puts on the wire. A wrong option or fault raises ValueError:

    def station(options: Mapping[str, str], faults: Mapping[str, str], dial: Dial) -> Station
    def csms(options: Mapping[str, str], faults: Mapping[str, str]) -> Csms

`Dial` opens a new connection and raises ConnectionError when it cannot. `Wire`, `Station`, `Csms`,
`wire_pair()` (a connection in memory) and `read_options()` are in `conformance.reference.wire`.
`make_station` and `make_csms` build a system in process, with all its faults.

On start one JSON line goes to stdout, and nothing else ever does:

    {"operator": "http://127.0.0.1:NNN/api/v1", "url": "ws://127.0.0.1:NNN/ocpp"}

("url" for a CSMS only). The process ends on SIGTERM, SIGINT, or the end of stdin if asked, with
exit code 0; with 1 when the system died of an error, with 2 when the arguments are wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any
from urllib.parse import unquote

from conformance.reference import http
from conformance.reference.connection_faults import Dialer, Doorkeeper
from conformance.reference.credentials import MUTUAL, OVER_TLS, Credentials
from conformance.reference.faults import SHARED, check, faulty
from conformance.reference.gate import Gate
from conformance.reference.offer import Offer
from conformance.reference.socket_faults import habits
from conformance.reference.tls import Files
from conformance.reference.transfer import Carrier, NetworkCarrier
from conformance.reference.websocket import connector, listener
from conformance.reference.wire import Csms, Dial, Station, Wire, read_options, wire_pair

__all__ = ["Csms", "Dial", "ReferenceCsms", "Station", "Wire", "main", "make_csms"]
__all__ += ["make_station", "read_options", "wire_pair"]

SYSTEMS: Mapping[tuple[str, str], str] = {
    ("station", "1.6"): "conformance.reference.charge_point_16",
    ("csms", "1.6"): "conformance.reference.central_system_16",
    ("station", "2.0.1"): "conformance.reference.charging_station_201",
    ("csms", "2.0.1"): "conformance.reference.csms_201",
}
MOVES_FILES = frozenset({"1.6"})
"""The versions whose `station` takes a `carrier`, too."""
CHANGES_CREDENTIALS = frozenset({"1.6"})
"""The versions whose systems change what they show, or whom they let in."""
SUBPROTOCOLS: Mapping[str, str] = {"1.6": "ocpp1.6", "2.0.1": "ocpp2.0.1"}
ANY_VERSION = "takes-any-version"
LINGERS = "stays-without-version"
WAITS = "waits-for-challenge"
"""The ones that are of the upgrade."""
BASE = "/api/v1"
_STDIN = 0


class WrongArgumentsError(Exception):
    """An option or a fault that the system does not have."""


class ReferenceCsms:
    """A CSMS of one version, with the shared faults in its connections."""

    def __init__(self, csms: Csms, subprotocol: str, faults: Mapping[str, str]) -> None:
        self._csms, self._subprotocol, self._faults = csms, subprotocol, faults
        self.ask, self.know = csms.ask, csms.know
        self._door = Doorkeeper(faults)

    @property
    def compresses(self) -> bool:
        """Tell whether it supports compression, as 2.0.1 demands (Part 4, 3.3)."""
        return self._subprotocol != "ocpp1.6" and "no-compression" not in self._faults

    def choose(self, offered: Sequence[str]) -> str | None:
        """Return the subprotocol that is spoken of those that a station offers, if there is one."""
        if "first-subprotocol" in self._faults:
            return next(iter(offered), None)
        return self._subprotocol if self._subprotocol in self._door.looked_at(offered) else None

    async def serve(self, wire: Wire, identity: str) -> None:
        """Serve one connected station until its connection is gone."""
        version = self._subprotocol.removeprefix("ocpp")
        if not self._door.enter(identity):
            await wire.close()
            return
        try:
            await self._csms.serve(faulty(wire, self._faults, version=version), identity)
        finally:
            self._door.leave(identity)


def make_station(
    version: str,
    options: Mapping[str, str],
    faults: Mapping[str, str],
    dial: Dial,
    carrier: Carrier | None = None,
    credentials: Credentials | None = None,
) -> Station:
    """Build a station that connects by `dial`; raise ValueError for a wrong option or fault.

    A station that moves files does so by `carrier`, or else over the network. What it shows to
    be let in are `credentials`; one that can be told to show others changes them.
    """
    shared, own = _split(faults)

    dialer = Dialer(dial, shared)

    async def dial_with_faults() -> Wire:
        return faulty(await dialer(), shared, version=version)

    module = importlib.import_module(SYSTEMS["station", version])
    more: dict[str, object] = {}
    if version in MOVES_FILES:
        more["carrier"] = carrier or NetworkCarrier()
    if version in CHANGES_CREDENTIALS:
        more["credentials"] = credentials or Credentials()
    system: Station = module.station(options, own, dial_with_faults, **more)
    return system


def make_csms(
    version: str,
    options: Mapping[str, str],
    faults: Mapping[str, str],
    gate: Gate | None = None,
) -> ReferenceCsms:
    """Build a CSMS; raise ValueError for a wrong option or fault.

    One that changes credentials has `gate` let in who shows the new ones, and nobody else.
    """
    shared, own = _split(faults)
    if gate is not None:
        gate.shared = shared
    module = importlib.import_module(SYSTEMS["csms", version])
    more: dict[str, object] = {}
    if version in CHANGES_CREDENTIALS:
        more["gate"] = gate
    return ReferenceCsms(module.csms(options, own, **more), SUBPROTOCOLS[version], shared)


def _split(faults: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    shared = {name: argument for name, argument in faults.items() if name in SHARED}
    check(shared, SHARED)
    return shared, {name: faults[name] for name in faults if name not in SHARED}


def main(arguments: Sequence[str], password: str = "") -> int:
    """Run a reference system until it is told to end; return the exit code.

    `password` is the one of HTTP Basic authentication: a station sends it, a CSMS demands it.
    """
    given = _parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.INFO if given.verbose else logging.CRITICAL, stream=sys.stderr
    )
    try:
        return asyncio.run(_run(given, password))
    except WrongArgumentsError as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m conformance.reference", allow_abbrev=False)
    roles = parser.add_subparsers(dest="role", required=True)
    station = roles.add_parser("station", help="a charge point or charging station")
    station.add_argument("--url", required=True, help="where the CSMS is, without the identity")
    station.add_argument("--id", required=True, help="the identity, last part of the path")
    csms = roles.add_parser("csms", help="a central system or CSMS")
    csms.add_argument("--port", type=int, default=0, help="0: any free one")
    for role in (station, csms):
        role.add_argument("--version", required=True, choices=sorted(SUBPROTOCOLS))
        role.add_argument("--operator-port", type=int, default=0, help="0: any free one")
        role.add_argument("--option", action="append", default=[], metavar="NAME=VALUE")
        role.add_argument("--fault", action="append", default=[], metavar="NAME[=ARGUMENT]")
        role.add_argument("--security-profile", type=int, choices=range(4))
        role.add_argument("--certificate", default="", help="PEM, its own, for TLS")
        role.add_argument("--key", default="", help="PEM, the key of that certificate")
        role.add_argument("--trusted", default="", help="PEM, the root of the other side's")
        role.add_argument("--maker", default="", help="PEM, the root of firmware's certificates")
        if role is csms:
            told = "an identity that it knows; by default it knows all"
            role.add_argument("--station", action="append", default=[], help=told)
            role.add_argument("--other", default="", help="PEM, a second certificate of its own")
            role.add_argument("--other-key", default="", help="PEM, the key of that certificate")
            role.add_argument("--authority", default="", help="PEM, what signs for stations")
            role.add_argument("--authority-key", default="", help="PEM, the key of that authority")
        role.add_argument("--until-stdin-closes", action="store_true", help="end when stdin does")
        role.add_argument("--verbose", action="store_true", help="write all messages to stderr")
    return parser


async def _run(given: argparse.Namespace, password: str) -> int:
    ended = asyncio.Event()
    _end_on_signals(ended)
    if given.until_stdin_closes:
        _end_with_stdin(ended)
    run = _run_station if given.role == "station" else _run_csms
    work = asyncio.create_task(run(given, password))
    told = asyncio.create_task(ended.wait())
    await asyncio.wait({work, told}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if work.done():
        work.result()
        return 1
    work.cancel()
    await asyncio.wait({work})
    return 0


async def _run_station(given: argparse.Namespace, password: str) -> None:
    credentials = _credentials(given, password)
    faults = _pairs(given.fault)
    dial = connector(
        given.url,
        given.id,
        Offer.of(given.id, SUBPROTOCOLS[given.version], _pairs(given.option), faults),
        credentials,
        wrong=habits(faults),
        any_version=ANY_VERSION in faults,
    )
    try:
        system = make_station(
            given.version,
            _pairs(given.option),
            _pairs(given.fault),
            dial,
            credentials=credentials,
        )
    except ValueError as error:
        raise WrongArgumentsError(str(error)) from error

    async def act(request: http.Request) -> int:
        return await system.act(request.path.removeprefix(f"{BASE}/"), request.query)

    async with http.serving(_operator(act), given.operator_port) as port:
        _announce(operator=f"http://127.0.0.1:{port}{BASE}")
        await system.run()


async def _run_csms(given: argparse.Namespace, password: str) -> None:
    try:
        gate = _gate(given, password)
        system = make_csms(given.version, _pairs(given.option), _pairs(given.fault), gate)
    except ValueError as error:
        raise WrongArgumentsError(str(error)) from error

    async def ask(request: http.Request) -> int:
        parts = request.path.removeprefix(f"{BASE}/").split("/")
        if len(parts) == 2 and parts[0] == "fixtures":  # noqa: PLR2004 - fixtures, kind
            return system.know(parts[1], request.json())
        if len(parts) != 3:  # noqa: PLR2004 - version, station, action
            return 404
        version, station, action = map(unquote, parts)
        return await system.ask(version, station, action, request.json())

    wrong = habits(_pairs(given.fault))
    async with (
        listener(
            system.serve, system.choose, given.port, gate, wrong=wrong, compresses=system.compresses
        ) as port,
        http.serving(_operator(ask), given.operator_port) as operator_port,
    ):
        _announce(
            operator=f"http://127.0.0.1:{operator_port}{BASE}",
            url=f"{'wss' if gate.profile >= OVER_TLS else 'ws'}://127.0.0.1:{port}/ocpp",
        )
        await asyncio.Event().wait()


def _credentials(given: argparse.Namespace, password: str) -> Credentials:
    """Return what a station shows: by default, of the profile that its files and password fit."""
    profile = given.security_profile
    if profile is None:
        secured = 3 if given.certificate else 2
        profile = secured if given.trusted else int(bool(password))
    shown = _files(given).credentials(profile, password.encode("utf-8", "surrogateescape"))
    return replace(shown, waits=WAITS in _pairs(given.fault))


def _gate(given: argparse.Namespace, password: str) -> Gate:
    """Return whom a CSMS lets in: by default, of the profile that its files and password fit."""
    profile = given.security_profile
    if profile is None:
        secured = MUTUAL if given.trusted else OVER_TLS
        profile = secured if given.certificate else int(bool(password))
    shown = password.encode("utf-8", "surrogateescape")
    return Gate(profile, shown, _files(given), stations=frozenset(given.station))


def _files(given: argparse.Namespace) -> Files:
    return Files(**{f.name: getattr(given, f.name, "") for f in fields(Files)})


def _operator(answer: http.Handler) -> http.Handler:
    """Add to `answer` what both roles have in common."""

    async def handle(request: http.Request) -> int:
        if request.path == f"{BASE}/health":
            return 200
        if not request.path.startswith(f"{BASE}/"):
            return 404
        return await answer(request) if request.method == "POST" else 405

    return handle


def _pairs(words: Sequence[str]) -> dict[str, str]:
    """Return what "name=value" and "name" words say."""
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def _announce(**addresses: Any) -> None:  # noqa: ANN401
    sys.stdout.write(json.dumps(addresses) + "\n")
    sys.stdout.flush()


def _end_on_signals(ended: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)


def _end_with_stdin(ended: asyncio.Event) -> None:
    """Set `ended` at the end of stdin, whatever stdin is: a loop can wait for pipes only."""
    loop = asyncio.get_running_loop()

    def read() -> None:
        while os.read(_STDIN, 4096):
            pass
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=read, daemon=True, name="stdin").start()
