# SPDX-License-Identifier: Apache-2.0
"""What a recipe of the core is: endpoints, tables, and what happens to its data when a user or an app goes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from twofold.core._endpoint import Endpoints
from twofold.core.services import Services
from twofold.core.storage.database import Connection

if TYPE_CHECKING:
    from twofold.core.users.model import User


@dataclass(frozen=True, slots=True)
class UserData:
    """Data that a recipe keeps under a user's id without being a login method (metadata, roles, sessions, …).

    name: as error texts call it. Each function gets the connection of a running transaction, the app's key and the
    id under which the data is stored (the effective id).
    is_used(connection, app_id, user_id); forget(connection, app_id, user_id) removes all of it;
    forget_in_tenant(connection, app_id, tenant_id, user_id) removes what belongs to one tenant, and tells whether
    there was any; move(connection, app_id, user_id, new_user_id), for data that follows a user to an external id.
    """

    name: str
    is_used: Callable[[Connection, str, str], Awaitable[bool]]
    forget: Callable[[Connection, str, str], Awaitable[None]]
    forget_in_tenant: Callable[[Connection, str, str, str], Awaitable[bool]] | None = None
    move: Callable[[Connection, str, str, str], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """Housekeeping: `run` may be started by several nodes at once and deletes only what has expired."""

    name: str
    interval_seconds: int
    run: Callable[[Services], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class CoreRecipe:
    """One recipe. All of `tables` have an `app_id` column; deleting an app empties them of its rows.

    tenant_tables have a `tenant_id` column as well; deleting a tenant empties them of its rows.
    forget_login_method(connection, app_id, recipe_user_id): a login method (internal id) is being deleted.
    end_sessions(connection, app_id, user_id): all sessions of a login method (effective id) end, in every tenant.
    lift_limits(connection, app_id, user): wrong secrets of a person are forgotten; whether there were any.
    has_factor(connection, app_id, user): whether a person can use the factor that is named as the recipe is.
    factors_changed(connection, app_id, user_id): what a person (effective id) proves themselves with has just changed.
    """

    name: str
    endpoints: Endpoints
    tables: tuple[str, ...] = ()
    tenant_tables: tuple[str, ...] = ()
    schema: Path | None = None
    user_data: UserData | None = None
    forget_login_method: Callable[[Connection, str, str], Awaitable[None]] | None = None
    end_sessions: Callable[[Connection, str, str], Awaitable[None]] | None = None
    lift_limits: "Callable[[Connection, str, User], Awaitable[bool]] | None" = None
    has_factor: "Callable[[Connection, str, User], Awaitable[bool]] | None" = None
    factors_changed: Callable[[Connection, str, str], Awaitable[None]] | None = None
    jobs: tuple[Job, ...] = field(default=())
