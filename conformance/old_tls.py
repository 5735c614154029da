"""Which old versions of TLS a CSMS takes, and that it is the CSMS who refuses them."""

from __future__ import annotations

from ssl import TLSVersion
from typing import TYPE_CHECKING, Final

from conformance.secure import UnusableFilesError
from conformance.verdict import ToolError
from conformance.wire.client import ConnectFailedError

if TYPE_CHECKING:
    from conformance.bench import Bench
    from conformance.record import Record

VERSIONS: Final = {"TLS 1.0": TLSVersion.TLSv1, "TLS 1.1": TLSVersion.TLSv1_1}


async def taken(bench: Bench, record: Record) -> list[str]:
    """Offer each old version alone; return those with which the CSMS lets the charge point in."""
    return [name for name, refused in await _tried(bench, record) if refused is None]


async def spoken(bench: Bench, record: Record) -> list[str]:
    """Offer each old version alone; return those with which a handshake comes to its end."""
    return [name for name, refused in await _tried(bench, record) if _finished(refused)]


async def nothing_newer(bench: Bench, record: Record, problem: BaseException | None) -> str:
    """Return what else is to be said of a handshake that has failed: that an old version does."""
    if not isinstance(problem, ConnectFailedError) or problem.tls is None or problem.tls.finished:
        return ""
    found = await spoken(bench, record)
    return f"; with {found[-1]} the handshake succeeds, and 1.2 is needed" if found else ""


async def _tried(bench: Bench, record: Record) -> list[tuple[str, ConnectFailedError | None]]:
    found: list[tuple[str, ConnectFailedError | None]] = []
    for name, version in VERSIONS.items():
        with bench.transport.access.older(version):
            try:
                connection = await bench.transport.dial()
            except ConnectFailedError as failed:
                not_ours(failed)
                record.note("", "tool", "", f"offers {name} only, in vain: {failed}")
                found.append((name, failed))
                continue
        found.append((name, None))
        await connection.close()
        await bench.link.close()  # it may have been replaced by the other one
    return found


def _finished(refused: ConnectFailedError | None) -> bool:
    return refused is None or (refused.tls is not None and refused.tls.finished)


def not_ours(problem: BaseException | None) -> None:
    """Raise ToolError where it was the tool that did not want the connection, or could not."""
    if not isinstance(problem, ConnectFailedError):
        return
    if problem.by_the_tool or isinstance(problem.__cause__, UnusableFilesError):
        raise ToolError(f"the tool refused, and not the CSMS: {problem}") from problem
