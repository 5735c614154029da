"""What the tool, as a charge point, shows of itself: who lets it in, who refuses, what is left."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from conformance import Csms, Keyring
from conformance.access import Access
from conformance.ocpp16.messages import Heartbeat
from conformance.record import Constraint
from conformance.sut import Sut, embedded
from conformance.tamper import Tamper
from conformance.verdict import Verdict
from conformance.wire.client import ConnectFailedError
from conformance.wire.connection import Connection
from conformance.wire.tls import TOOL_REFUSED, TlsSeen
from tests.engine.stage import TIMES, failed, inconclusive, passed, run, run_all
from tests.engine.test_played import beats, csms
from tests.miniatures.miniature import Miniature

PASSWORD = "0123456789abcdef0123"
UNAUTHORIZED = ConnectFailedError("HTTP status 401", "ws://x", status=401)
BY_THE_TOOL = ConnectFailedError(
    "TLS failed", "ws://x", tls=TlsSeen(failure=f"{TOOL_REFUSED}: expired")
)
BY_ALERT = ConnectFailedError(
    "TLS failed", "ws://x", tls=TlsSeen(alerts=[("sut", "CERTIFICATE_EXPIRED")])
)
NOBODY = ConnectFailedError("the connection was refused", "ws://x")


def secured() -> Sut:
    """Return the declaration of a central system over security profile 1."""
    changes = {"limits": TIMES, "connection": {"security_profile": 1, "password": PASSWORD}}
    return embedded("1.6", "CSMS", changes=changes)


class Refusing(Miniature):
    """Takes connections, but for those to which one of `refusals` in its turn is the answer."""

    refusals: list[ConnectFailedError | None]

    async def dial(self, offered: Sequence[str] = ()) -> Connection:
        """Refuse, or do not."""
        refusal = self.refusals.pop(0) if self.refusals else None
        if refusal is not None:
            raise refusal
        return await super().dial(offered)


def refusing(*refusals: ConnectFailedError | None, sut: Sut | None = None) -> Refusing:
    """Return a central system that refuses after the connection at the start."""
    healthy = csms()
    it = Refusing(sut or healthy.sut, healthy.answers)
    it.refusals = [None, *refusals]
    return it


async def anew(csms: Csms) -> None:
    """The tool connects again."""
    await csms.expect_admission(1, {"identity": "CP01"})
    await csms.call(3, Heartbeat.req())


async def turned_away(csms: Csms) -> None:
    """The tool is refused with what it shows now."""
    await csms.expect_refusal("post", "a wrong password")
    await csms.call(3, Heartbeat.req())


def test_who_is_let_in_goes_on() -> None:
    result = passed(run(csms(), anew))
    assert "1 a connection {'identity': 'CP01'}" in result.record.inventory


def test_what_a_connection_is_like_is_judged() -> None:
    async def other(csms: Csms) -> None:
        await csms.expect_admission(1, {"identity": "CP02"})

    failed(run(csms(), other), 1, "the connection: identity: expected 'CP02', got 'CP01'")


def test_a_central_system_may_take_a_while_to_learn_of_new_credentials() -> None:
    it = refusing(UNAUTHORIZED, UNAUTHORIZED)
    passed(run(it, anew))
    assert it.refusals == []


def test_who_is_refused_for_good_fails() -> None:
    result = run(refusing(*[UNAUTHORIZED] * 9), anew)
    why = "no connection: connection closed with code 1006 (ws://x: HTTP status 401)"
    failed(result, 1, why)
    assert result.duration < 2 * TIMES["message_timeout"]


def test_a_connection_that_nobody_answers_is_not_tried_again() -> None:
    it = refusing(NOBODY, None)
    assert run(it, anew).verdict is Verdict.FAIL
    assert it.refusals == [None]


def test_what_the_tool_refuses_is_an_error() -> None:
    for scenario in (anew, turned_away):
        result = run(refusing(BY_THE_TOOL), scenario)
        assert result.verdict is Verdict.ERROR
        assert "the tool refused, and not the CSMS" in result.reason


@pytest.mark.parametrize("refusal", [UNAUTHORIZED, BY_ALERT])
def test_a_refusal_is_that_of_the_central_system(refusal: ConnectFailedError) -> None:
    passed(run(refusing(refusal), turned_away))


def test_a_central_system_that_is_not_there_has_refused_nothing() -> None:
    why = "step post: with a wrong password: ws://x: the connection was refused"
    inconclusive(run(refusing(NOBODY), turned_away), why)


def test_who_lets_anybody_in_fails() -> None:
    why = "the CSMS lets the charge point in with a wrong password"
    failed(run(csms(), turned_away), "post", why)


@pytest.mark.parametrize(("step", "kind"), [("1", "lost"), ("post", "none")])
def test_both_are_proven(step: str, kind: str) -> None:
    tamper = Tamper(Constraint(place=f"{step}#1", step=step, kind=kind))
    it, played = (csms(), anew) if kind == "lost" else (refusing(UNAUTHORIZED), turned_away)
    assert run(it, played, tamper=tamper).verdict is Verdict.FAIL
    assert tamper.used


# What is left


async def changes_its_password(csms: Csms, keyring: Keyring) -> None:
    """The charge point was given another password."""
    csms._bench.transport.access.take_password(keyring.new_password())


def test_a_password_that_is_not_taken_back_stays_for_the_run() -> None:
    it = refusing(sut=secured())
    first, second = run_all(it, changes_its_password, beats)
    told = [r.text for r in passed(first).record.transcript.remarks]
    assert told == [
        "the CSMS was left with the password that it has set: the rest of the run uses it"
    ]
    assert it.access.password != PASSWORD.encode()
    passed(second)


async def raises_its_profile(csms: Csms, keyring: Keyring) -> None:
    """The charge point was given another security profile."""
    del csms
    assert keyring.profile == 1
    keyring.raise_profile(keyring.next_profile())


def test_a_profile_that_nobody_can_set_back_is_told() -> None:
    it = refusing(sut=secured())
    (told,) = passed(run(it, raises_its_profile)).record.transcript.remarks
    assert told.text.startswith("the CSMS was left with security profile 2 for CP01")
    assert it.access.profile == 2


def test_a_profile_that_needs_a_certificate_needs_it_before_anything_is_sent() -> None:
    async def twice(csms: Csms, keyring: Keyring) -> None:
        await raises_its_profile(csms, keyring)
        keyring.next_profile()

    result = run(refusing(sut=secured()), twice)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "security profile 3 needs tls.certificate" in result.reason


def test_what_no_longer_lets_the_tool_in_is_forgotten() -> None:
    async def gone(csms: Csms, keyring: Keyring) -> None:
        await changes_its_password(csms, keyring)
        await csms.disconnect()

    it = refusing(UNAUTHORIZED, sut=secured())
    first, second = run_all(it, gone, beats)
    passed(first)
    assert it.access.password == PASSWORD.encode()
    passed(second)


# Access


def test_hexadecimal_digits_are_bytes_and_anything_else_is_a_text() -> None:
    access = Access.of(secured())
    access.take_password("00ff" * 10)
    assert access.password == b"\x00\xff" * 10
    access.take_password("a secret of letters")
    assert access.basic == b"a secret of letters"
    assert {"00ff" * 10, "a secret of letters"} <= access.secrets
    access.profile = 3
    assert access.basic is None


@pytest.mark.parametrize(
    ("profile", "url", "higher", "at"),
    [
        (1, "ws://h:1/p", "", "ws://h:1/p"),
        (2, "ws://h:1/p", "", "wss://h:1/p"),
        (2, "ws://h:1/p", "wss://g:2/q", "wss://g:2/q"),
        (2, "wss://h:1/p", "wss://g:2/q", "wss://h:1/p"),
        (1, "wss://h:1/p", "", "ws://h:1/p"),
    ],
)
def test_where_a_central_system_is_depends_on_the_profile(
    profile: int, url: str, higher: str, at: str
) -> None:
    access = Access.of(secured())
    access.profile = profile
    assert access.at(url, higher) == at
