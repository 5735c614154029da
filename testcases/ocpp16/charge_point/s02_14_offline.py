"""Section 2.14: Core profile, offline behaviour, non-happy flow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance import (
    Operator,
    State,
    Station,
    Sut,
    Token,
    absent,
    case,
    each,
    in_any_order,
    one_of,
    state,
)
from conformance.ocpp16.messages import (
    IdTagInfo,
    MeterValues,
    StartTransaction,
    StatusNotification,
    StopTransaction,
)
from testcases.ocpp16.charge_point.settings import configuration, in_the_list, preferably
from testcases.ocpp16.charge_point.states import (
    ACCEPTED,
    cached,
    charging,
    invalid_token,
    status,
    valid_token,
)

INVALID: IdTagInfo = {"status": "Invalid"}
LOCAL = one_of("Local", absent)
PERIODIC = one_of("Sample.Periodic", absent)
OTHERWISE = one_of("Sample.Clock", "Transaction.Begin", "Trigger", "Other")
OFFLINE = (
    configuration(LocalAuthorizeOffline="true"),
    preferably(
        LocalAuthListEnabled="true",
        AuthorizationCacheEnabled="true",
        AllowOfflineTxForUnknownId="true",
    ),
)


def known_locally(token_of: Callable[[Sut], Token]) -> State:
    """Return the state in which a token is cached and in the local list, if there are such."""

    @state("KnownLocally")
    async def known(station: Station, sut: Sut) -> None:
        if sut.declares("16-CACHE"):
            await station.execute("before", cached(token_of))
        if sut.declares("16-LOCAL-LIST"):
            await station.execute("before", in_the_list(token_of))

    return known


def refused(*, stops: bool) -> State:
    """Return the configuration for a token that is refused when the transaction has begun."""
    return configuration(StopTransactionOnInvalidId=str(stops).lower(), MaxEnergyOnInvalidId="0")


def sample_interval(sut: Sut) -> str:
    """Return the configured interval of sampled values."""
    return str(sut.values.meter_interval)


def taken(context: Any) -> Any:  # noqa: ANN401 - stand where a text and a list could stand
    """Return what meter values have to be that were taken in this context."""
    return each({"sampledValue": each({"context": context})})


def history(sut: Sut) -> tuple[StatusNotification.req, ...]:
    """Return what should not be told afterwards, but may (OCPP 1.6, 4.9)."""
    return (status(sut, "Preparing", "SuspendedEV", "SuspendedEVSE"),)


async def cut_off(station: Station) -> None:
    """Take the network away."""
    station.refuse_connections()
    await station.disconnect()


async def reconnected(station: Station, sut: Sut) -> None:
    """Give the station time offline, and then the network again."""
    await station.stay_offline(sut.values.offline_duration)
    await station.accept_connections()
    await station.expect_connection(1)


@case("TC_036_CS", before=(configuration(MeterValueSampleInterval=sample_interval), charging))
async def test_tc_036_cs(station: Station, sut: Sut) -> None:
    """The meter values of a time without connection come later, in their order and complete."""
    transaction, interval = int(station.transaction), sut.values.meter_interval
    await cut_off(station)
    await station.stay_offline(3.5 * interval)
    await station.accept_connections()
    await station.expect_connection(1)
    await station.expect_queued_samples(
        1,
        MeterValues.req(
            connectorId=sut.connector, transactionId=transaction, meterValue=taken(PERIODIC)
        ),
        every=interval,
        begun=station.memory["StartTransaction"],
        meanwhile=(MeterValues.req(connectorId=sut.connector, meterValue=taken(OTHERWISE)),),
    )


@case("TC_037_1_CS", before=(*OFFLINE, known_locally(valid_token)))
async def test_tc_037_1_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """A transaction that has begun offline is told when there is a connection again."""
    await cut_off(station)
    await operator.plug_in(sut.connector)
    await operator.present_token(sut.values.id_token)
    await reconnected(station, sut)

    await in_any_order(
        station.expect(
            1,
            StartTransaction.req(connectorId=sut.connector, idTag=sut.id_tag),
            reply=StartTransaction.conf(idTagInfo=ACCEPTED),
            meanwhile=history(sut),
        ),
        station.expect(3, status(sut, "Charging"), meanwhile=history(sut)),
    )


@case("TC_037_2_CS", before=(*OFFLINE, refused(stops=False), known_locally(invalid_token)))
async def test_tc_037_2_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """When its token turns out to be invalid, the EV gets no more energy."""
    token = sut.values.invalid_token
    await cut_off(station)
    await operator.plug_in(sut.connector)
    await operator.present_token(token)
    await reconnected(station, sut)

    await in_any_order(
        station.expect(
            1,
            StartTransaction.req(connectorId=sut.connector, idTag=token.id_tag),
            reply=StartTransaction.conf(idTagInfo=INVALID),
            meanwhile=history(sut),
        ),
        station.expect(3, status(sut, "Charging"), meanwhile=history(sut)),
    )
    await station.expect(5, status(sut, "SuspendedEVSE"))


@case("TC_037_3_CS", before=(*OFFLINE, refused(stops=True), known_locally(invalid_token)))
async def test_tc_037_3_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """Or the transaction is stopped, as configured."""
    token = sut.values.invalid_token
    await cut_off(station)
    await operator.plug_in(sut.connector)
    await operator.present_token(token)
    await reconnected(station, sut)

    begun, _ = await in_any_order(
        station.expect(
            1,
            StartTransaction.req(connectorId=sut.connector, idTag=token.id_tag),
            reply=StartTransaction.conf(idTagInfo=INVALID),
            meanwhile=history(sut),
        ),
        station.expect(3, status(sut, "Charging"), meanwhile=history(sut)),
    )
    transaction = begun.answer["transactionId"]
    await in_any_order(
        station.expect(5, StopTransaction.req(transactionId=transaction, reason="DeAuthorized")),
        station.expect(7, status(sut, "Finishing")),
    )


@case("TC_038_CS", before=(charging,))
async def test_tc_038_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """A transaction that was stopped offline is told when there is a connection again."""
    transaction = int(station.transaction)
    await cut_off(station)
    await operator.present_token(sut.values.id_token)
    await reconnected(station, sut)

    await in_any_order(
        station.expect(1, StopTransaction.req(transactionId=transaction, reason=LOCAL)),
        station.expect(3, status(sut, "Finishing")),
    )


@case("TC_039_CS", before=(*OFFLINE, known_locally(valid_token)))
async def test_tc_039_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """So is one that has begun and ended offline."""
    station.allow(StatusNotification.req(connectorId=sut.connector))  # of history, or Available
    await cut_off(station)
    await operator.plug_in(sut.connector)
    await operator.present_token(sut.values.id_token)
    await station.stay_offline(sut.values.transaction_duration)
    await operator.present_token(sut.values.id_token)
    await operator.plug_out(sut.connector)
    await reconnected(station, sut)

    begun = await station.expect(
        1,
        StartTransaction.req(connectorId=sut.connector, idTag=sut.id_tag),
        reply=StartTransaction.conf(idTagInfo=ACCEPTED),
    )
    transaction = begun.answer["transactionId"]
    await station.expect(3, StopTransaction.req(transactionId=transaction, reason=LOCAL))
