# SPDX-License-Identifier: Apache-2.0
"""Class 21: known secrets go through every flow; afterwards none is found where it does not belong."""

import dataclasses
import importlib
import itertools
import logging
import pkgutil
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import twofold
from tests.core.observability.http import ask
from tests.security.application import ADDRESS, ADMIN, Mode, Person, World, application, password_form, recipes
from tests.security.canaries import Canaries, reachable
from tests.security.rows import everything_stored
from twofold import InputAppInfo, SupertokensConfig, testing
from twofold._core_http import HttpTransport
from twofold.core.config import Settings
from twofold.core.http import CoreASGI, HttpRequest
from twofold.core.observability.asgi import ObservedASGI
from twofold.core.observability.logs import JsonFormatter, TextFormatter
from twofold.exceptions import SuperTokensError
from twofold.ingredients.emaildelivery.types import EmailContent, EmailDeliveryConfig, SMTPSettings, SMTPSettingsFrom
from twofold.ingredients.exceptions import DeliveryError
from twofold.recipe import emailpassword, emailverification, passwordless, session
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

# What a response legitimately carries, and why. Everything else in a response is a leak.
LEGITIMATE: dict[tuple[str, str], set[str]] = {
    # The client that signs in gets its tokens; in cookie mode as cookies. Refreshing and the second factor renew them.
    ("POST", "/auth/signup"): {"access token", "refresh token"},
    ("POST", "/auth/signin"): {"access token", "refresh token"},
    ("POST", "/auth/signinup/code/consume"): {"access token", "refresh token"},
    ("POST", "/auth/webauthn/signup"): {"access token", "refresh token"},
    ("POST", "/auth/webauthn/signin"): {"access token", "refresh token"},
    ("POST", "/auth/session/refresh"): {"access token", "refresh token"},
    ("POST", "/auth/code"): {"access token", "refresh token"},
    # Claims that were brought up to date travel in a new access token; so does the first use of one after a refresh.
    ("PUT", "/auth/mfa/info"): {"access token"},
    ("POST", "/auth/user/email/verify"): {"access token"},
    ("POST", "/auth/totp/device/verify"): {"access token"},
    ("GET", "/protected"): {"access token"},
    # Who asked for a code shows the device's id with it; the pages keep it in a cookie of the browser that asked.
    ("POST", "/auth/signinup/code"): {"device id"},
    ("POST", "/auth/sign-in/code"): {"device id"},
    # Shown once, to be set up in an authenticator app.
    ("POST", "/auth/totp/device"): {"totp secret"},
    # Shown once, to be kept on paper; and what a browser is trusted by, in a cookie or a header of its own.
    ("POST", "/auth/recoverycodes"): {"recovery code"},
    ("POST", "/auth/recoverycodes/consume"): {"access token"},
    ("POST", "/auth/trusteddevices"): {"trusted device token"},
    # The form keeps the token of its own address, to send it with the new password.
    ("GET", "/auth/reset-password"): {"reset token"},
}


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


@pytest.fixture
def canaries() -> Canaries:
    """The secrets that are known from the beginning."""
    known = Canaries()
    known.add("api key", API_KEY)
    known.add("encryption key", ENCRYPTION_KEY)
    for number, password in enumerate((FIRST_PASSWORD, SECOND_PASSWORD, WRONG_PASSWORD)):
        known.add(f"password#{number}", password)
    return known


@pytest.fixture
async def journey(database_url: str, canaries: Canaries, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Journey]:
    """Every flow was gone through, the wrong ways too, with everything logged that can be logged."""
    caplog.set_level(logging.DEBUG)
    numbers = itertools.count(10_000)

    async def make_code(_tenant_id: str, _user_context: Any) -> str:
        code = f"canaryOTP{next(numbers)}"
        canaries.add(f"code#{code}", code)
        return code

    settings = {"api_keys": API_KEY, "encryption_key": ENCRYPTION_KEY}
    async with testing.app(recipes(make_code), database_url=database_url, settings=settings) as under_test:
        gone = Journey(World(under_test, application()), canaries)
        await with_password_and_second_factor(gone, "cookie")
        await with_password_and_second_factor(gone, "header")
        await with_code_and_link(gone)
        await with_forgotten_password(gone)
        await with_lost_passkey(gone)
        await with_authenticator(gone)
        await with_what_stands_in(gone)
        await on_the_pages(gone)
        await by_function_calls(gone)
        await at_the_core(gone)
        yield gone


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


