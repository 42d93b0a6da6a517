# SPDX-License-Identifier: Apache-2.0
"""What mails and text messages say."""

import re

import pytest

from tests.ingredients.application import make_app
from twofold.recipe.emailpassword.emaildelivery.services.smtp.password_reset import get_password_reset_email_content
from twofold.recipe.emailpassword.types import PasswordResetEmailTemplateVars, PasswordResetEmailTemplateVarsUser
from twofold.recipe.passwordless.emaildelivery.services.smtp.pless_login import pless_email_content
from twofold.recipe.passwordless.smsdelivery.services.twilio.passwordless_login import get_pless_sms_body
from twofold.recipe.passwordless.types import CreateAndSendCustomEmailParameters
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
