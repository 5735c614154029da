"""Prints, as JSON, what security costs: CPU of a connection over TLS, and the time of its cases.

Run it as `python -m tests.benchmarks.security`. The other side is in a process of its own, so that
the CPU is the tool's alone: a TLS context made for the connection, the handshake, the upgrade, and
the close. `handshakes` are in milliseconds, by role, key and security profile; `cases` in seconds
over sockets, without the waits that their texts demand, the slowest first.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from websockets.asyncio.client import connect as ws_connect
from websockets.asyncio.server import serve as ws_serve
from websockets.typing import Subprotocol

from conformance.access import Access
from conformance.demo import secured
from conformance.operators import Streams
from conformance.pki.lab import Lab, write
from conformance.selection import implemented
from conformance.session import Session
from conformance.sut import Sut, embedded
from conformance.sut_sections import Role
from conformance.transport import Dialing, Listening
from conformance.verdict import Verdict
from conformance.wire.connection import Connection
from conformance.wire.refusal import Refusal
from conformance.wire.tls import Side, client_context, server_context

COUNT: Final = 100
WARM: Final = 10
PROTOCOL: Final = Subprotocol("ocpp1.6")


def declared(role: Role, folder: Path, profile: int, port: int = 0) -> Sut:
    """Return a system that is beside the tool over TLS."""
    where: dict[str, object] = {"url": f"wss://127.0.0.1:{port}/ocpp"} if role == "CSMS" else {}
    if profile == 2:
        where["password"] = "0123456789abcdef"
    connection = {"security_profile": profile, **where}
    return embedded("1.6", role, changes={"connection": connection, "tls": {"folder": str(folder)}})


def theirs(folder: Path, own: str) -> Side:
    """Return the other side."""
    return Side(chain=folder / f"{own}.pem", key=folder / f"{own}.key", trusted=folder / "root.pem")


async def stations(port: int, folder: Path, profile: int) -> None:
    """Connect again and again, as stations do."""
    password = Access.of(declared("CS", folder, profile)).basic
    from conformance.wire.basic import basic  # noqa: PLC0415 - of the other process

    shown = {} if password is None else {"Authorization": basic(b"CP01", password)}

    for _ in range(WARM + COUNT):
        async with ws_connect(
            f"wss://localhost:{port}/ocpp/CP01",
            host="127.0.0.1",
            subprotocols=[PROTOCOL],
            additional_headers=shown,
            ssl=client_context(theirs(folder, "client")),
            proxy=None,
        ):
            pass


async def central_system(folder: Path, profile: int) -> None:
    """Take connections, and say where."""
    mutual = profile == 3
    context = server_context(theirs(folder, "server"), client_certificate=mutual)
    async with ws_serve(
        lambda ws: ws.wait_closed(), "127.0.0.1", 0, subprotocols=[PROTOCOL], ssl=context
    ) as server:
        print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
        await asyncio.to_thread(sys.stdin.readline)


async def other_side(*words: str) -> asyncio.subprocess.Process:
    """Begin the other side."""
    pipe = asyncio.subprocess.PIPE
    here = (sys.executable, "-m", "tests.benchmarks.security")
    return await asyncio.create_subprocess_exec(*here, *words, stdin=pipe, stdout=pipe)


async def taking(folder: Path, profile: int) -> float:
    """Return the CPU that a station's connection costs the tool, in milliseconds."""
    transport = Listening(declared("CS", folder, profile))
    times: list[float] = []
    gone: list[str] = []

    def came(_: Connection) -> None:
        times.append(time.process_time())

    def refused(refusal: Refusal) -> None:
        gone.append(refusal.text)

    await transport.open(came, refused)
    port = transport.url.rpartition(":")[2].partition("/")[0]
    process = await other_side("stations", port, str(folder), str(profile))
    await process.wait()
    await transport.close()
    if gone or len(times) != WARM + COUNT:
        raise RuntimeError(f"{len(times)} connections, refused: {gone[:3]}")
    return (times[-1] - times[WARM - 1]) / COUNT * 1000


async def calling(folder: Path, profile: int) -> float:
    """Return the CPU that a connection to a CSMS costs the tool, in milliseconds."""
    process = await other_side("central-system", "0", str(folder), str(profile))
    if process.stdout is None or process.stdin is None:
        raise RuntimeError("no pipes")
    port = int(await process.stdout.readline())
    transport = Dialing(declared("CSMS", folder, profile, port))
    begun = 0.0
    for n in range(WARM + COUNT):
        begun = time.process_time() if n == WARM else begun
        await (await transport.dial()).close()
    spent = time.process_time() - begun
    process.stdin.write(b"\n")
    await process.wait()
    return spent / COUNT * 1000


def handshakes() -> dict[str, float]:
    """Return milliseconds of CPU by role, kind of key and security profile."""
    found = {}
    with tempfile.TemporaryDirectory() as name:
        lab = Lab(organization="Org", names=["127.0.0.1", "localhost"], serial="CP01")
        write(lab, Path(name), bad=False)
        for kind in ("rsa", "ecdsa"):
            for profile in (2, 3):
                folder, what = Path(name) / kind, f"{kind}, profile {profile}"
                found[f"CS, {what}"] = round(asyncio.run(taking(folder, profile)), 2)
                found[f"CSMS, {what}"] = round(asyncio.run(calling(folder, profile)), 2)
    return found


def cases(role: Role, profile: int) -> dict[str, float]:
    """Return the own time of the security cases that apply over a profile."""
    sut, found = secured(embedded("1.6", role), profile), {}
    session = Session(sut, Streams(None, None))
    try:
        session.open()
        for case in implemented().values():
            of_security = "security" in case.entry.profiles and case.entry.version == "1.6"
            if not of_security or case.entry.role != role or case.entry.unmet(sut.features):
                continue
            result = session.run(case)
            if result.verdict is not Verdict.PASS:
                raise RuntimeError(f"{case.id}: {result.verdict}: {result.reason}")
            own = result.duration - result.record.waits
            found[f"{case.id}, profile {profile}"] = round(own, 3)
    finally:
        session.close()
    return found


def main() -> None:
    """Measure, or be the other side."""
    match sys.argv[1:]:
        case ["stations", port, folder, profile]:
            asyncio.run(stations(int(port), Path(folder), int(profile)))
        case ["central-system", _, folder, profile]:
            asyncio.run(central_system(Path(folder), int(profile)))
        case _:
            roles: tuple[Role, ...] = ("CS", "CSMS")
            all_ = {k: v for r in roles for p in (1, 2, 3) for k, v in cases(r, p).items()}
            slowest = dict(sorted(all_.items(), key=lambda item: -item[1]))
            told: dict[str, Any] = {"handshakes": handshakes(), "cases": slowest}
            told["number"] = len({name.partition(",")[0] for name in all_})
            print(json.dumps(told, indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
