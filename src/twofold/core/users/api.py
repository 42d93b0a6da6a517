# SPDX-License-Identifier: Apache-2.0
"""Endpoints about users, whatever they sign in with."""

import base64
import binascii

from twofold.core._endpoint import Call, Endpoints, Scope
from twofold.core._fields import Json, Long
from twofold.core.errors import BadRequest
from twofold.core.recipe.audit import Action, record
from twofold.core.storage.database import Connection
from twofold.core.users import deletion, listing, store
from twofold.core.users.json_shape import listed_user_json, user_json
from twofold.core.users.last_active import count_active
from twofold.core.users.listing import PageRequest, Position, Search
from twofold.core.users.model import AccountInfo, ThirdParty
from twofold.core.users.normalise import MAX_EMAIL_LENGTH, normalise_email, normalise_phone_number, require_length
from twofold.core.users.rules import list_by_account_info
from twofold.core.version import V4_0, V5_3, V5_6

MAX_PAGE = 500
MAX_TERMS = 100
# Recipes that have no login methods are known too: asking for them finds nobody.
RECIPE_IDS = frozenset(
    {
        "accountlinking",
        "dashboard",
        "emailpassword",
        "emailverification",
        "jwt",
        "mfa",
        "multitenancy",
        "oauth",
        "passwordless",
        "saml",
        "session",
        "thirdparty",
        "totp",
        "useridmapping",
        "usermetadata",
        "userroles",
        "webauthn",
    }
)

endpoints = Endpoints()


@endpoints.get("/users", Scope.TENANT)
async def list_users(  # noqa: PLR0913 - the query has that many
    call: Call,
    limit: int | None = None,
    time_joined_order: str = "ASC",
    pagination_token: str | None = None,
    include_recipe_ids: list[str] | None = None,
    email: str = "",
    phone: str = "",
    provider: str = "",
) -> Json:
    """A page of the tenant's users, or those that match the search, which has one page only."""
    recipe_ids = _recipe_ids(include_recipe_ids)
    if time_joined_order not in ("ASC", "DESC"):
        raise BadRequest("timeJoinedOrder can be either ASC OR DESC")
    order: listing.Order = "DESC" if time_joined_order == "DESC" else "ASC"
    wanted = Search(_terms("email", email), _terms("phone", phone), _terms("provider", provider))
    size = _page_size(limit, is_search=bool(wanted))
    start = None if pagination_token is None else _read_token(pagination_token)
    if wanted:
        users = await listing.search(call.database, call.app_id, call.tenant_id, wanted, order)
        return {"status": "OK", "users": [listed_user_json(user, call.version) for user in users]}
    users = await listing.list_page(
        call.database,
        call.app_id,
        call.tenant_id,
        PageRequest(order, size + 1, start, recipe_ids),
    )
    answer: Json = {"status": "OK", "users": [listed_user_json(user, call.version) for user in users[:size]]}
    if len(users) > size:
        answer["nextPaginationToken"] = _write_token(Position(users[size].time_joined, users[size].internal_id))
    return answer


@endpoints.get("/users/count", Scope.TENANT)
async def count_users(
    call: Call,
    include_recipe_ids: list[str] | None = None,
    include_all_tenants: bool = False,
    allow_approximate: bool = False,
) -> Json:
    """How many users the tenant, or the whole app, has. Always counted exactly."""
    if include_all_tenants:
        call.require_public_tenant()
    tenant_id = None if include_all_tenants else call.tenant_id
    count = await listing.count(call.database, call.app_id, tenant_id, _recipe_ids(include_recipe_ids))
    answer: Json = {"status": "OK", "count": count}
    if allow_approximate and call.version >= V5_6:
        answer |= {"approximate": False, "asOf": call.now_ms()}
    return answer


@endpoints.get("/users/count/active", Scope.APP)
async def count_active_users(call: Call, since: Long) -> Json:
    """How many users were active at a time or later."""
    if since < 0:
        raise BadRequest("'since' query parameter must be >= 0")
    return {"status": "OK", "count": await count_active(call.database, call.app_id, since)}


