# SPDX-License-Identifier: Apache-2.0
"""Functions of the recovery code recipe on the core; every one may be overridden."""

from twofold._core_client import CoreClient
from twofold._wire import Json, outcome
from twofold.recipe._own_endpoints import of_our_core
from twofold.recipe.multifactorauth.recipe import MultiFactorAuthRecipe
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
# Who can be sent a code by mail can be sent a link: one mailbox is no second factor of itself.
_KINDS = {
    "otp-email": "email",
    "link-email": "email",
    "otp-phone": "phone",
    "link-phone": "phone",
    "emailpassword": "account",
    "thirdparty": "account",
}


class Functions(BaseRecipeInterface):
    """What can be done with recovery codes."""

    def __init__(self, client: CoreClient, config: RecoveryCodesConfig) -> None:
        self._client = client
        self._config = config

    async def create_codes(self, user_id: str, user_context: UserContext) -> CreateCodesOkResult:
        """Make a set of codes, told here and never again; those of before are worthless from now on."""
        answer = await self._post("", {"userId": user_id, "count": self._config.count}, user_context)
        return outcome(answer, CreateCodesOkResult)

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
        """Make all codes of the user worthless."""
        return outcome(await self._post("/remove", {"userId": user_id}, user_context), RemoveCodesOkResult)

    async def has_second_factor(self, user: User, user_context: UserContext) -> bool:
        """Tell whether the user has set up factors of two kinds, so that there is one to be lost."""
        set_up = await MultiFactorAuthRecipe.get().functions.get_factors_setup_for_user(user, user_context)
        return len({_KINDS.get(factor, factor) for factor in set_up}) > 1

    async def _post(self, path: str, body: Json, user_context: UserContext) -> Json:
        return await of_our_core("recovery codes", self._client.post(_PATH + path, None, body, user_context))
