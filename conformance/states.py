"""Reusable states: pieces of scenario that many cases share."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.peer import Peer

Scenario = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class State:
    """A reusable, memory or configuration state by its name in the specification."""

    name: str
    scenario: Scenario = field(compare=False)
    needs: tuple[State, ...] = ()

    async def run(self, peer: Peer) -> None:
        """Play the scenario against the SUT."""
        await self.scenario(**given(self.scenario, peer))


def state(name: str, *, needs: tuple[State, ...] = ()) -> Callable[[Scenario], State]:
    """Turn a scenario into the reusable state `name`."""
    return lambda scenario: State(name, scenario, needs)


def given(scenario: Callable[..., Any], peer: Peer) -> dict[str, Any]:
    """Return what a scenario asks for by the names of its parameters."""
    offered = {
        "station": peer,
        "csms": peer,
        "operator": peer.operator,
        "files": peer.files,
        "security": peer.security,
        "frames": peer.frames,
        "websocket": peer.websocket,
        "keyring": peer.keyring,
        "sut": peer.sut,
    }
    return {name: offered[name] for name in inspect.signature(scenario).parameters}
