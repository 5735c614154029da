"""The operators: whoever carries out what a case cannot do over OCPP itself."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from conformance.operators.actions import Action
from conformance.operators.base import CannotActError, Operator
from conformance.operators.command import CommandOperator
from conformance.operators.console import ConsoleOperator, Streams
from conformance.operators.embedded import EmbeddedSystem
from conformance.operators.http import HttpOperator, csms_orders, station_orders
from conformance.operators.python import PythonOperator
from conformance.operators.wording import sentence
from conformance.sut import Sut
from conformance.sut_sections import (
    CommandSettings,
    ConsoleSettings,
    HttpSettings,
    PythonSettings,
)

__all__ = ["CannotActError", "EmbeddedSystem", "Operator", "Streams", "Without", "build"]


class Without:
    """An operator that leaves out what a user has declared to be impossible."""

    def __init__(self, operator: Operator, cannot: Collection[str]) -> None:
        self._operator, self._cannot = operator, frozenset(cannot)
        self.name = operator.name

    def supports(self, kind: type[Action]) -> bool:
        """Tell whether actions of this kind are possible here."""
        return kind.__name__ not in self._cannot and self._operator.supports(kind)

    async def perform(self, action: Action) -> str | None:
        """Carry out one action, unless it is one that cannot be done here."""
        if type(action).__name__ in self._cannot:
            told = f"operator.cannot in sut.toml names {type(action).__name__}"
            raise CannotActError(f"{told}: {sentence(action)}")
        return await self._operator.perform(action)

    async def close(self) -> None:
        """Close the operator behind."""
        await self._operator.close()


def build(sut: Sut, streams: Streams, url: str | None = None) -> Operator:
    """Return the operator that a declaration names.

    `url` is the address at which a station finds the tool, for the embedded reference station;
    an EmbeddedSystem has to be started by `await operator.start()`.
    """
    if sut.operator.kind == "embedded":
        return EmbeddedSystem(sut, url)
    operator = _chosen(sut, streams)
    return Without(operator, sut.operator.cannot) if sut.operator.cannot else operator


def _chosen(sut: Sut, streams: Streams) -> Operator:
    settings, folder = sut.operator, Path(sut.file).resolve().parent
    match settings:
        case HttpSettings():
            return _http(sut, settings)
        case CommandSettings():
            context = ("--version", sut.version, "--station", sut.station)
            return CommandOperator(settings.program, folder, context)
        case PythonSettings():
            return PythonOperator(settings.class_, folder, settings.options, sut.station)
        case ConsoleSettings():
            return ConsoleOperator(streams, sut.station if sut.role == "CSMS" else "")
    raise ValueError(f"no operator of kind {settings.kind}")


def _http(sut: Sut, settings: HttpSettings) -> HttpOperator:
    station = sut.role == "CS"
    base = settings.base if settings.has_path or not station else f"{settings.base}/api/v1"
    orders = station_orders() if station else csms_orders(sut.version, sut.station)
    bearer = settings.bearer.reveal() if settings.bearer else None
    return HttpOperator(base, orders, timeout=sut.limits.operator_timeout, bearer=bearer)
