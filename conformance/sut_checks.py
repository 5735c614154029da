"""Contradictions in a sut.toml: each key is well-formed, but they cannot all be true."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from conformance.features import withdrawn
from conformance.sut_document import Document
from conformance.sut_errors import Place, Problem, nearest, shown
from conformance.sut_operators import HttpSettings, HttpTemplateSettings
from conformance.sut_sections import Section
from conformance.sut_values import Values

CONTROL: Final = 0x20
DAY: Final = 86400
MUTUAL: Final = 3  # the security profile with certificates on both sides
SEVERAL_EVSES: Final = "HFS-8"
EVERYWHERE: Final = frozenset({"0.0.0.0", "::", "*"})  # noqa: S104 - no address of a machine


@dataclass(frozen=True)
class Contradiction:
    """A problem that lies between several keys; moot when one of them is not well-formed."""

    problem: Problem
    between: tuple[Place, ...] = ()

    def moot(self, unknown: Collection[Place]) -> bool:
        """Tell whether it rests on a key whose value is not known."""
        rests_on = (self.problem.place, *self.between)
        return any(place[: len(bad)] == bad for place in rests_on for bad in unknown)


def _found(
    place: Place, expected: str, value: object, *between: Place, near: str = ""
) -> Contradiction:
    told = value if isinstance(value, _Told) else shown(value)
    return Contradiction(Problem(place=place, expected=expected, found=told, nearest=near), between)


class _Told(str):
    """Words about what was found, not the value itself."""

    __slots__ = ()


def contradictions(
    document: Document, features: Collection[str], cases: Collection[str]
) -> Iterator[Contradiction]:
    """Yield everything that cannot be true at once, given the known feature and case ids."""
    yield from _misplaced(document)
    checks: tuple[Callable[[Document], Iterator[Contradiction]], ...] = (
        _connection,
        _addresses,
        _tls,
        _revocation,
        _topology,
        _tokens,
        _periods,
        _options,
        _files,
        _operator,
    )
    for check in checks:
        yield from check(document)
    yield from _features(document, features)
    yield from _waivers(document, cases)


def _misplaced(document: Document) -> Iterator[Contradiction]:
    """Keys that mean nothing for this version or role."""
    sections: Mapping[str, Section] = {
        "connection": document.connection,
        "tls": document.tls,
        "topology": document.topology,
        "values": document.values,
        "files": document.files,
    }
    sut = document.sut
    for section, table in sections.items():
        for name in sorted(table.model_fields_set):
            only = table.only(name)
            if not only.fits(sut.version, sut.role):
                told = _Told(f"OCPP {sut.version}, role {sut.role}")
                place = (section, name)
                yield _found(
                    place, f"{only} for this key", told, ("sut", "version"), ("sut", "role")
                )


def _connection(document: Document) -> Iterator[Contradiction]:
    connection, sut = document.connection, document.sut
    profile = connection.security_profile
    if profile in (1, 2) and connection.password is None:
        yield _found(
            ("connection", "password"),
            f"a password for security profile {profile}",
            _Told("none"),
            ("connection", "security_profile"),
        )
    if profile == 0 and connection.password is not None:
        place = ("connection", "security_profile")
        yield _found(place, "1, since there is a password", 0, ("connection", "password"))
    names = connection.stations or (connection.station,)
    place = ("connection", "stations" if connection.stations else "station")
    for name in names:
        if ":" in name and profile in (1, 2):
            yield _found(place, "no colon: HTTP basic authentication cannot carry it", name)
        if not name or any(ord(character) < CONTROL for character in name):
            yield _found(place, "an identity without control characters", name)
    if len(set(names)) < len(names):
        yield _found(place, "different identities", list(names))
    if {"station", "stations"} <= connection.model_fields_set and sut.role == "CSMS":
        yield _found(("connection", "stations"), "either station or stations", _Told("both"))


def _addresses(document: Document) -> Iterator[Contradiction]:
    connection, place = document.connection, ("connection", "url")
    embedded = document.operator.kind == "embedded"
    if document.sut.role != "CSMS":
        return
    if not connection.url:
        if not embedded:
            expected = "the address of the CSMS, such as ws://host:port/ocpp"
            yield _found(place, expected, _Told("none"), ("sut", "role"), ("operator",))
        return
    scheme = "wss" if connection.security_profile > 1 else "ws"
    between = ("connection", "security_profile")
    yield from _address(place, connection.url, scheme, "connection.station and .password", between)
    if connection.upgraded_url:
        upgraded = ("connection", "upgraded_url")
        yield from _address(upgraded, connection.upgraded_url, "wss", "connection.password")


def _tls(document: Document) -> Iterator[Contradiction]:
    """Find what the security profile needs and is not declared; embedded systems get theirs."""
    profile, role = document.connection.security_profile, document.sut.role
    if profile <= 1 or document.operator.kind == "embedded":
        return
    files = document.tls.files(role)
    own = role == "CS" or profile == MUTUAL
    needed = {
        "certificate": own and files.certificate is None,
        "private_key": own and files.private_key is None,
        "trusted": profile == MUTUAL and files.trusted is None,
    }
    for name, missing in needed.items():
        if missing:
            expected = f"a file for security profile {profile} (or tls.folder)"
            between = (("connection", "security_profile"), ("sut", "role"), ("tls", "folder"))
            yield _found(("tls", name), expected, _Told("none"), *between)


def _revocation(document: Document) -> Iterator[Contradiction]:
    """Find what the answers about revoked certificates need and is not declared."""
    if not document.tls.revocation:
        return
    files, switch = document.tls.files(document.sut.role), ("tls", "revocation")
    for name in ("authority", "authority_key"):
        if getattr(files, name) is None:
            between = (switch, ("sut", "role"), ("tls", "folder"))
            expected = "a file for tls.revocation (or tls.folder)"
            yield _found(("tls", name), expected, _Told("none"), *between)
    if not document.files.http_port:
        yield _found(("files", "http_port"), "the port of the certificates' addresses", 0, switch)


def _address(
    place: Place, url: str, scheme: str, credentials: str, *between: Place
) -> Iterator[Contradiction]:
    schemes = (scheme, scheme + "s") if scheme == "http" else (scheme,)
    try:
        parts = urlsplit(url)
        good = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        parts, good = None, False
    if parts is not None and "@" in parts.netloc:
        yield _found(place, f"no credentials (they belong in {credentials})", _Told("some"))
    elif parts is None or not good:
        yield _found(place, f"an address {scheme}://host:port/path", url, *between)
    elif parts.query or parts.fragment:
        yield _found(place, "an address without ? and #", _Told("one with them"))


def _topology(document: Document) -> Iterator[Contradiction]:
    values, topology = document.values, document.topology
    if document.sut.version == "1.6":
        if values.connector > topology.connectors:
            expected = f"a connector from 1 to {topology.connectors} (topology.connectors)"
            place = ("values", "connector")
            yield _found(place, expected, values.connector, ("topology", "connectors"))
        return
    ids = [evse.id for evse in topology.evses]
    if len(set(ids)) < len(ids):
        yield _found(("topology", "evses"), "a different id for each EVSE", ids)
    for index, evse in enumerate(topology.evses):
        if len(set(evse.connectors)) < len(evse.connectors):
            twice = ("topology", "evses", index, "connectors")
            yield _found(twice, "different connector ids", list(evse.connectors))
    used = [evse for evse in topology.evses if evse.id == values.evse]
    if not used:
        place, around = ("values", "evse"), ("topology", "evses")
        yield _found(place, f"an EVSE of topology.evses {ids}", values.evse, around)
    elif values.connector not in used[0].connectors:
        expected = f"a connector of EVSE {values.evse} {list(used[0].connectors)}"
        between = (("topology", "evses"), ("values", "evse"))
        yield _found(("values", "connector"), expected, values.connector, *between)


def _tokens(document: Document) -> Iterator[Contradiction]:
    values = document.values
    longest = 20 if document.sut.version == "1.6" else 36
    names = [n for n in Values.model_fields if n.endswith(("token", "token2", "group"))]
    for name in names:
        token = getattr(values, name).token
        if getattr(values, name).kind == "NoAuthorization":
            continue  # a start button: the token is empty (OCPP 2.0.1, C02)
        if not token or len(token) > longest:
            yield _found(("values", name), f"1 to {longest} characters", token)
    for name in ("invalid_token", "blocked_token", "expired_token", "id_token2"):
        if getattr(values, name).token.lower() == values.id_token.token.lower():
            place = ("values", name)
            yield _found(
                place,
                "another token than values.id_token",
                getattr(values, name).token,
                ("values", "id_token"),
            )


def _periods(document: Document) -> Iterator[Contradiction]:
    """Find an interval that the allowed deviation hides."""
    if document.sut.role == "CSMS":
        return
    names = ("heartbeat_interval", "retry_interval", "meter_interval", "aligned_interval")
    shortest = min(names, key=lambda name: getattr(document.values, name))
    interval, deviation = getattr(document.values, shortest), document.limits.deviation
    if interval <= deviation:
        expected = f"less than values.{shortest} ({interval:g} s)"
        yield _found(("limits", "deviation"), expected, deviation, ("values", shortest))
    aligned, clock = document.values.aligned_interval, ("values", "aligned_interval")
    if aligned > deviation >= aligned / 2:
        expected = f"less than half of values.aligned_interval ({aligned} s)"
        yield _found(("limits", "deviation"), expected, deviation, clock)
    if DAY % aligned:
        yield _found(clock, f"a day ({DAY} s) in a whole number of parts", aligned)


START_POINTS: Final = {
    "EVConnected": "C-09.1",
    "Authorized": "C-09.2",
    "DataSigned": "C-09.3",
    "PowerPathClosed": "C-09.4",
    "EnergyTransfer": "C-09.5",
    "ParkingBayOccupancy": "C-09.6",
}
STOP_POINTS: Final = {
    "EVConnected": "C-10.1",
    "Authorized": "C-10.2",
    "PowerPathClosed": "C-10.3",
    "EnergyTransfer": "C-10.4",
    "ParkingBayOccupancy": "C-10.5",
}
RATE_UNITS: Final = {"A": "SC-2.1", "W": "SC-2.2"}


def _options(document: Document) -> Iterator[Contradiction]:
    """Values that need a feature, where the declaration lists the others of its group."""
    if (document.sut.version, document.sut.role) != ("2.0.1", "CS"):
        return
    values = document.values
    groups: tuple[tuple[str, Mapping[str, str], tuple[str, ...]], ...] = (
        ("tx_start_points", START_POINTS, values.tx_start_points),
        ("tx_stop_points", STOP_POINTS, values.tx_stop_points),
        ("charging_rate_unit", RATE_UNITS, (values.charging_rate_unit,)),
    )
    declared = set(document.features)
    for name, ids, chosen in groups:
        if not declared.intersection(ids.values()):
            continue
        for value in chosen:
            if ids[value] not in declared:
                expected = f"{ids[value]} among the features, or another value"
                yield _found(("values", name), expected, value, ("features",))


def _files(document: Document) -> Iterator[Contradiction]:
    files = document.files
    for name in ("host", "listen"):
        value = getattr(files, name)
        if any(character in value for character in "/@ ") or value.count(":") == 1:
            yield _found(("files", name), "a host name or an address, and nothing else", value)
    if files.host in EVERYWHERE:
        place = ("files", "host")
        yield _found(place, "an address that the system can reach", files.host)
    ports = files.passive_ports
    if ports is not None and ports[0] > ports[1]:
        yield _found(("files", "passive_ports"), "the first port, then the last", list(ports))
    if files.ftp_port and files.ftp_port == files.http_port:
        place = ("files", "http_port")
        yield _found(place, "another port than files.ftp_port", files.http_port)


def _operator(document: Document) -> Iterator[Contradiction]:
    operator = document.operator
    if isinstance(operator, HttpSettings | HttpTemplateSettings):
        yield from _address(("operator", "url"), operator.url, "http", "operator.bearer")


def _features(document: Document, known: Collection[str]) -> Iterator[Contradiction]:
    sut, around = document.sut, (("sut", "version"), ("sut", "role"))
    expected = f"a feature id of OCPP {sut.version} for role {sut.role}"
    old = withdrawn(sut.version, sut.role)
    for feature in document.features:
        if feature in known:
            continue
        near = old[feature] if feature in old else nearest(feature, known)
        told = _Told(f'the withdrawn "{feature}"') if feature in old else feature
        yield _found(("features",), expected, told, *around, near=near)
    if SEVERAL_EVSES in document.features and len(document.topology.evses) == 1:
        told = _Told("one")
        place = ("topology", "evses")
        yield _found(place, f"several EVSEs ({SEVERAL_EVSES})", told, ("features",), *around)


def _waivers(document: Document, known: Collection[str]) -> Iterator[Contradiction]:
    seen: set[tuple[str, str]] = set()
    around = (("sut", "version"), ("sut", "role"))
    for index, waiver in enumerate(document.waivers):
        place = ("waivers", index, "case")
        if waiver.case not in known:
            expected = f"a case of OCPP {document.sut.version} for role {document.sut.role}"
            yield _found(place, expected, waiver.case, *around, near=nearest(waiver.case, known))
        if (waiver.case, waiver.step) in seen:
            yield _found(place, "one waiver for each step", f"{waiver.case} {waiver.step}")
        seen.add((waiver.case, waiver.step))
