# SPDX-License-Identifier: Apache-2.0
"""`twofold users`: list, show, create and delete users, and their roles."""

import sys
from collections.abc import Iterable
from typing import Annotated, Any, Literal

import phonenumbers
from cyclopts import App, Parameter
from email_validator import EmailNotValidError, validate_email

from twofold.cli._operator import (
    PUBLIC,
    AppId,
    AsJson,
    Operator,
    TenantId,
    confirmed,
    day_and_time,
    print_json,
    print_table,
    printable,
    run,
)
from twofold.cli._passwords import read_password
from twofold.cli.configuration import configurable

User = dict[str, Any]
Names = Annotated[tuple[str, ...], Parameter(negative=())]
Flag = Annotated[bool, Parameter(negative=())]
PAGE = 500
# The core's own rule is one character: which passwords are good is for the application's form to say. An operator
# has no form, so that the advice for accounts with a second factor holds (NIST SP 800-63B-4, section 3.1.1.2).
SHORTEST_PASSWORD = 8

app = App(name="users", help="Look after users.")
app.command("twofold.cli.support:reset_factors", name="reset-factors")
app.command("twofold.cli.support:cancel_reset", name="cancel-reset")
app.command("twofold.cli.unlocking:unlock", name="unlock")


@app.command(name="list")
@configurable(["db"])
def list_users(
    *,
    app: AppId = PUBLIC,
    tenant: TenantId = PUBLIC,
    email: str = "",
    phone: str = "",
    limit: int = 50,
    order: Literal["newest", "oldest"] = "newest",
    json: AsJson = False,
    **options: Any,
) -> None:
    """List the users of a tenant.

    Parameters
    ----------
    email
        Only those whose address or its domain begins with this.
    phone
        Only those whose number begins with this.
    limit
        How many at most; 0 for all.
    order
        Who joined last comes first, or last.
    """
    if limit < 0:
        raise ValueError("--limit is the number of users to list, or 0 for all")
    direction = "DESC" if order == "newest" else "ASC"
    query = {key: value for key, value in (("email", email), ("phone", phone)) if value}
    found = run(options, app, tenant, lambda operator: _list(operator, limit, timeJoinedOrder=direction, **query))
    if json:
        print_json(found)
        return
    print_table(
        ("USER", "SIGNS IN WITH", "JOINED"),
        ((user["id"], _ways_in(user), day_and_time(user["timeJoined"])) for user in found),
    )


@app.command
@configurable(["db"])
def show(
    who: str,
    *,
    app: AppId = PUBLIC,
    tenant: TenantId = PUBLIC,
    json: AsJson = False,
    **options: Any,
) -> None:
    """Show a user: ways to sign in, roles, factors, sessions and metadata.

    Parameters
    ----------
    who
        A user id, an e-mail address or a phone number.
    """
    shown = run(options, app, tenant, lambda operator: _show(operator, who))
    if json:
        print_json(shown)
        return
    user = shown["user"]
    print(f"{user['id']}, joined {day_and_time(user['timeJoined'])}, tenants: {', '.join(user['tenantIds'])}\n")
    print_table(
        ("LOGIN METHOD", "RECIPE", "VERIFIED", "ID"),
        (
            (_contact(method), method["recipeId"], "yes" if method["verified"] else "no", method["recipeUserId"])
            for method in user["loginMethods"]
        ),
    )
    print(f"\nroles in {tenant}: {_listed(shown['roles'])}")
    print(f"authenticator devices: {_listed(device['name'] for device in shown['totpDevices'])}")
    print(f"sessions in {tenant}: {len(shown['sessionHandles'])}")
    print(f"metadata: {printable(str(shown['metadata']))}")


