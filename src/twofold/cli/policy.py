# SPDX-License-Identifier: Apache-2.0
"""`twofold policy`: what the application's rules about factors mean for its users."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated, Any

from cyclopts import App as Commands
from cyclopts import Parameter

from twofold._app import App
from twofold._assurance import Status, profile_of
from twofold.asyncio import get_user_count, get_users_oldest_first
from twofold.cli._application import Application, find_user_id, raised, require_tenant, run_in
from twofold.cli._operator import PUBLIC, AsJson, TenantId, print_json, printable
from twofold.exceptions import GeneralError, SuperTokensError
from twofold.recipe.multifactorauth.asyncio import explain_requirements
from twofold.recipe.multifactorauth.dead_ends import hints
from twofold.recipe.multifactorauth.explain import Explanation, Step
from twofold.recipe.multitenancy.asyncio import list_all_tenants

BATCH = 100
BAR_WIDTH = 30
_TOLD = {
    "SIGNED_IN": "signed in after the first factor",
    "COMPLETE_FACTOR": "asked for a second factor",
    "SET_UP_FACTOR": "led to set a second factor up",
    "LOCKED_OUT": "locked out: a required factor can be neither done nor set up",
    "NO_FIRST_FACTOR": "locked out: nothing that the user signs in with may begin a session here",
    "ERROR": "the policy raises an error",
}
_LOCKED_OUT = ("LOCKED_OUT", "NO_FIRST_FACTOR", "ERROR")
_RULES = {
    "user": "required of the user",
    "tenant": "required by the tenant",
    "override": "the application's override",
    "assurance": "the profile of assurance",
}

app = Commands(name="policy", help="Explain and try the application's rules about factors.")


@app.command
def explain(*, app: Application, user: str, tenant: TenantId = PUBLIC, json: AsJson = False) -> int:
    """Say which factors a user must do and why, and what the next sign-in asks for. Status 1: they are locked out.

    Parameters
    ----------
    user
        A user id, an e-mail address or a phone number.
    """

    async def ask(_: App) -> Explanation:
        return await _explained(await find_user_id(tenant, user), tenant)

    found = run_in(app, ask)
    if json:
        print_json(asdict(found) | {"outcome": found.outcome})
    else:
        print("\n".join(printable(line) for line in _lines(found)))
    return int(found.is_locked_out)


@app.command
def check(
    *,
    app: Application,
    tenant: Annotated[str, Parameter(name="--tenant", help="Only this tenant.")] = "",
    sample: int = 10,
    json: AsJson = False,
) -> int:
    """Try the policy on every user of every tenant, and count who would be locked out. Status 1: somebody would be.

    Nothing is changed, and nobody is told.

    Parameters
    ----------
    sample
        How many of those who are locked out are named.
    """

    async def ask(current: App) -> dict[str, Any]:
        if tenant:
            await require_tenant(tenant)
        asked_for: set[str] = set()
        tenants = [tenant] if tenant else [item.tenant_id for item in (await list_all_tenants()).tenants]
        total = sum([await get_user_count(tenant_id=tenant_id) for tenant_id in tenants])
        outcomes: Counter[str] = Counter()
        locked_out: list[dict[str, str]] = []
        for tenant_id in tenants:
            async for batch in _batches(tenant_id):
                for user_id, outcome, why, factors in await asyncio.gather(*(_try(item, tenant_id) for item in batch)):
                    asked_for |= factors
                    outcomes[outcome] += 1
                    if outcome in _LOCKED_OUT and len(locked_out) < sample:
                        locked_out.append({"userId": user_id, "tenantId": tenant_id, "outcome": outcome, "why": why})
                _show_progress(outcomes.total(), total)
        return {
            "assurance": current.app_info.assurance,
            "users": outcomes.total(),
            "outcomes": dict(outcomes),
            "lockedOut": sum(outcomes[outcome] for outcome in _LOCKED_OUT),
            "sample": locked_out,
            "hints": hints(sorted(asked_for)),
        }

    found = run_in(app, ask)
    if json:
        print_json(found)
    else:
        print("\n".join(printable(line) for line in _summary(found)))
    return int(found["lockedOut"] > 0)


async def _batches(tenant_id: str) -> AsyncIterator[list[str]]:
    token: str | None = None
    while True:
        page = await get_users_oldest_first(tenant_id, BATCH, token)
        yield [user.id for user in page.users]
        token = page.next_pagination_token
        if token is None:
            return


async def _try(user_id: str, tenant_id: str) -> tuple[str, str, str, set[str]]:
    try:
        found = await _explained(user_id, tenant_id)
    except GeneralError as error:
        return user_id, "ERROR", str(error), set()
    steps = [step for way in found.ways_in for step in way.steps]
    impossible = [step for step in steps if not step.set_up and not step.can_be_set_up]
    why = f"{' or '.join(impossible[0].factor_ids)}" if impossible else ""
    return user_id, found.outcome, why, {factor for step in steps for factor in step.factor_ids}


async def _explained(user_id: str, tenant_id: str) -> Explanation:
    try:
        return await explain_requirements(user_id, tenant_id)
    except SuperTokensError:
        raise
    except Exception as error:  # the policy is code of the application's
        raise GeneralError(raised(error)) from error


def _show_progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        share = min(1.0, done / total) if total else 1.0
        bar = "█" * int(BAR_WIDTH * share)
        end = "\n" if done >= total else ""
        print(f"\r{bar:·<{BAR_WIDTH}} {done} of {total} users", end=end, file=sys.stderr, flush=True)


def _summary(found: dict[str, Any]) -> list[str]:
    lines = [f"{found['outcomes'].get(outcome, 0):>8}  {text}" for outcome, text in _TOLD.items()]
    named = [f"  {item['userId']} in {item['tenantId']}: {item['why'] or item['outcome']}" for item in found["sample"]]
    heading = f"of {found['users']} users, {found['lockedOut']} would be locked out"
    advice = [f"{factor}: {hint}" for factor, hint in found["hints"].items()]
    return [
        *_assurance_lines(found["assurance"]),
        *lines,
        "",
        heading + (", among them:" if named else ""),
        *named,
        *advice,
    ]


def _assurance_lines(name: str | None) -> list[str]:
    profile = profile_of(name)
    if profile is None:
        return []
    left = [rule.clause for rule in profile.rules if rule.status in (Status.APPLICATION, Status.NOT_MET)]
    return [f"{profile.standard}: the recipes meet it; not met, or yours to meet: {', '.join(dict.fromkeys(left))}", ""]


def _lines(found: Explanation) -> list[str]:
    where = {"tenant": "the tenant's list", "init": "first_factors of init", "recipes": "every recipe in the list"}
    rule = {"default": "one of the lists below", "override": "the application's get_mfa_requirements_for_auth"}
    lines = [
        f"{found.user_id} in the tenant {found.tenant_id}: {_TOLD[found.outcome]}",
        f"may begin a session: {_listed(found.first_factors)} ({where[found.first_factors_from]})",
        f"what is required says: {rule[found.decided_by]}",
        f"  of the user: {_listed(found.required_for_user)}",
        f"  by the tenant: {_listed(found.required_for_tenant)}",
        f"set up: {_listed(found.set_up)}",
    ]
    for way in found.ways_in:
        lines += ["", f"signing in with {way.first_factor}: {_TOLD[way.outcome]}"]
        lines += [line for step in way.steps for line in _step_lines(step)]
    return lines


def _step_lines(step: Step) -> list[str]:
    why = "; ".join(
        f"{factor}: {', '.join(_RULES[rule] for rule in rules)}" for factor, rules in step.required_by.items()
    )
    if step.set_up:
        what = f"{_listed(step.set_up)}, set up"
    elif step.can_be_set_up:
        what = f"{_listed(step.can_be_set_up)}, to be set up then"
    else:
        what = "none can be done or set up"
    advice = [f"    {factor}: {hint}" for factor, hint in hints(step.factor_ids).items()]
    return [f"  → {' or '.join(step.factor_ids)} ({what})", f"    because: {why}", *advice]


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none"
