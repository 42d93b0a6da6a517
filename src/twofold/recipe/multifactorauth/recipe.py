# SPDX-License-Identifier: Apache-2.0
"""The multi-factor authentication recipe: it guards every protected route with the claim `st-mfa`."""

import logging
from collections.abc import Sequence
from typing import ClassVar, Self, get_args

from twofold._app_info import AppInfo
from twofold.exceptions import GeneralError
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.recipe._base import Recipe, every_recipe
from twofold.recipe.accountlinking.in_session import NO_POLICY
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.recipe.session.claim_base_classes.session_claim import SessionClaimValidator

from .apis import APIOptions, APIs
from .dead_ends import meant
from .enrolment import PROVING_A_CONTACT
from .freshness import NEVER_FRESH
from .functions import Functions
from .multi_factor_auth_claim import MultiFactorAuthClaim
from .types import (
    FACTOR_CHANGE_MAX_AGE_SECONDS,
    Enrolment,
    FactorIds,
    MultiFactorAuthConfig,
    MultiFactorAuthOverrideConfig,
)

_logger = logging.getLogger("twofold.multifactorauth")


class MultiFactorAuthRecipe(Recipe[Functions, APIs]):
    """Decides which factors a session needs, and remembers which it has."""

    recipe_id: ClassVar[str] = "multifactorauth"
    display_name: ClassVar[str] = "MultiFactorAuthRecipe"

    def __init__(
        self,
        app_info: AppInfo,
        first_factors: Sequence[str] | None = None,
        override: MultiFactorAuthOverrideConfig | None = None,
        factor_change_max_age_seconds: int | None = FACTOR_CHANGE_MAX_AGE_SECONDS,
        enrolment: Enrolment = "first-factor",
    ) -> None:
        super().__init__(app_info, override)
        if isinstance(first_factors, str):
            raise GeneralError(f"'first_factors' must be a list: [{first_factors!r}]")
        if first_factors is not None and not first_factors:
            raise GeneralError("'first_factors' can be either None or a non-empty list")
        if NEVER_FRESH.intersection(first_factors or ()):
            raise GeneralError(f"{sorted(NEVER_FRESH)} stand in for a second factor, and can be no first factor")
        if factor_change_max_age_seconds is not None and factor_change_max_age_seconds <= 0:
            raise GeneralError(
                "'factor_change_max_age_seconds' must be more than 0, or None to ask for no fresh factor"
            )
        if enrolment not in get_args(Enrolment):
            raise GeneralError(f"'enrolment' must be one of {get_args(Enrolment)}, not {enrolment!r}")
        for factor in first_factors or ():
            if (right := meant(factor)) is not None:
                raise GeneralError(f"'first_factors' has {factor!r}; did you mean {right!r}?")
        self.told_dead_ends: set[str] = set()
        """What was logged once already."""
        self.config = MultiFactorAuthConfig(first_factors, factor_change_max_age_seconds, enrolment)

    @classmethod
    def get_instance(cls) -> Self | None:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the recipe of the current App, or None when it is not initialised: the published one does, too."""
        return cls.get_or_none()

    def make_functions(self) -> Functions:
        """Make the functions."""
        return Functions(self.client)

    def make_apis(self) -> APIs:
        """Make the API."""
        return APIs()

    def api_options(self, request: BaseRequest, response: BaseResponse) -> APIOptions:
        """Return what the API gets beside its arguments."""
        return APIOptions(request, response, self.recipe_id, self.config, self.functions, self.app_info, self)

    def after_init(self) -> None:
        """Refuse what cannot work for lack of a recipe: nobody could sign in with it, and nobody would be told."""
        second = {factor for recipe in every_recipe() for factor in recipe.secondary_factors()}
        if self.config.enrolment == "verified-contact" and not second & PROVING_A_CONTACT:
            raise GeneralError(
                "enrolment='verified-contact' sends a code to a verified address or number before anything is set up. "
                "Please add passwordless.init() to the recipe list."
            )
        offered = {factor for recipe in every_recipe() for factor in recipe.first_factors()}
        built_in = set(FactorIds.get_all_factors())
        missing = [factor for factor in self.config.first_factors or () if factor in built_in - offered]
        if missing and len(missing) == len(self.config.first_factors or ()):
            raise GeneralError(
                f"No recipe in the recipe list offers a first factor of multifactorauth.init({missing}). Please add, "
                "for example, emailpassword.init() for 'emailpassword'."
            )
        if missing:
            _logger.warning("No recipe in the list offers these of 'first_factors', so nobody sees them: %s", missing)
        self._warn_of_unlinked(second)

    def _warn_of_unlinked(self, second: set[str]) -> None:
        """Say it at the start that codes cannot be set up as a second factor where nothing is ever linked."""
        by_code = second & PROVING_A_CONTACT
        if not by_code or by_code & set(self.config.first_factors or by_code):
            return
        if not AccountLinkingRecipe.get().config.has_own_policy:
            _logger.warning("No user can set %s up: %s.", sorted(by_code), NO_POLICY)

    def require_second_factor(self, recipe: str) -> None:
        """Refuse a recipe that stands in for second factors where there can be none, not even of the application's own.

        Raises:
            GeneralError: naming the recipe and what to add.
        """
        offered = {factor for each in every_recipe() for factor in (*each.first_factors(), *each.secondary_factors())}
        if len(offered) < 2 and self._override is None and not self._plugins:  # a first and a second
            raise GeneralError(
                f"{recipe} stands in for a second factor, and no recipe offers one. Please add one, as totp.init()."
            )

    def configured_first_factors(self) -> list[str] | None:
        """Return the first factors given at `init`."""
        return None if self.config.first_factors is None else list(self.config.first_factors)

    def global_claim_validators(self) -> list[SessionClaimValidator]:
        """Return the guard of every protected route."""
        return [MultiFactorAuthClaim.validators.has_completed_mfa_requirements_for_auth()]
