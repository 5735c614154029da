"""What a CSMS under test has to know before a run: told as text and JSON, and created."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from conformance.operators import CannotActError, creator
from conformance.operators.fixtures import (
    Creator,
    Fixture,
    GroupFixture,
    StationFixture,
    TokenFixture,
    name_of,
)
from conformance.redact import HIDDEN
from conformance.sut import Sut
from conformance.sut_sections import Token

PAST: Final = "2020-01-01T00:00:00Z"


@dataclass(frozen=True)
class Needed:
    """One thing that has to be there, and the key of sut.toml that it is for."""

    key: str
    fixture: Fixture


def needed(sut: Sut) -> list[Needed]:
    """Return what has to be in the CSMS: groups, the tokens that name them, stations."""
    return [*_groups(sut), *_tokens(sut), *_stations(sut)]


def unknown(sut: Sut) -> Token:
    """Return the token that must not be in the CSMS."""
    return sut.values.invalid_token


def _groups(sut: Sut) -> Iterator[Needed]:
    values = sut.values
    yield Needed("values.group", GroupFixture(token=values.group.token, kind=values.group.kind))
    if sut.version != "1.6":
        master = values.master_pass_group
        fixture = GroupFixture(token=master.token, kind=master.kind)
        yield Needed("values.master_pass_group", fixture)


def _tokens(sut: Sut) -> Iterator[Needed]:
    values, group = sut.values, sut.values.group.token
    yield _token("id_token", values.id_token, group=group)
    yield _token("id_token2", values.id_token2)
    yield _token("group_member_token", values.group_member_token, group=group)
    if sut.version != "1.6":
        master = values.master_pass_group.token
        yield _token("master_pass_token", values.master_pass_token, group=master)
    yield Needed("values.blocked_token", _with_status(values.blocked_token, "Blocked"))
    yield Needed("values.expired_token", _with_status(values.expired_token, "Expired"))


def _token(name: str, token: Token, group: str | None = None) -> Needed:
    fixture = TokenFixture(token=token.token, kind=token.kind, status="Accepted", group=group)
    return Needed(f"values.{name}", fixture)


def _with_status(token: Token, status: Any) -> TokenFixture:  # noqa: ANN401 - one of three texts
    expires = PAST if status == "Expired" else None
    return TokenFixture(token=token.token, kind=token.kind, status=status, expires=expires)


def _stations(sut: Sut) -> Iterator[Needed]:
    password = sut.connection.password
    key = "connection.stations" if len(sut.stations) > 1 else "connection.station"
    for station in sut.stations:
        fixture = StationFixture(
            station=station,
            security_profile=sut.connection.security_profile,
            password=password.reveal().decode("latin-1") if password is not None else None,
        )
        yield Needed(key, fixture)


def as_json(sut: Sut) -> str:
    """Return all of it as JSON, the password hidden."""
    listed = [
        {"what": name_of(type(n.fixture)), "key": n.key, **_shown(n.fixture)} for n in needed(sut)
    ]
    whole = {"sut": sut.name, "create": listed, "must_not_exist": [unknown(sut).token]}
    return json.dumps(whole, indent=1)


def as_text(sut: Sut) -> str:
    """Return all of it as lines for a person, the password hidden."""
    lines = [f"{sut.name} has to know, before a run:", ""]
    for name, title in (("Group", "groups"), ("Token", "tokens"), ("Station", "stations")):
        lines += [title, *_rows(sut, name), ""]
    told = f"  {unknown(sut).token:20} values.invalid_token"
    return "\n".join([*lines, "and must not know", told])


def _rows(sut: Sut, name: str) -> Iterator[str]:
    for one in needed(sut):
        if name_of(type(one.fixture)) != name:
            continue
        match one.fixture:
            case GroupFixture(token=token):
                yield f"  {token:20} {one.key}"
            case TokenFixture(token=token, status=status, group=group):
                known = f"{status}, in group {group}" if group else status
                yield f"  {token:20} {one.key:28} {_kind(sut, one.fixture)}{known}"
            case StationFixture(station=station, security_profile=profile, password=password):
                secret = f", password {HIDDEN}" if password else ""
                yield f"  {station:20} security profile {profile}{secret}"


def _kind(sut: Sut, token: TokenFixture) -> str:
    return "" if sut.version == "1.6" else f"{token.kind}, "


def _shown(fixture: Fixture) -> dict[str, Any]:
    plain = asdict(fixture)
    if plain.get("password"):
        plain["password"] = HIDDEN
    return plain


def create(sut: Sut, say: Callable[[str], object]) -> bool:
    """Create what the operator can; tell each, and whether nothing failed.

    What the operator has no way for is told, and no failure: it may be done by hand.
    """
    operator = creator(sut)
    if operator is None:
        say(f"the operator {sut.operator.kind} cannot create anything: do it by hand")
        return False
    return asyncio.run(_create(sut, operator, say))


async def _create(sut: Sut, operator: Creator, say: Callable[[str], object]) -> bool:
    good = True
    for one in needed(sut):
        kind = name_of(type(one.fixture))
        what = (
            f"{kind} {getattr(one.fixture, 'station', None) or getattr(one.fixture, 'token', '')}"
        )
        if not operator.creates(type(one.fixture)):
            say(f"by hand      {what} ({one.key}): the operator has no way to create it")
            continue
        try:
            say(f"created      {what} ({one.key}): {await operator.create(one.fixture)}")
        except CannotActError as problem:
            good = False
            say(f"not created  {what} ({one.key}): {problem}")
    return good
