# SPDX-License-Identifier: Apache-2.0
"""Loads the user's application, so that its `init` runs, as a server would."""

import asyncio
import sys
import traceback
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, TypeVar

from cyclopts import Parameter

from twofold import _state
from twofold._app import App
from twofold.asyncio import get_user, list_users_by_account_info
from twofold.exceptions import SuperTokensError
from twofold.recipe.multitenancy.asyncio import get_tenant
from twofold.types.base import AccountInfoInput

Application = Annotated[
    str,
    Parameter(
        name="--app",
        help="The application: `module:attribute`, as for uvicorn, or a module that calls `init` when it is imported.",
    ),
]

Answer = TypeVar("Answer")


def load(name: str) -> App:
    """Import an application from the working directory; return what its `init` has set up.

    The attribute of `module:attribute` must be there; when `init` was not called yet and it can be called without
    arguments, it is taken to be a factory and called.

    Raises:
        ValueError: there is no such module or attribute, or nothing calls `init`; `init` refuses its configuration, or
            the application raises something else.
    """
    module_name, _, attribute = name.partition(":")
    sys.path.insert(0, str(Path.cwd()))
    try:
        found: Any = import_module(module_name)
        for part in filter(None, attribute.split(".")):
            found = getattr(found, part, None)
        if attribute and _state.current_app_or_none() is None and callable(found):
            found()
    except ModuleNotFoundError as error:
        raise ValueError(f"{name}: there is no module {error.name} here ({Path.cwd()})") from error
    except SuperTokensError as error:
        raise ValueError(f"{name}: {error}") from error
    except Exception as error:
        raise ValueError(f"{name}: {raised(error)}") from error
    if found is None:
        raise ValueError(f"{name}: {module_name} has no attribute {attribute!r}")
    current = _state.current_app_or_none()
    if current is None:
        raise ValueError(f"{name}: it does not call twofold.init when it is imported")
    return current


def raised(error: Exception) -> str:
    """What an application's code raised, and where, in one sentence."""
    *_, place = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__}: {error} ({place.filename}, line {place.lineno})"


async def require_tenant(tenant_id: str) -> None:
    """Raise ValueError when there is no such tenant."""
    if await get_tenant(tenant_id) is None:
        raise ValueError(f"there is no tenant {tenant_id}; `twofold tenants list` shows them")


async def find_user_id(tenant_id: str, who: str) -> str:
    """The id of the user with an id, an address or a number. Raises ValueError when there is none, or are several."""
    await require_tenant(tenant_id)
    user = await get_user(who)
    contact = AccountInfoInput(email=who) if "@" in who else AccountInfoInput(phone_number=who)
    found = [user] if user is not None else await list_users_by_account_info(tenant_id, contact)
    if not found:
        raise ValueError(f"there is no user {who} in the tenant {tenant_id}")
    if len(found) > 1:
        raise ValueError(f"{who} belongs to several users: {', '.join(user.id for user in found)}. Give an id.")
    return found[0].id


def run_in(name: str, command: Callable[[App], Awaitable[Answer]]) -> Answer:
    """Load an application, run the command on its core, and close it. Raises ValueError, as `load` does."""
    loaded = load(name)

    async def opened() -> Answer:
        await loaded.start()
        try:
            return await command(loaded)
        except SuperTokensError as error:
            raise ValueError(str(error)) from error
        finally:
            await loaded.stop()

    return asyncio.run(opened())
