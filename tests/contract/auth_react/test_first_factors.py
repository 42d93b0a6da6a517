# SPDX-License-Identifier: Apache-2.0
"""Other ways in than a password, and what is done where one was lost."""

from pathlib import Path

import pytest

from tests.contract.auth_react.conftest import Enter
from tests.contract.js.app import Site, embedded
from tests.contract.js.react_site import react_recipes
from tests.contract.js.react_visitor import PASSWORD, Visitor, new_address, new_number, wrong

pytestmark = [pytest.mark.slow, pytest.mark.needs_node, pytest.mark.needs_chromium]


def test_a_new_password_by_mail(site: Site, enter: Enter) -> None:
    """A link in a mail sets another password, once; the old one opens nothing any more."""
    email, password = new_address(), "another password 1"
    visitor = enter(site)
    visitor.sign_up(email)
    visitor.sees_notes("emailpassword")
    visitor.sign_out()
    visitor.choose("Forgot password?")
    visitor.fill(email=email)
    visitor.press("Email me")
    visitor.sees("A password reset email has been sent")
    link = visitor.link_to(email)

    visitor.open(link)
    visitor.fill(**{"password": password, "confirm-password": password})
    visitor.press("Change password")

    visitor.sees("Success!")
    visitor.open(link)
    visitor.fill(**{"password": PASSWORD, "confirm-password": PASSWORD})
    visitor.press("Change password")
    visitor.sees("Invalid password reset token")
    visitor.sign_in(email)
    visitor.sees_error("Incorrect email and password combination")
    visitor.sign_in(email, password)
    visitor.sees_notes("emailpassword")


def test_a_link_to_confirm_an_address_works_once(site: Site, enter: Enter) -> None:
    """Whoever follows the link again is told so, and can ask for another."""
    email = new_address()
    visitor = enter(site)
    visitor.sign_up(email)
    visitor.sees_notes("emailpassword")

    visitor.open(visitor.link_to(email))

    visitor.sees("The email verification link has expired")


def test_an_openid_provider(website: str, provider: str, enter: Enter, tmp_path: Path) -> None:
    """People come from a provider, are known when they come again, and are let back when they refuse there."""
    # The provider goes by the machine's clock, so this site's clock is not turned.
    with embedded(f"sqlite:///{tmp_path}/twofold.db", website=website, recipe_list=react_recipes(provider)) as site:
        comes_from_provider(enter(site))


def comes_from_provider(visitor: Visitor) -> None:
    """Refuse, agree, sign out, and come again."""
    email = new_address()
    visitor.open("/auth")
    visitor.press("Continue with Local")
    visitor.press("Deny")
    visitor.sees_error("Something went wrong")

    goes_to_provider(visitor, email)
    visitor.confirm_address(email)
    user_id = visitor.sees_notes("thirdparty")

    visitor.sign_out()
    goes_to_provider(visitor, email)
    assert visitor.sees_notes("thirdparty") == user_id


def goes_to_provider(visitor: Visitor, email: str) -> None:
    """Agree there, and come back."""
    visitor.press("Continue with Local")
    visitor.fill(sub=email)
    visitor.press("Authorize")


@pytest.mark.parametrize("factor", ["otp-email", "otp-phone"])
def test_codes_instead_of_passwords(site: Site, enter: Enter, factor: str) -> None:
    """A code opens the door, a wrong one does not, and a number that is none is refused on the form."""
    contact = new_address() if factor == "otp-email" else new_number()
    visitor = enter(site, factor)
    visitor.open("/auth")
    visitor.fill(**{"email": "nobody"} if factor == "otp-email" else {"phoneNumber_text": "+41"})
    visitor.press("Continue")
    visitor.sees("is invalid")
    visitor.fill(**{"email": contact} if factor == "otp-email" else {"phoneNumber_text": contact})
    visitor.press("Continue")
    visitor.sees("sent to you at")

    visitor.give_code(wrong(visitor.code_to(contact)))
    visitor.sees_error("Invalid OTP")
    visitor.give_code(visitor.code_to(contact))

    visitor.sees_notes(factor)


@pytest.mark.parametrize("factor", ["link-email", "link-phone"])
def test_links_instead_of_passwords(site: Site, enter: Enter, factor: str) -> None:
    """A link opens the door where it was asked for, after a question elsewhere, and only once."""
    field, contact = ("email", new_address()) if factor == "link-email" else ("phoneNumber_text", new_number())
    visitor, elsewhere = enter(site, factor), enter(site, factor)

    def asks_for_link() -> str:
        visitor.open("/auth")
        visitor.fill(**{field: contact})
        visitor.press("Continue")
        visitor.sees("magic link was sent to you at")
        return visitor.link_to(contact)

    link = asks_for_link()
    elsewhere.open(link)
    elsewhere.press("Continue")
    user_id = elsewhere.sees_notes(factor)

    visitor.open(link)
    visitor.sees_error("Invalid magic link")
    visitor.choose("Change email" if factor == "link-email" else "Change phone number")
    visitor.open(asks_for_link())
    assert visitor.sees_notes(factor) == user_id


def test_passkeys_instead_of_passwords(site: Site, enter: Enter) -> None:
    """A passkey is made at sign-up, and opens the door from then on."""
    email = new_address()
    visitor = enter(site, "webauthn")
    visitor.plug_in_authenticator()
    signs_up_with_passkey(visitor, email)
    user_id = visitor.sees_notes("webauthn")
    visitor.sign_out()

    visitor.press("Continue with passkey")

    assert visitor.sees_notes("webauthn") == user_id


def signs_up_with_passkey(visitor: Visitor, email: str) -> None:
    """Make a passkey, and confirm the address."""
    visitor.open("/auth?show=signup")
    visitor.fill(email=email)
    visitor.press("Continue")
    visitor.sees("Create a passkey")
    visitor.press("Continue")
    visitor.confirm_address(email)


def test_a_lost_passkey(site: Site, enter: Enter) -> None:
    """Whoever lost a passkey makes another by a link in a mail, and signs in with it."""
    email = new_address()
    lost, found = enter(site, "webauthn"), enter(site, "webauthn")
    lost.plug_in_authenticator()
    signs_up_with_passkey(lost, email)
    user_id = lost.sees_notes("webauthn")
    found.plug_in_authenticator()
    found.open("/auth?show=signup")
    found.choose("Recover Account")
    found.fill(email=email)
    with found.page.expect_response("**/user/webauthn/reset/token"):
        found.press("Continue")
    found.sees("Account recovery email has been sent")

    found.open(found.link_to(email))
    found.press("Continue")

    found.sees("success")
    found.open("/auth")
    found.press("Continue with passkey")
    assert found.sees_notes("webauthn") == user_id
