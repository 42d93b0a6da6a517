# SPDX-License-Identifier: Apache-2.0
"""Configurations that cannot work are refused at `init`; what only shows later is told in the log, with the mend."""

import logging
from typing import Any

import pytest

from tests.security.considerations.application import is_open, site
from twofold import InputAppInfo, testing
from twofold.exceptions import GeneralError
from twofold.recipe import (
    emailpassword,
    multifactorauth,
    passwordless,
    recoverycodes,
    session,
    thirdparty,
    totp,
    trusteddevices,
)
from twofold.recipe.emailpassword.asyncio import sign_up
from twofold.recipe.emailpassword.types import SignUpOkResult
from twofold.recipe.multifactorauth.asyncio import mark_factor_as_complete_in_session
from twofold.recipe.multifactorauth.dead_ends import MOST_TOLD, hints, meant, tell
from twofold.recipe.multifactorauth.multi_factor_auth_claim import MultiFactorAuthClaim
from twofold.recipe.multifactorauth.types import FactorIdsAndType
from twofold.recipe.multitenancy.asyncio import create_or_update_tenant
from twofold.recipe.multitenancy.interfaces import TenantConfigCreateOrUpdate
from twofold.recipe.session.asyncio import create_new_session_without_request_response
from twofold.supertokens import connect_app
from twofold.types import RecipeUserId

BY_PHONE = passwordless.init(passwordless.ContactPhoneOnlyConfig(), "USER_INPUT_CODE")
ELSEWHERE = InputAppInfo("Test", "https://api.example.com", website_domain="https://example.com")


def started(*recipes: Any, app_info: InputAppInfo | None = None) -> None:
    """Start an application without the inbox of tests, and forget it."""
    made = testing.app([session.init(), *recipes], app_info=app_info)
    with made:
        connect_app(made.app.app_info, made.app.recipe_list, made.app.config, made.app.transport)


@pytest.mark.parametrize(
    ("recipes", "told"),
    [
        ([emailpassword.init(), multifactorauth.init(["TOTP"])], "did you mean 'totp'"),
        ([emailpassword.init(), multifactorauth.init(["emailpasword"])], "did you mean 'emailpassword'"),
        ([emailpassword.init(), multifactorauth.init("emailpassword")], r"must be a list: \['emailpassword'\]"),
        ([emailpassword.init(), multifactorauth.init(["webauthn"])], "offers a first factor"),
        ([emailpassword.init(), multifactorauth.init(), recoverycodes.init()], r"recoverycodes.init\(\) stands in"),
        ([emailpassword.init(), multifactorauth.init(), trusteddevices.init()], r"trusteddevices.init\(\) stands in"),
        ([emailpassword.init(), totp.init(), recoverycodes.init()], r"needs multifactorauth.init\(\)"),
        ([BY_PHONE], "add sms_delivery="),
    ],
)
def test_what_cannot_work_is_refused(recipes: list[Any], told: str) -> None:
    """Each text names what is missing, and what to do."""
    with pytest.raises(GeneralError, match=told):
        started(*recipes, app_info=ELSEWHERE)


def test_what_works_in_part_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """An application that others can use starts; its developer reads why some cannot."""
    mixed = passwordless.init(passwordless.ContactEmailOrPhoneConfig(), "USER_INPUT_CODE")
    started(emailpassword.init(), mixed, multifactorauth.init(["emailpassword", "webauthn"]), app_info=ELSEWHERE)

    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert any("nobody sees them: ['webauthn']" in text for text in told)
    assert any("No user can set ['otp-email', 'otp-phone'] up" in text for text in told)
    assert any("nothing sends them" in text for text in told)


def test_what_works_starts() -> None:
    """Text messages in development, or sent by an override; stand-ins for factors of the application's own."""
    own = multifactorauth.OverrideConfig(functions=lambda original: original)
    overridden = passwordless.PasswordlessOverrideConfig(apis=lambda original: original)
    started(BY_PHONE)
    started(
        passwordless.init(passwordless.ContactPhoneOnlyConfig(), "USER_INPUT_CODE", overridden),
        multifactorauth.init(override=own),
        recoverycodes.init(),
        app_info=ELSEWHERE,
    )


@pytest.mark.parametrize(
    ("required", "told"),
    [
        (["webauthn"], "no recipe offers 'webauthn'; add webauthn.init() to the recipe list."),
        ([{"oneOf": ["TOTP", "thirdparty"]}], "did you mean 'totp'?; no recipe offers 'thirdparty'"),
        (["topt"], "there is no factor 'topt'; did you mean 'totp'?"),
        ([{"allOfInAnyOrder": ["totp", "link-email"]}], "passwordless.init() with e-mail addresses and links"),
    ],
)
async def test_a_policy_that_nobody_can_satisfy(required: Any, told: str, caplog: pytest.LogCaptureFixture) -> None:
    """The log says so once, as an error, with the tenant; the door stays closed."""
    async with site(required) as here:
        person = await here.sign("signup")
        await person.api("PUT", "/mfa/info")
        assert not await is_open(person)

    (error,) = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert error.startswith("The policy, in the tenant 'public', asks for what nobody can do: ")
    assert told in error


