"""Deliberate faults: a reference system that is wrong in one way, to see that the tool finds it.

The shared faults spoil what goes over the wire, whatever the version and role; the others are
built into the systems, or are rewrites of single messages (`charge_point_16`, ...).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import uuid4

from conformance.reference import answer_faults, reading_faults
from conformance.reference.answer_faults import ANSWERS, hearing
from conformance.reference.connection_faults import CSMS, STATION
from conformance.reference.hearing_faults import HEARING, hearing_badly
from conformance.reference.payloads import cut
from conformance.reference.reading_faults import READINGS, reading
from conformance.reference.socket_faults import SOCKET
from conformance.reference.wire import Wire
from conformance.reference.wire_faults import WIRE, wired

_CALL, _RESULT, _ERROR = 2, 3, 4
_BOTH = ("station", "csms")
_TIMES = frozenset({"currentTime", "timestamp"})

Rewrite: TypeAlias = Callable[[str, dict[str, Any]], None]  # (action, payload to be spoiled)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One way of being wrong; `argument` says what follows the "=", if anything does."""

    text: str
    roles: tuple[str, ...] = _BOTH
    versions: tuple[str, ...] = ("1.6", "2.0.1")
    argument: str = ""
    unseen: tuple[tuple[str, str], ...] = ()  # versions and roles in which nothing shows it

    @property
    def systems(self) -> set[tuple[str, str]]:
        """The versions and roles that can have it."""
        return {(v, r) for v in self.versions for r in self.roles} - set(self.unseen)


SHARED: Mapping[str, Fault] = {
    "answers-twice": Fault(text="every CALLRESULT is sent twice"),
    "text-after-answer": Fault(text="text that is no JSON follows each answer"),
    "escapes-nothing": Fault(text="quotes and backslashes in an answer are not escaped"),
    "unknown-result": Fault(text="a CALLRESULT with an unknown id follows each answer"),
    "clock-1970": Fault(text="currentTime and timestamp are in 1970"),
    "local-time": Fault(text="currentTime and timestamp are local times, marked as UTC"),
    "wrong-type": Fault(text="a field has the wrong type in each message", argument="action"),
    "late-answer": Fault(text="answers come late", argument="seconds"),
    "silent": Fault(text="one action is never answered", argument="action"),
    "cuts-texts": Fault(
        text="texts that are too long for one action are cut off, not refused", argument="action"
    ),
    "takes-any-version": Fault(
        text="a connection over a version that was not offered is used", roles=("station",)
    ),
    "no-compression": Fault(
        text="compression is not supported", roles=("csms",), versions=("2.0.1",)
    ),
    "takes-any-station": Fault(text="stations that nobody knows are let in", roles=("csms",)),
    "raw-identity": Fault(text="the path of a station is not percent-decoded", roles=("csms",)),
    "lets-in-without-credentials": Fault(
        text="a station that shows no credentials at all is let in", roles=("csms",)
    ),
    "takes-any-user": Fault(text="the user name of HTTP Basic is not looked at", roles=("csms",)),
    "looks-at-8-octets": Fault(
        text="no more than 8 octets of a password are looked at", roles=("csms",)
    ),
    "passwords-are-text": Fault(
        text="a password that is no UTF-8 is not understood", roles=("csms",), versions=("1.6",)
    ),
    "exact-scheme": Fault(
        text="the scheme of HTTP Basic is not known in other letters", roles=("csms",)
    ),
    "misses-no-pong": Fault(
        text="a connection on which no pong comes is kept for ever", roles=("station",)
    ),
    "raw-path": Fault(
        text="the identity stands in the path as it is, not percent-encoded", roles=("station",)
    ),
    "offers-twice": Fault(text="each version is offered twice in one request", roles=("station",)),
    "needs-compression": Fault(
        text="a connection that is not compressed is given up",
        roles=("station",),
        versions=("2.0.1",),
    ),
    "waits-for-challenge": Fault(
        text="credentials are shown only after the station was refused", roles=("station",)
    ),
    "refuses-extensions": Fault(
        text="an upgrade that offers an extension is refused", roles=("csms",)
    ),
    "stays-without-version": Fault(
        text="a connection over no common version is left open", roles=("csms",)
    ),
    "first-subprotocol": Fault(
        text="the first subprotocol that is offered is chosen, known or not", roles=("csms",)
    ),
    **{name: Fault(text=text) for name, text in {**WIRE, **ANSWERS}.items()},
    **{name: Fault(text=text, unseen=(("1.6", "csms"),)) for name, text in READINGS.items()},
    **{
        name: Fault(text=text, roles=("station",))
        for name, text in {**answer_faults.OF_STATIONS, **reading_faults.OF_STATIONS}.items()
    },
    **{
        name: Fault(text=text, roles=("station",), versions=("1.6",))
        for name, text in reading_faults.OF_STATIONS_16.items()
    },
    **{name: Fault(text=text) for name, (text, _) in SOCKET.items()},
    **{name: Fault(text=text, roles=("station",)) for name, text in STATION.items()},
    **{name: Fault(text=text, roles=("csms",)) for name, text in CSMS.items()},
    **{
        name: Fault(text=ear.text, roles=ear.roles, versions=ear.versions, unseen=ear.unseen)
        for name, ear in HEARING.items()
    },
}


