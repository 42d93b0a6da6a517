# SPDX-License-Identifier: Apache-2.0
"""One change of a factor, or of a way in, through each door that makes such changes.

The owner does all but its last step: a request that anybody can send who has the owner's other cookies, too.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from tests.security.application import ADDRESS, ADMIN, PASSWORD, PHONE, Person, World, password_form
from twofold.testing import VirtualAuthenticator

Step = Callable[[Person], Awaitable[httpx.Response]]
Change = Callable[[World, Person], Awaitable["Ready"]]

SETTINGS = "/auth/settings"
LOGIN_METHODS = f"{SETTINGS}/login-methods"
NEW_EMAIL, NEW_PHONE = "new@example.com", "+14155552672"
IN_SESSION = {"shouldTryLinkingWithSessionUser": True}


@dataclass(frozen=True)
class Ready:
    """A change before its last step.

    Attributes:
        step: the request that changes something.
        is_bound: it counts in the session alone in which the change was begun.
        stores: the core has something else stored after it; not so for pages that only show or lead on.
    """

    step: Step
    is_bound: bool = False
    stores: bool = True


def calls(method: str, path: str, body: dict[str, Any] | None = None) -> Change:
    """An API, called with this body; nothing comes before."""

    async def ready(_world: World, _owner: Person) -> Ready:
        return Ready(lambda person: person.api(method, path, body))

    return ready


def opens(path: str) -> Change:
    """A page that begins a change."""

    async def ready(_world: World, _owner: Person) -> Ready:
        return Ready(lambda person: person.page("GET", path), stores=False)

    return ready


def sends(path: str, *, stores: bool = True, **fields: str) -> Change:
    """A form, sent with these fields; nothing comes before."""

    async def ready(_world: World, _owner: Person) -> Ready:
        return Ready(lambda person: person.page("POST", path, fields), stores=stores)

    return ready


async def consume_code_for_new_phone(world: World, owner: Person) -> Ready:
    """The code that makes a phone number a factor."""
    ids = await owner.ask_for_code(phoneNumber=PHONE)
    body = {**ids, "userInputCode": world.under_test.outbox.code(PHONE)}
    return Ready(lambda person: person.api("POST", "/signinup/code/consume", body))


async def bring_first_passkey(world: World, owner: Person) -> Ready:
    """The first passkey, which is a login method of its own."""
    return Ready(lambda person: _bring_passkey(person, "/webauthn/signup"))


async def add_passkey(world: World, owner: Person) -> Ready:
    """One more passkey."""
    await _with_passkey(owner)
    return Ready(lambda person: _bring_passkey(person, "/webauthn/credential"))


async def remove_passkey(world: World, owner: Person) -> Ready:
    """A passkey taken away by the API."""
    passkey = await _with_passkey(owner)
    body = {"webauthnCredentialId": passkey}
    return Ready(lambda person: person.api("POST", "/webauthn/credential/remove", body))


async def remove_passkey_page(world: World, owner: Person) -> Ready:
    """A passkey taken away on the pages."""
    passkey = await _with_passkey(owner)
    return Ready(lambda person: person.page("POST", f"{SETTINGS}/passkeys/remove", {"passkey": passkey}))


async def set_up_passkey_page(world: World, owner: Person) -> Ready:
    """The first passkey, on the pages."""

    async def step(person: Person) -> httpx.Response:
        options_id, credential = await _new_passkey(person)
        form = {"options_id": options_id, "credential": json.dumps(credential)}
        return await person.page("POST", "/auth/passkey/set-up", form)

    return Ready(step)


async def verify_device(world: World, owner: Person) -> Ready:
    """The first code of an authenticator app."""
    secret = await _with_device_begun(owner)

    async def step(person: Person) -> httpx.Response:
        body = {"deviceName": "phone", "totp": world.totp_code(secret)}
        return await person.api("POST", "/totp/device/verify", body)

    return Ready(step)


async def verify_device_page(world: World, owner: Person) -> Ready:
    """The first code of an authenticator app, on the pages."""
    secret = await _with_device_begun(owner)

    async def step(person: Person) -> httpx.Response:
        form = {"name": "phone", "code": world.totp_code(secret)}
        return await person.page("POST", "/auth/authenticator/verify", form)

    return Ready(step)


async def remove_device(world: World, owner: Person) -> Ready:
    """An authenticator app taken away by the API."""
    await _with_device(world, owner)
    return Ready(lambda person: person.api("POST", "/totp/device/remove", {"deviceName": "phone"}))


async def remove_device_page(world: World, owner: Person) -> Ready:
    """An authenticator app taken away on the pages."""
    await _with_device(world, owner)
    return Ready(lambda person: person.page("POST", f"{SETTINGS}/authenticators/remove", {"device": "phone"}))


async def rename_device_page(world: World, owner: Person) -> Ready:
    """An authenticator app renamed."""
    await _with_device(world, owner)
    form = {"device": "phone", "name": "old phone"}
    return Ready(lambda person: person.page("POST", f"{SETTINGS}/authenticators/rename", form))


async def end_trust(world: World, owner: Person) -> Ready:
    """A trusted browser forgotten, by the API."""
    device = await _with_trusted_browser(owner)
    return Ready(lambda person: person.api("POST", "/trusteddevices/remove", {"deviceId": device}))


async def end_all_trust(world: World, owner: Person) -> Ready:
    """Every trusted browser forgotten, by the API."""
    await _with_trusted_browser(owner)
    return Ready(lambda person: person.api("POST", "/trusteddevices/removeall"))


async def end_trust_page(world: World, owner: Person) -> Ready:
    """A trusted browser forgotten, on the pages."""
    device = await _with_trusted_browser(owner)
    return Ready(lambda person: person.page("POST", f"{SETTINGS}/trusted-devices/remove", {"device": device}))


async def end_all_trust_page(world: World, owner: Person) -> Ready:
    """Every trusted browser forgotten, on the pages."""
    await _with_trusted_browser(owner)
    return Ready(lambda person: person.page("POST", f"{SETTINGS}/trusted-devices/remove-all"))


async def confirm_email(world: World, owner: Person) -> Ready:
    """A new address beside the password, whose link was opened."""
    await owner.page("POST", f"{SETTINGS}/email", {"email": NEW_EMAIL})
    token = parse_qs(urlsplit(world.under_test.outbox.link(NEW_EMAIL)).query)["token"][0]
    opened = await world.person().api("POST", "/user/email/verify", {"method": "token", "token": token})
    assert opened.json()["status"] == "OK"
    return Ready(lambda person: person.page("POST", f"{SETTINGS}/email/confirm"), is_bound=True)


async def change_phone(world: World, owner: Person) -> Ready:
    """The code to a phone number that is to be in the place of another."""
    phone = await _with_phone(world, owner)
    await owner.page("POST", f"{LOGIN_METHODS}/contact", {"channel": "phone", "of": phone, "phone": NEW_PHONE})
    code = world.under_test.outbox.code(NEW_PHONE)
    return Ready(lambda person: person.page("POST", "/auth/code", {"code": code}), is_bound=True)


async def take_login_method_away(world: World, owner: Person) -> Ready:
    """A phone number taken away."""
    phone = await _with_phone(world, owner)
    return Ready(lambda person: person.page("POST", f"{LOGIN_METHODS}/remove", {"method": phone}))


async def come_back_from_provider(world: World, owner: Person) -> Ready:
    """The way back from a provider at which an account is to be connected."""
    left = await owner.page("POST", f"{LOGIN_METHODS}/provider", {"provider": "elsewhere"})
    state = left.text.split("state=")[1].partition('"')[0]
    address = f"/auth/callback/elsewhere?{urlencode({'code': NEW_EMAIL})}&state={state}"
    return Ready(lambda person: person.page("GET", address), is_bound=True)


async def _with_passkey(owner: Person) -> str:
    made = await _bring_passkey(owner, "/webauthn/signup")
    assert made.json()["status"] == "OK", made.text
    listed = (await owner.api("GET", "/webauthn/credential/list")).json()["credentials"]
    passkey: str = listed[0]["webauthnCredentialId"]
    return passkey


async def _new_passkey(person: Person) -> tuple[str, dict[str, Any]]:
    begun = (await person.api("POST", "/webauthn/options/register", {"email": ADMIN})).json()
    return begun["webauthnGeneratedOptionsId"], VirtualAuthenticator(ADDRESS).create(begun)


async def _bring_passkey(person: Person, path: str) -> httpx.Response:
    options_id, credential = await _new_passkey(person)
    body = {"webauthnGeneratedOptionsId": options_id, "credential": credential, **IN_SESSION}
    return await person.api("POST", path, body)


async def _with_device_begun(owner: Person) -> str:
    secret: str = (await owner.api("POST", "/totp/device", {"deviceName": "phone"})).json()["secret"]
    return secret


async def _with_device(world: World, owner: Person) -> None:
    secret = await _with_device_begun(owner)
    body = {"deviceName": "phone", "totp": world.totp_code(secret)}
    assert (await owner.api("POST", "/totp/device/verify", body)).json()["status"] == "OK"


async def _with_trusted_browser(owner: Person) -> str:
    device: str = (await owner.api("POST", "/trusteddevices")).json()["deviceId"]
    return device


async def _with_phone(world: World, owner: Person) -> str:
    ready = await consume_code_for_new_phone(world, owner)
    methods = (await ready.step(owner)).json()["user"]["loginMethods"]
    phone: str = next(method["recipeUserId"] for method in methods if method.get("phoneNumber") == PHONE)
    return phone


bring_password = calls("POST", "/signup", {**password_form(NEW_EMAIL), **IN_SESSION})
ask_for_code_to_new_phone = calls("POST", "/signinup/code", {"phoneNumber": PHONE, **IN_SESSION})
bring_account_elsewhere = calls(
    "POST", "/signinup", {"thirdPartyId": "elsewhere", "oAuthTokens": {"access_token": NEW_EMAIL}, **IN_SESSION}
)
begin_device = calls("POST", "/totp/device", {"deviceName": "phone"})
renew_recovery_codes = calls("POST", "/recoverycodes")
trust_browser = calls("POST", "/trusteddevices")
begin_device_page = sends("/auth/authenticator/set-up", name="phone")
renew_recovery_codes_page = sends(f"{SETTINGS}/recovery-codes")
change_password = sends(f"{SETTINGS}/password", current_password=PASSWORD, password="another good horse 2")
ask_for_link = sends(f"{SETTINGS}/email", email=NEW_EMAIL)
ask_for_code_page = sends(f"{LOGIN_METHODS}/contact", channel="phone", phone=PHONE)
leave_for_provider = sends(f"{LOGIN_METHODS}/provider", provider="elsewhere", stores=False)
