# SPDX-License-Identifier: Apache-2.0
"""The functions for applications, awaited and blocking."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.recipe.webauthn.application import EMAIL, recipes
from twofold import testing
from twofold.ingredients.emaildelivery.types import EmailContent, SMTPSettings, SMTPSettingsFrom
from twofold.recipe import webauthn
from twofold.recipe.webauthn import functions, results
from twofold.recipe.webauthn.emaildelivery.services.smtp.base import SMTPService
from twofold.recipe.webauthn.interfaces.recipe import AuthenticationPayload, RegistrationPayload

SITE: dict[str, Any] = {"relying_party_id": "localhost", "relying_party_name": "Site", "origin": testing.ADDRESS}


@pytest.fixture
async def app() -> AsyncIterator[testing.AppUnderTest]:
    """An application with passkeys."""
    async with testing.app(recipes()) as running:
        yield running


@pytest.fixture
def authenticator() -> testing.VirtualAuthenticator:
    """A browser."""
    return testing.VirtualAuthenticator(testing.ADDRESS)


async def registration(authenticator: testing.VirtualAuthenticator, email: str = EMAIL) -> dict[str, Any]:
    """A new passkey, as arguments."""
    begun = await webauthn.register_options(**SITE, email=email)
    assert isinstance(begun, results.RegisterOptionsResponse)
    return {
        "webauthn_generated_options_id": begun.webauthn_generated_options_id,
        "credential": RegistrationPayload.from_json(authenticator.create(begun.to_json())),
    }


async def assertion(authenticator: testing.VirtualAuthenticator) -> dict[str, Any]:
    """An answer to a sign-in, as arguments."""
    begun = await webauthn.sign_in_options(**SITE)
    assert isinstance(begun, results.SignInOptionsResponse)
    return {
        "webauthn_generated_options_id": begun.webauthn_generated_options_id,
        "credential": AuthenticationPayload.from_json(authenticator.get(begun.to_json())),
    }


async def sign_up(authenticator: testing.VirtualAuthenticator, email: str = EMAIL) -> str:
    """Create somebody with a passkey, and return their id."""
    made = await webauthn.sign_up(**await registration(authenticator, email))
    assert isinstance(made, results.SignUpReponse)
    return made.recipe_user_id.get_as_string()


async def test_signing_up_and_in(app: testing.AppUnderTest, authenticator: testing.VirtualAuthenticator) -> None:
    """Without a session; checking alone uses the challenge up, too."""
    user_id = await sign_up(authenticator)
    arguments = await assertion(authenticator)
    verified = await webauthn.verify_credentials(**arguments)
    repeated = await webauthn.verify_credentials(**arguments)
    signed_in = await webauthn.sign_in(**await assertion(authenticator))

    assert isinstance(verified, results.VerifyCredentialsResponse)
    assert isinstance(repeated, results.OptionsNotFoundErrorResponse)
    assert isinstance(signed_in, results.SignInResponse)
    assert verified.user.id == signed_in.user.id == user_id
    assert (await webauthn.sign_in(**arguments)).status == "OPTIONS_NOT_FOUND_ERROR"
    taken = await webauthn.sign_up(**await registration(authenticator))
    assert taken.status == "EMAIL_ALREADY_EXISTS_ERROR"


async def test_passkeys_of_a_user(app: testing.AppUnderTest, authenticator: testing.VirtualAuthenticator) -> None:
    """Added, listed, shown, removed; one that is taken is no credential for anybody else."""
    user_id, other_id = await sign_up(authenticator), await sign_up(authenticator, "b@example.com")
    added = await webauthn.register_credential(**await registration(authenticator), recipe_user_id=user_id)
    unknown = await webauthn.register_credential(**await registration(authenticator), recipe_user_id="nobody")
    listed = await webauthn.list_credentials(recipe_user_id=user_id)
    first: dict[str, Any] = {"webauthn_credential_id": listed.credentials[0].webauthn_credential_id}

    shown = await webauthn.get_credential(**first, recipe_user_id=user_id)
    assert isinstance(shown, results.GetCredentialResponse)
    assert (added.status, unknown.status) == ("OK", "INVALID_CREDENTIALS_ERROR")
    assert shown.recipe_user_id.get_as_string() == user_id
    assert (await webauthn.get_credential(**first, recipe_user_id=other_id)).status == "CREDENTIAL_NOT_FOUND_ERROR"
    assert (await webauthn.remove_credential(**first, recipe_user_id=other_id)).status == "CREDENTIAL_NOT_FOUND_ERROR"
    assert (await webauthn.remove_credential(**first, recipe_user_id=user_id)).status == "OK"


async def test_recovering(app: testing.AppUnderTest, authenticator: testing.VirtualAuthenticator) -> None:
    """A mail, or a link for a mail of the application's own; its token works once and is not shown."""
    user_id = await sign_up(authenticator)
    sent = await webauthn.send_recover_account_email(user_id=user_id, email=EMAIL)
    made = await webauthn.create_recover_account_link(user_id=user_id, email=EMAIL)
    assert isinstance(made, results.CreateRecoverAccountLinkResponse)
    assert (sent.status, app.outbox.link(EMAIL).partition("?")[0]) == ("OK", made.link.partition("?")[0])
    assert made.link not in repr(made)

    token = await webauthn.generate_recover_account_token(user_id=user_id, email=EMAIL)
    assert isinstance(token, results.GenerateRecoverAccountTokenResponse)
    assert token.token not in repr(token)
    found = await webauthn.get_user_from_recover_account_token(token=token.token)
    assert isinstance(found, results.GetUserFromRecoverAccountTokenResponse)
    assert found.user.id == user_id
    recovered = await webauthn.recover_account(**await registration(authenticator), token=token.token)
    again = await webauthn.recover_account(**await registration(authenticator), token=token.token)
    assert (recovered.status, again.status) == ("OK", "RECOVER_ACCOUNT_TOKEN_INVALID_ERROR")


