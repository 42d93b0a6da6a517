# SPDX-License-Identifier: Apache-2.0
"""Using codes: what counts, what is refused, and races."""

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest

from tests.core.recipe.calls import MANY, at_once, create_tenant, get, map_id, post, put_user, rows
from tests.core.recipe.passwordless.flow import (
    EMAIL,
    RESTART,
    Json,
    begin,
    check,
    consume,
    followed,
    incorrect,
    resend,
    sign_in,
    typed,
)
from twofold.core.app import Core
from twofold.core.clock import TurnableClock
from twofold.core.config import Settings
from twofold.core.errors import BadRequest, Forbidden
from twofold.core.recipe.passwordless.budget import CODE_DIGITS, LIMIT_OF_LONG_CODES, LONG_CODE_DIGITS
from twofold.core.version import V3_0, V4_0

PHONE_NUMBER = "+442079460958"
LIFETIME_SECONDS = 600
WRONG = "wrong"
WRONG_LONG = "a wrong code, and long"
BUDGET = Settings().guess_budget
REFILL_SECONDS = Settings().guess_refill_hours * 3600


async def test_code_signs_up_then_in(core: Core) -> None:
    """The first right code makes a user whose e-mail is verified, the next finds them."""
    flow = await begin(core)
    first = await consume(core, typed(flow))
    second = await consume(core, typed(await begin(core)))

    assert (first["status"], first["createdNewUser"]) == ("OK", True)
    assert first["user"]["loginMethods"][0]["verified"] is True
    assert first["consumedDevice"] == {
        "preAuthSessionId": flow["preAuthSessionId"],
        "failedCodeInputAttemptCount": 0,
        "email": EMAIL,
    }
    assert (second["status"], second["createdNewUser"]) == ("OK", False)
    assert second["recipeUserId"] == first["recipeUserId"]


@pytest.mark.parametrize("use", [typed, followed])
@pytest.mark.parametrize("is_known", [False, True])
async def test_one_of_many_right_codes_at_once_wins(core: Core, use: Callable[[Json], Json], is_known: bool) -> None:
    """A hundred requests with one code, or one link, at once sign in, or up, once (class 9).

    AAL2 3.1.3.2, 3.2.7. ASVS 6.5.1.
    """
    if is_known:
        await sign_in(core)
    body = use(await begin(core))

    assert await at_once(core, "signinup/code/consume", body) == {"OK": 1, "RESTART_FLOW_ERROR": MANY - 1}
    assert len(await rows(core, "login_methods")) == 1


async def test_many_wrong_codes_at_once_are_counted_exactly(core: Core) -> None:
    """A hundred wrong codes at once: five are evaluated, four of them told as wrong, the fifth ends the device."""
    flow = await begin(core)

    answers = await asyncio.gather(*(consume(core, typed(flow, WRONG)) for _ in range(MANY)))
    counts = sorted(
        answer["failedCodeInputAttemptCount"] for answer in answers if "failedCodeInputAttemptCount" in answer
    )
    assert counts == [1, 2, 3, 4]
    assert Counter(answer["status"] for answer in answers)["RESTART_FLOW_ERROR"] == MANY - 4
    assert await consume(core, typed(flow)) == RESTART
    assert await guesses_left(core) == BUDGET - 5


async def test_right_codes_of_two_devices_at_once_win_once(core: Core) -> None:
    """A success ends all flows of the contact, also those that are being used at that moment."""
    flows = [await begin(core) for _ in range(5)]
    bodies = [typed(flow) for flow in flows] + [followed(flow) for flow in flows]

    answers = await asyncio.gather(*(consume(core, body) for body in bodies * 4))
    assert Counter(answer["status"] for answer in answers) == {"OK": 1, "RESTART_FLOW_ERROR": 39}
    assert await rows(core, "passwordless_codes") == []


async def test_resend_does_not_renew_attempts(core: Core) -> None:
    """Another code for the device leaves the count as it is (class 2) (AAL2 3.1.3.2)."""
    flow = await begin(core)
    for count in (1, 2, 3, 4):
        assert await consume(core, typed(flow, WRONG)) == incorrect(count)
        await resend(core, flow)

    assert await check(core, typed(flow, WRONG)) == RESTART
    assert await consume(core, typed(flow)) == RESTART
    assert await resend(core, flow) == RESTART


