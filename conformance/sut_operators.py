"""The table [operator] of sut.toml: who acts on the system, one class for each kind."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field

from conformance.action_names import ActionName
from conformance.sut_sections import FORMS, SecretField, Section, Texts, key


class OperatorSettings(Section):
    """[operator]: who acts on the system, and what cannot be done there."""

    cannot: Annotated[tuple[ActionName, ...], Field(strict=False)] = key(
        (), "actions that nobody can carry out here; their cases become INCONCLUSIVE at once"
    )


class ConsoleSettings(OperatorSettings):
    """A person at the terminal."""

    kind: Literal["console"] = "console"


class HttpSettings(OperatorSettings):
    """A lab rig, a simulator or a CSMS with an HTTP interface."""

    kind: Literal["http"] = "http"
    url: str = key(
        ..., "where it listens; for a station without a path, /api/v1 is added", min_length=1
    )
    bearer: SecretField | None = key(
        None, f"sent as Authorization: Bearer ...; {FORMS}", repr=False
    )

    @property
    def base(self) -> str:
        """The URL without a slash at its end."""
        return self.url.rstrip("/")

    @property
    def has_path(self) -> bool:
        """Whether the URL names a path of its own."""
        return urlsplit(self.url).path not in ("", "/")


def _words(value: object) -> object:
    return [value] if isinstance(value, str) else value


class HttpTemplateSettings(OperatorSettings):
    """A CSMS whose own HTTP interface a template describes."""

    kind: Literal["http-template"] = "http-template"
    template: str = key(
        ..., "the file with the requests for each intent, beside sut.toml", min_length=1
    )
    url: str = key(
        ..., "what stands before the addresses that begin with / in the template", min_length=1
    )
    secrets: dict[str, SecretField] = key(
        {},
        f"what the template calls {{secret.name}}: {{name = {{env = ...}}}}; {FORMS}",
        repr=False,
    )
    options: dict[str, str | int | float | bool] = key(
        {}, "what the template calls {option.name}, instead of the values in it"
    )


class CommandSettings(OperatorSettings):
    """A program that is run once for each action."""

    kind: Literal["command"] = "command"
    program: Annotated[
        tuple[str, ...], BeforeValidator(_words), Field(strict=False, min_length=1)
    ] = key(..., 'the program, or the program and its first arguments: ["./rig.py", "--port", "3"]')


class PythonSettings(OperatorSettings):
    """A class of the user's."""

    kind: Literal["python"] = "python"
    class_: str = key(
        ...,
        'where the class is: "package.module:Class"',
        alias="class",
        pattern=r"^[\w.]+:[\w.]+$",
    )
    options: dict[str, Any] = key({}, "handed to the class as keyword arguments")


class EmbeddedSettings(OperatorSettings):
    """The reference system that comes with the tool, started for the run."""

    kind: Literal["embedded"] = "embedded"
    options: dict[str, str | int | float | bool] = key({}, "how the reference system behaves")
    faults: Texts = key((), "what it deliberately does wrong")
    keys: Literal["rsa", "ecdsa"] = key("ecdsa", "the kind of its certificates, where it has some")


AnyOperator: TypeAlias = Annotated[
    ConsoleSettings
    | HttpSettings
    | HttpTemplateSettings
    | CommandSettings
    | PythonSettings
    | EmbeddedSettings,
    Field(discriminator="kind"),
]
