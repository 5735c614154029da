"""The state that a case begins from: connected, accepted and idle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from conformance.old_tls import spoken
from conformance.verdict import Inconclusive, RuleBroken
from conformance.wire.client import ConnectFailedError

_HERE: Final = {"127.0.0.1", "::1", "localhost"}
_LOOPBACK: Final = " (nothing but this machine gets there: connection.host is for the device)"

if TYPE_CHECKING:
    from conformance.bench import Bench
    from conformance.record import Record


async def reach(bench: Bench, record: Record, *, judges_tls: bool = False) -> None:
    """Reach it, or say INCONCLUSIVE; only the first time waits.

    Where the two have no version or no cipher suite of TLS in common, a case that judges just
    that begins nevertheless: without a connection to a CSMS, with a station over any TLS.
    """
    if bench.broken and not (judges_tls and bench.apart):
        raise Inconclusive(bench.broken)
    if bench.sut.role == "CSMS":
        await _call_csms(bench, record, judges_tls=judges_tls)
    else:
        await _await_station(bench, record, judges_tls=judges_tls)


async def part(bench: Bench) -> None:
    """Give up a connection that was there for a case that judges TLS alone."""
    if bench.transport.access.insist():
        bench.link.abort()


async def _await_station(bench: Bench, record: Record, *, judges_tls: bool) -> None:
    there = await _comes(bench, judges_tls=judges_tls)
    if not there and not (judges_tls and await _over_any_tls(bench, record)):
        raise Inconclusive(bench.broken)
    if not bench.prepared:
        bench.prepared = True
        wait = bench.sut.limits.message_timeout
        situation = bench.situation
        await bench.until(lambda: situation.accepted or bool(situation.statuses), wait)
        await bench.until(bench.reported, wait)
        situation.accepted = True  # it was connected before, and is not booting
        await bench.link.flush(wait)
    bench.door.report(record)
    if not bench.situation.idle():
        await bench.until(bench.situation.idle, bench.sut.limits.message_timeout)
    if not bench.situation.idle():
        raise Inconclusive(f"the station is not idle: {bench.situation.why_not_idle()}")


async def _comes(bench: Bench, *, judges_tls: bool) -> bool:
    """Wait for the station, unless that was in vain before, or no TLS of the tool's will do."""
    link, limit = bench.link, bench.transport.access.patience(bench.sut)

    def known() -> bool:
        return link.connection is not None or (judges_tls and _apart(bench))

    if bench.broken or await bench.until(known, limit):
        return link.connection is not None
    _give_up(bench)
    return False


def _give_up(bench: Bench) -> None:
    refused = f" ({'; '.join(lines)})" if (lines := bench.door.attempts.lines()) else ""
    where = f"{bench.transport.url}/{bench.sut.station}"
    limit = bench.transport.access.patience(bench.sut)
    near = _LOOPBACK if not refused and urlsplit(where).hostname in _HERE else ""
    told = f"no connection from {bench.sut.station} on {where} in {limit:g} s{refused}{near}"
    bench.broken = told
    bench.apart = _apart(bench)


def _apart(bench: Bench) -> bool:
    """Tell whether somebody was refused since nothing that he offers in TLS would do."""
    return any(seen.nothing_in_common for seen in bench.transport.access.handshakes)


async def _over_any_tls(bench: Bench, record: Record) -> bool:
    """Wait for the station again, taking old versions and weak suites.

    Only who is let in is known to be the station, and not somebody else.
    """
    if bench.broken and not bench.apart:
        return False
    record.note("", "tool", "", "takes any TLS for this case: what was offered is old or weak")
    bench.transport.access.take_any_tls()
    if await bench.connected():
        return True
    _give_up(bench)
    return False


async def _call_csms(bench: Bench, record: Record, *, judges_tls: bool) -> None:
    if bench.link.connection is not None:
        return
    try:
        bench.link.attach(await bench.transport.dial())
    except ConnectFailedError as failed:
        bench.broken, bench.apart = str(failed), True
        if judges_tls and await _nothing_in_common(bench, record, failed):
            record.note("", "tool", "", f"no connection before the case: {failed}")
            return
        raise Inconclusive(bench.broken) from failed
    await _join(bench)
    record.note("", "tool", "", f"connected and booted as {bench.sut.station}")


async def _join(bench: Bench) -> None:
    """Boot; a CSMS that does not let the station in because it breaks the protocol has failed."""
    known = len(bench.between)
    try:
        await bench.played.join()
    except Inconclusive as end:
        broken = bench.between[known:]
        if broken:
            told = f"the csms broke a rule of the protocol before the case: {broken[0]}; then {end}"
            raise RuleBroken(told, "before") from end
        raise


async def _nothing_in_common(bench: Bench, record: Record, failed: ConnectFailedError) -> bool:
    """Tell whether no version or suite of TLS is in common; some hang up without a word."""
    seen = failed.tls
    hung_up = seen is not None and not seen.came and failed.by_the_peer
    return failed.nothing_in_common or (hung_up and bool(await spoken(bench, record)))
