"""The closed set of actions: each has its name, its sentence, its command line, and its verb."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import get_args

import pytest

from conformance.action_names import ActionName
from conformance.intents import Intents
from conformance.operators import actions
from conformance.operators.actions import Action, CsmsIntent
from conformance.operators.wording import arguments, sentence
from conformance.sut_sections import Token
from tests.operators import samples

TAG, TAG2 = Token(token="TAG1"), Token(token="TAG2")


def test_there_is_a_sample_of_every_action() -> None:
    assert {type(a) for a in samples.EVERY} == set(get_args(Action))


def test_sut_toml_knows_the_name_of_every_action() -> None:
    assert set(get_args(ActionName)) == {kind.__name__ for kind in get_args(Action)}


@pytest.mark.parametrize("action", samples.EVERY, ids=lambda a: type(a).__name__)
def test_a_sentence_has_every_value(action: Action) -> None:
    told = sentence(action)
    for name, value in asdict(action).items():
        if isinstance(value, str | int) and not isinstance(value, bool):
            assert str(value) in told, name
        if isinstance(value, tuple):
            assert all(v in told for v in value), name


@pytest.mark.parametrize(
    ("action", "told"),
    [
        (actions.AskConfiguration(), "Read all configuration keys."),
        (actions.ClearProfile(), "Clear all charging profiles, naming none."),
        (
            actions.ClearProfile(evse=1, stack_level=0),
            "Clear the charging profile with evse 1, stack_level 0, and name nothing else.",
        ),
        (
            actions.SendLocalList(update="Full", tokens=(), kind=""),
            "Send a Full local authorization list, empty.",
        ),
        (
            actions.SendLocalList(
                update="Differential", tokens=("A",), kind="Central", removed=("B", "C")
            ),
            "Send a Differential local authorization list with A without B, C (Central).",
        ),
        (
            actions.SendLocalList(update="Differential", tokens=(), kind="Central", removed=("B",)),
            "Send a Differential local authorization list without B (Central).",
        ),
        (
            actions.Reserve(evse=0, token="A", kind="Central", expires_in=9),
            "Reserve the station (connector 0) for the token A (Central), for 9 s from now.",
        ),
        (
            actions.ChangeAvailability(evse=0, operative=True),
            "Set the station operative.",
        ),
        (
            actions.Trigger(message="Heartbeat", extended=True),
            "Trigger Heartbeat by ExtendedTriggerMessage.",
        ),
        (actions.TransferData(vendor="v"), "Send a DataTransfer of vendor v."),
    ],
)
def test_what_is_left_out_is_said(action: Action, told: str) -> None:
    assert sentence(action) == told


def test_a_command_line_repeats_what_there_are_several_of() -> None:
    words = arguments(actions.AskConfiguration(keys=("A", "B")))
    assert words == ["ask-configuration", "--keys", "A", "--keys", "B"]
    assert arguments(actions.AskConfiguration()) == ["ask-configuration"]


class Noted(Intents):
    """Notes what a case asks for."""

    def __init__(self) -> None:
        self.begun: list[CsmsIntent] = []

    async def _begin(self, action: CsmsIntent) -> None:
        self.begun.append(action)


async def every_verb(desk: Intents) -> None:
    """Use every verb."""
    await desk.ask_for_remote_start(TAG, 1, samples.WISH)
    await desk.ask_for_remote_stop(42)
    await desk.ask_for_profile(0, samples.WISH, 42)
    await desk.ask_for_composite_schedule(1, 300, "W")
    await desk.ask_for_variable("OCPPCommCtrlr", "HeartbeatInterval")
    await desk.ask_for_firmware_update("ftp://x", "2026-03-01T12:00:00Z", retries=0)
    await desk.ask_for_diagnostics("http://x", retries=2)
    await desk.ask_for_unlock(1)
    await desk.ask_for_reset("Hard")
    await desk.ask_for_availability(1, operative=False)
    await desk.ask_for_configuration("A", "B")
    await desk.ask_for_change("A", "60")
    await desk.ask_for_clear_cache()
    await desk.ask_for_data_transfer("v", "m", "d")
    await desk.ask_for_trigger("MeterValues", 1)
    await desk.ask_for_local_list_version()
    await desk.ask_for_local_list("Differential", TAG, removed=(TAG2,))
    await desk.ask_for_reservation(1, TAG, 60, Token(token="G", kind="Central"))
    await desk.ask_for_cancellation(7)
    await desk.ask_for_clear_profile(3, evse=1, purpose="TxProfile", stack_level=0)
    await desk.ask_for_log("SecurityLog", "http://x")
    await desk.ask_for_signed_firmware_update("http://x", "2026-03-01T12:00:00Z", "c2ln", "PEM")
    await desk.ask_for_certificates("ManufacturerRootCertificate")
    await desk.ask_for_certificate_installation("ManufacturerRootCertificate", "PEM")
    await desk.ask_for_certificate_deletion("ManufacturerRootCertificate", "PEM")


def test_there_is_a_verb_for_every_intent() -> None:
    desk = Noted()
    asyncio.run(every_verb(desk))
    assert {type(a) for a in desk.begun} == set(get_args(CsmsIntent))
    assert len(desk.begun) == len(get_args(CsmsIntent))


def test_a_verb_hands_over_its_values() -> None:
    desk = Noted()
    asyncio.run(every_verb(desk))
    by_kind = {type(a): a for a in desk.begun}
    assert by_kind[actions.RemoteStop] == actions.RemoteStop(transaction="42")
    assert by_kind[actions.SetProfile] == actions.SetProfile(
        evse=0, profile=samples.WISH, transaction="42"
    )
    assert by_kind[actions.Unlock] == actions.Unlock(evse=1, connector=1)
    assert by_kind[actions.SendLocalList] == actions.SendLocalList(
        update="Differential", tokens=("TAG1",), kind="ISO14443", removed=("TAG2",)
    )
    assert by_kind[actions.Reserve] == actions.Reserve(
        evse=1, token="TAG1", kind="ISO14443", expires_in=60, group="G"
    )
    assert by_kind[actions.Trigger] == actions.Trigger(message="MeterValues", evse=1)
