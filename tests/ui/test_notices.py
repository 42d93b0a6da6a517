# SPDX-License-Identifier: Apache-2.0
"""The mail about a changed address or number: whom it reaches, in which language, and what if it reaches nobody."""

import logging
from dataclasses import replace

import pytest

from tests.ingredients.mail_server import mail_server
from tests.ui.conftest import Start, inbox
from tests.ui.person import ANN, sign_up
from twofold import ui
from twofold.ingredients.emaildelivery.types import (
    EmailDeliveryConfig,
    EmailDeliveryInterface,
    SMTPSettings,
    SMTPSettingsFrom,
)
from twofold.ingredients.exceptions import DeliveryError
from twofold.ui.recipe import UIRecipe

CHANGE = ui.EmailTemplateVars(ANN["email"], "u1", "email", "n•••w@example.com", "public")


@pytest.mark.parametrize(
    ("change", "subject"),
    [
        (CHANGE, "Ihre E-Mail-Adresse wurde geändert"),
        (replace(CHANGE, contact="phone", new_contact="+41•••67"), "Ihre Telefonnummer wurde geändert"),
    ],
)
async def test_it_arrives_in_the_readers_language(start: Start, change: ui.EmailTemplateVars, subject: str) -> None:
    """In HTML and plain text, with no more of the new contact than may be shown."""
    async with mail_server() as server:
        settings = SMTPSettings("127.0.0.1", server.port, SMTPSettingsFrom("Notes", "notes@example.com"))
        await start(ui.init(email_delivery=EmailDeliveryConfig(ui.SMTPService(settings))))

        await UIRecipe.get().email_delivery.ingredient_interface_impl.send_email(change, {"language": "de"})

    (mail,) = server.mails
    assert (mail["To"], mail["Subject"]) == (ANN["email"], subject)
    assert [change.new_contact in part.get_content() for part in mail.iter_parts()] == [True, True]


class _Broken(EmailDeliveryInterface[ui.EmailTemplateVars]):
    async def send_email(self, template_vars: ui.EmailTemplateVars, user_context: dict[str, object]) -> None:
        raise DeliveryError("The mail server is gone")


async def test_a_change_stays_when_no_mail_can_be_sent(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    """The operator reads of it in the log; the person is not asked to do it again."""
    ann = await sign_up(start, None, email_delivery=EmailDeliveryConfig(_Broken()))

    with caplog.at_level(logging.ERROR, "twofold.ui"):
        reply = await ann.post("/auth/settings/email", data={"email": "ann@home.example"})

    assert "Your email address is changed." in reply.text
    assert "could not be sent" in caplog.text
    assert inbox().messages() == []


async def test_an_address_that_stands_in_for_none_gets_no_mail(start: Start) -> None:
    """Nobody reads it."""
    ann = await sign_up(start)
    for email in ("x@stfakeemail.supertokens.com", "ann@home.example"):
        await ann.post("/auth/settings/email", data={"email": email})

    assert [mail.to for mail in inbox().messages()] == [ANN["email"]]
