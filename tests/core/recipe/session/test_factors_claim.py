# SPDX-License-Identifier: Apache-2.0
"""The claim of completed factors and callers whose access token is older than what is stored."""

import asyncio

import pytest

from tests.core.recipe.session.client import SessionClient, access_token
from twofold.core._fields import Json
from twofold.core.recipe.session.claims import with_factors, with_newer_factors

HALF: Json = {"st-mfa": {"c": {"emailpassword": 1}, "v": False}}
WHOLE: Json = {"st-mfa": {"c": {"emailpassword": 1, "totp": 2}, "v": True}}


def claim(verdict: bool, **completed: int) -> Json:
    """A payload with the claim."""
    return {"st-mfa": {"c": completed, "v": verdict}}


@pytest.mark.parametrize(
    ("stored", "seen", "wanted", "expected"),
    [
        pytest.param(WHOLE, HALF, {**HALF, "a": 1}, {**WHOLE, "a": 1}, id="another claim does not lower it"),
        pytest.param(HALF, WHOLE, {**WHOLE, "a": 1}, {**HALF, "a": 1}, id="another claim does not raise it"),
        pytest.param(WHOLE, {}, {"a": 1}, {**WHOLE, "a": 1}, id="nor does one who knew none"),
        pytest.param(
            claim(True, a=1, b=2), claim(False, a=1), claim(True, a=1, c=3), claim(True, a=1, b=2, c=3), id="both count"
        ),
        pytest.param(
            claim(True, a=9), claim(True, a=1), claim(True, a=1, b=2), claim(True, a=9, b=2), id="newer stays"
        ),
        pytest.param(WHOLE, WHOLE, {"a": 1}, {"a": 1}, id="it can be removed"),
        pytest.param({}, {}, WHOLE, WHOLE, id="and made"),
        pytest.param({"st-mfa": "x"}, {}, WHOLE, WHOLE, id="what is no claim is replaced"),
        pytest.param({}, WHOLE, WHOLE, {}, id="what was removed since stays so"),
    ],
)
def test_what_a_caller_changes(stored: Json, seen: Json, wanted: Json, expected: Json) -> None:
    """Class 14: what counts is the difference that the caller made, not how old their token is."""
    assert with_factors(stored, seen, wanted) == expected


@pytest.mark.parametrize(
    ("stored", "wanted", "expected"),
    [
        pytest.param(WHOLE, {**HALF, "a": 1}, {**WHOLE, "a": 1}, id="an older claim does not lower it"),
        pytest.param(
            claim(False, a=1, b=2), claim(True, a=1), claim(False, a=1, b=2), id="nor does an older one raise it"
        ),
        pytest.param(claim(False, a=1), claim(True, a=1), claim(False, a=1), id="nor an older verdict"),
        pytest.param(claim(True, a=1), claim(False, a=1), claim(False, a=1), id="a verdict can be withdrawn"),
        pytest.param(claim(False, a=1), claim(True, a=1, b=2), claim(True, a=1, b=2), id="a factor can be completed"),
        pytest.param(claim(False, a=1, b=2), claim(True, a=1, c=3), claim(True, a=1, b=2, c=3), id="both count"),
        pytest.param(claim(True, a=9), claim(False, a=1), claim(True, a=9), id="newer stays"),
        pytest.param(
            claim(True, a=1), {"st-mfa": {"c": {"a": "x"}, "v": True}}, claim(True, a=1), id="what is no time is none"
        ),
        pytest.param(WHOLE, {"a": 1}, {"a": 1}, id="it can be removed"),
        pytest.param({}, WHOLE, WHOLE, id="and made"),
    ],
)
def test_what_a_caller_changes_who_does_not_say_what_they_saw(stored: Json, wanted: Json, expected: Json) -> None:
    """Class 14: back ends of others replace claims by the handle of a session, and tell no more."""
    assert with_newer_factors(stored, wanted) == expected


@pytest.mark.parametrize(
    ("read", "before"),
    [(HALF, {}), (HALF, {"userDataInJWTBefore": HALF}), ({}, {"userDataInJWTBefore": {}})],
)
async def test_claims_by_handle_keep_what_was_completed_meanwhile(
    client: SessionClient, read: Json, before: Json
) -> None:
    """Class 14: a factor is completed between reading the claims and replacing them by the session's handle."""
    session = await client.create(userDataInJWT=read)
    handle = session["session"]["handle"]
    await client.regenerate(access_token(session), userDataInJWT=WHOLE)

    await client.call("PUT", "/recipe/jwt/data", sessionHandle=handle, userDataInJWT={**read, "plan": "gold"}, **before)

    assert (await client.get(handle))["userDataInJWT"] == {**WHOLE, "plan": "gold"}


