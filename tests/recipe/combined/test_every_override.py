# SPDX-License-Identifier: Apache-2.0
"""Every function of the combined recipes can be replaced, and applications and APIs call the replacement."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.recipe.combined.test_combined import EMAIL, PASSWORD, SHOP, browser, credentials, elsewhere, post
from twofold import testing
from twofold.recipe import session, thirdpartyemailpassword, thirdpartypasswordless
from twofold.recipe.thirdpartyemailpassword import asyncio as passwords
from twofold.recipe.thirdpartyemailpassword import interfaces as password_interfaces
from twofold.recipe.thirdpartypasswordless import asyncio as codes
from twofold.recipe.thirdpartypasswordless import interfaces as code_interfaces

Json = dict[str, Any]
NOT_FUNCTIONS = {"used_by"}


def replaceable(interface: type[Any]) -> set[str]:
    """Return the names of the functions that an override can replace."""
    found = {name for name, _ in inspect.getmembers(interface, inspect.isfunction) if not name.startswith("_")}
    return found - NOT_FUNCTIONS


def recording(seen: set[str], interface: type[Any]) -> Callable[[Any], Any]:
    """Return an override that records which functions are called, and delegates."""

    def override(original: Any) -> Any:
        for name in replaceable(interface):
            setattr(original, name, _recorded(getattr(original, name), name, seen))
        return original

    return override


def _recorded(function: Callable[..., Awaitable[Any]], name: str, seen: set[str]) -> Callable[..., Awaitable[Any]]:
    async def replacement(*args: Any, **kwargs: Any) -> Any:
        seen.add(name)
        return await function(*args, **kwargs)

    replacement.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]  # tells the generation
    return replacement


def reset_token(app: testing.AppUnderTest) -> str:
    """Return the token of the newest reset mail."""
    return parse_qs(urlsplit(app.outbox.link(EMAIL)).query)["token"][0]


async def everything_with_passwords(app: testing.AppUnderTest) -> None:
    """Use each function, most of them through the APIs."""
    signed_up = await post("/signup", credentials())
    await post("/signin", credentials())
    await post("/signinup", elsewhere("bob@example.com"))
    await browser().get("/auth/signup/email/exists", params={"email": EMAIL})
    where = {"thirdPartyId": "shop", "redirectURIOnProviderDashboard": "http://localhost:3000/back"}
    await browser().get("/auth/authorisationurl", params=where)
    await browser().post("/auth/callback/apple", data={"state": "none"})
    await post("/user/password/reset/token", {"formFields": [{"id": "email", "value": EMAIL}]})
    new = {"formFields": [{"id": "password", "value": "another-pass-2"}], "token": reset_token(app)}
    assert await post("/user/password/reset", new) == {"status": "OK"}
    user_id = signed_up["user"]["id"]
    await passwords.update_email_or_password(user_id, password=PASSWORD)
    await passwords.get_user_by_id(user_id)
    await passwords.get_users_by_email("public", EMAIL)
    await passwords.get_user_by_third_party_info("public", "shop", "elsewhere-1")


async def everything_with_codes(app: testing.AppUnderTest) -> None:
    """Use each function, most of them through the APIs."""
    rid = "thirdpartypasswordless"
    begun = await post("/signinup/code", {"email": EMAIL}, rid)
    ids = {key: begun[key] for key in ("deviceId", "preAuthSessionId")}
    await post("/signinup/code/resend", ids, rid)
    consumed = await post("/signinup/code/consume", {"userInputCode": app.outbox.code(EMAIL), **ids}, rid)
    await post("/signinup", elsewhere("bob@example.com"), rid)
    await browser().get("/auth/passwordless/email/exists", params={"email": EMAIL})
    await browser().get("/auth/passwordless/phonenumber/exists", params={"phoneNumber": "+14155552671"})
    where = {"thirdPartyId": "shop", "redirectURIOnProviderDashboard": "http://localhost:3000/back"}
    await browser().get("/auth/authorisationurl", params=where)
    await browser().post("/auth/callback/apple", data={"state": "none"})
    user_id = consumed["user"]["id"]
    assert (await codes.update_passwordless_user(user_id, phone_number="+14155552671")).status == "OK"
    assert (await codes.delete_email_for_passwordless_user(user_id)).status == "OK"
    assert (await codes.update_passwordless_user(user_id, email=EMAIL)).status == "OK"
    assert (await codes.delete_phone_number_for_user(user_id)).status == "OK"
    await codes.get_user_by_id(user_id)
    await codes.get_users_by_email("public", EMAIL)
    await codes.get_user_by_phone_number("public", "+14155552671")
    await codes.get_user_by_third_party_info("public", "shop", "elsewhere-1")
    other = await codes.create_code("public", EMAIL)
    await codes.list_codes_by_email("public", EMAIL)
    await codes.list_codes_by_phone_number("public", "+14155552671")
    await codes.list_codes_by_device_id("public", other.device_id)
    await codes.list_codes_by_pre_auth_session_id("public", other.pre_auth_session_id)
    await codes.revoke_code("public", other.code_id)
    await codes.revoke_all_codes("public", email=EMAIL)


async def test_of_passwords_and_providers() -> None:
    """`thirdpartyemailpassword`, functions and APIs."""
    seen: set[str] = set()
    override = thirdpartyemailpassword.InputOverrideConfig(
        recording(seen, password_interfaces.RecipeInterface), recording(seen, password_interfaces.APIInterface)
    )
    async with testing.app([session.init(), thirdpartyemailpassword.init(override=override, providers=[SHOP])]) as app:
        await everything_with_passwords(app)

    assert seen == replaceable(password_interfaces.RecipeInterface) | replaceable(password_interfaces.APIInterface)


async def test_of_codes_and_providers() -> None:
    """`thirdpartypasswordless`, functions and APIs."""
    seen: set[str] = set()
    override = thirdpartypasswordless.InputOverrideConfig(
        recording(seen, code_interfaces.RecipeInterface), recording(seen, code_interfaces.APIInterface)
    )
    contact = thirdpartypasswordless.ContactEmailOrPhoneConfig()
    combined = thirdpartypasswordless.init(contact, "USER_INPUT_CODE", override=override, providers=[SHOP])
    async with testing.app([session.init(), combined]) as app:
        await everything_with_codes(app)

    assert seen == replaceable(code_interfaces.RecipeInterface) | replaceable(code_interfaces.APIInterface)


@pytest.mark.parametrize("result", ["OK", "RESET_PASSWORD_INVALID_TOKEN_ERROR"])
async def test_a_reset_that_is_done_elsewhere(result: str) -> None:
    """An override may keep passwords in a place of its own: what it returns is the answer, and ours are as before."""

    class Result:
        status = result

    def functions(original: password_interfaces.RecipeInterface) -> password_interfaces.RecipeInterface:
        async def elsewhere(token: str, new_password: str, tenant_id: str, user_context: Any) -> Any:
            return Result()

        original.reset_password_using_token = elsewhere  # type: ignore[method-assign]
        return original

    override = thirdpartyemailpassword.InputOverrideConfig(functions=functions)
    async with testing.app([session.init(), thirdpartyemailpassword.init(override=override)]) as app:
        await post("/signup", credentials())
        await post("/user/password/reset/token", {"formFields": [{"id": "email", "value": EMAIL}]})
        new = {"formFields": [{"id": "password", "value": "another-pass-2"}], "token": reset_token(app)}
        answer = await post("/user/password/reset", new)
        as_before = await post("/signin", credentials())

    assert answer == {"status": result}
    assert as_before["status"] == "OK"


async def test_a_reset_with_another_password() -> None:
    """An override may change what is stored, and the old signature's original takes it."""

    def functions(original: password_interfaces.RecipeInterface) -> password_interfaces.RecipeInterface:
        reset = original.reset_password_using_token

        async def peppered(token: str, new_password: str, tenant_id: str, user_context: Any) -> Any:
            return await reset(token, f"{new_password}-pepper", tenant_id, user_context)

        original.reset_password_using_token = peppered  # type: ignore[method-assign]
        return original

    override = thirdpartyemailpassword.InputOverrideConfig(functions=functions)
    async with testing.app([session.init(), thirdpartyemailpassword.init(override=override)]) as app:
        await post("/signup", credentials())
        await post("/user/password/reset/token", {"formFields": [{"id": "email", "value": EMAIL}]})
        new = {"formFields": [{"id": "password", "value": "another-pass-2"}], "token": reset_token(app)}
        await post("/user/password/reset", new)
        answers = [await post("/signin", credentials(f"another-pass-2{end}")) for end in ("", "-pepper")]

    assert [answer["status"] for answer in answers] == ["WRONG_CREDENTIALS_ERROR", "OK"]
