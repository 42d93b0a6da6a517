# SPDX-License-Identifier: Apache-2.0
"""Sessions for async Django views: `@verify_session()`, then `request.supertokens` is the session."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar, cast

from twofold.exceptions import SuperTokensError
from twofold.framework.django.django_middleware import answer_error
from twofold.framework.django.django_request import DjangoRequest
from twofold.recipe.session.framework._verification import StepUp, Verification
from twofold.recipe.session.types import OverrideGlobalClaimValidators

from ._verification import request_of

View = TypeVar("View", bound=Callable[..., Any])


def verify_session(
    anti_csrf_check: bool | None = None,
    session_required: bool = True,
    check_database: bool = False,
    override_global_claim_validators: OverrideGlobalClaimValidators | None = None,
    user_context: dict[str, Any] | None = None,
    *,
    max_age_seconds: int | None = None,
    factors: Sequence[str] | None = None,
) -> Callable[[View], View]:
    """Return a decorator that lets an async view be called with a valid session only.

    It goes on functions, on methods of class-based views, and below `@api_view` of Django REST framework. Errors of the
    SDK are answered, those that the view raises included.

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

    def decorate(view: View) -> View:
        @wraps(view)
        async def verified(*args: Any, **kwargs: Any) -> Any:
            request = request_of(args)
            try:
                await verification.verify(DjangoRequest(request))
                return await view(*args, **kwargs)
            except SuperTokensError as error:
                return await answer_error(request, error)

        return cast(View, verified)

    return decorate
