"""The table [files] of sut.toml: what is fetched from the tool and uploaded to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field, InstanceOf, ValidationInfo
from pydantic.functional_serializers import PlainSerializer

from conformance.sut_sections import Origin, Section, key

TransferProtocol: TypeAlias = Literal["FTP", "HTTP"]
Port: TypeAlias = Annotated[int, Field(ge=0, le=65535)]


def _file(value: object, info: ValidationInfo) -> object:
    if isinstance(value, Path):
        return value
    if not isinstance(value, str):
        raise ValueError("expected the path of a file")  # noqa: TRY004 - pydantic collects these
    folder = info.context.folder if isinstance(info.context, Origin) else Path()
    path: Path = (folder / value).absolute()
    if not path.is_file():
        raise ValueError(f"expected a file, found none at {path}")
    return path


FileField: TypeAlias = Annotated[
    InstanceOf[Path],
    BeforeValidator(_file),
    # Where a file lies says nothing about the system.
    PlainSerializer(lambda path: path.name, return_type=str, when_used="json"),
]


class Files(Section):
    """[files]: the tool serves firmware and takes uploads itself, while a case needs it."""

    host: str = key(
        "",
        "the address at which the system finds the tool (default: the one it has connected to, "
        "or the one the tool has called from)",
    )
    listen: str = key("", "the address the tool listens on (default: connection.host)")
    protocols: Annotated[tuple[TransferProtocol, ...], Field(strict=False, min_length=1)] | None = (
        key(
            None,
            'what the system can, the best first: "FTP", "HTTP" (default: what a station says in '
            "SupportedFileTransferProtocols, FTP before HTTP)",
        )
    )
    ftp_port: Port = key(0, "the port of the FTP server; 0 lets the system choose one")
    http_port: Port = key(0, "the port of the HTTP server; 0 lets the system choose one")
    passive_ports: (
        Annotated[
            tuple[Annotated[int, Field(ge=1, le=65535)], Annotated[int, Field(ge=1, le=65535)]],
            Field(strict=False),
        ]
        | None
    ) = key(None, "first and last port of FTP's data connections, for a firewall")
    credentials: bool = key(
        True, "put a user and a password, new in each run, into the addresses that the tool gives"
    )
    size_limit: Annotated[int, Field(ge=1)] = key(
        100_000_000, "how much a case takes at most, in bytes, all uploads together"
    )
    firmware: FileField | None = key(
        None, "the firmware image that cases install, a file beside sut.toml", role="CS"
    )
    firmware_version: str = key("", "the firmwareVersion that the station then reports", role="CS")
    corrupt_firmware: FileField | None = key(
        None,
        "an image that the station must refuse to install (default: firmware, spoiled)",
        role="CS",
    )
