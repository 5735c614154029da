"""Section 3.21.3: a higher security profile, passwords and certificates of connections."""

from __future__ import annotations

from conformance import Csms, Keyring, Operator, Sut, case, caseless
from conformance.boot import boot_16
from conformance.ocpp16.endpoint import SUITES, endpoint, with_suite
from conformance.ocpp16.messages import BootNotification, ChangeConfiguration

BOOT_ACCEPTED = BootNotification.conf(status="Accepted")


@case("TC_083_CSMS")
async def test_tc_083_csms(csms: Csms, operator: Operator, keyring: Keyring, sut: Sut) -> None:
    """A higher security profile is demanded as soon as it is accepted, the old one refused."""
    higher = keyring.next_profile()
    await operator.ask_for_change("SecurityProfile", str(higher))
    await csms.expect(
        1,
        ChangeConfiguration.req(key=caseless("SecurityProfile"), value=str(higher)),
        reply=ChangeConfiguration.conf(status="Accepted"),
    )
    csms.skip(3, 4, because="the charge point reconnects by itself")
    keyring.raise_profile(higher)
    await csms.expect_admission(5)
    boot, *statuses = boot_16(sut)
    await csms.call(5, boot, expect=BOOT_ACCEPTED)
    for available in statuses:
        await csms.call(7, available)
    with keyring.lower_profile():
        await csms.expect_refusal("post", "the old security profile")


@case("TC_085_CSMS")
async def test_tc_085_csms(csms: Csms, keyring: Keyring, sut: Sut) -> None:
    """The central system takes the right password, and no other."""
    await csms.disconnect()
    await csms.expect_admission(2)
    boot, *statuses = boot_16(sut)
    await csms.call(3, boot, expect=BOOT_ACCEPTED)
    for available in statuses:
        await csms.call(5, available)
    with keyring.wrong_password():
        await csms.expect_refusal("post", "a wrong password")


@case("TC_086_CSMS", judges_tls=True)
async def test_tc_086_csms(csms: Csms, keyring: Keyring, sut: Sut) -> None:
    """The central system has a certificate of its own for each kind of key, and the suites."""
    await csms.disconnect()
    for suite in SUITES:
        await csms.expect_admission(2, with_suite(keyring.host, suite), suite=suite)
    for version in await csms.old_versions():
        csms.remark(2, f"{version} is taken, which only older charge points may use (A00.FR.312)")
    await csms.expect_admission(6, endpoint(keyring.host))
    boot, *statuses = boot_16(sut)
    await csms.call(7, boot, expect=BOOT_ACCEPTED)
    for available in statuses:
        await csms.call(9, available)


@case("TC_087_CSMS", judges_tls=True)
async def test_tc_087_csms(csms: Csms, keyring: Keyring, sut: Sut) -> None:
    """The central system takes the charge point's certificate, and none that is not valid."""
    await csms.disconnect()
    for suite in SUITES:
        await csms.expect_admission(2, with_suite(keyring.host, suite), suite=suite)
    await csms.expect_admission(6, endpoint(keyring.host))
    boot, *statuses = boot_16(sut)
    await csms.call(7, boot, expect=BOOT_ACCEPTED)
    for available in statuses:
        await csms.call(9, available)
    for what, issued in keyring.bad_certificates().items():
        with keyring.certificate(issued):
            await csms.expect_refusal("post", what)
