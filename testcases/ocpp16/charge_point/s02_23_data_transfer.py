"""Section 2.23: data transfer."""

from __future__ import annotations

from conformance import Station, Sut, case, one_of
from conformance.ocpp16.messages import DataTransfer

KNOWN_TO_NOBODY = one_of("Rejected", "UnknownMessageId", "UnknownVendorId", "Accepted")


@case("TC_062_CS")
async def test_tc_062_cs(station: Station, sut: Sut) -> None:
    """Data of a vendor that the charge point does not know is not taken."""
    answer = await station.call(
        1,
        DataTransfer.req(vendorId=sut.values.vendor_id),
        expect=DataTransfer.conf(status=KNOWN_TO_NOBODY),
    )
    told = f"data of the vendor {sut.values.vendor_id} is Accepted: is it known, or taken blindly?"
    station.remark(2, *[told] * (answer["status"] == "Accepted"))
