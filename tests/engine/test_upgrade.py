"""A CSMS is asked for a subprotocol, and the connection that it gives is the one from then on."""

from __future__ import annotations

from collections.abc import Sequence

from conformance import Csms
from conformance.ocpp16.messages import Heartbeat
from conformance.plan import PlannedStep, numbers, plan
from conformance.record import Constraint
from conformance.tamper import Tamper
from conformance.wire.client import ConnectFailedError
from conformance.wire.connection import Connection
from tests.engine.stage import failed, passed, run, run_all
from tests.engine.test_played import beats, csms
from tests.miniatures.miniature import Miniature


async def last(csms: Csms) -> None:
    """The miniature chooses the last."""
    await csms.connect(1, "a", "b", chosen="b")
    await csms.call(3, Heartbeat.req())


async def first(csms: Csms) -> None:
    """It would have to choose the first."""
    await csms.connect(1, "a", "b", chosen="a")


class Refusing(Miniature):
    """Takes the first connection and no other."""

    async def dial(self, offered: Sequence[str] = ()) -> Connection:
        """Refuse what is offered."""
        if offered:
            raise ConnectFailedError("the CSMS chose no subprotocol", "ws://x")
        return await super().dial(offered)


def test_what_is_chosen_is_judged() -> None:
    it = csms()
    result = passed(run(it, last))
    assert it.connection is not None
    assert it.connection.handshake.chosen == "b"
    assert "2 the upgrade {'subprotocol': 'b'}" in result.record.inventory
    failed(run(csms(), first), 2, "the upgrade: subprotocol: expected 'a', got 'b'")


def test_a_wrong_choice_is_not_kept() -> None:
    it = csms()
    results = run_all(it, first, beats)
    passed(results[1])
    assert [f[2] for _, f in it.got].count("BootNotification") == 2
    assert it.connection is not None
    assert it.connection.handshake.chosen == "ocpp1.6"


def test_a_refused_upgrade_fails() -> None:
    healthy = csms()
    it = Refusing(healthy.sut, healthy.answers)
    why = "no connection: connection closed with code 1006 (ws://x: the CSMS chose no subprotocol)"
    failed(run(it, last), 2, why)


def test_a_lost_upgrade_is_a_proof() -> None:
    where = Constraint(place="2#1", step="2", kind="lost")
    tamper = Tamper(where)
    failed(run(csms(), last, tamper=tamper), 2, "no connection: ")
    assert tamper.used


def test_the_plan_of_an_upgrade() -> None:
    assert numbers(last) == {"1", "2", "3", "4"}
    assert plan(last)[:2] == (
        PlannedStep("1", "tool", "connects, offering 'a', 'b'"),
        PlannedStep("2", "sut", "chooses 'b'"),
    )


async def offline(csms: Csms) -> None:
    """The connection is lost, and comes back."""
    await csms.disconnect()
    assert csms.link.connection is None
    await csms.reconnect()
    await csms.call(1, Heartbeat.req())


def test_a_connection_that_the_tool_loses_is_no_fault() -> None:
    it = csms()
    passed(run(it, offline))
    assert [f[2] for _, f in it.got].count("BootNotification") == 1
