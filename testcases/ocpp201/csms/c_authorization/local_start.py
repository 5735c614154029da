"""C01: tokens that the CSMS must refuse."""

from __future__ import annotations

from typing import Any

from conformance import Csms, Sut, case, one_of
from conformance.ocpp201.messages import AuthorizeRequest, AuthorizeResponse, IdTokenType


def refused(*statuses: str) -> AuthorizeResponse:
    """Require one of the statuses that refuse the token."""
    status: Any = one_of(*statuses)
    return AuthorizeResponse(idTokenInfo={"status": status})


def asked(token: IdTokenType) -> AuthorizeRequest:
    """Ask whether a token may charge."""
    return AuthorizeRequest(idToken=token)


@case("TC_C_02_CSMS")
async def test_tc_c_02_csms(csms: Csms, sut: Sut) -> None:
    """The CSMS says that a token is not known."""
    await csms.call(
        1, asked(sut.values.invalid_token.id_token), expect=refused("Invalid", "Unknown")
    )


@case("TC_C_06_CSMS")
async def test_tc_c_06_csms(csms: Csms, sut: Sut) -> None:
    """The CSMS says that a token is blocked."""
    await csms.call(
        1, asked(sut.values.blocked_token.id_token), expect=refused("Blocked", "Invalid")
    )


@case("TC_C_07_CSMS")
async def test_tc_c_07_csms(csms: Csms, sut: Sut) -> None:
    """The CSMS says that a token has expired."""
    await csms.call(
        1, asked(sut.values.expired_token.id_token), expect=refused("Expired", "Invalid")
    )
