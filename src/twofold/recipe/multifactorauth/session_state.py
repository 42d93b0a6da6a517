# SPDX-License-Identifier: Apache-2.0
"""What multi-factor authentication knows of a session: completed factors, the user's requirements, and the verdict."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from twofold import _state
from twofold.exceptions import GeneralError
from twofold.recipe import _first_factors
from twofold.recipe._base import every_recipe
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe, find_login_method
from twofold.recipe.multitenancy.recipe import MultitenancyRecipe
from twofold.recipe.session.exceptions import raise_unauthorised_exception
from twofold.recipe.session.recipe import SessionRecipe
from twofold.types.base import LoginMethod, RecipeUserId, User, UserContext

from . import assurance, dead_ends, enrolment
from .requirements import next_for_auth, next_unsatisfied
from .types import AssuranceGroup, FactorIds, FactorIdsAndType, MFAClaimValue, MFARequirementList

if TYPE_CHECKING:
    from .functions import Functions

T = TypeVar("T")

TRUSTED_DEVICE_KEY = "st-td"
"""Where the access token names a trusted device and what it stands in for, beside the claim `st-mfa`."""


@dataclass(frozen=True)
class MFAState:
    """A session as it stands. `is_new` tells that its claim does not say this yet."""

    completed_factors: dict[str, int]
    requirements: MFARequirementList
    next_step: FactorIdsAndType
    is_new: bool

    @property
    def is_satisfied(self) -> bool:
        """Whether everything that is required for the user was done."""
        return not self.next_step.factor_ids


def read_claim(value: Any) -> MFAClaimValue | None:
    """Return the claim in a payload; None when it is missing or malformed."""
    if not isinstance(value, dict):
        return None
    completed, verdict = value.get("c"), value.get("v")
    if not isinstance(completed, dict) or not isinstance(verdict, bool):
        return None
    return MFAClaimValue(c=dict(completed), v=verdict)


def trusted_factors(payload: dict[str, Any]) -> list[str]:
    """Return what the trusted device of a session stands in for, if it has one."""
    device = payload.get(TRUSTED_DEVICE_KEY)
    factors = device.get("factors") if isinstance(device, dict) else None
    return [factor for factor in factors if isinstance(factor, str)] if isinstance(factors, list) else []


async def of_payload(
    recipe_user_id: RecipeUserId,
    tenant_id: str,
    payload: dict[str, Any],
    user_context: UserContext,
    completed_now: str | None = None,
) -> MFAState:
    """Work out a session's state from its access token, asking the policy anew.

    Args:
        recipe_user_id: the login method of the session.
        tenant_id: the session's tenant.
        payload: the access token's payload.
        user_context: the request's.
        completed_now: a factor that was completed just now.

    Raises:
        UnauthorisedError: the user, the session or the tenant is gone.
    """
    claim = read_claim(payload.get("st-mfa"))
    completed = {} if claim is None else dict(claim.c)
    if completed_now is not None:
        completed[completed_now] = _state.current_app().clock_ms() // 1000
    elif claim is None:
        completed = await _first_factor_of_old_session(recipe_user_id, tenant_id, payload, user_context)
    requirements = await requirements_of(recipe_user_id, tenant_id, payload, completed, user_context)
    next_step = next_for_auth(completed, requirements, trusted_factors(payload))
    dead_ends.tell(next_step, f"The policy, in the tenant {tenant_id!r},")
    is_new = claim is None or completed_now is not None or claim.v == bool(next_step.factor_ids)
    return MFAState(completed, requirements, next_step, is_new)


async def requirements_of(
    recipe_user_id: RecipeUserId,
    tenant_id: str,
    payload: dict[str, Any],
    completed: dict[str, int],
    user_context: UserContext,
    *,
    without: Collection[str] = (),
) -> MFARequirementList:
    """Ask the policy what this session must have done. What it does not look at is never read.

    It is asked as if the factors in `without` were not set up.
    """
    recipe_functions = functions()

    async def find_user() -> User:
        return await user_of(recipe_user_id, user_context)

    async def find_required_for_tenant() -> list[str]:
        return await required_for_tenant(tenant_id, user_context)

    user = _once(find_user)

    async def factors_set_up() -> list[str]:
        found = await recipe_functions.get_factors_setup_for_user(await user(), user_context)
        return [factor for factor in found if factor not in without]

    async def required_for_user() -> list[str]:
        return await recipe_functions.get_required_secondary_factors_for_user((await user()).id, user_context)

    set_up = _once(factors_set_up)
    # Positional, as every overridable function is called.
    policy = await recipe_functions.get_mfa_requirements_for_auth(
        tenant_id,
        payload,
        completed,
        user,
        set_up,
        _once(required_for_user),
        _once(find_required_for_tenant),
        user_context,
    )
    if not isinstance(policy, list | tuple):  # of a word, each letter would be a factor
        raise GeneralError(f"get_mfa_requirements_for_auth must return a list of requirements, not {policy!r}")
    required = [*policy, *required_by_assurance(completed)]
    missing = next_for_auth(completed, required, trusted_factors(payload)).factor_ids
    if not missing or not enrolment.needs_contact() or set(missing) & set(await set_up()):
        return required
    first = enrolment.proving_a_contact_of(await user())
    return [{"oneOf": first}, *required] if first else required


def required_by_assurance(completed: dict[str, int]) -> list[AssuranceGroup]:
    """Return what the application's profile of assurance asks of a session, if it has one."""
    app = _state.current_app()
    return assurance.required_by(app.app_info.assurance, completed, app.secondary_factors)


