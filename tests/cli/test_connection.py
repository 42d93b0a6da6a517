# SPDX-License-Identifier: Apache-2.0
"""What a client of `twofold serve` sees of HTTP/1.1 itself, whatever the core answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from twofold.cli import connection
from twofold.cli.connection import MAX_HEAD_BYTES, MAX_HEADERS, Connection
from twofold.core.http import MAX_BODY_BYTES, HttpRequest, HttpResponse

CHUNKED = b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"


class Application:
    """Tells what it was asked, and how many requests it had at once."""

    def __init__(self) -> None:
        self.at_once = self.most_at_once = 0

    async def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer, a moment later."""
        if request.path == "/fails":
            raise RuntimeError("secret")
        if request.path == "/breaks":
            return HttpResponse(200, b"text/plain", b"", {"x-name": "a\r\nset-cookie: b"})
        if request.body is None:
            return HttpResponse(413, b"text/plain", b"too large")
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        told = f"{request.method} {request.path}?{request.query} {request.peer} {request.body.decode()}"
        return HttpResponse(200, b"text/plain", told.encode(), {"X-Name": "value"})


class Peer:
    """The other side of a connection."""

    def __init__(self, application: Application, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.application = application
        self._reader = reader
        self._writer = writer

    async def send(self, text: bytes) -> None:
        """Send some bytes."""
        self._writer.write(text)
        await self._writer.drain()

    @property
    def is_answered(self) -> bool:
        """Whether there is something to read. What is sent after that may cost the answer (RFC 9112, section 9.6)."""
        return bool(self._reader._buffer)  # type: ignore[attr-defined]  # it has no other way to ask

    async def head(self) -> str:
        """Read the head of an answer."""
        async with asyncio.timeout(60):
            return (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()

    async def answer(self) -> tuple[str, str]:
        """Read an answer: head and body."""
        head = await self.head()
        length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
        return head, (await self._reader.readexactly(length)).decode()

    async def rest(self) -> bytes:
        """Read until the server closes."""
        async with asyncio.timeout(60):
            return await self._reader.read()


@asynccontextmanager
async def connected(trusted_proxies: str = "", **options: Any) -> AsyncIterator[Peer]:
    """A connection to a server."""
    application: Any = Application()
    config = uvicorn.Config(
        application,
        interface="asgi3",
        proxy_headers=False,
        log_config=None,
        forwarded_allow_ips=trusted_proxies,
        **options,
    )
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(config, state), "127.0.0.1", 0)
    try:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        yield Peer(application, reader, writer)
        writer.close()
    finally:
        server.close()


async def test_requests_sent_ahead_are_answered_in_order_and_one_at_a_time() -> None:
    """However they are cut into pieces; the answers stand in the order of the requests."""
    sent = b"".join(b"POST /%d?q=%d HTTP/1.1\r\ncontent-length: 2\r\n\r\n%02d" % (n, n, n) for n in range(20))
    async with connected() as peer:
        for start in range(0, len(sent), 7):
            await peer.send(sent[start : start + 7])
        answers = [(await peer.answer())[1] for _ in range(20)]

        assert answers == [f"POST /{n}?q={n} 127.0.0.1 {n:02}" for n in range(20)]
        assert peer.application.most_at_once == 1


@pytest.mark.parametrize("sent", [b"GET / HTTP/1.0\r\n\r\n", b"GET / HTTP/1.1\r\nConnection: close\r\n\r\nGET / HTTP"])
async def test_who_says_that_it_is_the_last_is_answered_and_left(sent: bytes) -> None:
    """And told so."""
    async with connected() as peer:
        await peer.send(sent)
        head, body = await peer.answer()

        assert "\r\nconnection: close\r\n" in head
        assert body == "GET /? 127.0.0.1 "
        assert await peer.rest() == b""


async def test_a_body_that_is_too_large_is_refused_and_not_kept() -> None:
    """Its sender can read the answer, and go on."""
    async with connected() as peer:
        await peer.send(b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n")
        for _ in range(MAX_BODY_BYTES // 2**20 + 1):
            await peer.send(b"100000\r\n" + b"x" * 2**20 + b"\r\n")
        await peer.send(b"0\r\n\r\nGET /next HTTP/1.1\r\n\r\n")

        assert (await peer.answer())[0].startswith("http/1.1 413")
        assert (await peer.answer())[1] == "GET /next? 127.0.0.1 "


async def test_who_asks_whether_to_send_a_body_is_told_to() -> None:
    """RFC 9110, section 10.1.1; not in a version of HTTP that has no such answer."""
    async with connected() as peer:
        await peer.send(b"POST / HTTP/1.1\r\nexpect: 100-Continue\r\ncontent-length: 2\r\n\r\n")
        assert await peer.head() == "http/1.1 100 continue\r\n\r\n"
        await peer.send(b"ok")
        assert (await peer.answer())[1] == "POST /? 127.0.0.1 ok"
        await peer.send(b"POST / HTTP/1.0\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\nok")

        assert (await peer.answer())[1] == "POST /? 127.0.0.1 ok"


async def test_a_head_has_the_length_of_the_body_and_no_body() -> None:
    """RFC 9110, section 9.3.2."""
    async with connected() as peer:
        await peer.send(b"HEAD /%61 HTTP/1.1\r\n\r\nGET /next HTTP/1.1\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n")

        assert "content-length: 19\r\nx-name: value\r\n" in await peer.head()
        assert (await peer.answer())[1] == "GET /next? 127.0.0.1 "


@pytest.mark.parametrize("sent", [b"nonsense\r\n\r\n", b"GET  HTTP/1.1\r\n\r\n", b"CONNECT /a HTTP/1.1\r\n\r\n"])
async def test_what_is_no_http_is_refused(sent: bytes) -> None:
    """And the connection is over: nobody knows where the next request would begin."""
    async with connected() as peer:
        await peer.send(sent)

        assert (await peer.answer())[0].startswith("http/1.1 400")
        assert await peer.rest() == b""


async def test_requests_before_what_is_no_http_are_answered() -> None:
    """In their order, and the refusal comes last."""
    async with connected() as peer:
        await peer.send(b"GET /one HTTP/1.1\r\n\r\nGET /two HTTP/1.1\r\n\r\nnonsense\r\n\r\n")

        assert (await peer.answer())[1] == "GET /one? 127.0.0.1 "
        assert (await peer.answer())[1] == "GET /two? 127.0.0.1 "
        assert (await peer.answer())[0].startswith("http/1.1 400")
        assert await peer.rest() == b""


async def test_nobody_is_upgraded() -> None:
    """The request is answered as any other, and so is what was sent after it."""
    upgrading = b"GET /one HTTP/1.1\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n"
    async with connected() as peer:
        await peer.send(upgrading + upgrading + b"GET /next HTTP/1.1\r\n\r\n")

        assert [(await peer.answer())[1] for _ in range(3)] == [
            "GET /one? 127.0.0.1 ",
            "GET /one? 127.0.0.1 ",
            "GET /next? 127.0.0.1 ",
        ]


@pytest.mark.parametrize(
    "framed",
    [
        b"content-length: 50\r\n\r\n%b",
        b"transfer-encoding: chunked\r\n\r\n32\r\n%b\r\n0\r\n\r\n",
    ],
)
@pytest.mark.parametrize("step", [1, 1000])
async def test_the_body_of_who_asks_for_an_upgrade_is_no_request(framed: bytes, step: int) -> None:
    """A proxy would take the second answer for that to another client; and an honest client's body would be lost."""
    inner = b"GET /inner HTTP/1.1\r\nx-forwarded-for: 10.9.0.9\r\n\r\n"
    begins = b"POST /outer?q=1 HTTP/1.1\r\nx-forwarded-for: 10.9.0.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"
    sent = begins + framed % inner + b"GET /next HTTP/1.1\r\n\r\n"
    async with connected("127.0.0.1") as peer:
        for start in range(0, len(sent), step):
            await peer.send(sent[start : start + step])

        assert (await peer.answer())[1] == f"POST /outer?q=1 10.9.0.1 {inner.decode()}"
        assert (await peer.answer())[1] == "GET /next? 127.0.0.1 "


@pytest.mark.parametrize("path", [b"/fails", b"/breaks"])
async def test_what_the_application_cannot_answer_is_a_failure(path: bytes) -> None:
    """Without its reason, and no header begins another; the connection lives on."""
    async with connected() as peer:
        await peer.send(b"GET %b HTTP/1.1\r\n\r\nGET /next HTTP/1.1\r\n\r\n" % path)
        head, body = await peer.answer()

        assert head.startswith("http/1.1 500")
        assert "set-cookie" not in head
        assert body == "Internal Error\n"
        assert (await peer.answer())[1] == "GET /next? 127.0.0.1 "


@pytest.mark.parametrize(
    ("trusted", "caller"), [("", "127.0.0.1"), ("10.0.0.1, 127.0.0.1", "10.9.0.2"), ("10.0.0.1", "127.0.0.1")]
)
async def test_a_trusted_proxy_names_the_caller(trusted: str, caller: str) -> None:
    """The nearest that is no trusted proxy itself; nobody else's word counts."""
    async with connected(trusted) as peer:
        await peer.send(b"GET / HTTP/1.1\r\nx-forwarded-for: 10.9.0.1, 10.9.0.2\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n")

        assert (await peer.answer())[1] == f"GET /? {caller} "


async def test_what_follows_a_body_is_no_header() -> None:
    """A proxy that lets it through has set and checked the headers alone."""
    sent = CHUNKED.replace(b"\r\n", b"\r\nx-forwarded-for: 10.9.0.1\r\n", 1)
    async with connected("127.0.0.1") as peer:
        await peer.send(sent + b"2\r\nok\r\n0\r\nx-forwarded-for: 10.9.0.2\r\n\r\n")

        assert (await peer.answer())[1] == "POST /? 10.9.0.1 ok"


@pytest.mark.parametrize("begins", [b"GET / HTTP/1.1\r\nx-long: ", b"GET /", CHUNKED + b"2\r\nok\r\n0\r\nx-long: "])
async def test_headers_do_not_grow_for_ever(begins: bytes) -> None:
    """Nobody has shown a key yet."""
    async with connected() as peer:
        await peer.send(begins)
        for _ in range(MAX_HEAD_BYTES // 2**14 * 2):
            await peer.send(b"x" * 2**14)
            await asyncio.sleep(0)
            if peer.is_answered:
                break

        assert (await peer.answer())[0].startswith("http/1.1 431")


async def test_headers_are_counted() -> None:
    """Each costs memory, however short it is."""
    async with connected() as peer:
        await peer.send(b"GET / HTTP/1.1\r\n" + b"a:\r\n" * MAX_HEADERS + b"\r\n")
        assert (await peer.answer())[0].startswith("http/1.1 200")
        await peer.send(b"GET / HTTP/1.1\r\n" + b"a:\r\n" * (MAX_HEADERS + 2))

        assert (await peer.answer())[0].startswith("http/1.1 431")


async def test_who_reads_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was to be answered would be kept for as long as that client likes."""
    monkeypatch.setattr(connection, "TAKES_WITHIN_SECONDS", 0.05)
    request = b"POST / HTTP/1.1\r\ncontent-length: %d\r\n\r\n" % MAX_BODY_BYTES + b"x" * MAX_BODY_BYTES
    async with connected() as peer, asyncio.timeout(60):
        with pytest.raises(ConnectionError):
            await peer.send(request * 4)  # more than the buffers of both sides hold


async def test_a_connection_without_requests_is_closed() -> None:
    """After the time that is configured; an empty line does not put it off."""
    async with connected(timeout_keep_alive=1) as peer:
        await peer.send(b"GET / HTTP/1.1\r\n\r\n\r\n")
        assert (await peer.answer())[1] == "GET /? 127.0.0.1 "

        assert await peer.rest() == b""


@pytest.mark.parametrize("half", [b"GET / HTTP/1.1\r\nx-long: ", CHUNKED + b"2\r\no"])
async def test_half_a_request_does_not_hold_a_connection(monkeypatch: pytest.MonkeyPatch, half: bytes) -> None:
    """Nor does one that goes on a byte at a time; a whole one is answered however long that takes."""
    monkeypatch.setattr(connection, "RECEIVES_WITHIN_SECONDS", 0.05)
    async with connected() as peer:
        await peer.send(b"GET / HTTP/1.1\r\n\r\n" + half)
        assert (await peer.answer())[1] == "GET /? 127.0.0.1 "
        await peer.send(b"x" if half.startswith(b"GET") else b"k")

        assert await peer.rest() == b""


async def test_silence_does_not_hold_a_connection() -> None:
    """Of a client that connects and asks for nothing."""
    async with connected(timeout_keep_alive=0) as peer:
        assert await peer.rest() == b""
