"""The credentials of the charge point that the tool plays: what it shows, makes and is given."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from secrets import token_bytes, token_hex
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlsplit

from conformance.access import PASSWORD_BYTES, Access
from conformance.charge_point_security import LENGTHS, PASSWORD, named
from conformance.matching import Matcher
from conformance.operators.actions import ChangeConfiguration
from conformance.operators.fixtures import Creator, StationFixture
from conformance.secure import MUTUAL
from conformance.verdict import Inconclusive
from conformance.walltime import utc_now
from conformance.wire.basic import KINDS, Kind
from conformance.wire.client import ConnectFailedError
from conformance.wire.tls import Side
from conformance.wire.upgrade import Upgrade

if TYPE_CHECKING:
    from conformance.bench import Bench
    from conformance.peer import Peer
    from conformance.pki.authority import Issued
    from conformance.pki.holding import Holder, Maker, Request

Bad = Literal["password", "profile", "old password"]
PAUSES: Final = (0.05, 0.5, 2.0, 8.0)  # seconds before a charge point that is refused tries again
LOCAL: Final = "127.0.0.1"


class Keyring:
    """What a case shows of itself on the next connection; the clean-up puts it back.

    Certificates are PEM texts.
    """

    def __init__(self, bench: Bench, peer: Peer) -> None:
        self._bench, self._peer = bench, peer
        self._folder: TemporaryDirectory[str] | None = None
        self._request: Request | None = None

    # The next connection

    @property
    def profile(self) -> int:
        """The security profile that the charge point connects with."""
        return self._access.profile

    @property
    def host(self) -> str:
        """The host whose name the certificate of the CSMS has to have."""
        return urlsplit(self._bench.transport.url).hostname or LOCAL

    def new_password(self, octets: bytes = b"") -> str:
        """Return a new password, as AuthorizationKey has it, with `octets` at its beginning."""
        return self._access.new_password(octets)

    def credentials(self, kind: Kind) -> dict[str, str]:
        """Return headers of HTTP Basic of one kind, by what is particular about each."""
        user, password = self._peer.sut.station.encode(), self._access.basic
        if password is None:
            raise Inconclusive("this needs a security profile with a password: 1 or 2")
        return KINDS[kind](user, password)

    @contextmanager
    def authorization(self, header: str) -> Iterator[None]:
        """While inside, show this header in place of the usual one; an empty one is left out."""
        with self._access.opening(Upgrade(authorization=header)):
            yield

    def next_profile(self) -> int:
        """Return the next security profile; INCONCLUSIVE where it needs what is not declared."""
        profile, tls = self.profile + 1, self._peer.sut.tls
        if profile >= MUTUAL and tls.certificate is None:
            needed = "tls.certificate and tls.private_key in sut.toml (or tls.folder)"
            raise Inconclusive(f"security profile {profile} needs {needed}")
        return profile

    def raise_profile(self, profile: int) -> None:
        """Connect with this security profile from now on."""
        self._access.demand(self._peer.sut, profile)
        self._note(f"connects with security profile {profile} from now on")

    @contextmanager
    def wrong_password(self) -> Iterator[None]:
        """While inside, show a password that nobody knows."""
        with self._showing(password=token_bytes(PASSWORD_BYTES)):
            yield

    @contextmanager
    def declared_password(self) -> Iterator[None]:
        """While inside, show the password that was there before."""
        with self._showing(password=Access.of(self._peer.sut).password):
            yield

    @contextmanager
    def lower_profile(self) -> Iterator[None]:
        """While inside, connect with the security profile that was there before."""
        declared = Access.of(self._peer.sut)
        with self._showing(profile=declared.profile, side=declared.side):
            yield

    @contextmanager
    def certificate(self, issued: Issued) -> Iterator[None]:
        """While inside, show another certificate."""
        from conformance.pki.keys import key_pem  # noqa: PLC0415 - costs 50 ms

        with self._showing(side=self._with(issued.pem, key_pem(issued.key))):
            yield

    def bad_certificates(self) -> dict[str, Issued]:
        """Return certificates that the CSMS has to refuse, by what is wrong with them."""
        from conformance.pki.holding import bad_certificates  # noqa: PLC0415

        tls = self._peer.sut.tls
        found = bad_certificates(self._holder(), tls.authority, tls.authority_key)
        if len(found) == 1:
            told = "without the authority's key (tls.folder) no expired certificate can be shown"
            self._peer.remark_on_lab(told)
        return found

    @contextmanager
    def _showing(self, **changes: Any) -> Iterator[None]:  # noqa: ANN401 - fields of Access
        access = self._access
        before = {name: getattr(access, name) for name in changes}
        for name, value in changes.items():
            setattr(access, name, value)
        try:
            yield
        finally:
            for name, value in before.items():
                setattr(access, name, value)

    # Its own certificate

    def request(self) -> str:
        """Make a new key pair, and return the signing request for it."""
        from conformance.pki.holding import request  # noqa: PLC0415

        self._request = request(self._holder())
        return self._request.csr

    def signed(self) -> Any:  # noqa: ANN401 - stands where a text could stand
        """Accept the certificate that was asked for last, with any others behind it."""
        asked = self._asked()
        return Matcher(
            "a certificate that is valid, for the key and the subject of the request",
            lambda v: not list(asked.problems(v, utc_now())),
            also_wrong=asked.wrong(),
            tell=lambda v: "; ".join(asked.problems(v, utc_now())),
        )

    def use(self, chain: str) -> None:
        """Show this certificate from the next connection on."""
        from conformance.pki.keys import key_pem  # noqa: PLC0415

        self._access.side = self._with(chain.encode(), key_pem(self._asked().key))
        self._note("shows the new certificate on the next connection")

    def _asked(self) -> Request:
        if self._request is None:
            raise RuntimeError("no certificate was asked for")
        return self._request

    def _holder(self) -> Holder:
        from conformance.pki.holding import Holder, holder  # noqa: PLC0415

        sut = self._peer.sut
        declared = Access.of(sut).side.chain
        return holder(declared, Holder(sut.values.station_vendor, sut.station))

    def _with(self, chain: bytes, key: bytes) -> Side:
        """Return what is shown with another certificate, which is in files of ours meanwhile."""
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="ocpp-keyring-")
        name = token_hex(4)
        paths = [Path(self._folder.name, f"{name}.{end}") for end in ("pem", "key")]
        for path, data in zip(paths, (chain, key), strict=True):
            path.touch(0o600)
            path.write_bytes(data)
        return replace(self._access.side, chain=paths[0], key=paths[1])

    # Roots

    def root(self) -> str:
        """Return a root that the CSMS can have installed."""
        from conformance.pki.holding import new_root  # noqa: PLC0415

        return new_root()

    def same(self, certificate: str) -> Any:  # noqa: ANN401 - stands where a text could stand
        """Accept this certificate, however its PEM is laid out."""
        from conformance.pki.holding import another_root, same  # noqa: PLC0415

        return Matcher(
            "the certificate that was to be sent",
            lambda v: same(certificate, v),
            also_wrong=(another_root(),),
            tell=lambda _: "it is not the certificate that was to be sent",
        )

    def named(self, root: str) -> Any:  # noqa: ANN401 - as messages have it
        """Accept the hash data of a root, in any case of letters."""
        return {
            field: value if field == "hashAlgorithm" else _hexadecimal(field, str(value))
            for field, value in named(root).items()
        }

    # Firmware

    @property
    def maker(self) -> str:
        """The certificate of who signs the charge point's firmware."""
        return self._maker().certificate

    def signature(self, data: bytes) -> str:
        """Return the maker's signature of firmware, in Base64."""
        return self._maker().signature(data, self._peer.sut.values.firmware_padding)

    def disputed(self, signature: str, data: bytes) -> Iterator[str]:
        """Yield what is to be remarked on about how firmware is signed."""
        from conformance.pki.firmware import disputed  # noqa: PLC0415

        return disputed(self.maker, signature, data)

    def _maker(self) -> Maker:
        """Return who signs, with a key of the kind that the charge point's own is of."""
        from conformance.pki.holding import holder, maker  # noqa: PLC0415

        sut = self._peer.sut
        padded = sut.values.firmware_padding != "PSS"  # which is about RSA
        return maker("rsa" if padded else holder(sut.tls.certificate, self._holder()).kind)

    def as_signed(self, signature: str) -> Any:  # noqa: ANN401 - stands where a text could stand
        """Accept this signature."""
        return Matcher(
            "the signature that was to be sent",
            lambda v: v == signature,
            tell=lambda v: (
                f"expected {signature!r}, which the operator was asked to send, got {v!r}"
            ),
        )

    # The clean-up

    async def restore(self) -> None:
        """Have the CSMS demand again what is declared, or go on with what it demands now."""
        access, sut = self._access, self._peer.sut
        declared = Access.of(sut)
        changed = (access.profile, access.password, access.side)
        if changed == (declared.profile, declared.password, declared.side):
            return
        if self._bench.link.connection is None and not await self._dials():
            access.reset(sut)
            return
        if not access.as_declared(sut):
            await self._set_back(declared)
        if access.profile == declared.profile:
            access.side = declared.side
        await self._bench.link.flush(self._peer.sut.limits.message_timeout)
        await self._bench.link.close()
        for pause in PAUSES:  # the CSMS may take a while to learn of the change
            if await self._dials():
                return
            await asyncio.sleep(pause)

    def close(self) -> None:
        """Remove the files that were shown meanwhile."""
        if self._folder is not None:
            self._folder.cleanup()

    async def _dials(self) -> bool:
        """Connect once more with what the charge point was to show; tell whether that works."""
        try:
            self._bench.link.attach(await self._bench.transport.dial())
            await self._bench.played.join()
        except (ConnectFailedError, Inconclusive):
            return False
        return True

    async def _set_back(self, declared: Access) -> None:
        access, peer = self._access, self._peer
        if access.profile != declared.profile:
            await self._set_profile(declared)
        if access.password == declared.password or declared.password is None:
            return
        before = declared.password.hex()
        if len(before) in LENGTHS:
            await self._ask(before)
        if access.password != declared.password:
            told = (
                "the CSMS was left with the password that it has set: the rest of the run uses it"
            )
            peer.remark_on_lab(told)

    async def _ask(self, password: str) -> None:
        bench, action = self._bench, "ChangeConfiguration"
        self._access.secrets.add(password)
        before = bench.played.heard[action]
        with suppress(Inconclusive):
            await self._peer.operator.perform(ChangeConfiguration(key=PASSWORD, value=password))
            await self._peer.operator.done()
        limit = self._peer.sut.limits.message_timeout
        await bench.until(lambda: bench.played.heard[action] > before, limit)

    async def _set_profile(self, declared: Access) -> None:
        operator, sut = self._bench.operator, self._peer.sut
        if isinstance(operator, Creator) and operator.creates(StationFixture):
            shown = declared.password.decode("latin-1") if declared.password is not None else None
            known = StationFixture(
                station=sut.station, security_profile=declared.profile, password=shown
            )
            self._note(await operator.create(known))
            self._access.profile = declared.profile
            return
        self._peer.remark_on_lab(
            f"the CSMS was left with security profile {self.profile} for {sut.station}: the rest"
            f" of the run is over that profile; set it back to {declared.profile} by hand",
        )

    # The machinery

    @property
    def _access(self) -> Access:
        return self._bench.transport.access

    def _note(self, text: str) -> None:
        self._peer.record.note("", "tool", "", text)


def _hexadecimal(field: str, digits: str) -> Any:  # noqa: ANN401 - stands where a text could stand
    """Accept these digits in any case of letters."""
    return Matcher(
        f"the {field} of the root",
        lambda v: isinstance(v, str) and v.lower() == digits,
        tell=lambda v: f"expected {digits!r}, got {v!r}",
    )
