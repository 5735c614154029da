"""What the OCPP 1.6 charge point still knows when it has been without power."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from ocpp.v16.enums import FirmwareStatus
from pydantic import TypeAdapter, ValidationError

from conformance.reference.authorization_16 import Contents
from conformance.reference.connector_16 import Connector, Token, Transaction
from conformance.reference.equipment_16 import Equipment
from conformance.reference.files_16 import Files, Order
from conformance.reference.outbox_16 import Letter
from conformance.reference.schedules import Profile
from conformance.reference.vault_16 import KeptVault, Vault


@dataclass(frozen=True, kw_only=True)
class KeptTransaction:
    """A transaction that runs, or whose messages are not all delivered."""

    token: Token
    started: datetime
    meter_start: int
    ident: int | None
    samples: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class KeptReservation:
    """A reservation that has not run out."""

    ident: int
    token: Token
    expires: datetime


@dataclass(frozen=True, kw_only=True)
class KeptConnector:
    """A connector: `transaction` is the name of the running one."""

    operative: bool
    scheduled: bool | None
    energy: float
    suspended_by: str
    ev_gone: bool
    finishing: bool
    holder: Token | None
    transaction: str
    reservation: KeptReservation | None


@dataclass(frozen=True, kw_only=True)
class KeptLetter:
    """A message that has still to be delivered: `transaction` is the name of its one."""

    action: str
    fields: dict[str, Any]
    transaction: str


@dataclass(frozen=True, kw_only=True)
class State:
    """All that outlives a loss of power; `down` is why the station was switched off, if it knew."""

    down: str
    clock: float
    configuration: dict[str, tuple[str, str | None]]
    tokens: Contents
    profiles: list[Profile]
    connectors: dict[int, KeptConnector]
    transactions: dict[str, KeptTransaction]
    letters: list[KeptLetter]
    firmware: str
    untold: FirmwareStatus | None
    order: int | None = None
    diary: list[tuple[datetime, str]] = field(default_factory=list)
    vault: KeptVault | None = None


@cache
def _adapter() -> TypeAdapter[State]:
    return TypeAdapter(State)


class Memory(Protocol):
    """Where a state is kept; `eager` says that it has to be saved with every change."""

    eager: bool

    def load(self) -> State | None:
        """Return the state that was saved last, or None."""

    def save(self, state: State) -> None:
        """Save a state in the place of the one before."""


class ProcessMemory:
    """A memory for as long as the process lives."""

    eager = False

    def __init__(self) -> None:
        self._saved = b""

    def load(self) -> State | None:
        """Return the state that was saved last, or None."""
        return _adapter().validate_json(self._saved) if self._saved else None

    def save(self, state: State) -> None:
        """Save a state in the place of the one before."""
        self._saved = _adapter().dump_json(state)


class FolderMemory:
    """A memory on disk, for the next process, too."""

    eager = True

    def __init__(self, folder: Path) -> None:
        self._file = folder / "state.json"
        folder.mkdir(parents=True, exist_ok=True)

    def load(self) -> State | None:
        """Return the state that was saved last, or None; raise ValueError for a damaged file."""
        if not self._file.exists():
            return None
        try:
            return _adapter().validate_json(self._file.read_bytes())
        except ValidationError as error:
            raise ValueError(f"{self._file} holds no state: {error}") from error

    def save(self, state: State) -> None:
        """Save a state in the place of the one before, whole or not at all."""
        written = self._file.with_suffix(".new")
        written.unlink(missing_ok=True)
        written.touch(0o600)  # there are keys in it
        written.write_bytes(_adapter().dump_json(state))
        os.replace(written, self._file)  # noqa: PTH105 - the one that is atomic everywhere


def state_of(all_: Equipment, files: Files, vault: Vault, down: str) -> State:
    """Return what is to be kept of a station that goes down for the reason `down`."""
    running = [c.transaction for c in all_.connectors.values() if c.transaction]
    letters = all_.outbox.letters
    transactions = [*running, *(letter.transaction for letter in letters if letter.transaction)]
    return State(
        down=down,
        clock=all_.clock.offset,
        configuration=all_.configuration.values(),
        tokens=all_.authorization.contents,
        profiles=list(all_.profiles.installed),
        connectors={number: _connector(all_, c) for number, c in all_.connectors.items()},
        transactions={t.key: _transaction(t) for t in transactions},
        letters=[
            KeptLetter(
                action=letter.action,
                fields=dict(letter.fields),
                transaction=letter.transaction.key if letter.transaction else "",
            )
            for letter in letters
        ],
        firmware=files.firmware.version,
        untold=files.firmware.untold,
        order=files.firmware.order.request if files.firmware.order else None,
        diary=list(files.diary.lines),
        vault=vault.kept(),
    )


def _transaction(transaction: Transaction) -> KeptTransaction:
    return KeptTransaction(
        token=transaction.token,
        started=transaction.started,
        meter_start=transaction.meter_start,
        ident=transaction.ident,
        samples=transaction.samples,
    )


def _connector(all_: Equipment, connector: Connector) -> KeptConnector:
    reserved = connector.reservation
    return KeptConnector(
        operative=connector.operative,
        scheduled=connector.scheduled,
        energy=connector.energy,
        suspended_by=connector.suspended_by,
        ev_gone=connector.ev_gone,
        finishing=connector.finishing,
        holder=connector.holder,
        transaction=connector.transaction.key if connector.transaction else "",
        reservation=KeptReservation(
            ident=reserved.ident, token=reserved.token, expires=all_.when(reserved.timer)
        )
        if reserved
        else None,
    )


def restore(state: State, all_: Equipment, files: Files, vault: Vault) -> None:
    """Give back to a station what was kept; its reservations are for `Reservations` to renew."""
    if vault.new and state.vault is not None:  # else it is of this process, and there
        vault.restore(state.vault)
    all_.clock.offset = state.clock
    all_.configuration.restore(state.configuration)
    all_.configuration.rebooted()
    all_.authorization.restore(state.tokens)
    all_.profiles.restore(state.profiles)
    transactions = {
        key: Transaction(t.token, t.started, t.meter_start, t.ident, t.samples, key)
        for key, t in state.transactions.items()
    }
    for number, kept in state.connectors.items():
        if number in all_.connectors:
            _restore(all_.connectors[number], kept, transactions.get(kept.transaction))
    for letter in state.letters:
        all_.outbox.keep(Letter(letter.action, letter.fields, transactions.get(letter.transaction)))
    files.firmware.version, files.firmware.untold = state.firmware, state.untold
    files.firmware.order = Order(state.order) if state.order is not None else None
    files.diary.lines.extend(state.diary)


def _restore(connector: Connector, kept: KeptConnector, transaction: Transaction | None) -> None:
    connector.energy = kept.energy
    connector.operative, connector.scheduled = kept.operative, kept.scheduled
    connector.suspended_by, connector.ev_gone = kept.suspended_by, kept.ev_gone
    connector.finishing, connector.holder = kept.finishing and connector.plugged, kept.holder
    connector.transaction = transaction