async def test_claims_by_handle_and_factors_at_once(client: SessionClient) -> None:
    """Class 13: factors are completed while claims are replaced by the handle, from what was read before: all count."""
    session = await client.create(userDataInJWT=HALF)
    token, handle = access_token(session), session["session"]["handle"]
    wishes = [claim(False, emailpassword=1, **{f"factor-{number}": number}) for number in range(6)]

    await asyncio.gather(
        *(client.regenerate(token, userDataInJWT=wish) for wish in wishes[:3]),
        *(
            client.call("PUT", "/recipe/jwt/data", sessionHandle=handle, userDataInJWT={**HALF, "number": number})
            for number in range(8)
        ),
        *(client.regenerate(token, userDataInJWT=wish) for wish in wishes[3:]),
    )

    stored = (await client.get(handle))["userDataInJWT"]["st-mfa"]["c"]
    assert stored == {"emailpassword": 1, **{f"factor-{number}": number for number in range(6)}}


@pytest.mark.parametrize("data", [{**WHOLE, "plan": "gold"}, {"plan": "gold"}])
async def test_what_a_session_rests_on_is_not_the_applications(client: SessionClient, data: Json) -> None:
    """Class 22: whoever replaces claims, from whatever view, neither removes the device nor names another."""
    session = await client.create(userDataInJWT=WHOLE)
    token, handle = access_token(session), session["session"]["handle"]
    body = {"userId": "user", "factors": ["emailpassword", "totp"], "lifetimeMs": 60_000}
    made = await client.call("POST", "/recipe/trusteddevices", **body)
    shown = {"userId": "user", "token": made["token"], "sessionHandle": handle}
    await client.call("POST", "/recipe/trusteddevices/recognise", **shown)
    kept = {"id": made["deviceId"], "factors": ["emailpassword", "totp"]}

    for named in ({}, {"st-td": {"id": "another", "factors": []}}):
        for seen in ({}, {"userDataInJWTBefore": WHOLE}, {"userDataInJWTBefore": {**WHOLE, "st-td": kept}}):
            fields = {"sessionHandle": handle, "userDataInJWT": data | named, **seen}
            await client.call("PUT", "/recipe/jwt/data", **fields)
            assert (await client.get(handle))["userDataInJWT"] == {**data, "st-td": kept}
        answer = await client.regenerate(token, userDataInJWT=data | named)
        assert answer["session"]["userDataInJWT"] == {**data, "st-td": kept}


async def test_an_older_token_neither_lowers_nor_raises(client: SessionClient) -> None:
    """Class 14: the new token of a caller who held an older one says what is stored."""
    before = await client.create(userDataInJWT=HALF)
    await client.regenerate(access_token(before), userDataInJWT=WHOLE)

    answer = await client.regenerate(access_token(before), userDataInJWT={**HALF, "seen": True})

    assert answer["session"]["userDataInJWT"] == {**WHOLE, "seen": True}
    handle = before["session"]["handle"]
    assert (await client.get(handle))["userDataInJWT"] == {**WHOLE, "seen": True}
    await client.call("POST", "/recipe/session/remove", sessionHandles=[handle])
    assert (await client.regenerate(access_token(before), userDataInJWT=WHOLE))["status"] == "UNAUTHORISED"


async def test_factors_completed_at_once_all_count(client: SessionClient) -> None:
    """Class 13: of ten factors completed at the same time, from one token, none is lost."""
    token = access_token(await client.create(userDataInJWT=HALF))
    wishes = [claim(False, emailpassword=1, **{f"factor-{number}": number}) for number in range(10)]

    answers = await asyncio.gather(*(client.regenerate(token, userDataInJWT=wish) for wish in wishes))

    stored = (await client.get(answers[0]["session"]["handle"]))["userDataInJWT"]["st-mfa"]["c"]
    assert stored == {"emailpassword": 1, **{f"factor-{number}": number for number in range(10)}}