async def guesses_left(core: Core, code: str = WRONG) -> int:
    """How many codes for EMAIL are looked at before nothing is left; nothing is left afterwards."""
    flows = [await begin(core) for _ in range(BUDGET)]
    answers = [await consume(core, typed(flow, code)) for flow in flows]
    return len([answer for answer in answers if answer != RESTART])


async def test_contact_has_a_budget_over_all_devices(core: Core, clock: TurnableClock) -> None:
    """Attack class 01: so many wrong codes are looked at, whatever challenge or tenant, and one more each refill.

    AAL2 3.2.2. ASVS 6.6.3.
    """
    await create_tenant(core, "t1")
    for number in range(BUDGET):
        tenant_id = "t1" if number % 2 else "public"
        flow = await begin(core, tenant_id=tenant_id, email=" A@Example.COM" if number % 3 else EMAIL)
        assert await consume(core, typed(flow, WRONG), tenant_id=tenant_id) == incorrect(1)

    flow = await begin(core)
    assert await consume(core, typed(flow, WRONG)) == await check(core, typed(flow, WRONG)) == RESTART
    clock.turn(seconds=REFILL_SECONDS - 60)
    assert await consume(core, typed(await begin(core), WRONG)) == RESTART
    clock.turn(seconds=60)
    assert await consume(core, typed(await begin(core), WRONG)) == incorrect(1)
    assert await consume(core, typed(await begin(core), WRONG)) == RESTART


async def test_who_guesses_does_not_lock_the_owner_out(core: Core, clock: TurnableClock) -> None:
    """Attack class 06: codes that were made before are worthless, and new ones too long to be guessed; links work."""
    before = await begin(core)
    assert len(before["userInputCode"]) == CODE_DIGITS
    await guesses_left(core)

    assert await consume(core, typed(before)) == RESTART
    longer = await begin(core)
    assert len(longer["userInputCode"]) == len((await resend(core, longer))["userInputCode"]) == LONG_CODE_DIGITS
    assert await consume(core, typed(longer, WRONG_LONG)) == incorrect(1)
    assert (await consume(core, typed(longer)))["status"] == "OK"
    assert (await sign_in(core, email=EMAIL))["status"] == "OK"
    clock.turn(seconds=REFILL_SECONDS)
    assert len((await begin(core))["userInputCode"]) == CODE_DIGITS