@pytest.mark.parametrize("own", ["hotp", "otp", "sms-otp", "otp-phone2", "push", "otp-mobile", "recovery-code"])
def test_what_may_be_of_ones_own(own: str) -> None:
    """However like one of ours it is."""
    assert meant(own) is None


@pytest.mark.parametrize("answer", ["totp", {"oneOf": ["totp"]}])
async def test_a_policy_that_is_no_list(answer: Any) -> None:
    """Is told so, in place of a factor for each letter."""
    async with site(answer):
        made = await sign_up("public", "ann@example.com", "correct horse battery")
        assert isinstance(made, SignUpOkResult)
        of_hers = await create_new_session_without_request_response("public", made.recipe_user_id)
        with pytest.raises(GeneralError, match="must return a list of requirements, not"):
            await mark_factor_as_complete_in_session(of_hers, "emailpassword")


async def test_a_choice_with_a_way_is_none(caplog: pytest.LogCaptureFixture) -> None:
    """One of the two can be done: there is nothing to tell."""
    async with site([{"oneOf": ["webauthn", "totp"]}]) as here:
        await here.sign("signup")

    assert not [record for record in caplog.records if "nobody can do" in record.getMessage()]


async def test_a_factor_of_ones_own(caplog: pytest.LogCaptureFixture) -> None:
    """The developer reads what completes it; once their code calls that, the door opens."""
    caplog.set_level(logging.INFO, "twofold.multifactorauth")
    async with site(["carrier-pigeon"]) as here:
        person = await here.sign("signup")
        (user,) = (await here.under_test.core.call("GET", "/users", query={"limit": "1"}))["users"]
        made = await create_new_session_without_request_response("public", RecipeUserId(user["id"]))
        await mark_factor_as_complete_in_session(made, "emailpassword")
        before = await made.get_claim_value(MultiFactorAuthClaim)
        await mark_factor_as_complete_in_session(made, "carrier-pigeon")
        after = await made.get_claim_value(MultiFactorAuthClaim)

        assert (await is_open(person), before and before.v, after and after.v) == (False, False, True)
        assert list(hints(["carrier-pigeon", "totp", "otp_email"])) == ["carrier-pigeon", "otp_email"]
    (told,) = [text for text in caplog.messages if "carrier-pigeon" in text]
    assert told.endswith("asks for ['carrier-pigeon']: call mark_factor_as_complete_in_session when it was done.")


def test_a_provider_is_no_second_factor() -> None:
    """Its recipe is there: to add it is no advice."""
    with testing.app([session.init(), emailpassword.init(), thirdparty.init(), multifactorauth.init()]):
        assert hints(["thirdparty"]) == {"thirdparty": "'thirdparty' begins a session, and can be no second factor"}


async def test_what_a_tenant_requires(caplog: pytest.LogCaptureFixture) -> None:
    """A stored list that names a factor without its recipe is told with the tenant's name."""
    recipes = [session.init(), emailpassword.init(), totp.init(), multifactorauth.init()]
    async with testing.app(recipes):
        wanted = TenantConfigCreateOrUpdate(required_secondary_factors=["otp-phone"])
        await create_or_update_tenant("bank", wanted)
        ann: Any = await sign_up("bank", "ann@example.com", "a good password 1")
        made = await create_new_session_without_request_response("bank", ann.recipe_user_id)
        await mark_factor_as_complete_in_session(made, "emailpassword")

    assert any("tenant 'bank', asks for what nobody can do" in record.getMessage() for record in caplog.records)


def test_ids_that_are_made_up_fill_no_memory(caplog: pytest.LogCaptureFixture) -> None:
    """A policy may name another factor for each user: after so many, the log says that it tells no more of them."""
    caplog.set_level(logging.INFO, "twofold.multifactorauth")
    with testing.app([session.init(), emailpassword.init(), multifactorauth.init()]):
        for number in range(2 * MOST_TOLD):
            tell(FactorIdsAndType([f"pigeon-{number}"], "allOfInAnyOrder"), "The policy")

    assert len(caplog.messages) == MOST_TOLD + 1
    assert "tells no more of them" in caplog.messages[-1]


async def test_a_list_of_a_route(caplog: pytest.LogCaptureFixture) -> None:
    """A constant list with a factor that no recipe offers refuses every session, and says why."""
    validator = MultiFactorAuthClaim.validators.has_completed_requirement_list(["webauthn"])
    async with site([]):
        payload = {"st-mfa": {"c": {"emailpassword": 1}, "v": True}}
        assert not (await validator.validate(payload, {})).is_valid

    assert any("A requirement list of a route asks for what nobody can do" in text for text in caplog.messages)
