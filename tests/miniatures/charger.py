"""A charge point that can do one thing: a remote start with the cable in (TC_010_CS)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.cases import Result
from conformance.clock import now
from conformance.selection import implemented
from conformance.sut import embedded
from tests.engine.stage import TIMES, on_bench
from tests.miniatures.miniature import (
    ACCEPTED,
    Deed,
    Miniature,
    Payload,
    Reaction,
    in_turn,
    reports,
)

SETTING = {"key": "AuthorizeRemoteTxRequests", "readonly": False, "value": "false"}


async def start(it: Miniature) -> None:
    """Start the transaction, and report it."""
    it.post("StartTransaction", connectorId=1, idTag="TAG001", meterStart=0, timestamp=now())
    it.status("Charging")


async def remote_start(it: Miniature, uid: str, _: Payload) -> None:
    """Accept, then start."""
    it.frame(3, uid, ACCEPTED)
    await start(it)


async def remote_stop(it: Miniature, uid: str, payload: Payload) -> None:
    """Accept, then stop."""
    it.frame(3, uid, ACCEPTED)
    stop: Mapping[str, Any] = {"transactionId": payload["transactionId"], "meterStop": 9}
    it.post("StopTransaction", **stop, timestamp=now(), reason="Remote")
    it.status("Finishing")


@dataclass(frozen=True)
class Charger:
    """A conforming charge point, or one that differs from it in an answer or a deed."""

    answers: Mapping[str, Payload | Reaction] = field(default_factory=dict)
    deeds: Mapping[str, Deed] = field(default_factory=dict)

    def judge(self) -> Result:
        """Run TC_010_CS against it."""
        right: dict[str, Payload | Reaction] = {
            "GetConfiguration": {"configurationKey": [SETTING]},
            "RemoteStartTransaction": remote_start,
            "RemoteStopTransaction": remote_stop,
        }
        moves = {"PlugIn": reports("Preparing"), "PlugOut": reports("Available")}
        sut = embedded("1.6", "CS", changes={"limits": TIMES})
        it = Miniature(sut, {**right, **self.answers}, {**moves, **self.deeds})
        return on_bench(it, lambda bench: bench.run(implemented()["TC_010_CS"]))


def starting(*deeds: Deed) -> Charger:
    """Return a charger that does this instead when it is started remotely."""

    async def react(it: Miniature, uid: str, _: Payload) -> None:
        it.frame(3, uid, ACCEPTED)
        await in_turn(*deeds)(it)

    return Charger({"RemoteStartTransaction": react})


def started(**changes: object) -> Deed:
    """Return the start of a transaction with other values; ... takes a field out."""

    async def post(it: Miniature) -> None:
        right = {"connectorId": 1, "idTag": "TAG001", "meterStart": 0, "timestamp": now()}
        fields = {k: v for k, v in {**right, **changes}.items() if v is not ...}
        it.post("StartTransaction", **fields)

    return post


async def crossed(it: Miniature, uid: str, _: Payload) -> None:
    """Start first, and answer when the tool has answered."""
    waiting = it.post(
        "StartTransaction", connectorId=1, idTag="TAG001", meterStart=0, timestamp=now()
    )

    async def then(it: Miniature) -> None:
        await waiting
        it.frame(3, uid, ACCEPTED)
        it.status("Charging")

    it.start(then)


async def answered_twice(it: Miniature, uid: str, _: Payload) -> None:
    """Answer, and once more."""
    it.frame(3, uid, ACCEPTED)
    it.frame(3, uid, ACCEPTED)
    await asyncio.sleep(0)
    await start(it)
