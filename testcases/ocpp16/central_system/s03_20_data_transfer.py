"""Section 3.20: data transfer."""

from __future__ import annotations

from conformance import Csms, Sut, case, one_of
from conformance.ocpp16.messages import DataTransfer


@case("TC_064_CSMS")
async def test_tc_064_csms(csms: Csms, sut: Sut) -> None:
    """The central system says that it does not know a vendor's messages."""
    answer = await csms.call(
        1,
        DataTransfer.req(vendorId=sut.values.vendor_id, messageId="Conformance"),
        expect=DataTransfer.conf(
            status=one_of("Rejected", "UnknownMessageId", "UnknownVendorId", "Accepted")
        ),
    )
    if answer["status"] == "Accepted":
        csms.remark(2, f"a message of the vendor {sut.values.vendor_id} is accepted")
