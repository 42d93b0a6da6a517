# SPDX-License-Identifier: Apache-2.0
"""What `verify_session` does in every framework."""

from typing import Any

from twofold._user_context import request_context
from twofold.framework.request import BaseRequest
from twofold.recipe.session.recipe import SessionRecipe
from twofold.recipe.session.session_class import SessionContainer
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

    async def verify(self, request: BaseRequest) -> SessionContainer | None:
        """Attach the request's session, or None, to it.

        Raises:
            SuperTokensError: there is no valid session, or a claim of it is not as it must be.
        """
        # A context per request: one that requests share would leak from one user to another.
        context = request_context(request, None if self._user_context is None else dict(self._user_context))
        session = await SessionRecipe.get().verify_session(request, *self._checks, context)
        if session is None:
            request.set_session_as_none()
        else:
            request.set_session(session)
        return session
