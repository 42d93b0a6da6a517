# SPDX-License-Identifier: Apache-2.0
"""What mails and text messages say."""

import re
from html import unescape

import pytest

from tests.ingredients.application import make_app
from twofold.ingredients.emaildelivery.types import EmailContent
from twofold.ingredients.humanised_time import humanise_ms
from twofold.languages import ENGLISH, LANGUAGES
from twofold.recipe.emailpassword.emaildelivery.services.smtp.password_reset import get_password_reset_email_content
from twofold.recipe.emailpassword.types import PasswordResetEmailTemplateVars, PasswordResetEmailTemplateVarsUser
from twofold.recipe.emailverification.emaildelivery.services.smtp.email_verify import get_email_verify_email_content
from twofold.recipe.emailverification.types import VerificationEmailTemplateVars, VerificationEmailTemplateVarsUser
from twofold.recipe.passwordless.emaildelivery.services.smtp.pless_login import pless_email_content
from twofold.recipe.passwordless.smsdelivery.services.twilio.passwordless_login import (
    get_pless_sms_body,
    pless_sms_content,
)
from twofold.recipe.passwordless.types import (
    CreateAndSendCustomEmailParameters,
    CreateAndSendCustomTextMessageParameters,
)
from twofold.recipe.webauthn.emaildelivery.services.smtp.recover_account import get_recover_account_email_content
from twofold.recipe.webauthn.results import (
    TypeWebauthnRecoverAccountEmailDeliveryInput,
    WebauthnRecoverAccountEmailDeliveryUser,
)
from twofold.types import RecipeUserId

LINK = "http://localhost:3000/auth/verify?preAuthSessionId=p&tenantId=public#secret"


def sign_in_mail(code: str | None, link: str | None) -> tuple[str, str]:
    """Return text and HTML of a mail."""
    content = pless_email_content(
        CreateAndSendCustomEmailParameters("public", 900_000, "p", "ada@example.com", True, code, link)
    )
    assert (content.subject, content.to_email, content.is_html) == ("Login to your account", "ada@example.com", True)
    return content.text or "", content.body


@pytest.mark.parametrize(("code", "link"), [("123456", None), (None, LINK), ("123456", LINK)])
def test_sign_in_mail(code: str | None, link: str | None) -> None:
    """A mail says exactly what its flow has, in both forms, and for how long."""
    make_app()

    text, html = sign_in_mail(code, link)

    assert ("123456" in text, "123456" in html) == (code is not None, code is not None)
    assert (LINK in text, f'href="{LINK.replace("&", "&amp;")}"' in html) == (link is not None, link is not None)
    for form in (text, html):
        assert "valid for 15 minutes" in form
        assert "ada@example.com" in form
        assert "None" not in form


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("code", "link"), [("123456", None), (None, LINK), ("123456", LINK)])
def test_sign_in_in_every_language(language: str, code: str | None, link: str | None) -> None:
    """Each language has subject, both forms and text message, with all that they are for, and says which it is."""
    make_app()
    mail = CreateAndSendCustomEmailParameters("public", 900_000, "p", "ada@example.com", True, code, link)
    sms = CreateAndSendCustomTextMessageParameters("public", 900_000, "p", "+4179123", True, code, link)

    content = pless_email_content(mail, language)
    body = pless_sms_content(sms, language).body

    assert content.language == language
    assert f'<html lang="{language}">' in content.body
    for form in (content.text or "", unescape(content.body), body):
        assert [secret in form for secret in (code, link) if secret] == [True] * len(list(filter(None, (code, link))))
        assert humanise_ms(900_000, language) in form
        assert "Shop" in form
        assert "%(" not in form


def contents_with_links(language: str) -> list[EmailContent]:
    """Every mail that is about a link alone."""
    user = PasswordResetEmailTemplateVarsUser("user", RecipeUserId("user"), "ada@example.com")
    verified = VerificationEmailTemplateVarsUser("user", RecipeUserId("user"), "ada@example.com")
    recovered = TypeWebauthnRecoverAccountEmailDeliveryInput(
        WebauthnRecoverAccountEmailDeliveryUser("user", RecipeUserId("user"), "ada@example.com"), LINK, "public"
    )
    return [
        get_password_reset_email_content(PasswordResetEmailTemplateVars(user, LINK, "public"), language),
        get_email_verify_email_content(VerificationEmailTemplateVars(verified, LINK, "public"), language),
        get_recover_account_email_content(recovered, language),
    ]


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != ENGLISH])
def test_links_in_every_language(language: str) -> None:
    """Reset, verification and recovery: nothing stays in English, and the link is in both forms."""
    make_app()

    for english, content in zip(contents_with_links(ENGLISH), contents_with_links(language), strict=True):
        assert content.subject != english.subject
        assert LINK in (content.text or "")
        assert LINK in unescape(content.body)
        assert not set((content.text or "").splitlines()) & set((english.text or "").splitlines()) - {LINK, "", "--"}


def test_names_are_escaped() -> None:
    """The application's name is text, not markup, and stays as it is in plain text."""
    make_app('<b>Shop</b> & "Sons"')

    text, html = sign_in_mail("123456", None)

    assert '<b>Shop</b> & "Sons"' in text
    assert "<b>Shop" not in html
    assert "&lt;b&gt;Shop&lt;/b&gt; &amp;" in html


def test_address_is_escaped() -> None:
    """An address with markup characters does not become markup."""
    make_app()

    content = pless_email_content(
        CreateAndSendCustomEmailParameters("public", 900_000, "p", "'<i>'@example.com", True, "1", None)
    )

    assert "<i>" not in content.body


def test_reset_mail() -> None:
    """A reset mail has the link in both forms, and nothing else that is secret."""
    make_app()
    link = "http://localhost:3000/auth/reset-password?token=secret&tenantId=public"
    user = PasswordResetEmailTemplateVarsUser("user", RecipeUserId("user"), "ada@example.com")

    content = get_password_reset_email_content(PasswordResetEmailTemplateVars(user, link, "public"))

    assert content.subject == "Password reset instructions"
    assert link in (content.text or "")
    assert len(re.findall("token=secret&amp;tenantId=public", content.body)) == 3
    assert "secret" not in repr(content)


def test_text_messages() -> None:
    """Text messages have the known wording, one statement a line."""
    code_only = get_pless_sms_body("A & B", "1 minute", None, "123456")
    link_only = get_pless_sms_body("A & B", "1 minute", LINK)
    both = get_pless_sms_body("A & B", "1 minute", LINK, "123456")

    assert code_only == "OTP to login is 123456 for A & B\nThis is valid for 1 minute."
    assert link_only == f"Click {LINK} to login to A & B\nThis is valid for 1 minute."
    assert both == f"OTP to login is 123456 for A & B\nOr click {LINK} to login.\nThis is valid for 1 minute."