@app.command
@configurable(["db"])
def create(
    *,
    app: AppId = PUBLIC,
    tenant: TenantId = PUBLIC,
    email: str = "",
    phone: str = "",
    without_password: Flag = False,
    verified: Flag = False,
    role: Names = (),
    create_roles: Flag = False,
    json: AsJson = False,
    **options: Any,
) -> None:
    """Create a user. The password is asked for, or read from standard input when that is no terminal.

    Parameters
    ----------
    email
        Address to sign in with.
    phone
        Number to sign in with, in international form; then there is no password.
    without_password
        Make a user who signs in by code or link.
    verified
        Count the address as verified.
    role
        Role to give; repeat it for several.
    create_roles
        Make roles that do not exist yet.
    """
    if bool(email) == bool(phone):
        raise ValueError("give either --email or --phone")
    _require_contact(email, phone)
    password = None if phone or without_password else read_password(SHORTEST_PASSWORD)
    made = run(
        options,
        app,
        tenant,
        lambda operator: _create(operator, email, phone, password, verified, role, create_roles),
        may_begin=True,
    )
    if json:
        print_json(made)
    else:
        print(made["id"])


@app.command
@configurable(["db"])
def delete(
    who: str,
    *,
    app: AppId = PUBLIC,
    tenant: TenantId = PUBLIC,
    yes: Annotated[bool, Parameter(name=["--yes", "-y"], negative=())] = False,
    **options: Any,
) -> int:
    """Delete a user with all login methods, sessions, factors, roles and metadata. It cannot be undone.

    Parameters
    ----------
    who
        A user id, an e-mail address or a phone number.
    yes
        Do not ask.
    """
    user = run(options, app, tenant, lambda operator: find_user(operator, who))
    if not yes and not confirmed(f"Delete {user['id']} ({_ways_in(user)}) for good?"):
        print("nothing was deleted", file=sys.stderr)
        return 1
    run(options, app, tenant, lambda operator: operator.post("/user/remove", userId=user["id"]))
    print(f"deleted {user['id']}")
    return 0


@app.command
@configurable(["db"])
def roles(
    who: str,
    *,
    app: AppId = PUBLIC,
    tenant: TenantId = PUBLIC,
    add: Names = (),
    remove: Names = (),
    create_roles: Flag = False,
    json: AsJson = False,
    **options: Any,
) -> None:
    """Show the roles of a user in a tenant, after giving and taking some.

    Parameters
    ----------
    who
        A user id, an e-mail address or a phone number.
    add
        Role to give; repeat it for several.
    remove
        Role to take away; repeat it for several.
    create_roles
        Make roles that do not exist yet.
    """
    held = run(options, app, tenant, lambda operator: _change_roles(operator, who, add, remove, create_roles))
    if json:
        print_json(held)
    else:
        print("\n".join(printable(role) for role in held) or "no roles")


async def _list(operator: Operator, limit: int, **query: str) -> list[User]:
    found: list[User] = []
    token: dict[str, str] = {}
    while True:
        wanted = PAGE if limit == 0 else min(PAGE, limit - len(found))
        page = await operator.get("/users", limit=str(wanted), **query, **token)
        found += page["users"]
        if "nextPaginationToken" not in page or (limit and len(found) >= limit):
            return found[: limit or None]
        token = {"paginationToken": page["nextPaginationToken"]}


async def _show(operator: Operator, who: str) -> dict[str, Any]:
    user = await find_user(operator, who)
    user_id = user["id"]
    devices = await operator.get("/recipe/totp/device/list", userId=user_id)
    sessions = await operator.get("/recipe/session/user", userId=user_id, fetchAcrossAllTenants="false")
    metadata = await operator.get("/recipe/user/metadata", userId=user_id)
    return {
        "user": user,
        "roles": await _roles(operator, user_id),
        "totpDevices": devices.get("devices", []),
        "sessionHandles": sessions["sessionHandles"],
        "metadata": metadata["metadata"],
    }


