# SPDX-License-Identifier: Apache-2.0
"""Functions of multi-factor authentication; the policy is one of them, and every one may be overridden."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from twofold._core_client import CoreClient
from twofold.exceptions import CoreError
from twofold.recipe.session.claim_base_classes.session_claim import (
    ClaimValidationResult,
    JSONObject,
    SessionClaimValidator,
)
from twofold.recipe.usermetadata.recipe import UserMetadataRecipe
from twofold.types.base import User, UserContext
from twofold.types.recipe import BaseRecipeInterface

from . import session_state
from .multi_factor_auth_claim import MultiFactorAuthClaim
from .requirements import next_for_auth
from .types import MFAClaimValue, MFARequirementList

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

# Where the incumbent keeps a user's own requirements too, so that its users bring them along.
METADATA_KEY = "_supertokens"
REQUIRED_KEY = "requiredSecondaryFactors"
_NOT_FOUND = 404


class Functions(BaseRecipeInterface):
    """What multi-factor authentication decides and remembers."""

    def __init__(self, client: CoreClient) -> None:
        self._client = client

    async def assert_allowed_to_setup_factor_else_throw_invalid_claim_error(
        self,
        session: "SessionContainer",
        factor_id: str,
        mfa_requirements_for_auth: Callable[[], Awaitable[MFARequirementList]],
        factors_set_up_for_user: Callable[[], Awaitable[list[str]]],
        user_context: UserContext,
    ) -> None:
        """Refuse a session that must not add this factor: it has not done what it can do already.

        Raises:
            InvalidClaimsError: it must complete another factor first.
        """
        validator = _MayBeSetUp(factor_id, mfa_requirements_for_auth, factors_set_up_for_user)
        await session.assert_claims([validator], user_context)

    async def get_mfa_requirements_for_auth(
        self,
        tenant_id: str,
        access_token_payload: dict[str, Any],
        completed_factors: dict[str, int],
        user: Callable[[], Awaitable[User]],
        factors_set_up_for_user: Callable[[], Awaitable[list[str]]],
        required_secondary_factors_for_user: Callable[[], Awaitable[list[str]]],
        required_secondary_factors_for_tenant: Callable[[], Awaitable[list[str]]],
        user_context: UserContext,
    ) -> MFARequirementList:
        """The policy: which factors a session needs. By default one of those required of the user or by the tenant.

        The four callables read what they name when they are awaited, and not before.
        """
        of_user = await required_secondary_factors_for_user()
        of_tenant = await required_secondary_factors_for_tenant()
        return [{"oneOf": list(dict.fromkeys([*of_user, *of_tenant]))}]

    async def mark_factor_as_complete_in_session(
        self, session: "SessionContainer", factor_id: str, user_context: UserContext
    ) -> None:
        """Record that the session has completed a factor, now, and decide anew whether that is enough."""
        await refresh_claim(session, user_context, completed_now=factor_id)

    async def get_factors_setup_for_user(self, user: User, user_context: UserContext) -> list[str]:
        """Return the factors that the user can already use."""
        return await session_state.factors_set_up(user, user_context)

    async def get_required_secondary_factors_for_user(self, user_id: str, user_context: UserContext) -> list[str]:
        """Return the secondary factors that this user must do whatever the tenant says."""
        return _required(await _metadata(user_id, user_context))

    async def add_to_required_secondary_factors_for_user(
        self, user_id: str, factor_id: str, user_context: UserContext
    ) -> None:
        """Require a secondary factor of this user from the next sign-in on."""
        await self._change_required(user_id, [factor_id], [], user_context)

    async def remove_from_required_secondary_factors_for_user(
        self, user_id: str, factor_id: str, user_context: UserContext
    ) -> None:
        """Require a secondary factor of this user no longer."""
        await self._change_required(user_id, [], [factor_id], user_context)

    async def _change_required(
        self, user_id: str, add: list[str], remove: list[str], user_context: UserContext
    ) -> None:
        body = {"userId": user_id, "path": [METADATA_KEY, REQUIRED_KEY], "add": add, "remove": remove}
        try:
            await self._client.put("/recipe/user/metadata/list", None, body, user_context)
        except CoreError as error:
            if error.status_code != _NOT_FOUND:
                raise
            # Another core than Twofold's cannot change a list: there, of two changes at once one may be lost.
            metadata = await _metadata(user_id, user_context)
            required = [factor for factor in dict.fromkeys([*_required(metadata), *add]) if factor not in remove]
            update = {METADATA_KEY: {**metadata, REQUIRED_KEY: required}}
            await UserMetadataRecipe.get().functions.update_user_metadata(user_id, update, user_context)


async def refresh_claim(
    session: "SessionContainer", user_context: UserContext, completed_now: str | None = None
) -> session_state.MFAState:
    """Work out a session's state anew, and write it to the session when its claim does not say it.

    Raises:
        UnauthorisedError: the user, the session or the tenant is gone.
    """
    state = await session_state.of_payload(
        session.get_recipe_user_id(user_context),
        session.get_tenant_id(user_context),
        session.get_access_token_payload(user_context),
        user_context,
        completed_now,
    )
    if state.is_new:
        value = MFAClaimValue(c=state.completed_factors, v=state.is_satisfied)
        await session.set_claim_value(MultiFactorAuthClaim, value, user_context)
    return state


class _MayBeSetUp(SessionClaimValidator):
    """Whether a session may set a factor up.

    An attacker with a password alone must not answer "you need a second factor" by bringing their own: as long as any
    of the factors that would do next is set up, the user must use that one first.
    """

    def __init__(
        self,
        factor_id: str,
        requirements: Callable[[], Awaitable[MFARequirementList]],
        set_up: Callable[[], Awaitable[list[str]]],
    ) -> None:
        super().__init__(MultiFactorAuthClaim.key)
        self.claim = MultiFactorAuthClaim
        self._factor_id = factor_id
        self._requirements = requirements
        self._set_up = set_up

    def should_refetch(self, payload: JSONObject, user_context: UserContext) -> bool:
        """Fetch only what is missing."""
        return MultiFactorAuthClaim.get_value_from_payload(payload) is None

    async def validate(self, payload: JSONObject, user_context: UserContext) -> ClaimValidationResult:
        """Accept a session that is complete, or that needs exactly this factor and can do no other."""
        value = MultiFactorAuthClaim.get_value_from_payload(payload)
        if value is not None and value.v:
            return ClaimValidationResult(is_valid=True)
        completed = value.c if value else {}
        step = next_for_auth(completed, await self._requirements(), session_state.trusted_factors(payload))
        if set(step.factor_ids) & set(await self._set_up()):
            return _refused("Completed factors in the session does not satisfy the MFA requirements for auth")
        if step.factor_ids and self._factor_id not in step.factor_ids:
            return _refused("Not allowed to setup factor that is not in the next set of unsatisfied factors")
        return ClaimValidationResult(is_valid=True)


def _refused(message: str) -> ClaimValidationResult:
    return ClaimValidationResult(is_valid=False, reason={"message": message})


async def _metadata(user_id: str, user_context: UserContext) -> dict[str, Any]:
    result = await UserMetadataRecipe.get().functions.get_user_metadata(user_id, user_context)
    own = result.metadata.get(METADATA_KEY)
    return own if isinstance(own, dict) else {}


def _required(metadata: dict[str, Any]) -> list[str]:
    factors = metadata.get(REQUIRED_KEY)
    return [factor for factor in factors if isinstance(factor, str)] if isinstance(factors, list) else []
