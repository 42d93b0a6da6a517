# SPDX-License-Identifier: Apache-2.0
"""Making, listing and removing codes, and changing the contact they are sent to."""

import pytest

from tests.core.recipe.calls import get, link, make_primary, post, put_user, rows, run_jobs, sign_up
from tests.core.recipe.passwordless.flow import (
    EMAIL,
    RESTART,
    Json,
    begin,
    consume,
    followed,
    incorrect,
    resend,
    sign_in,
    typed,
)
from twofold.core.app import Core
from twofold.core.clock import TurnableClock
from twofold.core.errors import BadRequest, Forbidden
from twofold.core.recipe.passwordless.rules import MAX_CODES_PER_DEVICE
from twofold.core.version import V3_0, V4_0, V5_4

PHONE_NUMBER = "+442079460958"
LIFETIME_SECONDS = 600


async def listed(core: Core, **query: str) -> list[Json]:
    """The flows that are listed."""
    devices: list[Json] = (await get(core, "signinup/codes", query))["devices"]
    return devices


async def test_database_holds_no_secret(core: Core) -> None:
    """Neither the device id nor a code, typed or in a link, is stored (class 21)."""
    flow = await begin(core, email=EMAIL, userInputCode="canary-code")
    await consume(core, typed(flow, "wrong-canary"))

    tables = ("passwordless_devices", "passwordless_codes", "abuse_budgets")
    stored = str([await rows(core, table) for table in tables])
    assert flow["preAuthSessionId"] in stored
    for secret in ("canary", flow["deviceId"].rstrip("="), flow["linkCode"]):
        assert secret not in stored


async def test_drawn_code_has_six_digits(core: Core) -> None:
    """Each code is drawn; the caller is told for how long it lives (AAL2 3.1.3.2; ASVS 6.5.4)."""
    flow = await begin(core)

    assert len(flow["userInputCode"]) == 6
    assert flow["userInputCode"].isdigit()
    assert flow["codeLifetime"] == LIFETIME_SECONDS * 1000


async def test_earlier_codes_stay_valid(core: Core) -> None:
    """A resend does not make the first message worthless."""
    flow = await begin(core)
    await resend(core, flow)

    assert (await consume(core, typed(flow)))["status"] == "OK"


async def test_device_has_a_limited_number_of_live_codes(core: Core) -> None:
    """The oldest codes end when too many were sent: each live one makes a guess easier (class 1)."""
    flow = await begin(core, email=EMAIL, userInputCode="code-0")
    for number in range(1, MAX_CODES_PER_DEVICE + 1):
        await resend(core, flow, userInputCode=f"code-{number}")

    assert len(await rows(core, "passwordless_codes")) == MAX_CODES_PER_DEVICE
    newest = await consume(core, typed(flow, f"code-{MAX_CODES_PER_DEVICE}"))
    assert newest["status"] == "OK"


async def test_chosen_code_is_taken_once_per_device(core: Core) -> None:
    """The same code on the same device is refused; on another device it is another code."""
    flow = await begin(core, email=EMAIL, userInputCode="abc")

    assert await resend(core, flow, userInputCode="abc") == {"status": "USER_INPUT_CODE_ALREADY_USED_ERROR"}
    assert (await begin(core, email=EMAIL, userInputCode="abc"))["status"] == "OK"


async def test_drawn_code_that_is_taken_is_drawn_again(core: Core) -> None:
    """A code that the device has already is never told as new; when none is free, the flow restarts."""
    flow = await begin(core, email=EMAIL, userInputCode="000000")
    core.services.tokens.bytes = _Bytes([bytes(4)] * 20)

    assert await resend(core, flow) == RESTART
    core.services.tokens.bytes = _Bytes([bytes(4), bytes(3) + b"\x01"])
    assert (await resend(core, flow))["userInputCode"] == "000001"


class _Bytes:
    """Draws the given numbers for codes, and zeros for ids of codes that are different each time."""

    def __init__(self, numbers: list[bytes]) -> None:
        self.numbers = numbers
        self.drawn = 0

    def __call__(self, size: int) -> bytes:
        if size == 4:
            return self.numbers.pop(0)
        self.drawn += 1
        return self.drawn.to_bytes(size)


async def test_removing_the_last_code_removes_the_device(core: Core) -> None:
    """A device without codes is gone."""
    flow = await begin(core)
    second = await resend(core, flow)
    await post(core, "signinup/code/remove", {"codeId": second["codeId"]})

    assert [code["codeId"] for code in (await listed(core, email=EMAIL))[0]["codes"]] == [flow["codeId"]]
    await post(core, "signinup/code/remove", {"codeId": flow["codeId"]})
    assert await rows(core, "passwordless_devices") == []
    assert await resend(core, flow) == RESTART


