# SPDX-License-Identifier: Apache-2.0
# pyright: strict
"""A plugin, and an application's own test with `twofold.testing`."""

from twofold import SupertokensExperimentalConfig, testing
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.plugins import PluginRouteHandler, SuperTokensPlugin, VerifySessionOptions
from twofold.recipe import emailpassword, session
from twofold.recipe.session import SessionContainer
from twofold.types.base import UserContext


async def show(
    *, request: BaseRequest, response: BaseResponse, session: SessionContainer | None, user_context: UserContext
) -> BaseResponse:
    """Answer who is there."""
    response.set_json_content({"user": None if session is None else session.get_user_id()})
    return response


PLUGIN = SuperTokensPlugin(
    id="who",
    compatible_sdk_versions=">=0.30",
    route_handlers=[
        PluginRouteHandler(
            method="get", path="/who", handler=show, verify_session_options=VerifySessionOptions(session_required=False)
        )
    ],
)
CONFIG = SupertokensExperimentalConfig(plugins=[PLUGIN])


def story() -> str:
    """Read a code after an hour."""
    with testing.app([session.init(), emailpassword.init()], framework="flask") as app:
        app.clock.turn(seconds=3600)
        return app.outbox.code("ann@example.com")


async def async_story() -> int:
    """Count messages."""
    async with testing.app([session.init(), emailpassword.init()]) as app:
        return len(app.outbox.messages())
