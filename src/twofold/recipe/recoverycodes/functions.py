# SPDX-License-Identifier: Apache-2.0
"""Functions of the recovery code recipe on the core; every one may be overridden."""

from twofold._core_client import CoreClient
from twofold._wire import Json, outcome
from twofold.exceptions import SuperTokensError
from twofold.recipe._own_endpoints import of_our_core
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.recipe.multifactorauth.recipe import MultiFactorAuthRecipe
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.recipe.notices.telling import tell, user_to_tell
from twofold.recipe.session.exceptions import raise_unauthorised_exception
from twofold.types.base import User, UserContext
from twofold.types.recipe import BaseRecipeInterface

from .types import (
    ConsumeCodeOkResult,
    CountCodesOkResult,
    CreateCodesOkResult,
    InvalidRecoveryCodeError,
    LimitReachedError,
    NoRecoveryCodesError,
    RecoveryCodesConfig,
    RemoveCodesOkResult,
)

_PATH = "/recipe/recoverycodes"


class NoSecondFactor(SuperTokensError):
    """There is no second factor that a recovery code could stand in for."""


class Functions(BaseRecipeInterface):
    """What can be done with recovery codes."""

    def __init__(self, client: CoreClient, config: RecoveryCodesConfig) -> None:
        self._client = client
        self._config = config

    async def create_codes(
        self, user_id: str, session_handle: str | None, user_context: UserContext
    ) -> CreateCodesOkResult:
        """Make a set of codes, told here and never again; those of before are worthless from now on.

        With `session_handle` they are made in the name of that session of the user: of its end, or the removal of the
        last second factor, and this, one comes first. Without, nothing is looked at. The user is told of a first set;
        see `notices`.

        Raises:
            UnauthorisedError: the session has ended.
            NoSecondFactor: the user of the session has nothing to lose, or no longer.
        """
        told = await user_to_tell(user_id, user_context)
        body: Json = {"userId": user_id, "count": self._config.count}
        if session_handle is not None:
            user = await AccountLinkingRecipe.get().functions.get_user(user_id, user_context)
            has_other_factor = user is not None and await _has_own_factor(user, user_context)
            body |= {"sessionHandle": session_handle, "hasOtherFactor": has_other_factor}
        answer = await self._post("", body, user_context)
        if answer["status"] == "UNAUTHORISED":
            raise_unauthorised_exception("The session has ended")
        if answer["status"] == "NO_SECOND_FACTOR_ERROR":
            raise NoSecondFactor
        created = outcome(answer, CreateCodesOkResult)
        if not created.did_replace:
            await tell(told, "added", FactorIds.RECOVERY_CODE, None, user_context)
        return created

    async def count_codes(self, user_id: str, user_context: UserContext) -> CountCodesOkResult:
        """Return how many codes the user has left."""
        answer = self._client.get(_PATH, None, {"userId": user_id}, user_context)
        return outcome(await of_our_core("recovery codes", answer), CountCodesOkResult)

    async def consume_code(
        self, user_id: str, code: str, user_context: UserContext
    ) -> ConsumeCodeOkResult | InvalidRecoveryCodeError | LimitReachedError | NoRecoveryCodesError:
        """Use a code up, as it was typed. Of many calls with one code, one succeeds. Costs one slow hash."""
        answer = await self._post("/consume", {"userId": user_id, "code": code}, user_context)
        return outcome(answer, ConsumeCodeOkResult, InvalidRecoveryCodeError, LimitReachedError, NoRecoveryCodesError)

    async def remove_codes(self, user_id: str, user_context: UserContext) -> RemoveCodesOkResult:
        """Make all codes of the user worthless. The user is told; see `notices`."""
        told = await user_to_tell(user_id, user_context)
        result = outcome(await self._post("/remove", {"userId": user_id}, user_context), RemoveCodesOkResult)
        if result.did_codes_exist:
            await tell(told, "removed", FactorIds.RECOVERY_CODE, None, user_context)
        return result

    async def has_second_factor(self, user: User, user_context: UserContext) -> bool:
        """Tell whether the user has set up factors of two kinds, so that there is one to be lost."""
        counted = await self.count_codes(user.id, user_context)
        return counted.has_second_factor or await _has_own_factor(user, user_context)

    async def _post(self, path: str, body: Json, user_context: UserContext) -> Json:
        return await of_our_core("recovery codes", self._client.post(_PATH + path, None, body, user_context))


async def _has_own_factor(user: User, user_context: UserContext) -> bool:
    """Whether the user has set up a factor of the application's own, which the core cannot know."""
    set_up = await MultiFactorAuthRecipe.get().functions.get_factors_setup_for_user(user, user_context)
    return not set(set_up) <= set(FactorIds.get_all_factors())
