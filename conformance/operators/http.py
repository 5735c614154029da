"""An operator that is told over HTTP: a lab rig, a simulator, or a CSMS."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

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
    ExternalLimit,
    Fault,
    InstallCertificate,
    ListRefusal,
    ParkingBay,
    PlugIn,
    PlugOut,
    Power,
    PresentToken,
    Reboot,
    RemoteStart,
    RemoteStop,
    Reserve,
    Reset,
    SendLocalList,
    SetProfile,
    SetSecurityProfile,
    TransferData,
    Trigger,
    Unlock,
    UnlockFailure,
    UnplugEv,
    UpdateFirmware,
    UpdateSignedFirmware,
)
from conformance.operators.base import CannotActError
from conformance.operators.exchange import HttpRequest, exchange, refusal
from conformance.operators.fixtures import Fixture, StationFixture, name_of


@dataclass(frozen=True)
class Order:
    """One POST request: the path under the base, the query, and the JSON body if it has one."""

    path: str
    query: Mapping[str, str] | None = None
    body: Mapping[str, Any] | None = None


def _place(action: PlugIn | PlugOut | UnplugEv | PresentToken | Fault) -> dict[str, str]:
    return {"evse_id": str(action.evse), "connector_id": str(action.connector)}


def _told(value: bool) -> str:
    return str(value).lower()


def _fault(action: Fault) -> Order:
    whole = action.evse == action.connector == 0
    return Order("/state", {"faulted": _told(action.faulted), **({} if whole else _place(action))})


def _limit(action: ExternalLimit) -> Order:
    told = "none" if action.limit is None else f"{action.limit:g}"
    return Order("/state", {"charging_limit": told})


_STATION: Final[Mapping[type[Action], Callable[[Any], Order]]] = {
    PlugIn: lambda a: Order("/plugin", {**_place(a), "halfway": _told(a.halfway)}),
    PlugOut: lambda a: Order("/plugout", _place(a)),
    UnplugEv: lambda a: Order("/unplugev", _place(a)),
    PresentToken: lambda a: Order("/authorize", {"id": a.token, "type": a.kind, **_place(a)}),
    Reboot: lambda _: Order("/reboot"),
    Power: lambda a: Order("/power", {"on": _told(a.on)}),
    Fault: _fault,
    UnlockFailure: lambda a: Order("/state", {"unlock_failed": _told(a.failing)}),
    ListRefusal: lambda a: Order("/state", {"refused_local_auth_list": _told(a.refusing)}),
    ExternalLimit: _limit,
    ParkingBay: lambda a: Order("/parkingbay", {"occupied": _told(a.occupied)}),
    SetSecurityProfile: lambda a: Order("/security", {"profile": str(a.profile)}),
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

    async def perform(self, action: Action) -> str:
        """Post one action; raises CannotActError unless the answer is a 2xx."""
        if type(action) not in self._orders:
            raise CannotActError(f"the http operator has no request for {type(action).__name__}")
        return await self._post(self._orders[type(action)](action))

    def creates(self, kind: type[Fixture]) -> bool:  # noqa: ARG002 - it has all of them
        """Tell whether this is a CSMS: the contract has a path for each kind of fixture."""
        return PlugIn not in self._orders

    async def create(self, fixture: Fixture) -> str:
        """Post what a CSMS has to know; raises CannotActError unless the answer is a 2xx."""
        path = f"/fixtures/{name_of(type(fixture))}"
        hidden = {"password"} if isinstance(fixture, StationFixture) else set()
        return await self._post(Order(path, body=asdict(fixture)), hidden)

    async def _post(self, order: Order, hidden: AbstractSet[str] = frozenset()) -> str:
        """Post an order; return what was sent and answered, without what is secret."""
        request = self._request(order, hidden)
        answer = await exchange(request, self._timeout)
        if not 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP's successes
            raise refusal(request, answer)
        return f"{request.shown}: {answer}"

    async def close(self) -> None:
        """Give back nothing: each request has its own connection."""

    def _request(self, order: Order, hidden: AbstractSet[str]) -> HttpRequest:
        query = f"?{urlencode(order.query)}" if order.query else ""
        url, shown = self._base + order.path + query, f"POST {self._base}{order.path}{query}"
        headers, body = {}, None
        if order.body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(order.body).encode()
            plain = {n: "***" if n in hidden and v else v for n, v in order.body.items()}
            shown += f" {json.dumps(plain)}"
        if self._bearer is not None:
            headers["Authorization"] = f"Bearer {self._bearer.decode('latin-1')}"
        return HttpRequest(method="POST", url=url, shown=shown, headers=headers, body=body)