def _station_16(text: str) -> Fault:
    return Fault(text=text, roles=("station",), versions=("1.6",))


def _csms_16(text: str) -> Fault:
    return Fault(text=text, roles=("csms",), versions=("1.6",))


STATION_16: Mapping[str, Fault] = {
    "wrong-connector-status": _station_16("the status of a connector is reported for the next one"),
    "forgets-connector-0": _station_16("no StatusNotification for connector 0"),
    "ignores-ping-interval": _station_16("WebSocketPingInterval changes nothing"),
    "pings-though-off": _station_16("a WebSocketPingInterval of 0 leaves the pings as they were"),
    "ignores-retry-interval": _station_16("BootNotification is repeated after a tenth of the time"),
    "no-heartbeat": _station_16("no Heartbeat is sent"),
    "other-tag-in-start": _station_16("StartTransaction has another idTag than was authorized"),
    "accepts-second-remote-start": _station_16(
        "RemoteStartTransaction is Accepted on a connector in use"
    ),
    "ignores-remote-stop": _station_16("RemoteStopTransaction is Accepted, charging goes on"),
    "wrong-stop-reason": _station_16("StopTransaction has the reason Other"),
    "wrong-composite-limit": _station_16("the limits of a composite schedule are one too high"),
    "claims-download": _station_16("a firmware that cannot be fetched is told as Downloaded"),
    "installs-anything": _station_16("a firmware is installed without a look at it"),
    "stays-unavailable": _station_16("after an update that fails, nobody can charge any more"),
    "uploads-other-name": _station_16("the diagnostics file has another name than was told"),
    "claims-upload": _station_16("diagnostics are told as Uploaded, and are not"),
    "no-reservation-id": _station_16("StartTransaction does not say which reservation it ends"),
    "reserves-for-anyone": _station_16("a reserved connector is open to every token"),
    "keeps-expired-reservations": _station_16("a reservation does not expire"),
    "cancels-unknown-reservations": _station_16("CancelReservation is Accepted for any id"),
    "accepts-any-profile": _station_16("charging profiles that cannot be carried out are Accepted"),
    "ignores-remote-profile": _station_16("the profile of a RemoteStartTransaction does not count"),
    "keeps-cleared-profiles": _station_16("ClearChargingProfile is Accepted and clears nothing"),
    "starts-though-refused": _station_16("a transaction starts after Authorize was refused"),
    "stops-by-any-token": _station_16("a token of no group stops any transaction"),
    "asks-though-cached": _station_16("a token in the cache is authorized all the same"),
    "keeps-cleared-cache": _station_16("ClearCache is Accepted and clears nothing"),
    "waits-for-ever": _station_16("ConnectionTimeOut never ends an authorization"),
    "accepts-unknown-remote-stop": _station_16(
        "RemoteStopTransaction is Accepted for a transaction that is not running"
    ),
    "unlocks-any-connector": _station_16("UnlockConnector is Unlocked, whatever has happened"),
    "charges-unlocked": _station_16("a transaction starts though the cable cannot be locked"),
    "forgets-a-key": _station_16("the key ResetRetries is missing"),
    "ignores-changes": _station_16("ChangeConfiguration is Accepted and changes nothing"),
    "takes-any-key": _station_16("ChangeConfiguration is Accepted for an unknown key"),
    "takes-any-value": _station_16("ChangeConfiguration is Accepted for a value that cannot be"),
    "takes-old-list": _station_16("SendLocalList is Accepted with an older version"),
    "counts-empty-list": _station_16("an empty local list has the version 1"),
    "counts-disabled-list": _station_16("a local list that is disabled has the version 0"),
    "takes-broken-list": _station_16("SendLocalList is Accepted though the list cannot be kept"),
    "refuses-every-list": _station_16("SendLocalList is Failed where it could be taken"),
    "reserves-anything": _station_16("ReserveNow is Accepted, whatever the connector is"),
    "triggers-anything": _station_16("TriggerMessage is Accepted for what cannot be sent"),
    "takes-any-vendor": _station_16("DataTransfer is Accepted for a vendor nobody knows"),
    "claims-jammed-locks": _station_16("UnlockConnector is UnlockFailed, though it was unlocked"),
    "ignores-triggers": _station_16("TriggerMessage is Accepted, and nothing is sent"),
    "other-meter-context": _station_16("meter values have the context Other"),
    "meter-counts-down": _station_16("the register of the meter goes down"),
    "off-the-clock": _station_16("clock-aligned values are taken a second after the clock"),
    "samples-too-often": _station_16("meter values are sampled three times as often"),
    "accepts-any-certificate": _station_16("CertificateSigned is Accepted for what is not valid"),
    "wrong-csr": Fault(
        text="a signing request is wrong in its signature, its subject or its key",
        roles=("station",),
        versions=("1.6",),
        argument="signature, commonName, organizationName, weak-rsa or weak-curve",
    ),
    "keeps-old-certificate": _station_16("a new certificate is Accepted, and not used"),
    "accepts-expired-root": _station_16("InstallCertificate is Accepted for what is not valid"),
    "forgets-certificates": _station_16("InstallCertificate is Accepted, and installs nothing"),
    "keeps-deleted-certificates": _station_16("DeleteCertificate is Accepted, deletes nothing"),
    "downgrades-security-profile": _station_16("SecurityProfile can be lowered over OCPP"),
    "keeps-security-profile": _station_16("SecurityProfile is Accepted, and nothing changes"),
    "keeps-old-password": _station_16("AuthorizationKey is Accepted, the password stays"),
    "accepts-bad-signature": _station_16("firmware is installed whatever its signature is"),
    "ignores-revocation": _station_16("firmware is taken though its certificate is revoked"),
    "takes-any-signer": _station_16("firmware is taken whoever its certificate is from"),
    "hides-bad-signature": _station_16("no security event tells of a signature that is not valid"),
    "hides-security-events": _station_16("no security event is told"),
    "skips-signature-verified": _station_16("a signed update never tells SignatureVerified"),
    "forgets-update-id": _station_16("after its reboot a signed update is told without its id"),
    "claims-log-upload": _station_16("a log is told as Uploaded, and is not"),
    "one-suite": _station_16("one cipher suite is offered, and not the other of its pair"),
    "offers-old-tls": _station_16("TLS 1.1 and 1.0 are offered, and nothing newer"),
    "drops-queued-messages": _station_16("what was queued while offline is lost"),
    "queue-in-reverse": _station_16("what was queued while offline is sent last to first"),
    "stamps-when-sent": _station_16("what was queued while offline has the time of its sending"),
    "charges-though-invalid": _station_16(
        "a token that StartTransaction.conf refuses goes on charging"
    ),
    "forgets-availability": _station_16("after a boot every connector is in service"),
    "forgets-transactions": _station_16("after a loss of power nobody knows what was charging"),
    "starts-though-faulted": _station_16("a token starts a transaction on a faulted connector"),
    "drops-connection-in-case": _station_16("the connection drops where StartTransaction is due"),
}
CSMS_16: Mapping[str, Fault] = {
    "accepts-invalid-token": _csms_16("a token that nobody knows is Accepted"),
    "blocked-is-accepted": _csms_16("a blocked token is Accepted"),
    "wrong-connector-in-remote-start": _csms_16("RemoteStartTransaction names the next connector"),
    "profile-with-transaction-id": _csms_16("RemoteStartTransaction's profile has a transactionId"),
    "no-valid-from": _csms_16("charging profiles have no validFrom"),
    "start-without-info": _csms_16("StartTransaction is answered without idTagInfo"),
    "reuses-transaction-id": _csms_16("every transaction has the same transactionId"),
    "time-without-zone": _csms_16("currentTime is without a zone"),
    "ignores-unknown-vendor": _csms_16("a DataTransfer is not answered"),
    "remote-start-on-0": _csms_16("RemoteStartTransaction names connector 0"),
    "expired-is-accepted": _csms_16("a token that has expired is Accepted"),
    "always-resets-softly": _csms_16("Reset has the type Soft"),
    "list-without-info": _csms_16("the entries of a local list have no idTagInfo"),
    "cancels-another": _csms_16("CancelReservation names the next reservation"),
    "other-group": _csms_16("parentIdTag of an answer is that of no token"),
    "clears-by-everything": _csms_16("ClearChargingProfile has an id and criteria"),
    "profile-of-no-transaction": _csms_16("a TxProfile has no transactionId"),
    "forgets-new-password": _csms_16("the password stays, though a new one was Accepted"),
    "takes-old-password": _csms_16("the old password is taken beside a new one"),
    "takes-any-password": _csms_16("every password is taken"),
    "takes-old-profile": _csms_16("a lower security profile is taken after it was raised"),
    "asks-for-no-certificate": _csms_16("stations need no certificate, and theirs is not verified"),
    "one-kind-of-key": _csms_16("there is one server certificate, and half of the cipher suites"),
    "takes-old-tls": _csms_16("TLS 1.1 and 1.0 are taken, and nothing newer"),
    "refuses-to-sign": _csms_16("SignCertificate is Rejected"),
    "signs-another-key": _csms_16("CertificateSigned is for another key than was asked for"),
    "signs-too-late": _csms_16("CertificateSigned has a certificate that has expired"),
    "other-hash-data": _csms_16("DeleteCertificate names another serial number"),
    "other-certificate-type": _csms_16("a root is installed as one of the other type"),
    "asks-for-diagnostics": _csms_16("GetLog has the logType DiagnosticsLog"),
    "other-signature": _csms_16("SignedUpdateFirmware has another signature"),
    "never-sends": _csms_16("a wish of the operator is taken, and nothing is sent"),
}
FAULTS: Mapping[str, Fault] = {**SHARED, **STATION_16, **CSMS_16}


