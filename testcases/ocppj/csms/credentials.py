"""HTTP Basic authentication of the upgrade: OCPP-J 1.6, 6.2; A00 of 2.0.1 and the whitepaper."""

from __future__ import annotations

from conformance import Csms, Keyring, Operator, Sut, case, caseless
from conformance.ocpp16.messages import ChangeConfiguration
from testcases.ocppj.requests import NO_TEXT, harmless, request

UNAUTHORIZED = 401


def remarked(csms: Csms, what: str, status: int) -> None:
    """Remark on a refusal with another status than the one of HTTP."""
    told = f"refused with {status or 'no status'}, where 401 is meant: {what}"
    csms.remark(1, *([told] if status != UNAUTHORIZED else []))


@case("OCPPJ_53_CSMS")
async def test_ocppj_53_csms(csms: Csms, keyring: Keyring, sut: Sut) -> None:
    """A station without credentials, or with those of another scheme, is not let in."""
    for what, header in keyring.credentials("no Basic").items():
        with keyring.authorization(header):
            remarked(csms, what, await csms.expect_refusal(1, what))
    await csms.expect_admission(2)
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_54_CSMS")
async def test_ocppj_54_csms(csms: Csms, keyring: Keyring, sut: Sut) -> None:
    """No password but the right one will do, however near it is."""
    for what, header in keyring.credentials("another password").items():
        with keyring.authorization(header):
            remarked(csms, what, await csms.expect_refusal(1, what))
    await csms.expect_admission(2)
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_55_CSMS")
async def test_ocppj_55_csms(csms: Csms, keyring: Keyring, sut: Sut) -> None:
    """Credentials that cannot be read are refused, and do no harm."""
    for what, header in keyring.credentials("no form").items():
        with keyring.authorization(header):
            remarked(csms, what, await csms.expect_refusal(1, what))
    await csms.expect_admission(2)
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_56_CSMS")
async def test_ocppj_56_csms(csms: Csms, keyring: Keyring, sut: Sut) -> None:
    """The user name has to be the identity of the path."""
    for what, header in keyring.credentials("another user").items():
        with keyring.authorization(header):
            remarked(csms, what, await csms.expect_refusal(1, what))
    await csms.expect_admission(2)
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_57_CSMS")
async def test_ocppj_57_csms(csms: Csms, keyring: Keyring, sut: Sut) -> None:
    """The user name is the identity of the path: who shows another one is not let in."""
    for what, header in keyring.credentials("another user").items():
        with keyring.authorization(header):
            remarked(csms, what, await csms.expect_refusal(1, what))
    await csms.expect_admission(2)
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_58_CSMS")
async def test_ocppj_58_csms(csms: Csms, operator: Operator, keyring: Keyring, sut: Sut) -> None:
    """A password may have any octets, be they a text or not."""
    wanted = keyring.new_password(NO_TEXT)
    await operator.ask_for_change("AuthorizationKey", wanted)
    asked = await csms.expect(
        1,
        ChangeConfiguration.req(key=caseless("AuthorizationKey")),
        reply=ChangeConfiguration.conf(status="Accepted"),
    )
    another = "the CSMS has set another password than it was asked to: its octets are not known"
    csms.remark(1, *([another] if asked["value"].lower() != wanted else []))
    await csms.expect_admission(3)
    await csms.call(4, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_59_CSMS")
async def test_ocppj_59_csms(csms: Csms, keyring: Keyring, sut: Sut) -> None:
    """The name of the scheme is the same in any letters."""
    for header in keyring.credentials("other letters").values():
        with keyring.authorization(header):
            await csms.expect_admission(1)
    await csms.call(2, request(sut), expect=harmless(sut).expect)
