"""The FTP file server, with good clients and with hostile ones."""

from __future__ import annotations

import asyncio
import ftplib
import hashlib
import os
import socket
import struct
import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from conformance.files.ftp import FtpServer
from conformance.files.shelf import Shelf
from tests.files.serving import CASE, LIMIT, Served, run, serving

Client = Callable[[ftplib.FTP, Served], None]


def ftp(folder: Path, client: Client) -> Served:
    """Let a client of the standard library act on a served shelf; return what came of it."""
    kept: list[Served] = []

    async def test() -> None:
        async with serving("FTP", folder) as it:
            it.shelf.offer("fw.bin", b"new\r\nfirmware\n" * 10_000)
            it.shelf.take("logs")
            it.shelf.take("refused", refuses=True)
            kept.append(it)
            await asyncio.to_thread(act, it)

    def act(it: Served) -> None:
        with ftplib.FTP(timeout=10) as connection:  # noqa: S321 - it is what is tested
            connection.connect("127.0.0.1", it.server.port)
            connection.login("ocpp", "hush4711")
            client(connection, it)

    run(test)
    return kept[0]


def store(client: ftplib.FTP, path: str, content: bytes) -> str:
    return client.storbinary(f"STOR {path}", BytesIO(content))


def refused(code: str, act: Callable[[], object]) -> None:
    with pytest.raises(ftplib.Error, match=f"^{code}"):
        act()


@pytest.mark.parametrize("passive", [True, False])
def test_a_file_is_fetched_whole_and_counted(tmp_path: Path, *, passive: bool) -> None:
    got = bytearray()

    def client(c: ftplib.FTP, _: Served) -> None:
        c.set_pasv(passive)
        c.retrbinary(f"RETR /{CASE}/fw.bin", got.extend)

    it = ftp(tmp_path, client)
    assert bytes(got) == b"new\r\nfirmware\n" * 10_000
    assert [(d.name, d.size, d.whole) for d in it.shelf.downloads] == [("fw.bin", 140_000, True)]


@pytest.mark.parametrize("passive", [True, False])
def test_an_upload_is_kept_with_its_hash(tmp_path: Path, *, passive: bool) -> None:
    content = os.urandom(150_000)

    def client(c: ftplib.FTP, _: Served) -> None:
        c.set_pasv(passive)
        c.cwd(f"/{CASE}/logs")
        store(c, "log 1.txt", content)

    it = ftp(tmp_path, client)
    (upload,) = it.shelf.uploads
    assert (upload.name, upload.size, upload.whole) == ("log 1.txt", 150_000, True)
    assert upload.sha256 == hashlib.sha256(content).hexdigest()
    assert it.kept == [content]


def test_an_upload_counts_before_its_client_is_told_so(tmp_path: Path) -> None:
    def client(c: ftplib.FTP, it: Served) -> None:
        for number in range(1, 20):
            store(c, f"/{CASE}/logs/{number}", b"x")
            assert len(it.shelf.uploads) == number

    ftp(tmp_path, client)


def test_an_interrupted_download_can_be_taken_up_again(tmp_path: Path) -> None:
    got = bytearray()

    def client(c: ftplib.FTP, _: Served) -> None:
        c.retrbinary(f"RETR {CASE}/fw.bin", got.extend, rest=139_986)

    it = ftp(tmp_path, client)
    assert bytes(got) == b"new\r\nfirmware\n"
    assert it.shelf.downloads[0].whole


def test_a_name_given_at_last(tmp_path: Path) -> None:
    def client(c: ftplib.FTP, _: Served) -> None:
        c.cwd(f"{CASE}/logs")
        store(c, "log.part", b"1")
        c.rename("log.part", "log.txt")

    assert [u.name for u in ftp(tmp_path, client).shelf.uploads] == ["log.txt"]


def test_a_unique_name_of_the_server_s_choice(tmp_path: Path) -> None:
    def client(c: ftplib.FTP, _: Served) -> None:
        c.cwd(f"{CASE}/logs")
        c.storbinary("STOU", BytesIO(b"1"))

    assert [u.whole for u in ftp(tmp_path, client).shelf.uploads] == [True]


