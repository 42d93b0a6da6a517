# SPDX-License-Identifier: Apache-2.0
"""An App without a core, for mails that name the application."""

from typing import Any

from twofold._app import App
from twofold._app_info import AppInfo, SupertokensConfig
from twofold._wire import Json
from twofold.recipe import usermetadata


class NoCore:
    """A core that nobody may call."""

    async def call(self, method: str, path: str, **_: Any) -> Json:
        """Refuse."""
        raise AssertionError(f"{method} {path}")

    async def start(self) -> None:
        """Do nothing."""

    async def stop(self) -> None:
        """Do nothing."""


def make_app(name: str = "Shop", api_domain: str = "http://localhost:8000", now_ms: int = 0) -> App:
    """Make an App and make it the current one."""
    info = AppInfo(name, api_domain, "http://localhost:3000", "fastapi", "", "/auth", "/auth", None, None)
    app = App(info, [usermetadata.init()], NoCore(), SupertokensConfig(), clock_ms=lambda: now_ms)
    app.make_current()
    return app
