"""Section 3.16: diagnostics."""

from __future__ import annotations

from typing import Final, Literal

from conformance import Csms, Files, Operator, case
from conformance.ocpp16.messages import DiagnosticsStatusNotification, GetDiagnostics

NAME: Final = "diagnostics.log"
CONTENT: Final = b"what the tool, as a charge point, has to say\n"


def diagnostics(
    name: Literal["Uploading", "Uploaded", "UploadFailed"],
) -> DiagnosticsStatusNotification.req:
    """Return the tool's report that the upload has this status."""
    return DiagnosticsStatusNotification.req(status=name)


@case("TC_045_1_CSMS")
async def test_tc_045_1_csms(csms: Csms, operator: Operator, files: Files) -> None:
    """The central system has diagnostics uploaded, and takes what is told of it."""
    await operator.ask_for_diagnostics(await files.upload_location())
    asked = await csms.expect(1, GetDiagnostics.req(), reply=GetDiagnostics.conf(fileName=NAME))
    await csms.call(3, diagnostics("Uploading"))
    await files.send(asked["location"], NAME, CONTENT)
    await csms.call(5, diagnostics("Uploaded"))


@case("TC_045_2_CSMS")
async def test_tc_045_2_csms(csms: Csms, operator: Operator, files: Files) -> None:
    """The central system lives with an upload that fails."""
    await operator.ask_for_diagnostics(await files.refusing_location(), retries=0)
    await csms.expect(1, GetDiagnostics.req(), reply=GetDiagnostics.conf(fileName=NAME))
    await csms.call(3, diagnostics("Uploading"))
    await csms.call(5, diagnostics("UploadFailed"))
