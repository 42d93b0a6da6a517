# SPDX-License-Identifier: Apache-2.0
"""Attack classes 17, 20, 31, 32, 33 and 34: links that lead elsewhere or live on, what is left after, who is there."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.recipe.session.application import Browser
from tests.recipe.thirdparty.application import routes
from tests.security.application import Person, application
from tests.security.considerations.application import OWNER, Site
from twofold import testing
from twofold.asyncio import delete_user, get_user
from twofold.ingredients._unobserved import all_sent
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig, EmailDeliveryInterface
from twofold.recipe import (
    accountlinking,
    emailpassword,
    emailverification,
    multifactorauth,
    passwordless,
    session,
    totp,
    webauthn,
)
from twofold.recipe.accountlinking.types import ShouldAutomaticallyLink
from twofold.recipe.emailpassword.asyncio import sign_up, update_email_or_password
from twofold.recipe.emailpassword.types import EmailTemplateVars
from twofold.recipe.multifactorauth.asyncio import add_to_required_secondary_factors_for_user
from twofold.recipe.multifactorauth.interfaces import RecipeInterface as MultiFactorAuthFunctions
from twofold.recipe.session.asyncio import get_all_session_handles_for_user, revoke_all_sessions_for_user
from twofold.recipe.totp.asyncio import list_devices
from twofold.types import User

ANN, PASSWORD, OTHER = "ann@example.com", "correct horse battery", "staple correct horse"
NOBODY = "nobody@example.com"
FORGED = "evil.example"


@pytest.fixture
async def app(any_database_url: str) -> AsyncIterator[testing.AppUnderTest]:
    """An application with passwords, links by mail, and verification."""
    recipes = [
        session.init(),
        emailpassword.init(),
        emailverification.init("OPTIONAL"),
        passwordless.init(passwordless.ContactEmailOnlyConfig(), "USER_INPUT_CODE_AND_MAGIC_LINK"),
    ]
    async with testing.app(recipes, database_url=any_database_url) as running:
        yield running


def form(**fields: str) -> dict[str, Any]:
    """Return the fields of a form."""
    return {"formFields": [{"id": name, "value": value} for name, value in fields.items()]}


async def post(path: str, body: dict[str, Any], browser: Browser | None = None) -> Any:
    """Post to an API and return the answer."""
    return (await (browser or Browser(routes(), "cookie")).send("POST", f"/auth{path}", body)).json()


async def signed_in(way: str = "signup", password: str = PASSWORD) -> Browser:
    """Return Ann's browser after she signed up or in."""
    browser = Browser(routes(), "cookie")
    assert (await post(f"/{way}", form(email=ANN, password=password), browser))["status"] == "OK"
    return browser


async def mailed_token(app: testing.AppUnderTest) -> str:
    """Ask for a reset, and return the token that Ann was mailed."""
    await post("/user/password/reset/token", form(email=ANN))
    return parse_qs(urlsplit(app.outbox.link(ANN)).query)["token"][0]


async def reset(token: str, password: str = OTHER) -> Any:
    """Set a password with a token."""
    return await post("/user/password/reset", {**form(password=password), "token": token})


@pytest.mark.parametrize("header", ["host", "x_forwarded_host", "forwarded", "x_forwarded_proto", "origin", "referer"])
async def test_links_of_a_forged_host(app: testing.AppUnderTest, header: str) -> None:
    """Attack class 31: the request names another host; the links to reset, verify and sign in lead to the website."""
    ann = await signed_in()
    forged = {header: f"host={FORGED}" if header == "forwarded" else FORGED}

    await ann.send("POST", "/auth/user/password/reset/token", form(email=ANN), **forged)
    await ann.send("POST", "/auth/user/email/verify/token", {}, **forged)
    await ann.send("POST", "/auth/signinup/code", {"email": ANN}, **forged)

    texts = [message.text + str(message.html) for message in app.outbox.messages(ANN)]
    assert len(texts) == 3
    assert all(FORGED not in text for text in texts)
    assert all(f"{testing.ADDRESS}/auth/" in text for text in texts)


async def test_a_link_is_worth_one_password(app: testing.AppUnderTest) -> None:
    """Attack class 32: used, or beside one that was used, or too old, a reset link sets nothing."""
    await signed_in()
    first, second = await mailed_token(app), await mailed_token(app)
    answers = [await reset(second), await reset(second, PASSWORD), await reset(first, PASSWORD)]
    late = await mailed_token(app)
    app.clock.turn(seconds=60 * 60 + 1)

    assert [answer["status"] for answer in answers] == ["OK", *["RESET_PASSWORD_INVALID_TOKEN_ERROR"] * 2]
    assert (await reset(late, PASSWORD))["status"] == "RESET_PASSWORD_INVALID_TOKEN_ERROR"
    assert (await post("/signin", form(email=ANN, password=OTHER)))["status"] == "OK"


