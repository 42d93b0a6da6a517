# SPDX-License-Identifier: Apache-2.0
"""`twofold tenants`: list, show, create, change and delete tenants."""

import sys
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Annotated, Any

from cyclopts import App, Parameter

from twofold.cli._operator import (
    PUBLIC,
    AppId,
    AsJson,
    Operator,
    confirmed,
    print_json,
    print_table,
    run,
)
from twofold.cli.configuration import configurable
from twofold.recipe.multifactorauth.types import FactorIds

Tenant = dict[str, Any]
PATH = "/recipe/multitenancy/tenant"
Factors = Annotated[tuple[str, ...], Parameter(negative=())]
Reset = Annotated[bool, Parameter(negative=())]

app = App(name="tenants", help="Look after tenants.")


@app.command(name="list")
@configurable(["db"])
def list_tenants(*, app: AppId = PUBLIC, json: AsJson = False, **options: Any) -> None:
    """List the tenants of an app."""
    found = run(options, app, PUBLIC, _list)
    if json:
        print_json(found)
        return
    print_table(
        ("TENANT", "FIRST FACTORS", "REQUIRED SECOND FACTORS", "PROVIDERS", "SETTINGS OF ITS OWN"),
        (
            (
                tenant["tenantId"],
                _factors(tenant, "firstFactors", "those of the application"),
                _factors(tenant, "requiredSecondaryFactors", "none"),
                _listed(provider["thirdPartyId"] for provider in tenant["thirdParty"]["providers"]),
                _listed(tenant["coreConfig"]),
            )
            for tenant in found
        ),
    )


@app.command
@configurable(["db"])
def show(tenant: str, *, app: AppId = PUBLIC, **options: Any) -> None:
    """Show a tenant, with its settings and providers, as JSON. Client secrets of providers are left out."""
    print_json(_without_secrets(run(options, app, tenant, _get)))


@app.command(name="set")
@configurable(["db"])
def set_tenant(
    tenant: str,
    *,
    app: AppId = PUBLIC,
    first_factor: Factors = (),
    any_first_factor: Reset = False,
    second_factor: Factors = (),
    no_second_factor: Reset = False,
    setting: Annotated[dict[str, str] | None, Parameter(negative=())] = None,
    **options: Any,
) -> None:
    """Create a tenant, or change it. What is not named stays as it is.

    Parameters
    ----------
    tenant
        Its id: lower case letters, digits and hyphens.
    first_factor
        Factor to sign in with, such as `emailpassword` or `otp-email`; repeat it for several.
    any_first_factor
        Allow every first factor that the application has.
    second_factor
        Factor that every user of the tenant must do, too; repeat it for several.
    no_second_factor
        Require none for the whole tenant.
    setting
        A setting of the core for this tenant: `--setting.totp_max_attempts 3`; an empty value takes it back.
    """
    if first_factor and any_first_factor:
        raise ValueError("--first-factor and --any-first-factor exclude each other")
    if second_factor and no_second_factor:
        raise ValueError("--second-factor and --no-second-factor exclude each other")
    change: dict[str, Any] = {}
    if first_factor or any_first_factor:
        change["firstFactors"] = list(first_factor) or None
    if second_factor or no_second_factor:
        change["requiredSecondaryFactors"] = list(second_factor) or None
    if setting:
        change["coreConfig"] = {key: value or None for key, value in setting.items()}
    answer = run(
        options, app, PUBLIC, lambda operator: operator.put(f"{PATH}/v2", tenantId=tenant, **change), may_begin=True
    )
    print(f"{'created' if answer['createdNew'] else 'changed'} {tenant}")
    for factor in (*first_factor, *second_factor):
        if factor not in FactorIds.get_all_factors():
            print(f"note: {_doubt(factor)}", file=sys.stderr)


@app.command
@configurable(["db"])
def delete(
    tenant: str,
    *,
    app: AppId = PUBLIC,
    yes: Annotated[bool, Parameter(name=["--yes", "-y"], negative=())] = False,
    **options: Any,
) -> int:
    """Delete a tenant. Its users stay in the app; those who are in no other tenant can sign in nowhere.

    Parameters
    ----------
    yes
        Do not ask.
    """
    users = run(options, app, tenant, _count_users)
    if not yes and not confirmed(f"Delete the tenant {tenant} with {users} users?"):
        print("nothing was deleted", file=sys.stderr)
        return 1
    run(options, app, PUBLIC, lambda operator: operator.post(f"{PATH}/remove", tenantId=tenant))
    print(f"deleted {tenant}")
    return 0


async def _list(operator: Operator) -> list[Tenant]:
    found: list[Tenant] = (await operator.get(f"{PATH}/list/v2"))["tenants"]
    return found


async def _get(operator: Operator) -> Tenant:
    answer = await operator.get(f"{PATH}/v2")
    if answer.pop("status") != "OK":
        raise ValueError(f"there is no tenant {operator.tenant_id}")
    return answer


async def _count_users(operator: Operator) -> int:
    await _get(operator)
    return int((await operator.get("/users/count"))["count"])


def _without_secrets(tenant: Tenant) -> Tenant:
    for provider in tenant["thirdParty"]["providers"]:
        for client in provider.get("clients") or ():
            if client.get("clientSecret"):
                client["clientSecret"] = "…"
            # Private keys are given here.
            for key in client.get("additionalConfig") or ():
                client["additionalConfig"][key] = "…"
    return tenant


def _doubt(factor: str) -> str:
    """It may be the application's own, so that it is stored."""
    near = get_close_matches(factor, FactorIds.get_all_factors(), n=1)
    meant = f"; did you mean {near[0]}?" if near else "."
    return f"{factor} is no factor of Twofold's{meant} One of the application's own is complete when its code says so."


def _factors(tenant: Tenant, key: str, otherwise: str) -> str:
    factors = tenant.get(key)
    return otherwise if factors is None else _listed(factors)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
