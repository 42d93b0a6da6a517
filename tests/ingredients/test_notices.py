# SPDX-License-Identifier: Apache-2.0
"""What notices say, and that they arrive."""

from dataclasses import replace
from html import unescape

import pytest

from tests.ingredients.application import make_app
from tests.ingredients.mail_server import mail_server
from twofold.ingredients.emaildelivery.types import SMTPSettings, SMTPSettingsFrom
from twofold.languages import ENGLISH, LANGUAGES
from twofold.recipe.notices import EmailTemplateVars, FactorChange, SMSTemplateVars, SMTPService
from twofold.recipe.notices.delivery import get_factor_change_email_content, get_factor_change_sms_content

CHANGED = FactorChange("changed", "email", "n•••w@example.com", 1_796_000_000_000)
MAIL = EmailTemplateVars("ada@example.com", "ada", CHANGED, "public")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("change", [CHANGED, replace(CHANGED, action="added"), replace(CHANGED, name=None)])
def test_every_language(change: FactorChange, language: str) -> None:
    """Subject, both forms and text message: whose account it is, what happened, to which, and when."""
    make_app()
    content = get_factor_change_email_content(replace(MAIL, change=change), language)
    body = get_factor_change_sms_content(SMSTemplateVars("+4179123", "ada", change, "public"), language).body
    english = get_factor_change_email_content(replace(MAIL, change=change))

    assert f'<html lang="{language}">' in content.body
    assert (content.subject == english.subject) == (language == ENGLISH)
    for form in (content.text or "", unescape(content.body), body):
        assert "Shop" in form
        assert content.subject in form
        assert "2026-11-30 00:53 UTC" in form
        assert "%(" not in form
        assert "None" not in form
    for form in (content.text or "", unescape(content.body)):
        assert ("n•••w@example.com" in form) == (change.name is not None)
        assert "ada@example.com" in form


async def test_a_mail_arrives() -> None:
    """The sender is configured as that of other recipes, and speaks the reader's language."""
    make_app()
    async with mail_server() as server:
        service = SMTPService(SMTPSettings("127.0.0.1", server.port, SMTPSettingsFrom("Shop", "shop@example.com")))
        await service.send_email(MAIL, {"language": "de"})

    (mail,) = server.mails
    assert (mail["To"], mail["Subject"]) == ("ada@example.com", "Ihre E-Mail-Adresse wurde geändert")
    assert ["Sie lautet jetzt n•••w@example.com." in part.get_content() for part in mail.iter_parts()] == [True, True]
