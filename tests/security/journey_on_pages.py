# SPDX-License-Identifier: Apache-2.0
"""The same by forms, and what people change in the settings."""

import json
import re
from base64 import urlsafe_b64decode
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.security.application import ADMIN, Person
from tests.security.journey import FIRST_PASSWORD, SECOND_PASSWORD, WRONG_PASSWORD, Journey, of_code, of_link
from twofold.ui.login.flow import COOKIE_NAME, PROVIDER_COOKIE_NAME

SETTINGS = "/auth/settings"
LOGIN_METHODS = f"{SETTINGS}/login-methods"
CONTACT = f"{LOGIN_METHODS}/contact"
EMAIL, NEW_EMAIL = "settings@example.com", "settings@new.example"
PHONE, NEW_PHONE = "+14155552673", "+14155552674"


async def on_the_pages(journey: Journey) -> None:
    """The same by forms, right and wrong."""
    await journey.world.admin()
    person = journey.person("cookie")
    await person.page("POST", "/auth/sign-in", {"email": ADMIN, "password": WRONG_PASSWORD})
    await person.page("POST", "/auth/sign-up", {"email": ADMIN, "password": FIRST_PASSWORD})
    await person.page("POST", "/auth/sign-in/code?channel=email", {"email": "page@strict.example.com"})
    await person.page("GET", "/auth/code")
    await person.page("POST", "/auth/code", {"code": WRONG_PASSWORD})
    await person.page("POST", "/auth/code", {"code": of_code(journey.world, "page@strict.example.com")})
    journey.keep_tokens(person)
    await person.page("GET", "/auth/sign-in")
    await person.page("POST", "/auth/sign-out")


async def in_the_settings(journey: Journey) -> None:
    """A new number, another one in its place, an account elsewhere, an app, codes on paper, an address, a password."""
    person = journey.person("cookie")
    await person.page("POST", "/auth/sign-up", {"email": EMAIL, "password": FIRST_PASSWORD})
    journey.keep_tokens(person)
    await with_a_number(journey, person)
    await with_an_account_elsewhere(journey, person)
    await with_an_app_and_codes_on_paper(journey, person)
    await with_a_new_address(journey, person)
    form = {"current_password": FIRST_PASSWORD, "password": SECOND_PASSWORD}
    await person.page("POST", f"{SETTINGS}/password", {**form, "current_password": WRONG_PASSWORD})
    await person.page("POST", f"{SETTINGS}/password", form)
    for page in ("", "/sessions", "/trusted-devices", "/passkeys", "/authenticators", "/login-methods", "/email"):
        assert (await person.page("GET", SETTINGS + page)).status_code == 200
    journey.keep_tokens(person)
    journey.world.under_test.clock.turn(seconds=16 * 60)
    late = await person.page("POST", f"{SETTINGS}/password", form)
    assert late.headers["location"].startswith("/auth/factor"), "a fresh factor is asked for"


async def with_a_number(journey: Journey, person: Person) -> None:
    """Add a phone number, with a wrong code and the right one, then change it, the same way."""
    await person.page("GET", f"{CONTACT}?channel=phone")
    for phone in (PHONE, NEW_PHONE):
        form = {"channel": "phone", "phone": phone}
        if phone == NEW_PHONE:
            listed = (await person.page("GET", LOGIN_METHODS)).text
            form["of"] = re.findall(r"channel=phone&amp;of=([\w-]+)", listed)[0]
        await person.page("POST", CONTACT, form)
        journey.canaries.add(f"device id#{phone}", kept_by(person, COOKIE_NAME)["device_id"])
        await person.page("POST", "/auth/code", {"code": WRONG_PASSWORD})
        await person.page("POST", "/auth/resend")
        reply = await person.page("POST", "/auth/code", {"code": of_code(journey.world, phone)})
        assert reply.status_code == 303, reply.text
        journey.keep_tokens(person)


async def with_an_account_elsewhere(journey: Journey, person: Person) -> None:
    """Go to the provider and come back: with what another browser brought, then with what is right, then once more."""
    await person.page("POST", f"{LOGIN_METHODS}/provider", {"provider": "elsewhere"})
    kept = kept_by(person, PROVIDER_COOKIE_NAME)
    journey.canaries.add("state of a provider", kept["state"])
    journey.canaries.add("state of a provider#inner", json.loads(urlsafe_b64decode(kept["state"]))["state"])
    journey.canaries.add("PKCE verifier", kept["pkce_code_verifier"])
    journey.canaries.add("code of a provider", "canary-code-of-a-provider")
    brought = {"state": kept["state"], "code": f"canary-code-of-a-provider:{EMAIL}"}
    stranger = journey.person("cookie")
    assert (await stranger.page("GET", "/auth/callback/elsewhere", brought)).status_code == 403
    back = await person.page("GET", "/auth/callback/elsewhere", brought)
    assert back.headers["location"] == f"{LOGIN_METHODS}?notice=connected"
    assert (await person.page("GET", "/auth/callback/elsewhere", brought)).status_code == 403


async def with_an_app_and_codes_on_paper(journey: Journey, person: Person) -> None:
    """Set an authenticator app up, with a wrong code first, and make recovery codes, twice."""
    shown = hidden_fields((await person.page("POST", "/auth/authenticator/set-up", {"name": "phone"})).text)
    journey.canaries.add("totp secret#page", shown["secret"])
    for code in ("000000", journey.world.totp_code(shown["secret"])):
        await person.page("POST", "/auth/authenticator/verify", {**shown, "code": code})
    journey.keep_tokens(person)
    await person.page("GET", f"{SETTINGS}/recovery-codes")
    for _ in range(2):
        codes = re.findall(r"<li><code>([^<]+)</code>", (await person.page("POST", f"{SETTINGS}/recovery-codes")).text)
        for code in codes:
            journey.canaries.add(f"recovery code#{code}", code)
        assert codes
    await person.page("GET", f"{SETTINGS}/recovery-codes")


async def with_a_new_address(journey: Journey, person: Person) -> None:
    """Ask for the link, confirm too early, open it in another browser, confirm."""
    await person.page("POST", f"{SETTINGS}/email", {"email": NEW_EMAIL})
    await person.page("POST", f"{SETTINGS}/email/confirm")
    token = of_link(journey, NEW_EMAIL, "token", "verification token")
    link = urlsplit(journey.world.under_test.outbox.link(NEW_EMAIL))
    elsewhere = journey.person("cookie")
    await elsewhere.page("GET", link.path, {name: value for name, (value,) in parse_qs(link.query).items()})
    await elsewhere.page("POST", "/auth/verify-email", {"token": token})
    reply = await person.page("POST", f"{SETTINGS}/email/confirm")
    assert reply.headers["location"] == f"{LOGIN_METHODS}?notice=email_changed"


def kept_by(person: Person, name: str) -> Any:
    """Return what a page keeps in a cookie of this browser."""
    value = next(cookie.value or "" for cookie in person.http.cookies.jar if cookie.name == name)
    return json.loads(urlsafe_b64decode(value.strip('"')))


def hidden_fields(html: str) -> dict[str, str]:
    """Return what the forms of a page send beside what people fill in."""
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html)
    return {name: unescape(value) for name, value in fields}
