# SPDX-License-Identifier: Apache-2.0
"""One way through each door that makes or raises a session, for somebody whose second factor is still to be given."""

import json
import re
from collections.abc import Awaitable, Callable
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.security.application import ADDRESS, ADMIN, PASSWORD, STRICT, Mode, Person, World, password_form
from twofold.testing import VirtualAuthenticator

Way = Callable[[World, Mode], Awaitable[Person]]


async def sign_in(world: World, mode: Mode) -> Person:
    """Give the password."""
    return await world.half_admin(mode)


async def sign_up(world: World, mode: Mode) -> Person:
    """Create an account that needs a second factor from its first minute on."""
    person = world.person(mode)
    await person.api("POST", "/signup", password_form(STRICT))
    return person


async def give_first_code(world: World, mode: Mode) -> Person:
    """Sign up with a code by email, where a code by phone must follow."""
    person = world.person(mode)
    ids = await person.ask_for_code(email=STRICT, within_session=False)
    body = {**ids, "userInputCode": world.under_test.outbox.code(STRICT)}
    await person.api("POST", "/signinup/code/consume", body)
    return person


async def sign_in_elsewhere(world: World, mode: Mode) -> Person:
    """Come back from a provider, where a code by phone must follow."""
    person = world.person(mode)
    tokens = {"access_token": STRICT}
    body = {"thirdPartyId": "elsewhere", "oAuthTokens": tokens, "shouldTryLinkingWithSessionUser": False}
    reply = await person.api("POST", "/signinup", body)
    assert reply.json()["status"] == "OK", reply.text
    return person


async def sign_up_with_passkey(world: World, mode: Mode) -> Person:
    """Create an account with a passkey, where a code by phone must follow."""
    return await _with_passkey(world, mode, VirtualAuthenticator(ADDRESS))


async def sign_in_with_passkey(world: World, mode: Mode) -> Person:
    """Give the passkey, where a code by phone must follow."""
    authenticator = VirtualAuthenticator(ADDRESS)
    await _with_passkey(world, mode, authenticator)
    person = world.person(mode)
    begun = (await person.api("POST", "/webauthn/options/signin")).json()
    await _answer(person, "/webauthn/signin", begun["webauthnGeneratedOptionsId"], authenticator.get(begun))
    return person


async def _with_passkey(world: World, mode: Mode, authenticator: VirtualAuthenticator) -> Person:
    person = world.person(mode)
    begun = (await person.api("POST", "/webauthn/options/register", {"email": STRICT})).json()
    await _answer(person, "/webauthn/signup", begun["webauthnGeneratedOptionsId"], authenticator.create(begun))
    return person


async def _answer(person: Person, path: str, options_id: str, credential: dict[str, Any]) -> None:
    body = {"webauthnGeneratedOptionsId": options_id, "credential": credential}
    reply = await person.api("POST", path, {**body, "shouldTryLinkingWithSessionUser": False})
    assert reply.json()["status"] == "OK", reply.text


async def refresh(world: World, mode: Mode) -> Person:
    """Exchange the refresh token of an unfinished session."""
    person = await world.half_admin(mode)
    await person.api("POST", "/session/refresh")
    return person


async def ask_what_is_next(world: World, mode: Mode) -> Person:
    """Let the policy decide anew."""
    person = await world.half_admin(mode)
    reply = await person.api("PUT", "/mfa/info")
    assert reply.json()["factors"]["next"] == ["otp-email"]
    return person


async def verify_email(world: World, mode: Mode) -> Person:
    """Prove the address by its link, which is not the second factor."""
    person = await world.half_admin(mode)
    await person.api("POST", "/user/email/verify/token")
    token = parse_qs(urlsplit(world.under_test.outbox.link(ADMIN)).query)["token"][0]
    reply = await person.api("POST", "/user/email/verify", {"method": "token", "token": token})
    assert reply.json()["status"] == "OK"
    return person


async def ask_whether_verified(world: World, mode: Mode) -> Person:
    """Ask with an address that is verified."""
    person = await verify_email(world, mode)
    assert (await person.api("GET", "/user/email/verify")).json()["isVerified"] is True
    return person


async def ask_to_verify_again(world: World, mode: Mode) -> Person:
    """Ask for a mail though the address is verified."""
    person = await verify_email(world, mode)
    reply = await person.api("POST", "/user/email/verify/token")
    assert reply.json()["status"] == "EMAIL_ALREADY_VERIFIED_ERROR"
    return person


async def give_totp(world: World, mode: Mode) -> Person:
    """Give a right code of an authenticator app, which is not the factor that is asked for."""
    secret = await world.with_authenticator()
    person = world.person(mode)
    await person.sign_in(ADMIN)
    reply = await person.api("POST", "/totp/verify", {"totp": world.totp_code(secret)})
    assert reply.json()["status"] == "OK"
    return person


async def verify_totp_device(world: World, mode: Mode) -> Person:
    """Give a right code as if the authenticator app were just being set up."""
    secret = await world.with_authenticator()
    person = world.person(mode)
    await person.sign_in(ADMIN)
    body = {"deviceName": "phone", "totp": world.totp_code(secret)}
    assert (await person.api("POST", "/totp/device/verify", body)).status_code == 403
    return person


async def give_used_recovery_code(world: World, mode: Mode) -> Person:
    """Give a recovery code that its owner has used; another one would be the second factor."""
    owner = await world.whole_admin("header")
    code = (await owner.api("POST", "/recoverycodes")).json()["codes"][0]
    assert (await owner.api("POST", "/recoverycodes/consume", {"code": code})).json()["status"] == "OK"
    person = world.person(mode)
    await person.sign_in(ADMIN)
    reply = await person.api("POST", "/recoverycodes/consume", {"code": code})
    assert reply.json()["status"] == "INVALID_RECOVERY_CODE_ERROR"
    return person


