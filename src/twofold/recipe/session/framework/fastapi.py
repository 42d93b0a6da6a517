# SPDX-License-Identifier: Apache-2.0
"""Sessions as dependencies of FastAPI routes: `session: SessionContainer = Depends(verify_session())`."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from twofold import _state
from twofold._user_context import request_context
from twofold.exceptions import SuperTokensError
from twofold.framework.fastapi.fastapi_request import FastApiRequest
from twofold.framework.fastapi.fastapi_response import FastApiResponse
from twofold.recipe.session.framework._verification import StepUp, Verification
from twofold.recipe.session.session_class import SessionContainer
from twofold.recipe.session.types import OverrideGlobalClaimValidators


def verify_session(
    anti_csrf_check: bool | None = None,
    session_required: bool = True,
    check_database: bool = False,
    override_global_claim_validators: OverrideGlobalClaimValidators | None = None,
    user_context: dict[str, Any] | None = None,
    *,
    max_age_seconds: int | None = None,
    factors: Sequence[str] | None = None,
) -> Callable[..., Coroutine[Any, Any, SessionContainer | None]]:
    """Return a dependency that is the request's session.

    Args:
        anti_csrf_check: Force or skip the check; default: check everything but GET.
        session_required: Whether a request without session is refused (401) or gets None.
        check_database: Ask the core whether the session still lives; without it a revoked session works until its
            access token expires.
        override_global_claim_validators: Gets the validators of all routes, the session and the context; returns those
            of this route.
        user_context: Start of each request's context.
        max_age_seconds: Step-up: require a factor that was completed in this session no longer ago than this.
        factors: Of the step-up; left out, one of the highest level that the user has set up.

    Raises:
        GeneralError: A step-up that cannot be; see `has_fresh_factor` of `MultiFactorAuthClaim.validators`.
    """
    step_up = StepUp.asked(max_age_seconds, factors)
    verification = Verification(
        anti_csrf_check, session_required, check_database, override_global_claim_validators, user_context, step_up
    )

    async def verified_session(request: Request) -> SessionContainer | None:
        return await verification.verify(FastApiRequest(request))

    return verified_session


async def session_exception_handler(request: Request, exc: SuperTokensError) -> Response:
    """Answer an error of the SDK in an application without our middleware.

    Add it with `app.add_exception_handler(SuperTokensError, session_exception_handler)`. As published, the reply
    has status and body alone: only the middleware clears tokens.
    """
    wrapped = FastApiRequest(request)
    reply = await _state.current_app().handle_error(wrapped, exc, FastApiResponse(Response()), request_context(wrapped))
    if not isinstance(reply, FastApiResponse):
        raise TypeError("An error handler must return the response that it was given")
    return Response(reply.response.body, reply.response.status_code, media_type="application/json")