async def test_nothing_is_stored_in_clear(journey: Journey, database_url: str) -> None:
    """Attack class 21: no secret is in a row of the database, or, for SQLite, in a byte of its files.

    With `encryption_key`. Without, stored signing keys and authenticator secrets can be read by who reads the
    database: see test_without_encryption_key.
    """
    assert journey.canaries.names == {
        "password", "code", "link code", "reset token", "recovery token", "verification token", "refresh token",
        "access token", "device id", "totp secret", "api key", "encryption key", "recovery code",
        "trusted device token",
    }  # fmt: skip
    for table, rows in (await everything_stored(journey.world.under_test.core)).items():
        for row in rows:
            assert journey.canaries.found_in(row) == set(), f"{table}: {row}"
            assert "BEGIN PRIVATE KEY" not in row
            assert "plain.1." not in row, f"{table}: {row[:200]}"
    if database_url.startswith("sqlite"):
        database = Path(database_url.removeprefix("sqlite:///"))
        files = list(database.parent.glob(f"{database.name}*"))
        assert len(files) >= 2, "the write-ahead log is searched, too"
        for file in files:
            assert journey.canaries.found_in(file.read_bytes().decode("latin-1")) == set(), file.name


async def test_nothing_is_logged(journey: Journey, caplog: pytest.LogCaptureFixture) -> None:
    """Attack class 21: no secret is in what any library or we log at DEBUG, in the text or in the arguments."""
    assert caplog.get_records("setup")
    for record in caplog.get_records("setup"):
        logged = f"{record.getMessage()} {record.args!r} {record.exc_text or ''}"
        # The HTTP client of this test logs the addresses that it opens itself, one of which has a token from a mail.
        if record.name.startswith(("httpx", "httpcore")):
            continue
        written = TextFormatter().format(record) + JsonFormatter().format(record)
        assert journey.canaries.found_in(logged + written) == set(), logged[:500]
    assert any(record.name == "twofold.access" for record in caplog.get_records("setup"))


async def test_nothing_is_answered_that_does_not_belong(journey: Journey) -> None:
    """A response has no secret but its own; no redirect has any; no header but those that carry tokens has one."""
    replies = [reply for person in journey.people for reply in person.replies]
    assert len(replies) > 50
    for reply in replies:
        method, path = reply.request.method, urlsplit(str(reply.request.url)).path
        allowed = LEGITIMATE.get((method, path), set())
        headers = "\n".join(f"{name}: {value}" for name, value in reply.headers.multi_items())
        found = journey.canaries.found_in(reply.text) | journey.canaries.found_in(headers)
        assert found <= allowed, f"{method} {path} gives {found - allowed}"
        assert journey.canaries.found_in(reply.headers.get("location", "")) == set()
        if "html" not in reply.headers.get("content-type", ""):
            assert journey.canaries.found_in(reply.text) <= {"device id", "totp secret", "recovery code"}, (
                f"{method} {path}"
            )


async def test_nothing_is_in_a_repr(journey: Journey) -> None:
    """Whatever of ours is printed, logged or shown by a debugger: no secret is in its repr."""
    under_test = journey.world.under_test
    sent = under_test.outbox.messages()
    searched = 0
    for item in reachable(under_test, under_test.app, under_test.core, journey.results, sent):
        searched += 1
        for text in (repr(item), str(item)):
            found = journey.canaries.found_in(text)
            assert found == set(), f"{type(item).__module__}.{type(item).__qualname__} shows {found}: {text[:300]}"

    assert searched > 300


# Members of this name hold a secret, or a whole request with all its secrets.
SECRET_NAMES = re.compile(
    r"(password|(access|refresh|id)?_?token|secret|link_code|user_input_code|device_id|api_key|encryption_key|body|raw"
    r"|values|arguments|headers|code|totp|url_with_link_code|password_reset_link|email_verify_link)"
)
# These have such a name, and no secret in it.
HARMLESS = {
    **dict.fromkeys(
        (
            *(f"twofold.core.recipe.trusteddevices.rules.{kind}.device_id" for kind in ("Recognised", "Trusted")),
            *(
                f"twofold.core.recipe.trusteddevices.store.{kind}.device_id"
                for kind in ("Device", "NewDevice", "Shown")
            ),
            "twofold.recipe.trusteddevices.types.DeviceTrustedOkResult.device_id",
            "twofold.recipe.trusteddevices.types.RecogniseDeviceOkResult.device_id",
            "twofold.recipe.trusteddevices.types.TrustedDevice.device_id",
        ),
        "by which its user removes it; the secret is the rest of its token",
    ),
    "twofold.ui.urls.Urls.password": "the path of a page",
    "twofold.recipe._api.Declaration.body": "how a body is read",
    "twofold.ui.login.inbox.Message.code": "the page of the development inbox shows it",
    "twofold.ui.login.methods.SignInMethods.password": "whether passwords are a first factor",
    "twofold.ui.urls.Urls.code": "the path of a page",
}