async def test_removing_a_device_removes_its_codes(core: Core) -> None:
    """Other devices of the contact stay."""
    first, second = await begin(core), await begin(core)
    await post(core, "signinup/code/remove", {"preAuthSessionId": first["preAuthSessionId"]})

    assert await consume(core, followed(first)) == RESTART
    assert len(await rows(core, "passwordless_codes")) == 1
    assert (await consume(core, followed(second)))["status"] == "OK"


async def test_removing_the_codes_of_a_contact(core: Core) -> None:
    """All of its devices go, those of others stay."""
    await begin(core)
    await begin(core)
    other = await begin(core, phoneNumber=PHONE_NUMBER)
    await post(core, "signinup/codes/remove", {"email": " A@example.com"})

    assert await listed(core, email=EMAIL) == []
    assert [item["preAuthSessionId"] for item in await listed(core, phoneNumber=PHONE_NUMBER)] == [
        other["preAuthSessionId"]
    ]


async def test_flow_is_listed_by_each_of_its_names(core: Core) -> None:
    """By contact, device id and public name; a listing tells no secret."""
    flow = await begin(core)
    await consume(core, typed(flow, "wrong"))
    expected = {
        "preAuthSessionId": flow["preAuthSessionId"],
        "failedCodeInputAttemptCount": 1,
        "email": EMAIL,
        "codes": [{"codeId": flow["codeId"], "timeCreated": flow["timeCreated"], "codeLifetime": 600_000}],
    }

    assert await listed(core, email="A@example.com") == [expected]
    assert await listed(core, deviceId=flow["deviceId"]) == [expected]
    assert await listed(core, preAuthSessionId=flow["preAuthSessionId"] + "=") == [expected]


async def test_housekeeping_keeps_a_device_with_a_live_code(core: Core, clock: TurnableClock) -> None:
    """A device goes when all of its codes are expired, so that "expired" and "wrong" can be told until then."""
    flow = await begin(core)
    await begin(core, email="b@example.com")
    clock.turn(seconds=LIFETIME_SECONDS + 1)
    await resend(core, flow)
    await run_jobs(core, "passwordless")

    assert [row["contact"] for row in await rows(core, "passwordless_devices")] == ["email:" + EMAIL]
    assert await consume(core, typed(flow)) == incorrect(1, status="EXPIRED_USER_INPUT_CODE_ERROR")
    clock.turn(seconds=LIFETIME_SECONDS + 1)
    await run_jobs(core, "passwordless")
    assert await rows(core, "passwordless_codes") == []


async def test_changed_contact_ends_the_flows_of_old_and_new(core: Core) -> None:
    """A code that was sent to an address before it changed hands signs nobody in."""
    user_id = (await sign_in(core))["recipeUserId"]
    old, new = await begin(core), await begin(core, email="b@example.com")
    unrelated = await begin(core, email="c@example.com")
    assert await put_user(core, {"recipeUserId": user_id, "email": "B@example.com"}, "passwordless") == {"status": "OK"}

    assert await consume(core, typed(old)) == RESTART
    assert await consume(core, typed(new)) == RESTART
    assert (await consume(core, typed(unrelated)))["status"] == "OK"


async def test_unchanged_contact_ends_no_flow(core: Core) -> None:
    """Setting what is set already, or keeping it, leaves pending codes alone."""
    user_id = (await sign_in(core))["recipeUserId"]
    flow = await begin(core)
    await put_user(core, {"recipeUserId": user_id, "email": EMAIL, "phoneNumber": PHONE_NUMBER}, "passwordless")

    assert (await consume(core, typed(flow)))["status"] == "OK"


async def test_contacts_are_changed_removed_and_kept(core: Core) -> None:
    """A text changes, null removes, absence keeps; one contact must stay."""
    user_id = (await sign_in(core))["recipeUserId"]
    await put_user(core, {"recipeUserId": user_id, "phoneNumber": PHONE_NUMBER}, "passwordless")
    both = await core.call("GET", "/user/id", query={"userId": user_id})
    await put_user(core, {"userId": user_id, "email": None}, "passwordless", version=V3_0)
    phone_only = await core.call("GET", "/user/id", query={"userId": user_id})

    assert (both["user"]["emails"], both["user"]["phoneNumbers"]) == ([EMAIL], [PHONE_NUMBER])
    assert (phone_only["user"]["emails"], phone_only["user"]["phoneNumbers"]) == ([], [PHONE_NUMBER])
    with pytest.raises(BadRequest, match=r"^You cannot clear both email and phone number of a user$"):
        await put_user(core, {"recipeUserId": user_id, "phoneNumber": None}, "passwordless")


