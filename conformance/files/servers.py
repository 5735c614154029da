"""Opens the file servers that a system under test can reach."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

from conformance.files.addresses import public
from conformance.files.service import Account, FileServer, FileService
from conformance.files.shelf import Shelf
from conformance.reference.transfer import NetworkCarrier
from conformance.sut import Sut


async def open_server(protocol: str, sut: Sut, shelf: Shelf, account: Account | None) -> FileServer:
    """Open the server for "FTP" or "HTTP", as sut.toml wants it; OSError where that cannot be."""
    settings = sut.files
    host = settings.listen or sut.connection.host
    # Each is loaded when it is needed: most runs need neither.
    if protocol == "HTTP":
        from conformance.files.http import HttpServer  # noqa: PLC0415

        http = HttpServer(shelf, account, public=public(sut))
        await http.open(host, settings.http_port)
        return http
    from conformance.files.ftp import FtpServer  # noqa: PLC0415

    ports = settings.passive_ports
    return FtpServer(
        shelf,
        account,
        host=host,
        port=settings.ftp_port,
        passive=range(ports[0], ports[1] + 1) if ports else None,
        advertised=await _address(settings.host) if settings.host else None,
    )


def file_service(sut: Sut, folder: Path | None) -> FileService:
    """Return the file service for a system that is reached over a network."""
    return FileService(sut, folder, open_server, NetworkCarrier())


async def _address(host: str) -> str:
    """Return the IPv4 address that FTP's PASV tells: it has no room for a name."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, None, family=socket.AF_INET, type=socket.SOCK_STREAM)
    return str(found[0][4][0])