def test_no_dataclass_shows_a_secret() -> None:
    """What is held only for a moment, so that no search of a running application meets it, hides its secrets, too."""
    shown: set[str] = set()
    for info in pkgutil.walk_packages(twofold.__path__, "twofold."):
        if info.name.endswith("__main__"):
            continue
        for kind in vars(importlib.import_module(info.name)).values():
            if isinstance(kind, type) and kind.__module__ == info.name and dataclasses.is_dataclass(kind):
                shown |= {f"{info.name}.{kind.__qualname__}.{name}" for name in shown_members(kind)}

    assert shown - HARMLESS.keys() == set(), "use field(repr=False) or @dataclass(repr=False)"
    assert HARMLESS.keys() - shown == set()


def shown_members(kind: Any) -> list[str]:
    """Return the members with a secret's name that the repr of a dataclass shows."""
    if not kind.__dataclass_params__.repr or not hasattr(kind.__repr__, "__wrapped__"):
        return []  # it has no repr of a dataclass
    return [item.name for item in dataclasses.fields(kind) if item.repr and SECRET_NAMES.fullmatch(item.name)]


async def test_without_encryption_key(database_url: str) -> None:
    """What is stored in the clear when no `encryption_key` is configured, and nothing else of that kind.

    Signing keys and the secrets of authenticator apps must be read again to be used, so a hash will not do. Each is
    marked as plain, in a column of its own, and is sealed when a key is configured.
    """
    async with testing.app(recipes(), database_url=database_url) as under_test:
        world = World(under_test, application())
        await world.with_authenticator()
        stored = await everything_stored(under_test.core)

    assert {table for table, rows in stored.items() if any("plain.1." in row for row in rows)} == {
        "app_keys",
        "totp_devices",
    }


async def test_mail_servers_password(caplog: pytest.LogCaptureFixture, canaries: Canaries) -> None:
    """The password of the mail server is in no repr, no log and no error, also when the server cannot be reached."""
    caplog.set_level(logging.DEBUG)
    canaries.add("smtp password", "canary-smtp-password")
    settings = SMTPSettings("127.0.0.1", 1, SMTPSettingsFrom("Shop", "shop@example.com"), "canary-smtp-password")
    delivery = [
        EmailDeliveryConfig(emailpassword.SMTPService(settings)),
        EmailDeliveryConfig(passwordless.SMTPService(settings)),
        EmailDeliveryConfig(emailverification.SMTPService(settings)),
    ]
    used: Any = [
        session.init(),
        emailpassword.init(email_delivery=delivery[0]),  # type: ignore[arg-type]  # a list of different kinds
        passwordless.init(passwordless.ContactEmailOnlyConfig(), "USER_INPUT_CODE", email_delivery=delivery[1]),  # type: ignore[arg-type]
        emailverification.init("OPTIONAL", email_delivery=delivery[2]),  # type: ignore[arg-type]
    ]
    async with testing.app(used) as under_test:
        transporter: Any = emailpassword.SMTPService(settings).transporter
        transporter.pause = no_pause
        with pytest.raises(DeliveryError) as refused:
            await transporter.send_email(EmailContent("body", "subject", "ann@example.com", is_html=False), {})
        shown = [repr(item) for item in reachable(under_test, under_test.app, delivery, settings, transporter)]

    logged = [f"{record.getMessage()} {record.args!r}" for record in caplog.records]
    assert canaries.found_in("\n".join([*shown, *logged, str(refused.value), repr(refused.value)])) == set()


async def no_pause(_seconds: float) -> None:
    """Wait for nothing."""


def test_configuration_hides_its_secrets(canaries: Canaries) -> None:
    """API key, encryption key and a database's password are in no configuration's repr, nor in a refusal of it."""
    canaries.add("database password", "canary-database-password")
    uri = "postgresql://shop:canary-database-password@db.example/shop"
    info = InputAppInfo("Shop", "http://localhost:8000", website_domain="http://localhost:8000")
    under_test = testing.app([session.init()], database_url=uri, app_info=info)
    shown = [
        SupertokensConfig(uri, API_KEY),
        Settings(api_keys=API_KEY, encryption_key=ENCRYPTION_KEY),
        HttpTransport("http://localhost:3567", under_test._app_info, api_key=API_KEY),
        *reachable(under_test),
    ]

    assert canaries.found_in("\n".join(repr(item) for item in shown)) == set()
    with pytest.raises(ValueError, match="at least") as refused:
        testing.app([session.init()], settings={"encryption_key": "canary-short"})
    assert "canary-short" not in str(refused.value)
