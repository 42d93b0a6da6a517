# SPDX-License-Identifier: Apache-2.0
"""What both decorators do: find the request among a view's arguments, and verify its session."""

from typing import Any

from twofold._user_context import request_context
from twofold.exceptions import GeneralError
from twofold.framework.django.django_request import DjangoRequest, is_request
from twofold.recipe.session.recipe import SessionRecipe
from twofold.recipe.session.types import OverrideGlobalClaimValidators


class Verification:
    """The arguments of one `verify_session(…)`."""

    def __init__(
        self,
        anti_csrf_check: bool | None,
        session_required: bool,
        check_database: bool,
        override_global_claim_validators: OverrideGlobalClaimValidators | None,
        user_context: dict[str, Any] | None,
    ) -> None:
        self._checks = (anti_csrf_check, session_required, check_database, override_global_claim_validators)
        self._user_context = user_context

    async def verify(self, request: Any) -> None:
        """Attach the request's session, or None, to it.

        Raises:
            SuperTokensError: there is no valid session, or a claim of it is not as it must be.
        """
        wrapped = DjangoRequest(request)
        # A context per request: one that requests share would leak from one user to another.
        context = request_context(wrapped, None if self._user_context is None else dict(self._user_context))
        session = await SessionRecipe.get().verify_session(wrapped, *self._checks, context)
        if session is None:
            wrapped.set_session_as_none()
        else:
            wrapped.set_session(session)


def request_of(arguments: tuple[Any, ...]) -> Any:
    """Return the request that a view was called with; in a class-based view `self` comes before it.

    Raises:
        GeneralError: there is none.
    """
    found = next((item for item in arguments[:2] if is_request(item)), None)
    if found is None:
        raise GeneralError("verify_session decorates views of Django: functions or methods that get a request")
    return found