async def _create(
    operator: Operator,
    email: str,
    phone: str,
    password: str | None,
    is_verified: bool,
    roles: tuple[str, ...],
    may_create_roles: bool,
) -> User:
    # Before anybody is made, so that a misspelt role leaves no half-made user.
    await _require_roles(operator, roles, may_create=may_create_roles)
    if password is None:
        contact = {"email": email} if email else {"phoneNumber": phone}
        if await _by_contact(operator, email or phone):
            raise ValueError(f"{email or phone} belongs to a user already")
        code = await operator.post("/recipe/signinup/code", **contact)
        answer = await operator.post(
            "/recipe/signinup/code/consume",
            preAuthSessionId=code["preAuthSessionId"],
            linkCode=code["linkCode"],
        )
    else:
        answer = await operator.post("/recipe/signup", rid="emailpassword", email=email, password=password)
    if answer["status"] != "OK":
        raise ValueError(f"{email} belongs to a user already")
    user: User = answer["user"]
    if is_verified and password is not None:
        await _verify(operator, user["id"], email)
    for role in roles:
        await operator.put("/recipe/user/role", userId=user["id"], role=role)
    return user


async def _verify(operator: Operator, user_id: str, email: str) -> None:
    made = await operator.post("/recipe/user/email/verify/token", userId=user_id, email=email)
    await operator.post("/recipe/user/email/verify", method="token", token=made["token"])


async def _change_roles(
    operator: Operator, who: str, add: tuple[str, ...], remove: tuple[str, ...], may_create: bool
) -> list[str]:
    user_id = (await find_user(operator, who))["id"]
    missing = set(remove) - set(await _roles(operator, user_id))
    if missing:
        raise ValueError(f"{who} does not have the role {', '.join(sorted(missing))}")
    await _require_roles(operator, add, may_create=may_create)
    for role in add:
        await operator.put("/recipe/user/role", userId=user_id, role=role)
    for role in remove:
        await operator.post("/recipe/user/role/remove", userId=user_id, role=role)
    return await _roles(operator, user_id)


async def _require_roles(operator: Operator, wanted: Iterable[str], *, may_create: bool) -> None:
    existing = (await operator.get("/recipe/roles"))["roles"]
    unknown = [role for role in wanted if role not in existing]
    if unknown and not may_create:
        raise ValueError(
            f"there is no role {', '.join(unknown)}; there are: {_listed(existing)}. Give --create-roles to make it."
        )
    for role in unknown:
        await operator.put("/recipe/role", role=role)


async def _roles(operator: Operator, user_id: str) -> list[str]:
    held: list[str] = (await operator.get("/recipe/user/roles", userId=user_id))["roles"]
    return held


async def find_user(operator: Operator, who: str) -> User:
    """The user with an id, an address or a number. Raises ValueError when there is none, or are several."""
    answer = await operator.get("/user/id", userId=who)
    found = [answer["user"]] if answer["status"] == "OK" else await _by_contact(operator, who)
    if len(found) > 1:
        raise ValueError(f"{who} belongs to several users: {', '.join(user['id'] for user in found)}. Give an id.")
    if not found:
        raise ValueError(f"there is no user {who} in the tenant {operator.tenant_id}")
    return found[0]


async def _by_contact(operator: Operator, contact: str) -> list[User]:
    kind = "email" if "@" in contact else "phoneNumber"
    answer = await operator.get("/users/by-accountinfo", doUnionOfAccountInfo="true", **{kind: contact})
    users: list[User] = answer["users"]
    return users


def _ways_in(user: User) -> str:
    return ", ".join(dict.fromkeys(_contact(method) for method in user["loginMethods"]))


def _contact(method: User) -> str:
    third_party = method.get("thirdParty")
    account = f"{third_party['id']}:{third_party['userId']}" if third_party else ""
    return str(method.get("email") or method.get("phoneNumber") or account)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(printable(name) for name in names) or "none"


def _require_contact(email: str, phone: str) -> None:
    """The core stores what it is given: forms check it, and here is none."""
    if email:
        try:
            validate_email(email, check_deliverability=False, test_environment=True)
        except EmailNotValidError as error:
            raise ValueError(f"{email} is no e-mail address: {error}") from None
        return
    try:
        is_possible = phonenumbers.is_possible_number(phonenumbers.parse(phone))
    except phonenumbers.NumberParseException:
        is_possible = False
    if not is_possible:
        raise ValueError(f"{phone} is no phone number in international form, such as +14155552671")