def test_what_is_listed(tmp_path: Path) -> None:
    listed: list[str] = []

    def client(c: ftplib.FTP, _: Served) -> None:
        assert c.nlst() == [CASE]
        store(c, f"{CASE}/logs/x", b"123")
        c.voidcmd("TYPE I")
        assert c.size(f"{CASE}/logs/x") == 3
        c.cwd(CASE)
        listed.extend(name for name, _ in c.mlsd())
        c.retrlines("LIST", listed.append)
        assert c.voidcmd("MDTM fw.bin").startswith("213")
        c.cwd("..")
        assert c.pwd() == "/"

    ftp(tmp_path, client)
    assert listed[:3] == ["fw.bin", "logs", "refused"]
    assert [line[0] for line in listed[3:]] == ["-", "d", "d"]


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        f"/{CASE}/x/y",
        "../../../etc/passwd",
        "/etc/passwd",
        f"/{CASE}/logs/../../..",
        "",
    ],
)
def test_no_path_leads_out_of_the_shelf(tmp_path: Path, path: str) -> None:
    def client(c: ftplib.FTP, _: Served) -> None:
        refused("5", lambda: c.retrbinary(f"RETR {path}", print))
        refused("5", lambda: store(c, path, b"evil"))
        if path.startswith(("/", "..")):
            refused("5", lambda: c.cwd(f"/{CASE}/logs/{path}/x"))

    it = ftp(tmp_path, client)
    assert it.files == []
    assert not it.shelf.downloads
    assert not it.shelf.uploads


def test_what_is_there_stays(tmp_path: Path) -> None:
    def client(c: ftplib.FTP, _: Served) -> None:
        c.cwd(CASE)
        for command in ("DELE fw.bin", "RMD logs", "MKD logs", "SITE CHMOD 777 fw.bin"):
            refused("550", lambda command=command: c.voidcmd(command))  # type: ignore[misc]
        for command in ("DELE x", "RMD x", "MKD x", "MFMT 20260101000000 x"):
            refused("550", lambda command=command: c.voidcmd(command))  # type: ignore[misc]
        refused("550", lambda: c.storbinary("APPE logs/x", BytesIO(b"1")))
        refused("550", lambda: store(c, "refused/x", b"1"))
        refused("550", lambda: store(c, "fw.bin", b"1"))
        refused("550", lambda: c.rename("fw.bin", "logs/fw.bin"))

    it = ftp(tmp_path, client)
    assert it.files == []
    assert f"FTP: /{CASE}/refused/x: uploads are refused here" in [e.text for e in it.shelf.events]


def test_an_upload_that_is_too_large_is_not_taken(tmp_path: Path) -> None:
    def client(c: ftplib.FTP, _: Served) -> None:
        try:
            store(c, f"{CASE}/logs/x", bytes(20 * LIMIT))
        except (ftplib.Error, ConnectionError):
            c.close()  # what the server has still to say does not matter
            return
        pytest.fail("it was taken")

    it = ftp(tmp_path, client)
    assert [u.whole for u in it.shelf.uploads] == [False]
    assert sum(map(len, it.kept)) <= LIMIT


@pytest.mark.parametrize(("user", "password"), [("ocpp", "wrong"), ("root", "hush4711"), ("", "")])
def test_wrong_credentials_are_told_and_never_repeated(
    tmp_path: Path, user: str, password: str
) -> None:
    async def test() -> None:
        async with serving("FTP", tmp_path) as it:
            with pytest.raises(ftplib.error_perm, match="530"):
                await asyncio.to_thread(login, it.server.port)
            told = [e.text for e in it.shelf.events]
            assert told == [f"FTP: a login as {user or 'anonymous'!r} with wrong credentials"]

    def login(port: int) -> None:
        with ftplib.FTP(timeout=10) as connection:  # noqa: S321
            connection.connect("127.0.0.1", port)
            connection.login(user, password)

    run(test)


def test_without_a_login_nothing_is_served(tmp_path: Path) -> None:
    async def test() -> None:
        async with serving("FTP", tmp_path) as it:
            it.shelf.offer("fw.bin", b"1")
            await asyncio.to_thread(ask, it.server.port)

    def ask(port: int) -> None:
        with ftplib.FTP(timeout=10) as connection:  # noqa: S321
            connection.connect("127.0.0.1", port)
            refused("530", lambda: connection.retrbinary(f"RETR {CASE}/fw.bin", print))
            refused("530", lambda: connection.voidcmd("PWD"))

    run(test)


def test_without_an_account_anyone_may_come(tmp_path: Path) -> None:
    async def test() -> None:
        async with serving("FTP", tmp_path, account=None) as it:
            it.shelf.offer("fw.bin", b"1")
            await asyncio.to_thread(fetch, it.server.port)
            assert it.shelf.downloads[0].whole

    def fetch(port: int) -> None:
        with ftplib.FTP(timeout=10) as connection:  # noqa: S321
            connection.connect("127.0.0.1", port)
            connection.login()
            connection.retrbinary(f"RETR {CASE}/fw.bin", lambda _: None)

    run(test)


