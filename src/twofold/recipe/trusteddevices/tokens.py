# SPDX-License-Identifier: Apache-2.0
"""Where a device's token lies: in a cookie of its own, or, for clients without cookies, in a header.

A client that holds its session in headers is answered the token in the header `st-trusted-device`, keeps it, and sends
it in the header of the same name when its user signs in again.
"""

from typing import TYPE_CHECKING

from twofold import _state
from twofold._app_info import AppInfo
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.recipe.session.cookies import ResponseMutator, set_exposed_header
from twofold.recipe.session.recipe import SessionRecipe
from twofold.types.base import UserContext

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

COOKIE = "sTrustedDevice"
HEADER = "st-trusted-device"
_FORGET = "remove"


def read_token(request: BaseRequest) -> str | None:
    """Return the token that a request carries, or None."""
    return request.get_header(HEADER) or request.get_cookie(COOKIE)


def device_id_of(token: str | None) -> str | None:
    """Return the part of a token that is no secret."""
    return None if token is None else token.partition(".")[0]


def send_token(session: "SessionContainer", token: str, expires_at: int) -> None:
    """Send a token with the response to the session's request."""
    session.response_mutators.append(_mutator(session, token, expires_at))


def forget_token(session: "SessionContainer") -> None:
    """Make the client forget its token."""
    session.response_mutators.append(_mutator(session, None, 0))


def _mutator(session: "SessionContainer", token: str | None, expires_at: int) -> ResponseMutator:
    info = session.req_res_info
    is_header = info is not None and info.transfer_method == "header"
    config = SessionRecipe.get().config

    def mutate(response: BaseResponse, _user_context: UserContext) -> None:
        if is_header:
            set_exposed_header(response, HEADER, _FORGET if token is None else token)
            return
        response.set_cookie(
            COOKIE,
            token or "",
            expires_at,
            _path(_state.current_app().app_info),
            config.cookie_domain,
            secure=config.cookie_secure,
            httponly=True,
            # The cookie matters to sign-ins alone, which never come from a page of another site.
            samesite="lax",
        )

    return mutate


def _path(app_info: AppInfo) -> str:
    """Where people sign in: below the APIs' path, and with pages of ours that are elsewhere, anywhere."""
    api, pages = (path.get_as_string_dangerous() for path in (app_info.api_base_path, app_info.website_base_path))
    are_apart = _state.current_app().recipe("ui") is not None and not f"{pages}/".startswith(f"{api}/")
    return "/" if are_apart or not api else api
