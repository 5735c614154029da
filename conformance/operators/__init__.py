"""The operators: whoever carries out what a case cannot do over OCPP itself."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from conformance.operators.actions import Action
from conformance.operators.base import CannotActError, Operator
from conformance.operators.command import CommandOperator
from conformance.operators.console import ConsoleOperator, Streams
from conformance.operators.embedded import EmbeddedSystem
from conformance.operators.fixtures import Creator
from conformance.operators.http import HttpOperator, csms_orders, station_orders
from conformance.operators.python import PythonOperator
from conformance.operators.template import TemplateOperator
from conformance.operators.template_file import Template, read
from conformance.operators.wording import sentence
from conformance.sut import Sut
from conformance.sut_operators import (
    CommandSettings,
    ConsoleSettings,
    HttpSettings,
    HttpTemplateSettings,
    PythonSettings,
)

__all__ = ["CannotActError", "EmbeddedSystem", "Operator", "Streams", "Without"]
__all__ += ["build", "creator", "read_template"]


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


def creator(sut: Sut) -> Creator | None:
    """Return the operator if it can create what a CSMS has to know before a run."""
    if sut.operator.kind == "embedded":
        return None  # it lives for a run only
    operator = _chosen(sut, Streams(None, None))
    return operator if isinstance(operator, Creator) else None


def _chosen(sut: Sut, streams: Streams) -> Operator:
    settings, folder = sut.operator, Path(sut.file).resolve().parent
    match settings:
        case HttpSettings():
            return _http(sut, settings)
        case HttpTemplateSettings():
            return _templated(sut, settings)
        case CommandSettings():
            context = ("--version", sut.version, "--station", sut.station)
            return CommandOperator(settings.program, folder, context)
        case PythonSettings():
            return PythonOperator(settings.class_, folder, settings.options, sut.station)
        case ConsoleSettings():
            station = sut.station if sut.role == "CSMS" else ""
            return ConsoleOperator(streams, station, sut.limits.operator_timeout)
    raise ValueError(f"no operator of kind {settings.kind}")


def read_template(sut: Sut, settings: HttpTemplateSettings) -> Template:
    """Read the template beside sut.toml; SutFileError tells everything that is wrong with it."""
    folder = Path(sut.file).parent
    return read(
        folder / settings.template,
        version=sut.version,
        secrets=tuple(settings.secrets),
        options=settings.options,
    )


def _templated(sut: Sut, settings: HttpTemplateSettings) -> TemplateOperator:
    return TemplateOperator(
        read_template(sut, settings),
        base=settings.url,
        station=sut.station,
        version=sut.version,
        secrets={n: s.reveal().decode("latin-1") for n, s in settings.secrets.items()},
        limit=sut.limits.operator_timeout,
    )


def _http(sut: Sut, settings: HttpSettings) -> HttpOperator:
    station = sut.role == "CS"
    base = settings.base if settings.has_path or not station else f"{settings.base}/api/v1"
    orders = station_orders() if station else csms_orders(sut.version, sut.station)
    bearer = settings.bearer.reveal() if settings.bearer else None
    return HttpOperator(base, orders, timeout=sut.limits.operator_timeout, bearer=bearer)
