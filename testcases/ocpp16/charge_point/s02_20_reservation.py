"""Sections 2.20.1 and 2.20.4: reservation of a connector, for a token and for its group."""

from __future__ import annotations

from dataclasses import replace

from conformance import Operator, Reply, Station, Sut, case, in_any_order
from conformance.ocpp16.messages import (
    Authorize,
    IdTagInfo,
    ReserveNow,
    StartTransaction,
    StatusNotification,
)
from testcases.ocpp16.charge_point.connectors import (
    charging_reserved,
    connector_faulted,
    connector_occupied,
    connector_unavailable,
    others_unavailable,
    reserve,
    using_reservation,
)
from testcases.ocpp16.charge_point.states import (
    authorized_with,
    charging_with,
    configuration,
    status,
    suspended,
)

RESERVED = ReserveNow.conf(status="Accepted")
# Preparing may last as long as an answer only, and is to be reported nevertheless.
PROMPT = configuration(MinimumStatusDuration="0")
UNSUPPORTED = ("NotSupported", "NotImplemented")


def in_group(sut: Sut) -> IdTagInfo:
    """Return what the tool says of a token of the group."""
    return {"status": "Accepted", "parentIdTag": sut.values.group.id_tag}


def strictness(answer: Reply) -> list[str]:
    """Say what others are stricter about: a message that is not known gets no status."""
    told = f"the document has the status Rejected only, not the CALLERROR {answer.error}"
    return [told] * bool(answer.error)


@case("TC_046_1_CS", before=(others_unavailable,))
async def test_tc_046_1_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """A reserved connector refuses another token, and charges for its own."""
    other = Authorize.req(idTag=sut.values.id_token2.id_tag)
    own = Authorize.req(idTag=sut.id_tag)
    await station.call(1, reserve(sut), expect=RESERVED)
    await station.expect(3, status(sut, "Reserved"))

    await operator.present_token(sut.values.id_token2)
    await station.expect_none(
        5,
        StatusNotification.req(connectorId=sut.connector),
        StartTransaction.req(),
        during=sut.silence,
        meanwhile=(other,),
    )
    await operator.present_token(sut.values.id_token)
    station.skip(5, 6, because="the Authorize is optional: until charging begins, it may come")
    await station.expect(7, status(sut, "Preparing"), meanwhile=(own,))

    await operator.plug_in(sut.connector)
    meanwhile = (*suspended(sut), own)
    await in_any_order(
        station.expect(9, using_reservation(sut, sut.id_tag), meanwhile=meanwhile),
        station.expect(11, status(sut, "Charging"), meanwhile=meanwhile),
    )


@case("TC_046_2_CS", before=(PROMPT,))
async def test_tc_046_2_cs(station: Station, sut: Sut) -> None:
    """A remote start for the reserved token uses the reservation."""
    await station.call(1, reserve(sut), expect=RESERVED)
    await station.expect(3, status(sut, "Reserved"))
    await station.execute(5, charging_reserved())


@case("TC_047_CS", before=(others_unavailable,))
async def test_tc_047_cs(station: Station, sut: Sut) -> None:
    """A reservation that nobody uses expires, and the connector is free for another token."""
    lasts = sut.values.reservation_duration
    made = await station.call(1, reserve(sut, lasts=lasts), expect=RESERVED)
    await station.expect(3, status(sut, "Reserved"))
    await station.expect(5, status(sut, "Available"), not_before=lasts, since=made)
    await station.execute(7, charging_with(token=sut.values.id_token2, unreserved=True))


@case("TC_048_1_CS", before=(connector_faulted,))
async def test_tc_048_1_cs(station: Station, sut: Sut) -> None:
    """A faulted connector cannot be reserved."""
    await station.call(1, reserve(sut), expect=ReserveNow.conf(status="Faulted"))


@case("TC_048_2_CS", before=(connector_occupied,))
async def test_tc_048_2_cs(station: Station, sut: Sut) -> None:
    """A connector with a cable in it cannot be reserved."""
    await station.call(1, reserve(sut), expect=ReserveNow.conf(status="Occupied"))


@case("TC_048_3_CS", before=(connector_unavailable,))
async def test_tc_048_3_cs(station: Station, sut: Sut) -> None:
    """A connector that is out of service cannot be reserved."""
    await station.call(1, reserve(sut), expect=ReserveNow.conf(status="Unavailable"))


@case("TC_048_4_CS")
async def test_tc_048_4_cs(station: Station, sut: Sut) -> None:
    """A charge point without reservations refuses to reserve a connector."""
    answer = await station.call(
        1, reserve(sut), expect=ReserveNow.conf(status="Rejected"), or_error=UNSUPPORTED
    )
    station.remark(2, *strictness(answer))


@case("TC_053_1_CS", before=(others_unavailable,))
async def test_tc_053_1_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """Another token of the group is presented, and uses the reservation."""
    member = sut.values.group_member_token
    await station.call(
        1, replace(reserve(sut), parentIdTag=sut.values.group.id_tag), expect=RESERVED
    )
    await station.expect(3, status(sut, "Reserved"))
    await station.execute(5, authorized_with(member, in_group(sut)))

    await operator.plug_in(sut.connector)
    await in_any_order(
        station.expect(
            7,
            using_reservation(sut, member.id_tag),
            reply=StartTransaction.conf(idTagInfo=in_group(sut)),
            meanwhile=suspended(sut),
        ),
        station.expect(9, status(sut, "Charging"), meanwhile=suspended(sut)),
    )


@case("TC_053_2_CS", before=(PROMPT, others_unavailable))
async def test_tc_053_2_cs(station: Station, sut: Sut) -> None:
    """Another token of the group is named in a remote start, and uses the reservation."""
    await station.call(
        1, replace(reserve(sut), parentIdTag=sut.values.group.id_tag), expect=RESERVED
    )
    await station.expect(3, status(sut, "Reserved"))
    await station.execute(5, charging_reserved(sut.values.group_member_token, in_group(sut)))
