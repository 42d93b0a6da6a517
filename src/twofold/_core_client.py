# SPDX-License-Identifier: Apache-2.0
"""How recipes talk to the core. The transport, in this process or over HTTP, is an argument.

`CoreClient` keeps answers of the core for the life of one request: sign-in reads the same user and tenant many times.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from twofold._user_context import default_part
from twofold._wire import Json
from twofold.types.base import UserContext

PUBLIC_TENANT = "public"


class CoreTransport(Protocol):
    """Carries one call to the core and brings its JSON back."""

    async def call(  # the seam between SDK and core
        self,
        method: str,
        path: str,
        *,
        tenant_id: str | None,
        query: Mapping[str, str],
        body: Json | None,
        rid: str,
        user_context: UserContext,
    ) -> Json:
        """Answer a call; None as tenant means the app itself.

        Raises:
            CoreError: the core refused it, or could not be reached.
        """
        ...

    async def start(self) -> None:
        """Get ready before the first call. May be left out: the first call does it."""
        ...

    async def stop(self) -> None:
        """Release connections and files."""
        ...


class _Generation:
    """Counts writes that every request must see; shared by the clients of one App."""

    def __init__(self) -> None:
        self.number = 0


class CoreClient:
    """Calls the core in the name of one recipe.

    Every method takes the path below app and tenant, the tenant (None for calls of the app as a whole) and the
    request's context, and returns the JSON that the core answered with status 200.

    Raises:
        CoreError: any other answer, or none.
    """

    def __init__(
        self,
        transport: CoreTransport,
        *,
        recipe_id: str = "",
        keeps_answers: bool = True,
        generation: _Generation | None = None,
    ) -> None:
        self.transport = transport
        self._recipe_id = recipe_id
        self._keeps_answers = keeps_answers
        self._generation = generation or _Generation()

    def for_recipe(self, recipe_id: str) -> "CoreClient":
        """Return a client that speaks for this recipe, sharing everything else."""
        return CoreClient(
            self.transport, recipe_id=recipe_id, keeps_answers=self._keeps_answers, generation=self._generation
        )

    async def get(self, path: str, tenant_id: str | None, query: Mapping[str, Any], user_context: UserContext) -> Json:
        """Ask; None values are left out. Repeated questions of one request are answered from its context."""
        parameters = _as_query(query)
        if not self._keeps_answers:
            # A copy here, too: a core in this process answers with what it keeps in memory itself.
            fresh: Json = _copied(await self._call("GET", path, tenant_id, parameters, None, user_context))
            return fresh
        kept = self._kept_answers(user_context)
        key = (tenant_id, path, tuple(sorted(parameters.items())))
        if key not in kept:
            kept[key] = await self._call("GET", path, tenant_id, parameters, None, user_context)
        answer: Json = _copied(kept[key])
        return answer

    async def post(self, path: str, tenant_id: str | None, body: Json, user_context: UserContext) -> Json:
        """Change something, or ask with a secret. Forgets what this request has read before."""
        return await self._change("POST", path, tenant_id, {}, body, user_context)

    async def put(self, path: str, tenant_id: str | None, body: Json, user_context: UserContext) -> Json:
        """Change something. Forgets what this request has read before."""
        return await self._change("PUT", path, tenant_id, {}, body, user_context)

    async def delete(
        self, path: str, tenant_id: str | None, query: Mapping[str, Any], user_context: UserContext
    ) -> Json:
        """Remove something. Forgets what this request has read before."""
        return await self._change("DELETE", path, tenant_id, _as_query(query), None, user_context)

    async def _change(
        self,
        method: str,
        path: str,
        tenant_id: str | None,
        query: Mapping[str, str],
        body: Json | None,
        user_context: UserContext,
    ) -> Json:
        self._forget(user_context)
        try:
            return await self._call(method, path, tenant_id, query, body, user_context)
        finally:
            # A question asked while the change was under way may have been answered with the state before it.
            self._forget(user_context)

    async def _call(
        self,
        method: str,
        path: str,
        tenant_id: str | None,
        query: Mapping[str, str],
        body: Json | None,
        user_context: UserContext,
    ) -> Json:
        rid = self._recipe_id if path.startswith("/recipe/") else ""
        return await self.transport.call(
            method, path, tenant_id=tenant_id, query=query, body=body, rid=rid, user_context=user_context
        )

    def _kept_answers(self, user_context: UserContext) -> dict[Any, Json]:
        defaults = default_part(user_context)
        if defaults.get("global_cache_tag") != self._generation.number:
            defaults["global_cache_tag"] = self._generation.number
            defaults["core_call_cache"] = {}
        kept: dict[Any, Json] = defaults.setdefault("core_call_cache", {})
        return kept

    def _forget(self, user_context: UserContext) -> None:
        defaults = default_part(user_context)
        defaults["core_call_cache"] = {}
        if not defaults.get("keep_cache_alive"):
            self._generation.number += 1


def _as_query(values: Mapping[str, Any]) -> dict[str, str]:
    return {key: _as_text(value) for key, value in values.items() if value is not None}


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(value)
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _copied(value: Any) -> Any:
    """Copy JSON, so that what a caller does to an answer is not seen by the next one."""
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_copied(item) for item in value]
    return value
