"""Configuration states and the memory state of the local list, charge point under test."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from conformance import (
    Inconclusive,
    State,
    Station,
    Sut,
    Token,
    caseless,
    in_any_order,
    state,
)
from conformance.ocpp16.configuration import FEATURES, KEYS, Key, entry
from conformance.ocpp16.configuration import value as value_of
from conformance.ocpp16.messages import (
    AuthorizationData,
    BootNotification,
    ChangeConfiguration,
    GetConfiguration,
    Reset,
    SendLocalList,
    StatusNotification,
)

OFF = {"false", "0", ""}
"""What a key that a charge point does not have is as good as."""


def configuration(**wanted: str | Callable[[Sut], str]) -> State:
    """Return the configuration state with these keys; the old values are put back afterwards.

    A value may depend on what is declared. A charge point that needs a reboot for a value gets one.
    """
    return _configuration(wanted, needed=True)


def preferably(**wanted: str | Callable[[Sut], str]) -> State:
    """Return the same state for keys that may be read-only: another value is worth a remark."""
    return _configuration(wanted, needed=False)


def unlike(key: str, unwanted: Callable[[Sut], str], other: Callable[[Sut], str]) -> State:
    """Return the configuration state in which a key does not have one value, but any other."""

    @state("Configuration")
    async def different(station: Station, sut: Sut) -> None:
        read = await station.call(1, GetConfiguration.req(key=[key]))
        if KEYS[key].same(value_of(read.get("configurationKey") or (), key), unwanted(sut)):
            await station.execute(3, configuration(**{key: other}))

    return different


def _configuration(wanted: Mapping[str, str | Callable[[Sut], str]], *, needed: bool) -> State:
    @state("Configuration")
    async def configured(station: Station, sut: Sut) -> None:
        values = {KEYS[k]: v if isinstance(v, str) else v(sut) for k, v in wanted.items()}
        answers = {
            key: await _set(station, sut, key, value, needed=needed)
            for key, value in values.items()
        }
        if "RebootRequired" in answers.values():
            await _reboot(station, sut)
        for key, answer in answers.items():
            if answer:
                await _verify(station, key, values[key])

    return configured


async def _set(station: Station, sut: Sut, key: Key, value: str, *, needed: bool) -> str:
    """Set one key, if it has another value; return the status with which that was done."""
    # One key a request: a charge point may take no more (GetConfigurationMaxKeys).
    known = await station.call(1, GetConfiguration.req(key=[key.name]))
    found = entry(known.get("configurationKey") or (), key.name)
    if found is None:
        _missing(station, sut, key, value)
        return ""
    old = str(found.get("value", ""))
    if key.same(old, value):
        return ""
    if found["readonly"] and not needed:
        station.remark(2, f"{key.name} is {old} and read-only, {value} would be better")
        return ""
    if found["readonly"]:
        raise Inconclusive(f"{key.name} is {old} and read-only, {value} is required")
    changed = await station.call(3, ChangeConfiguration.req(key=key.name, value=value))
    if changed["status"] not in {"Accepted", "RebootRequired"}:
        raise Inconclusive(f"{key.name} could not be set to {value}: {changed['status']}")
    return str(changed["status"])


async def _verify(station: Station, key: Key, value: str) -> None:
    """See that a value that was accepted is there."""
    now = await station.call(11, GetConfiguration.req(key=[key.name]))
    found = entry(now.get("configurationKey") or (), key.name)
    told = str(found.get("value", "")) if found is not None else ""
    if not key.same(told, value):
        raise Inconclusive(f"{key.name} was set to {value}, and is {told or 'not there'}")


def _missing(station: Station, sut: Sut, key: Key, value: str) -> None:
    """Judge a key that the charge point does not have."""
    feature = FEATURES.get(key.profile)
    has_to_be = key.required and (feature is None or sut.declares(feature))
    if has_to_be and value.lower() not in OFF:
        raise Inconclusive(f"the charge point does not have the required key {key.name}")
    station.remark(2, f"the charge point does not have the key {key.name}")


async def _reboot(station: Station, sut: Sut) -> None:
    """Put into force what needs a reboot."""
    station.expect_reconnection()
    await station.call(5, Reset.req(type="Soft"), expect=Reset.conf(status="Accepted"))
    await station.expect(
        7,
        BootNotification.req(),
        within=sut.limits.long_operation,
        meanwhile=[StatusNotification.req(status="Unavailable")],
    )
    await in_any_order(
        *(
            station.expect(9, StatusNotification.req(connectorId=n, status="Available"))
            for n in sut.connectors
        )
    )


def known(*keys: str) -> State:
    """Return the reusable state GetConfiguration for these keys (table 103).

    A case that changes a key is set back by what was read before.
    """

    @state("GetConfiguration")
    async def read(station: Station) -> None:
        for key in keys:
            found = await station.call(1, GetConfiguration.req(key=[key]))
            reported = entry(found.get("configurationKey") or (), key)
            station.memory[key] = str((reported or {}).get("value", ""))

    return read


def tells(key: str) -> GetConfiguration.conf:
    """Require that a key that was asked for is told."""
    return GetConfiguration.conf(configurationKey=[{"key": caseless(key)}])


def listed(*entries: AuthorizationData, version: int = 1) -> SendLocalList.req:
    """Return the full local list of these entries."""
    return SendLocalList.req(
        listVersion=version, updateType="Full", localAuthorizationList=list(entries)
    )


def accepted(id_tag: str) -> AuthorizationData:
    """Return the entry of a local list for a token that may charge."""
    return {"idTag": id_tag, "idTagInfo": {"status": "Accepted"}}


def in_the_list(token_of: Callable[[Sut], Token]) -> State:
    """Return the memory state IdTagLocalAuthList for a token (table 113): it may charge."""

    @state("IdTagLocalAuthList")
    async def sent(station: Station, sut: Sut) -> None:
        await station.execute("before", configuration(LocalAuthListEnabled="true"))
        await station.call(
            1,
            listed(accepted(token_of(sut).id_tag)),
            expect=SendLocalList.conf(status="Accepted"),
        )

    return sent


in_local_list = in_the_list(lambda sut: sut.values.id_token)