def check(faults: Mapping[str, str], known: Mapping[str, Fault]) -> None:
    """Raise ValueError for a fault that is not in `known` or that lacks its argument."""
    for name, argument in faults.items():
        if name not in known:
            raise ValueError(f"unknown fault {name!r}; there are: {', '.join(sorted(known))}")
        if known[name].argument and not argument:
            raise ValueError(f"fault {name}: say {name}=<{known[name].argument}>")
        if known[name].argument == "seconds":
            float(argument)


def faulty(
    wire: Wire,
    faults: Mapping[str, str],
    rewrites: Mapping[str, Rewrite] = {},
    version: str = "1.6",
) -> Wire:
    """Return `wire` with the shared `faults`, and those of `rewrites` that `faults` names."""
    chosen = [rewrite for name, rewrite in rewrites.items() if name in faults]
    if not chosen and not faults.keys() & SHARED.keys():
        return wire
    wire = wired(hearing_badly(wire, faults, version), faults)
    return _FaultyWire(reading(hearing(wire, faults), faults), faults, chosen, version)


class _FaultyWire:
    def __init__(
        self, wire: Wire, faults: Mapping[str, str], rewrites: list[Rewrite], version: str
    ) -> None:
        self._wire, self._faults, self._rewrites = wire, faults, rewrites
        self._version = version
        self._asked: dict[str, str] = {}  # id of a CALL of the peer: its action
        self._late: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        for task in tuple(self._late):
            task.cancel()
        await self._wire.close()

    async def ping(self) -> None:
        with suppress(*[ConnectionError] if "misses-no-pong" in self._faults else []):
            await self._wire.ping()

    async def recv(self) -> str:
        text = await self._wire.recv()
        frame = _frame(text)
        if frame and frame[0] == _CALL:
            self._asked[frame[1]] = frame[2]
            if self._faults.get("cuts-texts") == frame[2]:
                cut(self._version, frame[2], frame[3])
                return json.dumps(frame)
        return text

    async def send(self, text: str) -> None:
        frame = _frame(text)
        if frame and frame[0] == _CALL:
            await self._wire.send(self._spoiled(frame, frame[2]))
        elif frame and frame[0] in {_RESULT, _ERROR}:
            await self._answer(frame)
        else:
            await self._wire.send(text)

    async def _answer(self, frame: list[Any]) -> None:
        action = self._asked.pop(frame[1], "")
        if self._faults.get("silent") == action:
            return
        text = self._spoiled(frame, action)
        if "late-answer" in self._faults:
            task = asyncio.create_task(self._answer_late(text))
            self._late.add(task)
            task.add_done_callback(self._late.discard)
        else:
            await self._deliver(text)

    async def _answer_late(self, text: str) -> None:
        await asyncio.sleep(float(self._faults["late-answer"]))
        try:
            await self._deliver(text)
        except ConnectionError:
            self._asked.clear()  # whoever asked has left

    async def _deliver(self, text: str) -> None:
        if "escapes-nothing" in self._faults:
            text = text.replace('\\"', '"').replace("\\\\", "\\")
        await self._wire.send(text)
        if text.startswith(f"[{_ERROR}"):
            return
        if "answers-twice" in self._faults:
            await self._wire.send(text)
        if "text-after-answer" in self._faults:
            await self._wire.send("this is no JSON")
        if "unknown-result" in self._faults:
            await self._wire.send(json.dumps([_RESULT, str(uuid4()), {}]))

    def _spoiled(self, frame: list[Any], action: str) -> str:
        payload = frame[-1]
        for rewrite in self._rewrites:
            rewrite(action, payload)
        if "clock-1970" in self._faults:
            _set(payload, lambda _: "1970-01-01T00:00:00Z")
        if "local-time" in self._faults:
            _set(payload, _two_hours_on)
        if self._faults.get("wrong-type") == action and payload:
            first = next(iter(payload))
            payload[first] = 42 if isinstance(payload[first], str) else "spoiled"
        return json.dumps(frame, separators=(",", ":"))


def _frame(text: str) -> list[Any] | None:
    """Return the frame in `text`, or None where a system may send what it likes."""
    try:
        frame = json.loads(text)
    except ValueError:
        return None
    size = {_CALL: 4, _RESULT: 3, _ERROR: 5}
    right = (
        isinstance(frame, list)
        and bool(frame)
        and isinstance(frame[0], int)
        and len(frame) == size.get(frame[0])
        and isinstance(frame[1], str)
        and isinstance(frame[-1], dict)
    )
    return frame if right else None


def _set(value: object, change: Callable[[str], str]) -> None:
    """Change every time field in `value`."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in _TIMES and isinstance(inner, str):
                value[name] = change(inner)
            else:
                _set(inner, change)
    elif isinstance(value, list):
        for inner in value:
            _set(inner, change)


def _two_hours_on(time: str) -> str:
    later = datetime.fromisoformat(time) + timedelta(hours=2)
    return later.isoformat(timespec="milliseconds").replace("+00:00", "Z")
