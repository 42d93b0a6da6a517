# SPDX-License-Identifier: Apache-2.0
"""What mails about recovery codes say, and that they arrive."""

from html import unescape
from typing import Literal

import pytest

from tests.ingredients.application import make_app
from tests.ingredients.mail_server import mail_server
from twofold.ingredients.emaildelivery.types import SMTPSettings, SMTPSettingsFrom
from twofold.languages import ENGLISH, LANGUAGES
from twofold.recipe.recoverycodes import EmailTemplateVars, SMTPService
from twofold.recipe.recoverycodes.emaildelivery.services.smtp.content import get_recovery_codes_email_content
from twofold.recipe.recoverycodes.types import RecoveryCodesEmailTemplateVarsUser

Event = Literal["CODE_USED", "CODES_RENEWED"]
ADA = RecoveryCodesEmailTemplateVarsUser("ada", "ada@example.com")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("event", ["CODE_USED", "CODES_RENEWED"])
def test_every_language(event: Event, language: str) -> None:
    """Both forms say whose account it is, how many codes are left, and nothing in a language of others."""
    make_app()

    content = get_recovery_codes_email_content(EmailTemplateVars(event, ADA, 7, "public"), language)
    english = get_recovery_codes_email_content(EmailTemplateVars(event, ADA, 7, "public"))

    assert f'<html lang="{language}">' in content.body
    assert (content.subject == english.subject) == (language == ENGLISH)
    for form in (content.text or "", unescape(content.body)):
        assert "Shop" in form
        assert "ada@example.com" in form
        assert "%(" not in form
    assert (" 7." in (content.text or "")) == (event == "CODE_USED")


async def test_a_mail_arrives() -> None:
    """The sender is configured as that of other recipes, and speaks the reader's language."""
    make_app()
    async with mail_server() as server:
        service = SMTPService(SMTPSettings("127.0.0.1", server.port, SMTPSettingsFrom("Shop", "shop@example.com")))
        await service.send_email(EmailTemplateVars("CODE_USED", ADA, 7, "public"), {"language": "de"})

    (mail,) = server.mails
    assert mail["Subject"] == "Ein Wiederherstellungscode wurde benutzt"
    assert mail["To"] == "ada@example.com"
