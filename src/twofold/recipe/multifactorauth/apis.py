# SPDX-License-Identifier: Apache-2.0
"""The HTTP API of multi-factor authentication: what the session has done, must do and may set up."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

from twofold import _state
from twofold._app_info import AppInfo
from twofold._wire import Json, fields_to_json, wire
from twofold.exceptions import GeneralError
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.recipe._api import api
from twofold.recipe._base import every_recipe
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe, find_login_method
from twofold.recipe.session.exceptions import InvalidClaimsError, raise_unauthorised_exception
from twofold.types.base import User, UserContext
from twofold.types.recipe import BaseAPIInterface
from twofold.types.response import APIResponse, GeneralErrorResponse

from . import session_state
from .functions import Functions, refresh_claim
from .types import MFARequirementList, MultiFactorAuthConfig

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

    from .recipe import MultiFactorAuthRecipe


@dataclass
class NextFactors:
    """Factor ids: to be done next, set up already, allowed to be set up now."""

    next_: list[str] = field(metadata=wire(name="next"))
    already_setup: list[str]
    allowed_to_setup: list[str]


@dataclass
class ResyncSessionAndFetchMFAInfoPUTOkResult(APIResponse):
    """What a front end needs to lead its user on. The maps give, per factor, the addresses it may use, best first.

    `additions` are further members of the JSON, by which recipes of ours tell front ends that know them more.
    """

    status: ClassVar[Literal["OK"]] = "OK"
    factors: NextFactors
    emails: dict[str, list[str]]
    phone_numbers: dict[str, list[str]]
    additions: Json = field(default_factory=dict, metadata=wire(hidden=True))

    def to_json(self) -> Json:
        """Return the members, and beside them the additions."""
        return self.additions | fields_to_json(self)


@dataclass
class APIOptions:
    """What the API gets beside its arguments."""

    request: BaseRequest
    response: BaseResponse
    recipe_id: str
    config: MultiFactorAuthConfig
    recipe_implementation: Functions
    app_info: AppInfo
    recipe_instance: "MultiFactorAuthRecipe"


class APIs(BaseAPIInterface):
    """The API; it may be overridden or disabled."""

    disable_resync_session_and_fetch_mfa_info_put: bool = False

    @api("PUT", "/mfa/info", session="required")
    async def resync_session_and_fetch_mfa_info_put(
        self, api_options: APIOptions, session: "SessionContainer", user_context: UserContext
    ) -> ResyncSessionAndFetchMFAInfoPUTOkResult | GeneralErrorResponse:
        """Ask the policy anew, bring the session's claim up to date, and tell what comes next.

        Raises:
            UnauthorisedError: the session's user or tenant is gone.
            GeneralError: the policy requires what the user is not allowed to do.
        """
        functions = api_options.recipe_implementation
        user = await AccountLinkingRecipe.get().functions.get_user(session.get_user_id(user_context), user_context)
        if user is None:
            raise_unauthorised_exception("Session user not found")
        state = await refresh_claim(session, user_context)
        set_up = await functions.get_factors_setup_for_user(user, user_context)
        await session_state.required_for_tenant(session.get_tenant_id(user_context), user_context)
        allowed = await _allowed_to_set_up(functions, session, state.requirements, set_up, user_context)
        emails, phone_numbers = _contacts(user, session)
        return ResyncSessionAndFetchMFAInfoPUTOkResult(
            NextFactors(_doable(state.next_step.factor_ids, [*allowed, *set_up]), set_up, allowed),
            emails,
            phone_numbers,
            {
                key: value
                for recipe in every_recipe()
                for key, value in (await recipe.mfa_info(session, user, user_context)).items()
            },
        )


async def _allowed_to_set_up(
    functions: Functions,
    session: "SessionContainer",
    requirements: MFARequirementList,
    set_up: list[str],
    user_context: UserContext,
) -> list[str]:
    async def required() -> MFARequirementList:
        return requirements

    async def already() -> list[str]:
        return set_up

    allowed: list[str] = []
    for factor in _state.current_app().secondary_factors:
        try:
            await functions.assert_allowed_to_setup_factor_else_throw_invalid_claim_error(
                session, factor, required, already, user_context
            )
        except InvalidClaimsError:
            continue
        allowed.append(factor)
    return allowed


def _doable(wanted: list[str], usable: list[str]) -> list[str]:
    doable = [factor for factor in wanted if factor in usable]
    if wanted and not doable:
        raise GeneralError(
            "The user is required to complete secondary factors they are not allowed to "
            f"({', '.join(wanted)}), likely because of configuration issues."
        )
    return doable


def _contacts(user: User, session: "SessionContainer") -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    recipe_user_id = session.get_recipe_user_id()
    if find_login_method(user, recipe_user_id) is None:
        raise_unauthorised_exception("User no longer associated with the session")
    emails: dict[str, list[str]] = {}
    phone_numbers: dict[str, list[str]] = {}
    for recipe in every_recipe():
        emails.update(recipe.emails_for_factors(user, recipe_user_id))
        phone_numbers.update(recipe.phone_numbers_for_factors(user, recipe_user_id))
    return emails, phone_numbers
