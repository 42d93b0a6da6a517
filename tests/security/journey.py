# SPDX-License-Identifier: Apache-2.0
"""Every flow with known secrets, the wrong ways too; what happened is searched for them afterwards."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.core.observability.http import ask
from tests.security.application import ADDRESS, Mode, Person, World, password_form
from tests.security.canaries import Canaries
from twofold.core.http import CoreASGI, HttpRequest
from twofold.core.observability.asgi import ObservedASGI
from twofold.exceptions import SuperTokensError
from twofold.recipe import emailpassword
from twofold.recipe.emailpassword import asyncio as passwords
from twofold.recipe.emailverification import asyncio as verification
from twofold.recipe.passwordless import asyncio as codes
from twofold.recipe.recoverycodes import asyncio as paper_codes
from twofold.recipe.session import asyncio as sessions
from twofold.recipe.totp import asyncio as authenticators
from twofold.recipe.trusteddevices import asyncio as trusted
from twofold.testing import VirtualAuthenticator

API_KEY = "canary-api-key-0123456789-abcdef"
ENCRYPTION_KEY = "canary-encryption-key-0123456789-abcdef"
FIRST_PASSWORD, SECOND_PASSWORD, WRONG_PASSWORD = "canary-Password-1", "canary-Password-2", "canary-Wrong-3"


def known_secrets() -> Canaries:
    """Return the secrets that are known from the beginning."""
    known = Canaries()
    known.add("api key", API_KEY)
    known.add("encryption key", ENCRYPTION_KEY)
    for number, password in enumerate((FIRST_PASSWORD, SECOND_PASSWORD, WRONG_PASSWORD)):
        known.add(f"password#{number}", password)
    return known


@dataclass
class Journey:
    """What happened, to be searched."""

    world: World
    canaries: Canaries
    people: list[Person] = field(default_factory=list)
    results: list[Any] = field(default_factory=list)

    def person(self, mode: Mode) -> Person:
        """Return somebody whose responses are searched."""
        self.people.append(self.world.person(mode))
        return self.people[-1]

    def keep_tokens(self, person: Person) -> None:
        """Look for the tokens that somebody holds now."""
        for kind in ("access", "refresh"):
            token = person.token("access" if kind == "access" else "refresh")
            self.canaries.add(f"{kind} token#{token[-40:]}", token)


def of_code(world: World, email: str) -> str:
    """Return the code in the newest message."""
    return next(word for word in world.under_test.outbox.messages(email)[0].text.split() if "canaryOTP" in word)


def of_link(journey: Journey, email: str, name: str, kind: str) -> str:
    """Return the secret in the newest link, and look for it from now on."""
    link = urlsplit(journey.world.under_test.outbox.link(email))
    secret = link.fragment if name == "#" else parse_qs(link.query)[name][0]
    journey.canaries.add(f"{kind}#{secret[:20]}", secret)
    return secret


async def with_password_and_second_factor(journey: Journey, mode: Mode) -> None:
    """Sign up, wrong password, sign in, wrong code, code, refresh, verify the address, sign out."""
    person, email = journey.person(mode), f"{mode}@strict.example.com"
    await person.api("POST", "/signup", password_form(email, FIRST_PASSWORD))
    journey.keep_tokens(person)
    await person.api("POST", "/signin", password_form(email, WRONG_PASSWORD))
    await person.api("POST", "/signin", password_form(email, FIRST_PASSWORD))
    journey.keep_tokens(person)
    await person.api("PUT", "/mfa/info")
    body = {"phoneNumber": "+14155552671" if mode == "cookie" else "+14155552672"}
    ids = (await person.api("POST", "/signinup/code", {**body, "shouldTryLinkingWithSessionUser": True})).json()
    journey.canaries.add(f"device id#{mode}", ids["deviceId"])
    ids = {**{name: ids[name] for name in ("deviceId", "preAuthSessionId")}, "shouldTryLinkingWithSessionUser": True}
    code = of_code(journey.world, body["phoneNumber"])
    await person.api("POST", "/signinup/code/consume", {**ids, "userInputCode": code.lower()})
    await person.api("POST", "/signinup/code/resend", ids)
    await person.api("POST", "/signinup/code/consume", {**ids, "userInputCode": code})
    journey.keep_tokens(person)
    await person.send("GET", "/protected")
    await person.api("POST", "/session/refresh")
    journey.keep_tokens(person)
    await person.send("GET", "/protected")
    journey.keep_tokens(person)
    await person.api("POST", "/user/email/verify/token")
    token = of_link(journey, email, "token", "verification token")
    await person.api("POST", "/user/email/verify", {"method": "token", "token": token})
    await person.api("POST", "/user/email/verify", {"method": "token", "token": token})
    await person.api("POST", "/signout")


async def with_code_and_link(journey: Journey) -> None:
    """Sign up with a link, and with a code; use both a second time; begin and leave it."""
    for email in ("link@example.com", "otp@example.com", "never@example.com"):
        person = journey.person("header")
        body = {"email": email, "shouldTryLinkingWithSessionUser": False}
        made = (await person.api("POST", "/signinup/code", body)).json()
        journey.canaries.add(f"device id#{email}", made["deviceId"])
        link_code = of_link(journey, email, "#", "link code")
        ids = {name: made[name] for name in ("deviceId", "preAuthSessionId")}
        by_link = {"preAuthSessionId": made["preAuthSessionId"], "linkCode": link_code}
        by_code = {**ids, "userInputCode": of_code(journey.world, email)}
        for _ in range(0 if email.startswith("never") else 2):
            await person.api("POST", "/signinup/code/consume", by_link if email.startswith("link") else by_code)
        if person.access_token:
            journey.keep_tokens(person)


async def with_forgotten_password(journey: Journey) -> None:
    """Ask for a link, set the password, sign in with it; use the link again; ask and leave it."""
    person, email = journey.person("header"), "forgetful@example.com"
    await person.api("POST", "/signup", password_form(email, FIRST_PASSWORD))
    form = {"formFields": [{"id": "email", "value": email}]}
    await person.api("POST", "/user/password/reset/token", form)
    of_link(journey, email, "token", "reset token")
    await person.api("POST", "/user/password/reset/token", form)
    token = of_link(journey, email, "token", "reset token")
    await person.page("GET", "/auth/reset-password", {"token": token, "tenantId": "public"})
    body = {"formFields": [{"id": "password", "value": SECOND_PASSWORD}], "token": token, "method": "token"}
    for _ in range(2):
        await person.api("POST", "/user/password/reset", body)
    await person.api("POST", "/signin", password_form(email, SECOND_PASSWORD))
    journey.keep_tokens(person)


async def with_lost_passkey(journey: Journey) -> None:
    """Sign up with a passkey, lose it, register another by a mail, sign in; use the mail again; ask and leave it."""
    person, email = journey.person("header"), "keyless@example.com"
    lost, found = VirtualAuthenticator(ADDRESS), VirtualAuthenticator(ADDRESS)
    begun = (await person.api("POST", "/webauthn/options/register", {"email": email})).json()
    await _answer(person, "/webauthn/signup", begun, lost.create(begun))
    journey.keep_tokens(person)
    await person.api("POST", "/user/webauthn/reset/token", {"email": email})
    token = of_link(journey, email, "token", "recovery token")
    begun = (await person.api("POST", "/webauthn/options/register", {"recoverAccountToken": token})).json()
    for _ in range(2):
        await _answer(person, "/user/webauthn/reset", begun, found.create(begun), token=token)
    begun = (await person.api("POST", "/webauthn/options/signin")).json()
    await _answer(person, "/webauthn/signin", begun, found.get(begun))
    journey.keep_tokens(person)
    await person.api("POST", "/user/webauthn/reset/token", {"email": email})
    of_link(journey, email, "token", "recovery token")


async def _answer(person: Person, path: str, begun: dict[str, Any], credential: dict[str, Any], **more: str) -> None:
    options_id = begun["webauthnGeneratedOptionsId"]
    await person.api("POST", path, {"webauthnGeneratedOptionsId": options_id, "credential": credential, **more})


async def with_authenticator(journey: Journey) -> None:
    """Set an authenticator app up, and begin to set up another."""
    person = journey.person("header")
    await person.api("POST", "/signup", password_form("totp@example.com", FIRST_PASSWORD))
    for name in ("phone", "tablet"):
        made = (await person.api("POST", "/totp/device", {"deviceName": name})).json()
        journey.canaries.add(f"totp secret#{name}", made["secret"])
        if name == "phone":
            body = {"deviceName": name, "totp": journey.world.totp_code(made["secret"])}
            await person.api("POST", "/totp/device/verify", body)
            await person.api("POST", "/totp/verify", {"totp": "000000"})
    await person.api("GET", "/totp/device/list")
    journey.keep_tokens(person)


async def with_what_stands_in(journey: Journey) -> None:
    """Make recovery codes and use one, trust a browser and come back with it."""
    person = journey.person("cookie")
    await person.api("POST", "/signup", password_form("paper@example.com", FIRST_PASSWORD))
    secret = (await person.api("POST", "/totp/device", {"deviceName": "phone"})).json()["secret"]
    journey.canaries.add("totp secret#paper", secret)
    body = {"deviceName": "phone", "totp": journey.world.totp_code(secret)}
    await person.api("POST", "/totp/device/verify", body)
    codes = (await person.api("POST", "/recoverycodes")).json()["codes"]
    for code in codes:
        journey.canaries.add(f"recovery code#{code}", code)
        journey.canaries.add(f"recovery code#bare {code}", code.replace("-", ""))
    await person.api("POST", "/recoverycodes/consume", {"code": codes[0]})
    await person.api("POST", "/recoverycodes/consume", {"code": codes[0]})
    await person.api("GET", "/recoverycodes")
    await person.api("POST", "/trusteddevices")
    token = next(cookie.value or "" for cookie in person.http.cookies.jar if cookie.name == "sTrustedDevice")
    journey.canaries.add("trusted device token#whole", token)
    journey.canaries.add("trusted device token#secret", token.partition(".")[2])
    await person.api("GET", "/trusteddevices")
    journey.keep_tokens(person)
    await person.api("POST", "/signout")
    await person.api("POST", "/signin", password_form("paper@example.com", FIRST_PASSWORD))
    assert "trusted-device" in person.payload()["st-mfa"]["c"]
    journey.keep_tokens(person)
    journey.results.append(await paper_codes.create_codes(person.payload()["sub"]))
    for code in journey.results[-1].codes:
        journey.canaries.add(f"recovery code#{code}", code)
    journey.results.append(await trusted.trust_device("public", person.payload()["sub"], ["totp"]))
    journey.canaries.add("trusted device token#made", journey.results[-1].token)


async def by_function_calls(journey: Journey) -> None:
    """What applications call, whose results they may log."""
    email, keep = "functions@example.com", journey.results.append
    signed_up = await passwords.sign_up("public", email, FIRST_PASSWORD)
    keep(signed_up)
    assert isinstance(signed_up, emailpassword.interfaces.SignUpOkResult)
    user_id, recipe_user_id = signed_up.user.id, signed_up.recipe_user_id
    keep(await passwords.sign_in("public", email, WRONG_PASSWORD))
    keep(await passwords.sign_in("public", email, FIRST_PASSWORD))
    reset: Any = await passwords.create_reset_password_token("public", user_id, email)
    journey.canaries.add("reset token#function", reset.token)
    keep(reset)
    keep(await passwords.consume_password_reset_token("public", reset.token))
    verify: Any = await verification.create_email_verification_token("public", recipe_user_id, email)
    journey.canaries.add("verification token#function", verify.token)
    keep(verify)
    keep(await verification.verify_email_using_token("public", verify.token))
    made = await codes.create_code("public", email=email)
    journey.canaries.add("device id#function", made.device_id)
    journey.canaries.add("link code#function", made.link_code)
    journey.canaries.add("code#function", made.user_input_code * 2)
    keep(made)
    keep(await codes.list_codes_by_email("public", email))
    keep(await codes.consume_code("public", pre_auth_session_id=made.pre_auth_session_id, link_code=made.link_code))
    device: Any = await authenticators.create_device(user_id, device_name="laptop")
    journey.canaries.add("totp secret#function", device.secret)
    keep(device)
    session_made = await sessions.create_new_session_without_request_response("public", recipe_user_id)
    tokens = session_made.get_all_session_tokens_dangerously()
    journey.canaries.add("access token#function", tokens["accessToken"])
    journey.canaries.add("refresh token#function", tokens["refreshToken"] or "")
    keep(session_made)
    keep(await sessions.get_session_without_request_response(tokens["accessToken"]))
    keep(await sessions.refresh_session_without_request_response(tokens["refreshToken"] or ""))
    keep(await sessions.get_session_information(session_made.get_handle()))
    for wrong in (tokens["accessToken"] + "A", tokens["accessToken"][:-9]):
        try:
            await sessions.get_session_without_request_response(wrong)
        except SuperTokensError as error:
            keep(error)
    try:
        await passwords.sign_up("no such tenant", email, FIRST_PASSWORD)
    except SuperTokensError as error:
        keep(error)


async def at_the_core(journey: Journey) -> None:
    """The HTTP door with secrets where they are refused."""
    core = journey.world.under_test.core
    for headers, body in (
        ({"api-key": API_KEY}, b'{"email": "%s", "password": 1}' % FIRST_PASSWORD.encode()),
        ({"api-key": API_KEY + "x"}, b"{}"),
        ({"api-key": API_KEY}, b'{"email": "x", "password": "%s"}' % FIRST_PASSWORD.encode()),
        ({"api-key": API_KEY, "cdi-version": FIRST_PASSWORD}, b"{}"),
    ):
        request = HttpRequest("POST", "/recipe/signin", "", headers, body, "127.0.0.1")
        reply = await CoreASGI(core).handle(request)
        watched = {name.replace("-", "_"): value for name, value in headers.items()}
        await ask(
            ObservedASGI(core, access_log=True),
            "POST",
            "/recipe/signin",
            query=f"code={FIRST_PASSWORD}",
            content=body,
            **watched,
        )
        journey.results.append(request)
        assert FIRST_PASSWORD not in reply.body.decode() or "cdi-version" in headers
        assert API_KEY not in reply.body.decode()