@pytest.mark.parametrize("change", ["email", "password"])
async def test_a_link_dies_with_what_it_was_for(app: testing.AppUnderTest, change: str) -> None:
    """Attack class 32: a link that was mailed before address or password changed sets nothing afterwards."""
    made = await sign_up("public", ANN, PASSWORD)
    assert made.status == "OK"
    token = await mailed_token(app)

    changed = await update_email_or_password(
        made.recipe_user_id,
        email="new@example.com" if change == "email" else None,
        password="another good one" if change == "password" else None,
    )

    assert changed.status == "OK"
    assert (await reset(token))["status"] == "RESET_PASSWORD_INVALID_TOKEN_ERROR"


async def test_a_magic_link_works_once(app: testing.AppUnderTest) -> None:
    """Attack class 32: the second use of a link that signs in, and the code that came with it, sign nobody in."""
    begun = await post("/signinup/code", {"email": ANN})
    link = urlsplit(app.outbox.link(ANN))
    ids = {"preAuthSessionId": begun["preAuthSessionId"]}
    by_link = {**ids, "linkCode": link.fragment}
    by_code = {**ids, "deviceId": begun["deviceId"], "userInputCode": app.outbox.code(ANN)}

    answers = [await post("/signinup/code/consume", body) for body in (by_link, by_link, by_code)]

    assert [answer["status"] for answer in answers] == ["OK", "RESTART_FLOW_ERROR", "RESTART_FLOW_ERROR"]


async def test_sessions_end_with_their_reason(app: testing.AppUnderTest) -> None:
    """Attack class 33: after a reset, a sign-out everywhere or a deletion no refresh token buys anything."""
    browser = await signed_in()
    user_id = browser.payload()["sub"]
    await reset(await mailed_token(app))
    after_reset = await browser.send("POST", "/auth/session/refresh")
    browser = await signed_in("signin", OTHER)
    await revoke_all_sessions_for_user(user_id)
    after_revocation = await browser.send("POST", "/auth/session/refresh")
    browser = await signed_in("signin", OTHER)
    await delete_user(user_id)
    after_deletion = await browser.send("POST", "/auth/session/refresh")

    assert [reply.status_code for reply in (after_reset, after_revocation, after_deletion)] == [401, 401, 401]
    assert await get_all_session_handles_for_user(user_id) == []


async def test_who_has_an_account(app: testing.AppUnderTest) -> None:
    """Attack class 34: signing in and asking for a reset or a code answer the same for everybody, headers included."""
    await signed_in()
    requests: list[tuple[str, Any]] = [
        ("/signin", lambda email: form(email=email, password=OTHER)),
        ("/user/password/reset/token", lambda email: form(email=email)),
        ("/signinup/code", lambda email: {"email": email}),
    ]

    for path, body in requests:
        told = []
        for email in (ANN, NOBODY):
            reply = await Browser(routes(), "cookie").send("POST", f"/auth{path}", body(email))
            told.append((reply.status_code, reply.json().keys(), reply.json()["status"], reply.headers.keys()))
        assert told[0] == told[1], path


