# SPDX-License-Identifier: Apache-2.0
"""A core that answers what a test says and remembers what it was asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from twofold._app_info import AppInfo, InputAppInfo, SupertokensConfig
from twofold._wire import Json
from twofold.recipe._base import RecipeInit
from twofold.supertokens import connect_app
from twofold.types.base import UserContext

APP_INFO = AppInfo.from_input(
    InputAppInfo("Shop", "http://localhost:8000", website_domain="http://localhost:3000"), "fastapi", None
)


@dataclass
class FakeCore:
    """Answers by path; what has no answer gets `{"status": "OK"}`."""

    answers: dict[str, Json] = field(default_factory=dict)
    calls: list[tuple[str, str, str | None]] = field(default_factory=list)
    bodies: list[Json | None] = field(default_factory=list)
    queries: list[Mapping[str, str]] = field(default_factory=list)
    rids: list[str] = field(default_factory=list)

    async def call(
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
        """Remember the call and answer it."""
        self.calls.append((method, path, tenant_id))
        self.bodies.append(body)
        self.queries.append(query)
        self.rids.append(rid)
        return self.answers.get(path, {"status": "OK"})

    async def start(self) -> None:
        """Nothing to start."""

    async def stop(self) -> None:
        """Nothing to stop."""


def app_on(core: FakeCore, *recipes: RecipeInit, app_info: AppInfo = APP_INFO) -> None:
    """Make an App on a fake core the current one."""
    connect_app(app_info, recipes, SupertokensConfig(), core)
