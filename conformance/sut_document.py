"""A whole sut.toml, as its tables stand in it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from conformance.sut_files import Files
from conformance.sut_operators import AnyOperator, ConsoleSettings
from conformance.sut_sections import (
    Connection,
    Identity,
    Limits,
    Samples,
    Section,
    Texts,
    Topology,
    Waiver,
    key,
)
from conformance.sut_tls import Tls
from conformance.sut_values import Values


class Document(Section):
    """Every table of a sut.toml; what is left out has its default."""

    sut: Identity = key(..., "the table [sut] with name, version and role")
    connection: Connection = Connection()
    tls: Tls = Tls()
    topology: Topology = Topology()
    features: Texts = key((), "the ids of the optional features that the system has")
    values: Values = Values()
    files: Files = Files()
    limits: Limits = Limits()
    samples: Samples = Samples()
    operator: AnyOperator = ConsoleSettings()
    waivers: Annotated[tuple[Waiver, ...], Field(strict=False)] = ()
