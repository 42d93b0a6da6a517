# SPDX-License-Identifier: Apache-2.0
"""Sessions: cookies and headers, claims, payload changes, anti-CSRF, and what protected routes can ask for."""

import time
from typing import Any

from _kit import SETTINGS, describe, email_delivery, make_app, start_sdk, with_cors
from fastapi import Body, Depends, Request

from twofold.recipe import emailpassword, session
from twofold.recipe.emailpassword.asyncio import sign_up
from twofold.recipe.session import SessionContainer
from twofold.recipe.session.asyncio import create_new_session, get_session
from twofold.recipe.session.claim_base_classes.primitive_array_claim import PrimitiveArrayClaim
from twofold.recipe.session.claims import BooleanClaim, PrimitiveClaim
from twofold.recipe.session.exceptions import raise_unauthorised_exception
from twofold.recipe.session.framework.fastapi import verify_session
from twofold.types import RecipeUserId

PAID = BooleanClaim(key="paid", fetch_value=lambda *_: False)
PLAN = PrimitiveClaim[str](key="plan", fetch_value=lambda *_: "free", default_max_age_in_sec=300)
GROUPS = PrimitiveArrayClaim[str](key="groups", fetch_value=lambda *_: ["staff", "night"])

options = {
    "antiCsrf": "anti_csrf",
    "cookieDomain": "cookie_domain",
    "olderCookieDomain": "older_cookie_domain",
    "cookieSecure": "cookie_secure",
    "cookieSameSite": "cookie_same_site",
    "sessionExpiredStatusCode": "session_expired_status_code",
    "invalidClaimStatusCode": "invalid_claim_status_code",
    "exposeAccessToken": "expose_access_token_to_frontend_in_cookie_based_auth",
    "useDynamicSigningKey": "use_dynamic_access_token_signing_key",
}
chosen: dict[str, Any] = {python: SETTINGS[name] for name, python in options.items() if name in SETTINGS}
if "transferMethod" in SETTINGS:
    chosen["get_token_transfer_method"] = lambda *_: SETTINGS["transferMethod"]
start_sdk([session.init(**chosen), emailpassword.init(email_delivery=email_delivery())])
application = make_app()

requirements: dict[str, Any] = {
    "paid": lambda: PAID.validators.is_true(None),
    "plan-pro": lambda: PLAN.validators.has_value("pro"),
    "plan-fresh": lambda: PLAN.validators.has_value("free", 1),
    "groups-include": lambda: GROUPS.validators.includes("day"),
    "groups-exclude": lambda: GROUPS.validators.excludes("night"),
    "groups-all": lambda: GROUPS.validators.includes_all(["staff", "day"]),
    "groups-none": lambda: GROUPS.validators.excludes_all(["staff", "day"]),
    "groups-any": lambda: GROUPS.validators.includes_any(["day", "evening"]),
    "groups-ok": lambda: GROUPS.validators.includes_all(["night", "staff"]),
}


@application.get("/needs/{names}")
async def needs(names: str, request: Request) -> Any:
    """A page with the claim requirements that its path lists."""

    def validators(*_: Any) -> list[Any]:
        return [requirements[name]() for name in names.split(",")]

    return describe(await get_session(request, override_global_claim_validators=validators))


def only_pro(*_: Any) -> list[Any]:
    """Ask for the pro plan."""
    return [requirements["plan-pro"]()]


@application.get("/pro")
async def pro(session: SessionContainer = Depends(verify_session(override_global_claim_validators=only_pro))) -> Any:
    """A page for the pro plan."""
    return describe(session)


@application.post("/payload")
async def payload(body: Any = Body(), session: SessionContainer = Depends(verify_session())) -> Any:
    """Merge into the access token's payload; null removes."""
    await session.merge_into_access_token_payload(body)
    kept = session.get_access_token_payload()
    return {"own": {key: kept[key] for key in body if key in kept}}


@application.post("/claim/{name}")
async def claim(name: str, body: Any = Body(), session: SessionContainer = Depends(verify_session())) -> Any:
    """Fetch, set, read or remove a claim."""
    chosen_claim: Any = {"paid": PAID, "plan": PLAN, "groups": GROUPS}[name]
    if body.get("fetch"):
        await session.fetch_and_set_claim(chosen_claim)
    if "set" in body:
        await session.set_claim_value(chosen_claim, body["set"])
    if body.get("remove"):
        await session.remove_claim(chosen_claim)
    return {"value": await session.get_claim_value(chosen_claim)}


@application.post("/data")
async def data(body: Any = Body(), session: SessionContainer = Depends(verify_session())) -> Any:
    """Replace the session's data in the database."""
    await session.update_session_data_in_database(body)
    return {"data": await session.get_session_data_from_database()}


@application.post("/leave")
async def leave(session: SessionContainer = Depends(verify_session())) -> Any:
    """End the session from an application route."""
    await session.revoke_session()
    return {"left": True}


@application.post("/no-csrf-check")
async def no_csrf_check(session: SessionContainer = Depends(verify_session(anti_csrf_check=False))) -> Any:
    """A POST without the anti-CSRF check."""
    return describe(session)


@application.get("/csrf-check")
async def csrf_check(session: SessionContainer = Depends(verify_session(anti_csrf_check=True))) -> Any:
    """A GET with the anti-CSRF check."""
    return describe(session)


@application.get("/times")
async def times(session: SessionContainer = Depends(verify_session())) -> Any:
    """When the session began, and whether it still runs."""
    return {"created": await session.get_time_created(), "runs": await session.get_expiry() > time.time() * 1000}


@application.get("/throw")
async def throw() -> Any:
    """An application that says by itself that nobody is signed in."""
    raise_unauthorised_exception("not you")


@application.post("/enter")
async def enter(request: Request, body: Any = Body()) -> Any:
    """Sign a user in without a recipe."""
    result: Any = await sign_up("public", body["email"], "Correct-Horse-7")
    user_id = RecipeUserId(result.user.id)
    created = await create_new_session(request, "public", user_id, body.get("payload"), {"from": "enter"})
    return describe(created)


app = with_cors(application)
