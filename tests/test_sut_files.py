from __future__ import annotations

from pathlib import Path

import pytest

from conformance.sut import Sut, SutFileError, load

HEAD = '[sut]\nname = "x"\nversion = "1.6"\nrole = "CS"\n[files]\n'


def read(folder: Path, text: str, head: str = HEAD) -> Sut:
    path = folder / "sut.toml"
    path.write_text(head + text, encoding="utf-8")
    return load(path, {})


def test_a_file_is_one_beside_sut_toml(tmp_path: Path) -> None:
    (tmp_path / "fw.bin").write_bytes(b"new")
    sut = read(tmp_path, 'firmware = "fw.bin"\n')
    assert sut.files.firmware == tmp_path / "fw.bin"
    assert sut.changed({"values": {"connector": 1}}).files.firmware == tmp_path / "fw.bin"


def test_where_a_file_lies_is_not_part_of_the_declaration(tmp_path: Path) -> None:
    hashes = set()
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "fw.bin").write_bytes(b"new")
        hashes.add(read(folder, 'firmware = "fw.bin"\n').declaration()["sha256"])
    assert len(hashes) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('firmware = "fw.bin"', "files.firmware: expected a file, found none at"),
        ("firmware = 3", "files.firmware: expected the path of a file"),
        ('host = "http://lab"', "files.host: expected a host name or an address"),
        ('listen = "0.0.0.0:21"', "files.listen: expected a host name or an address"),
        ('host = "0.0.0.0"', "files.host: expected an address that the system can reach"),
        ("passive_ports = [9, 8]", "files.passive_ports: expected the first port, then the last"),
        ("passive_ports = [9]", "files.passive_ports"),
        ("ftp_port = 21\nhttp_port = 21", "files.http_port: expected another port"),
        ('protocols = ["SFTP"]', "files.protocols"),
        ("protocols = []", "files.protocols"),
        ("size_limit = 0", "files.size_limit"),
        ('frimware = "x"', "did you mean firmware?"),
    ],
)
def test_what_cannot_be_is_told(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SutFileError) as caught:
        read(tmp_path, text)
    assert told in str(caught.value)


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "lab.example"])
def test_an_address_or_a_name_can_be_advertised(tmp_path: Path, host: str) -> None:
    assert read(tmp_path, f'host = "{host}"\n').files.host == host


def test_an_image_is_for_stations(tmp_path: Path) -> None:
    (tmp_path / "fw.bin").write_bytes(b"new")
    head = HEAD.replace('"CS"', '"CSMS"\n[connection]\nurl = "ws://127.0.0.1:1"')
    with pytest.raises(SutFileError, match=r"files\.firmware: expected role CS"):
        read(tmp_path, 'firmware = "fw.bin"\n', head)