async def sign_in_page(world: World, _mode: Mode) -> Person:
    """Send the form of the page for signing in."""
    await world.admin()
    person = world.person()
    await person.page("POST", "/auth/sign-in", {"email": ADMIN, "password": PASSWORD})
    return person


async def sign_up_page(world: World, _mode: Mode) -> Person:
    """Send the form of the page for signing up."""
    person = world.person()
    await person.page("POST", "/auth/sign-up", {"email": STRICT, "password": PASSWORD})
    return person


async def code_page(world: World, _mode: Mode) -> Person:
    """Sign up with a code, on the pages."""
    person = world.person()
    await person.page("POST", "/auth/sign-in/code?channel=email", {"email": STRICT})
    await person.page("POST", "/auth/code", {"code": world.under_test.outbox.code(STRICT)})
    return person


async def link_page(world: World, _mode: Mode) -> Person:
    """Sign up with a link, on the pages."""
    person = world.person()
    await person.page("POST", "/auth/sign-in/code?channel=email", {"email": STRICT})
    link = urlsplit(world.under_test.outbox.link(STRICT))
    form = {"pre_auth_session_id": parse_qs(link.query)["preAuthSessionId"][0], "link_code": link.fragment}
    await person.page("POST", "/auth/verify", form)
    return person


def half_admin_sends(method: str, path: str, **fields: str) -> Way:
    """Make a way: somebody whose code by email is still missing opens a page, or sends its form with these fields."""

    async def way(world: World, _mode: Mode) -> Person:
        person = await world.half_admin()
        await person.page(method, path, fields)
        return person

    return way


async def authenticator_page(world: World, _mode: Mode) -> Person:
    """Give a right code of an authenticator app, which is not the factor that is asked for."""
    secret = await world.with_authenticator()
    person = world.person()
    await person.sign_in(ADMIN)
    await person.page("POST", "/auth/authenticator", {"code": world.totp_code(secret)})
    return person


async def verify_authenticator_page(world: World, _mode: Mode) -> Person:
    """Give a right code as if the authenticator app were just being set up."""
    secret = await world.with_authenticator()
    person = world.person()
    await person.sign_in(ADMIN)
    await person.page("POST", "/auth/authenticator/verify", {"name": "phone", "code": world.totp_code(secret)})
    return person


async def verify_email_page(world: World, _mode: Mode) -> Person:
    """Prove the address by its link, on the pages; it is not the second factor."""
    person = await world.half_admin()
    await person.page("POST", "/auth/verify-email")
    token = parse_qs(urlsplit(world.under_test.outbox.link(ADMIN)).query)["token"][0]
    reply = await person.page("POST", "/auth/verify-email", {"token": token})
    assert reply.status_code == 200, reply.text
    return person


async def verified_email_page(world: World, mode: Mode) -> Person:
    """Open the page for an address that is verified."""
    person = await verify_email_page(world, mode)
    await person.page("GET", "/auth/verify-email")
    return person


async def sign_up_with_passkey_page(world: World, _mode: Mode) -> Person:
    """Create an account with a passkey, on the pages."""
    return await _with_passkey_page(world, VirtualAuthenticator(ADDRESS))


async def sign_in_with_passkey_page(world: World, _mode: Mode) -> Person:
    """Give the passkey, on the pages."""
    authenticator = VirtualAuthenticator(ADDRESS)
    await _with_passkey_page(world, authenticator)
    person = world.person()
    page = await person.page("GET", "/auth/sign-in/passkey")
    options, form = _ceremony(page.text)
    await person.page("POST", "/auth/sign-in/passkey", {**form, "credential": json.dumps(authenticator.get(options))})
    return person


async def _with_passkey_page(world: World, authenticator: VirtualAuthenticator) -> Person:
    person = world.person()
    page = await person.page("POST", "/auth/sign-up/passkey", {"email": STRICT})
    options, form = _ceremony(page.text)
    credential = json.dumps(authenticator.create(options))
    await person.page("POST", "/auth/sign-up/passkey", {**form, "credential": credential})
    return person


def _ceremony(html: str) -> tuple[Any, dict[str, str]]:
    """Return the options that a page gives to the browser, and what its form sends beside the credential."""
    options = re.search(r'data-options="([^"]*)"', html)
    assert options is not None, html
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html)
    return json.loads(unescape(options[1])), {name: unescape(value) for name, value in fields}


async def callback_page(world: World, _mode: Mode) -> Person:
    """Come back from a provider, on the pages."""
    person = world.person()
    begun = await person.page("GET", "/auth/sign-in/provider", {"provider": "elsewhere"})
    state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
    await person.page("GET", "/auth/callback/elsewhere", {"state": state, "code": STRICT})
    return person


async def factor_page(world: World, _mode: Mode) -> Person:
    """Open the page of the second factor, which asks for the code and brings the session up to date."""
    person = await world.half_admin()
    reply = await person.page("GET", "/auth/factor")
    assert reply.headers["location"] == "/auth/code"
    return person


async def factor_form(world: World, _mode: Mode) -> Person:
    """Choose the second factor."""
    person = await world.half_admin()
    reply = await person.page("POST", "/auth/factor", {"factor": "otp-email"})
    assert reply.headers["location"] == "/auth/code"
    return person


async def refresh_page(world: World, _mode: Mode) -> Person:
    """Renew an unfinished session without JavaScript."""
    person = await world.half_admin()
    await person.page("GET", "/auth/session/refresh/page")
    return person


async def refresh_form(world: World, _mode: Mode) -> Person:
    """Renew it by a form."""
    person = await world.half_admin()
    await person.page("POST", "/auth/session/refresh/page")
    return person