def test_an_upload_that_is_reset_is_not_whole(tmp_path: Path) -> None:
    def client(c: ftplib.FTP, it: Served) -> None:
        data = c.transfercmd(f"STOR {CASE}/logs/x")
        data.sendall(b"half")
        while not it.shelf._taken:
            pass
        data.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        data.close()
        refused("426", c.voidresp)

    it = ftp(tmp_path, client)
    assert [u.whole for u in it.shelf.uploads] == [False]


def test_an_upload_that_is_aborted_is_not_whole(tmp_path: Path) -> None:
    def client(c: ftplib.FTP, it: Served) -> None:
        data = c.transfercmd(f"STOR {CASE}/logs/x")
        data.sendall(b"half")
        while not it.shelf._taken:
            pass
        c.abort()
        data.close()

    it = ftp(tmp_path, client)
    assert [u.whole for u in it.shelf.uploads] == [False]


def test_a_download_that_is_reset_is_not_whole(tmp_path: Path) -> None:
    def client(c: ftplib.FTP, it: Served) -> None:
        it.shelf.offer("large.bin", bytes(20_000_000))
        data = c.transfercmd(f"RETR {CASE}/large.bin")
        data.recv(1000)
        data.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        data.close()
        refused("426", c.voidresp)

    it = ftp(tmp_path, client)
    assert [d.whole for d in it.shelf.downloads] == [False]


def test_a_client_that_says_nothing_is_cut_off(tmp_path: Path) -> None:
    async def test() -> None:
        async with serving("FTP", tmp_path, idle=0.2) as it:
            reader, writer = await asyncio.open_connection("127.0.0.1", it.server.port)
            told = await reader.read()
            assert told.splitlines()[-1].startswith(b"421")
            writer.close()

    run(test)


def test_an_upload_that_stalls_is_given_up(tmp_path: Path) -> None:
    async def test() -> None:
        async with serving("FTP", tmp_path, idle=0.3) as it:
            it.shelf.take("logs")
            await asyncio.to_thread(stall, it.server.port)
            await it.until(lambda: bool(it.shelf.uploads))
            assert [u.whole for u in it.shelf.uploads] == [False]

    def stall(port: int) -> None:
        with ftplib.FTP(timeout=10) as connection:  # noqa: S321
            connection.connect("127.0.0.1", port)
            connection.login("ocpp", "hush4711")
            data = connection.transfercmd(f"STOR {CASE}/logs/x")
            data.sendall(b"half")
            with pytest.raises(ftplib.error_temp, match="421"):
                connection.voidresp()
            data.close()

    run(test)


def test_a_command_without_an_end_is_not_kept(tmp_path: Path) -> None:
    async def test() -> None:
        async with serving("FTP", tmp_path) as it:
            reader, writer = await asyncio.open_connection("127.0.0.1", it.server.port)
            writer.write(b"x" * 100_000 + b"\r\nQUIT\r\n")
            told = await reader.read()
            assert b"500 Command too long" in told
            writer.close()

    run(test)


def test_the_end_of_the_server_ends_its_clients_and_its_thread(tmp_path: Path) -> None:
    async def test() -> None:
        async with serving("FTP", tmp_path) as it:
            reader, writer = await asyncio.open_connection("127.0.0.1", it.server.port)
            await reader.readline()
            assert any(t.name == "ocpp-ftp" for t in threading.enumerate())
        assert await reader.read() == b""
        assert not any(t.name == "ocpp-ftp" for t in threading.enumerate())
        with pytest.raises(ConnectionError):
            await asyncio.open_connection("127.0.0.1", it.server.port)
        writer.close()

    run(test)


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    async def test() -> None:
        async with serving("FTP", tmp_path) as it:
            with pytest.raises(OSError, match="in use"):
                FtpServer(it.shelf, None, host="127.0.0.1", port=it.server.port)

    run(test)


def test_what_pasv_tells_behind_a_firewall() -> None:
    async def test() -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        shelf = Shelf(None, 100, lambda: None, lambda _: None)
        server = FtpServer(
            shelf, None, host="127.0.0.1", passive=range(port, port + 1), advertised="192.0.2.7"
        )
        try:
            told = await asyncio.to_thread(pasv, server.port)
        finally:
            await server.close()
        assert told == f"227 Entering passive mode (192,0,2,7,{port // 256},{port % 256})."

    def pasv(port: int) -> str:
        with ftplib.FTP(timeout=10) as connection:  # noqa: S321
            connection.connect("127.0.0.1", port)
            connection.login()
            return connection.sendcmd("PASV")

    run(test)