async def test_long_codes_are_limited_as_well(core: Core) -> None:
    """Attack class 01: no more than a hundred wrong codes at once are looked at in all."""
    assert BUDGET + LIMIT_OF_LONG_CODES.burst <= 100
    looked_at = 0
    for _ in range(LIMIT_OF_LONG_CODES.burst // 4 + 5):
        flow = await begin(core)
        for _ in range(4):
            looked_at += await consume(core, typed(flow, WRONG_LONG)) != RESTART

    assert looked_at == LIMIT_OF_LONG_CODES.burst


async def test_budget_is_exact_over_devices_at_once(core: Core) -> None:
    """Attack class 03: of wrong codes for a hundred challenges at once as many are looked at as there are left."""
    flows = [await begin(core) for _ in range(MANY)]

    answers = await asyncio.gather(*(consume(core, typed(flow, WRONG)) for flow in flows))

    assert Counter(answer["status"] for answer in answers)["INCORRECT_USER_INPUT_CODE_ERROR"] == BUDGET


async def test_success_gives_back_what_was_wrong_in_its_own_challenge(core: Core) -> None:
    """Attack class 07: not what somebody guessed in another challenge, nor what was wrong for another contact."""
    attacker, owner = await begin(core), await begin(core)
    for _ in range(3):
        await consume(core, typed(attacker, WRONG))
        await consume(core, typed(owner, WRONG))
    await consume(core, typed(await begin(core, email="b@example.com")))

    assert (await consume(core, typed(owner)))["status"] == "OK"
    assert await guesses_left(core) == BUDGET - 3


async def test_right_codes_take_nothing(core: Core) -> None:
    """However often the right code is checked, or sent at once, nothing of the budget is gone."""
    flow = await begin(core)
    for _ in range(BUDGET + 1):
        assert (await check(core, typed(flow)))["status"] == "OK"
    await at_once(core, "signinup/code/consume", typed(flow))

    assert await guesses_left(core) == BUDGET


async def test_check_leaves_the_code_usable_and_counts(core: Core) -> None:
    """A right code can be checked any number of times; a wrong one counts like a consumed one (class 10)."""
    flow = await begin(core)
    wrong = await check(core, typed(flow, WRONG))
    by_code, by_link = await check(core, typed(flow)), await check(core, followed(flow))

    assert wrong == incorrect(1)
    assert by_code == by_link
    assert by_code["consumedDevice"]["failedCodeInputAttemptCount"] == 1
    assert await rows(core, "login_methods") == []
    assert (await consume(core, typed(flow)))["status"] == "OK"


@pytest.mark.parametrize("use", [typed, followed])
async def test_of_many_checks_that_use_it_up_one_is_right(core: Core, use: Callable[[Json], Json]) -> None:
    """Class 9: `useUp` ends all flows of the contact, as consuming does, and signs nobody in or up."""
    other, flow = await begin(core), await begin(core)
    await check(core, typed(other, WRONG))
    body = {**use(flow), "useUp": True}

    assert await check(core, {**typed(flow, WRONG), "useUp": True}) == incorrect(1)
    assert await at_once(core, "signinup/code/check", body) == {"OK": 1, "RESTART_FLOW_ERROR": MANY - 1}
    assert await consume(core, typed(other)) == RESTART
    assert await rows(core, "login_methods") == []
    assert await guesses_left(core) == BUDGET - 1


async def test_code_expires(core: Core, clock: TurnableClock) -> None:
    """An expired code is told from a wrong one, and both count; an expired link restarts the flow."""
    flow = await begin(core)
    clock.turn(seconds=LIFETIME_SECONDS + 1)

    expired = incorrect(1, status="EXPIRED_USER_INPUT_CODE_ERROR")
    assert await consume(core, followed(flow)) == RESTART
    assert await consume(core, typed(flow)) == expired
    assert await consume(core, typed(flow, WRONG)) == incorrect(2)
    assert (await consume(core, typed(await resend(core, flow))))["status"] == "OK"


async def test_code_works_until_it_expires(core: Core, clock: TurnableClock) -> None:
    """A minute before the end it still works."""
    flow = await begin(core)
    clock.turn(seconds=LIFETIME_SECONDS - 60)

    assert (await consume(core, typed(flow)))["status"] == "OK"


async def test_lowered_limit_ends_a_device(core: Core) -> None:
    """A device with as many failed attempts as are now allowed is ended, for its link as well."""
    await core.call("PUT", "/recipe/multitenancy/app/v2", body={"appId": "strict"})
    body = {"appId": "strict", "coreConfig": {"passwordless_max_code_input_attempts": 1}}

    async def call(path: str, content: dict[str, str]) -> dict[str, object]:
        return await core.call("POST", f"/recipe/signinup/code{path}", app_id="strict", body=content)

    flow = await call("", {"email": EMAIL})
    assert (await call("/consume", typed(flow, WRONG)))["status"] == "INCORRECT_USER_INPUT_CODE_ERROR"
    await core.call("PUT", "/recipe/multitenancy/app/v2", body=body)

    assert await call("/consume", followed(flow)) == RESTART
    assert await rows(core, "passwordless_codes") == []


async def test_values_must_belong_together(core: Core) -> None:
    """A code of one flow with the session of another is the caller's error and is not counted (ASVS 6.6.2)."""
    first, second = await begin(core), await begin(core)

    for body in (typed(first), followed(first)):
        with pytest.raises(BadRequest, match=r"^preAuthSessionId and deviceId doesn't match$"):
            await consume(core, body | {"preAuthSessionId": second["preAuthSessionId"]})
    assert (await consume(core, typed(first)))["consumedDevice"]["failedCodeInputAttemptCount"] == 0


async def test_padded_session_id_is_understood(core: Core) -> None:
    """Padding of the public name does not count."""
    flow = await begin(core)

    padded = typed(flow) | {"preAuthSessionId": flow["preAuthSessionId"] + "="}
    assert (await consume(core, padded))["status"] == "OK"


async def test_tenants_are_apart(core: Core) -> None:
    """A flow of one tenant is unknown in another."""
    await create_tenant(core, "t1")
    flow = await begin(core)

    assert await consume(core, typed(flow), tenant_id="t1") == RESTART
    assert await consume(core, followed(flow), tenant_id="t1") == RESTART
    assert (await consume(core, typed(flow)))["user"]["tenantIds"] == ["public"]


async def test_phone_number_is_normalised(core: Core) -> None:
    """However it is written, a number is one contact."""
    first = await sign_in(core, phoneNumber=" +44 (0)20 7946-0958 ")
    second = await sign_in(core, phoneNumber=PHONE_NUMBER)

    assert first["user"]["phoneNumbers"] == [PHONE_NUMBER]
    assert second["recipeUserId"] == first["recipeUserId"]


async def test_success_ends_flows_of_the_users_other_contact(core: Core) -> None:
    """A user with both contacts has no flow left after signing in with either."""
    user_id = (await sign_in(core))["recipeUserId"]
    await put_user(core, {"recipeUserId": user_id, "phoneNumber": PHONE_NUMBER}, "passwordless")
    by_phone = await begin(core, phoneNumber=PHONE_NUMBER)
    await sign_in(core, email=EMAIL)

    assert await consume(core, typed(by_phone)) == RESTART
    by_email = await begin(core)
    await sign_in(core, phoneNumber=PHONE_NUMBER)
    assert await consume(core, typed(by_email)) == RESTART


async def test_old_client_verifies_nothing(core: Core) -> None:
    """Before CDI 4.0 a sign-in leaves the e-mail unverified; a later one by a newer client verifies it."""
    body = followed(await begin(core))
    old = await post(core, "signinup/code/consume", body, version=V3_0)
    query = {"userId": old["user"]["id"], "email": EMAIL}

    assert set(old) == {"status", "createdNewUser", "user"}
    assert (await get(core, "user/email/verify", query))["isVerified"] is False
    assert (await sign_in(core))["user"]["loginMethods"][0]["verified"] is True
    assert (await get(core, "user/email/verify", query))["isVerified"] is True


async def test_verification_is_kept_under_the_effective_id(core: Core) -> None:
    """A mapped user's e-mail is verified where every reader looks."""
    old = await post(core, "signinup/code/consume", followed(await begin(core)), version=V3_0)
    await map_id(core, old["user"]["id"], "ext-1")
    signed_in = await sign_in(core)

    assert signed_in["recipeUserId"] == "ext-1"
    assert signed_in["user"]["loginMethods"][0]["verified"] is True


@pytest.mark.parametrize("path", ["signinup/code", "signinup/code/consume", "signinup/code/check"])
async def test_old_clients_are_refused_where_the_recipe_is_off(core: Core, path: str) -> None:
    """Before CDI 5.1 the core enforces the tenant's factors."""
    body = {"tenantId": "t1", "firstFactors": ["emailpassword"]}
    await core.call("PUT", "/recipe/multitenancy/tenant/v2", body=body)
    content = {"email": EMAIL} if path == "signinup/code" else followed(await begin(core))

    with pytest.raises(Forbidden, match=r"^Passwordless login not enabled for tenant$"):
        await post(core, path, content, tenant_id="t1", version=V4_0)


@pytest.mark.parametrize("path", ["signinup/code/consume", "signinup/code/check"])
@pytest.mark.parametrize(
    "code",
    [
        {},
        {"deviceId": "AAAA"},
        {"userInputCode": "123456"},
        {"linkCode": "AAAA", "deviceId": "AAAA"},
        {"linkCode": "AAAA", "deviceId": "AAAA", "userInputCode": "123456"},
    ],
)
async def test_code_comes_in_one_of_two_forms(core: Core, path: str, code: dict[str, str]) -> None:
    """A link code, or a device id with what was typed."""
    with pytest.raises(BadRequest, match=r"^Please provide exactly one of linkCode or deviceId\+userInputCode$"):
        await post(core, path, {"preAuthSessionId": "x", **code})
