"""An operator that is told over HTTP: a lab rig, a simulator, or a CSMS."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import SplitResult, quote, urlencode, urlsplit

from conformance.operators.actions import (
    Action,
    AskCertificates,
    AskCompositeSchedule,
    AskConfiguration,
    AskDiagnostics,
    AskLocalListVersion,
    AskLog,
    AskVariable,
    CancelReservation,
    ChangeAvailability,
    ChangeConfiguration,
    ClearCache,
    ClearProfile,
    DeleteCertificate,
    InstallCertificate,
    ParkingBay,
    PlugIn,
    PlugOut,
    PresentToken,
    Reboot,
    RemoteStart,
    RemoteStop,
    Reserve,
    Reset,
    SendLocalList,
    SetProfile,
    TransferData,
    Trigger,
    Unlock,
    UnplugEv,
    UpdateFirmware,
    UpdateSignedFirmware,
)
from conformance.operators.base import CannotActError

CONNECT_TIMEOUT: Final = 10.0
TEXT_LIMIT: Final = 2000
NOT_FOUND: Final = 404
CONFLICT: Final = 409
NOT_IMPLEMENTED: Final = 501


@dataclass(frozen=True)
class Order:
    """One POST request: the path under the base, the query, and the JSON body if it has one."""

    path: str
    query: Mapping[str, str] | None = None
    body: Mapping[str, Any] | None = None


def _place(action: PlugIn | PlugOut | UnplugEv | PresentToken) -> dict[str, str]:
    return {"evse_id": str(action.evse), "connector_id": str(action.connector)}


_STATION: Final[Mapping[type[Action], Callable[[Any], Order]]] = {
    PlugIn: lambda a: Order("/plugin", {**_place(a), "halfway": "false"}),
    PlugOut: lambda a: Order("/plugout", _place(a)),
    UnplugEv: lambda a: Order("/unplugev", _place(a)),
    PresentToken: lambda a: Order("/authorize", {"id": a.token, "type": a.kind, **_place(a)}),
    Reboot: lambda _: Order("/reboot"),
    ParkingBay: lambda a: Order("/parkingbay", {"occupied": str(a.occupied).lower()}),
}

_CSMS: Final[Mapping[str, Mapping[type[Action], str]]] = {
    "1.6": {
        RemoteStart: "RemoteStartTransaction",
        RemoteStop: "RemoteStopTransaction",
        SetProfile: "SetChargingProfile",
        AskCompositeSchedule: "GetCompositeSchedule",
        UpdateFirmware: "UpdateFirmware",
        AskDiagnostics: "GetDiagnostics",
        Unlock: "UnlockConnector",
        Reset: "Reset",
        ChangeAvailability: "ChangeAvailability",
        AskConfiguration: "GetConfiguration",
        ChangeConfiguration: "ChangeConfiguration",
        ClearCache: "ClearCache",
        TransferData: "DataTransfer",
        Trigger: "TriggerMessage",
        AskLocalListVersion: "GetLocalListVersion",
        SendLocalList: "SendLocalList",
        Reserve: "ReserveNow",
        CancelReservation: "CancelReservation",
        ClearProfile: "ClearChargingProfile",
        AskLog: "GetLog",
        UpdateSignedFirmware: "SignedUpdateFirmware",
        AskCertificates: "GetInstalledCertificateIds",
        InstallCertificate: "InstallCertificate",
        DeleteCertificate: "DeleteCertificate",
    },
    "2.0.1": {
        RemoteStart: "RequestStartTransaction",
        RemoteStop: "RequestStopTransaction",
        SetProfile: "SetChargingProfile",
        AskCompositeSchedule: "GetCompositeSchedule",
        AskVariable: "GetVariables",
    },
}

Orders = Mapping[type[Action], Callable[[Any], Order]]


def station_orders() -> Orders:
    """Return how a station's rig is told each action: parameters in the query, no body."""
    return _STATION


def csms_orders(version: str, station: str) -> Orders:
    """Return how a CSMS is told each intent: POST {base}/{version}/{station}/{action}, JSON."""

    def order(name: str) -> Callable[[Any], Order]:
        path = f"/{version}/{quote(station, safe='')}/{name}"
        return lambda action: Order(path, body=asdict(action))

    return {kind: order(name) for kind, name in _CSMS[version].items()}