def is_assured(completed: dict[str, int]) -> bool:
    """Whether a session has done what the application's profile of assurance asks for, if it has one."""
    return not next_unsatisfied(completed, required_by_assurance(completed)).factor_ids


async def user_of(recipe_user_id: RecipeUserId, user_context: UserContext) -> User:
    """Return the user of a session's login method.

    Raises:
        UnauthorisedError: the user is gone.
    """
    user = await AccountLinkingRecipe.get().functions.get_user(recipe_user_id.get_as_string(), user_context)
    if user is None:
        raise_unauthorised_exception("Session user not found")
    return user


async def required_for_tenant(tenant_id: str, user_context: UserContext) -> list[str]:
    """Return the secondary factors that a tenant requires of everybody.

    Raises:
        UnauthorisedError: the tenant is gone.
    """
    tenant = await MultitenancyRecipe.get().functions.get_tenant(tenant_id, user_context)
    if tenant is None:
        raise_unauthorised_exception("Tenant not found")
    return list(tenant.required_secondary_factors or [])


async def factors_set_up(user: User, user_context: UserContext) -> list[str]:
    """Return the factors that the user can already use, in the order of the recipes."""
    found = [await recipe.factors_set_up_for_user(user, user_context) for recipe in every_recipe()]
    return list(dict.fromkeys(factor for factors in found for factor in factors))


async def _first_factor_of_old_session(
    recipe_user_id: RecipeUserId, tenant_id: str, payload: dict[str, Any], user_context: UserContext
) -> dict[str, int]:
    """The factor that a session from before multi-factor authentication was made with, and when (in milliseconds)."""
    user = await user_of(recipe_user_id, user_context)
    handle = payload.get("sessionHandle")
    session_functions = SessionRecipe.get().functions
    session = await session_functions.get_session_information(handle, user_context) if isinstance(handle, str) else None
    if session is None:
        raise_unauthorised_exception("Session not found")
    method = find_login_method(user, recipe_user_id)
    candidates = [] if method is None else factors_of(method)
    valid = await _first_factors.valid_first_factors(tenant_id, candidates, user_context)
    if valid is None:
        raise_unauthorised_exception("Tenant not found")
    if not valid:
        raise_unauthorised_exception("Incorrect login method used")
    return {valid[0]: session.time_created}


def factors_of(method: LoginMethod) -> list[str]:
    """Return the first factors that a login method may have been used for, the likeliest first."""
    if method.recipe_id == "emailpassword":
        return [FactorIds.EMAILPASSWORD]
    if method.recipe_id == "thirdparty":
        return [FactorIds.THIRDPARTY]
    if method.recipe_id == "webauthn":
        return [FactorIds.WEBAUTHN]
    by_email = [FactorIds.LINK_EMAIL, FactorIds.OTP_EMAIL] if method.email is not None else []
    by_phone = [FactorIds.LINK_PHONE, FactorIds.OTP_PHONE] if method.phone_number is not None else []
    return [*by_email, *by_phone]


def functions() -> "Functions":
    """Return the (overridden) functions of multi-factor authentication.

    Raises:
        UnauthorisedError: it is not initialised: a session with its claim was made by an application that had it.
    """
    recipe = _state.current_app().recipe("multifactorauth")
    if recipe is None:
        raise_unauthorised_exception("Multi-factor authentication is not initialised")
    found: Functions = recipe.functions
    return found


def _once(question: Callable[[], Awaitable[T]]) -> Callable[[], Awaitable[T]]:
    """Ask at most once: a policy may look at the same thing several times."""
    answer: list[T] = []

    async def ask() -> T:
        if not answer:
            answer.append(await question())
        return answer[0]

    return ask
