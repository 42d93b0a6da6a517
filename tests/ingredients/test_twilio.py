# SPDX-License-Identifier: Apache-2.0
"""Text messages through Twilio's API, spoken to a server on loopback."""

import json
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest

from tests.ingredients.application import make_app
from twofold.exceptions import GeneralError
from twofold.ingredients.exceptions import DeliveryError
from twofold.ingredients.smsdelivery.services.twilio import TwilioClient, normalize_twilio_settings
from twofold.ingredients.smsdelivery.types import SMSContent, TwilioServiceInterface, TwilioSettings
from twofold.recipe import notices
from twofold.recipe.passwordless import TwilioService
from twofold.recipe.passwordless.types import CreateAndSendCustomTextMessageParameters, SMSTemplateVars

MESSAGE = CreateAndSendCustomTextMessageParameters("public", 60_000, "p", "+4915112345678", True, "123456")


class Twilio(HTTPServer):
    """A server that remembers requests, and answers what the test says."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[tuple[str, str, dict[str, list[str]]]] = []
        self.answer: tuple[int, bytes] = (201, b'{"sid": "SM1"}')

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Twilio

    def do_POST(self) -> None:
        """Remember and answer."""
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.requests.append((self.path, self.headers["authorization"], parse_qs(body)))
        status, content = self.server.answer
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def twilio() -> Iterator[Twilio]:
    """A running server."""
    make_app()
    server = Twilio()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def settings(server: Twilio, **opts: Any) -> TwilioSettings:
    """Settings that lead to the server."""
    return TwilioSettings("AC1", "token", from_="+1555", opts={"base_url": server.url, **opts})


async def test_message_is_handed_over(twilio: Twilio) -> None:
    """Account, sender, recipient and text go to Twilio as its API wants them."""
    await TwilioService(settings(twilio)).send_sms(MESSAGE, {})

    path, authorization, fields = twilio.requests[0]
    assert path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert authorization == "Basic " + b64encode(b"AC1:token").decode()
    assert fields == {
        "To": ["+4915112345678"],
        "From": ["+1555"],
        "Body": ["OTP to login is 123456 for Shop\nThis is valid for 1 minute."],
    }


async def test_a_notice_is_handed_over(twilio: Twilio) -> None:
    """Who has a number alone hears of a changed factor through the same account."""
    change = notices.FactorChange("removed", "totp", "phone", 0)
    message = notices.SMSTemplateVars("+491511", "u1", change, "public")
    await notices.TwilioService(settings(twilio)).send_sms(message, {})

    _, _, fields = twilio.requests[0]
    assert fields["To"] == ["+491511"]
    what = "An authenticator app was removed from your account"
    assert fields["Body"][0].startswith(f"Shop: {what} (1970-01-01 00:00 UTC). ")


async def test_messaging_service_key_and_callback(twilio: Twilio) -> None:
    """A messaging service, an API key and a status callback are passed on."""
    options = {"base_url": twilio.url, "username": "SK1", "password": "key", "status_callback": "https://a.example/s"}
    service = TwilioService(TwilioSettings("AC1", "token", messaging_service_sid="MG1", opts=options))

    await service.send_sms(MESSAGE, {})

    _, authorization, fields = twilio.requests[0]
    assert authorization == "Basic " + b64encode(b"SK1:key").decode()
    assert fields["MessagingServiceSid"] == ["MG1"]
    assert fields["StatusCallback"] == ["https://a.example/s"]
    assert "From" not in fields


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (
            (400, json.dumps({"code": 21211, "message": "Invalid 'To' Phone Number"}).encode()),
            "400: Invalid 'To' Phone Number \\(code 21211\\)",
        ),
        ((503, b"<html>"), "503: no reason given"),
        ((500, b"[]"), "500: no reason given"),
    ],
)
async def test_refused_message(
    twilio: Twilio, answer: tuple[int, bytes], text: str, caplog: pytest.LogCaptureFixture
) -> None:
    """What Twilio dislikes is reported with its reason, once; the code is not in the log."""
    twilio.answer = answer

    with pytest.raises(DeliveryError, match=text):
        await TwilioService(settings(twilio)).send_sms(MESSAGE, {})

    assert len(twilio.requests) == 1
    assert "123456" not in caplog.text
    assert len(caplog.records) == 1


async def test_unreachable() -> None:
    """A server that is not there is an error of delivery."""
    client = TwilioClient(TwilioSettings("AC1", "token", "+1", opts={"base_url": "http://127.0.0.1:1"}))

    with pytest.raises(DeliveryError, match="could not be reached"):
        await client.send(SMSContent("text", "+49"), "+1", None)


async def test_override(twilio: Twilio) -> None:
    """An application may write its own text and leave the sending to us."""

    def override(original: TwilioServiceInterface[SMSTemplateVars]) -> TwilioServiceInterface[SMSTemplateVars]:
        async def get_content(template_vars: SMSTemplateVars, user_context: dict[str, Any]) -> SMSContent:
            return SMSContent(f"Code {template_vars.user_input_code}", template_vars.phone_number)

        original.get_content = get_content  # type: ignore[method-assign]  # how applications override
        return original

    await TwilioService(settings(twilio), override).send_sms(MESSAGE, {})

    assert twilio.requests[0][2]["Body"] == ["Code 123456"]


@pytest.mark.parametrize("sender", [(None, None), ("+1", "MG1")])
def test_exactly_one_sender(sender: tuple[str | None, str | None]) -> None:
    """Settings without a sender, or with two, are refused when the application starts."""
    with pytest.raises(GeneralError, match='Please pass exactly one of "from" and "messaging_service_sid"'):
        TwilioService(TwilioSettings("AC1", "token", *sender))


def test_unknown_option() -> None:
    """A misspelt option is refused instead of ignored."""
    with pytest.raises(GeneralError, match="but not baseUrl"):
        normalize_twilio_settings(TwilioSettings("AC1", "token", "+1", opts={"baseUrl": "x"}))


@pytest.mark.parametrize(
    ("opts", "host"),
    [
        (None, "api.twilio.com"),
        ({"region": "ie1"}, "api.ie1.twilio.com"),
        ({"edge": "dublin"}, "api.dublin.us1.twilio.com"),
        ({"edge": "dublin", "region": "ie1"}, "api.dublin.ie1.twilio.com"),
    ],
)
def test_hosts(opts: dict[str, Any] | None, host: str) -> None:
    """Region and edge choose Twilio's host; without them it is the usual one."""
    client = TwilioClient(TwilioSettings("AC 1/x", "token", "+1", opts=opts))

    assert client.messages_url == f"https://{host}/2010-04-01/Accounts/AC%201%2Fx/Messages.json"


def test_repr_hides_the_secret() -> None:
    """Settings may be logged."""
    assert "s3cret" not in repr(TwilioSettings("AC1", "s3cret", "+1"))
