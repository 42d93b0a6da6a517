# SPDX-License-Identifier: Apache-2.0
"""Mails through a real mail server on loopback: what arrives, how it is protected, and what is tried again."""

import asyncio
import ssl
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from tests.ingredients.application import make_app
from tests.ingredients.mail_server import CUT_OFF, mail_server, make_certificate
from twofold.ingredients.emaildelivery.services.smtp import Transporter, as_message
from twofold.ingredients.emaildelivery.types import EmailContent, SMTPServiceInterface, SMTPSettings, SMTPSettingsFrom
from twofold.ingredients.exceptions import DeliveryError
from twofold.recipe.emailpassword.emaildelivery.services import SMTPService as ResetMails
from twofold.recipe.emailpassword.types import PasswordResetEmailTemplateVars, PasswordResetEmailTemplateVarsUser
from twofold.recipe.passwordless import SMTPService
from twofold.recipe.passwordless.types import CreateAndSendCustomEmailParameters, EmailTemplateVars
from twofold.types import RecipeUserId

FROM = SMTPSettingsFrom("Shop", "shop@example.com")
MAIL = CreateAndSendCustomEmailParameters("public", 60_000, "p", "ada@example.com", True, "123456")
CONTENT = EmailContent("Your code is 123456", "Code", "ada@example.com", is_html=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's certificate, and what trusts it."""
    return make_certificate(tmp_path_factory.mktemp("certificate"))


class Pauses:
    """Waits no time, and remembers how long it should have been."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        """Remember."""
        self.seconds.append(seconds)


def transporter(port: int, **settings: Any) -> Transporter:
    """Return a transporter to the server that waits no time."""
    made = Transporter(SMTPSettings("127.0.0.1", port, FROM, **settings))
    made.pause = Pauses()
    return made


async def test_mail_arrives() -> None:
    """A mail has both forms, and the headers that mail programs and robots go by."""
    make_app()
    async with mail_server() as server:
        service = SMTPService(SMTPSettings("127.0.0.1", server.port, FROM))
        await service.send_email(MAIL, {})

    attempt = server.attempts[0]
    message = attempt.message
    assert (attempt.sender, attempt.recipients) == ("shop@example.com", ["ada@example.com"])
    assert message["From"] == "Shop <shop@example.com>"
    assert message["To"] == "ada@example.com"
    assert message["Subject"] == "Login to your account"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@example.com>")
    assert parsedate_to_datetime(message["Date"]).tzinfo is not None
    forms = [part.get_content_type() for part in message.iter_parts()]
    assert forms == ["text/plain", "text/html"]
    assert all("123456" in part.get_content() for part in message.iter_parts())


async def test_language_and_names_beyond_ascii_arrive() -> None:
    """Names and subjects are encoded (RFC 2047), and the mail says which language it is in (RFC 3282)."""
    make_app()
    sender = SMTPSettingsFrom("Bücher & Söhne", "shop@example.com")
    async with mail_server() as server:
        await SMTPService(SMTPSettings("127.0.0.1", server.port, sender)).send_email(MAIL, {"language": "fr"})

    message = server.mails[0]
    assert message["From"].addresses[0].display_name == "Bücher & Söhne"
    assert "Bücher" not in message.as_bytes().decode(errors="replace").split("\n\n")[0]
    assert message["Subject"] == "Connexion à votre compte"
    assert message["Content-Language"] == "fr"
    assert message["MIME-Version"] == "1.0"


async def test_reset_mail_arrives() -> None:
    """Reset mails go the same way."""
    make_app()
    user = PasswordResetEmailTemplateVarsUser("user", RecipeUserId("user"), "ada@example.com")
    async with mail_server() as server:
        service = ResetMails(SMTPSettings("127.0.0.1", server.port, FROM))
        await service.send_email(PasswordResetEmailTemplateVars(user, "http://link", "public"), {})

    assert [mail["Subject"] for mail in server.mails] == ["Password reset instructions"]


async def test_override_writes_the_mail() -> None:
    """An application may write its own mail, plain or HTML, and leave the sending to us."""

    def override(original: SMTPServiceInterface[EmailTemplateVars]) -> SMTPServiceInterface[EmailTemplateVars]:
        async def get_content(template_vars: EmailTemplateVars, user_context: dict[str, Any]) -> EmailContent:
            is_html = template_vars.is_first_factor
            return EmailContent(f"<{template_vars.user_input_code}>", "Köln", template_vars.email, is_html)

        original.get_content = get_content  # type: ignore[method-assign]  # how applications override
        return original

    async with mail_server() as server:
        service = SMTPService(SMTPSettings("127.0.0.1", server.port, FROM), override)
        await service.send_email(MAIL, {})
        second_factor = CreateAndSendCustomEmailParameters("public", 1, "p", "ada@example.com", False, "123456")
        await service.send_email(second_factor, {})

    assert [mail.get_content_type() for mail in server.mails] == ["text/html", "text/plain"]
    assert [mail.get_content().strip() for mail in server.mails] == ["<123456>"] * 2
    assert server.mails[0]["Subject"] == "Köln"


async def test_tls_from_the_first_byte(certificate: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    """`secure` speaks TLS with a server whose certificate it can check."""
    served, trusted = certificate
    async with mail_server(tls=served) as server:
        safe = transporter(server.port, secure=True, password="s3cret", username="shop")
        safe.tls_context = trusted
        await safe.send_email(CONTENT, {})

    assert [(attempt.encrypted, attempt.user) for attempt in server.attempts] == [(True, "shop")]


async def test_unknown_certificate(certificate: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    """A certificate of nobody we trust is refused, also on this machine when `secure` is asked for."""
    async with mail_server(tls=certificate[0]) as server:
        with pytest.raises(DeliveryError):
            await transporter(server.port, secure=True).send_email(CONTENT, {})

    assert server.attempts == []


async def test_starttls(certificate: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    """A plain connection is encrypted before anyone logs in; the address is the user name by default."""
    served, trusted = certificate
    async with mail_server(starttls=served) as server:
        safe = transporter(server.port, password="s3cret")
        safe.requires_tls, safe.tls_context = True, trusted
        await safe.send_email(CONTENT, {})

    assert [(attempt.encrypted, attempt.user) for attempt in server.attempts] == [(True, "shop@example.com")]


async def test_starttls_that_was_taken_away() -> None:
    """Beyond this machine a server without STARTTLS gets neither password nor mail, and is not asked again."""
    async with mail_server() as server:
        safe = transporter(server.port, password="s3cret")
        safe.requires_tls = True
        with pytest.raises(DeliveryError, match="STARTTLS"):
            await safe.send_email(CONTENT, {})

    assert (server.attempts, server.connections) == ([], 1)


async def test_starttls_on_this_machine(certificate: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    """A local server may encrypt with a certificate of its own making."""
    async with mail_server(starttls=certificate[0]) as server:
        await transporter(server.port).send_email(CONTENT, {})

    assert server.attempts[0].encrypted


@pytest.mark.parametrize(("host", "requires_tls"), [("localhost", False), ("::1", False), ("mail.example.com", True)])
def test_where_tls_is_required(host: str, requires_tls: bool) -> None:
    """Only to this machine may a mail travel in the clear."""
    assert Transporter(SMTPSettings(host, 587, FROM)).requires_tls is requires_tls


async def test_wrong_password(caplog: pytest.LogCaptureFixture) -> None:
    """A refused login is reported at once, without the password."""
    async with mail_server() as server:
        with pytest.raises(DeliveryError, match="535"):
            await transporter(server.port, password="wr0ng").send_email(CONTENT, {})

    assert server.connections == 1
    assert "wr0ng" not in caplog.text


async def test_temporary_refusal(caplog: pytest.LogCaptureFixture) -> None:
    """Two temporary refusals are tried again, as the same mail; the log says so, without the mail."""
    async with mail_server() as server:
        server.answers = ["451 later", "421 busy"]
        patient = transporter(server.port)
        await patient.send_email(CONTENT, {})

    assert isinstance(patient.pause, Pauses)
    assert patient.pause.seconds == [0.2, 1.0]
    assert len({mail["Message-ID"] for mail in server.mails}) == 1
    assert len(server.mails) == 3
    assert "trying again" in caplog.text
    assert "123456" not in caplog.text


async def test_temporary_refusal_that_stays() -> None:
    """After three attempts it is an error, which says what the server answered."""
    async with mail_server() as server:
        server.answers = ["451 later"] * 3
        with pytest.raises(DeliveryError, match="451"):
            await transporter(server.port).send_email(CONTENT, {})

    assert len(server.attempts) == 3


async def test_connection_that_was_lost() -> None:
    """Cut off after the mail, nobody knows whether it was taken: it goes again, recognisable as the same."""
    async with mail_server() as server:
        server.answers = [CUT_OFF]
        await transporter(server.port).send_email(CONTENT, {})

    assert (server.connections, len({mail["Message-ID"] for mail in server.mails})) == (2, 1)


async def test_server_that_says_nothing() -> None:
    """All attempts together have an end, which is reported."""
    silent = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    patient = transporter(silent.sockets[0].getsockname()[1])
    patient.total_seconds = 0.05

    with pytest.raises(DeliveryError, match=r"did not take a mail within 0\.05 seconds"):
        await patient.send_email(CONTENT, {})
    silent.close()


async def test_step_that_takes_too_long() -> None:
    """Who waited for one step in vain does not wait for two more."""
    silent = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    patient = transporter(silent.sockets[0].getsockname()[1])
    patient.timeout_seconds = 0.05

    with pytest.raises(DeliveryError, match="imeout"):
        await patient.send_email(CONTENT, {})
    assert isinstance(patient.pause, Pauses)
    assert patient.pause.seconds == []
    silent.close()


async def test_final_refusal(caplog: pytest.LogCaptureFixture) -> None:
    """A final refusal is not tried again; it is in the log, without the mail."""
    async with mail_server() as server:
        server.answers = ["554 no"]
        with pytest.raises(DeliveryError, match="no"):
            await transporter(server.port).send_email(CONTENT, {})

    assert len(server.attempts) == 1
    assert [record.levelname for record in caplog.records if record.name == "twofold.smtp"] == ["WARNING"]
    assert "554" in caplog.text
    assert "123456" not in caplog.text


async def test_no_server() -> None:
    """A server that is not there is tried three times."""
    async with mail_server() as server:
        port = server.port
    lonely = transporter(port)

    with pytest.raises(DeliveryError, match=f"127.0.0.1:{port} did not take a mail"):
        await lonely.send_email(CONTENT, {})

    assert isinstance(lonely.pause, Pauses)
    assert lonely.pause.seconds == [0.2, 1.0]


@pytest.mark.parametrize(
    ("subject", "to_email", "name"),
    [
        ("Code\r\nBcc: eve@example.com", "ada@example.com", "Shop"),
        ("Code", "ada@example.com\nBcc: eve@example.com", "Shop"),
        ("Code", "ada@example.com, eve@example.com", "Shop"),
        ("Code", "ada@example.com", "Shop\r\nBcc: eve@example.com"),
        ("Code\0", "ada@example.com", "Shop"),
        ("Code", "", "Shop"),
    ],
)
def test_headers_cannot_be_injected(subject: str, to_email: str, name: str) -> None:
    """Nobody adds a recipient or a header through an address, a name or a subject."""
    settings = SMTPSettings("localhost", 25, SMTPSettingsFrom(name, "shop@example.com"))

    with pytest.raises(ValueError, match=r"one line|one address"):
        as_message(EmailContent("body", subject, to_email, is_html=False), settings)


def test_reprs_hide_secrets() -> None:
    """Settings and mails may be logged."""
    assert "s3cret" not in repr(SMTPSettings("localhost", 25, FROM, "s3cret"))
    assert "123456" not in repr(CONTENT)
