# SPDX-License-Identifier: Apache-2.0
"""Connections to a core elsewhere: in one piece, over TLS, kept, closed, broken. The servers are real."""

import asyncio
import contextlib
import datetime as dt
import ssl
from collections.abc import AsyncIterator
from ipaddress import ip_address
from pathlib import Path

import httpcore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from twofold._core_sockets import connection_pool

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
BODY = b'{"a":1}'


class Server(asyncio.Protocol):
    """Answers whatever comes in with the same bytes, or closes."""

    def __init__(self, answer: bytes | None, *, closes: bool = False, adds: bytes = b"") -> None:
        self.answer = answer
        self.closes = closes
        self.adds = adds
        self.pieces: list[bytes] = []
        self.connections = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count."""
        assert isinstance(transport, asyncio.Transport)
        self.connections += 1
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer."""
        self.pieces.append(data)
        if self.answer is not None:
            self.transport.write(self.answer)
        if self.adds:
            asyncio.get_running_loop().call_later(0.02, self.transport.write, self.adds)
        if self.closes:
            self.transport.close()


@contextlib.asynccontextmanager
async def listening(server: Server, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Serve on a free port; yields what comes behind the scheme."""
    listener = await asyncio.get_running_loop().create_server(lambda: server, "127.0.0.1", 0, ssl=tls)
    async with listener:
        yield f"://127.0.0.1:{listener.sockets[0].getsockname()[1]}/"


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's TLS, and that of a client who trusts it."""
    folder: Path = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "core")])
    now = dt.datetime.now(dt.UTC)
    tomorrow = now + dt.timedelta(days=1)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, tomorrow)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "certificate").write_bytes(certificate.public_bytes(pem))
    (folder / "key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "certificate", folder / "key")
    return server, ssl.create_default_context(cafile=folder / "certificate")


async def post(pool: httpcore.AsyncConnectionPool, url: str, read: float = 10) -> bytes:
    """Post, and return the body of the answer."""
    timeout = {"connect": 10.0, "read": read}
    return (await pool.request("POST", url, content=BODY, extensions={"timeout": timeout})).content


async def test_a_request_leaves_in_one_piece_on_a_connection_that_is_kept() -> None:
    """Two pieces would cost two system calls; a connection for each call a round trip."""
    server = Server(OK)
    async with listening(server) as address, connection_pool() as pool:
        assert [await post(pool, f"http{address}") for _ in range(3)] == [b"ok"] * 3

    assert server.connections == 1
    assert [piece[-len(BODY) :] for piece in server.pieces] == [BODY] * 3


async def test_over_tls(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    """The same, encrypted; the other side is checked."""
    server = Server(OK)
    async with listening(server, tls[0]) as address, connection_pool(tls[1]) as pool:
        assert [await post(pool, f"https{address}") for _ in range(2)] == [b"ok"] * 2

    assert server.connections == 1


async def test_whom_nobody_trusts_is_sent_nothing(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    """A certificate that is not trusted is a host that cannot be reached: the next one may be asked."""
    server = Server(OK)
    async with listening(server, tls[0]) as address, connection_pool(ssl.create_default_context()) as pool:
        with pytest.raises(httpcore.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await post(pool, f"https{address}")

    assert server.pieces == []


async def test_who_does_not_answer_the_greeting_of_tls_is_given_up(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    """Nothing of the request was sent then, either."""
    async with listening(Server(None)) as address, connection_pool(tls[1]) as pool:
        with pytest.raises(httpcore.ConnectTimeout):
            await pool.request("GET", f"https{address}", extensions={"timeout": {"connect": 0.1}})


async def test_a_connection_that_the_other_side_has_closed_is_not_used_again() -> None:
    """A request on it would be lost; a change could not be repeated."""
    server = Server(OK, closes=True)
    async with listening(server) as address, connection_pool() as pool:
        for _ in range(3):
            assert await post(pool, f"http{address}") == b"ok"
            await asyncio.sleep(0.05)

    assert server.connections == 3


async def test_a_connection_on_which_something_came_unasked_is_not_used_again() -> None:
    """It would be taken for the answer to the next request."""
    server = Server(OK, adds=b"HTTP/1.1 408 Request Timeout\r\n\r\n")
    async with listening(server) as address, connection_pool() as pool:
        for _ in range(2):
            assert await post(pool, f"http{address}") == b"ok"
            await asyncio.sleep(0.1)

    assert server.connections == 2


async def test_a_long_answer_comes_in_parts() -> None:
    """More than is read at once."""
    long = b"x" * 3_000_000
    server = Server(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(long) + long)
    async with listening(server) as address, connection_pool() as pool:
        assert await post(pool, f"http{address}") == long


async def test_no_answer() -> None:
    """Silence, the end and a reset are told apart from a host that cannot be reached."""
    async with listening(Server(None)) as address, connection_pool() as pool:
        with pytest.raises(httpcore.ReadTimeout):
            await post(pool, f"http{address}", read=0.05)
    async with listening(Server(None, closes=True)) as address, connection_pool() as pool:
        with pytest.raises(httpcore.RemoteProtocolError):
            await post(pool, f"http{address}")
    async with connection_pool() as pool:
        with pytest.raises(httpcore.ConnectError):
            await post(pool, f"http{address}")


async def test_a_reset() -> None:
    """The other side threw the connection away."""

    class Resetting(Server):
        def data_received(self, data: bytes) -> None:
            self.transport.abort()

    async with listening(Resetting(None)) as address, connection_pool() as pool:
        with pytest.raises((httpcore.ReadError, httpcore.RemoteProtocolError)):
            await post(pool, f"http{address}")


async def test_a_host_that_never_accepts() -> None:
    """A host that is switched off is given up after the time that connecting may take."""
    async with connection_pool() as pool:
        with pytest.raises((httpcore.ConnectTimeout, httpcore.ConnectError)):
            await pool.request("GET", "http://192.0.2.1:9/", extensions={"timeout": {"connect": 0.05}})
