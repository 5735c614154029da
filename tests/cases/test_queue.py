"""Stations that lose or mix up what arose while they were offline are found."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest

from conformance.prove import judge
from conformance.reference.outbox_201 import Outbox
from conformance.sut import embedded
from conformance.verdict import Verdict
from tests.cases.freedom import implemented_cases

CASES = {case.id: case for case in implemented_cases()}


def upside_down(letters: list[Any]) -> list[Any]:
    """Return the last one first."""
    return letters[::-1]


def without_the_last(letters: list[Any]) -> list[Any]:
    """Lose the last one."""
    return letters[:-1]


def told_as_online(letters: list[Any]) -> list[Any]:
    """Forget that they arose offline."""
    for letter in letters:
        letter.request.offline = None
    return letters


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (upside_down, "TransactionEvent"),
        (without_the_last, "no TransactionEvent(seqNo="),
        (told_as_online, "offline: expected True"),
    ],
)
def test_a_queue_that_is_spoiled(monkeypatch: pytest.MonkeyPatch, spoil: Any, why: str) -> None:  # noqa: ANN401
    pump = Outbox.pump

    async def spoiled(self: Any, link: Any) -> None:  # noqa: ANN401
        kept = [item for item in self._letters if "TransactionEvent" in type(item.request).__name__]
        rest = [item for item in self._letters if item not in kept]
        self._letters = deque([*rest, *spoil(kept)])
        await pump(self, link)

    monkeypatch.setattr(Outbox, "pump", spoiled)
    result = judge(embedded("2.0.1", "CS"), CASES["OCPPJ_95_CS"])
    assert result.verdict is Verdict.FAIL
    assert result.step in {"3", "5"}
    assert why in result.reason