@endpoints.get("/user/id", Scope.APP)
async def get_user(call: Call, user_id: str) -> Json:
    """The whole person that an id belongs to."""
    user = await store.find_user_by_any_id(call.database, call.app_id, user_id)
    if user is None:
        return {"status": "UNKNOWN_USER_ID_ERROR"}
    return {"status": "OK", "user": user_json(user, max(call.version, V4_0))}


@endpoints.get("/users/by-accountinfo", Scope.TENANT)
async def list_users_by_account_info(  # noqa: PLR0913 - the query has that many
    call: Call,
    do_union_of_account_info: str,
    email: str | None = None,
    phone_number: str | None = None,
    third_party_id: str | None = None,
    third_party_user_id: str | None = None,
    webauthn_credential_id: str | None = None,
) -> Json:
    """The users of the tenant that have any (union) or all of the given account infos."""
    if do_union_of_account_info not in ("true", "false"):
        raise BadRequest("'doUnionOfAccountInfo' should be either 'true' or 'false'")
    if (third_party_id is None) != (third_party_user_id is None):
        raise BadRequest("If 'thirdPartyId' is provided, 'thirdPartyUserId' must also be provided, and vice versa")
    users = await list_by_account_info(
        call.database,
        call.app_id,
        call.tenant_id,
        AccountInfo(
            email=None if email is None else normalise_email(email),
            phone_number=None if phone_number is None else normalise_phone_number(phone_number),
            third_party=ThirdParty(third_party_id, third_party_user_id)
            if third_party_id is not None and third_party_user_id is not None
            else None,
            credential_id=webauthn_credential_id if call.version >= V5_3 else None,
        ),
        is_union=do_union_of_account_info == "true",
    )
    return {"status": "OK", "users": [user_json(user, max(call.version, V4_0)) for user in users]}


@endpoints.post("/user/remove", Scope.APP)
async def remove_user(call: Call, user_id: str, remove_all_linked_accounts: bool = True) -> Json:
    """Delete a person, or one login method of it. An unknown user is as good as deleted."""
    recipes, is_whole = call.services.recipes, remove_all_linked_accounts

    async def remove(tx: Connection) -> None:
        if await store.lock_user(tx, call.app_id, user_id) is None:
            return
        # Before: afterwards nobody knows whose id it was.
        await record(tx, call, Action.USER_DELETED, user_id)
        await deletion.delete_user(
            tx, recipes, call.app_id, user_id, call.now_ms(), remove_all_linked_accounts=is_whole
        )

    await call.database.transaction(remove)
    return {"status": "OK"}


def _recipe_ids(names: list[str] | None) -> list[str] | None:
    if not names:
        return None
    for name in names:
        if name.lower() not in RECIPE_IDS:
            raise BadRequest(f"Unknown recipe ID: {name}")
    return [name.lower() for name in names]


def _terms(name: str, text: str) -> tuple[str, ...]:
    terms = tuple(term.strip().lower() for term in text.split(";") if term.strip())
    if len(terms) > MAX_TERMS:
        raise BadRequest(f"Field name '{name}' has too many terms: at most {MAX_TERMS} are allowed")
    for term in terms:
        require_length(name, term, MAX_EMAIL_LENGTH)
    return terms


def _page_size(limit: int | None, *, is_search: bool) -> int:
    if limit is None:
        return 100
    if limit > MAX_PAGE and not is_search:
        raise BadRequest(f"max limit allowed is {MAX_PAGE}")
    if limit < 1:
        raise BadRequest("limit must a positive integer with min value 1")
    return limit


def _write_token(position: Position) -> str:
    return base64.b64encode(f"{position.user_id};{position.time_joined}".encode()).decode()


def _read_token(token: str) -> Position:
    try:
        user_id, _, time_joined = base64.b64decode(token, validate=True).decode().rpartition(";")
        position = Position(int(time_joined), user_id)
    except (binascii.Error, ValueError):
        raise BadRequest("invalid pagination token") from None
    if not position.user_id or not 0 <= position.time_joined < 2**63:
        raise BadRequest("invalid pagination token")
    return position
