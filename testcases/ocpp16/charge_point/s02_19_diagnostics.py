"""Section 2.19: diagnostics."""

from __future__ import annotations

from typing import Literal

from conformance import Files, Station, Sut, case, present
from conformance.ocpp16.messages import DiagnosticsStatusNotification, GetDiagnostics


def diagnostics(
    name: Literal["Uploading", "Uploaded", "UploadFailed"],
) -> DiagnosticsStatusNotification.req:
    """Return the report that an upload has this status."""
    return DiagnosticsStatusNotification.req(status=name)


@case("TC_045_1_CS")
async def test_tc_045_1_cs(station: Station, files: Files, sut: Sut) -> None:
    """The diagnostics are uploaded to where they were asked for."""
    long = sut.limits.long_operation
    location = await files.upload_location()
    answer = await station.call(
        1, GetDiagnostics.req(location=location), expect=GetDiagnostics.conf(fileName=present)
    )
    await station.expect(3, diagnostics("Uploading"), within=long)
    await station.expect(5, diagnostics("Uploaded"), within=long)
    await files.expect_upload("post", name=answer["fileName"])


@case("TC_045_2_CS")
async def test_tc_045_2_cs(station: Station, files: Files, sut: Sut) -> None:
    """An upload that is refused is told as such, and all goes on."""
    long = sut.limits.long_operation
    location = await files.refusing_location()
    await station.call(1, GetDiagnostics.req(location=location, retries=0))
    await station.expect(3, diagnostics("Uploading"), within=long)
    await station.expect(5, diagnostics("UploadFailed"), within=long)
    await station.expect_available("post")