async def test_unknown_users(app: testing.AppUnderTest) -> None:
    """They are told from known ones, to the application."""
    nobody: dict[str, Any] = {"user_id": "nobody", "email": EMAIL}

    assert (await webauthn.create_recover_account_link(**nobody)).status == "UNKNOWN_USER_ID_ERROR"
    assert (await webauthn.send_recover_account_email(**nobody)).status == "UNKNOWN_USER_ID_ERROR"
    update = await functions.update_user_email(email=EMAIL, recipe_user_id="nobody")
    assert update.status == "UNKNOWN_USER_ID_ERROR"


async def test_email_is_changed(app: testing.AppUnderTest, authenticator: testing.VirtualAuthenticator) -> None:
    """To one that is free."""
    user_id = await sign_up(authenticator)
    await sign_up(authenticator, "b@example.com")

    taken = await functions.update_user_email(email="b@example.com", recipe_user_id=user_id)
    free = await functions.update_user_email(email="c@example.com", recipe_user_id=user_id)
    assert (taken.status, free.status) == ("EMAIL_ALREADY_EXISTS_ERROR", "OK")


async def test_options_are_shown_and_removed(
    app: testing.AppUnderTest, authenticator: testing.VirtualAuthenticator
) -> None:
    """A ceremony can be ended before it is answered."""
    options_id: dict[str, Any] = {
        "webauthn_generated_options_id": (await registration(authenticator))["webauthn_generated_options_id"]
    }
    shown = await webauthn.get_generated_options(**options_id)

    assert isinstance(shown, results.GetGeneratedOptionsResponse)
    assert (shown.email, shown.origin) == (EMAIL, testing.ADDRESS)
    assert (await webauthn.remove_generated_options(**options_id)).status == "OK"
    assert (await webauthn.get_generated_options(**options_id)).status == "OPTIONS_NOT_FOUND_ERROR"


def test_blocking_code() -> None:
    """Every function has a blocking form."""
    with testing.app(recipes()):
        listed = webauthn.list_credentials.sync(recipe_user_id="nobody")

    assert listed.credentials == []


async def test_mail_server(app: testing.AppUnderTest, authenticator: testing.VirtualAuthenticator) -> None:
    """A mail server's service writes the mail with the link, as text and HTML; what sends it can be replaced."""
    sent: list[EmailContent] = []

    def keep(original: Any) -> Any:
        async def send_raw_email(content: EmailContent, _user_context: Any) -> None:
            sent.append(content)

        original.send_raw_email = send_raw_email
        return original

    settings = SMTPSettings("localhost", 1, SMTPSettingsFrom("Site", "site@example.com"), "secret")
    user = results.WebauthnRecoverAccountEmailDeliveryUser("u", None, EMAIL)
    link = "http://localhost:8000/auth/webauthn/recover?token=t&tenantId=public"
    message = results.TypeWebauthnRecoverAccountEmailDeliveryInput(user, link, "public")
    await SMTPService(settings, keep).send_email(message, {})

    (mail,) = sent
    assert (mail.to_email, mail.subject, mail.is_html) == (EMAIL, "Account recovery instructions", True)
    assert link in (mail.text or "")
    assert link.replace("&", "&amp;") in mail.body
    assert link not in repr(message)