async def test_look_ups_of_older_clients(core: Core) -> None:
    """By id and by contact; what is unknown has a status of its own."""
    user_id = (await sign_in(core))["recipeUserId"]
    password_user = await sign_up(core)

    for query in ({"userId": user_id}, {"email": "A@example.com"}):
        assert (await get(core, "user", query, rid="passwordless"))["user"]["id"] == user_id
    for query, status in (
        ({"userId": password_user}, "UNKNOWN_USER_ID_ERROR"),
        ({"userId": "nobody"}, "UNKNOWN_USER_ID_ERROR"),
        ({"email": "b@example.com"}, "UNKNOWN_EMAIL_ERROR"),
        ({"phoneNumber": PHONE_NUMBER}, "UNKNOWN_PHONE_NUMBER_ERROR"),
    ):
        assert await get(core, "user", query, rid="passwordless") == {"status": status}


async def test_old_shape_shows_the_login_method_asked_for(core: Core) -> None:
    """Before CDI 4.0 a linked login method is a user of its own; later it is the whole person."""
    user_id = (await sign_in(core))["recipeUserId"]
    primary = await sign_up(core, "b@example.com")
    await make_primary(core, primary)
    await link(core, user_id, primary)

    for version, expected in ((V3_0, user_id), (V5_4, primary)):
        found = await get(core, "user", {"email": EMAIL}, rid="passwordless", version=version)
        assert found["user"]["id"] == expected


async def test_look_up_by_id_is_the_apps(core: Core) -> None:
    """From CDI 5.0 on an id is looked up from the public tenant."""
    user_id = (await sign_in(core))["recipeUserId"]
    await core.call("PUT", "/recipe/multitenancy/tenant/v2", body={"tenantId": "t1"})

    with pytest.raises(Forbidden):
        await get(core, "user", {"userId": user_id}, rid="passwordless", tenant_id="t1")


@pytest.mark.parametrize(
    ("path", "body", "text"),
    [
        ("signinup/code", {}, "Please provide exactly one of email, phoneNumber or deviceId"),
        ("signinup/code", {"email": EMAIL, "deviceId": "AAAA"}, "Please provide exactly one of email"),
        ("signinup/code", {"email": EMAIL, "userInputCode": ""}, "userInputCode cannot be an empty string."),
        ("signinup/code", {"deviceId": "not base64"}, "Input encoding error in deviceId"),
        ("signinup/code", {"email": "x" * 257}, "Field name 'email' is too long"),
        ("signinup/code", {"phoneNumber": "x" * 257}, "Field name 'phoneNumber' is too long"),
        ("signinup/code/remove", {}, "Please provide either 'codeId' or 'preAuthSessionId'"),
        ("signinup/code/remove", {"codeId": "a", "preAuthSessionId": "b"}, "Please provide only one of 'codeId'"),
        ("signinup/codes/remove", {}, "Please provide exactly one of email or phoneNumber"),
    ],
)
async def test_what_is_wrong_is_said(core: Core, path: str, body: dict[str, str], text: str) -> None:
    """Each refusal has its text."""
    with pytest.raises(BadRequest, match=text):
        await post(core, path, body)


async def test_old_client_removes_by_code_alone(core: Core) -> None:
    """Before CDI 5.0 there was no removal of a device."""
    flow = await begin(core)
    body = {"preAuthSessionId": flow["preAuthSessionId"]}

    with pytest.raises(BadRequest, match=r"^Field name 'codeId' is invalid in JSON input$"):
        await post(core, "signinup/code/remove", body, version=V4_0)


@pytest.mark.parametrize("query", [{}, {"email": EMAIL, "deviceId": "AAAA"}])
async def test_listing_names_one_thing(core: Core, query: dict[str, str]) -> None:
    """So does a look-up of older clients."""
    with pytest.raises(BadRequest, match=r"^Please provide exactly one of email, phoneNumber, deviceId or"):
        await get(core, "signinup/codes", query)
    with pytest.raises(BadRequest, match=r"^Please provide exactly one of userId, email or phoneNumber$"):
        await get(core, "user", {}, rid="passwordless")