class SlowService(EmailDeliveryInterface[EmailTemplateVars]):
    """A mail server that answers when the test lets it."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()
        self.sent: list[str] = []

    async def send_email(self, template_vars: EmailTemplateVars, user_context: dict[str, Any]) -> None:
        """Send, after a while."""
        await self.may_answer.wait()
        self.sent.append(template_vars.user.email)


async def test_how_long_a_mail_takes_tells_nothing(any_database_url: str) -> None:
    """Attack class 34: the answer comes before the mail, whose sending takes long for those who have an account."""
    service = SlowService()
    recipes = [session.init(), emailpassword.init(email_delivery=EmailDeliveryConfig(service))]
    async with testing.app(recipes, database_url=any_database_url):
        await signed_in()

        answers = [await post("/user/password/reset/token", form(email=email)) for email in (ANN, NOBODY)]

        assert answers == [{"status": "OK"}, {"status": "OK"}]
        assert service.sent == []
        service.may_answer.set()

    # An application that stops has sent everything.
    assert service.sent == [ANN]


async def test_where_the_process_is_frozen_after_the_answer(any_database_url: str) -> None:
    """A sender may ask for the answer to wait, where the mail would be lost; its time then tells who has an account."""
    service = SlowService()
    service.is_awaited = True
    service.may_answer.set()
    recipes = [session.init(), emailpassword.init(email_delivery=EmailDeliveryConfig(service))]
    async with testing.app(recipes, database_url=any_database_url):
        await signed_in()

        await post("/user/password/reset/token", form(email=ANN))

        assert service.sent == [ANN]


async def test_a_factor_on_an_address_of_somebody_else(any_database_url: str) -> None:
    """Attack class 17: Mallory signs up with Ann's address and would put an authenticator on it, to keep her out."""
    recipes = [
        session.init(),
        emailpassword.init(),
        emailverification.init("REQUIRED"),
        totp.init(),
        multifactorauth.init(first_factors=["emailpassword"]),
    ]
    async with testing.app(recipes, database_url=any_database_url):
        mallory = await signed_in()
        user_id = mallory.payload()["sub"]
        await add_to_required_secondary_factors_for_user(user_id, "totp")

        refused = await mallory.send("POST", "/auth/totp/device", {})

        assert refused.status_code == 403, refused.text
        assert refused.json()["claimValidationErrors"][0]["id"] == "st-ev"
        assert (await list_devices(user_id)).devices == []


async def test_signing_out_half_way(any_database_url: str) -> None:
    """Attack class 20: who signs out before the second factor leaves nothing that can be gone on with."""
    recipes = [session.init(), emailpassword.init(), totp.init(), multifactorauth.init(first_factors=["emailpassword"])]
    async with testing.app(recipes, database_url=any_database_url):
        browser = await signed_in()
        await add_to_required_secondary_factors_for_user(browser.payload()["sub"], "totp")
        half = await signed_in("signin")
        kept = dict(half.cookies)
        waiting = await half.send("GET", "/me")

        await post("/signout", {}, half)

        assert waiting.status_code == 403
        assert half.cookies == {}
        half.cookies = kept
        assert (await half.send("POST", "/auth/session/refresh")).status_code == 401
        assert (await half.send("PUT", "/auth/mfa/info")).status_code in (401, 403)


@pytest.mark.parametrize("is_own", [False, True], ids=["app", "own"])
async def test_a_mailbox_makes_no_passkey_beside_another_factor(is_own: bool) -> None:
    """Class 12: the attack is to have a passkey linked to the owner, by a recovery mail or a sign-up that is verified.

    With the password, which a mail replaces, it would be a second factor where the policy asks for either. The owner
    has an authenticator app, or a factor of the application's own.
    """

    def with_badge(original: MultiFactorAuthFunctions) -> MultiFactorAuthFunctions:
        ours = original.get_factors_setup_for_user

        async def get_factors_setup_for_user(user: User, user_context: dict[str, Any]) -> list[str]:
            return [*(await ours(user, user_context)), "badge"]

        original.get_factors_setup_for_user = get_factors_setup_for_user  # type: ignore[method-assign]
        return original

    async def link(*_: Any) -> ShouldAutomaticallyLink:
        return ShouldAutomaticallyLink(should_require_verification=True)

    recipes = [
        session.init(),
        emailpassword.init(),
        emailverification.init("OPTIONAL"),
        totp.init(),
        webauthn.init(),
        multifactorauth.init(
            ["emailpassword", "webauthn"], multifactorauth.OverrideConfig(functions=with_badge) if is_own else None
        ),
        accountlinking.init(should_do_automatic_account_linking=link),
    ]
    async with testing.app(recipes) as running:
        here, authenticator = Site(running), testing.VirtualAuthenticator(testing.ADDRESS)
        owner = await here.sign("signup")
        await here.verify_email(owner)
        if not is_own:
            await here.set_up_totp(owner)
        running.outbox.clear()

        thief = Person(application(), "cookie")
        asked = await thief.api("POST", "/user/webauthn/reset/token", {"email": OWNER})
        await all_sent()
        mails = running.outbox.messages()
        begun = (await thief.api("POST", "/webauthn/options/register", {"email": OWNER})).json()
        made = {"webauthnGeneratedOptionsId": begun["webauthnGeneratedOptionsId"]}
        await thief.api("POST", "/webauthn/signup", {**made, "credential": authenticator.create(begun)})
        await here.verify_email(thief)

        assert (asked.json()["status"], mails) == ("OK", [])
        assert thief.payload()["sub"] != owner.payload()["sub"]
        user = await get_user(owner.payload()["sub"])
        assert user is not None
        assert [method.recipe_id for method in user.login_methods] == ["emailpassword"]