class HttpOperator:
    """Posts each action to a base URL and takes any 2xx for done.

    `timeout` is for one whole request, in seconds; `bearer` goes into an Authorization header
    and into no message.
    """

    name = "http"

    def __init__(
        self, base: str, orders: Orders, *, timeout: float = 300, bearer: bytes | None = None
    ) -> None:
        self._base, self._orders = base.rstrip("/"), orders
        self._timeout, self._bearer = timeout, bearer

    def supports(self, kind: type[Action]) -> bool:
        """Tell whether the contract has a path for this kind; the rig may still refuse it."""
        return kind in self._orders

    async def perform(self, action: Action) -> None:
        """Post one action; raises CannotActError unless the answer is a 2xx."""
        if type(action) not in self._orders:
            raise CannotActError(f"the http operator has no request for {type(action).__name__}")
        order = self._orders[type(action)](action)
        url = urlsplit(self._base + order.path)
        told = f"POST {url.scheme}://{url.netloc}{url.path}"
        try:
            async with asyncio.timeout(self._timeout):
                status, text = await _exchange(url, self._request(url, order))
        except TimeoutError as error:
            raise CannotActError(f"{told}: no answer within {self._timeout:g} s") from error
        except (OSError, EOFError, ValueError) as error:
            raise CannotActError(f"{told}: {_reason(error)}") from error
        if not 200 <= status < 300:  # noqa: PLR2004 - HTTP's successes
            raise CannotActError(f"{told}: {_refusal(status, text, url.path)}")

    async def close(self) -> None:
        """Give back nothing: each request has its own connection."""

    def _request(self, url: SplitResult, order: Order) -> bytes:
        body = json.dumps(order.body).encode() if order.body is not None else b""
        target = url.path + (f"?{urlencode(order.query)}" if order.query else "")
        lines = [
            f"POST {target} HTTP/1.1",
            f"Host: {url.netloc}",
            "User-Agent: ocpp-conformance",
            "Accept: */*",
            "Connection: close",
            f"Content-Length: {len(body)}",
        ]
        if order.body is not None:
            lines.append("Content-Type: application/json")
        head = "\r\n".join(lines).encode()
        if self._bearer is not None:
            head += b"\r\nAuthorization: Bearer " + self._bearer
        return head + b"\r\n\r\n" + body


async def _exchange(url: SplitResult, request: bytes) -> tuple[int, str]:
    """Send one request on a connection of its own; return status and the start of the text."""
    secure = url.scheme == "https"
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT):
            reader, writer = await asyncio.open_connection(
                url.hostname, url.port or (443 if secure else 80), ssl=secure or None
            )
    except TimeoutError as error:
        raise OSError(f"no connection within {CONNECT_TIMEOUT:g} s") from error
    try:
        writer.write(request)
        await writer.drain()
        status, headers = await _head(reader)
        return status, await _text(reader, headers) if status >= 300 else ""  # noqa: PLR2004
    finally:
        # Nothing more is wanted from the peer, and a cancellation must not wait for it.
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    while True:
        line = (await reader.readline()).decode("latin-1")
        if not line:
            raise EOFError("the connection was closed without an answer")
        version, _, rest = line.partition(" ")
        if not version.startswith("HTTP/1.") or not rest[:3].isdecimal():
            raise ValueError(f"the answer is not HTTP: {line[:60]!r}")
        headers: dict[str, str] = {}
        while (field := (await reader.readline()).decode("latin-1")).strip():
            name, _, value = field.partition(":")
            headers[name.strip().lower()] = value.strip()
        status = int(rest[:3])
        if status >= 200:  # noqa: PLR2004 - a 1xx is followed by the answer
            return status, headers


async def _text(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> str:
    """Return the start of a refusal's text, on one line."""
    length = headers.get("content-length", "")
    wanted = min(int(length), TEXT_LIMIT) if length.isdecimal() else TEXT_LIMIT
    body = b""
    while len(body) < wanted and (more := await reader.read(wanted - len(body))):
        body += more
    return " ".join(body.decode("utf-8", "replace").split())[:200]


def _reason(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "connection refused; is it running, and is operator.url right?"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed: {error.reason or error}"
    if isinstance(error, ConnectionError):
        return "the connection was cut before the answer"
    return str(error)


def _refusal(status: int, text: str, path: str) -> str:
    if status in (NOT_FOUND, NOT_IMPLEMENTED):
        told = f"answered {status}, so it cannot do {path}"
    elif status == CONFLICT:
        told = "answered 409: the station is not connected to it"
    elif 300 <= status < 400:  # noqa: PLR2004
        told = f"answered {status}, a redirection; put the right address into operator.url"
    else:
        told = f"answered {status}"
    return told + (f" ({text})" if text else "")
