# SPDX-License-Identifier: Apache-2.0
"""Sessions for WSGI applications: `@verify_session()`, then `environ["supertokens"]` is the session."""

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any

from twofold._sync import run
from twofold.framework.wsgi.wsgi_middleware import Application, Environ
from twofold.framework.wsgi.wsgi_request import WsgiRequest
from twofold.framework.wsgi.wsgi_response import StartResponse
from twofold.recipe.session.framework._verification import StepUp, Verification
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
) -> Callable[[Application], Application]:
    """Return a decorator that lets a WSGI application be called with a valid session only.

    What is wrong with the session is answered by the middleware around it.

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

    def decorate(application: Application) -> Application:
        @wraps(application)
        def verified(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            run(verification.verify(WsgiRequest(environ)))
            return application(environ, start_response)

        return verified

    return decorate
