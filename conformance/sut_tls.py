"""The table [tls] of sut.toml: certificates and keys of security profiles 2 and 3."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, InstanceOf, ValidationInfo
from pydantic.functional_serializers import PlainSerializer

from conformance.sut_sections import Role, Section, key


@dataclass(frozen=True)
class Located:
    """A path as it stands in sut.toml, and where it leads; relative ones begin beside sut.toml."""

    text: str
    path: Path

    def __str__(self) -> str:
        return self.text


def _located(value: object, info: ValidationInfo) -> object:
    if isinstance(value, Located):
        return value
    if isinstance(value, dict) and isinstance(value.get("path"), Path):
        return Located(**value)  # of a declaration that is copied: no file can say this
    if not isinstance(value, str):
        raise ValueError("expected the path of a file")  # noqa: TRY004 - pydantic collects them
    folder = info.context.folder if info.context is not None else Path()
    located = Located(value, folder / value)
    if not located.path.exists():
        raise ValueError(f"expected {value} to be there, found no such file")
    return located


LocatedField: TypeAlias = Annotated[
    InstanceOf[Located],
    BeforeValidator(_located),
    PlainSerializer(str, return_type=str, when_used="json"),
]


@dataclass(frozen=True)
class TlsFiles:
    """The PEM files of the tool's side of TLS; None for what is not declared."""

    certificate: Path | None
    private_key: Path | None
    trusted: Path | None
    authority: Path | None
    authority_key: Path | None
    maker: Path | None
    maker_key: Path | None
    maker_crl: Path | None
    signer: Path | None
    signer_key: Path | None
    revoked_signer: Path | None
    crl: Path | None


class Tls(Section):
    """[tls]: what the tool shows and trusts with security profiles 2 and 3, all files PEM."""

    folder: LocatedField | None = key(
        None, "a set that ocpp-conformance pki has written; it stands for all keys that follow"
    )
    certificate: LocatedField | None = key(
        None, "the tool's own certificate, with the intermediates below the root"
    )
    private_key: LocatedField | None = key(None, "the private key of that certificate")
    trusted: LocatedField | None = key(None, "the root of the system's certificates")
    authority: LocatedField | None = key(
        None, "the authority that signs what a station asks for", role="CS"
    )
    authority_key: LocatedField | None = key(None, "the private key of that authority", role="CS")
    maker: LocatedField | None = key(
        None, "the root of the certificates that sign firmware", role="CS"
    )
    maker_key: LocatedField | None = key(
        None, "the private key of that root: signs what is revoked at once", role="CS"
    )
    maker_crl: LocatedField | None = key(None, "what else that root has revoked, a CRL", role="CS")
    signer: LocatedField | None = key(
        None, "the certificate that firmware is signed with, below that root", role="CS"
    )
    signer_key: LocatedField | None = key(
        None, "its private key, if the tool is to sign (else values.firmware_signature)", role="CS"
    )
    revoked_signer: LocatedField | None = key(
        None, "one below that root that is revoked, where there is no maker_key", role="CS"
    )
    crl: LocatedField | None = key(
        None, "what the authority that signs for a station has revoked, a CRL", role="CS"
    )
    revocation: bool = key(
        False,
        "whether the tool tells at files.http_port what is revoked, from the beginning: a CRL at"
        " /crl, OCSP at /ocsp, those of the maker below /maker, as the certificates of"
        " ocpp-conformance pki --revocation-url say, and those that the tool signs",
    )
    check_name: bool = key(
        True, "whether the CSMS's certificate has to name the host of connection.url", role="CSMS"
    )

    def files(self, role: Role) -> TlsFiles:
        """Return where everything is, for the tool beside a system with this role."""
        own = "server" if role == "CS" else "client"
        return TlsFiles(
            certificate=self._path(self.certificate, f"{own}.pem"),
            private_key=self._path(self.private_key, f"{own}.key"),
            trusted=self._path(self.trusted, "root.pem"),
            authority=self._path(self.authority, "ca.pem"),
            authority_key=self._path(self.authority_key, "ca.key"),
            maker=self._path(self.maker, "manufacturer-root.pem"),
            maker_key=self._there(self._path(self.maker_key, "manufacturer-root.key")),
            maker_crl=self._there(self._path(self.maker_crl, "manufacturer-crl.pem")),
            signer=self._path(self.signer, "firmware.pem"),
            signer_key=self._path(self.signer_key, "firmware.key"),
            revoked_signer=self._there(self._path(self.revoked_signer, "bad/firmware-revoked.pem")),
            crl=self._there(self._path(self.crl, "crl.pem")),
        )

    def _path(self, given: Located | None, name: str) -> Path | None:
        if given is not None:
            return given.path
        return self.folder.path / name if self.folder is not None else None

    def _there(self, path: Path | None) -> Path | None:
        """Return a path if there is a file: not every set has what is bad."""
        return path if path is not None and path.is_file() else None

    def of_reference(self) -> dict[str, str]:
        """Return the files of a reference CSMS, by their names there: the other side of these."""
        if self.folder is None:
            return {}
        files, folder = self.files("CS"), self.folder.path
        second = next(folder.glob("server-*.pem"), None)
        return {
            name: str(path)
            for name, path in {
                "certificate": files.certificate,
                "key": files.private_key,
                "trusted": files.trusted,
                "other": second,
                "other_key": second.with_suffix(".key") if second is not None else None,
                "authority": files.authority,
                "authority_key": files.authority_key,
            }.items()
            if path is not None
        }
