# SPDX-License-Identifier: Apache-2.0
"""The combined recipes of older releases: they are the two recipes, and overrides of theirs reach both."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from twofold import testing
from twofold.exceptions import GeneralError
from twofold.framework.fastapi import get_middleware
from twofold.recipe import emailpassword, session, thirdpartyemailpassword, thirdpartypasswordless
from twofold.recipe.thirdparty.provider import Provider
from twofold.recipe.thirdparty.types import UserInfo, UserInfoEmail
from twofold.recipe.thirdpartyemailpassword import ProviderClientConfig, ProviderConfig, ProviderInput
from twofold.recipe.thirdpartyemailpassword import asyncio as passwords
from twofold.recipe.thirdpartyemailpassword import interfaces as password_interfaces
from twofold.recipe.thirdpartypasswordless import asyncio as codes
from twofold.recipe.thirdpartypasswordless import interfaces as code_interfaces

PASSWORD = "secret-pass-1"
EMAIL = "ada@example.com"


def believed(provider: Provider) -> Provider:
    """Let the provider say of everybody that they are who they say."""

    async def get_user_info(oauth_tokens: dict[str, Any], user_context: dict[str, Any]) -> UserInfo:
        return UserInfo("elsewhere-1", UserInfoEmail(str(oauth_tokens["access_token"]), is_verified=True))

    provider.get_user_info = get_user_info  # type: ignore[method-assign]
    return provider


SHOP = ProviderInput(
    ProviderConfig("shop", clients=[ProviderClientConfig("c")], authorization_endpoint="https://shop.example.com/in"),
    override=believed,
)


def browser() -> httpx.AsyncClient:
    """Return a client of an application with our middleware."""
    web = FastAPI()
    web.add_middleware(get_middleware())
    return httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url=testing.ADDRESS)


async def post(path: str, body: dict[str, Any], rid: str = "thirdpartyemailpassword") -> Any:
    """Return what an API answers to a front end of the time."""
    reply = await browser().post(f"/auth{path}", json=body, headers={"rid": rid, "fdi-version": "1.17"})
    assert reply.status_code == 200, reply.text
    return reply.json()


def credentials(password: str = PASSWORD) -> dict[str, Any]:
    """Return the fields of a form."""
    return {"formFields": [{"id": "email", "value": EMAIL}, {"id": "password", "value": password}]}


def elsewhere(email: str = EMAIL) -> dict[str, Any]:
    """Return what a browser brings from a provider."""
    return {"thirdPartyId": "shop", "oAuthTokens": {"access_token": email}}


async def test_both_ways_in_work() -> None:
    """By password and by provider, at the paths of always."""
    async with testing.app([session.init(), thirdpartyemailpassword.init(providers=[SHOP])]):
        answers = [
            await post("/signup", credentials()),
            await post("/signin", credentials()),
            await post("/signin", credentials("wrong")),
            await post("/signinup", elsewhere("bob@example.com")),
        ]

    assert [answer["status"] for answer in answers] == ["OK", "OK", "WRONG_CREDENTIALS_ERROR", "OK"]


async def test_overrides_reach_both_recipes() -> None:
    """Functions and APIs, each called with the parameters that it was written for."""
    seen: list[tuple[Any, ...]] = []

    def functions(original: password_interfaces.RecipeInterface) -> password_interfaces.RecipeInterface:
        sign_up, sign_in_up = original.emailpassword_sign_up, original.thirdparty_sign_in_up

        async def emailpassword_sign_up(email: str, password: str, tenant_id: str, user_context: Any) -> Any:
            seen.append(("sign_up", email, tenant_id))
            return await sign_up(email, password, tenant_id, user_context)

        async def thirdparty_sign_in_up(
            third_party_id: str,
            third_party_user_id: str,
            email: str,
            oauth_tokens: dict[str, Any],
            raw_user_info_from_provider: Any,
            tenant_id: str,
            user_context: Any,
        ) -> Any:
            seen.append(("sign_in_up", third_party_id, email))
            return await sign_in_up(
                third_party_id,
                third_party_user_id,
                email,
                oauth_tokens,
                raw_user_info_from_provider,
                tenant_id,
                user_context,
            )

        original.emailpassword_sign_up = emailpassword_sign_up  # type: ignore[method-assign]
        original.thirdparty_sign_in_up = thirdparty_sign_in_up  # type: ignore[method-assign]
        return original

    def apis(original: password_interfaces.APIInterface) -> password_interfaces.APIInterface:
        sign_in_post = original.emailpassword_sign_in_post

        async def emailpassword_sign_in_post(
            form_fields: Any, tenant_id: str, api_options: Any, user_context: Any
        ) -> Any:
            seen.append(("sign_in_post", tenant_id))
            return await sign_in_post(form_fields, tenant_id, api_options, user_context)

        original.emailpassword_sign_in_post = emailpassword_sign_in_post  # type: ignore[method-assign]
        original.disable_email_exists_get = True
        return original

    override = thirdpartyemailpassword.InputOverrideConfig(functions, apis)
    async with testing.app([session.init(), thirdpartyemailpassword.init(override=override, providers=[SHOP])]):
        statuses = [
            (await post("/signup", credentials()))["status"],
            (await post("/signin", credentials()))["status"],
            (await post("/signinup", elsewhere("bob@example.com")))["status"],
        ]
        users = await passwords.get_users_by_email("public", "bob@example.com")
        exists = await browser().get("/auth/signup/email/exists", params={"email": EMAIL})

    assert statuses == ["OK"] * 3
    assert seen == [("sign_up", EMAIL, "public"), ("sign_in_post", "public"), ("sign_in_up", "shop", "bob@example.com")]
    # What the override does not know, that the provider vouches for the address, was not lost on the way.
    assert [user.third_party_info is not None for user in users] == [True]
    assert exists.status_code == 404


async def test_functions_for_applications() -> None:
    """Users are login methods there, as they were."""
    async with testing.app([session.init(), thirdpartyemailpassword.init()]):
        made = await passwords.emailpassword_sign_up("public", EMAIL, PASSWORD)
        user = await passwords.get_user_by_id(made.user.id)
        token = await passwords.create_reset_password_token("public", made.user.id)
        await passwords.reset_password_using_token("public", token.token, "another-pass-2")
        again = await passwords.emailpassword_sign_in("public", EMAIL, "another-pass-2")

        assert user is not None
        assert (user.user_id, user.email, user.third_party_info) == (made.user.id, EMAIL, None)
        assert isinstance(again, password_interfaces.EmailPasswordSignInOkResult)
        assert await passwords.get_user_by_id("unknown") is None
        assert await passwords.get_user_by_third_party_info("public", "shop", "nobody") is None


async def test_codes_and_providers() -> None:
    """The other combination, with an override of each side."""
    seen = []

    def functions(original: code_interfaces.RecipeInterface) -> code_interfaces.RecipeInterface:
        create = original.create_code

        async def create_code(
            email: str | None, phone_number: str | None, user_input_code: str | None, tenant_id: str, user_context: Any
        ) -> Any:
            seen.append(("create_code", email))
            return await create(email, phone_number, user_input_code, tenant_id, user_context)

        original.create_code = create_code  # type: ignore[method-assign]
        return original

    override = thirdpartypasswordless.InputOverrideConfig(functions=functions)
    contact = thirdpartypasswordless.ContactEmailOnlyConfig()
    combined = thirdpartypasswordless.init(contact, "USER_INPUT_CODE", override=override, providers=[SHOP])
    async with testing.app([session.init(), combined]) as app:
        rid = "thirdpartypasswordless"
        begun = await post("/signinup/code", {"email": EMAIL}, rid)
        code = {
            "userInputCode": app.outbox.code(EMAIL),
            **{key: begun[key] for key in ("deviceId", "preAuthSessionId")},
        }
        consumed = await post("/signinup/code/consume", code, rid)
        signed_in = await post("/signinup", elsewhere("bob@example.com"), rid)
        [user] = await codes.get_users_by_email("public", EMAIL)

    assert seen == [("create_code", EMAIL)]
    assert [begun["status"], consumed["status"], signed_in["status"]] == ["OK"] * 3
    assert (user.user_id, user.phone_number) == (consumed["user"]["id"], None)


async def test_a_recipe_stands_once_in_the_list() -> None:
    """The combined one has it already."""
    with pytest.raises(GeneralError, match="has already been initialised"):
        async with testing.app([session.init(), thirdpartyemailpassword.init(), emailpassword.init()]):
            pass


async def test_an_override_of_today_is_called_as_today() -> None:
    """With the parameters that functions have got since; and ids of login methods reach older ones as text."""
    seen: list[tuple[Any, ...]] = []

    def functions(original: Any) -> Any:
        sign_in, update = original.emailpassword_sign_in, original.update_email_or_password

        async def emailpassword_sign_in(
            email: str, password: str, tenant_id: str, session: Any, should_try_linking: Any, user_context: Any
        ) -> Any:
            seen.append(("sign_in", session, should_try_linking))
            return await sign_in(email, password, tenant_id, session, should_try_linking, user_context)

        original.emailpassword_sign_in = emailpassword_sign_in

        async def update_email_or_password(
            user_id: str,
            email: str | None,
            password: str | None,
            apply_password_policy: bool | None,
            tenant_id_for_password_policy: str,
            user_context: Any,
        ) -> Any:
            seen.append(("update", user_id))
            rest = (email, password, apply_password_policy, tenant_id_for_password_policy, user_context)
            return await update(user_id, *rest)

        original.update_email_or_password = update_email_or_password
        return original

    override = thirdpartyemailpassword.InputOverrideConfig(functions=functions)
    async with testing.app([session.init(), thirdpartyemailpassword.init(override=override)]):
        made = await passwords.emailpassword_sign_up("public", EMAIL, PASSWORD)
        signed_in = await passwords.emailpassword_sign_in("public", EMAIL, PASSWORD)
        updated = await passwords.update_email_or_password(made.user.id, password="another-pass-2")

    assert [signed_in.status, updated.status] == ["OK", "OK"]
    assert seen == [("sign_in", None, False), ("update", made.user.id)]


async def test_functions_of_codes_for_applications() -> None:
    """From the first code to a changed number."""
    contact = thirdpartypasswordless.ContactEmailOrPhoneConfig()
    async with testing.app([session.init(), thirdpartypasswordless.init(contact, "USER_INPUT_CODE")]):
        begun = await codes.create_code("public", phone_number="+14155552671")
        consumed = await codes.consume_code("public", begun.pre_auth_session_id, begun.user_input_code, begun.device_id)
        user_id = consumed.user.id
        added = await codes.update_passwordless_user(user_id, email=EMAIL, phone_number="+14155552672")
        user = await codes.get_user_by_phone_number("public", "+14155552672")
        removed = await codes.delete_phone_number_for_user(user_id)
        other = await codes.passwordless_signinup("public", "bob@example.com", None)
        by_id = await codes.get_user_by_id(other.user.id)

        assert user is not None
        assert (user.user_id, user.email) == (user_id, EMAIL)
        assert [added.status, removed.status] == ["OK", "OK"]
        assert by_id is not None
        assert by_id.email == "bob@example.com"
        assert await codes.get_user_by_third_party_info("public", "shop", "nobody") is None


async def test_a_combined_recipe_is_made_by_the_app() -> None:
    """Called by itself it says what to do."""
    combined: Any = thirdpartyemailpassword.init()

    with pytest.raises(GeneralError, match="give what its init returned to the recipe_list"):
        combined(None, [])
